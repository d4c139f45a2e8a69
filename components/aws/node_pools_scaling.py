"""What an autoscaler must know of a group that has no node it could look at.

Owns the tags on Auto Scaling groups from which cluster-autoscaler imagines a group's first node.
Does not own the tags by which it finds groups: EKS sets those itself (EKS user guide, "Managed node
groups concepts", awsdocs@15e4649).
Why on the Auto Scaling group: EKS does not pass tags of a node group on to it, and this is where
every version of cluster-autoscaler looks (kubernetes/autoscaler@062f28a,
cluster-autoscaler/cloudprovider/aws/README.md, "Auto-Discovery Setup").
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components import labels
from components.aws.node_pools_shape import NodeShape
from components.nodes import Capacity
from infra.catalog.allocatable import allocatable

PREFIX = "k8s.io/cluster-autoscaler/node-template"


@dataclass(frozen=True)
class Hint:
    """One tag."""

    name: str
    """Last part of the resource's name."""
    key: str
    value: str


def hints(shape: NodeShape, capacity: Capacity) -> tuple[Hint, ...]:
    """Return the tags of a group of GPU nodes: its labels, its taint and its resources.

    Resources are what pods may have: the autoscaler takes them for allocatable.
    """
    free = allocatable(shape.machine, shape.disk_gib, raid0=shape.raid0)
    of_labels = [
        Hint(f"label-{key.rpartition('/')[2].replace('.', '-')}", f"{PREFIX}/label/{key}", value)
        for key, value in shape.labels(capacity).items()
    ]
    return (
        *of_labels,
        Hint("taint-gpu", f"{PREFIX}/taint/{labels.GPU}", f"{labels.GPU_TAINT_VALUE}:NoSchedule"),
        Hint("gpus", f"{PREFIX}/resources/{labels.GPU}", str(free.gpus)),
        Hint("disk", f"{PREFIX}/resources/ephemeral-storage", f"{free.ephemeral_storage_gib}Gi"),
    )


def create_hints(
    name: str, group: aws.eks.NodeGroup, tags: Sequence[Hint], parent: pulumi.Resource
) -> None:
    """Create the tags on the Auto Scaling group that EKS made for a node group."""
    scaling_group = group.resources.apply(_scaling_group)
    for tag in tags:
        aws.autoscaling.Tag(
            f"{name}-{tag.name}",
            autoscaling_group_name=scaling_group,
            tag=aws.autoscaling.TagTagArgs(
                key=tag.key,
                value=tag.value,
                propagate_at_launch=False,  # it describes the group, not a machine
            ),
            opts=pulumi.ResourceOptions(parent=parent),
        )


def _scaling_group(resources: "Sequence[aws.eks.outputs.NodeGroupResource]") -> str:
    groups = resources[0].autoscaling_groups if resources else None
    name = groups[0].name if groups else None
    if name is None:
        message = "EKS node group: no Auto Scaling group, got None; is the group active?"
        raise ValueError(message)
    return name
