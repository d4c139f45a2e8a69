"""The quotas of Google Cloud that a first deployment meets, and which machine counts where.

Owns codes and names. Does not own values: those are facts of a project (`facts.py`).

A code is the metric as `gcloud compute regions describe` spells it, `NVIDIA_L4_GPUS`. Newer GPUs
have no metric of their own on demand: they share one quota with a dimension, and their code is
`GPUS_PER_GPU_FAMILY/` and the family. As spot and flex-start each GPU has a metric of its own.

Sources:
- Metrics: compute API v1, revision 20261106, `Quota.metric`.
- Ids of the Cloud Quotas API: platforma's installer, checked against that API on 2026-06-29 (L4 and
  RTX PRO 6000; H100, H200 likewise), and comfy-qa's notes on a live project, 2026-08-28 and
  2026-09-17 (A100, H100 and the preemptible ones, which exist for RTX PRO 6000 too).
- Flex-start takes preemptible quota: Compute Engine's release notes of 2024-06-18 say it of some
  GPU machines that end by themselves; that flex-start is one of them is as remembered.
- No CPU quota for A2, A3, G2 and G4: Compute Engine documentation, "Allocation quotas", CPU quota,
  as quoted by comfy-qa, 2026-09.
- Which disks count where: Compute Engine documentation, "Allocation quotas", disk, as remembered.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from infra.catalog.machines import GcpMachine
from infra.preflight.quota import Quota, UnknownBucketError
from infra.spec.cloud import CloudSpec

Buying = Literal["on-demand", "spot", "flex-start"]

FAMILY_METRIC = "GPUS_PER_GPU_FAMILY"
"""The metric that newer GPUs share on demand."""


@dataclass(frozen=True)
class GcpQuota(Quota):
    """One quota of the Cloud Quotas API."""

    is_global: bool = False
    """Whether it counts over all regions; else in each."""
    family: str = ""
    """GPU family, where the quota has that dimension."""

    @property
    def quota_id(self) -> str:
        """Id in the Cloud Quotas API, `NVIDIA-L4-GPUS-per-project-region`."""
        metric = FAMILY_METRIC if self.family else self.code
        scope = "project" if self.is_global else "project-region"
        return f"{metric.replace('_', '-')}-per-{scope}"

    def request(self, cloud: CloudSpec, value: int) -> str:
        """Return the command that asks Google for so many."""
        dimensions = [] if self.is_global else [f"region={cloud.region}"]
        dimensions += [f"gpu_family={self.family}"] if self.family else []
        return " ".join(
            (
                f"gcloud beta quotas preferences create --project={cloud.project}",
                f"--service=compute.googleapis.com --quota-id={self.quota_id}",
                *([f"--dimensions={','.join(dimensions)}"] if dimensions else []),
                f"--preferred-value={value} --email=YOU@EXAMPLE.COM",
            )
        )

    def console(self, cloud: CloudSpec) -> str:
        """Return the page of the project's quotas; its filter takes the name of one."""
        return f"https://console.cloud.google.com/iam-admin/quotas?project={cloud.project}"

    @property
    def lookup(self) -> str:
        """The command that says what the project has."""
        return (
            f"gcloud beta quotas info describe {self.quota_id} --service=compute.googleapis.com "
            "--project=PROJECT"
        )


GPUS_ALL_REGIONS = GcpQuota("GPUS_ALL_REGIONS", "GPUs (all regions)", "GPU", is_global=True)
CPUS_ALL_REGIONS = GcpQuota("CPUS_ALL_REGIONS", "CPUs (all regions)", "vCPU", is_global=True)
CPUS = GcpQuota("CPUS", "CPUs", "vCPU")
N2_CPUS = GcpQuota("N2_CPUS", "N2 CPUs", "vCPU")
SSD_TOTAL_GB = GcpQuota("SSD_TOTAL_GB", "Persistent Disk SSD (GB)", "GB")
HDB_TOTAL_GB = GcpQuota("HDB_TOTAL_GB", "Hyperdisk Balanced capacity (GB)", "GB")
LOCAL_SSD_TOTAL_GB = GcpQuota("LOCAL_SSD_TOTAL_GB", "Local SSD (GB)", "GB")
PREEMPTIBLE_LOCAL_SSD_GB = GcpQuota("PREEMPTIBLE_LOCAL_SSD_GB", "Preemptible Local SSD (GB)", "GB")
INSTANCES = GcpQuota("INSTANCES", "VM instances", "instance")
NETWORKS = GcpQuota("NETWORKS", "Networks", "network", is_global=True)
SUBNETWORKS = GcpQuota("SUBNETWORKS", "Subnetworks", "subnetwork", is_global=True)
ROUTERS = GcpQuota("ROUTERS", "Cloud Routers", "router", is_global=True)
IN_USE_ADDRESSES = GcpQuota("IN_USE_ADDRESSES", "In-use external IPv4 addresses", "address")

# Accelerator type to the word that its quotas have for it, and whether it has one of its own.
_GPUS: Mapping[str, tuple[str, bool]] = {
    "nvidia-l4": ("NVIDIA_L4", True),
    "nvidia-tesla-a100": ("NVIDIA_A100", True),
    "nvidia-a100-80gb": ("NVIDIA_A100_80GB", True),
    "nvidia-h100-80gb": ("NVIDIA_H100", False),
    "nvidia-h100-mega-80gb": ("NVIDIA_H100_MEGA", False),
    "nvidia-h200-141gb": ("NVIDIA_H200", False),
    "nvidia-rtx-pro-6000": ("NVIDIA_RTX_PRO_6000", False),
}
_CPUS: Mapping[str, tuple[GcpQuota, ...]] = {
    "e2": (CPUS, CPUS_ALL_REGIONS),
    "n2": (N2_CPUS, CPUS_ALL_REGIONS),
}
_DISKS: Mapping[str, GcpQuota] = {
    "pd-balanced": SSD_TOTAL_GB,
    "pd-ssd": SSD_TOTAL_GB,
    "hyperdisk-balanced": HDB_TOTAL_GB,
}
_LOCAL_SSD_SERIES = frozenset({"a2", "g2"})


def _own(word: str) -> GcpQuota:
    return GcpQuota(f"{word}_GPUS", f"{word.replace('_', ' ')} GPUs", "GPU")


def _shared(word: str) -> GcpQuota:
    name = f"GPUs per GPU family, {word.replace('_', ' ')}"
    return GcpQuota(f"{FAMILY_METRIC}/{word}", name, "GPU", family=word)


def _preemptible(word: str) -> GcpQuota:
    name = f"Preemptible {word.replace('_', ' ')} GPUs"
    return GcpQuota(f"PREEMPTIBLE_{word}_GPUS", name, "GPU")


_ON_DEMAND = {kind: _own(word) if own else _shared(word) for kind, (word, own) in _GPUS.items()}
_PREEMPTIBLE = {kind: _preemptible(word) for kind, (word, _own_metric) in _GPUS.items()}

QUOTAS: Mapping[str, GcpQuota] = {
    quota.code: quota
    for quota in (
        GPUS_ALL_REGIONS,
        *_ON_DEMAND.values(),
        *_PREEMPTIBLE.values(),
        *(CPUS_ALL_REGIONS, CPUS, N2_CPUS, INSTANCES),
        *(SSD_TOTAL_GB, HDB_TOTAL_GB, LOCAL_SSD_TOTAL_GB, PREEMPTIBLE_LOCAL_SSD_GB),
        *(NETWORKS, SUBNETWORKS, ROUTERS, IN_USE_ADDRESSES),
    )
}
"""Code to quota."""


def gpu_quotas(accelerator: str, buying: Buying) -> tuple[GcpQuota, ...]:
    """Return the quotas against which GPUs of an accelerator type count.

    Of spot and flex-start the sources disagree whether GPUs count in `GPUS_ALL_REGIONS` as well;
    who asks for it too has enough either way.

    Raises:
        UnknownBucketError: no source says which.
    """
    found = (_ON_DEMAND if buying == "on-demand" else _PREEMPTIBLE).get(accelerator)
    if found is None:
        message = f"GPU quota: no source says against which one {accelerator} counts as {buying}"
        raise UnknownBucketError(message)
    return found, GPUS_ALL_REGIONS


def machine_demand(kind: GcpMachine, buying: Buying) -> dict[GcpQuota, int]:
    """Return what one machine counts against each quota, without its disks.

    Raises:
        UnknownBucketError: no source says against which quota it counts.
    """
    found = {INSTANCES: 1}
    if kind.accelerator:
        return found | dict.fromkeys(gpu_quotas(kind.accelerator, buying), kind.gpu_count)
    if kind.series in _CPUS:
        return found | dict.fromkeys(_CPUS[kind.series], kind.vcpus)
    message = f"CPU quota: no source says against which one {kind.name} counts"
    raise UnknownBucketError(message)


def disk_demand(disk_type: str, gib: int) -> dict[GcpQuota, int]:
    """Return what a disk counts; nothing for types whose quota no deployment of ours meets."""
    return {_DISKS[disk_type]: gib} if disk_type in _DISKS else {}


def local_ssd_demand(kind: GcpMachine, buying: Buying) -> dict[GcpQuota, int]:
    """Return what the local SSDs of a node count.

    Those that are in the machine, and those of G4, count against none that a source names.
    """
    if not kind.nvme_costs_extra or kind.series not in _LOCAL_SSD_SERIES:
        return {}
    quota = LOCAL_SSD_TOTAL_GB if buying == "on-demand" else PREEMPTIBLE_LOCAL_SSD_GB
    return {quota: kind.nvme_disks * kind.nvme_gb_each}
