"""Machine types: what a node of each type has.

Owns the size of a machine and how many pods its network carries. Does not own what a node leaves
for pods (`allocatable`), where a type is sold (`regions`) or what it costs.
"""

from dataclasses import dataclass

from infra.catalog.gpus import gpu as gpu_of

_SIZES_SOURCE = (
    "aws/karpenter-provider-aws@1d92708 website/content/en/preview/reference/instance-types.md "
    "(vCPUs, memory, GPUs) and awslabs/amazon-eks-ami@81fec2e "
    "nodeadm/internal/kubelet/instance-info.jsonl (network interfaces and addresses)"
)
_SIZES_SOURCE_DATE = "2026-08-21"

_MANY_VCPUS = 30
_MAX_PODS_FEW_VCPUS = 110
_MAX_PODS_MANY_VCPUS = 250


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
    source: str
    """Where the figures come from."""
    source_date: str
    """Date of the source, ISO 8601."""

    @property
    def family(self) -> str:
        """Family of the type: `g6` of `g6.2xlarge`."""
        return self.name.partition(".")[0]


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
    """Return all machine types of a cloud, smallest first."""
    found = (machine for machine in _MACHINES.values() if machine.cloud == cloud)
    return tuple(sorted(found, key=_size))


def machines_with(cloud: str, gpu: str, gpus_per_node: int) -> tuple[MachineType, ...]:
    """Return the machine types with exactly that many of that GPU, smallest first."""
    return tuple(m for m in machines(cloud) if m.gpu == gpu and m.gpu_count == gpus_per_node)


def machine_for(cloud: str, gpu: str, gpus_per_node: int) -> MachineType:
    """Return the machine type that a pool gets when it names a GPU and no machine type.

    The smallest whose memory holds what its GPUs can: weights pass through host memory (page cache
    and pinned buffers) on their way to the GPU. Of the L4 machines, `g6.xlarge` has 16 GiB beside
    a GPU of 22.35 GiB, so one L4 means `g6.2xlarge`.

    Raises:
        UnknownMachineError: No type has that many of that GPU.
    """
    found = machines_with(cloud, gpu, gpus_per_node)
    roomy = [m for m in found if m.memory_gib >= m.gpu_count * m.gpu_memory_gib_each]
    if not roomy:
        message = f"machine type: none of {cloud} has {gpus_per_node} x {gpu}"
        raise UnknownMachineError(message)
    return roomy[0]


def _size(machine: MachineType) -> tuple[int, float, str]:
    return machine.vcpus, machine.memory_gib, machine.name


@dataclass(frozen=True)
class _AwsRow:
    """A row of the table below, in its order."""

    name: str
    vcpus: int
    memory_gib: float
    gpus: int
    interfaces: int
    addresses: int


def _aws(row: _AwsRow) -> MachineType:
    gpu = _GPU_OF_FAMILY.get(row.name.partition(".")[0])
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
        source=_SIZES_SOURCE,
        source_date=_SIZES_SOURCE_DATE,
    )


_GPU_OF_FAMILY = {"g5": "A10G", "g6": "L4", "g6e": "L40S", "p5": "H100"}

# name, vCPUs, memory in GiB, GPUs, network interfaces and IPv4 addresses of each, counted on the
# default network card only: pods get no address from another card.
_AWS_ROWS = (
    _AwsRow("g5.xlarge", 4, 16, 1, 4, 15),
    _AwsRow("g5.2xlarge", 8, 32, 1, 4, 15),
    _AwsRow("g5.4xlarge", 16, 64, 1, 8, 30),
    _AwsRow("g5.8xlarge", 32, 128, 1, 8, 30),
    _AwsRow("g5.16xlarge", 64, 256, 1, 8, 30),
    _AwsRow("g5.12xlarge", 48, 192, 4, 15, 50),
    _AwsRow("g5.24xlarge", 96, 384, 4, 15, 50),
    _AwsRow("g5.48xlarge", 192, 768, 8, 7, 50),
    _AwsRow("g6.xlarge", 4, 16, 1, 4, 15),
    _AwsRow("g6.2xlarge", 8, 32, 1, 4, 15),
    _AwsRow("g6.4xlarge", 16, 64, 1, 8, 30),
    _AwsRow("g6.8xlarge", 32, 128, 1, 8, 30),
    _AwsRow("g6.16xlarge", 64, 256, 1, 15, 50),
    _AwsRow("g6.12xlarge", 48, 192, 4, 8, 30),
    _AwsRow("g6.24xlarge", 96, 384, 4, 15, 50),
    _AwsRow("g6.48xlarge", 192, 768, 8, 15, 50),
    _AwsRow("g6e.xlarge", 4, 32, 1, 4, 15),
    _AwsRow("g6e.2xlarge", 8, 64, 1, 4, 15),
    _AwsRow("g6e.4xlarge", 16, 128, 1, 8, 30),
    _AwsRow("g6e.8xlarge", 32, 256, 1, 8, 30),
    _AwsRow("g6e.16xlarge", 64, 512, 1, 15, 50),
    _AwsRow("g6e.12xlarge", 48, 384, 4, 10, 30),
    _AwsRow("g6e.24xlarge", 96, 768, 4, 10, 50),
    _AwsRow("g6e.48xlarge", 192, 1536, 8, 10, 50),
    _AwsRow("p5.4xlarge", 16, 256, 1, 4, 30),
    _AwsRow("p5.48xlarge", 192, 2048, 8, 2, 50),
    _AwsRow("m6i.large", 2, 8, 0, 3, 10),
    _AwsRow("m6i.xlarge", 4, 16, 0, 4, 15),
    _AwsRow("m6i.2xlarge", 8, 32, 0, 4, 15),
    _AwsRow("m6i.4xlarge", 16, 64, 0, 8, 30),
    _AwsRow("m7i.large", 2, 8, 0, 3, 10),
    _AwsRow("m7i.xlarge", 4, 16, 0, 4, 15),
    _AwsRow("m7i.2xlarge", 8, 32, 0, 4, 15),
    _AwsRow("m7i.4xlarge", 16, 64, 0, 8, 30),
    _AwsRow("t3.medium", 2, 4, 0, 3, 6),
    _AwsRow("t3.large", 2, 8, 0, 3, 12),
)

_MACHINES = {("aws", row.name): _aws(row) for row in _AWS_ROWS}
