"""The network that a cluster stands in: one VPC over two or three zones.

Owns the VPC, a public and a private subnet per zone, the way out (internet gateway, NAT gateways),
the route tables, and the endpoints of AWS services on them.
Does not own security groups (EKS makes the cluster's own; the default one is left alone, nothing
uses it), load balancers (their controller makes them) or the record of its traffic (`flow_logs`).
Why one NAT gateway or one per zone: each costs per hour. With a single one, a lost zone takes the
way out of the others along: running models keep serving, new nodes cannot pull public images.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.aws.endpoints import Endpoints
from components.aws.handles import NetworkRef
from components.aws.subnets import subnet_plan
from components.aws.tags import tags
from components.handles import PlatformRef
from infra.spec.cloud import CloudSpec
from infra.spec.network import NatGateways, NetworkSpec

ANYWHERE = "0.0.0.0/0"
PUBLIC_ROLE_TAG = "kubernetes.io/role/elb"
PRIVATE_ROLE_TAG = "kubernetes.io/role/internal-elb"
"""Tags by which the AWS load balancer controller finds subnets (EKS user guide, 2026)."""
ZONES_WITHOUT_EKS = ("use1-az3", "usw1-az2", "cac1-az3")
"""Zones whose subnets EKS refuses for a control plane (EKS user guide, "subnet requirements")."""


class ZoneError(ValueError):
    """A region with fewer usable zones than the stack asks for."""


def first_zones(names: Sequence[str], count: int) -> list[str]:
    """Return the first `count` zone names, or raise `ZoneError`."""
    if len(names) < count:
        message = (
            f"cloud.zones: more than the region has, got {count}; "
            f"usable are {', '.join(names) or 'none'}: lower it, or change the region"
        )
        raise ZoneError(message)
    return list(names[:count])


class Network(pulumi.ComponentResource):
    """A VPC with public and private subnets in each zone, and a way out for both."""

    ref: NetworkRef
    """What others need of it."""

    def __init__(  # noqa: PLR0913  what differs from stack to stack is named one by one
        self,
        name: str,
        cloud: CloudSpec,
        network: NetworkSpec,
        *,
        platform: PlatformRef,
        called: Sequence[str] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create the network over the first `cloud.zones` usable zones of the region.

        `called`: services that pods of this platform call, beside those that every one does.
        """
        super().__init__("tokenworks:aws:Network", name, None, opts)
        self._name = name
        self._platform = platform
        plan = subnet_plan(cloud.network_cidr, cloud.zones)
        zones = self._zone_names(cloud.zones)

        self._vpc = self._create_vpc(cloud.network_cidr)
        public = self._create_subnets("public", zones, plan.public, PUBLIC_ROLE_TAG)
        private = self._create_subnets("private", zones, plan.private, PRIVATE_ROLE_TAG)
        gateway = self._create_internet_gateway()
        ways = [
            self._create_way_out("public", public, gateway_id=gateway.id),
            *self._create_private_ways(network.nat_gateways, private, public, gateway),
        ]
        endpoints = Endpoints(
            f"{name}-endpoints",
            vpc_id=self._vpc.id,
            cidr=self._vpc.cidr_block,
            route_table_ids=[way.table_id for way in ways],
            interface_subnet_ids=[item.id for item in private]
            if network.interface_endpoints
            else [],
            platform=platform,
            more=called,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.ref = NetworkRef(
            vpc_id=self._vpc.id,
            public_subnet_ids=tuple(subnet.id for subnet in public),
            private_subnet_ids=tuple(subnet.id for subnet in private),
            private_zones=tuple(subnet.availability_zone for subnet in private),
            cidr=self._vpc.cidr_block,
            egress=(*(item for way in ways for item in way.needed), endpoints),
        )
        self.register_outputs({"vpcId": self._vpc.id})

    def _zone_names(self, count: int) -> list[pulumi.Output[str]]:
        """Return the first zones that every account has and EKS accepts. No local zones."""
        zones = aws.get_availability_zones_output(
            state="available",
            filters=[
                aws.GetAvailabilityZonesFilterArgs(
                    name="opt-in-status", values=["opt-in-not-required"]
                )
            ],
            exclude_zone_ids=list(ZONES_WITHOUT_EKS),
            opts=pulumi.InvokeOutputOptions(parent=self),
        )
        chosen = zones.names.apply(lambda names: first_zones(names, count))
        return [chosen[index] for index in range(count)]

    def _create_vpc(self, cidr: str) -> aws.ec2.Vpc:
        name = f"{self._name}-vpc"
        return aws.ec2.Vpc(
            name,
            cidr_block=cidr,
            enable_dns_support=True,
            enable_dns_hostnames=True,  # the private API endpoint is found by its name
            tags=tags(self._platform, name),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _create_subnets(
        self,
        kind: str,
        zones: Sequence[pulumi.Output[str]],
        cidrs: Sequence[str],
        role_tag: str,
    ) -> list[aws.ec2.Subnet]:
        subnets = []
        for number, (zone, cidr) in enumerate(zip(zones, cidrs, strict=True), start=1):
            name = f"{self._name}-{kind}-{number}"
            subnets.append(
                aws.ec2.Subnet(
                    name,
                    vpc_id=self._vpc.id,
                    availability_zone=zone,
                    cidr_block=cidr,
                    # Nothing that we start needs a public address; load balancers bring theirs.
                    map_public_ip_on_launch=False,
                    tags=tags(self._platform, name, {role_tag: "1"}),
                    opts=pulumi.ResourceOptions(
                        parent=self,
                        # "The first available zones" is asked at each preview. An impaired zone
                        # drops out of the answer, and would replace subnets under running nodes.
                        # A stack that moves to another region is created anew instead.
                        ignore_changes=["availabilityZone"],
                    ),
                )
            )
        return subnets

    def _create_internet_gateway(self) -> aws.ec2.InternetGateway:
        name = f"{self._name}-internet"
        return aws.ec2.InternetGateway(
            name,
            vpc_id=self._vpc.id,
            tags=tags(self._platform, name),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _create_private_ways(
        self,
        mode: NatGateways,
        private: Sequence[aws.ec2.Subnet],
        public: Sequence[aws.ec2.Subnet],
        gateway: aws.ec2.InternetGateway,
    ) -> list["_Way"]:
        """Create NAT gateways and a table per zone, even where all tables lead to one gateway.

        So that the other mode later moves routes, and neither subnets nor their tables.
        """
        served = public if mode is NatGateways.PER_ZONE else public[:1]
        gateways = [
            self._create_nat_gateway(number, subnet, gateway)
            for number, subnet in enumerate(served, start=1)
        ]
        return [
            self._create_way_out(
                f"private-{number}",
                [subnet],
                nat_gateway_id=gateways[(number - 1) % len(gateways)].id,
            )
            for number, subnet in enumerate(private, start=1)
        ]

    def _create_nat_gateway(
        self, number: int, subnet: aws.ec2.Subnet, gateway: aws.ec2.InternetGateway
    ) -> aws.ec2.NatGateway:
        # Both need the VPC to be attached to the internet first (EC2 API reference).
        opts = pulumi.ResourceOptions(parent=self, depends_on=[gateway])
        name = f"{self._name}-nat-{number}"
        address_name = f"{name}-address"
        address = aws.ec2.Eip(
            address_name, domain="vpc", tags=tags(self._platform, address_name), opts=opts
        )
        return aws.ec2.NatGateway(
            name,
            subnet_id=subnet.id,
            allocation_id=address.allocation_id,
            tags=tags(self._platform, name),
            opts=opts,
        )

    def _create_way_out(
        self,
        kind: str,
        subnets: Sequence[aws.ec2.Subnet],
        *,
        gateway_id: pulumi.Output[str] | None = None,
        nat_gateway_id: pulumi.Output[str] | None = None,
    ) -> "_Way":
        name = f"{self._name}-{kind}"
        opts = pulumi.ResourceOptions(parent=self)
        table = aws.ec2.RouteTable(
            name, vpc_id=self._vpc.id, tags=tags(self._platform, name), opts=opts
        )
        route = aws.ec2.Route(
            f"{name}-out",
            route_table_id=table.id,
            destination_cidr_block=ANYWHERE,
            gateway_id=gateway_id,
            nat_gateway_id=nat_gateway_id,
            opts=opts,
        )
        associations = [
            aws.ec2.RouteTableAssociation(
                f"{name}-subnet-{number}", route_table_id=table.id, subnet_id=subnet.id, opts=opts
            )
            for number, subnet in enumerate(subnets, start=1)
        ]
        return _Way(table.id, (route, *associations))


@dataclass(frozen=True, eq=False)
class _Way:
    """A route table that leads out, and what must exist before a subnet uses it."""

    table_id: pulumi.Output[str]
    needed: tuple[pulumi.Resource, ...]
