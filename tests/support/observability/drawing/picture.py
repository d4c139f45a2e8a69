"""A whole dashboard as a picture: its title, what it is, and every panel where Grafana puts it."""

from collections.abc import Callable, Sequence

from components.observability.dashboards.board import GRID_COLUMNS, Dashboard, Panel, Row
from tests.support.observability.drawing import svg
from tests.support.observability.drawing.panels import Frame, Line, drawn

CELL_WIDTH = 52
CELL_HEIGHT = 31
GAP = 6
MARGIN = 14
HEADER = 74
FONT = "-apple-system, 'Segoe UI', Inter, Roboto, Helvetica, Arial, sans-serif"
LABEL = "drawn by Tokenworks from replayed data, not a screenshot of Grafana"
Answers = Callable[[Panel], Sequence[Line]]


def picture(board: Dashboard, answers: Answers, times: Sequence[str]) -> str:
    """Return a dashboard as SVG.

    Args:
        board: the dashboard.
        answers: what Prometheus says to a panel.
        times: marks of the time axis, from its begin to its end.
    """
    placed = board.placed()
    rows = max(place.y + place.height for _, place in placed)
    width = GRID_COLUMNS * CELL_WIDTH + 2 * MARGIN
    height = HEADER + rows * CELL_HEIGHT + MARGIN
    elements = []
    for what, place in placed:
        frame = Frame(
            MARGIN + place.x * CELL_WIDTH + GAP / 2,
            HEADER + place.y * CELL_HEIGHT + GAP / 2,
            place.width * CELL_WIDTH - GAP,
            place.height * CELL_HEIGHT - GAP,
        )
        if isinstance(what, Row):
            elements.append(_row(what, frame))
        else:
            elements += drawn(what, answers(what), frame, times)
    root = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img"'
        f' aria-label="{board.title}: {LABEL}" font-family="{FONT}">'
    )
    return "\n".join(
        [
            root,
            svg.box(0, 0, width, height, svg.PAGE),
            *_header(board, width, times),
            *elements,
            "</svg>",
            "",
        ]
    )


def _header(board: Dashboard, width: float, times: Sequence[str]) -> list[str]:
    left, right = MARGIN + GAP / 2, width - MARGIN - GAP / 2
    choices = ", ".join(f"{one.label}: All" for one in board.variables if not one.hidden)
    until = f"{times[0]} to {times[-1]} UTC"
    return [
        svg.text((left, 30), board.title, size=18, weight=600),
        svg.text((left, 52), board.description, size=12, fill=svg.FAINT),
        svg.text((right, 30), LABEL, size=12, fill="#ff9830", anchor="end"),
        svg.text(
            (right, 52),
            "  ·  ".join(filter(None, (choices, until))),
            size=12,
            fill=svg.FAINT,
            anchor="end",
        ),
    ]


def _row(row: Row, at: Frame) -> str:
    return svg.text((at.left + 2, at.bottom - 7), f"▾ {row.title}", size=13, weight=600)
