"""GPU pools: which GPU, how many on a node, and between which bounds nodes come and go."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from infra.spec.section import Section, Switch


class NodeRange(Section):
    """Bounds of a node group. The autoscaler moves between them; Pulumi never fights it."""

    min: Annotated[int, Field(ge=0, le=1000, strict=True)]
    """Nodes that always run."""
    max: Annotated[int, Field(ge=0, le=1000, strict=True)]
    """Nodes at most."""


class LocalStorage(StrEnum):
    """What becomes of the disks inside a machine."""

    RAID0 = "raid0"
    NONE = "none"


class ReservationKind(StrEnum):
    """Ways of having capacity set aside."""

    CAPACITY_RESERVATION = "capacity-reservation"
    CAPACITY_BLOCK = "capacity-block"


class ReservationSpec(Section):
    """Capacity that the account has reserved; made outside of this stack, as it is paid for."""

    id: str
    """The reservation, `cr-0123456789abcdef0`; on Google Cloud its name."""
    kind: ReservationKind
    """A reservation that can be given back, or (on AWS) a block for a fixed time."""
    zone: str
    """Availability zone that it is in, `us-east-1a`: the nodes stand there and nowhere else."""


class GpuPoolSpec(Section):
    """One GPU shape, bought on demand, as spot, or both."""

    name: str
    """Short name, unique among the pools; models refer to it."""
    gpu: str
    """GPU as the catalogue names it, for example `L4`."""
    gpus_per_node: Annotated[int, Field(ge=1, le=16, strict=True)]
    """GPUs on one node."""
    machine_type: str
    """Machine type; follows from `gpu` and `gpusPerNode` unless it is named."""
    spot_machine_types: tuple[str, ...]
    """Machine types that a spot group may buy; the first is `machineType`. More types mean fewer
    interruptions. None without `spot`."""
    on_demand: NodeRange | None
    """Bounds of the on-demand node group; none when absent."""
    spot: NodeRange | None
    """Bounds of the spot node group; none when absent."""
    flex_start: NodeRange | None
    """Bounds of the flex-start node group, which waits for capacity and keeps it for 7 days at
    most; on Google Cloud. None when absent."""
    disk_gib: Annotated[int, Field(ge=50, le=16384, strict=True)]
    """Root volume of a node. A vLLM image alone unpacks to more than 10 GiB."""
    local_storage: LocalStorage
    """`raid0` puts images, weights and scratch files on the machine's own NVMe disks; on Google
    Cloud its local SSDs."""
    node_repair: Switch
    """Whether the cloud replaces a node whose GPU or kubelet is broken."""
    placement_group: Switch
    """Whether the nodes stand close together, in one zone."""
    efa: Switch
    """Whether the nodes get the fast network for models that span nodes; on AWS."""
    reservation: ReservationSpec | None
    """Reserved capacity for the on-demand nodes."""

    @property
    def most_on_demand(self) -> int:
        """Nodes of the on-demand group at its maximum; 0 without one."""
        return self.on_demand.max if self.on_demand else 0

    @property
    def most_spot(self) -> int:
        """Nodes of the spot group at its maximum; 0 without one."""
        return self.spot.max if self.spot else 0

    @property
    def most_flex_start(self) -> int:
        """Nodes of the flex-start group at its maximum; 0 without one."""
        return self.flex_start.max if self.flex_start else 0

    @property
    def most_nodes(self) -> int:
        """Nodes of all groups at their maximum."""
        return self.most_on_demand + self.most_spot + self.most_flex_start

    @property
    def buys_both_ways(self) -> bool:
        """Whether nodes may come on demand, and also in a way that takes them away again."""
        return self.most_on_demand > 0 and self.most_spot + self.most_flex_start > 0
