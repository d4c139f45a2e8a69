"""The tenants of a stack file."""

import pytest

from infra.spec.explain import explain
from infra.spec.tenants import TenantSpec
from tests.unit.spec.stacks import Config, a_stack, loaded, mistakes, only

GATEWAY = {"domain": "llm.example.com", "requestsPerMinute": 120}
MODEL = {"source": "o/m", "pool": "l4", "context": 4096, "weightsGib": 1.0}
CHAT, EMBED = {"name": "chat", **MODEL}, {"name": "embed-1.5", **MODEL}
SEARCH, SUPPORT = {"name": "search"}, {"name": "support"}


def stack(*tenants: object, gateway: object = GATEWAY, **sections: object) -> Config:
    models = [CHAT, EMBED]
    return a_stack(**{"gateway": gateway, "models": models, "tenants": [*tenants], **sections})


def first(**settings: object) -> TenantSpec:
    return loaded(stack({**SEARCH, **settings})).tenants[0]


def test_a_name_is_enough_for_all_models_at_the_limit_of_the_gateway() -> None:
    tenant = first()

    assert tenant.may_use("chat")
    assert tenant.may_use("embed-1.5")
    assert (tenant.requests_per_minute, tenant.namespace) == (120, None)


def test_a_tenant_may_use_what_it_names_as_often_as_it_says() -> None:
    tenants = loaded(stack({**SEARCH, "models": ["chat"], "requestsPerMinute": 7}, SUPPORT)).tenants

    assert [one.may_use("embed-1.5") for one in tenants] == [False, True]
    assert [one.requests_per_minute for one in tenants] == [7, 120]


def test_a_second_key_has_a_name_that_no_tenant_can_have() -> None:
    _, second = first().key_names

    assert second == "search.next"
    assert only(stack({"name": second})).setting == "tenants[search.next].name"


def test_a_namespace_has_bounds_whatever_is_written_of_it() -> None:
    whole, part = first(namespace={}).namespace, first(namespace={"cpu": 8, "pods": 3}).namespace

    assert whole is not None
    assert part is not None
    assert (whole.cpu, whole.memory_gib, whole.pods) == (2.0, 4.0, 20)
    assert (part.cpu, part.memory_gib, part.pods) == (8.0, 4.0, 3)


def test_which_models_and_limits_follow_from_others_is_said() -> None:
    config = stack(SEARCH, {**SUPPORT, "requestsPerMinute": 7})
    explained = explain("aws-dev", config, {}.__getitem__)
    origins = {one.setting: one.origin for one in explained}
    values = {one.setting: one.value for one in explained}

    assert values["tenants[search].models"] == ["chat", "embed-1.5"]
    assert origins["tenants[search].models"] == "default: all models"
    assert origins["tenants[search].requestsPerMinute"] == "gateway.requestsPerMinute"
    assert origins["tenants[support].requestsPerMinute"] == "configuration of aws-dev"


@pytest.mark.parametrize(
    ("tenant", "setting", "said"),
    [
        ({"name": "Search Team"}, "name", "is not a tenant's name"),
        ({"name": "1st"}, "name", "is not a tenant's name"),
        ({"name": "search-"}, "name", "is not a tenant's name"),
        ({"name": "s" * 41}, "name", "is not a tenant's name"),
        ({"name": ""}, "name", "is not a tenant's name"),
        ({"models": []}, "models", "names no model"),
        ({"models": "chat"}, "models", "is not a list"),
        ({"models": ["chat", "chat"]}, "models[1]", "is named twice"),
        ({"models": ["chatt"]}, "models[0]", "there is no such model"),
        ({"requestsPerMinute": 0}, "requestsPerMinute", "is out of range"),
        ({"requestsPerMinute": 1_000_001}, "requestsPerMinute", "is out of range"),
        ({"requestsPerMinute": 1.5}, "requestsPerMinute", "is not a whole number"),
        ({"namespace": {"cpu": 0}}, "namespace.cpu", "is out of range"),
        ({"namespace": {"memoryGib": "32Gi"}}, "namespace.memoryGib", "is not a number"),
        ({"namespace": {"pods": 0}}, "namespace.pods", "is out of range"),
        ({"namespace": True}, "namespace", "is not a group of settings"),
        ({"namespace": {"gpus": 1}}, "namespace.gpus", "unknown setting"),
        ({"model": ["chat"]}, "model", "unknown setting"),
    ],
)
def test_what_a_tenant_cannot_be_is_one_mistake(
    tenant: dict[str, object], setting: str, said: str
) -> None:
    mistake = only(stack({**SEARCH, **tenant}, SUPPORT))

    assert mistake.setting == f"tenants[{tenant.get('name', 'search')}].{setting}"
    assert said in mistake.problem


@pytest.mark.parametrize("name", ["search", "platform", "models", "s", "s" * 40])
def test_a_tenant_may_be_called_like_a_namespace_of_the_platform(name: str) -> None:
    assert mistakes(stack({"name": name, "namespace": {}})) == ()


def test_two_tenants_have_two_names() -> None:
    mistake = only(stack(SEARCH, {**SEARCH, "models": ["chat"]}))

    assert (mistake.setting, mistake.problem) == (
        "tenants[1].name",
        "is the name of another tenant",
    )


def test_a_misspelt_model_is_told_what_was_meant() -> None:
    mistake = only(stack({**SEARCH, "models": ["chat", "embed-1.6"]}))

    assert mistake.next_step == "did you mean embed-1.5?"
    assert mistake.allowed == "one of: chat, embed-1.5, each once"


def test_a_misspelt_section_is_told_what_was_meant() -> None:
    assert only({**stack(), "tokenworks:tenant": []}).next_step == "did you mean tenants?"


@pytest.mark.parametrize(
    ("gateway", "said"),
    [(None, "there is none"), ({"domain": "a.example.com", "authentication": "none"}, "for none")],
)
def test_tenants_need_a_gateway_that_asks_for_keys(gateway: object, said: str) -> None:
    mistake = only(stack(SEARCH, gateway=gateway))

    assert mistake.setting == "tenants"
    assert said in mistake.problem


def test_a_model_that_no_tenant_may_use_runs_for_nobody() -> None:
    mistake = only(stack({**SEARCH, "models": ["chat"]}))

    assert mistake.setting == "models[embed-1.5].name"
    assert "no tenant may use it" in mistake.problem
    assert "add embed-1.5 to the models of a tenant" in mistake.next_step


def test_a_canary_answers_those_who_may_use_the_other_model() -> None:
    blue = {**CHAT, "canary": {"model": "green", "percent": 5}}
    green = {"name": "green", **MODEL, "alsoServes": ["chat"]}

    assert mistakes(stack({**SEARCH, "models": ["chat"]}, models=[blue, green])) == ()


def test_a_model_has_no_more_tenants_than_the_gateway_has_limits() -> None:
    sixteen = [{"name": f"t{index}"} for index in range(16)]

    assert mistakes(stack(*sixteen)) == ()
    mistake = only(stack(*sixteen, {**SEARCH, "models": ["embed-1.5"]}))
    assert mistake.setting == "tenants"
    assert mistake.problem.startswith("17 of them may use embed-1.5")


def test_all_mistakes_of_tenants_are_reported_at_once() -> None:
    bad = {"name": "Search", "models": ["chatt"], "requestsPerMinute": 0}
    found = mistakes(stack(bad, SUPPORT, SUPPORT, gateway=None))

    assert [one.setting for one in found] == [
        "tenants",
        "tenants[Search].requestsPerMinute",
        "tenants[Search].name",
        "tenants[Search].models[0]",
        "tenants[2].name",
    ]


@pytest.mark.parametrize(
    "sections", [{"models": "chat"}, {"models": None, "model": [CHAT]}, {"gateway": "open"}]
)
def test_what_is_wrong_elsewhere_is_not_blamed_on_tenants(sections: dict[str, object]) -> None:
    found = only(stack({**SEARCH, "models": ["chat"]}, **{"models": [CHAT], **sections}))

    assert not found.setting.startswith("tenants")


BASE = a_stack(
    layers=["foundation", "platform"],
    models=None,
    gateway=GATEWAY,
    tenants=[{**SEARCH, "models": ["chat"]}, {**SUPPORT, "models": ["chatt"]}],
)


def above(**sections: object) -> Config:
    own = {"extends": "aws-base", "layers": ["models"], "models": [CHAT], **sections}
    return {f"tokenworks:{key}": value for key, value in own.items()}


def test_a_platform_does_not_know_the_models_of_the_stack_above() -> None:
    assert [one.name for one in loaded(BASE, "aws-base").tenants] == ["search", "support"]


def test_two_models_of_one_name_are_not_blamed_on_who_may_use_all() -> None:
    assert only(stack(SEARCH, models=[CHAT, CHAT])).setting == "models[1].name"


def test_the_stack_of_the_models_has_the_tenants_of_the_platform_and_checks_them() -> None:
    mistake = only(above(), "aws-models", aws_base=BASE)

    assert mistake.setting == "tenants[support].models[0]"
    assert mistake.next_step == "did you mean chat?"


def test_tenants_are_written_in_the_stack_of_the_gateway_alone() -> None:
    good = {**BASE, "tokenworks:tenants": [SEARCH]}
    mistake = only(above(tenants=[SEARCH]), "aws-models", aws_base=good)

    assert mistake.problem == "comes from aws-base, which this stack extends"
