"""Machine types: what a node of each type has, and how to find one.

Owns what a machine type is and the look-ups. Does not own the figures (`machine_rows`), what a node
leaves for pods (`allocatable`), where a type is sold (`regions`) or what it costs.
"""

from collections.abc import Container
from dataclasses import dataclass

from infra.catalog.gpus import gpu as gpu_of
from infra.catalog.machine_rows import (
    AWS_ROWS,
    CAPACITY_BLOCK_FAMILIES,
    GPU_OF_FAMILY,
    SOURCE,
    SOURCE_DATE,
    AwsRow,
)

_MANY_VCPUS = 30
_MAX_PODS_FEW_VCPUS = 110
_MAX_PODS_MANY_VCPUS = 250
_BYTES_PER_GB = 10**9
_BYTES_PER_GIB = 2**30


class UnknownMachineError(ValueError):
    """A machine type that the catalogue does not have."""


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
    address_pods: int
    """Pods that its network addresses would carry. The node reserves memory for this many."""
    interface_addresses: int
    """IPv4 addresses that one of its network interfaces holds."""
    nvme_disks: int
    """Local NVMe disks; 0 without. What is on them is lost with the machine."""
    nvme_gb_each: int
    """Size of one of them, in GB as the cloud states it; 0 without."""
    network_cards: int
    """Network cards."""
    efa_interfaces: int
    """Elastic Fabric Adapters at most, one for each network card; 0 without."""
    capacity_blocks: bool
    """Whether the cloud sells it in advance, as a Capacity Block."""
    source: str
    """Where the figures come from."""
    source_date: str
    """Date of the source, ISO 8601."""

    @property
    def family(self) -> str:
        """Family of the type: `g6` of `g6.2xlarge`."""
        return self.name.partition(".")[0]

    @property
    def nvme_gib(self) -> int:
        """Size of all local NVMe disks together, in GiB."""
        return self.nvme_disks * self.nvme_gb_each * _BYTES_PER_GB // _BYTES_PER_GIB


def machine(cloud: str, name: str) -> MachineType:
    """Return a machine type by its name.

    Raises:
        UnknownMachineError: The catalogue does not have it.
    """
    if (cloud, name) not in _MACHINES:
        message = f"machine type: not in the catalogue of {cloud}, got {name!r}"
        raise UnknownMachineError(message)
    return _MACHINES[cloud, name]


def machines(cloud: str) -> tuple[MachineType, ...]:
    """Return all machine types of a cloud, smallest first, equals in the order of the table."""
    found = (machine for machine in _MACHINES.values() if machine.cloud == cloud)
    return tuple(sorted(found, key=_size))


def machines_with(cloud: str, gpu: str, gpus_per_node: int) -> tuple[MachineType, ...]:
    """Return the machine types with exactly that many of that GPU, smallest first."""
    return tuple(m for m in machines(cloud) if m.gpu == gpu and m.gpu_count == gpus_per_node)


def machine_for(
    cloud: str, gpu: str, gpus_per_node: int, sold: Container[str] | None = None
) -> MachineType:
    """Return the machine type that a pool gets when it names a GPU and no machine type.

    The smallest whose memory holds what its GPUs can: weights pass through host memory (page cache
    and pinned buffers) on their way to the GPU. Of the L4 machines, `g6.xlarge` has 16 GiB beside
    a GPU of 22.35 GiB, so one L4 means `g6.2xlarge`. Of those, one that is sold comes first; when
    none is, the smallest shows what to ask another region for.

    Args:
        cloud: the cloud.
        gpu: the GPU by its name in `gpus`.
        gpus_per_node: GPUs on the machine.
        sold: names of the types that the region sells, where it is known.

    Raises:
        UnknownMachineError: No type has that many of that GPU.
    """
    found = machines_with(cloud, gpu, gpus_per_node)
    roomy = [m for m in found if m.memory_gib >= m.gpu_count * m.gpu_memory_gib_each]
    if not roomy:
        message = f"machine type: none of {cloud} has {gpus_per_node} x {gpu}"
        raise UnknownMachineError(message)
    return next((m for m in roomy if sold is None or m.name in sold), roomy[0])


def _size(machine: MachineType) -> tuple[int, float]:
    return machine.vcpus, machine.memory_gib


def _aws(row: AwsRow) -> MachineType:
    gpu = GPU_OF_FAMILY.get(row.name.partition(".")[0])
    address_pods = row.interfaces * (row.addresses - 1) + 2
    # Managed node groups cap maxPods: below 30 vCPUs at 110, else at 250, with or without prefix
    # delegation (EKS user guide, "Create a managed node group", awsdocs@4d52b4d, 2024-12-18).
    cap = _MAX_PODS_FEW_VCPUS if row.vcpus < _MANY_VCPUS else _MAX_PODS_MANY_VCPUS
    return MachineType(
        cloud="aws",
        name=row.name,
        vcpus=row.vcpus,
        memory_gib=row.memory_gib,
        gpu=gpu,
        gpu_count=row.gpus,
        gpu_memory_gib_each=gpu_of(gpu).memory_gib if gpu else 0.0,
        max_pods=min(address_pods, cap),
        address_pods=address_pods,
        interface_addresses=row.addresses,
        nvme_disks=row.nvme_disks,
        nvme_gb_each=row.nvme_gb_each,
        network_cards=row.cards,
        efa_interfaces=row.efas,
        capacity_blocks=row.name.partition(".")[0] in CAPACITY_BLOCK_FAMILIES,
        source=SOURCE,
        source_date=SOURCE_DATE,
    )


_MACHINES = {("aws", row.name): _aws(row) for row in AWS_ROWS}
