"""The program whose real preview is recorded in `engine_preview.jsonl`.

Recorded 2026-11-21 with the engine 3.259.0 and providers that echo their inputs, reduced to the
resource monitor's entries without timestamps and source positions.
"""

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes


class Sample(pulumi.ComponentResource):
    """One of each: known and unknown values, a secret, options, an invoke."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("sample:index:Sample", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        vpc = aws.ec2.Vpc(f"{name}-vpc", cidr_block="10.0.0.0/16", tags={"a": "b"}, opts=child)
        zones = aws.get_availability_zones_output(opts=pulumi.InvokeOutputOptions(parent=self))
        aws.ec2.Subnet(
            f"{name}-subnet",
            vpc_id=vpc.id,
            cidr_block="10.0.0.0/24",
            availability_zone=zones.names[0],
            opts=pulumi.ResourceOptions(parent=self, protect=True, ignore_changes=["tags"]),
        )
        role = aws.iam.Role(
            f"{name}-role",
            assume_role_policy=pulumi.Output.json_dumps({"vpc": vpc.arn, "name": "x"}),
            opts=child,
        )
        kubernetes.core.v1.Secret(
            f"{name}-secret",
            metadata={"name": "token", "namespace": "default"},
            string_data={"token": pulumi.Output.secret("marker")},
            opts=pulumi.ResourceOptions(
                parent=self, depends_on=[vpc], custom_timeouts=pulumi.CustomTimeouts(create="5m")
            ),
        )
        kubernetes.core.v1.ConfigMap(
            f"{name}-map", data={"role": pulumi.Output.secret(role.id)}, opts=child
        )
        self.register_outputs({"vpc": vpc.id})


cloud = aws.Provider("aws", region="us-east-1")
cluster = kubernetes.Provider("cluster", kubeconfig="{}", cluster_identifier="sample")
Sample("sample", pulumi.ResourceOptions(providers=[cloud, cluster]))
pulumi.export("region", cloud.region)
