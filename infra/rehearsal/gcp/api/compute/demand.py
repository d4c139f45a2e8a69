"""What a machine counts against quotas: metrics that Google's discovery document names.

A machine whose CPUs or GPUs have no metric there counts as an instance alone.
"""

from collections.abc import Mapping

from infra.catalog.machine_type import GcpMachine
from infra.rehearsal.gcp.api.compute.disks import demand_of_disk
from infra.rehearsal.nodes.groups import Capacity

CPUS: Mapping[str, str] = {"a2": "A2_CPUS", "e2": "CPUS", "n2": "N2_CPUS"}
"""Metric of the vCPUs of a series."""
GPUS: Mapping[str, tuple[str, str]] = {
    "nvidia-a100-80gb": ("NVIDIA_A100_80GB_GPUS", "PREEMPTIBLE_NVIDIA_A100_80GB_GPUS"),
    "nvidia-h100-80gb": ("", "PREEMPTIBLE_NVIDIA_H100_GPUS"),
    "nvidia-l4": ("NVIDIA_L4_GPUS", "PREEMPTIBLE_NVIDIA_L4_GPUS"),
    "nvidia-tesla-a100": ("NVIDIA_A100_GPUS", "PREEMPTIBLE_NVIDIA_A100_GPUS"),
}
"""Metrics of a GPU on demand, and as Spot or flex-start."""


def demand_of_machine(
    kind: GcpMachine, buying: Capacity, disk_type: str, disk_gib: int
) -> dict[str, int]:
    """Return what one machine counts, with its boot disk."""
    found = {"INSTANCES": 1, **demand_of_disk(disk_type, disk_gib)}
    if kind.series in CPUS:
        found[CPUS[kind.series]] = kind.vcpus
    standard, preemptible = GPUS.get(kind.accelerator or "", ("", ""))
    metric = standard if buying == "on-demand" else preemptible
    if metric:
        found[metric] = kind.gpu_count
    if kind.gpu_count and buying == "on-demand":
        found["GPUS_ALL_REGIONS"] = kind.gpu_count
    return found
