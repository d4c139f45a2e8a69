"""Rules of Prometheus as plain values: what is recorded, what alerts, and in which groups.

Owns their form and what any of them must hold. Does not own an expression, a threshold
(`thresholds` and the stack file) or the object that carries them into the cluster (`objects`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

_RECORD = re.compile(r"^(tokenworks:[a-z0-9_]+:[a-z0-9_]+|tokenworks_[a-z0-9_]+)$")
_ALERT = re.compile(r"^([A-Z][a-z0-9]+)+$")
_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
RUNBOOKS = "docs/runbooks"


def kebab_of(alert: str) -> str:
    """Return the name of an alert as a file has it: `ModelDown`, `model-down`."""
    return _WORD.sub("-", alert).lower()


def runbook_of(alert: str) -> str:
    """Return the path of an alert's runbook in this repository."""
    return f"{RUNBOOKS}/{kebab_of(alert)}.md"


class Severity(StrEnum):
    """Whom an alert reaches."""

    PAGE = "page"
    """Somebody gets up: users are hurt now, or will be within hours, and a person can mend it."""
    TICKET = "ticket"
    """Somebody looks on the next working day."""


@dataclass(frozen=True)
class RecordingRule:
    """A query whose answer is kept as a series of its own."""

    record: str
    """Name of the series, `tokenworks:model_ttft_seconds:p99_5m`; an info series has no colons."""
    expr: str
    """The query, PromQL."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """Labels that the series gets beside those of the answer."""

    def __post_init__(self) -> None:
        """Refuse names that are not ours."""
        if not _RECORD.match(self.record):
            message = (
                f"record: is no name of ours, got {self.record!r}; "
                "write tokenworks:level_metric:operation"
            )
            raise ValueError(message)


@dataclass(frozen=True)
class AlertRule:
    """A query that must have no answer, and what is said when it has one."""

    alert: str
    """Name in CamelCase, `ModelDown`; its runbook has the same name in kebab-case."""
    expr: str
    """The query, PromQL: each series of the answer is one alert."""
    for_seconds: int
    """How long it must hold before anybody hears of it, in seconds."""
    severity: Severity
    """Who hears of it."""
    summary: str
    """One line; `{{ $labels.model }}` and the like are filled in by Prometheus."""
    description: str
    """What was seen, with the value and the threshold."""
    when: str = ""
    """The condition in words, with the threshold and without templates: for tables of documents."""

    def __post_init__(self) -> None:
        """Refuse a name that has no kebab-case form."""
        if not _ALERT.match(self.alert):
            message = f"alert: is not CamelCase, got {self.alert!r}; write ModelDown"
            raise ValueError(message)

    @property
    def kebab(self) -> str:
        """Name of its runbook, without `.md`: `model-down`."""
        return kebab_of(self.alert)

    @property
    def runbook(self) -> str:
        """Path of its runbook in this repository."""
        return runbook_of(self.alert)


Rule: TypeAlias = RecordingRule | AlertRule


@dataclass(frozen=True)
class RuleGroup:
    """Rules that are evaluated together, one after the other."""

    name: str
    """Name of the group, unique among all."""
    interval_seconds: int
    """How often, in seconds."""
    rules: tuple[Rule, ...]
    """The rules, in the order in which one may use what another records."""

    @property
    def recordings(self) -> tuple[RecordingRule, ...]:
        """What it records."""
        return tuple(rule for rule in self.rules if isinstance(rule, RecordingRule))

    @property
    def alerts(self) -> tuple[AlertRule, ...]:
        """What it alerts on."""
        return tuple(rule for rule in self.rules if isinstance(rule, AlertRule))
