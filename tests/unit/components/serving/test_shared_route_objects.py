"""What the shared host says, where nobody else need be asked."""

import json

import pytest

from components.serving import route_objects, shared_route_objects
from infra.rehearsal.charts.objects import part
from infra.spec.files import load_stack_file
from infra.spec.gateway import Authentication
from infra.spec.tenants import TenantSpec
from infra.wire import Properties
from tests.support.gateway_spec import GATEWAY
from tests.support.manifests import maps

MODEL, OTHER = load_stack_file("aws-prod-models").models[:2]
ACME = TenantSpec(
    name="acme", models=(MODEL.name, OTHER.name), requests_per_minute=600, namespace=None
)
INITECH = TenantSpec(name="initech", models=(OTHER.name,), requests_per_minute=30, namespace=None)
TENANTS = (ACME, INITECH)
TOKENS = {"acme": 100_000, "initech": 2_000}


def as_sent(said: route_objects.Object) -> Properties:
    return json.loads(json.dumps(said))


def traffic(tenants: tuple[TenantSpec, ...] = TENANTS) -> Properties:
    return as_sent(shared_route_objects.backend_policy(OTHER, GATEWAY, 3, tenants, TOKENS))


def security(tenants: tuple[TenantSpec, ...] = TENANTS) -> Properties:
    return as_sent(shared_route_objects.security_policy(MODEL, GATEWAY, tenants))


def test_a_model_is_found_by_the_very_name_that_clients_send() -> None:
    dotted = MODEL.model_copy(update={"name": "qwen2.5-7b"})
    route = as_sent(shared_route_objects.ai_route(dotted, GATEWAY))
    (rule,) = maps(route["rules"])
    ((header,),) = [maps(match["headers"]) for match in maps(rule["matches"])]

    assert route["hostnames"] == ["api.llm.example.com"]
    assert (header["name"], header["value"]) == ("x-ai-eg-model", "qwen2.5-7b")


def test_no_model_has_a_route_under_a_name_of_the_shared_host() -> None:
    """The AI gateway would write its HTTPRoute over that of a model's own host."""
    namesake = OTHER.model_copy(update={"name": f"{MODEL.name}.api"})

    assert namesake.object_name != shared_route_objects.route_name(MODEL)


def test_the_policies_and_backends_of_a_model_meet_at_one_name() -> None:
    name = shared_route_objects.route_name(OTHER)
    route = as_sent(shared_route_objects.ai_route(OTHER, GATEWAY))
    (rule,) = maps(route["rules"])
    served = as_sent(shared_route_objects.service_backend(OTHER))

    assert [item["name"] for item in maps(rule["backendRefs"])] == [name]
    assert part(served, "backendRef")["name"] == name
    assert [item["name"] for item in maps(traffic()["targetRefs"])] == [name]


def test_a_backend_is_the_service_of_single_servers() -> None:
    sent = as_sent(shared_route_objects.backend(MODEL, "models"))
    (endpoint,) = maps(sent["endpoints"])
    pods = shared_route_objects.pods_name(MODEL)

    assert part(endpoint, "fqdn")["hostname"] == f"{pods}.models.svc.cluster.local"
    assert shared_route_objects.pods_service(MODEL)["clusterIP"] == "None"


def test_each_tenant_has_its_own_tokens_of_a_model() -> None:
    rules = maps(part(traffic(), "rateLimit", "global")["rules"])
    found = {}
    for rule in rules:
        ((header,),) = [maps(one["headers"]) for one in maps(rule["clientSelectors"])]
        assert header["name"] == route_objects.CLIENT_HEADER
        found[header["value"]] = part(rule, "limit")["requests"]

    assert found == {r"^acme(\.next)?$": 100_000, r"^initech(\.next)?$": 2_000}


def test_what_is_counted_is_what_the_route_writes_down_and_not_the_request() -> None:
    route = as_sent(shared_route_objects.ai_route(OTHER, GATEWAY))
    written = {item["metadataKey"] for item in maps(route["llmRequestCosts"])}

    for rule in maps(part(traffic(), "rateLimit", "global")["rules"]):
        assert part(rule, "cost", "request") == {"from": "Number", "number": 0}
        assert part(rule, "cost", "response", "metadata")["key"] in written


def test_requests_of_a_client_stay_limited_beside_its_tokens() -> None:
    assert maps(part(traffic(), "rateLimit", "local")["rules"])
    assert "type" not in part(traffic(), "rateLimit"), "one kind of limit would win"


def test_a_tenant_without_a_model_is_not_let_in() -> None:
    (rule,) = maps(part(security(), "authorization")["rules"])
    (header,) = maps(part(rule, "principal")["headers"])

    assert header == {"name": route_objects.CLIENT_HEADER, "values": ["acme", "acme.next"]}
    assert part(security(), "authorization")["defaultAction"] == "Deny"


def test_a_tenant_comes_from_where_clients_may_come_from() -> None:
    """In one rule, so that both must hold: of two rules one would be enough."""
    (rule,) = maps(part(security(), "authorization")["rules"])

    assert part(rule, "principal")["clientCIDRs"] == ["203.0.113.0/24"]


def test_a_model_of_no_tenant_lets_nobody_in() -> None:
    nobody = security((INITECH,))

    assert nobody["authorization"] == {"defaultAction": "Deny", "rules": []}
    assert "global" not in part(traffic(()), "rateLimit")


def test_bodies_are_buffered_before_they_are_read() -> None:
    """Without the buffer the AI gateway's filter would stand before the one that wants a key."""
    assert "responseOverride" in traffic()
    assert part(traffic(), "requestBuffer") == {"limit": "20Mi"}


def test_a_shared_host_without_keys_is_refused() -> None:
    open_one = GATEWAY.model_copy(update={"authentication": Authentication.NONE})

    with pytest.raises(ValueError, match=r"known by their keys, got gateway\.authentication none"):
        shared_route_objects.security_policy(MODEL, open_one, TENANTS)
