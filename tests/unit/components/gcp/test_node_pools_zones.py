"""Where pools stand."""

from dataclasses import replace

import pytest

from components.gcp.node_pools_zones import Stand, system_zones
from components.nodes import NoZoneError
from infra.catalog.regions import zones_selling
from tests.unit.components.examples_gcp import CLOUD, REGION

STAND = Stand(pool="l4", machine_type="g2-standard-8")


def test_a_pool_stands_in_every_zone_that_sells_its_machine_and_in_no_other() -> None:
    assert STAND.choose(REGION) == list(zones_selling("gcp", REGION, "g2-standard-8"))
    assert "us-central1-f" not in STAND.choose(REGION)


def test_a_reservation_decides_the_zone() -> None:
    assert replace(STAND, zone="us-central1-b").choose(REGION) == ["us-central1-b"]


def test_a_pool_in_one_zone_takes_the_first_that_sells_the_machine() -> None:
    assert replace(STAND, most_zones=1).choose(REGION) == STAND.choose(REGION)[:1]


@pytest.mark.parametrize(
    ("stand", "message"),
    [
        (replace(STAND, machine_type="a9-unheard-1g"), "a zone that sells a9-unheard-1g, got"),
        (replace(STAND, zone="us-central1-f"), "in the zone of its reservation, us-central1-f"),
        (replace(STAND, least_zones=9), "needs 9 zones that sell g2-standard-8"),
    ],
)
def test_where_no_zone_is_left_the_refusal_says_where_it_is_sold(
    stand: Stand, message: str
) -> None:
    with pytest.raises(NoZoneError, match=message):
        stand.choose(REGION)


@pytest.mark.parametrize("zones", [2, 3])
def test_system_nodes_stand_in_as_many_zones_as_the_stack_names(zones: int) -> None:
    cloud = CLOUD.model_copy(update={"zones": zones})

    assert len(system_zones(cloud, "e2-standard-4")) == zones
