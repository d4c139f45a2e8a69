"""Types of a spot group: whatever fits the first fits each of them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.catalog.allocatable import allocatable
from infra.catalog.machines import UnknownMachineError, machine, machines
from infra.catalog.regions import region, region_names
from infra.catalog.spot import MOST_TYPES, can_stand_in, spot_machine_types

GPU_MACHINES = [one.name for one in machines("aws") if one.gpu]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("g6.2xlarge", "g6.2xlarge g6.4xlarge gr6.4xlarge g6.8xlarge gr6.8xlarge"),
        ("g6e.2xlarge", "g6e.2xlarge g6e.4xlarge g6e.8xlarge g6e.16xlarge"),
        ("g6e.12xlarge", "g6e.12xlarge g6e.24xlarge"),
        ("gr6.4xlarge", "gr6.4xlarge g6.8xlarge gr6.8xlarge g6.16xlarge"),
        ("p5.48xlarge", "p5.48xlarge"),
    ],
)
def test_larger_machines_with_the_same_gpus_stand_in(name: str, expected: str) -> None:
    assert spot_machine_types("aws", name, "us-east-1") == tuple(expected.split())


@given(name=st.sampled_from(GPU_MACHINES), where=st.sampled_from(region_names("aws")))
def test_whatever_fits_the_first_fits_each(name: str, where: str) -> None:
    known = region("aws", where)
    assert known is not None
    first, *others = (machine("aws", one) for one in spot_machine_types("aws", name, where))

    assert first.name == name
    assert len(others) < MOST_TYPES
    assert len({first.name, *(other.name for other in others)}) == len(others) + 1
    needed = allocatable(first, raid0=True)
    for other in others:
        room = allocatable(other, raid0=True)
        assert other.name in known.machine_types
        assert (other.gpu, other.gpu_count) == (first.gpu, first.gpu_count)
        assert other.vcpus >= first.vcpus
        assert other.memory_gib >= first.memory_gib
        assert room.cpu_millicores >= needed.cpu_millicores
        assert room.memory_mib >= needed.memory_mib
        assert room.ephemeral_storage_gib >= needed.ephemeral_storage_gib


def test_a_region_that_does_not_sell_a_type_does_not_get_it() -> None:
    # il-central-1 sells no L4 at all; the named type is refused elsewhere.
    assert spot_machine_types("aws", "g6.2xlarge", "il-central-1") == ("g6.2xlarge",)
    assert "gr6.4xlarge" not in spot_machine_types("aws", "g6.2xlarge", "me-central-1")


def test_a_machine_with_less_disk_does_not_stand_in() -> None:
    first = machine("aws", "g6.2xlarge")
    other = replace(machine("aws", "g6.4xlarge"), nvme_gb_each=first.nvme_gb_each - 1)

    assert not can_stand_in(other, first)
    assert can_stand_in(replace(other, nvme_gb_each=first.nvme_gb_each), first)


def test_a_machine_with_other_gpus_does_not_stand_in() -> None:
    assert not can_stand_in(machine("aws", "g6e.4xlarge"), machine("aws", "g6.2xlarge"))
    assert not can_stand_in(machine("aws", "g6.12xlarge"), machine("aws", "g6.2xlarge"))


def test_a_machine_without_gpus_has_no_stand_in() -> None:
    assert spot_machine_types("aws", "m7i.large", "us-east-1") == ("m7i.large",)


def test_an_unknown_machine_is_refused() -> None:
    with pytest.raises(UnknownMachineError):
        spot_machine_types("aws", "g99.large", "us-east-1")
