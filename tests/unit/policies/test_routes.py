"""What the five cases of the rules of routes leave out."""

import pytest

from policies.rules.routes import AI_ROUTE, POLICY
from tests.unit.policies.cases import Json, Thing, Verdict, one
from tests.unit.policies.cases_routes import HOME, open_route
from tests.unit.policies.harness import verdict


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        ("aws-open", Verdict.FINE),
        ("aws-dev", Verdict.VIOLATION),
        ("aws-staging", Verdict.VIOLATION),
        ("gcp-staging", Verdict.VIOLATION),
        ("aws-prod-models", Verdict.VIOLATION),
    ],
)
def test_a_route_is_open_in_dev_alone_and_where_the_stack_file_says_so(
    stack: str, expected: Verdict
) -> None:
    assert verdict("public-routes-ask-who-comes", open_route(), stack) is expected


def shared(timeout: Json, **asks: Json) -> tuple[Thing, ...]:
    """Return a model at the shared host, and the policy of the route that is made of it."""
    rule: Json = {"backendRefs": [{"name": "chat"}], "timeouts": {"request": timeout}}
    spec: dict[str, Json] = {
        "parentRefs": [{"name": "public", "namespace": "gateway"}],
        "rules": [rule],
    }
    target: Json = {"kind": "HTTPRoute", "name": "chat"}
    policy: dict[str, Json] = {"targetRefs": [target], **asks}
    return (
        *one(AI_ROUTE, metadata=HOME, spec=spec),
        *one(POLICY, metadata={"namespace": "models"}, spec=policy),
    )


@pytest.mark.parametrize(
    ("asks", "expected"),
    [({"apiKeyAuth": {}}, Verdict.FINE), ({"cors": {}}, Verdict.VIOLATION)],
)
def test_a_model_at_the_shared_host_is_guarded_by_the_policy_of_the_route_made_of_it(
    asks: dict[str, Json], expected: Verdict
) -> None:
    found = verdict("public-routes-ask-who-comes", shared("900s", **asks), "aws-staging")

    assert found is expected


@pytest.mark.parametrize(
    ("timeout", "expected"), [("900s", Verdict.FINE), ("0s", Verdict.VIOLATION)]
)
def test_a_request_to_the_shared_host_ends_too(timeout: str, expected: Verdict) -> None:
    found = verdict("routes-end-their-requests", shared(timeout, apiKeyAuth={}), "aws-staging")

    assert found is expected
