"""The region table against EC2's recorded offerings."""

import pytest
from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend
from moto.ec2.models.instance_types import INSTANCE_TYPE_OFFERINGS

from infra.catalog.machines import machines
from infra.catalog.regions import region, region_names


@pytest.mark.parametrize("name", region_names("aws"))
def test_a_region_sells_what_ec2_offers_there(name: str) -> None:
    ours = {machine.name for machine in machines("aws")}
    offered = {one["InstanceType"] for one in INSTANCE_TYPE_OFFERINGS["region"][name]}

    found = region("aws", name)

    assert found is not None
    assert found.machine_types == ours & offered
    assert found.zones == len(RegionsAndZonesBackend.zones[name])


def test_no_region_that_sells_our_gpu_machines_is_forgotten() -> None:
    gpus = {machine.name for machine in machines("aws") if machine.gpu}
    sells = {
        name
        for name, offers in INSTANCE_TYPE_OFFERINGS["region"].items()
        if gpus & {one["InstanceType"] for one in offers}
    }

    assert set(region_names("aws")) == sells


def test_every_region_sells_some_gpu_and_some_system_machine() -> None:
    gpus = {machine.name for machine in machines("aws") if machine.gpu}
    for name in region_names("aws"):
        found = region("aws", name)
        assert found is not None
        assert found.machine_types & gpus
        assert found.machine_types - gpus


def test_a_region_that_no_source_names_is_unknown() -> None:
    assert region("aws", "mars-north-1") is None
    assert region("gcp", "us-east-1") is None
