"""The section `budget`: caps, and what an unknown price does."""

import pytest

from infra.spec.budget import OnUnknown
from tests.unit.spec.stacks import a_stack, loaded, mistakes, only


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
    budget = loaded(a_stack(budget={"monthlyUsd": 600, "hourlyUsd": 2.5, "gpus": 0})).budget

    assert (budget.monthly_usd, budget.hourly_usd, budget.gpus) == (600, 2.5, 0)


@pytest.mark.parametrize("setting", ["monthlyUsd", "hourlyUsd", "changeUsd"])
@pytest.mark.parametrize("value", [0, -1, "6000", 2_000_000_000, float("inf")])
def test_a_cap_that_is_no_sum_of_money_is_refused(setting: str, value: object) -> None:
    assert only(a_stack(budget={setting: value})).setting == f"budget.{setting}"


def test_all_mistakes_of_a_budget_are_named_at_once() -> None:
    found = mistakes(a_stack(budget={"monthlyUsd": 0, "gpus": 1.5, "onUnknown": "ignore"}))

    settings = {mistake.setting for mistake in found}
    assert settings == {"budget.monthlyUsd", "budget.gpus", "budget.onUnknown"}


def test_a_stack_that_extends_another_has_a_budget_of_its_own() -> None:
    base = a_stack(budget={"monthlyUsd": 600}, models=None, layers=["foundation", "platform"])
    own = a_stack(extends="aws-dev", environment=None, cloud=None, gpuPools=None, layers=["models"])

    assert loaded(own, "aws-dev-models", aws_dev=base).budget.monthly_usd is None
