"""What the node pools of any cloud have in common: plain values, before a cloud spells them.

Owns the ways of buying a node, the labels and sizes that every node gets, and what a pool asks of
the zones of its place. Does not own how a cloud says any of it (`node_pools_*` of each cloud), nor
which of its zones sell a machine.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, Self, TypeVar

from components import labels
from infra.catalog.machine_type import MachineType
from infra.spec.pools import GpuPoolSpec, LocalStorage, NodeRange

SYSTEM_POOL = "system"
SYSTEM_DISK_GIB = 50
"""Controllers and their images; no weights."""
SYSTEM_ZONES = 2
"""Zones of the system pool at least: DNS and controllers outlive the loss of one."""

MachineT = TypeVar("MachineT", bound=MachineType)


class Capacity(StrEnum):
    """Ways of buying a node, as our labels and names spell them."""

    ON_DEMAND = labels.ON_DEMAND
    SPOT = labels.SPOT
    FLEX_START = labels.FLEX_START


def ways_of_buying(spec: GpuPoolSpec) -> tuple[tuple[Capacity, NodeRange], ...]:
    """Return the ways that a pool names, on demand first, with the bounds of each."""
    ways = (
        (Capacity.ON_DEMAND, spec.on_demand),
        (Capacity.SPOT, spec.spot),
        (Capacity.FLEX_START, spec.flex_start),
    )
    return tuple((capacity, bounds) for capacity, bounds in ways if bounds is not None)


@dataclass(frozen=True)
class NodeShape(ABC, Generic[MachineT]):
    """What one node of a pool is."""

    pool: str
    """Pool name, the value of the pool label."""
    machine: MachineT
    """Machine type. Its GPUs decide labels, taint, and what else a cloud says of them."""
    disk_gib: int
    """Boot disk."""
    raid0: bool = False
    """Whether pods live on the machine's own disks."""

    @staticmethod
    @abstractmethod
    def find_machine(name: str) -> MachineT:
        """Return the cloud's machine type of that name."""

    @classmethod
    def system(cls, machine_type: str) -> Self:
        """Return the shape of a system node."""
        return cls(SYSTEM_POOL, cls.find_machine(machine_type), SYSTEM_DISK_GIB)

    @classmethod
    def gpu(cls, spec: GpuPoolSpec) -> Self:
        """Return the shape of a GPU pool's node."""
        raid0 = spec.local_storage is LocalStorage.RAID0
        return cls(spec.name, cls.find_machine(spec.machine_type), spec.disk_gib, raid0)

    def labels(self, capacity: Capacity) -> dict[str, str]:
        """Return the node labels."""
        of_gpu = {labels.GPU_NODE: "true"} if self.machine.gpu else {}
        return {labels.POOL: self.pool, labels.CAPACITY: capacity.value, **of_gpu}


class NoZoneError(ValueError):
    """A pool that cannot stand anywhere in its network or region."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a pool asks of the zones that it could stand in."""

    pool: str
    """Name of the pool, for the error message."""
    least_zones: int = 1
    """Zones that it needs."""
    zone: str | None = None
    """The zone of its reservation."""

    def takes(self, zone: str) -> bool:
        """Say whether a zone that sells the machine will do."""
        return self.zone in {None, zone}

    def refusal(self, machine_type: str, got: str, next_step: str) -> NoZoneError:
        """Return the error of a pool that finds too few zones."""
        several = self.least_zones > 1
        wanted = f"{self.least_zones} zones that sell" if several else "a zone that sells"
        place = f" in the zone of its reservation, {self.zone}" if self.zone else ""
        message = f"node pool {self.pool}: needs {wanted} {machine_type}{place}, {got}: {next_step}"
        return NoZoneError(message)
