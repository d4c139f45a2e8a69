"""Rules of models that are closed at night, and of models that never are."""

import re

import pytest

from components.observability.rules.groups import all_alerts, rule_groups
from components.observability.rules.hours import hours_alerts
from components.observability.rules.rule import AlertRule
from components.serving.working_hours import CLOSE, OPEN
from infra.spec.files import load_stack_file
from infra.spec.stack import StackSpec
from tests.support.alerting.promtool import with_hours

CLOSED = "unless on (model) (min_over_time(tokenworks:model_replicas:wanted[2700s]) == 0)"
QUIET = {
    "ModelDown",
    "TrafficDropped",
    "tokenworks:model_requests:rate5m",
    "tokenworks:model_request_errors:rate5m",
    "tokenworks:model_timeouts:ratio10m",
    "tokenworks:model_probe:per_second",
    "tokenworks:model_probe_slow:per_second",
}
"""What knows of closed models; everything that is made of it knows, too."""


def _guarded(spec: StackSpec) -> set[str]:
    return {
        rule.alert if isinstance(rule, AlertRule) else rule.record
        for group in rule_groups(spec)
        for rule in group.rules
        if CLOSED in rule.expr
    }


@pytest.mark.parametrize("stack", ["aws-staging", "gcp-staging"])
def test_where_models_are_closed_their_silence_is_no_fault(stack: str) -> None:
    assert _guarded(load_stack_file(stack)) == QUIET


def test_nor_is_that_of_their_hosts_where_those_are_probed() -> None:
    assert _guarded(with_hours()) == QUIET | {"tokenworks:model_way_in_reached:max"}


@pytest.mark.parametrize("stack", ["aws-dev", "aws-prod", "gcp-prod"])
def test_where_they_never_are_a_model_that_nobody_wants_is_still_heard_of(stack: str) -> None:
    spec = load_stack_file(stack)

    assert _guarded(spec) == set()
    assert "WorkingHoursNotKept" not in {alert.alert for alert in all_alerts(spec)}


def test_the_alert_asks_for_the_jobs_that_open_and_close() -> None:
    (rule,) = hours_alerts(load_stack_file("aws-staging").working_hours)
    (asked,) = set(re.findall(r'cronjob=~"([^"]+)"', rule.expr))

    assert re.fullmatch(asked, OPEN)
    assert re.fullmatch(asked, CLOSE)


def test_a_budget_is_held_against_a_week_where_days_are_dearer_than_nights() -> None:
    def asked(stack: str) -> str:
        (rule,) = (one for one in all_alerts(load_stack_file(stack)) if one.alert == "BudgetBurn")
        return rule.expr

    assert "[1w]) * 730" in asked("aws-staging")
    assert asked("aws-staging").endswith("offset 6d)"), "a week of which the nights are known"
    assert "[6h]) * 730" in asked("aws-prod")
