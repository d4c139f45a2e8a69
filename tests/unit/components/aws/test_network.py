"""The network as it is declared."""

import pytest

from components.aws.network import Network, ZoneError, first_zones
from infra.graph.model import Graph, Resource
from infra.graph.recorder import record_program
from infra.spec.network import NatGateways
from tests.unit.components import examples


def _network(zones: int = 2, nat: NatGateways = NatGateways.SINGLE, **settings: bool) -> Graph:
    cloud = examples.CLOUD.model_copy(update={"zones": zones})
    network = examples.NETWORK.model_copy(update={"nat_gateways": nat, **settings})
    return record_program(
        lambda: Network(
            "net", cloud, network, platform=examples.PLATFORM, opts=examples.with_aws()
        ),
        stack="aws-dev",
    )


every_mode = pytest.mark.parametrize("nat", list(NatGateways))


def _route_of(graph: Graph, subnet: str) -> Resource:
    """Return the default route of the table that a subnet is on."""
    urn = graph.named(subnet, "Subnet").urn
    (table,) = {
        item.property_dependencies["routeTableId"]
        for item in graph.of_type("RouteTableAssociation")
        if item.property_dependencies["subnetId"] == (urn,)
    }
    (route,) = (
        item
        for item in graph.of_type("Route")
        if item.property_dependencies["routeTableId"] == table
    )
    assert route.inputs["destinationCidrBlock"] == "0.0.0.0/0"
    return route


@every_mode
def test_no_subnet_of_nodes_has_a_route_to_an_internet_gateway(nat: NatGateways) -> None:
    graph = _network(3, nat)

    for number in (1, 2, 3):
        route = _route_of(graph, f"net-private-{number}")
        assert "gatewayId" not in route.inputs
        assert route.property_dependencies["natGatewayId"]


def test_public_subnets_reach_the_internet_directly() -> None:
    graph = _network(3)

    for number in (1, 2, 3):
        route = _route_of(graph, f"net-public-{number}")
        assert "natGatewayId" not in route.inputs
        assert route.property_dependencies["gatewayId"] == (graph.named("net-internet").urn,)


def test_one_nat_gateway_serves_all_zones_unless_more_are_asked_for() -> None:
    graph = _network(3)
    nat = graph.named("net-nat-1")
    ways = {
        _route_of(graph, f"net-private-{number}").property_dependencies["natGatewayId"]
        for number in (1, 2, 3)
    }

    assert [item.name for item in graph.of_type("NatGateway")] == ["net-nat-1"]
    assert ways == {(nat.urn,)}


def test_with_a_nat_gateway_per_zone_no_zone_takes_another_ones_way_out_along() -> None:
    graph = _network(3, NatGateways.PER_ZONE)

    for number in (1, 2, 3):
        nat = graph.named(f"net-nat-{number}", "NatGateway")
        route = _route_of(graph, f"net-private-{number}")
        public = graph.named(f"net-public-{number}", "Subnet")
        assert route.property_dependencies["natGatewayId"] == (nat.urn,)
        assert nat.property_dependencies["subnetId"] == (public.urn,)


def test_more_nat_gateways_later_replace_nothing() -> None:
    """Only the target of a route changes, which EC2 does in place (`ReplaceRoute`)."""
    one, many = _network(3), _network(3, NatGateways.PER_ZONE)

    def rest(graph: Graph) -> dict[str, object]:
        changing = {"NatGateway", "Eip", "Route"}
        return {
            item.urn: (item.inputs, dict(item.property_dependencies))
            for item in graph.resources
            if item.short_type not in changing
        }

    assert rest(one) == rest(many)
    assert {item.urn for item in one.resources} < {item.urn for item in many.resources}


@every_mode
def test_s3_is_reached_without_a_nat_gateway_from_every_subnet(nat: NatGateways) -> None:
    graph = _network(3, nat)
    tables = {item.urn for item in graph.of_type("RouteTable")}
    endpoint = graph.named("net-endpoints-s3")

    assert len(tables) == 4
    assert set(endpoint.property_dependencies["routeTableIds"]) == tables


def test_interface_endpoints_stand_where_nodes_do() -> None:
    graph = _network(2, interface_endpoints=True)
    endpoint = graph.named("net-endpoints-eks-auth")

    assert set(endpoint.property_dependencies["subnetIds"]) == {
        graph.named(f"net-private-{number}", "Subnet").urn for number in (1, 2)
    }


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
