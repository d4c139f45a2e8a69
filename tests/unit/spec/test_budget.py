"""The section `budget`: caps, and what an unknown price does."""

import pytest

from infra.spec.budget import OnUnknown
from tests.unit.spec.stacks import a_stack, loaded, mistakes, only

ADA = "ada@example.com"


@pytest.mark.parametrize(
    ("environment", "decided"),
    [("dev", OnUnknown.WARN), ("staging", OnUnknown.WARN), ("prod", OnUnknown.FAIL)],
)
def test_without_a_budget_nothing_is_capped_and_production_refuses_what_has_no_price(
    environment: str, decided: OnUnknown
) -> None:
    endpoints = {"endpointAccess": ["198.51.100.0/24"]}
    budget = loaded(a_stack(environment=environment, cluster=endpoints, models=None)).budget

    caps = (budget.monthly_usd, budget.hourly_usd, budget.change_usd, budget.gpus)
    assert caps == (None, None, None, None)
    assert budget.on_unknown is decided


def test_caps_are_what_was_written() -> None:
    written = {"monthlyUsd": 600, "receivers": [ADA], "hourlyUsd": 2.5, "gpus": 0}
    budget = loaded(a_stack(budget=written)).budget

    assert (budget.monthly_usd, budget.hourly_usd, budget.gpus) == (600, 2.5, 0)
    assert budget.receivers == (ADA,)


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_a_stack_without_a_receiver_for_its_budget_is_refused(environment: str) -> None:
    endpoints = {"endpointAccess": ["198.51.100.0/24"]}
    stack = a_stack(
        environment=environment,
        cluster=endpoints,
        observability={"enabled": False},
        models=None,
        budget={"monthlyUsd": 600},
    )

    mistake = only(stack)

    assert mistake.setting == "budget.receivers"
    assert "nobody would be told" in mistake.problem
    assert mistake.next_step == "write for example receivers: [finance@example.com]"


@pytest.mark.parametrize(
    ("receivers", "problem"),
    [
        (["#llm-costs"], "is not an e-mail address"),
        ([ADA, ADA], "is there twice"),
        ([f"a{number}@example.com" for number in range(6)], "are too many"),
    ],
)
def test_receivers_are_addresses_each_once_and_at_most_five(
    receivers: list[str], problem: str
) -> None:
    mistake = only(a_stack(budget={"monthlyUsd": 600, "receivers": receivers}))

    assert mistake.setting.startswith("budget.receivers")
    assert mistake.problem == problem


def test_receivers_of_no_budget_are_refused_as_nobody_would_write_to_them() -> None:
    assert "without monthlyUsd" in only(a_stack(budget={"receivers": [ADA]})).problem


def test_a_stack_of_models_has_no_budget_in_the_cloud_and_needs_no_receivers() -> None:
    base = a_stack(models=None, layers=["foundation", "platform"])
    month = {"monthlyUsd": 600}
    own = a_stack(extends="aws-dev", environment=None, cloud=None, gpuPools=None, layers=["models"])
    key = next(name for name in own if name.endswith("models"))
    budget = key.removesuffix("models") + "budget"

    assert mistakes({**own, budget: month}, "aws-dev-models", aws_dev=base) == ()
    told = {**month, "receivers": [ADA]}
    found = only({**own, budget: told}, "aws-dev-models", aws_dev=base)
    assert "no foundation" in found.problem


@pytest.mark.parametrize("setting", ["monthlyUsd", "hourlyUsd", "changeUsd"])
@pytest.mark.parametrize("value", [0, -1, "6000", 2_000_000_000, float("inf")])
def test_a_cap_that_is_no_sum_of_money_is_refused(setting: str, value: object) -> None:
    assert only(a_stack(budget={setting: value})).setting == f"budget.{setting}"


def test_all_mistakes_of_a_budget_are_named_at_once() -> None:
    found = mistakes(a_stack(budget={"monthlyUsd": 0, "gpus": 1.5, "onUnknown": "ignore"}))

    settings = {mistake.setting for mistake in found}
    assert settings == {"budget.monthlyUsd", "budget.gpus", "budget.onUnknown"}


def test_a_stack_that_extends_another_has_a_budget_of_its_own() -> None:
    told = {"monthlyUsd": 600, "receivers": [ADA]}
    base = a_stack(budget=told, models=None, layers=["foundation", "platform"])
    own = a_stack(extends="aws-dev", environment=None, cloud=None, gpuPools=None, layers=["models"])

    assert loaded(own, "aws-dev-models", aws_dev=base).budget.monthly_usd is None
