"""GPUs that the platform serves on, and GPUs that it refuses with the reason.

Owns what a GPU is. Does not own where it is sold (`regions`) or in which machine (`machines`).
Memory is what the driver reports, in MiB, not the rounded figure of the data sheet.
"""

from collections.abc import Mapping
from dataclasses import dataclass


class UnknownGpuError(ValueError):
    """A GPU that the catalogue does not have."""


@dataclass(frozen=True, kw_only=True)
class Gpu:
    """One GPU model."""

    name: str
    """Name in stack files."""
    memory_mib: int
    """Memory of one GPU, in MiB."""
    source: str
    """Where the figures come from."""
    source_date: str
    """Date of the source, ISO 8601."""

    @property
    def memory_gib(self) -> float:
        """Memory of one GPU, in GiB."""
        return self.memory_mib / 1024


_SOURCE = (
    "aws/karpenter-provider-aws@1d92708 website/content/en/preview/reference/instance-types.md "
    "(label instance-gpu-memory), which EC2 DescribeInstanceTypes reports"
)
_SOURCE_DATE = "2026-08-21"

# EC2 calls both A100 alike; their memory differs, and so must their names. The RTX PRO 6000 is the
# Blackwell Server Edition, EC2's "RTX PRO Server 6000".
_MEMORY_MIB = {
    "A10G": 22888,
    "L4": 22888,
    "A100-40GB": 40960,
    "L40S": 45776,
    "A100-80GB": 81920,
    "H100": 81920,
    "RTX-PRO-6000": 98304,
    "H200": 144384,
}

_GPUS = {
    name: Gpu(name=name, memory_mib=memory_mib, source=_SOURCE, source_date=_SOURCE_DATE)
    for name, memory_mib in _MEMORY_MIB.items()
}

NEAREST: Mapping[str, tuple[str, str]] = {
    # Architecture and memory as in NVIDIA's data sheets of the four, read 2026-11.
    "A10G": ("L4", "as much memory, a generation newer, half the memory bandwidth"),
    "L40S": ("RTX-PRO-6000", "the class's next generation, with twice the memory"),
}
"""What comes nearest to a GPU on a cloud that does not sell it, and how they differ."""

REFUSED_FAMILIES = {
    # NVIDIA/aicr pull request 2743 quotes the AWS documentation; EKS AMIs carried driver branch
    # 580 at awslabs/amazon-eks-ami@81fec2e, 2026-07-23.
    "g7": "needs NVIDIA driver 595, and the EKS node images carry driver 580",
}
"""Machine families that the cloud sells and that cannot serve on its node images, and why."""

_FRACTION = "has a fraction of a GPU, and a model gets whole GPUs"
REFUSED_TYPES = dict.fromkeys(("g4-standard-6", "g4-standard-12", "g4-standard-24"), _FRACTION)
"""Single machine types that the cloud sells and no pool may have, and why."""


def gpu(name: str) -> Gpu:
    """Return a GPU by its name.

    Raises:
        UnknownGpuError: The catalogue does not have it.
    """
    if name not in _GPUS:
        message = f"gpu: not in the catalogue, got {name!r}; one of {', '.join(gpu_names())}"
        raise UnknownGpuError(message)
    return _GPUS[name]


def gpu_names() -> tuple[str, ...]:
    """Return the names of all GPUs, smallest memory first."""
    return tuple(sorted(_GPUS, key=lambda name: (_GPUS[name].memory_mib, name)))
