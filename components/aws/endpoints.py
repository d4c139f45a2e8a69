"""Ways to AWS services that stay inside the network.

Owns the gateway endpoint of S3, and the interface endpoints with their security group.
Does not own what a service lets anyone do: identities and bucket policies say that.
Why S3 always: the endpoint is free, while every gigabyte through a NAT gateway is billed, and the
weights of a model and the layers of every image in ECR come from S3.
Why interface endpoints are a setting: each is billed per hour and zone. They keep the calls that
nodes and controllers live on off the NAT gateway, so that new nodes join when it does not work.
"""

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_aws as aws

from components.aws.tags import tags
from components.handles import PlatformRef
from components.names import SECURITY_GROUP, fit

INTERFACES: Mapping[str, str] = {
    "autoscaling": "the node autoscaler resizes groups",
    "ec2": "pod networking takes addresses, the storage driver attaches disks",
    "ecr.api": "nodes get the password for images",
    "ecr.dkr": "nodes read image manifests; the layers come from S3",
    "eks": "the node autoscaler reads labels and taints of groups that have no node",
    "eks-auth": "the Pod Identity agent gets credentials for pods",
    "sts": "SDKs ask who they are, or take on a second role",
}
"""Service to who calls it (EKS user guide, "Deploy private clusters with limited internet access"
and "Learn how EKS Pod Identity grants pods access", 2026). Left out, as nothing inside the network
calls it: `elasticloadbalancing` (no load balancer controller is installed)."""
POD_LOGS = "logs"
"""Service that Alloy calls where CloudWatch Logs keeps what pods print; EKS and EC2 deliver theirs
from outside of the network."""
METRICS = "aps-workspaces"
"""Service that Prometheus calls where its samples go to a workspace of AWS's."""
HTTPS_PORT = 443


class Endpoints(pulumi.ComponentResource):
    """Endpoints of AWS services in one network."""

    def __init__(  # noqa: PLR0913  the parts of the network are named one by one
        self,
        name: str,
        *,
        vpc_id: pulumi.Output[str],
        cidr: pulumi.Output[str],
        route_table_ids: Sequence[pulumi.Output[str]],
        interface_subnet_ids: Sequence[pulumi.Output[str]],
        platform: PlatformRef,
        more: Sequence[str] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create the endpoint of S3 on every table; the others where there are subnets for them.

        `more`: services beside `INTERFACES` that pods of this platform call.
        """
        super().__init__("tokenworks:aws:Endpoints", name, None, opts)
        self._name = name
        self._vpc_id = vpc_id
        self._platform = platform
        gateway = self._create_gateway(route_table_ids)
        if interface_subnet_ids:
            group = self._create_security_group(cidr)
            for service in (*INTERFACES, *more):
                self._create_interface(service, interface_subnet_ids, group)
        self.register_outputs({"s3EndpointId": gateway.id})

    def _create_gateway(self, route_table_ids: Sequence[pulumi.Output[str]]) -> aws.ec2.VpcEndpoint:
        name = f"{self._name}-s3"
        return aws.ec2.VpcEndpoint(
            name,
            vpc_id=self._vpc_id,
            service_name=self._service("s3"),
            vpc_endpoint_type="Gateway",
            route_table_ids=list(route_table_ids),
            # No policy of its own: image layers and packages lie in buckets of AWS whose names AWS
            # may change. Who may read our bucket is said by the bucket and by identities.
            tags=tags(self._platform, name),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _create_security_group(self, cidr: pulumi.Output[str]) -> aws.ec2.SecurityGroup:
        name = fit(f"{self._name}-https", SECURITY_GROUP)
        opts = pulumi.ResourceOptions(parent=self)
        group = aws.ec2.SecurityGroup(
            name,
            vpc_id=self._vpc_id,
            description="HTTPS from the network to endpoints of AWS services",
            tags=tags(self._platform, name),
            opts=opts,
        )
        rule_name = f"{name}-from-network"
        aws.vpc.SecurityGroupIngressRule(
            rule_name,
            security_group_id=group.id,
            description="HTTPS from the network",
            cidr_ipv4=cidr,
            ip_protocol="tcp",
            from_port=HTTPS_PORT,
            to_port=HTTPS_PORT,
            tags=tags(self._platform, rule_name),
            opts=opts,
        )
        return group

    def _create_interface(
        self,
        service: str,
        subnet_ids: Sequence[pulumi.Output[str]],
        group: aws.ec2.SecurityGroup,
    ) -> None:
        name = f"{self._name}-{service.replace('.', '-')}"
        aws.ec2.VpcEndpoint(
            name,
            vpc_id=self._vpc_id,
            service_name=self._service(service),
            vpc_endpoint_type="Interface",
            subnet_ids=list(subnet_ids),
            security_group_ids=[group.id],
            private_dns_enabled=True,  # programs use the public names and need no setting
            tags=tags(self._platform, name),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _service(self, service: str) -> str:
        return f"com.amazonaws.{self._platform.region}.{service}"
