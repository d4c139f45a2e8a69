"""A project with a small program, for tests of its flat twin."""

from pathlib import Path

import yaml

STACK = "sample"
PROGRAM = """
import json

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes

cloud = aws.Provider(
    "cloud",
    region="us-east-1",
    default_tags=aws.ProviderDefaultTagsArgs(tags={"b": "1", "a": "2"}),
)
inside = kubernetes.Provider("inside", kubeconfig="{}", cluster_identifier="sample")


class Network(pulumi.ComponentResource):
    def __init__(self, name, opts):
        super().__init__("sample:index:Network", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.vpc = aws.ec2.Vpc("net", cidr_block="10.0.0.0/16", opts=child)
        self.subnet = aws.ec2.Subnet("net", vpc_id=self.vpc.id, opts=child)
        self.register_outputs({})


logs = aws.cloudwatch.LogGroup(
    "logs", retention_in_days=90, opts=pulumi.ResourceOptions(provider=cloud, protect=True)
)
network = Network("network", pulumi.ResourceOptions(providers=[cloud], depends_on=[logs]))
template = aws.ec2.LaunchTemplate(
    "template",
    user_data=pulumi.Output.concat("subnet=", network.subnet.id, "\\nvpc=", network.vpc.arn),
    opts=pulumi.ResourceOptions(provider=cloud),
)
aws.eks.NodeGroup(
    "group",
    cluster_name="sample",
    node_role_arn="arn:aws:iam::123456789012:role/nodes",
    subnet_ids=[network.subnet.id],
    scaling_config=aws.eks.NodeGroupScalingConfigArgs(min_size=0, max_size=2, desired_size=0),
    launch_template=aws.eks.NodeGroupLaunchTemplateArgs(
        id=template.id, version=template.latest_version.apply(str)
    ),
    opts=pulumi.ResourceOptions(
        provider=cloud,
        depends_on=[network],
        ignore_changes=["scalingConfig.desiredSize"],
        custom_timeouts=pulumi.CustomTimeouts(create="30m"),
    ),
)
home = kubernetes.core.v1.Namespace(
    "home",
    metadata=kubernetes.meta.v1.ObjectMetaArgs(name="home", labels={"a.b/c": "home"}),
    opts=pulumi.ResourceOptions(provider=inside),
)
kubernetes.core.v1.ConfigMap(
    "token",
    metadata=kubernetes.meta.v1.ObjectMetaArgs(namespace=home.metadata.name, name="token"),
    data={"token": pulumi.Output.secret("hush")},
    opts=pulumi.ResourceOptions(provider=inside),
)
"""


def write_sample(folder: Path, program: str = PROGRAM) -> Path:
    """Write a project with one stack; return its folder."""
    project = {"name": STACK, "runtime": "python", "main": "program", "stackConfigDir": "stacks"}
    (folder / "program").mkdir(parents=True)
    (folder / "stacks").mkdir()
    (folder / "Pulumi.yaml").write_text(yaml.safe_dump(project), encoding="utf-8")
    (folder / "stacks" / f"Pulumi.{STACK}.yaml").write_text("config: {}\n", encoding="utf-8")
    (folder / "program" / "__main__.py").write_text(program, encoding="utf-8")
    return folder
