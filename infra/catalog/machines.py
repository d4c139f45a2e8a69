"""Machine types: how to find one.

Owns the look-ups. Does not own what a machine type is (`machine_type`), the figures
(`machine_rows_*`), what a node leaves for pods (`allocatable`), where a type is sold (`regions`) or
what it costs (`prices`).
"""

from collections.abc import Container, Mapping
from typing import TypeVar

from infra.catalog import machine_rows_aws, machine_rows_gcp
from infra.catalog.gpus import gpu_names
from infra.catalog.machine_type import AwsMachine, GcpMachine, MachineType

__all__ = [
    "AwsMachine",
    "GcpMachine",
    "MachineType",
    "UnknownMachineError",
    "aws_machine",
    "gcp_machine",
    "gpus_sold",
    "machine",
    "machine_for",
    "machines",
    "machines_with",
]


M = TypeVar("M", bound=MachineType)


class UnknownMachineError(ValueError):
    """A machine type that the catalogue does not have."""


def machine(cloud: str, name: str) -> MachineType:
    """Return a machine type by its name.

    Raises:
        UnknownMachineError: The catalogue does not have it.
    """
    return _known(cloud, name, _MACHINES.get(cloud, {}))


def aws_machine(name: str) -> AwsMachine:
    """Return a machine type of AWS by its name.

    Raises:
        UnknownMachineError: The catalogue does not have it.
    """
    return _known(machine_rows_aws.CLOUD, name, _AWS)


def gcp_machine(name: str) -> GcpMachine:
    """Return a machine type of Google Cloud by its name.

    Raises:
        UnknownMachineError: The catalogue does not have it.
    """
    return _known(machine_rows_gcp.CLOUD, name, _GCP)


def machines(cloud: str) -> tuple[MachineType, ...]:
    """Return all machine types of a cloud, smallest first, equals in the order of the table."""
    return tuple(sorted(_MACHINES.get(cloud, {}).values(), key=_size))


def machines_with(cloud: str, gpu: str, gpus_per_node: int) -> tuple[MachineType, ...]:
    """Return the machine types with exactly that many of that GPU, smallest first."""
    return tuple(m for m in machines(cloud) if m.gpu == gpu and m.gpu_count == gpus_per_node)


def gpus_sold(cloud: str) -> tuple[str, ...]:
    """Return the GPUs that some machine of a cloud has, in the order of `gpu_names`."""
    sold = {m.gpu for m in machines(cloud)}
    return tuple(name for name in gpu_names() if name in sold)


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


def _known(cloud: str, name: str, found: Mapping[str, M]) -> M:
    if name not in found:
        message = f"machine type: not in the catalogue of {cloud}, got {name!r}"
        raise UnknownMachineError(message)
    return found[name]


_AWS = {row.name: machine_rows_aws.machine_of(row) for row in machine_rows_aws.AWS_ROWS}
_GCP = {row.name: machine_rows_gcp.machine_of(row) for row in machine_rows_gcp.GCP_ROWS}
_MACHINES: Mapping[str, Mapping[str, MachineType]] = {"aws": _AWS, "gcp": _GCP}
