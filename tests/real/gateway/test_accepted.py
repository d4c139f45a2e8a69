"""What a real Envoy Gateway says of our objects, and what it makes of them for Envoy."""

from collections.abc import Iterator

import pytest

from components.serving.route_objects import POST_PATHS
from tests.support.gateway_world import EG, GW, World

pytestmark = [pytest.mark.real, pytest.mark.slow]

ROUTE = "type.googleapis.com/envoy.config.route.v3.RouteConfiguration"


def conditions(world: World) -> Iterator[tuple[str, dict]]:
    """Yield the name of each object with each condition that the controller wrote to it."""
    kinds = {
        GW: ("GatewayClass", "Gateway", "HTTPRoute"),
        EG: ("ClientTrafficPolicy", "BackendTrafficPolicy", "SecurityPolicy", "EnvoyProxy"),
    }
    for version, names in kinds.items():
        for kind in names:
            found = world.api.list_objects(version, kind)
            assert found, kind
            for item in found:
                status = item["status"]
                holders = [
                    status,
                    *status.get("parents", []),
                    *status.get("ancestors", []),
                    *status.get("listeners", []),
                ]
                for holder in holders:
                    for one in holder.get("conditions", []):
                        yield f"{kind} {item['metadata']['name']}", one


def test_everything_is_accepted(world: World) -> None:
    # No load balancer is here that would give the Gateway an address.
    refused = [
        f"{name}: {one['type']} {one['status']} {one['message']}"
        for name, one in conditions(world)
        if one["status"] != "True" and one["reason"] != "AddressNotAssigned"
    ]

    assert refused == []


def test_every_listener_and_route_has_found_what_it_refers_to(world: World) -> None:
    resolved = {name for name, one in conditions(world) if one["type"] == "ResolvedRefs"}

    assert resolved == {
        "Gateway public",
        "HTTPRoute redirect",
        *(f"HTTPRoute {model.object_name}" for model in world.stack.models),
    }


def routes(world: World) -> Iterator[tuple[str, dict]]:
    """Yield every route of Envoy with the host that it belongs to."""
    for section in world.proxy.dump()["configs"]:
        for item in section.get("dynamic_route_configs", []):
            for host in item["route_config"]["virtual_hosts"]:
                for route in host["routes"]:
                    yield host["domains"][0].partition(":")[0], route


def test_no_route_of_envoy_is_without_our_times(world: World) -> None:
    """Envoy ends a request after 15 s where a route says nothing."""
    for host, route in routes(world):
        if "redirect" in route:
            continue
        action = route["route"]
        assert action["timeout"] == "60s", host
        assert action["idle_timeout"] == "30s", host
        assert action["max_stream_duration"]["max_stream_duration"] == "60s", host


def test_envoy_has_each_path_of_each_model_and_no_other(world: World) -> None:
    found: dict[str, set[str]] = {}
    for host, route in routes(world):
        if "redirect" not in route:
            assert set(route["match"]) >= {"path"}, route["match"]
            found.setdefault(host, set()).add(route["match"]["path"])

    assert found == {
        world.spec(model).host(model.object_name): {*POST_PATHS, "/v1/models"}
        for model in world.stack.models
    }


def test_every_route_of_envoy_asks_for_a_key_and_counts(world: World) -> None:
    for host, route in routes(world):
        if "redirect" in route:
            continue
        filters = route["typed_per_filter_config"]
        asks = [name for name in filters if "api_key_auth" in name]
        counts = [name for name in filters if "local_ratelimit" in name]
        assert asks, host
        assert counts, host


def filters(world: World) -> Iterator[list[str]]:
    """Yield the names of what each chain of Envoy does with a request, in order."""
    for section in world.proxy.dump()["configs"]:
        for item in section.get("dynamic_listeners", []):
            listener = item["active_state"]["listener"]
            chains = [*listener.get("filter_chains", []), listener.get("default_filter_chain", {})]
            for chain in chains:
                for one in chain.get("filters", []):
                    found = one["typed_config"].get("http_filters", [])
                    names = [item["name"].split("/")[0].rpartition(".")[2] for item in found]
                    if "api_key_auth" in names:
                        yield names


def test_a_body_is_read_after_the_key_and_before_rights_are_judged(world: World) -> None:
    """Nobody fills memory without a key.

    An AI gateway finds its place by these filters (decision 0020): it knows whose request it reads,
    and rights know the model.
    """
    ways = list(filters(world))

    assert ways
    for names in ways:
        asked = [name for name in names if name in {"api_key_auth", "buffer", "rbac"}]
        assert list(dict.fromkeys(asked)) == ["api_key_auth", "buffer", "rbac"]
