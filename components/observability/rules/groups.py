"""All rules of a stack: the one way to ask for them.

Owns which groups a stack gets, in which order, and how often each is evaluated. Does not own what
any of them says.
"""

from dataclasses import replace

from components.observability.rules import objectives
from components.observability.rules.burning import burn_alerts
from components.observability.rules.capacity import capacity_alerts
from components.observability.rules.cost import cost_alerts, price_recordings
from components.observability.rules.hardware import hardware_alerts
from components.observability.rules.hours import hours_alerts
from components.observability.rules.logs import log_alerts
from components.observability.rules.platform import (
    part_alerts,
    target_recordings,
    watching_alerts,
)
from components.observability.rules.recording import model_recordings, node_recordings
from components.observability.rules.rule import (
    AlertRule,
    RecordingRule,
    Rule,
    RuleGroup,
    Severity,
)
from components.observability.rules.serving import EXPECTED, serving_alerts
from components.observability.targets import SCRAPE_SECONDS
from components.observability.thresholds import THRESHOLDS, Thresholds
from infra.spec.environment import Layer
from infra.spec.stack import StackSpec

INTERVAL_SECONDS = SCRAPE_SECONDS
"""How often rules are evaluated: as often as targets are scraped, so no sample is seen twice."""
DAYS_INTERVAL_SECONDS = 300
"""How often what looks back for days is: it reads much, and changes slowly."""


def rule_groups(spec: StackSpec) -> tuple[RuleGroup, ...]:
    """Return the groups of rules of a stack: those of its platform, and the list of its models.

    A stack that extends another adds its models to the rules of its base.
    """
    platform = _platform(spec) if Layer.PLATFORM in spec.layers else ()
    models = _models(spec) if Layer.MODELS in spec.layers and spec.models else ()
    return (*platform, *models)


def all_alerts(spec: StackSpec) -> tuple[AlertRule, ...]:
    """Return every alert of a stack, in the order of its groups."""
    return tuple(alert for group in rule_groups(spec) for alert in group.alerts)


def _platform(spec: StackSpec) -> tuple[RuleGroup, ...]:
    thresholds = THRESHOLDS[spec.environment]
    slo = spec.slo
    promises = (
        objectives.errors(slo),
        objectives.first_token(slo),
        objectives.next_token(slo),
        objectives.end_to_end(),
    )
    short = [rule for one in promises for rule in one.recordings(objectives.SHORT_WINDOWS)]
    long = [rule for one in promises for rule in one.recordings(objectives.LONG_WINDOWS)]
    return (
        _group("nodes", node_recordings(), thresholds),
        _group("models", model_recordings(spec), thresholds),
        _group("objectives", (*objectives.latency_recordings(spec), *short), thresholds),
        _group("objectives-days", long, thresholds, DAYS_INTERVAL_SECONDS),
        _group("cost", (*price_recordings(spec), *cost_alerts(spec, thresholds)), thresholds),
        _group("serving", serving_alerts(spec, thresholds), thresholds),
        _group("burning", burn_alerts(slo, thresholds), thresholds),
        _group("hardware", hardware_alerts(thresholds), thresholds),
        _group(
            "capacity",
            (
                *capacity_alerts(spec.cloud.provider, thresholds),
                *hours_alerts(spec.working_hours),
            ),
            thresholds,
        ),
        _group(
            "parts", (*part_alerts(spec, thresholds), *log_alerts(spec.observability)), thresholds
        ),
        _group(
            "watching",
            (*target_recordings(spec), *watching_alerts(thresholds, spec.platform_name)),
            thresholds,
        ),
    )


def _models(spec: StackSpec) -> tuple[RuleGroup, ...]:
    expected = [
        RecordingRule(EXPECTED, "vector(1)", {"model": model.object_name})
        for model in spec.models
        if model.replicas.min
    ]
    return (RuleGroup(f"tokenworks-expected-{spec.name}", INTERVAL_SECONDS, tuple(expected)),)


def _group(
    name: str,
    rules: tuple[Rule, ...] | list[Rule] | list[RecordingRule],
    thresholds: Thresholds,
    interval_seconds: int = INTERVAL_SECONDS,
) -> RuleGroup:
    heard = tuple(_heard(rule, thresholds) for rule in rules)
    return RuleGroup(f"tokenworks-{name}", interval_seconds, heard)


def _heard(rule: Rule, thresholds: Thresholds) -> Rule:
    """Return a rule as it is heard in its environment: where nobody is woken, all are tickets."""
    if isinstance(rule, AlertRule) and not thresholds.pages:
        return replace(rule, severity=Severity.TICKET)
    return rule
