"""The shared host of production in a real Envoy: a model by its name, and what is counted.

The routes are those that the AI gateway would make; its filter, which writes the name, is not here.
"""

import pytest

from components.serving.route_objects import CLIENT_HEADER
from components.serving.shared_route_objects import shared_host
from tests.support import envoy_config
from tests.support.gateway_stack import Environment, asked, keys_of, routes, tenants
from tests.support.gateway_world import ask

pytestmark = [pytest.mark.real, pytest.mark.slow]


def test_the_shared_host_finds_each_model_by_its_name_and_answers_all_else_itself(
    environment: Environment,
) -> None:
    host = shared_host(asked(environment))
    at_host = [one for one in envoy_config.routes(environment.proxy.dump()) if one.host == host]
    found = {one.model for one in at_host if not one.is_answered_here}
    others = [one.body["direct_response"]["status"] for one in at_host if one.is_answered_here]

    assert found == {model.name for model in environment.spec.models}
    assert set(others) == {404}


def test_the_shared_host_counts_the_tokens_of_each_tenant(environment: Environment) -> None:
    host = shared_host(asked(environment))
    for route in (one for one in routes(environment) if one.host == host):
        said = str(
            route.body["route"].get("rate_limits", route.filters("envoy.filters.http.ratelimit"))
        )
        let_in = tenants(environment, "", route.model)
        for tenant in environment.spec.tenants:
            # A name of its own for what is counted, in each tenant's rule.
            assert (f"^{tenant.name}(" in said) == (tenant in let_in), (route.model, tenant.name)
        assert "io.envoy.ai_gateway" in said, "counted when an answer is whole"


def test_the_shared_host_asks_for_a_key_and_lets_in_who_may_use_the_model(
    environment: Environment,
) -> None:
    """A client writes the model's name, as the filter would.

    No name of a server resolves here, so that whoever is let in gets 503.
    """
    host = shared_host(asked(environment))
    keys = {f"Bearer {key}": name for name, key in keys_of(environment.spec).items()}
    for model in environment.spec.models:
        let_in = {tenant.name for tenant in tenants(environment, "", model.name)}
        for sent, name in {**keys, "Bearer no-key": None}.items():
            headers = {"Authorization": sent, "x-ai-eg-model": model.name}
            answer = ask(
                host,
                environment.certificate,
                "/v1/chat/completions",
                method="POST",
                body=b"{}",
                headers={**headers, CLIENT_HEADER: "support"},
            )
            answer.drain_conn()
            expected = 401 if name is None else 503 if name in let_in else 403
            assert answer.status == expected, (model.name, name)


def test_a_model_that_does_not_exist_is_not_found_at_the_shared_host(
    environment: Environment,
) -> None:
    (key, *_) = keys_of(environment.spec).values()
    answer = ask(
        shared_host(asked(environment)),
        environment.certificate,
        "/v1/chat/completions",
        method="POST",
        body=b"{}",
        headers={"Authorization": f"Bearer {key}", "x-ai-eg-model": "gpt-oss-120b"},
    )
    answer.drain_conn()

    assert answer.status == 404
