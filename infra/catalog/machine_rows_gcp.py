"""The machine types of Google Cloud: figures as Compute Engine states them, one line each.

Owns the figures and their sources. What they mean for a node is in `allocatable`. Not offered here:
fractions of a GPU (g4-standard-6 to -24), GPUs that are attached to N1 machines, and ARM machines.
"""

from dataclasses import dataclass

from infra.catalog.gpus import gpu as gpu_of
from infra.catalog.machine_type import GcpMachine

CLOUD = "gcp"

SOURCE = (
    "vCPUs and memory: skypilot-org/skypilot-catalog@2c3d7ea catalogs/v9/gcp/vms.csv; local SSDs: "
    "tables of Compute Engine's 'GPU machine types' in a copy of 2026-04 (G2, G4, A2 Ultra, A3 "
    "High and Mega), GoogleCloudPlatform/cluster-toolkit@1047080 (A3 Ultra); how many A2 Standard "
    "takes, and the types of boot disk: as remembered"
)
SOURCE_DATE = "2026-11-26"

MAX_PODS = 110
"""GKE's default for the nodes of a Standard cluster; the pod range is sized by it: a /24 each."""

LOCAL_SSD_GB = 375
"""Size of every local SSD of these machines, in GB."""

_PD = ("pd-balanced", "pd-ssd")
_PD_AND_HYPERDISK = ("pd-balanced", "pd-ssd", "hyperdisk-balanced")
_HYPERDISK = ("hyperdisk-balanced",)

_EVERY_WAY = frozenset({"on-demand", "spot", "flex-start"})
_NOT_ON_DEMAND = frozenset({"spot", "flex-start"})
_MACHINES_WITHOUT_GPU = frozenset({"on-demand", "spot"})


@dataclass(frozen=True)
class Family:
    """What the machine types of one family have in common; a row of the table below."""

    gpu: str | None
    """GPU by its name in `gpus`."""
    accelerator: str | None
    """Compute Engine's name for it."""
    boot_disks: tuple[str, ...]
    """Types of boot disk, the one to prefer first."""


FAMILIES = {
    "g2-standard": Family("L4", "nvidia-l4", _PD),
    "g4-standard": Family("RTX-PRO-6000", "nvidia-rtx-pro-6000", _HYPERDISK),
    "a2-highgpu": Family("A100-40GB", "nvidia-tesla-a100", _PD),
    "a2-megagpu": Family("A100-40GB", "nvidia-tesla-a100", _PD),
    "a2-ultragpu": Family("A100-80GB", "nvidia-a100-80gb", _PD),
    "a3-highgpu": Family("H100", "nvidia-h100-80gb", _PD_AND_HYPERDISK),
    "a3-megagpu": Family("H100", "nvidia-h100-mega-80gb", _PD_AND_HYPERDISK),
    "a3-ultragpu": Family("H200", "nvidia-h200-141gb", _HYPERDISK),
    # What GKE starts a cluster with that names no machine: e2-medium, on shared cores.
    "e2": Family(None, None, _PD),
    "e2-standard": Family(None, None, _PD),
    "n2-standard": Family(None, None, _PD),
}
"""The families, by the part of a machine type's name before its size."""

COMPACT_PLACEMENT = (
    *("g2-standard", "n2-standard", "a2-highgpu", "a2-megagpu", "a2-ultragpu"),
    *("a3-highgpu", "a3-megagpu", "a3-ultragpu"),
)
"""Families that a compact placement policy of GKE takes: A2, A3, G2 and N2 (GKE documentation,
"Define compact placement for GKE nodes", as quoted in code that follows it; A3 Ultra also in
GoogleCloudPlatform/cluster-toolkit#5737, 2026-06-04). No source names G4."""

SSD_COSTS_EXTRA = ("g2-standard", "g4-standard", "a2-highgpu", "a2-megagpu")
"""Families whose local SSDs come on request."""

NOT_ON_DEMAND = ("a3-highgpu-1g", "a3-highgpu-2g", "a3-highgpu-4g")
"""A3 High with fewer than 8 GPUs is sold as Spot and flex-start only, although the price list has
an on-demand price for it (Compute Engine documentation, "GPU machine types", note on A3 High, in a
copy of 2026-04-15; dstackai/gpuhunt#176, 2025-09-13, drops the on-demand offers for it)."""


@dataclass(frozen=True)
class GcpRow:
    """A row of the table below, in its order."""

    name: str
    vcpus: int
    memory_gib: float
    gpus: int
    ssds: int


# name, vCPUs, memory in GiB, GPUs, local SSDs: what is in the machine, or what it takes on request
# (G2 and G4: the most, A2 Standard: the fewest). Of machines of one size the one to prefer stands
# first.
GCP_ROWS = (
    GcpRow("g2-standard-4", 4, 16, 1, 1),
    GcpRow("g2-standard-8", 8, 32, 1, 1),
    GcpRow("g2-standard-12", 12, 48, 1, 1),
    GcpRow("g2-standard-16", 16, 64, 1, 1),
    GcpRow("g2-standard-24", 24, 96, 2, 2),
    GcpRow("g2-standard-32", 32, 128, 1, 1),
    GcpRow("g2-standard-48", 48, 192, 4, 4),
    GcpRow("g2-standard-96", 96, 384, 8, 8),
    GcpRow("g4-standard-48", 48, 180, 1, 4),
    GcpRow("g4-standard-96", 96, 360, 2, 8),
    GcpRow("g4-standard-192", 192, 720, 4, 16),
    GcpRow("g4-standard-384", 384, 1440, 8, 32),
    GcpRow("a2-highgpu-1g", 12, 85, 1, 1),
    GcpRow("a2-highgpu-2g", 24, 170, 2, 2),
    GcpRow("a2-highgpu-4g", 48, 340, 4, 4),
    GcpRow("a2-highgpu-8g", 96, 680, 8, 8),
    GcpRow("a2-megagpu-16g", 96, 1360, 16, 8),
    GcpRow("a2-ultragpu-1g", 12, 170, 1, 1),
    GcpRow("a2-ultragpu-2g", 24, 340, 2, 2),
    GcpRow("a2-ultragpu-4g", 48, 680, 4, 4),
    GcpRow("a2-ultragpu-8g", 96, 1360, 8, 8),
    GcpRow("a3-highgpu-1g", 26, 234, 1, 2),
    GcpRow("a3-highgpu-2g", 52, 468, 2, 4),
    GcpRow("a3-highgpu-4g", 104, 936, 4, 8),
    GcpRow("a3-highgpu-8g", 208, 1872, 8, 16),
    GcpRow("a3-megagpu-8g", 208, 1872, 8, 16),
    GcpRow("a3-ultragpu-8g", 224, 2952, 8, 32),
    GcpRow("e2-medium", 2, 4, 0, 0),
    GcpRow("e2-standard-2", 2, 8, 0, 0),
    GcpRow("e2-standard-4", 4, 16, 0, 0),
    GcpRow("e2-standard-8", 8, 32, 0, 0),
    GcpRow("n2-standard-2", 2, 8, 0, 0),
    GcpRow("n2-standard-4", 4, 16, 0, 0),
    GcpRow("n2-standard-8", 8, 32, 0, 0),
)


def machine_of(row: GcpRow) -> GcpMachine:
    """Return the machine type of a row."""
    name = row.name.rpartition("-")[0]
    family = FAMILIES[name]
    sold_as = _EVERY_WAY if family.gpu else _MACHINES_WITHOUT_GPU
    return GcpMachine(
        cloud=CLOUD,
        name=row.name,
        vcpus=row.vcpus,
        memory_gib=row.memory_gib,
        gpu=family.gpu,
        gpu_count=row.gpus,
        gpu_memory_gib_each=gpu_of(family.gpu).memory_gib if family.gpu else 0.0,
        max_pods=MAX_PODS,
        nvme_disks=row.ssds,
        nvme_gb_each=LOCAL_SSD_GB if row.ssds else 0,
        nvme_costs_extra=name in SSD_COSTS_EXTRA,
        accelerator=family.accelerator,
        boot_disks=family.boot_disks,
        sold_as=_NOT_ON_DEMAND if row.name in NOT_ON_DEMAND else sold_as,
        compact_placement=name in COMPACT_PLACEMENT,
        source=SOURCE,
        source_date=SOURCE_DATE,
    )
