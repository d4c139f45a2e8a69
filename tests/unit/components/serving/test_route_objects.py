"""What a model's way in says, where a real Envoy need not be asked (`tests/real/gateway`)."""

import json
import re

import pytest

from components.serving import route_objects
from infra.rehearsal.charts.objects import part
from infra.spec.files import load_stack_file
from infra.spec.gateway import Authentication, JwtSpec
from infra.spec.models import CanarySpec, ModelSpec
from infra.spec.tenants import TenantSpec
from infra.wire import Properties
from tests.support.gateway_spec import GATEWAY
from tests.support.manifests import maps
from tests.support.shared_route import tenant

MODEL = load_stack_file("aws-prod-models").models[0]


SEARCH = tenant("search", MODEL.name, requests=300)
SUPPORT = tenant("support", "other", requests=60)
EVERYTHING = tenant("platform", requests=9)

JWT = JwtSpec(
    issuer="https://login.example.com",
    audience="llm",
    jwks_uri="https://login.example.com/keys",
    client_claim="azp",
)


def as_sent(said: route_objects.Object) -> Properties:
    return json.loads(json.dumps(said))


def test_a_route_has_at_most_the_matches_that_the_gateway_api_takes() -> None:
    """64 in one rule (Gateway API v1.6.1, HTTPRouteRule.matches)."""
    (rule,) = maps(as_sent(route_objects.http_route(MODEL, GATEWAY))["rules"])

    assert len(maps(rule["matches"])) <= 64


@pytest.mark.parametrize("percent", [0, 5, 100])
def test_a_step_of_a_canary_changes_two_weights_and_nothing_else(percent: int) -> None:
    def rules(share: int) -> list[Properties]:
        canary = CanarySpec(model="next.1", percent=share)
        return maps(as_sent(route_objects.http_route(with_canary(canary), GATEWAY))["rules"])

    before, after = rules(50), rules(percent)
    shares = [(ref["name"], ref["weight"]) for ref in maps(after[0]["backendRefs"])]

    assert shares == [(MODEL.object_name, 100 - percent), ("next-1", percent)]
    assert after[1:] == before[1:]
    assert {key: value for key, value in after[0].items() if key != "backendRefs"} == {
        key: value for key, value in before[0].items() if key != "backendRefs"
    }


def test_whoever_asks_for_the_canary_gets_it_at_every_share() -> None:
    canary = CanarySpec(model="next", percent=0)
    spec = as_sent(route_objects.http_route(with_canary(canary), GATEWAY))
    shared, asked = maps(spec["rules"])

    assert [ref["name"] for ref in maps(asked["backendRefs"])] == ["next"]
    assert asked["timeouts"] == shared["timeouts"]
    for match in maps(asked["matches"]):
        assert match["headers"] == [
            {"type": "Exact", "name": "x-tokenworks-canary", "value": "true"}
        ]


def with_canary(canary: CanarySpec) -> ModelSpec:
    return MODEL.model_copy(update={"canary": canary})


def test_as_many_requests_may_be_on_their_way_as_the_servers_take_and_queue() -> None:
    policy = as_sent(route_objects.backend_policy(MODEL, GATEWAY, 3))
    room = 3 * (MODEL.max_concurrent_requests + MODEL.max_queued_requests)

    assert part(policy, "circuitBreaker")["maxParallelRequests"] == room
    assert room > 1024, "Envoy's own limit would do"


def test_without_keys_every_address_has_a_limit_of_its_own() -> None:
    open_one = GATEWAY.model_copy(update={"authentication": Authentication.NONE})
    policy = as_sent(route_objects.backend_policy(MODEL, open_one, 1))
    (rule,) = maps(part(policy, "rateLimit", "local")["rules"])

    assert rule["clientSelectors"] == [{"sourceCIDR": {"value": "0.0.0.0/0", "type": "Distinct"}}]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {"targetRefs", "apiKeyAuth", "authorization"}),
        ({"allow_from": ()}, {"targetRefs", "apiKeyAuth"}),
        ({"authentication": Authentication.NONE}, {"targetRefs", "authorization"}),
    ],
)
def test_who_may_come_in_follows_from_the_settings(
    changes: dict[str, object], expected: set[str]
) -> None:
    policy = route_objects.security_policy(MODEL, GATEWAY.model_copy(update=changes))

    assert policy is not None
    assert set(policy) == expected


def test_tokens_stand_in_the_place_of_keys_and_end_at_the_gateway() -> None:
    asking = GATEWAY.model_copy(update={"authentication": Authentication.JWT, "jwt": JWT})
    policy = route_objects.security_policy(MODEL, asking, (SEARCH,))
    assert policy is not None
    (provider,) = maps(part(as_sent(policy), "jwt")["providers"])
    (rule,) = maps(as_sent(route_objects.http_route(MODEL, asking))["rules"])
    (removed,) = maps(rule["filters"])

    assert "apiKeyAuth" not in policy
    assert (provider["issuer"], provider["audiences"]) == (JWT.issuer, [JWT.audience])
    assert provider["claimToHeaders"] == [{"header": route_objects.CLIENT_HEADER, "claim": "azp"}]
    assert removed["requestHeaderModifier"] == {"remove": ["Authorization"]}


def test_a_gateway_for_everybody_has_no_policy() -> None:
    changes = {"allow_from": (), "authentication": Authentication.NONE}

    assert route_objects.security_policy(MODEL, GATEWAY.model_copy(update=changes)) is None


def authorization(*tenants: TenantSpec, **settings: object) -> Properties:
    gateway = GATEWAY.model_copy(update=settings)
    policy = route_objects.security_policy(MODEL, gateway, tenants)
    assert policy is not None
    return part(as_sent(policy), "authorization")


def test_keys_of_a_models_tenants_are_let_in_and_no_other_one() -> None:
    (rule,) = maps(authorization(SEARCH, SUPPORT, EVERYTHING, allow_from=())["rules"])

    assert part(rule, "principal") == {
        "headers": [
            {
                "name": route_objects.CLIENT_HEADER,
                "values": ["search", "search.next", "platform", "platform.next"],
            }
        ]
    }
    assert authorization(SEARCH)["defaultAction"] == "Deny"


def test_a_tenant_comes_from_where_clients_may_come_from() -> None:
    """In one rule, so that both must hold: of two rules one would be enough."""
    (rule,) = maps(authorization(SEARCH)["rules"])

    assert set(part(rule, "principal")) == {"headers", "clientCIDRs"}


def test_a_model_of_other_tenants_lets_nobody_in() -> None:
    assert authorization(SUPPORT) == {"defaultAction": "Deny", "rules": []}


def test_each_tenant_has_one_limit_for_both_of_its_keys() -> None:
    tenants = (SEARCH, SUPPORT, EVERYTHING)
    policy = as_sent(route_objects.backend_policy(MODEL, GATEWAY, 1, tenants))
    found = {}
    for rule in maps(part(policy, "rateLimit", "local")["rules"]):
        ((header,),) = [maps(one["headers"]) for one in maps(rule["clientSelectors"])]
        assert (header["name"], header["type"]) == (
            route_objects.CLIENT_HEADER,
            "RegularExpression",
        )
        found[str(header["value"])] = part(rule, "limit")["requests"]

    assert list(found.values()) == [300, 9]
    search, everything = found
    for name in SEARCH.key_names:
        assert re.fullmatch(search, name)
        assert not re.fullmatch(everything, name)
    assert not re.fullmatch(search, "searchXnext")


def test_there_is_no_host_without_a_gateway() -> None:
    with pytest.raises(ValueError, match=r"no gateway\.domain"):
        GATEWAY.model_copy(update={"domain": None}).host("a-model")
