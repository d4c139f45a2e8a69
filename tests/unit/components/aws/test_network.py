"""The network as it is declared."""

import pytest

from components.aws.network import Network, ZoneError, first_zones
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from tests.unit.components import examples


def _network(zones: int = 2) -> Graph:
    spec = examples.CLOUD.model_copy(update={"zones": zones})
    return record_program(
        lambda: Network("net", spec, platform=examples.PLATFORM, opts=examples.with_aws()),
        stack="aws-dev",
    )


def test_private_subnets_reach_out_through_the_nat_gateway_only() -> None:
    graph = _network()

    public, private = graph.named("net-public-out"), graph.named("net-private-out")

    assert "natGatewayId" not in public.inputs
    assert "gatewayId" not in private.inputs
    assert private.property_dependencies["natGatewayId"] == (graph.named("net-nat").urn,)
    assert public.property_dependencies["gatewayId"] == (graph.named("net-internet").urn,)


@pytest.mark.parametrize("zones", [2, 3])
def test_every_subnet_is_on_the_route_table_of_its_kind(zones: int) -> None:
    graph = _network(zones)

    for kind in ("public", "private"):
        table = graph.named(f"net-{kind}", "RouteTable")
        for number in range(1, zones + 1):
            association = graph.named(f"net-{kind}-{number}", "RouteTableAssociation")
            subnet = graph.named(f"net-{kind}-{number}", "Subnet")
            assert association.property_dependencies["routeTableId"] == (table.urn,)
            assert association.property_dependencies["subnetId"] == (subnet.urn,)


def test_load_balancers_find_their_subnets_by_tag() -> None:
    for subnet in _network().of_type("Subnet"):
        tags = subnet.inputs["tags"]
        role = "internal-elb" if "private" in subnet.name else "elb"
        assert isinstance(tags, dict)
        assert [key for key in tags if key.startswith("kubernetes.io/")] == [
            f"kubernetes.io/role/{role}"
        ]


def test_an_impaired_zone_moves_no_subnet() -> None:
    ignored = [item.ignore_changes for item in _network().of_type("Subnet")]

    assert ignored == [("availabilityZone",)] * 4


def test_no_machine_gets_a_public_address_by_standing_in_a_subnet() -> None:
    assert [item.inputs["mapPublicIpOnLaunch"] for item in _network().of_type("Subnet")] == [
        *(False, False, False, False)
    ]


def test_zones_that_must_be_opted_into_or_that_eks_refuses_are_not_used() -> None:
    arguments = _network().invokes[0].arguments

    assert arguments["state"] == "available"
    assert arguments["filters"] == [{"name": "opt-in-status", "values": ["opt-in-not-required"]}]
    assert "use1-az3" in str(arguments["excludeZoneIds"])


def test_a_region_with_too_few_zones_is_named_before_anything_is_created() -> None:
    with pytest.raises(ZoneError, match=r"got 3; usable are a, b: lower it, or change the region"):
        first_zones(["a", "b"], 3)
