"""What GKE keeps of a node with its Container-Optimized OS.

Source: GKE documentation, "Plan node sizes" (concepts/plan-node-sizes), read 2026-11-26.
Memory that firmware and kernel keep: its example of an e2-standard-4 has a capacity of 16393264 KiB
of 16 GiB, 2.3 % less. Rounded up here: no source gives the share of larger machines.
"""

import math

from infra.catalog.machine_type import GcpMachine

_KERNEL_SHARE = 0.025
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
_EVICTION_STORAGE_SHARE = 0.10
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


def reserved_storage_gib(disk_gib: int, ssds: int) -> int:
    """Return what system and eviction keep of a node's disk: the boot disk, or its local SSDs.

    Args:
        disk_gib: size of the boot disk, or of all local SSDs together.
        ssds: local SSDs that carry pods; 0 when the boot disk does.
    """
    eviction = math.ceil(disk_gib * _EVICTION_STORAGE_SHARE)
    if ssds:
        return eviction + _RESERVED_OF_SSDS_GIB[min(ssds, max(_RESERVED_OF_SSDS_GIB))]
    system = min(disk_gib * 0.5, 6 + disk_gib * 0.35, _MOST_RESERVED_BOOT_GIB)
    return eviction + math.ceil(system)
