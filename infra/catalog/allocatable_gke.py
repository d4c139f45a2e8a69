"""What GKE keeps of a node with its Container-Optimized OS.

Sources:
- GKE documentation, "Plan node sizes" (concepts/plan-node-sizes): the node that it shows, in a copy
  of the page read 2026-11-26 (4 cores, 16 GiB, boot disk of 100 GiB: 13498416 KiB of memory and
  47060071478 bytes of a file system of 98831908 KiB are left); its rules as in
  cloudpilot-ai/karpenter-provider-gcp@417f047, pkg/utils/utils.go, 2026-08-06.
- What the other partitions of a boot disk take: kubernetes/autoscaler@55c37cd,
  cloudprovider/gce/gce_reserved.go, 2026-08-22. For the node above it gives 5.81 GiB: it lost 5.75.
- Firmware and kernel keep 2.7 % of that node's memory, here 3. Of large machines it is less: the
  autoscaler reckons 1.6 % and 0.3 GiB, and a3-highgpu-4g had 895.4 GiB for pods (notes on a
  cluster, 2026-09-29), of which this promises 882. Of a machine of 4 GiB it may be 4 %.
"""

import math

from infra.catalog.machine_type import GcpMachine

_KERNEL_SHARE = 0.03
_EVICTION_MEMORY_MIB = 100
_MIB_PER_GIB = 1024
# GiB from, GiB to, and the share of that range that is kept.
_RESERVED_MEMORY_RANGES = (
    (0, 4, 0.25),
    (4, 8, 0.20),
    (8, 16, 0.10),
    (16, 128, 0.06),
    (128, math.inf, 0.02),
)
SHARED_CORE_MILLICORES = {"e2-medium": 1060}
"""What is kept of the CPU of machines on shared cores, in place of the shares (the same file)."""
_EVICTION_STORAGE_SHARE = 0.10
_BOOT_PARTITIONS_GIB = 4.148 + 0.1
_BOOT_PARTITIONS_SHARE = 0.015635
_MOST_RESERVED_BOOT_GIB = 100
# Local SSDs, and what is kept of all of them together, in GiB; more of them: as with the last. The
# file system takes up to 7 GiB of each besides (kubernetes/autoscaler, the same file); the
# catalogue counts their 375 GiB as 375 GB, which leaves 25 out.
_RESERVED_OF_SSDS_GIB = {1: 50, 2: 75, 3: 100}


def capacity_memory_mib(machine: GcpMachine) -> int:
    """Return the memory that the operating system of a node sees, in MiB."""
    stated = machine.memory_gib * _MIB_PER_GIB
    return math.floor(stated - math.ceil(stated * _KERNEL_SHARE))


def reserved_memory_mib(machine: GcpMachine) -> int:
    """Return the memory that system, kubelet and the eviction threshold keep, in MiB."""
    gib = sum(
        (min(machine.memory_gib, end) - start) * share
        for start, end, share in _RESERVED_MEMORY_RANGES
        if machine.memory_gib > start
    )
    return math.ceil(gib * _MIB_PER_GIB) + _EVICTION_MEMORY_MIB


def boot_disk_gib(disk_gib: int) -> int:
    """Return the file system that a boot disk of that size gives to pods and system, in GiB."""
    partitions = math.ceil(_BOOT_PARTITIONS_GIB + disk_gib * _BOOT_PARTITIONS_SHARE)
    return max(0, disk_gib - partitions)


def reserved_boot_gib(disk_gib: int) -> int:
    """Return what system and eviction threshold keep of a boot disk's file system, in GiB."""
    system = min(disk_gib * 0.5, 6 + disk_gib * 0.35, _MOST_RESERVED_BOOT_GIB)
    return math.ceil(boot_disk_gib(disk_gib) * _EVICTION_STORAGE_SHARE + system)


def reserved_ssd_gib(ssds: int, total_gib: int) -> int:
    """Return what system and eviction threshold keep of local SSDs that carry pods, in GiB."""
    system = _RESERVED_OF_SSDS_GIB[min(ssds, max(_RESERVED_OF_SSDS_GIB))]
    return math.ceil(total_gib * _EVICTION_STORAGE_SHARE) + system
