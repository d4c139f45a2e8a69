"""What the played Envoy Gateway says of what a shared host needs: Backends, filters, counting."""

import json
from dataclasses import replace

import pytest

from infra.rehearsal.controllers.envoy_gateway.routes import backend_status
from infra.rehearsal.controllers.envoy_gateway.world import Settings, World, by_kind
from infra.wire import Properties
from tests.support import gateway as objects
from tests.unit.rehearsal.controllers.envoy_gateway.test_statuses import (
    SETTINGS,
    everything,
    of_policies,
    of_route,
)

SHARED = replace(SETTINGS, has_backends=True, rate_limit={"backend": {"type": "Redis"}})
BACKEND = objects.body(objects.ENVOY, "Backend", "qwen.api", "models", {"endpoints": []})


def shared_world(settings: Settings, *made: Properties) -> World:
    """A route as the AI gateway makes it, to a Backend."""
    named: Properties = {"group": "gateway.envoyproxy.io", "kind": "Backend", "name": "qwen.api"}
    route = json.loads(json.dumps(objects.route("models", "gateway", "qwen.api")))
    route["spec"]["rules"][0] |= {
        "backendRefs": [named],
        "filters": [{"type": "ExtensionRef", "extensionRef": FILTER}],
    }
    return World(settings, by_kind([*everything(), route, *made]))


FILTER: Properties = {
    "group": "gateway.envoyproxy.io",
    "kind": "HTTPRouteFilter",
    "name": "rewrite",
}
REWRITE = objects.body(objects.ENVOY, "HTTPRouteFilter", "rewrite", "models", {})


@pytest.mark.parametrize(
    ("settings", "made", "reason", "words"),
    [
        (SHARED, [BACKEND, REWRITE], "ResolvedRefs", "Resolved all"),
        (SETTINGS, [BACKEND, REWRITE], "UnsupportedValue", "Backend is disabled in Envoy Gateway"),
        (SHARED, [REWRITE], "BackendNotFound", "Backend models/qwen.api not found."),
        (SHARED, [BACKEND], "BackendNotFound", "Reference models/rewrite not found"),
    ],
)
def test_a_route_to_a_backend_wants_both_of_them_and_the_switch(
    settings: Settings, made: list[Properties], reason: str, words: str
) -> None:
    found = of_route(shared_world(settings, *made), "qwen.api")["ResolvedRefs"]

    assert found["reason"] == reason
    assert words in found["message"]


def test_a_backend_is_accepted_where_backends_are_switched_on() -> None:
    for settings, status in ((SHARED, "True"), (SETTINGS, "False")):
        (said,) = json.loads(json.dumps(backend_status(World(settings, {}), BACKEND)["conditions"]))
        assert (said["type"], said["status"]) == ("Accepted", status)


def test_tokens_are_counted_only_where_there_is_a_place_to_count() -> None:
    limited = json.loads(json.dumps(objects.backend_policy("models")))
    limited["spec"]["rateLimit"] = {"global": {"rules": []}}
    others = [one for one in everything() if one["kind"] != "BackendTrafficPolicy"]
    without_one = World(SETTINGS, by_kind([*others, limited]))
    with_one = World(SHARED, by_kind([*others, limited]))

    refused = of_policies(without_one, "BackendTrafficPolicy")["qwen"]
    assert (refused["status"], refused["reason"]) == ("False", "Invalid")
    assert "enable Ratelimit in the EnvoyGateway config" in refused["message"]
    assert of_policies(with_one, "BackendTrafficPolicy")["qwen"]["status"] == "True"
