"""The package `gcp` as the engine speaks to it: budgets, and the channels that they write to."""

from collections.abc import Iterator

import pytest

from infra.wire import Properties, Value
from tests.unit.rehearsal.cloud.wire import Made, RefusedError
from tests.unit.rehearsal.gcp.provider_scene import PROJECT, Scene, scene
from tests.unit.rehearsal.gcp.test_store_rows import unchanged

BUDGET = "gcp:billing/budget:Budget"
CHANNEL = "gcp:monitoring/notificationChannel:NotificationChannel"
PAYER = "012345-6789AB-CDEF01"


def channel_inputs(**more: Value) -> Properties:
    """Return the inputs of a channel."""
    return {
        "displayName": "mail",
        "type": "email",
        "labels": {"email_address": "a@example.com"},
        "userLabels": {"tier": "one"},
        **more,
    }


def budget_inputs(channel: Value, **more: Value) -> Properties:
    """Return the inputs of a budget."""
    return {
        "billingAccount": PAYER,
        "displayName": "month",
        "amount": {"specifiedAmount": {"currencyCode": "USD", "units": "1000"}},
        "budgetFilter": {
            "projects": ["projects/123456789012"],
            "labels": {"tokenworks-platform": "gcp-dev"},
            "calendarPeriod": "MONTH",
        },
        "thresholdRules": [
            {"spendBasis": "CURRENT_SPEND", "thresholdPercent": 0.8},
            {"spendBasis": "FORECASTED_SPEND", "thresholdPercent": 1.0},
        ],
        "allUpdatesRule": {"monitoringNotificationChannels": [channel]},
        **more,
    }


@pytest.fixture(scope="module")
def running() -> Iterator[Scene]:
    """A simulated Google Cloud."""
    with scene() as made:
        yield made


@pytest.fixture
def channel(running: Scene) -> Iterator[Made]:
    """A channel."""
    made = running.engine.create(CHANNEL, channel_inputs())
    yield made
    running.engine.delete(made)
    assert running.engine.read(made) is None


@pytest.fixture
def budget(running: Scene, channel: Made) -> Iterator[Made]:
    """A budget."""
    made = running.engine.create(BUDGET, budget_inputs(channel["name"]))
    yield made
    running.engine.delete(made)
    assert running.engine.read(made) is None


def test_a_channel_comes_back_as_it_was_declared_and_changes_in_place(
    running: Scene, channel: Made
) -> None:
    assert {name: channel[name] for name in channel_inputs()} == channel_inputs()
    assert channel.physical_id.startswith(f"projects/{PROJECT}/notificationChannels/")
    unchanged(running, channel)
    more: Properties = {"labels": {"email_address": "b@example.com"}, "userLabels": {"tier": "two"}}
    assert list(running.engine.diff(channel, **more).replaces) == []
    changed = running.engine.update(channel, preview=False, **more)
    assert {name: changed[name] for name in more} == more


def test_a_budget_comes_back_as_it_was_declared(
    running: Scene, budget: Made, channel: Made
) -> None:
    wanted = budget_inputs(channel["name"])
    api = running.cloud.project.call(
        "billingbudgets.billingAccounts.budgets.get", name=budget.physical_id
    )

    shown = {name: budget[name] for name in wanted if name != "budgetFilter"}
    assert shown == {name: wanted[name] for name in wanted if name != "budgetFilter"}
    assert budget.physical_id == f"billingAccounts/{PAYER}/budgets/{budget['name']}"
    found = api["budgetFilter"]
    assert isinstance(found, dict)
    assert found["labels"] == {"tokenworks-platform": ["gcp-dev"]}
    unchanged(running, budget)


@pytest.mark.parametrize(
    "change",
    [
        {"amount": {"specifiedAmount": {"currencyCode": "USD", "units": "2000"}}},
        {"displayName": "another"},
        {"thresholdRules": [{"spendBasis": "CURRENT_SPEND", "thresholdPercent": 0.5}]},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_budget_changes_in_place(running: Scene, budget: Made, change: Properties) -> None:
    assert list(running.engine.diff(budget, **change).replaces) == []
    changed = running.engine.update(budget, preview=False, **change)

    assert {name: changed[name] for name in change} == change
    unchanged(running, changed)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"billingAccount": "000000-000000-000000"}, "does not have permission"),
        ({"amount": {"specifiedAmount": {"currencyCode": "EUR", "units": "1"}}}, "must be in USD"),
        (
            {"allUpdatesRule": {"monitoringNotificationChannels": ["projects/p/x/1"]}},
            "does not exist",
        ),
    ],
)
def test_a_budget_that_google_would_not_take_is_refused(
    running: Scene, channel: Made, wrong: Properties, reason: str
) -> None:
    with pytest.raises(RefusedError, match=reason):
        running.engine.create(BUDGET, budget_inputs(channel["name"], **wrong))


def test_a_channel_without_an_address_is_refused(running: Scene) -> None:
    with pytest.raises(RefusedError, match="email_address"):
        running.engine.create(CHANNEL, channel_inputs(labels={}))
