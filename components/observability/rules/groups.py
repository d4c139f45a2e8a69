"""All rules of a stack: the one way to ask for them.

Owns which groups a stack gets, in which order. Does not own what any of them says.
"""

from components.observability.rules.rule import AlertRule, Rule, RuleGroup, Severity
from infra.spec.stack import StackSpec

INTERVAL_SECONDS = 30
"""How often rules are evaluated: as often as targets are scraped, so no sample is seen twice."""


def rule_groups(spec: StackSpec) -> tuple[RuleGroup, ...]:
    """Return the groups of rules for the platform of a stack."""
    return (RuleGroup("tokenworks-watchdog", INTERVAL_SECONDS, _watchdog(spec)),)


def all_alerts(spec: StackSpec) -> tuple[AlertRule, ...]:
    """Return every alert of a stack, in the order of its groups."""
    return tuple(alert for group in rule_groups(spec) for alert in group.alerts)


def _watchdog(spec: StackSpec) -> tuple[Rule, ...]:
    return (
        AlertRule(
            "DeadMansSwitch",
            "vector(1)",
            for_seconds=0,
            severity=Severity.TICKET,
            summary=f"Alerts of {spec.platform_name} arrive",
            description="Always firing. What watches it pages when it stops.",
            when="always: what receives it pages when it stops",
        ),
    )
