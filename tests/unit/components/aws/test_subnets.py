"""The division of a network's address range."""

from ipaddress import IPv4Address, IPv4Network
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.aws.subnets import SubnetPlanError, subnet_plan

prefixes = st.integers(min_value=16, max_value=20)
zone_counts = st.integers(min_value=1, max_value=3)


@st.composite
def networks(draw: st.DrawFn) -> str:
    """Networks of the sizes that a stack file may name."""
    prefix = draw(prefixes)
    address = draw(st.integers(min_value=0, max_value=2**32 - 1))
    return str(IPv4Network((IPv4Address(address >> (32 - prefix) << (32 - prefix)), prefix)))


@given(cidr=networks(), zones=zone_counts)
def test_subnets_lie_inside_the_network_and_never_overlap(cidr: str, zones: int) -> None:
    plan = subnet_plan(cidr, zones)
    subnets = [IPv4Network(text) for text in (*plan.public, *plan.private)]

    assert all(subnet.subnet_of(IPv4Network(cidr)) for subnet in subnets)
    assert not any(one.overlaps(other) for one, other in combinations(subnets, 2))


@given(cidr=networks(), zones=zone_counts)
def test_every_zone_gets_one_subnet_of_each_kind_that_aws_accepts(cidr: str, zones: int) -> None:
    plan = subnet_plan(cidr, zones)

    assert len(plan.public) == len(plan.private) == zones
    assert all(16 <= IPv4Network(text).prefixlen <= 28 for text in (*plan.public, *plan.private))


@given(cidr=networks(), zones=zone_counts)
def test_pods_get_a_quarter_of_the_network_in_each_zone(cidr: str, zones: int) -> None:
    for text in subnet_plan(cidr, zones).private:
        assert IPv4Network(text).num_addresses * 4 == IPv4Network(cidr).num_addresses


@given(cidr=networks(), zones=st.integers(min_value=1, max_value=2))
def test_adding_a_zone_moves_no_subnet(cidr: str, zones: int) -> None:
    before, after = subnet_plan(cidr, zones), subnet_plan(cidr, zones + 1)

    assert after.public[:zones] == before.public
    assert after.private[:zones] == before.private


@pytest.mark.parametrize("zones", [0, 4])
def test_a_number_of_zones_without_room_is_refused(zones: int) -> None:
    with pytest.raises(SubnetPlanError, match=rf"got {zones}; 1 to 3"):
        subnet_plan("10.0.0.0/16", zones)
