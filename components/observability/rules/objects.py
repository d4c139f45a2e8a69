"""Rules as objects of the Prometheus operator: the spec of a PrometheusRule.

Owns the labels and annotations that every alert carries. Does not own the object's metadata, which
says by which Prometheus it is read (the monitoring component).
"""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from components.observability.rules.rule import AlertRule, Rule, RuleGroup
from infra.spec.stack import StackSpec

Plain: TypeAlias = "str | Mapping[str, Plain] | list[Plain]"


def prometheus_rule_objects(
    groups: Iterable[RuleGroup], spec: StackSpec
) -> dict[str, dict[str, Plain]]:
    """Return the spec of one PrometheusRule for each group, by the group's name.

    One object a group: an object is at most 1.5 MiB in etcd, and a diff shows what changed.
    """
    return {group.name: {"groups": [group_spec(group, spec)]} for group in groups}


def group_spec(group: RuleGroup, spec: StackSpec) -> dict[str, Plain]:
    """Return a group as Prometheus reads it, in a rule file as well as in a PrometheusRule."""
    return {
        "name": group.name,
        "interval": f"{group.interval_seconds}s",
        "rules": [_rule(rule, spec) for rule in group.rules],
    }


def _rule(rule: Rule, spec: StackSpec) -> dict[str, Plain]:
    if isinstance(rule, AlertRule):
        return _alert(rule, spec)
    labels: dict[str, Plain] = {"labels": dict(rule.labels)} if rule.labels else {}
    return {"record": rule.record, "expr": rule.expr, **labels}


def _alert(rule: AlertRule, spec: StackSpec) -> dict[str, Plain]:
    return {
        "alert": rule.alert,
        "expr": rule.expr,
        "for": f"{rule.for_seconds}s",
        "labels": {
            "severity": rule.severity.value,
            "environment": spec.environment.value,
            "stack": spec.platform_name,
        },
        "annotations": {
            "summary": rule.summary,
            "description": rule.description,
            "runbook": rule.runbook,
        },
    }
