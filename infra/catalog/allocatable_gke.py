"""What GKE keeps of a node with its Container-Optimized OS.

Source: GKE documentation, "Plan node sizes" (concepts/plan-node-sizes), read 2026-11-26. The node
that it shows (4 cores, 16 GiB, boot disk of 100 GiB) leaves 13498416 KiB of memory and 47060071478
bytes of a file system of 98831908 KiB. From it come two figures that the page does not state:
- the boot disk's other partitions take 5.75 GiB, here 6;
- firmware and kernel keep 2.7 % of the memory, here 3: larger machines were not measured.
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
"""What is kept of the CPU of machines on shared cores, in place of the shares (the same page)."""
_EVICTION_STORAGE_SHARE = 0.10
_BOOT_PARTITIONS_GIB = 6
_MOST_RESERVED_BOOT_GIB = 100
# Local SSDs, and what is kept of all of them together, in GiB; more of them: as with the last.
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
    return max(0, disk_gib - _BOOT_PARTITIONS_GIB)


def reserved_boot_gib(disk_gib: int) -> int:
    """Return what system and eviction threshold keep of a boot disk's file system, in GiB."""
    system = min(disk_gib * 0.5, 6 + disk_gib * 0.35, _MOST_RESERVED_BOOT_GIB)
    return math.ceil(boot_disk_gib(disk_gib) * _EVICTION_STORAGE_SHARE + system)


def reserved_ssd_gib(ssds: int, total_gib: int) -> int:
    """Return what system and eviction threshold keep of local SSDs that carry pods, in GiB."""
    system = _RESERVED_OF_SSDS_GIB[min(ssds, max(_RESERVED_OF_SSDS_GIB))]
    return math.ceil(total_gib * _EVICTION_STORAGE_SHARE) + system
