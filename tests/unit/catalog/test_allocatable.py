"""What a node leaves for pods, against Karpenter's published table and a measured node."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.catalog.allocatable import (
    allocatable,
    capacity_memory_mib,
    daemonset_reserve,
    node_disk_gib,
    reserved_cpu_millicores,
    scratch_gib,
)
from infra.catalog.machines import MachineType, aws_machine, machine, machines

VCPUS = st.integers(min_value=1, max_value=448)
MEMORY_GIB = st.integers(min_value=4, max_value=24576)
ADDRESS_PODS = st.integers(min_value=4, max_value=737)
DISK_GIB = st.integers(min_value=0, max_value=16384)


def a_machine(vcpus: int, memory_gib: float, address_pods: int) -> MachineType:
    """Return a machine of any size."""
    return replace(
        aws_machine("g6.xlarge"),
        vcpus=vcpus,
        memory_gib=memory_gib,
        address_pods=address_pods,
        max_pods=min(110, address_pods),
    )


# website/content/en/preview/reference/instance-types.md of aws/karpenter-provider-aws@1d92708,
# 2026-08-21: resources after overhead, amiFamily AL2023.
@pytest.mark.parametrize(
    ("name", "cpu_millicores", "memory_mib"),
    [
        ("m7i.large", 1930, 6903),
        ("g6.xlarge", 3920, 14162),
        ("g6.2xlarge", 7910, 29317),
        ("g6.4xlarge", 15890, 57691),
        ("g5.12xlarge", 47810, 173400),
        ("g6e.48xlarge", 191450, 1449132),
        ("p5.4xlarge", 15890, 240830),
        ("p5.48xlarge", 191450, 1938410),
    ],
)
def test_a_node_leaves_what_karpenter_publishes(
    name: str, cpu_millicores: int, memory_mib: int
) -> None:
    free = allocatable(machine("aws", name))

    assert (free.cpu_millicores, free.memory_mib) == (cpu_millicores, memory_mib)


def test_the_estimate_does_not_promise_more_than_a_measured_node_has() -> None:
    measured_mib = 58981  # g6.4xlarge, us-east-1; pytorch/ci-infra pull request 1082, 2026-09-16

    estimate = allocatable(machine("aws", "g6.4xlarge")).memory_mib

    assert 0.97 * measured_mib < estimate <= measured_mib


@given(vcpus=VCPUS, memory_gib=MEMORY_GIB, address_pods=ADDRESS_PODS, disk_gib=DISK_GIB)
def test_a_node_never_leaves_more_than_it_has(
    vcpus: int, memory_gib: int, address_pods: int, disk_gib: int
) -> None:
    node = a_machine(vcpus, memory_gib, address_pods)

    free = allocatable(node, disk_gib)

    assert 0 < free.cpu_millicores < vcpus * 1000
    assert free.memory_mib < capacity_memory_mib(node) < memory_gib * 1024
    assert 0 <= free.ephemeral_storage_gib <= disk_gib


@given(smaller=VCPUS, larger=VCPUS)
def test_more_cpus_leave_more_cpu_and_reserve_more(smaller: int, larger: int) -> None:
    low, high = sorted((smaller, larger))

    assert low * 1000 - reserved_cpu_millicores(low) <= high * 1000 - reserved_cpu_millicores(high)
    assert reserved_cpu_millicores(low) <= reserved_cpu_millicores(high)


@given(first=MEMORY_GIB, second=MEMORY_GIB, address_pods=ADDRESS_PODS)
def test_more_memory_leaves_more_memory(first: int, second: int, address_pods: int) -> None:
    low, high = sorted((first, second))

    small = allocatable(a_machine(4, low, address_pods)).memory_mib
    large = allocatable(a_machine(4, high, address_pods)).memory_mib

    assert small <= large


@given(first=ADDRESS_PODS, second=ADDRESS_PODS)
def test_more_pods_leave_less_memory(first: int, second: int) -> None:
    few, many = sorted((first, second))

    assert (
        allocatable(a_machine(4, 16, few)).memory_mib
        >= allocatable(a_machine(4, 16, many)).memory_mib
    )


@given(first=DISK_GIB, second=DISK_GIB)
def test_a_larger_disk_leaves_more_storage(first: int, second: int) -> None:
    low, high = sorted((first, second))
    node = machine("aws", "g6.xlarge")

    small = allocatable(node, low).ephemeral_storage_gib
    large = allocatable(node, high).ephemeral_storage_gib

    assert small <= large


@pytest.mark.parametrize("node", [m for m in machines("aws") if m.gpu], ids=lambda m: m.name)
def test_every_gpu_machine_has_room_beside_its_daemonsets(node: MachineType) -> None:
    free = allocatable(node)

    assert free.cpu_millicores > 2 * daemonset_reserve("aws").cpu_millicores
    assert free.memory_mib > 4 * daemonset_reserve("aws").memory_mib


def test_on_raid_0_pods_live_on_the_local_disks_and_not_on_the_root_volume() -> None:
    node = machine("aws", "g6.2xlarge")  # one NVMe disk of 450 GB

    assert node_disk_gib(node, 200, raid0=True) == 419
    assert allocatable(node, 200, raid0=True).ephemeral_storage_gib == 419 - 42 - 1
    assert allocatable(node, 200).ephemeral_storage_gib == 200 - 20 - 1


def test_a_machine_without_local_disks_keeps_pods_on_the_root_volume() -> None:
    node = machine("aws", "m7i.large")

    assert allocatable(node, 50, raid0=True) == allocatable(node, 50)


@given(
    disk_gib=st.integers(min_value=50, max_value=16384),
    raid0=st.booleans(),
    node=st.sampled_from(machines("aws")),
)
def test_what_servers_may_fill_leaves_room_for_the_image(
    node: MachineType, disk_gib: int, *, raid0: bool
) -> None:
    scratch = scratch_gib(node, disk_gib, raid0=raid0)

    assert 25 <= scratch < allocatable(node, disk_gib, raid0=raid0).ephemeral_storage_gib
