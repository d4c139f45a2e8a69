"""One panel as a picture, by its kind.

Owns what is drawn inside a panel's frame. Does not own where the frame is (`picture`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from components.observability.dashboards.board import Kind, Limits, Panel, Source
from tests.support.observability.drawing import svg, words
from tests.support.observability.drawing.svg import Point

TITLE_HEIGHT = 26
PADDING = 10
AXIS_WIDTH = 58
TIME_HEIGHT = 18
LEGEND_LINE = 15
MOST_LEGEND_LINES = 3
SWATCH = 16
NOT_REPLAYED = "asked of Loki, which is not replayed"


@dataclass(frozen=True)
class Line:
    """A series of an answer."""

    name: str
    values: tuple[float | None, ...]
    """One at each step of the range; None: no sample."""

    @property
    def last(self) -> float | None:
        """The last value that is known."""
        return next((value for value in reversed(self.values) if value is not None), None)


@dataclass(frozen=True)
class Frame:
    """Where a panel may draw."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.top + self.height


def drawn(panel: Panel, lines: Sequence[Line], frame: Frame, times: Sequence[str]) -> list[str]:
    """Return the elements of a panel; `times` are the marks below it, from edge to edge."""
    card = svg.box(
        frame.left, frame.top, frame.width, frame.height, svg.CARD, radius=3, edge=svg.EDGE
    )
    title = svg.text(
        (frame.left + PADDING, frame.top + 18),
        svg.cut(panel.title, frame.width - 2 * PADDING, 12),
        size=12,
        weight=600,
    )
    inside = Frame(
        frame.left + PADDING,
        frame.top + TITLE_HEIGHT,
        frame.width - 2 * PADDING,
        frame.height - TITLE_HEIGHT - PADDING,
    )
    if not lines:
        middle = (inside.left + inside.width / 2, inside.top + inside.height / 2)
        why = panel.nothing if panel.source is Source.PROMETHEUS else NOT_REPLAYED
        return [card, title, svg.text(middle, why, fill=svg.FAINT, anchor="middle")]
    how = {Kind.LINES: _graph, Kind.STAT: _stat, Kind.BARS: _bars, Kind.STATES: _states}
    return [card, title, *how[panel.kind](panel, lines, inside, times)]


def level(limits: Limits, value: float) -> str:
    """Return the colour of a value."""
    reached = [step for step in limits.steps if value >= step.at]
    return svg.LEVEL[(reached[-1].level if reached else limits.below).value]


def _stat(panel: Panel, lines: Sequence[Line], at: Frame, _times: Sequence[str]) -> list[str]:
    value = lines[0].last
    if value is None:
        return []
    colour = level(panel.limits, value) if panel.limits else svg.INK
    shown = words.said(panel.unit, value, panel.decimals)
    size = min(30.0, at.width / max(1.0, svg.width_of(shown, 1.0)))
    below = Frame(at.left - PADDING + 1, at.bottom - 26, at.width + 2 * PADDING - 2, 34)
    middle = (at.left + at.width / 2, at.top + 40)
    return [
        *_sparkline(lines[0], below, colour),
        svg.text(middle, shown, size=size, fill=colour, anchor="middle", weight=500),
    ]


def _sparkline(line: Line, at: Frame, colour: str) -> list[str]:
    known = [value for value in line.values if value is not None]
    low, high = min(known), max(known)
    if high - low < 1e-9 * max(1.0, abs(high)):
        high, low = low + 1, low - 1
    parts = _points(line.values, at, low, high)
    floor = [(x, at.bottom) for part in parts for x, _ in part]
    above = [point for part in parts for point in part]
    return [svg.area(above, floor, colour, 0.14), svg.curve(parts, colour, width=1)]


def _graph(panel: Panel, lines: Sequence[Line], at: Frame, times: Sequence[str]) -> list[str]:
    legend = _legend(panel, lines, at)
    plot = Frame(
        at.left + AXIS_WIDTH,
        at.top + 4,
        at.width - AXIS_WIDTH - 4,
        at.height - TIME_HEIGHT - LEGEND_LINE * _legend_lines(panel, lines, at) - 8,
    )
    stacks = _stacked(lines) if panel.stacked else None
    tops = [value for line in (stacks or lines) for value in line.values if value is not None]
    high = _top(panel, max(tops))
    low = 0.0
    elements = _axes(panel, plot, low, high, times)
    if stacks:
        below: list[Point] | None = None
        for index, line in enumerate(stacks):
            above = [point for part in _points(line.values, plot, low, high) for point in part]
            floor = below or [(x, plot.bottom) for x, _ in above]
            colour = _colour(index)
            elements += [svg.area(above, floor, colour, 0.55), svg.curve([above], colour, width=1)]
            below = above
    else:
        for index, line in enumerate(lines):
            elements.append(svg.curve(_points(line.values, plot, low, high), _colour(index)))
    return [*elements, *_limit_lines(panel, plot, low, high), *legend]


def _top(panel: Panel, highest: float) -> float:
    """Return the upper end of the scale: with the limit in sight where it is near."""
    if panel.most is not None and highest <= panel.most * 1.001:
        return panel.most
    limits = [step.at for step in panel.limits.steps] if panel.limits else []
    near = [limit for limit in limits if limit <= highest * 2.5]
    return max([highest, *near]) * 1.08 or 1.0


def _axes(panel: Panel, at: Frame, low: float, high: float, times: Sequence[str]) -> list[str]:
    elements = []
    for mark in words.marks(low, high, panel.unit):
        y = at.bottom - (mark - low) / (high - low) * at.height
        elements.append(svg.line((at.left, y), (at.right, y), svg.GRID))
        name = words.said(panel.unit, mark)
        elements.append(
            svg.text((at.left - 6, y + 3.5), name, size=10, fill=svg.FAINT, anchor="end")
        )
    for index, name in enumerate(times):
        x = at.left + at.width * index / (len(times) - 1)
        anchor = "end" if index == len(times) - 1 else "middle" if index else "start"
        elements.append(svg.text((x, at.bottom + 13), name, size=10, fill=svg.FAINT, anchor=anchor))
    return elements


def _limit_lines(panel: Panel, at: Frame, low: float, high: float) -> list[str]:
    if panel.limits is None:
        return []
    elements = []
    for step in panel.limits.steps:
        if low < step.at <= high:
            y = at.bottom - (step.at - low) / (high - low) * at.height
            colour = svg.LEVEL[step.level.value]
            elements.append(svg.line((at.left, y), (at.right, y), colour, dashed=True))
    return elements


def _legend_rows(panel: Panel, lines: Sequence[Line], at: Frame) -> list[list[tuple[int, str]]]:
    if len(lines) == 1 and "{{" not in panel.targets[0].legend and len(panel.targets) == 1:
        return []
    rows: list[list[tuple[int, str]]] = [[]]
    room = at.width
    for index, line in enumerate(lines):
        name = svg.cut(line.name, at.width / 2, 10)
        needed = SWATCH + svg.width_of(name, 11.5) + 10
        if needed > room:
            rows.append([])
            room = at.width
        rows[-1].append((index, name))
        room -= needed
    return rows


def _legend_lines(panel: Panel, lines: Sequence[Line], at: Frame) -> int:
    return min(MOST_LEGEND_LINES, len(_legend_rows(panel, lines, at)))


def _legend(panel: Panel, lines: Sequence[Line], at: Frame) -> list[str]:
    rows = _legend_rows(panel, lines, at)
    shown = rows[:MOST_LEGEND_LINES]
    elements = []
    y = at.bottom - LEGEND_LINE * len(shown) + LEGEND_LINE - 2
    for row in shown:
        x = at.left
        for index, name in row:
            elements.append(svg.box(x, y - 5, 10, 3, _colour(index)))
            elements.append(svg.text((x + 14, y), name, size=10, fill=svg.INK))
            x += SWATCH + svg.width_of(name, 11.5) + 10
        y += LEGEND_LINE
    hidden = sum(len(row) for row in rows[MOST_LEGEND_LINES:])
    if hidden:
        corner = (at.right, at.bottom - 2)
        elements.append(svg.text(corner, f"+{hidden}", size=10, fill=svg.FAINT, anchor="end"))
    return elements


def _bars(panel: Panel, lines: Sequence[Line], at: Frame, _times: Sequence[str]) -> list[str]:
    known = [(line.name, line.last or 0.0) for line in lines]
    high = panel.most or max([value for _, value in known] + [1.0])
    height = min(22.0, at.height / len(known))
    name_width = at.width * 0.5
    elements = []
    for index, (name, value) in enumerate(known):
        y = at.top + index * height
        colour = level(panel.limits, value) if panel.limits else _colour(index)
        left, width = at.left + name_width, at.width * 0.36
        shown = svg.cut(name, name_width - 6, 10)
        elements += [
            svg.text((left - 6, y + height / 2 + 3.5), shown, size=10, anchor="end"),
            svg.box(left, y + 2, width, height - 4, svg.GRID),
            svg.box(left, y + 2, max(1.5, width * value / high), height - 4, colour),
            svg.text(
                (left + width + 6, y + height / 2 + 3.5),
                words.said(panel.unit, value, panel.decimals),
                size=10,
                fill=colour,
            ),
        ]
    return elements


def _states(panel: Panel, lines: Sequence[Line], at: Frame, times: Sequence[str]) -> list[str]:
    name_width = at.width * 0.36
    plot = Frame(
        at.left + name_width, at.top, at.width - name_width - 4, at.height - TIME_HEIGHT - 20
    )
    height = min(36.0, plot.height / len(lines))
    elements = []
    for index, line in enumerate(lines):
        y = plot.top + index * height
        shown = svg.cut(line.name, name_width - 8, 10)
        elements.append(
            svg.text((plot.left - 6, y + height / 2 + 3.5), shown, size=10, anchor="end")
        )
        width = plot.width / len(line.values)
        for start, end, value in _runs(line.values):
            colour = svg.GRID if value is None or not panel.limits else level(panel.limits, value)
            elements.append(
                svg.box(plot.left + start * width, y + 3, (end - start) * width, height - 6, colour)
            )
    bottom = Frame(plot.left, plot.top, plot.width, height * len(lines))
    for index, name in enumerate(times):
        x = plot.left + plot.width * index / (len(times) - 1)
        anchor = "end" if index == len(times) - 1 else "middle" if index else "start"
        elements.append(
            svg.text((x, bottom.bottom + 14), name, size=10, fill=svg.FAINT, anchor=anchor)
        )
    return [*elements, *_meanings(panel, at)]


def _meanings(panel: Panel, at: Frame) -> list[str]:
    x, elements = at.left, []
    for value, name in sorted((panel.names or {}).items(), reverse=True):
        colour = level(panel.limits, float(value)) if panel.limits else svg.INK
        elements += [
            svg.box(x, at.bottom - 10, 10, 8, colour),
            svg.text((x + 14, at.bottom - 2), name, size=10),
        ]
        x += SWATCH + svg.width_of(name, 11.5) + 10
    return elements


def _runs(values: Sequence[float | None]) -> list[tuple[int, int, float | None]]:
    """Return where the same value stands, from a step to the one after it."""
    found: list[tuple[int, int, float | None]] = []
    for index, value in enumerate(values):
        if found and found[-1][2] == value:
            found[-1] = (found[-1][0], index + 1, value)
        else:
            found.append((index, index + 1, value))
    return found


def _stacked(lines: Sequence[Line]) -> list[Line]:
    """Return each line on top of those before it."""
    total = [0.0] * len(lines[0].values)
    found = []
    for line in lines:
        total = [below + (value or 0.0) for below, value in zip(total, line.values, strict=True)]
        found.append(Line(line.name, tuple(total)))
    return found


def _points(
    values: Sequence[float | None], at: Frame, low: float, high: float
) -> list[list[Point]]:
    """Return the parts of a line between its gaps."""
    parts: list[list[Point]] = [[]]
    for index, value in enumerate(values):
        if value is None:
            parts.append([])
            continue
        x = at.left + at.width * index / (len(values) - 1)
        share = min(1.0, max(0.0, (value - low) / (high - low)))
        parts[-1].append((x, at.bottom - share * at.height))
    return [part for part in parts if part]


def _colour(index: int) -> str:
    return svg.SERIES[index % len(svg.SERIES)]
