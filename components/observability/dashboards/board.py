"""Dashboards as plain values: panels, where they stand, what they ask and where normal ends.

Owns their form, the grid that they stand on, and what any of them must hold. Does not own how
Grafana writes them down (`grafana`), nor what a dashboard shows (one module each).
Why a layer of ours over Grafana's own types: these are frozen and checked, and the pictures in the
docs and the tests that ask a real Prometheus read the same values as Grafana does.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

GRID_COLUMNS = 24
"""Width of Grafana's grid."""
ROW_HEIGHT = 1
MOST_SERIES = 12
"""Lines of one panel: more than a dozen colours nobody tells apart."""
RATE_INTERVAL = "$__rate_interval"
_VARIABLE = re.compile(r"\$(?:\{([a-z_]\w*)\}|([a-z_]\w*))")
_BUILT_IN: Mapping[str, str] = {
    "__rate_interval": "5m",
    "__range": "6h",
    "__interval": "1m",
    "__auto": "1m",
}
"""What Grafana would put there for six hours of samples every 30 s, on a wide screen."""


class Kind(StrEnum):
    """How a panel is drawn: the name of Grafana's own plugin."""

    LINES = "timeseries"
    STAT = "stat"
    BARS = "bargauge"
    STATES = "state-timeline"
    LOGS = "logs"


class Source(StrEnum):
    """Who answers: the type of Grafana's data source."""

    PROMETHEUS = "prometheus"
    LOKI = "loki"
    """In LogQL, not PromQL."""


class Unit(StrEnum):
    """Units, as Grafana names them."""

    NUMBER = "short"
    SECONDS = "s"
    MILLISECONDS = "ms"
    RATIO = "percentunit"
    BYTES = "bytes"
    MEBIBYTES = "mbytes"
    BYTES_PER_SECOND = "Bps"
    REQUESTS_PER_SECOND = "reqps"
    OPERATIONS_PER_SECOND = "ops"
    TOKENS_PER_SECOND = "suffix: tok/s"
    TOKENS = "suffix: tok"
    CELSIUS = "celsius"
    WATTS = "watt"
    MEGAHERTZ = "suffix: MHz"
    DAYS = "d"
    USD = "currencyUSD"
    USD_PER_HOUR = "suffix: $/h"
    YES_NO = "bool_yes_no"


class Level(StrEnum):
    """What it means when a value is at or past a limit."""

    GOOD = "green"
    WATCH = "orange"
    BAD = "red"


@dataclass(frozen=True)
class Limit:
    """Where a level begins, in the panel's unit."""

    at: float
    level: Level


@dataclass(frozen=True)
class Limits:
    """The levels of a panel: the one below all limits, and those that begin further up."""

    below: Level
    steps: tuple[Limit, ...]

    def __post_init__(self) -> None:
        """Refuse steps that do not go up."""
        starts = [step.at for step in self.steps]
        if not starts or starts != sorted(set(starts)):
            message = f"limits: steps must go up, got {starts}; sort them, each once"
            raise ValueError(message)


def bad_above(limit: float) -> Limits:
    """Return limits of what must stay low."""
    return Limits(Level.GOOD, (Limit(limit, Level.BAD),))


def bad_below(limit: float) -> Limits:
    """Return limits of what must stay high."""
    return Limits(Level.BAD, (Limit(limit, Level.GOOD),))


def watch_then_bad(watch: float, bad: float) -> Limits:
    """Return limits of what is looked at from one value on, and mended from another."""
    return Limits(Level.GOOD, (Limit(watch, Level.WATCH), Limit(bad, Level.BAD)))


def bad_then_watch(bad: float, watch: float) -> Limits:
    """Return limits of what is bad below one value, and good only above another."""
    return Limits(Level.BAD, (Limit(bad, Level.WATCH), Limit(watch, Level.GOOD)))


@dataclass(frozen=True)
class Target:
    """One query of a panel."""

    expr: str
    """PromQL, or LogQL where Loki answers, with variables of the dashboard as `$name`."""
    legend: str
    """Name of its series; `{{label}}` is the value of a label."""


@dataclass(frozen=True)
class Panel:
    """One picture: a title that says what, a description that says how to read it."""

    title: str
    description: str
    """How to read it, and what to do when it looks wrong."""
    unit: Unit
    targets: tuple[Target, ...]
    kind: Kind = Kind.LINES
    source: Source = Source.PROMETHEUS
    limits: Limits | None = None
    alerts: tuple[str, ...] = ()
    """Alerts that watch the same thing: their runbooks are what to do."""
    width: int = 8
    height: int = 8
    stacked: bool = False
    decimals: int | None = None
    most: float | None = None
    """Upper end of the scale, where it is known: 1 of a ratio."""
    names: Mapping[str, str] | None = None
    """Words for values, `{"1": "up", "0": "down"}`."""
    nothing: str = "no data"
    """What is said when no query has an answer."""
    more: str = ""
    """The dashboard that says more, by its uid."""

    def __post_init__(self) -> None:
        """Refuse a panel that asks nothing or does not say how to read it."""
        wrong = [
            *(["targets: none; a panel asks at least one query"] if not self.targets else []),
            *(
                [f"description: got {self.description!r}; say how to read it, and what to do"]
                if not self.description.endswith(".")
                else []
            ),
            *(
                [f"width: got {self.width}; 1 to {GRID_COLUMNS}"]
                if not 0 < self.width <= GRID_COLUMNS
                else []
            ),
        ]
        if wrong:
            message = f"panel {self.title!r}: " + "; ".join(wrong)
            raise ValueError(message)


@dataclass(frozen=True)
class Row:
    """Panels that answer one question, below its title."""

    title: str
    panels: tuple[Panel, ...]


@dataclass(frozen=True)
class Variable:
    """A choice at the top of a dashboard, whose values are those of a label."""

    name: str
    label: str
    query: str
    """Series whose label is read."""
    of: str
    """The label."""
    hidden: bool = False
    """Follows from another choice."""

    @property
    def asked(self) -> str:
        """The query in Grafana's words."""
        return f"label_values({self.query}, {self.of})"


@dataclass(frozen=True)
class Place:
    """Where something stands on the grid, from the upper left corner."""

    x: int
    y: int
    width: int
    height: int

    def overlaps(self, other: "Place") -> bool:
        """Return whether both cover one cell."""
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )


class Role(StrEnum):
    """What a query of a dashboard is for."""

    PANEL = "panel"
    VARIABLE = "variable"
    ANNOTATION = "annotation"
    """May well have no answer: what it marks did not happen."""


@dataclass(frozen=True)
class Query:
    """A query as Prometheus gets it: variables are replaced by all that they can be."""

    panel: str
    expr: str
    role: Role
    legend: str = ""


@dataclass(frozen=True)
class Dashboard:
    """A dashboard: the question that it answers, its choices, and its rows from top to bottom."""

    uid: str
    """Fixed: links, bookmarks and alerts name it."""
    title: str
    description: str
    variables: tuple[Variable, ...]
    rows: tuple[Row, ...]

    @property
    def panels(self) -> tuple[Panel, ...]:
        """Every panel, from top to bottom."""
        return tuple(panel for row in self.rows for panel in row.panels)

    @property
    def measured(self) -> tuple[Panel, ...]:
        """Panels that Prometheus answers, which are all but those of logs."""
        return tuple(panel for panel in self.panels if panel.source is Source.PROMETHEUS)

    def placed(self) -> tuple[tuple[Row | Panel, Place], ...]:
        """Return rows and panels with their places: left to right, a new line where one is full."""
        found: list[tuple[Row | Panel, Place]] = []
        top = 0
        for row in self.rows:
            found.append((row, Place(0, top, GRID_COLUMNS, ROW_HEIGHT)))
            left, top, tallest = 0, top + ROW_HEIGHT, 0
            for panel in row.panels:
                if left + panel.width > GRID_COLUMNS:
                    left, top, tallest = 0, top + tallest, 0
                found.append((panel, Place(left, top, panel.width, panel.height)))
                left, tallest = left + panel.width, max(tallest, panel.height)
            top += tallest
        return tuple(found)

    def queries(self) -> tuple[Query, ...]:
        """Return what Prometheus is asked, as it gets it with every choice at `All`."""
        of_panels = [
            Query(panel.title, self.replaced(target.expr), Role.PANEL, target.legend)
            for panel in self.measured
            for target in panel.targets
        ]
        of_variables = [
            Query(f"${variable.name}", self.replaced(variable.query), Role.VARIABLE)
            for variable in self.variables
        ]
        return (*of_variables, *of_panels, Query("alerts", FIRING, Role.ANNOTATION))

    def replaced(self, expr: str) -> str:
        """Return an expression without variables.

        Raises:
            ValueError: it names a variable that the dashboard does not have.
        """
        known = {**_BUILT_IN, **{variable.name: ALL for variable in self.variables}}

        def value(match: re.Match[str]) -> str:
            name = match.group(1) or match.group(2)
            if name not in known:
                message = f"{self.uid}: ${name} is no variable of it, got {expr!r}"
                raise ValueError(message)
            return known[name]

        return _VARIABLE.sub(value, expr)


ALL = ".+"
"""What a choice is when all are chosen: every value that is there."""
FIRING = 'ALERTS{alertstate="firing", severity="page"}'
"""Marked on every dashboard: when somebody was called."""
