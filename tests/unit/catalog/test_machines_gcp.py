"""The machines and regions of Google Cloud, against each other."""

import pytest

from infra.catalog.gpus import NEAREST
from infra.catalog.machines import (
    GcpMachine,
    UnknownMachineError,
    aws_machine,
    gcp_machine,
    gpus_sold,
    machines,
)
from infra.catalog.regions import region, region_names, zones_selling

MACHINES = [gcp_machine(one.name) for one in machines("gcp")]
GPU_MACHINES = [one for one in MACHINES if one.gpu]


@pytest.mark.parametrize("ours", MACHINES, ids=lambda one: one.name)
def test_a_machine_has_an_accelerator_exactly_when_it_has_gpus(ours: GcpMachine) -> None:
    assert (ours.accelerator is None) == (ours.gpu is None) == (ours.gpu_count == 0)
    assert ours.boot_disks
    assert "spot" in ours.sold_as
    assert ours.gpu is None or "flex-start" in ours.sold_as
    assert ours.source
    assert ours.source_date >= "2026"


@pytest.mark.parametrize(
    ("name", "accelerator"),
    [
        ("g2-standard-8", "nvidia-l4"),
        ("g4-standard-48", "nvidia-rtx-pro-6000"),
        ("a2-megagpu-16g", "nvidia-tesla-a100"),
        ("a2-ultragpu-1g", "nvidia-a100-80gb"),
        ("a3-highgpu-8g", "nvidia-h100-80gb"),
        ("a3-megagpu-8g", "nvidia-h100-mega-80gb"),
        ("a3-ultragpu-8g", "nvidia-h200-141gb"),
    ],
)
def test_an_accelerator_is_called_as_compute_engine_calls_it(name: str, accelerator: str) -> None:
    assert gcp_machine(name).accelerator == accelerator


def test_only_the_smaller_a3_are_not_sold_on_demand() -> None:
    assert {one.name for one in GPU_MACHINES if "on-demand" not in one.sold_as} == {
        "a3-highgpu-1g",
        "a3-highgpu-2g",
        "a3-highgpu-4g",
    }


def test_fractions_of_a_gpu_are_not_offered() -> None:
    for name in ("g4-standard-6", "g4-standard-12", "g4-standard-24"):
        with pytest.raises(UnknownMachineError, match=name):
            gcp_machine(name)


@pytest.mark.parametrize("series", ["g2", "a2", "a3"])
def test_gpu_machines_of_these_series_take_compact_placement(series: str) -> None:
    found = [one for one in GPU_MACHINES if one.name.startswith(series)]

    assert found
    assert all(one.compact_placement for one in found)


@pytest.mark.parametrize("series", ["g4", "a3-ultragpu"])
def test_machines_that_take_hyperdisk_only_never_get_a_persistent_disk(series: str) -> None:
    found = [one for one in GPU_MACHINES if one.name.startswith(series)]

    assert found
    assert all(one.boot_disks == ("hyperdisk-balanced",) for one in found)


def test_a_machine_of_one_cloud_is_none_of_the_other() -> None:
    with pytest.raises(UnknownMachineError, match="catalogue of aws"):
        aws_machine("g2-standard-8")
    with pytest.raises(UnknownMachineError, match="catalogue of gcp"):
        gcp_machine("g6.2xlarge")


def test_what_a_cloud_does_not_sell_has_a_nearest_that_it_sells() -> None:
    missing = set(gpus_sold("aws")) - set(gpus_sold("gcp"))

    assert missing == NEAREST.keys()
    assert all(near in gpus_sold("gcp") for near, _difference in NEAREST.values())
    assert set(gpus_sold("gcp")) <= set(gpus_sold("aws"))


@pytest.mark.parametrize("name", region_names("gcp"))
def test_a_region_sells_some_gpu_and_system_machines_in_zones_of_its_own(name: str) -> None:
    found = region("gcp", name)

    assert found is not None
    assert found.zones == len(found.zone_names) >= 3
    assert {"e2-standard-4", "n2-standard-4"} <= found.machine_types
    assert found.machine_types & {one.name for one in GPU_MACHINES}
    for machine_type in found.machine_types:
        zones = zones_selling("gcp", name, machine_type)
        assert zones
        assert set(zones) <= set(found.zone_names)


def test_zones_differ_between_machines_of_one_region() -> None:
    assert zones_selling("gcp", "us-central1", "g2-standard-8") == (
        "us-central1-a",
        "us-central1-b",
        "us-central1-c",
    )
    assert zones_selling("gcp", "us-central1", "g4-standard-48") == (
        "us-central1-b",
        "us-central1-f",
    )
    assert zones_selling("gcp", "us-central1", "g6.2xlarge") == ()
    assert zones_selling("aws", "us-east-1", "g6.2xlarge") == ()


def test_one_size_that_more_zones_sell_than_its_family_has_a_row_of_its_own() -> None:
    assert len(zones_selling("gcp", "europe-west8", "g4-standard-384")) == 2
    assert len(zones_selling("gcp", "europe-west8", "g4-standard-48")) == 1
