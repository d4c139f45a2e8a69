"""What goes wrong for one alert, and when it is heard."""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.support.alerting.healthy import Series
from tests.support.alerting.lines import Line, Phase, between

FIRST = 60
"""Minute in which things go wrong: every window that is short was filled with a healthy day."""


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One thing that goes wrong in an otherwise healthy platform, and ends again."""

    alert: str
    """Which alert hears of it."""
    changes: Series
    """Series that are other than on a healthy day, or more."""
    fires: int
    """The first minute in which it fires."""
    resolves: int
    """The first minute in which it does no more."""
    why: str
    """How the first of the two follows from what goes wrong."""
    labels: Mapping[str, str]
    """Labels of the one alert that fires, besides those of its rule."""
    also: tuple[str, ...] = ()
    """Other alerts that fire by then, because the same thing is theirs, too."""
    step_minutes: int = 1
    """Between two samples; more where a day must pass."""
    after: tuple[str, ...] = ()
    """Other alerts that still fire when it resolves, because they remember for longer."""
    confirmed_by: str | None = None
    """What confirms it, where the query of its runbook is about the same thing elsewhere."""
    burns: bool = False
    """Whether it is about a promise. The other ones leave the rules of promises out, which look
    back for days: they take most of the time, and a bad hour burns budgets besides."""


def instead(series: Series, usual: Series, last: int, first: int = FIRST) -> Series:
    """Return series as they usually are, and others from a minute to before another."""
    return {name: between(first, last, line, usual[name]) for name, line in series.items()}


def new(series: Series, last: int, first: int = FIRST) -> Series:
    """Return series that come in a minute and go before another."""
    return {name: _only(first, last, line) for name, line in series.items()}


def _only(first: int, last: int, line: Line) -> Line:
    (phase,) = line.phases
    return Line(
        (Phase(first), Phase(last, phase.level, phase.per_second), Phase(phase.until_minute)),
        line.start,
    )
