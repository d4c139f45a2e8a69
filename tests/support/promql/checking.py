"""Checks the expressions of rules and panels, all at once.

A report names the rule or panel, the metric, what is wrong and the nearest known name.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from infra.catalog.metric_lists import Mark, MetricList, metric_lists
from tests.support.promql.names import EVERY_JOB, Known, Names
from tests.support.promql.problem import Problem
from tests.support.promql.reading import Reading

LABEL_IN_TEXT = re.compile(r"\$labels\.([A-Za-z_][A-Za-z0-9_]*)")


@dataclass(frozen=True)
class Expression:
    """One expression, and where it stands."""

    where: str
    """`alert ModelDown`, `dashboard model, panel TTFT`."""
    text: str
    """PromQL, without variables of a dashboard."""
    records: str | None = None
    """Name of the series that it makes."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """What is added to the labels of the answer."""
    wakes: bool = False
    """Whether somebody is woken by it."""
    words: str = ""
    """Texts with `{{ $labels.… }}`."""


@dataclass(frozen=True)
class Mistake:
    """Something wrong, and where."""

    where: str
    problem: Problem

    def __str__(self) -> str:
        """Say both in a line."""
        return f"{self.where}: {self.problem}"


@dataclass(frozen=True)
class Checked:
    """What was found."""

    mistakes: tuple[Mistake, ...]
    used: Mapping[str, tuple[str, ...]]
    """Metric to the places that name it."""
    answers: Mapping[str, frozenset[str]]
    """Place to the labels of its answer."""
    recorded: frozenset[str]
    """Names of the series that rules make."""

    @property
    def report(self) -> str:
        """One line for each mistake."""
        return "\n".join(str(one) for one in self.mistakes)


def check(
    expressions: Sequence[Expression], lists: tuple[MetricList, ...] | None = None
) -> Checked:
    """Check expressions against the pinned lists and against what they record themselves.

    Args:
        expressions: in any order; one may use what another records.
        lists: what exporters give; None: the pinned lists.
    """
    names = Names(metric_lists() if lists is None else lists)
    mistakes: list[Mistake] = []
    used: dict[str, list[str]] = {}
    answers: dict[str, frozenset[str]] = {}
    for expression in _recorded_first(expressions):
        reading = Reading(expression.text, names)
        found = [*reading.problems, *_words(expression, reading), *_waking(expression, reading)]
        mistakes += [Mistake(expression.where, problem) for problem in found]
        for metric in reading.metrics:
            used.setdefault(metric, []).append(expression.where)
        labels = reading.answer.labels if reading.answer else frozenset[str]()
        answers[expression.where] = labels | set(expression.labels)
        if expression.records:
            known = Known(labels | set(expression.labels), frozenset(reading.rests_on))
            names.record(expression.records, known)
    return Checked(
        tuple(mistakes),
        {metric: tuple(places) for metric, places in used.items()},
        answers,
        frozenset(one.records for one in expressions if one.records),
    )


def _recorded_first(expressions: Sequence[Expression]) -> list[Expression]:
    """Return them so that what is recorded comes before what uses it, else in their order.

    Circles are left as they are: a name in one is reported as unknown.
    """
    waiting = [one for one in expressions if one.records]
    ordered = list[Expression]()
    while waiting:
        names = {one.records for one in waiting}
        ready = [one for one in waiting if names.isdisjoint(_named(one.text))] or waiting
        ordered += ready
        done = {id(one) for one in ready}
        waiting = [one for one in waiting if id(one) not in done]
    return ordered + [one for one in expressions if not one.records]


@cache
def _named(text: str) -> frozenset[str]:
    """Return every word of an expression that may be a name."""
    return frozenset(re.findall(r"[A-Za-z_:][A-Za-z0-9_:]*", text))


def _words(expression: Expression, reading: Reading) -> list[Problem]:
    """Report labels that a text shows and the answer never has: they come out empty."""
    if reading.answer is not None and not reading.answer.known:
        return []
    of_answer = reading.answer.labels if reading.answer else frozenset[str]()
    labels = of_answer | set(expression.labels)
    return [
        Problem(f"$labels.{label}", "the answer has no such label", wrong=label, among=labels)
        for label in sorted(set(LABEL_IN_TEXT.findall(expression.words)) - labels)
    ]


def _waking(expression: Expression, reading: Reading) -> list[Problem]:
    """Report a list that nobody verified under an alert that wakes somebody."""
    if not expression.wakes:
        return []
    doubtful = [one for one in reading.rests_on if one.mark is Mark.UNVERIFIED]
    return [
        Problem(one.file, "somebody is woken by it, and the list is unverified")
        for one in sorted(doubtful, key=lambda one: one.file)
        if EVERY_JOB not in one.jobs
    ]
