"""Groups of nodes: the system pool, and one group per way of buying a GPU pool.

Owns EKS managed node groups, and for pools that ask for it a placement group and the security group
of fast network adapters. What a node is, its launch template, its zones and what an autoscaler must
know of it are in `node_pools_*`.
Does not own how many nodes run: the autoscaler moves between the bounds, and Pulumi ignores it.
Why managed groups: they are expressible here as they are, and AWS drains them. Why a spot twin in a
group of its own: a group buys one way only.
"""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.aws.handles import NodeHome
from components.aws.node_pools_scaling import create_hints, hints
from components.aws.node_pools_shape import NodeShape, capacity_type
from components.aws.node_pools_template import Extras, template_arguments
from components.aws.node_pools_zones import Stand, find_place
from components.aws.tags import tags
from components.handles import PlatformRef
from components.names import EKS_NODE_GROUP, LAUNCH_TEMPLATE, PLACEMENT_GROUP, SECURITY_GROUP, fit
from components.nodes import SYSTEM_ZONES, Capacity, ways_of_buying
from infra.spec.cluster import SystemNodesSpec
from infra.spec.pools import GpuPoolSpec, NodeRange


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
        shape = NodeShape.system(spec.machine_type)
        groups = _Groups(self, name, shape, at, platform, Extras(disk_key_arn=at.disk_key_arn))
        stand = Stand(pool=shape.pool, machine_types=(spec.machine_type,), least_zones=SYSTEM_ZONES)
        bounds = NodeRange(min=spec.min, max=spec.max)
        self.group = groups.create_group(
            Capacity.ON_DEMAND, bounds, groups.create_template(), stand
        )
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
        self._name, self._at, self._platform = name, at, platform
        extras = Extras(
            adapter_groups=self._adapter_groups() if spec.efa else (),
            placement_group=self._create_placement_group() if spec.placement_group else None,
            reservation=spec.reservation,
            disk_key_arn=at.disk_key_arn,
        )
        groups = _Groups(self, name, NodeShape.gpu(spec), at, platform, extras, spec.node_repair)
        template = groups.create_template()
        self.groups = tuple(
            groups.create_group(capacity, bounds, template, _stand(spec, capacity))
            for capacity, bounds in ways_of_buying(spec)
        )
        self.register_outputs({"nodeGroupNames": [group.node_group_name for group in self.groups]})

    def _create_placement_group(self) -> pulumi.Output[str]:
        name = fit(f"{self._name}-placement", PLACEMENT_GROUP)
        group = aws.ec2.PlacementGroup(
            name,
            strategy="cluster",
            tags=tags(self._platform, name),
            opts=pulumi.ResourceOptions(parent=self),
        )
        return group.name

    def _adapter_groups(self) -> tuple[pulumi.Output[str], ...]:
        """Return the security groups of adapters.

        The cluster's own, which EKS adds only where a template names none, and one whose members
        may send each other anything: the adapters' protocol is no IP protocol, and a rule for all
        addresses does not cover it (EC2 user guide, "Get started with EFA").
        """
        name = fit(f"{self._name}-adapters", SECURITY_GROUP)
        opts = pulumi.ResourceOptions(parent=self)
        group = aws.ec2.SecurityGroup(
            name,
            description="Elastic Fabric Adapters of one node pool, among themselves",
            vpc_id=self._at.network.vpc_id,
            tags=tags(self._platform, name),
            opts=opts,
        )
        for direction, rule in (
            ("in", aws.vpc.SecurityGroupIngressRule),
            ("out", aws.vpc.SecurityGroupEgressRule),
        ):
            rule(
                f"{name}-{direction}",
                security_group_id=group.id,
                referenced_security_group_id=group.id,
                ip_protocol="-1",
                description="everything among the adapters of the pool",
                tags=tags(self._platform, f"{name}-{direction}"),
                opts=opts,
            )
        return self._at.cluster_security_group_id, group.id


def _stand(spec: GpuPoolSpec, capacity: Capacity) -> Stand:
    several = capacity is Capacity.SPOT
    return Stand(
        pool=spec.name,
        machine_types=spec.spot_machine_types if several else (spec.machine_type,),
        # Adapters reach each other within one zone (EKS user guide, "EFA and EFA-only interfaces").
        one_zone=spec.placement_group or spec.efa,
        zone=spec.reservation.zone if spec.reservation else None,
    )


@dataclass(frozen=True, eq=False)
class _Groups:
    """Creates the children of a pool; the groups of a pool differ only in how they buy."""

    parent: pulumi.ComponentResource
    name: str
    shape: NodeShape
    at: NodeHome
    platform: PlatformRef
    extras: Extras
    repair: bool = True

    def create_template(self) -> aws.ec2.LaunchTemplate:
        """Create the launch template of all groups of the pool."""
        name = fit(f"{self.name}-template", LAUNCH_TEMPLATE)
        machine_tags = tags(self.platform, f"{self.platform.cluster_name}-{self.shape.pool}")
        return aws.ec2.LaunchTemplate(
            name,
            template_arguments(self.shape, self.extras, machine_tags, tags(self.platform, name)),
            opts=pulumi.ResourceOptions(parent=self.parent),
        )

    def create_group(
        self,
        capacity: Capacity,
        bounds: NodeRange,
        template: aws.ec2.LaunchTemplate,
        stand: Stand,
    ) -> aws.eks.NodeGroup:
        """Create one group; its physical name is drawn, so a replacement starts before the end."""
        name = fit(f"{self.name}-{capacity.value}", EKS_NODE_GROUP)
        network, role = self.at.network, self.at.role
        place = find_place(stand, network, self.parent)
        block = self.extras.is_block
        group = aws.eks.NodeGroup(
            name,
            cluster_name=self.at.cluster_name,
            version=self.at.kubernetes_version,
            node_role_arn=role.arn,
            subnet_ids=place.subnet_ids,
            ami_type=self.shape.image,
            instance_types=None if block else place.machine_types,
            capacity_type=capacity_type(capacity, block=block),
            launch_template=aws.eks.NodeGroupLaunchTemplateArgs(
                id=template.id, version=template.latest_version.apply(str)
            ),
            scaling_config=aws.eks.NodeGroupScalingConfigArgs(
                min_size=bounds.min, max_size=bounds.max, desired_size=bounds.min
            ),
            update_config=self._update_config(),
            node_repair_config=aws.eks.NodeGroupNodeRepairConfigArgs(enabled=self.repair),
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
        if self.shape.machine.gpu:
            create_hints(name, group, hints(self.shape, capacity), self.parent)
        return group

    def _update_config(self) -> aws.eks.NodeGroupUpdateConfigArgs:
        """Return how nodes are replaced by a new version, one at a time.

        EKS starts new nodes first, up to two in each zone. Of GPU machines there is no spare one in
        quota, capacity or reservation: there the old node goes first (EKS user guide, "Understand
        each phase of node updates", awsdocs@0bfeeaf: MINIMAL).
        """
        strategy = "MINIMAL" if self.shape.machine.gpu else "DEFAULT"
        return aws.eks.NodeGroupUpdateConfigArgs(max_unavailable=1, update_strategy=strategy)
