"""Every expression of a stack, and where it stands: rules and dashboards.

Names of places: `rule RECORD`, `alert ALERT`, `dashboard TITLE, PANEL`.
"""

import re
from collections.abc import Iterator

from components.observability.dashboards.boards import dashboards
from components.observability.rules.groups import rule_groups
from components.observability.rules.rule import AlertRule, RecordingRule, Severity
from infra.spec.files import load_stack_file, stack_names
from infra.spec.stack import StackSpec
from tests.support.promql.checking import Expression

LABEL_IN_LEGEND = re.compile(r"\{\{\s*(\w+)\s*\}\}")
LABELS_OF_ALERTS = ("alertname", "severity", "environment", "stack")
"""What every alert carries beside the labels of its answer (`rules.objects`)."""


def environments() -> tuple[str, ...]:
    """Return the stacks that are a platform: each with those that extend it is an environment."""
    return tuple(name for name in stack_names() if load_stack_file(name).extends is None)


def of_environment(name: str) -> Iterator[Expression]:
    """Yield every expression of a platform and of the stacks that extend it, each once."""
    stacks = [name, *(one for one in stack_names() if load_stack_file(one).extends == name)]
    every = [one for stack in stacks for one in of_stack(load_stack_file(stack))]
    yield from {(one.where, one.text): one for one in every}.values()


def of_stack(spec: StackSpec) -> Iterator[Expression]:
    """Yield every expression of a stack."""
    yield from of_rules(spec)
    yield from of_dashboards(spec)


def of_rules(spec: StackSpec) -> Iterator[Expression]:
    """Yield what rules ask."""
    for group in rule_groups(spec):
        for rule in group.rules:
            if isinstance(rule, RecordingRule):
                yield _recording(rule)
            else:
                yield _alert(rule)


def of_dashboards(spec: StackSpec) -> Iterator[Expression]:
    """Yield what panels ask, their choices and their marks, with all names of their legends."""
    for board in dashboards(spec):
        for query in board.queries():
            where = f"dashboard {board.title}, {query.panel}"
            labels = LABEL_IN_LEGEND.sub(r"$labels.\1 ", query.legend)
            yield Expression(where, query.expr, words=labels)


def _recording(rule: RecordingRule) -> Expression:
    where = f"rule {rule.record}"
    return Expression(where, rule.expr, records=rule.record, labels=rule.labels)


def _alert(rule: AlertRule) -> Expression:
    return Expression(
        f"alert {rule.alert}",
        rule.expr,
        labels=dict.fromkeys(LABELS_OF_ALERTS, ""),
        wakes=rule.severity is Severity.PAGE,
        words=f"{rule.summary} {rule.description}",
    )
