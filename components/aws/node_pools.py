"""Groups of nodes: the system pool, and one group per way of buying a GPU pool.

Owns EKS managed node groups and their launch templates: machine type, image, disk, labels, taints,
bounds.
Does not own how many nodes run: the autoscaler moves between the bounds, and Pulumi ignores it.
Why managed groups: they are expressible here as they are, and AWS drains them. Why a spot twin in a
group of its own: a group buys one way only.
"""

from dataclasses import dataclass
from enum import StrEnum

import pulumi
import pulumi_aws as aws

from components import labels
from components.aws.tags import tags
from components.handles import NodeHome, PlatformRef
from components.names import EKS_NODE_GROUP, LAUNCH_TEMPLATE, fit
from infra.spec.cluster import SystemNodesSpec
from infra.spec.pools import GpuPoolSpec, NodeRange

SYSTEM_POOL = "system"
ROOT_DEVICE = "/dev/xvda"
"""Root disk of the Amazon Linux 2023 images, with and without the NVIDIA driver."""
SYSTEM_DISK_GIB = 50
"""Controllers and their images; no weights."""


class Capacity(StrEnum):
    """Ways of buying a node, as our labels and names spell them."""

    ON_DEMAND = "on-demand"
    SPOT = "spot"

    @property
    def api_value(self) -> str:
        """The way EKS spells it."""
        return self.value.replace("-", "_").upper()


@dataclass(frozen=True)
class NodeShape:
    """What one node of a pool is."""

    pool: str
    """Pool name, the value of the pool label."""
    machine_type: str
    """EC2 instance type."""
    disk_gib: int
    """Root disk."""
    gpu: bool
    """Whether it has GPUs: decides image, label and taint."""

    @property
    def image(self) -> str:
        """EKS image type. The NVIDIA one brings driver and container toolkit, no device plugin."""
        return "AL2023_x86_64_NVIDIA" if self.gpu else "AL2023_x86_64_STANDARD"

    def labels(self, capacity: Capacity) -> dict[str, str]:
        """Return the node labels."""
        gpu = {labels.GPU_NODE: "true"} if self.gpu else {}
        return {labels.POOL: self.pool, labels.CAPACITY: capacity.value, **gpu}

    def taints(self) -> list[aws.eks.NodeGroupTaintArgs] | None:
        """Return the node taints: only what asks for GPUs may take room beside them."""
        if not self.gpu:
            return None
        return [
            aws.eks.NodeGroupTaintArgs(
                key=labels.GPU, value=labels.GPU_TAINT_VALUE, effect="NO_SCHEDULE"
            )
        ]


class SystemNodePool(pulumi.ComponentResource):
    """Nodes without GPUs for what every cluster runs."""

    group: aws.eks.NodeGroup
    """The node group."""

    def __init__(
        self,
        name: str,
        spec: SystemNodesSpec,
        *,
        at: NodeHome,
        platform: PlatformRef,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create the group, on demand: a reclaimed node would take DNS and controllers along."""
        super().__init__("tokenworks:aws:SystemNodePool", name, None, opts)
        shape = NodeShape(SYSTEM_POOL, spec.machine_type, SYSTEM_DISK_GIB, gpu=False)
        groups = _Groups(self, name, shape, at, platform)
        template = groups.create_template()
        bounds = NodeRange(min=spec.min, max=spec.max)
        self.group = groups.create_group(Capacity.ON_DEMAND, bounds, template)
        self.register_outputs({"nodeGroupName": self.group.node_group_name})


class GpuNodePool(pulumi.ComponentResource):
    """One GPU shape as one or two node groups: on demand, spot, or both."""

    groups: tuple[aws.eks.NodeGroup, ...]
    """The node groups, on demand first."""

    def __init__(
        self,
        name: str,
        spec: GpuPoolSpec,
        *,
        at: NodeHome,
        platform: PlatformRef,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create a group for each way of buying that the spec names."""
        super().__init__("tokenworks:aws:GpuNodePool", name, None, opts)
        shape = NodeShape(spec.name, spec.machine_type, spec.disk_gib, gpu=True)
        groups = _Groups(self, name, shape, at, platform)
        template = groups.create_template()
        ways = ((Capacity.ON_DEMAND, spec.on_demand), (Capacity.SPOT, spec.spot))
        self.groups = tuple(
            groups.create_group(capacity, bounds, template)
            for capacity, bounds in ways
            if bounds is not None
        )
        self.register_outputs({"nodeGroupNames": [group.node_group_name for group in self.groups]})


@dataclass(frozen=True, eq=False)
class _Groups:
    """Creates the children of a pool; the groups of a pool differ only in how they buy."""

    parent: pulumi.ComponentResource
    name: str
    shape: NodeShape
    at: NodeHome
    platform: PlatformRef

    def create_template(self) -> aws.ec2.LaunchTemplate:
        """Create what EKS leaves to a launch template: disk, metadata service, tags of machines."""
        name = fit(f"{self.name}-template", LAUNCH_TEMPLATE)
        machine_tags = tags(self.platform, f"{self.platform.cluster_name}-{self.shape.pool}")
        return aws.ec2.LaunchTemplate(
            name,
            block_device_mappings=[
                aws.ec2.LaunchTemplateBlockDeviceMappingArgs(
                    device_name=ROOT_DEVICE,
                    ebs=aws.ec2.LaunchTemplateBlockDeviceMappingEbsArgs(
                        volume_size=self.shape.disk_gib,
                        volume_type="gp3",
                        encrypted="true",
                        delete_on_termination="true",
                    ),
                )
            ],
            metadata_options=aws.ec2.LaunchTemplateMetadataOptionsArgs(
                http_endpoint="enabled",
                http_tokens="required",
                # One hop ends at the node: a pod cannot take on the node's role. The kubelet and
                # the VPC CNI's agent still can: they run in the node's own network namespace.
                http_put_response_hop_limit=1,
            ),
            # Node groups and disks do not pass their tags on to machines.
            tag_specifications=[
                aws.ec2.LaunchTemplateTagSpecificationArgs(resource_type=kind, tags=machine_tags)
                for kind in ("instance", "volume", "network-interface")
            ],
            tags=tags(self.platform, name),
            opts=pulumi.ResourceOptions(parent=self.parent),
        )

    def create_group(
        self, capacity: Capacity, bounds: NodeRange, template: aws.ec2.LaunchTemplate
    ) -> aws.eks.NodeGroup:
        """Create one group; its physical name is drawn, so a replacement starts before the end."""
        name = fit(f"{self.name}-{capacity.value}", EKS_NODE_GROUP)
        network, role = self.at.network, self.at.role
        return aws.eks.NodeGroup(
            name,
            cluster_name=self.at.cluster_name,
            version=self.at.kubernetes_version,
            node_role_arn=role.arn,
            subnet_ids=list(network.private_subnet_ids),
            ami_type=self.shape.image,
            instance_types=[self.shape.machine_type],
            capacity_type=capacity.api_value,
            launch_template=aws.eks.NodeGroupLaunchTemplateArgs(
                id=template.id, version=template.latest_version.apply(str)
            ),
            scaling_config=aws.eks.NodeGroupScalingConfigArgs(
                min_size=bounds.min, max_size=bounds.max, desired_size=bounds.min
            ),
            update_config=aws.eks.NodeGroupUpdateConfigArgs(max_unavailable=1),
            labels=self.shape.labels(capacity),
            taints=self.shape.taints(),
            tags=tags(self.platform, name),
            opts=pulumi.ResourceOptions(
                parent=self.parent,
                depends_on=[*role.permissions, *network.egress, *self.at.needed],
                # The autoscaler owns it after creation; each `up` would reset the fleet.
                ignore_changes=["scalingConfig.desiredSize"],
            ),
        )
