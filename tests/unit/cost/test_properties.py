"""What holds for whatever a stack asks for."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.catalog.machines import machines
from infra.catalog.prices import REGIONS, price
from infra.catalog.service_prices import Service, service_price
from infra.cost.demand import FLEX_START, ON_DEMAND, SPOT, Demand, Supply, nodes
from infra.cost.model import Bucket
from tests.unit.cost.test_estimate import a_group, a_pool, of

AWS = [m.name for m in machines("aws")]
GCP = [m.name for m in machines("gcp")]
COUNTS = st.integers(min_value=0, max_value=50)


@given(
    types=st.lists(st.sampled_from(AWS), min_size=1, max_size=4),
    capacity=st.sampled_from(["ON_DEMAND", "SPOT"]),
    least=COUNTS,
    more=COUNTS,
    yet_more=COUNTS,
)
def test_more_nodes_are_never_cheaper(
    types: list[str], capacity: str, least: int, more: int, yet_more: int
) -> None:
    few = of(a_group(capacity, *types, least=least, most=least + more))
    many = of(a_group(capacity, *types, least=least, most=least + more + yet_more))

    assert few.total.minimum <= few.total.expected <= few.total.maximum
    assert few.total.maximum <= many.total.maximum
    assert few.total.minimum == many.total.minimum
    assert len(few.unpriced) == len(many.unpriced)


@given(machine_type=st.sampled_from(GCP), ssds=st.integers(min_value=0, max_value=32))
def test_spot_on_google_cloud_is_never_dearer_than_on_demand(machine_type: str, ssds: int) -> None:
    pool = a_pool(machine_type, ephemeralStorageLocalSsdConfig={"localSsdCount": ssds})
    on_demand = of(pool, cloud="gcp")
    pool = a_pool(machine_type, spot=True, ephemeralStorageLocalSsdConfig={"localSsdCount": ssds})
    spot = of(pool, cloud="gcp")

    if not spot.unpriced and not on_demand.unpriced:
        assert spot.total.maximum <= on_demand.total.maximum


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_spot_lies_between_nothing_and_on_demand_and_its_median_in_its_range(cloud: str) -> None:
    both = 0
    for machine in machines(cloud):
        found = price(cloud, machine.name)
        spot, on_demand = found.spot_usd_per_hour, found.on_demand_usd_per_hour
        if spot is None or on_demand is None:
            continue
        low, high = found.spot_range_usd_per_hour or (spot, spot)
        assert 0 < low <= spot <= high <= on_demand, machine.name
        both += 1
    assert both > 10


def test_every_price_of_a_service_has_a_source_a_date_and_is_more_than_nothing() -> None:
    found = [
        priced
        for cloud, region in REGIONS.items()
        for service in Service
        if (priced := service_price(cloud, region, service))
    ]

    assert len(found) > 30
    for one in found:
        assert one.usd > 0
        assert one.source
        assert one.source_date >= "2024-01-01"
    assert service_price("aws", "eu-west-1", Service.NAT_GATEWAY) is None


SUPPLIES = st.lists(
    st.builds(
        lambda index, capacity, each, least, more: Supply(
            urn=str(index),
            pool="pool",
            capacity=capacity,
            gpus_per_node=each,
            minimum=least,
            maximum=least + more,
        ),
        st.integers(),
        st.sampled_from([ON_DEMAND, SPOT, FLEX_START]),
        st.sampled_from([1, 4, 8]),
        st.integers(min_value=0, max_value=3),
        st.integers(min_value=0, max_value=5),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda one: one.urn,
)
DEMANDS = st.lists(
    st.builds(
        lambda each, servers, fixed: Demand(
            name="model",
            pool="pool",
            gpus_each=each,
            servers=servers,
            on_demand_only=fixed,
            weights_gb=Decimal(1),
            from_hub=False,
        ),
        st.sampled_from([1, 2, 4, 8]),
        st.integers(min_value=1, max_value=6),
        st.booleans(),
    ),
    max_size=5,
)


@given(supplies=SUPPLIES, demands=DEMANDS)
def test_expected_nodes_stay_within_the_range_of_their_group(
    supplies: list[Supply], demands: list[Demand]
) -> None:
    found = nodes(demands, supplies)

    assert found.keys() == {one.urn for one in supplies}
    for one in supplies:
        assert one.minimum <= found[one.urn] <= one.maximum
        if not demands:
            assert found[one.urn] == one.minimum


def test_servers_fill_what_runs_then_spot_then_on_demand() -> None:
    spot = Supply(urn="s", pool="p", capacity=SPOT, gpus_per_node=4, minimum=0, maximum=1)
    on_demand = Supply(urn="d", pool="p", capacity=ON_DEMAND, gpus_per_node=4, minimum=1, maximum=9)

    def expected(servers: int, *, fixed: bool = False) -> tuple[int, int]:
        demand = Demand(
            name="m",
            pool="p",
            gpus_each=2,
            servers=servers,
            on_demand_only=fixed,
            weights_gb=None,
            from_hub=False,
        )
        found = nodes([demand], [on_demand, spot])
        return found["d"], found["s"]

    assert expected(2) == (1, 0)
    assert expected(3) == (1, 1)
    assert expected(5) == (2, 1)
    assert expected(5, fixed=True) == (3, 0)


def test_a_group_that_is_priced_has_both_of_its_lines_priced() -> None:
    assert {line.bucket for line in of(a_group("ON_DEMAND", "m7i.large")).lines} == {Bucket.PRICED}
