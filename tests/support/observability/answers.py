"""What a Prometheus with the scene says to a panel."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime

from components.observability.dashboards.board import Dashboard, Kind, Panel, Source
from tests.support.observability.drawing.panels import Line
from tests.support.observability.drawing.words import legend
from tests.support.observability.recording import END, SHOWN_HOURS
from tests.support.prometheus import Answer, Server

BEGIN = END - SHOWN_HOURS * 3600
STEP_SECONDS = 240
"""90 points from edge to edge: as many as a panel of that width can show."""
MARKS = 4


def lines_of(server: Server, board: Dashboard, panel: Panel) -> list[Line]:
    """Return the lines of a panel, in the order in which Grafana shows them; none of Loki's."""
    if panel.source is not Source.PROMETHEUS:
        return []
    return [
        Line(legend(target.legend, answer.labels), _values(answer))
        for target in panel.targets
        for answer in _asked(server, panel, board.replaced(target.expr))
    ]


def _asked(server: Server, panel: Panel, expr: str) -> list[Answer]:
    if panel.kind is Kind.BARS:
        return server.instant(expr, END)
    return server.over(expr, BEGIN, END, STEP_SECONDS)


def marks() -> Sequence[str]:
    """Return the marks of the time axis."""
    seconds = [BEGIN + (END - BEGIN) * index / (MARKS - 1) for index in range(MARKS)]
    return [datetime.fromtimestamp(each, UTC).strftime("%H:%M") for each in seconds]


def _values(answer: Answer) -> tuple[float | None, ...]:
    known = dict(answer.points)
    found = [known.get(float(time)) for time in range(BEGIN, END + 1, STEP_SECONDS)]
    return tuple(None if value is None or math.isnan(value) else value for value in found)
