"""What a node of GKE leaves for pods, against the node that Google's documentation shows."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.catalog.allocatable import (
    allocatable,
    capacity_memory_mib,
    daemonset_reserve,
    node_disk_gib,
    scratch_gib,
)
from infra.catalog.machines import GcpMachine, gcp_machine, machines

MACHINES = [gcp_machine(one.name) for one in machines("gcp")]
DISK_GIB = st.integers(min_value=50, max_value=16384)
KIB_PER_MIB = 1024


def test_the_documented_node_has_a_little_more_than_the_estimate_promises() -> None:
    # GKE documentation, "Plan node sizes": 4 cores, 16 GiB, a boot disk of 100 GiB.
    free = allocatable(gcp_machine("e2-standard-4"), 100)

    assert free.cpu_millicores == 3920
    assert 0.98 * 13498416 < free.memory_mib * KIB_PER_MIB <= 13498416
    assert 0.98 * 47060071478 < free.ephemeral_storage_gib * 1024**3 <= 47060071478
    assert free.pods == 110


@pytest.mark.parametrize(("disk_gib", "system_gib"), [(50, 6), (100, 6), (300, 9), (1000, 20)])
def test_a_larger_boot_disk_loses_more_to_its_other_partitions(
    disk_gib: int, system_gib: int
) -> None:
    # kubernetes/autoscaler@55c37cd, gce_reserved.go: 4.148 GiB, 1.5635 % and up to 100 MiB.
    room = node_disk_gib(gcp_machine("g2-standard-8"), disk_gib, raid0=False)

    assert disk_gib - room == system_gib


def test_an_h100_node_that_was_seen_had_more_memory_than_the_estimate_promises() -> None:
    # Notes on a cluster of a3-highgpu-4g, 2026-09-29: 895.4 GiB allocatable.
    free = allocatable(gcp_machine("a3-highgpu-4g"))

    assert 0.98 * 895.4 < free.memory_mib / 1024 <= 895.4


@given(first=DISK_GIB, second=DISK_GIB)
def test_a_larger_boot_disk_leaves_more_storage(first: int, second: int) -> None:
    low, high = sorted((first, second))
    node = gcp_machine("g2-standard-8")

    small = allocatable(node, low).ephemeral_storage_gib
    large = allocatable(node, high).ephemeral_storage_gib

    assert 0 <= small <= large < high


@given(first=st.integers(4, 3000), second=st.integers(4, 3000))
def test_more_memory_leaves_more_memory(first: int, second: int) -> None:
    low, high = sorted((first, second))
    node = gcp_machine("g2-standard-8")

    small = allocatable(replace(node, memory_gib=low)).memory_mib
    large = allocatable(replace(node, memory_gib=high)).memory_mib

    assert 0 < small <= large < capacity_memory_mib(replace(node, memory_gib=high))


@pytest.mark.parametrize(("ssds", "kept_gib"), [(1, 50), (2, 75), (8, 100)])
def test_local_ssds_keep_a_tenth_and_a_share_by_their_number(ssds: int, kept_gib: int) -> None:
    node = replace(gcp_machine("a2-ultragpu-1g"), nvme_disks=ssds)
    total = node.nvme_gib

    free = allocatable(node, 200, raid0=True)

    assert node_disk_gib(node, 200, raid0=True) == total
    assert free.ephemeral_storage_gib == total - -(-total // 10) - kept_gib


def test_machines_without_local_ssds_are_not_asked_for_them() -> None:
    node = gcp_machine("e2-standard-4")

    assert allocatable(node, 100, raid0=True) == allocatable(node, 100)


@pytest.mark.parametrize("node", [one for one in MACHINES if one.gpu], ids=lambda one: one.name)
def test_a_gpu_node_leaves_room_beside_the_daemon_sets_and_for_scratch(node: GcpMachine) -> None:
    free, reserve = allocatable(node, 200), daemonset_reserve("gcp")

    assert free.cpu_millicores > 2 * reserve.cpu_millicores
    assert free.memory_mib > 4 * reserve.memory_mib
    for raid0 in (True, False):
        room = allocatable(node, 200, raid0=raid0).ephemeral_storage_gib
        assert 25 <= scratch_gib(node, 200, raid0=raid0) < room
