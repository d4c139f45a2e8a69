"""The shared host of a stack file, and the limits of tokens that go with it."""

import pytest

from infra.spec.explain import explain
from tests.unit.spec.stacks import Config, a_stack, loaded, mistakes, only

DOMAIN: Config = {"domain": "llm.example.com"}
SHARED: Config = {**DOMAIN, "sharedHost": True}
SEARCH: Config = {"name": "search"}
MODEL: Config = {"source": "Qwen/Qwen2.5-7B-Instruct", "pool": "l4", "context": 16384}


def stack(gateway: Config, *tenants: Config, model: str = "chat", **sections: object) -> Config:
    models = [{"name": model, **MODEL}]
    return a_stack(**{"gateway": gateway, "tenants": list(tenants), "models": models, **sections})


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_nobody_has_a_shared_host_who_does_not_ask_for_one(environment: str) -> None:
    assert not loaded(a_stack(environment=environment, gateway=DOMAIN)).gateway.shared_host


def test_a_tenant_has_the_gateways_limit_of_tokens_or_its_own() -> None:
    spec = loaded(
        stack({**SHARED, "tokensPerMinute": 500}, SEARCH, {"name": "big", "tokensPerMinute": 9000})
    )

    assert [one.tokens_per_minute for one in spec.tenants] == [500, 9000]
    assert spec.gateway.shared_host


@pytest.mark.parametrize(
    ("gateway", "tenants", "model", "setting", "said"),
    [
        ({"sharedHost": True}, [], "chat", "gateway.sharedHost", "has no domain"),
        (SHARED, [], "chat", "gateway.sharedHost", "counts tokens for each tenant, and there is"),
        ({**SHARED, "authentication": "none"}, [SEARCH], "chat", "tenants", "are known by their"),
        (SHARED, [SEARCH], "api", "models[api].name", "would have the host of gateway.sharedHost"),
        ({**SHARED, "sharedHost": "yes"}, [SEARCH], "chat", "gateway.sharedHost", "is not"),
        ({**SHARED, "sharedHost": 1}, [SEARCH], "chat", "gateway.sharedHost", "is not"),
    ],
)
def test_a_shared_host_that_cannot_be_is_one_mistake(
    gateway: Config, tenants: list[Config], model: str, setting: str, said: str
) -> None:
    mistake = only(stack(gateway, *tenants, model=model))

    assert mistake.setting == setting
    assert said in mistake.problem


@pytest.mark.parametrize(
    ("gateway", "tenant", "setting", "said"),
    [
        ({**DOMAIN, "tokensPerMinute": 500}, SEARCH, "gateway.tokensPerMinute", "nobody counts"),
        (DOMAIN, {**SEARCH, "tokensPerMinute": 5}, "tenants[search].tokensPerMinute", "nobody"),
        ({**SHARED, "tokensPerMinute": 10**9 + 1}, SEARCH, "gateway.tokensPerMinute", "range"),
        (SHARED, {**SEARCH, "tokensPerMinute": 0}, "tenants[search].tokensPerMinute", "range"),
        (SHARED, {**SEARCH, "tokensPerMinute": 1.5}, "tenants[search].tokensPerMinute", "whole"),
        (SHARED, {**SEARCH, "tokenPerMinute": 5}, "tenants[search].tokenPerMinute", "unknown"),
    ],
)
def test_a_limit_of_tokens_that_cannot_be_is_one_mistake(
    gateway: Config, tenant: Config, setting: str, said: str
) -> None:
    mistake = only(stack(gateway, tenant))

    assert mistake.setting == setting
    assert said in mistake.problem


@pytest.mark.parametrize("environment", ["staging", "prod"])
def test_without_authentication_it_is_refused_where_there_are_clients(environment: str) -> None:
    open_one: Config = {**SHARED, "authentication": "none"}
    replicas = {"min": 2, "onDemand": 0}
    found = mistakes(
        stack(open_one, SEARCH, environment=environment)
        | {"tokenworks:models": [{"name": "chat", **MODEL, "replicas": replicas}]}
    )

    assert {"gateway.authentication", "tenants"} <= {one.setting for one in found}


def test_a_model_may_be_called_api_where_no_host_is_shared() -> None:
    assert loaded(stack(DOMAIN, SEARCH, model="api")).models[0].name == "api"


def test_a_stack_of_models_is_held_to_the_shared_host_of_the_stack_that_it_extends() -> None:
    base = a_stack(models=None, layers=["foundation", "platform"], gateway=SHARED, tenants=[SEARCH])
    above = a_stack(
        cloud=None,
        environment=None,
        gpuPools=None,
        extends="aws-base",
        layers=["models"],
        models=[{"name": "api", **MODEL}],
    )

    (mistake,) = mistakes(above, "aws-above", aws_base=base)
    assert mistake.setting == "models[api].name"


def test_where_a_limit_of_tokens_comes_from_is_said() -> None:
    config = stack(SHARED, SEARCH, {"name": "big", "tokensPerMinute": 9000})
    origins = {one.setting: one.origin for one in explain("aws-dev", config, {}.__getitem__)}

    assert origins["tenants[search].tokensPerMinute"] == "gateway.tokensPerMinute"
    assert origins["tenants[big].tokensPerMinute"] == "configuration of aws-dev"


FALLBACK: Config = {"name": "chat", **MODEL, "fallback": "small"}
SMALL: Config = {"name": "small", **MODEL}


def with_models(gateway: Config, *models: Config) -> Config:
    return stack(gateway, SEARCH) | {"tokenworks:models": list(models)}


def test_a_model_may_have_another_one_answer_for_it() -> None:
    first, second = loaded(with_models(SHARED, FALLBACK, SMALL)).models

    assert (first.fallback, second.fallback) == ("small", None)


@pytest.mark.parametrize(
    ("gateway", "models", "said"),
    [
        (DOMAIN, [FALLBACK, SMALL], "is asked by the shared host, and there is none"),
        (SHARED, [FALLBACK], "is no model of this stack"),
        (SHARED, [{**FALLBACK, "fallback": "chat"}, SMALL], "is the model itself"),
        (SHARED, [FALLBACK, {**SMALL, "context": 4096}], "takes 4096 tokens, and chat promises"),
        (
            SHARED,
            [
                {**FALLBACK, "canary": {"model": "small", "percent": 5}},
                {**SMALL, "alsoServes": ["chat"]},
            ],
            "stands beside a canary",
        ),
        (SHARED, [{**FALLBACK, "fallback": ["small"]}, SMALL], "is not"),
    ],
)
def test_a_fallback_that_cannot_answer_is_one_mistake(
    gateway: Config, models: list[Config], said: str
) -> None:
    mistake = only(with_models(gateway, *models))

    assert mistake.setting == "models[chat].fallback"
    assert said in mistake.problem
