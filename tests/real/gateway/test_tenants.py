"""Tenants at a real Envoy: whose key opens which model, and how often a minute."""

import base64
from collections.abc import Iterator

import pytest

from components.serving.route_objects import KEYS_SECRET
from infra.rehearsal.kubernetes.client import MERGE_PATCH
from infra.rehearsal.way_in import way_in
from tests.support.envoy_gateway import eventually
from tests.support.gateway_world import MODELS, World, also_serving
from tests.support.shared_route import tenant
from tests.support.streaming_server import ModelServer

pytestmark = [pytest.mark.real, pytest.mark.slow]

KEYS = {
    name: f"the-key-of-{name}" for name in ("search", "search.next", "support", "probe", "nobody")
}
SEARCH = tenant("search", "first", "counted", requests=5)
SUPPORT = tenant("support", requests=3)
PROBE = tenant("probe", requests=1000)
"""Who waits until Envoy has all of it, and takes nothing of the others' limits."""


@pytest.fixture(scope="module", name="tenants")
def _tenants(world: World) -> Iterator[World]:
    """The world with four more models, which have tenants; the last lets nobody in from here."""
    data = {name: base64.b64encode(key.encode()).decode() for name, key in KEYS.items()}
    path = world.api.object_path("v1", "Secret", KEYS_SECRET, MODELS)
    world.api.request("PATCH", path, {"data": data}, content_type=MERGE_PATCH)
    names, tenants = ("first", "second", "counted", "last"), (SEARCH, SUPPORT, PROBE)
    with also_serving(world, names, tenants, KEYS["probe"]) as with_tenants:
        yield with_tenants


def test_everything_of_tenants_is_accepted(tenants: World) -> None:
    def refused() -> list[str]:
        found = way_in(tenants.api)
        assert found is not None
        # No load balancer is here that would give the Gateway an address.
        return [said for said in found.refused if "AddressNotAssigned" not in said]

    # A status follows the servers of a model a moment later.
    eventually(lambda: not refused(), "the controller accepts all")


@pytest.mark.parametrize(
    ("model", "key", "status"),
    [
        ("first", "search", 200),
        ("first", "search.next", 200),
        ("second", "search", 403),
        ("second", "search.next", 403),
        ("second", "support", 200),
        ("second", "nobody", 403),
        ("last", "support", 403),
    ],
)
def test_a_key_opens_the_models_of_its_tenant_and_no_other(
    tenants: World, server: ModelServer, model: str, key: str, status: int
) -> None:
    assert tenants.asks(model, KEYS[key]) == status
    assert len(server.asked) == (1 if status == 200 else 0)


def test_who_somebody_says_to_be_opens_nothing(tenants: World, server: ModelServer) -> None:
    forged = {"x-tokenworks-client": "support"}

    assert tenants.asks("second", KEYS["search"], **forged) == 403
    assert server.asked == []


def test_each_tenant_has_its_own_limit_and_both_of_its_keys_share_it(
    tenants: World, server: ModelServer
) -> None:
    del server
    of_search = [tenants.asks("counted", KEYS[key]) for key in ("search", "search.next") * 3]
    of_support = [tenants.asks("counted", KEYS["support"]) for _ in range(4)]

    assert of_search == [200] * 5 + [429]
    assert of_support == [200] * 3 + [429]


def test_each_path_of_a_model_counts_for_itself(tenants: World, server: ModelServer) -> None:
    """Envoy Gateway makes a route of each path, and each route has its own buckets."""
    del server
    for path in ("/v1/completions", "/v1/embeddings"):
        statuses = [tenants.asks("counted", KEYS["support"], path) for _ in range(4)]
        assert statuses == [200] * 3 + [429]
