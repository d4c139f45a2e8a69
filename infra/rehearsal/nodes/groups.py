"""Node groups as the node controller sees them: a frozen row each, and how to read and grow them.

Owns the words that cross between the simulated cloud, which has the groups, and the node
controller, which plays the machines. Knows neither, so that each can be tested without the other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

Effect = Literal["NoSchedule", "PreferNoSchedule", "NoExecute"]
Capacity = Literal["on-demand", "spot", "flex-start"]

POOL_LABEL = "tokenworks.dev/pool"
CAPACITY_LABEL = "tokenworks.dev/capacity"
MODEL_LABEL = "tokenworks.dev/model"
ADVERTISES_ANNOTATION = "tokenworks.dev/advertises"
"""On pods that stand for a device plugin: the resource that their node then has."""
SCALES_ANNOTATION = "tokenworks.dev/scales-nodes"
"""On pods that stand for a node autoscaler, at `true`: without a ready one no group grows."""
GPU_RESOURCE = "nvidia.com/gpu"


@dataclass(frozen=True)
class Taint:
    """A taint as Kubernetes spells it; clouds spell effects their own way (EKS: `NO_SCHEDULE`)."""

    key: str
    value: str
    effect: Effect


@dataclass(frozen=True)
class Identity:
    """What a cloud calls a machine."""

    name: str
    """Name of its node."""
    provider_id: str
    """`providerID` of its node."""


@dataclass(frozen=True)
class NodeGroup:
    """One node group of a cloud, with its bounds as they are now."""

    cluster: str
    """Name of the cluster, which the machines join."""
    name: str
    """Name of the group, unique in the cluster."""
    machine_types: tuple[str, ...]
    """Machine types that the cloud may pick from. The rehearsal takes the first."""
    capacity: Capacity
    """How the machines are bought."""
    labels: Mapping[str, str]
    """Labels that the group puts on its nodes, besides those that the cloud sets itself."""
    taints: tuple[Taint, ...]
    """Taints that the group puts on its nodes."""
    min: int
    """Nodes that always run."""
    max: int
    """Nodes at most."""
    desired: int
    """Nodes that should run now."""
    zones: tuple[str, ...]
    """Zones that the group spans, for example `us-east-1a`."""
    kubernetes_version: str
    """Minor version of the kubelets, for example `1.35`."""
    cloud: str = "aws"
    """The cloud whose catalogue has the machine types."""
    disk_gib: int = 20
    """Root volume of a node, in GiB. 20 is what EKS gives a Linux group that does not say
    (EKS API reference, CreateNodegroup, `diskSize`)."""
    blocked: str = ""
    """Why the cloud gives it no further machine; empty when it does."""
    raid0: bool = False
    """Whether pods live on the machine's own NVMe disks instead of the root volume."""
    scales_itself: bool = False
    """Whether the cloud grows it for pods that do not fit. Otherwise that takes an autoscaler that
    is ready in the cluster."""
    project: str = ""
    """Project of Google Cloud that has the machines; empty on AWS."""
    cloud_labels: Mapping[str, str] = field(default_factory=dict)
    """Labels that the cloud sets by other settings of the group than those that stand here."""


class NodeGroups(Protocol):
    """Where node groups live: the simulated cloud, or a list in a test."""

    def list_groups(self) -> Sequence[NodeGroup]:
        """Return every group; one that is being deleted has `desired` and `max` 0."""
        ...

    def set_desired(self, name: str, count: int) -> None:
        """Ask a group for that many nodes. `count` is between the group's bounds.

        A cloud that has no room leaves the group as it is; `blocked` then says why.
        """
        ...
