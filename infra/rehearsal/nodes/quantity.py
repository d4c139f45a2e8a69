"""Kubernetes quantities as numbers: `250m` of CPU, `512Mi` of memory, `1` of a GPU.

Owns the notation only. Used to report what pods ask and nodes have; whether a pod fits is decided
by the scheduler alone.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from infra.rehearsal.nodes.groups import GPU_RESOURCE

# apimachinery, pkg/api/resource/quantity.go: binary and decimal suffixes.
_FACTORS = {
    "n": Decimal("1e-9"),
    "u": Decimal("1e-6"),
    "m": Decimal("1e-3"),
    "": Decimal(1),
    **{suffix: Decimal(1000) ** power for power, suffix in enumerate("kMGTPE", start=1)},
    **{f"{suffix}i": Decimal(1024) ** power for power, suffix in enumerate("KMGTPE", start=1)},
}
_QUANTITY = re.compile(r"([+-]?[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?)([a-zA-Z]*)")
_BYTES_PER_MIB = 1024 * 1024


class QuantityError(ValueError):
    """A text that is no Kubernetes quantity."""


@dataclass(frozen=True)
class Resources:
    """CPU, memory, GPUs and ephemeral storage: asked by a pod, or had by a node."""

    cpu_millicores: int = 0
    """CPU, in thousandths of a core."""
    memory_mib: int = 0
    """Memory, in MiB, rounded up."""
    gpus: int = 0
    """Whole GPUs."""
    ephemeral_storage_mib: int = 0
    """Disk of the node itself (images, logs, `emptyDir`), in MiB, rounded up."""

    def __add__(self, other: "Resources") -> "Resources":
        """Both together."""
        return Resources(
            self.cpu_millicores + other.cpu_millicores,
            self.memory_mib + other.memory_mib,
            self.gpus + other.gpus,
            self.ephemeral_storage_mib + other.ephemeral_storage_mib,
        )

    def at_least(self, other: "Resources") -> "Resources":
        """Return the larger of both, each resource by itself."""
        return Resources(
            max(self.cpu_millicores, other.cpu_millicores),
            max(self.memory_mib, other.memory_mib),
            max(self.gpus, other.gpus),
            max(self.ephemeral_storage_mib, other.ephemeral_storage_mib),
        )


def quantity(text: str | float) -> Decimal:
    """Return a quantity as a number in its base unit (cores, bytes, pieces).

    Raises:
        QuantityError: The text is no quantity.
    """
    match = _QUANTITY.fullmatch(str(text))
    if match is None or match[2] not in _FACTORS:
        message = f"quantity: not a Kubernetes quantity, got {text!r}; expected for example '512Mi'"
        raise QuantityError(message)
    return Decimal(match[1]) * _FACTORS[match[2]]


def resources(amounts: Mapping[str, str | float]) -> Resources:
    """Return what a resource list (`requests`, `allocatable`) says; a missing entry is 0 in it."""
    return Resources(
        cpu_millicores=_ceiling(quantity(amounts.get("cpu", 0)) * 1000),
        memory_mib=_mib(amounts.get("memory", 0)),
        gpus=_ceiling(quantity(amounts.get(GPU_RESOURCE, 0))),
        ephemeral_storage_mib=_mib(amounts.get("ephemeral-storage", 0)),
    )


def _mib(amount: str | float) -> int:
    return _ceiling(quantity(amount) / _BYTES_PER_MIB)


def _ceiling(number: Decimal) -> int:
    return math.ceil(number)
