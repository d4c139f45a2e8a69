"""An examination: every alert that a stack declares, and what confirms those that are true.

Owns what counts as wrong: an alert that is true, one that Prometheus does not have, one that it
cannot evaluate, and a dead man's switch that is silent. What could not be asked is unknown, which
is never fine.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from components.observability.rules.rule import AlertRule
from infra.doctor import runbooks
from infra.doctor.kubectl import Kubectl
from infra.doctor.prometheus import ActiveAlert, LoadedRule, Prometheus, State, UnreachableError
from infra.doctor.runbooks import Runbook

ALWAYS = "DeadMansSwitch"
"""The alert that is true when all is well."""
SHOWN = 3
"""For so many cases of one alert the commands are run: the others look alike."""


class Verdict(StrEnum):
    """What was found of one alert."""

    FINE = "fine"
    FIRING = "firing"
    PENDING = "pending"
    SILENT = "silent"
    """It should always fire, and does not."""
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Evidence:
    """What one command of a runbook showed."""

    asked: str
    """The command, as it was run."""
    is_fine: bool
    """Whether it could be run."""
    lines: tuple[str, ...]
    """What it printed."""


@dataclass(frozen=True)
class Case:
    """One place where an alert is true."""

    labels: Mapping[str, str]
    """Which one: the model, the node."""
    summary: str
    """What Prometheus says of it."""
    since: str
    """Since when, RFC 3339."""
    evidence: tuple[Evidence, ...]
    """What its runbook's commands showed; empty for those beyond `SHOWN`."""


@dataclass(frozen=True)
class Finding:
    """What was found of one alert."""

    alert: AlertRule
    """The alert."""
    verdict: Verdict
    """What was found."""
    why: str = ""
    """Why it is unknown."""
    cases: tuple[Case, ...] = ()
    """Where it is true."""


def examine(
    alerts: Sequence[AlertRule], prometheus: Prometheus, kubectl: Kubectl, project: Path
) -> Iterator[Finding]:
    """Return what is found of each alert.

    Args:
        alerts: those that the stack declares.
        prometheus: where they are evaluated.
        kubectl: what runs the commands of runbooks.
        project: folder of the runbooks.
    """
    try:
        loaded = prometheus.rules()
    except UnreachableError as error:
        for alert in alerts:
            yield Finding(alert, Verdict.UNKNOWN, f"Prometheus cannot be asked: {error}")
        return
    for alert in alerts:
        yield _finding(alert, loaded.get(alert.alert), prometheus, kubectl, project)


def _finding(
    alert: AlertRule,
    rule: LoadedRule | None,
    prometheus: Prometheus,
    kubectl: Kubectl,
    project: Path,
) -> Finding:
    if rule is None:
        return Finding(alert, Verdict.UNKNOWN, "Prometheus has no such rule")
    if rule.health != "ok":
        return Finding(alert, Verdict.UNKNOWN, rule.last_error or "it was not evaluated yet")
    if alert.alert == ALWAYS:
        return Finding(alert, Verdict.FINE if rule.alerts else Verdict.SILENT)
    if not rule.alerts:
        return Finding(alert, Verdict.FINE)
    runbook = runbooks.read(project, alert.runbook)
    cases = tuple(
        _case(active, _evidence(active, runbook, prometheus, kubectl) if index < SHOWN else ())
        for index, active in enumerate(rule.alerts)
    )
    is_firing = any(active.state is State.FIRING for active in rule.alerts)
    return Finding(alert, Verdict.FIRING if is_firing else Verdict.PENDING, cases=cases)


def _case(active: ActiveAlert, evidence: Sequence[Evidence]) -> Case:
    labels = {key: value for key, value in active.labels.items() if key != "alertname"}
    summary = active.annotations.get("summary", "")
    return Case(labels, summary, active.active_at, tuple(evidence))


def _evidence(
    active: ActiveAlert, runbook: Runbook, prometheus: Prometheus, kubectl: Kubectl
) -> list[Evidence]:
    asked = [_query(runbook.query, active, prometheus)]
    return [*asked, *(_command(line, active, kubectl) for line in runbook.commands)]


def _query(query: str, active: ActiveAlert, prometheus: Prometheus) -> Evidence:
    try:
        filled = runbooks.for_prometheus(query, active.labels)
        answer = prometheus.query(filled)
    except KeyError as error:
        return _without(query, error)
    except UnreachableError as error:
        return Evidence(filled, is_fine=False, lines=(str(error),))
    return Evidence(filled, is_fine=True, lines=answer or ("no answer: it is not true now",))


def _command(line: str, active: ActiveAlert, kubectl: Kubectl) -> Evidence:
    try:
        filled = runbooks.for_shell(line, active.labels)
    except KeyError as error:
        return _without(line, error)
    answer = kubectl.shell(filled)
    return Evidence(filled, answer.is_fine, tuple(answer.output.splitlines()))


def _without(asked: str, error: KeyError) -> Evidence:
    said = f"not run: the alert has no label {error}"
    return Evidence(asked, is_fine=False, lines=(said,))
