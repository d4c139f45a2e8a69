"""What a machine type is: what every cloud says of one, and what only one cloud says.

Owns the forms. The figures are in `machine_rows_*`, one file for each cloud; what a node leaves for
pods is in `allocatable`, where a type is sold in `regions`.
"""

from dataclasses import dataclass

_BYTES_PER_GB = 10**9
_BYTES_PER_GIB = 2**30


@dataclass(frozen=True, kw_only=True)
class MachineType:
    """One machine type of one cloud."""

    cloud: str
    """Cloud that sells it, `aws`."""
    name: str
    """The cloud's name for it, `g6.2xlarge`."""
    vcpus: int
    """Virtual CPUs."""
    memory_gib: float
    """Memory that the cloud states, in GiB. A node sees less: `allocatable`."""
    gpu: str | None
    """GPU by its name in `gpus`; none on machines without one."""
    gpu_count: int
    """GPUs on the machine; 0 without GPUs."""
    gpu_memory_gib_each: float
    """Memory of one GPU, in GiB; 0.0 without GPUs."""
    max_pods: int
    """Pods that a managed node of this type runs at most."""
    nvme_disks: int
    """Local NVMe disks that a node may use; 0 without. What is on them is lost with the machine."""
    nvme_gb_each: int
    """Size of one of them, in GB as the cloud states it; 0 without."""
    nvme_costs_extra: bool
    """Whether the local disks come on request, at a price of their own."""
    source: str
    """Where the figures come from."""
    source_date: str
    """Date of the source, ISO 8601."""

    @property
    def family(self) -> str:
        """Types that are sold together: `g6` of `g6.2xlarge`, `g2-standard` of `g2-standard-8`."""
        return self.name.partition(".")[0] if "." in self.name else self.name.rpartition("-")[0]

    @property
    def nvme_gib(self) -> int:
        """Size of all local NVMe disks together, in GiB."""
        return self.nvme_disks * self.nvme_gb_each * _BYTES_PER_GB // _BYTES_PER_GIB


@dataclass(frozen=True, kw_only=True)
class AwsMachine(MachineType):
    """What EC2 says of a machine type besides."""

    address_pods: int
    """Pods that its network addresses would carry. The node reserves memory for this many."""
    interface_addresses: int
    """IPv4 addresses that one of its network interfaces holds."""
    network_cards: int
    """Network cards."""
    efa_interfaces: int
    """Elastic Fabric Adapters at most, one for each network card; 0 without."""
    capacity_blocks: bool
    """Whether the cloud sells it in advance, as a Capacity Block."""


@dataclass(frozen=True, kw_only=True)
class GcpMachine(MachineType):
    """What Compute Engine says of a machine type besides."""

    accelerator: str | None
    """Compute Engine's name for its GPU, `nvidia-l4`; none on machines without one."""
    boot_disks: tuple[str, ...]
    """Types of boot disk that it takes, the one to prefer first."""
    sold_as: frozenset[str]
    """Ways of buying it without a reservation: `on-demand`, `spot`, `flex-start`."""
    compact_placement: bool
    """Whether machines of this type can be placed close together."""

    @property
    def series(self) -> str:
        """Series of the type: `a2` of `a2-highgpu-1g`."""
        return self.name.partition("-")[0]
