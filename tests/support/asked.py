"""What the rules and panels of a stack ask of one exporter, to be asked of a real Prometheus."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from components.observability.rules.groups import rule_groups
from components.observability.rules.objects import group_spec
from infra.catalog.metric_lists import metric_lists
from infra.spec.stack import StackSpec
from tests.support import expressions
from tests.support.prometheus import Server
from tests.support.promql.checking import Expression, check
from tests.support.promql.selectors import selectors

SUBQUERY, JUST_NOW = re.compile(r"\[\w+:\w+\]"), "[30s:1s]"
"""A panel looks back over hours in steps of minutes; what is asked here is seconds old."""


@dataclass(frozen=True)
class Asked:
    """One query that must have an answer."""

    where: str
    query: str


def asked_of(exporter: str, stack: StackSpec) -> tuple[Asked, ...]:
    """Return what is asked of an exporter alone.

    What is recorded and shown is asked for as it stands. What an alert compares is true on a bad
    day only: its series are asked for. Series of a kind that a healthy program has none of are
    asked for without their labels.
    """
    every = list(expressions.of_stack(stack))
    checked = check(every)
    own = {
        name
        for one in metric_lists()
        if one.exporter == exporter
        for name in (series.name for series in one.series())
    }
    rests = {where for name, places in checked.used.items() if name not in own for where in places}
    whole = [one for one in every if one.where not in rests]
    return tuple(dict.fromkeys(query for one in whole for query in _queries(one)))


def _queries(expression: Expression) -> Iterator[Asked]:
    if not expression.where.startswith("alert "):
        yield Asked(expression.where, SUBQUERY.sub(JUST_NOW, expression.text))
        return
    for selector in selectors(expression.text):
        yield Asked(expression.where, selector.partition("{")[0])


def silent(server: Server, asked: tuple[Asked, ...], seconds: float) -> list[str]:
    """Wait until all is answered; return what has no answer even then."""
    deadline = time.monotonic() + seconds
    waiting = asked
    while waiting and time.monotonic() < deadline:
        time.sleep(1)
        waiting = tuple(one for one in waiting if not server.instant(one.query))
    return [f"{one.where}: {one.query}" for one in waiting]


def rules_file(stack: StackSpec, folder: Path) -> Path:
    """Write all rules of a stack, evaluated each second."""
    groups = [{**group_spec(group, stack), "interval": "1s"} for group in rule_groups(stack)]
    path = folder / "rules.yaml"
    path.write_text(yaml.safe_dump({"groups": groups}), encoding="utf-8")
    return path
