"""What the shared host says, where nobody else need be asked."""

import json

import pytest

from components.serving import route_objects, shared_route_objects
from infra.rehearsal.charts.objects import part
from infra.spec.files import load_stack_file
from infra.spec.gateway import Authentication, GatewaySpec, JwtSpec
from infra.spec.models import RESERVED_SUFFIXES, CanarySpec, ModelSpec
from infra.spec.tenants import TenantSpec
from infra.wire import Properties
from tests.support.gateway_spec import GATEWAY
from tests.support.manifests import maps
from tests.support.shared_route import tenant

MODEL, OTHER = load_stack_file("aws-prod-models").models[:2]
ACME = tenant("acme", MODEL.name, OTHER.name, requests=600)
INITECH = tenant("initech", OTHER.name, requests=30, tokens=2_000)
TENANTS = (ACME, INITECH)


def as_sent(said: route_objects.Object) -> Properties:
    return json.loads(json.dumps(said))


def traffic(tenants: tuple[TenantSpec, ...] = TENANTS) -> Properties:
    return as_sent(shared_route_objects.backend_policy(OTHER, GATEWAY, 3, tenants))


def security(tenants: tuple[TenantSpec, ...] = TENANTS) -> Properties:
    return as_sent(shared_route_objects.security_policy(MODEL, GATEWAY, tenants))


def test_a_model_is_found_by_the_very_name_that_clients_send() -> None:
    dotted = MODEL.model_copy(update={"name": "qwen2.5-7b"})
    route = as_sent(shared_route_objects.ai_route(dotted, GATEWAY))
    (rule,) = maps(route["rules"])
    ((header,),) = [maps(match["headers"]) for match in maps(rule["matches"])]

    assert route["hostnames"] == ["api.llm.example.com"]
    assert (header["name"], header["value"]) == ("x-ai-eg-model", "qwen2.5-7b")


def test_no_model_may_have_the_name_of_an_object_of_the_shared_host() -> None:
    """The AI gateway would write its HTTPRoute over that of a model's own host."""
    for name in (
        shared_route_objects.route_name(MODEL.name),
        shared_route_objects.pods_name(MODEL),
    ):
        assert name.endswith(RESERVED_SUFFIXES)
        assert "." not in name, "Envoy cuts the name of a cluster there"


def test_the_policies_and_backends_of_a_model_meet_at_one_name() -> None:
    name = shared_route_objects.route_name(OTHER.name)
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

    with pytest.raises(ValueError, match=r"keys or tokens, got gateway\.authentication none"):
        shared_route_objects.security_policy(MODEL, open_one, TENANTS)


def servers_of(model: ModelSpec, gateway: GatewaySpec = GATEWAY) -> list[list[Properties]]:
    """Return whom each rule of a model asks."""
    rules = maps(as_sent(shared_route_objects.ai_route(model, gateway))["rules"])
    return [list(maps(rule["backendRefs"])) for rule in rules]


def test_a_canary_gets_its_share_and_whoever_asks_for_it_by_a_header() -> None:
    canary = CanarySpec(model=OTHER.name, percent=5)
    split = MODEL.model_copy(update={"canary": canary})
    own, other = (shared_route_objects.route_name(one.name) for one in (MODEL, OTHER))
    rules = maps(as_sent(shared_route_objects.ai_route(split, GATEWAY))["rules"])
    asked = [[maps(match["headers"]) for match in maps(rule["matches"])] for rule in rules]
    names = [[[header["name"] for header in one] for one in match] for match in asked]

    assert servers_of(split) == [
        [{"name": own, "weight": 95}, {"name": other, "weight": 5}],
        [{"name": other}],
    ]
    assert names == [[["x-ai-eg-model"]], [["x-ai-eg-model", route_objects.CANARY_HEADER]]]


def test_a_fallback_is_asked_second_and_by_the_name_that_it_knows_itself_by() -> None:
    held = MODEL.model_copy(update={"fallback": OTHER.name})
    own, other = (shared_route_objects.route_name(one.name) for one in (MODEL, OTHER))
    policy = as_sent(shared_route_objects.backend_policy(held, GATEWAY, 3, TENANTS))

    assert servers_of(held) == [
        [{"name": own}, {"name": other, "priority": 1, "modelNameOverride": OTHER.name}]
    ]
    assert part(policy, "retry")["numAttemptsPerPriority"] == 1
    assert part(policy, "retry", "retryOn")["httpStatusCodes"] == [503]
    assert "numAttemptsPerPriority" not in part(traffic(), "retry")


def test_a_provider_of_tokens_says_who_comes_and_no_server_sees_a_token() -> None:
    jwt = JwtSpec(
        issuer="https://login.example.com",
        audience="llm",
        jwks_uri="https://login.example.com/keys",
        client_claim="azp",
    )
    tokens = GATEWAY.model_copy(update={"authentication": Authentication.JWT, "jwt": jwt})
    policy = as_sent(shared_route_objects.security_policy(MODEL, tokens, TENANTS))

    assert "apiKeyAuth" not in policy
    assert maps(part(policy, "jwt")["providers"])
    assert servers_of(MODEL, tokens) == [
        [
            {
                "name": shared_route_objects.route_name(MODEL.name),
                "headerMutation": {"remove": ["authorization"]},
            }
        ]
    ]
