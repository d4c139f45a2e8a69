"""Budgets and the anomalies of costs of the simulated AWS."""

import json

import pytest

from infra.wire import Properties, Value
from tests.unit.rehearsal.aws.harness import Simulation
from tests.unit.rehearsal.aws.scene import Scene, refused

BUDGET = "aws:budgets/budget:Budget"
MONITOR = "aws:costexplorer/anomalyMonitor:AnomalyMonitor"
SUBSCRIPTION = "aws:costexplorer/anomalySubscription:AnomalySubscription"
TAGS: Value = {"Name": "ours"}
WATCHED: Properties = {
    "monitorType": "CUSTOM",
    "monitorSpecification": json.dumps({"Tags": {"Key": "user:a", "Values": ["b"]}}),
}


def told(threshold: float = 80, kind: str = "ACTUAL", *addresses: str) -> Properties:
    """Return what is told at a share of the budget."""
    return {
        "comparisonOperator": "GREATER_THAN",
        "notificationType": kind,
        "threshold": threshold,
        "thresholdType": "PERCENTAGE",
        "subscriberEmailAddresses": [*addresses] or ["a@example.com"],
    }


def budget_inputs(**more: Value) -> Properties:
    """Return the inputs of a budget."""
    return {
        "name": "month",
        "budgetType": "COST",
        "timeUnit": "MONTHLY",
        "limitAmount": "1000.00",
        "limitUnit": "USD",
        "costFilters": [{"name": "TagKeyValue", "values": ["user:a$b"]}],
        "notifications": [told(), told(100, "FORECASTED")],
        **more,
    }


def subscription_inputs(monitor: Value, usd: str = "50") -> Properties:
    """Return the inputs of a subscription."""
    return {
        "name": "mail",
        "frequency": "DAILY",
        "monitorArnLists": [monitor],
        "subscribers": [{"type": "EMAIL", "address": "a@example.com"}],
        "thresholdExpression": {
            "dimension": {
                "key": "ANOMALY_TOTAL_IMPACT_ABSOLUTE",
                "matchOptions": ["GREATER_THAN_OR_EQUAL"],
                "values": [usd],
            }
        },
    }


def test_a_budget_comes_back_changes_in_place_and_goes(
    scene: Scene, simulation: Simulation
) -> None:
    budget = scene.make(BUDGET, **budget_inputs(), tags=TAGS)

    assert {name: budget[name] for name in budget_inputs()} == budget_inputs()
    assert budget.physical_id == f"{simulation.cloud.account.account_id}:month"
    assert scene.engine.read(budget) == budget
    more: Properties = {"limitAmount": "2000.00", "notifications": [told(50, "ACTUAL", "b@c.de")]}
    assert list(scene.engine.diff(budget, **more).replaces) == []
    changed = scene.engine.update(budget, preview=False, **more, tags={"Name": "theirs"})
    assert (changed["limitAmount"], changed["notifications"]) == (
        "2000.00",
        more["notifications"],
    )
    assert changed["tagsAll"] == {"Name": "theirs"}
    assert scene.engine.read(changed) == changed
    scene.drop(budget)
    assert simulation.report("/inventory") == []


def test_a_budget_of_another_name_is_another_budget(scene: Scene) -> None:
    budget = scene.make(BUDGET, **budget_inputs())

    assert list(scene.engine.diff(budget, name="year").replaces) == ["name"]
    assert "already exists" in refused(scene, BUDGET, **budget_inputs())


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"notifications": [told() | {"subscriberEmailAddresses": []}]}, "must have a subscriber"),
        ({"budgetType": "MONEY"}, "is not one of USAGE, COST"),
        ({"limitAmount": "much"}, "does not match"),
    ],
)
def test_a_budget_that_aws_would_not_take_is_refused(
    scene: Scene, wrong: Properties, reason: str
) -> None:
    assert reason in refused(scene, BUDGET, **budget_inputs(**wrong))


def test_a_monitor_and_its_subscription_come_back_change_in_place_and_go(
    scene: Scene, simulation: Simulation
) -> None:
    monitor = scene.make(MONITOR, name="days", **WATCHED, tags=TAGS)
    wanted = subscription_inputs(monitor["arn"])
    mail = scene.make(SUBSCRIPTION, **wanted, tags=TAGS)

    assert monitor["monitorSpecification"] == WATCHED["monitorSpecification"]
    assert {name: mail[name] for name in wanted} == wanted
    assert (scene.engine.read(monitor), scene.engine.read(mail)) == (monitor, mail)
    renamed = scene.engine.update(monitor, name="nights")
    assert (renamed["name"], renamed.physical_id) == ("nights", monitor.physical_id)
    changed = scene.engine.update(mail, preview=False, **subscription_inputs(monitor["arn"], "75"))
    assert changed["thresholdExpression"] == subscription_inputs("", "75")["thresholdExpression"]
    assert scene.engine.read(changed) == changed
    scene.clear()
    assert simulation.report("/inventory") == []


def test_another_expression_is_another_monitor(scene: Scene) -> None:
    monitor = scene.make(MONITOR, name="days", **WATCHED)
    other = json.dumps({"Tags": {"Key": "user:a", "Values": ["c"]}})

    found = scene.engine.diff(monitor, monitorSpecification=other)

    assert list(found.replaces) == ["monitorSpecification"]


def test_what_cost_explorer_would_not_take_is_refused(scene: Scene) -> None:
    monitor = scene.make(MONITOR, name="days", **WATCHED)
    good = subscription_inputs(monitor["arn"])
    gone: Properties = {"monitorArnLists": [f"{monitor['arn']}0"]}

    assert "is for SNS" in refused(scene, SUBSCRIPTION, **good | {"frequency": "IMMEDIATE"})
    assert "is unknown" in refused(scene, SUBSCRIPTION, **good | gone)
    assert "must be an expression" in refused(scene, MONITOR, name="x", monitorType="CUSTOM")
