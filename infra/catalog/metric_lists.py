"""Pinned lists of the metrics that exporters of this platform give: one exporter and version each.

Owns the form of `metrics/*.csv`, how far each list can be trusted (`Mark`), and which series and
labels a name stands for. Does not own expressions, nor how a target is scraped: what a scrape adds
to the series of a job is said in the list's head, and a test holds the monitors to it.

A list's head is lines of `# key: value`; below it one metric family a line: name, type, its own
labels with blanks between, help. `_bucket`, `_sum` and `_count` of a histogram are made here.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("metrics")
NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
COLUMNS = ["metric", "type", "labels", "help"]
QUANTILE = "quantile"
YES_OR_NO = {"yes": True, "no": False}
TARGET_LABELS = frozenset({"job", "instance"})
"""What Prometheus itself gives every series that it scrapes (prometheus.io, "Jobs and
instances", 2026)."""


class MetricListError(ValueError):
    """A list that cannot be read; the message says file, line and what is wrong."""


class Mark(StrEnum):
    """How a list came to be, and so how far it can be trusted."""

    READ_LIVE = "read live"
    """Read off a running program of that version."""
    SOURCE = "source at commit"
    """Read in the program's source, at the commit that the list names."""
    UNVERIFIED = "unverified"
    """As remembered, or of another version: no alert that wakes somebody may rest on it."""


class Kind(StrEnum):
    """Types of metrics, in Prometheus' words."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"
    SUMMARY = "summary"
    UNTYPED = "untyped"


@dataclass(frozen=True)
class Series:
    """What can be asked for by one name."""

    name: str
    kind: Kind
    """Type of the values: buckets, sums and counts of a histogram are counters."""
    labels: frozenset[str]
    """All labels that it may carry, with those that the scrape adds."""
    of: "MetricList"
    """The list that has it."""


@dataclass(frozen=True)
class Metric:
    """One family of a list."""

    name: str
    kind: Kind
    labels: frozenset[str]
    """Its own, without `le`; `quantile` among them where a summary has any."""
    help: str

    def names(self) -> Iterator[tuple[str, Kind, frozenset[str]]]:
        """Yield name, type and own labels of each series."""
        if self.kind is Kind.HISTOGRAM:
            yield f"{self.name}_bucket", Kind.COUNTER, self.labels | {"le"}
        elif self.kind is not Kind.SUMMARY:
            yield self.name, self.kind, self.labels
            return
        elif QUANTILE in self.labels:
            yield self.name, Kind.GAUGE, self.labels
        for end in ("_sum", "_count"):
            yield f"{self.name}{end}", Kind.COUNTER, self.labels - {QUANTILE}


@dataclass(frozen=True)
class MetricList:
    """The metrics of one exporter in one version."""

    exporter: str
    version: str
    mark: Mark
    source: str
    """Program and call, or repository, commit and files."""
    date: date
    """When it was read."""
    jobs: tuple[str, ...]
    """Values of the label `job` that its series carry."""
    honors_labels: bool
    """Whether its own labels win over the scrape's of the same name (`honorLabels`); else they are
    called `exported_…`."""
    scrape_labels: frozenset[str]
    """What the scrape adds besides `job` and `instance`."""
    metrics: tuple[Metric, ...]
    file: str

    def series(self) -> Iterator[Series]:
        """Yield everything that can be asked for."""
        added = self.scrape_labels | TARGET_LABELS
        for metric in self.metrics:
            for name, kind, labels in metric.names():
                yield Series(name, kind, self._kept(labels) | added, self)

    def _kept(self, labels: frozenset[str]) -> frozenset[str]:
        """Return what its own labels are called after the scrape."""
        if self.honors_labels:
            return labels
        added = self.scrape_labels | TARGET_LABELS
        return frozenset(f"exported_{label}" if label in added else label for label in labels)


@cache
def metric_lists() -> tuple[MetricList, ...]:
    """Return all lists, by file name.

    Raises:
        MetricListError: one cannot be read.
    """
    return tuple(
        read_metric_list(path.name, path.read_text(encoding="utf-8"))
        for path in sorted(FOLDER.glob("*.csv"))
    )


def series_by_name(lists: tuple[MetricList, ...]) -> Mapping[str, tuple[Series, ...]]:
    """Return what each name stands for; several exporters may have the same name."""
    found: dict[str, list[Series]] = {}
    for one in lists:
        for series in one.series():
            found.setdefault(series.name, []).append(series)
    return {name: tuple(all_of_it) for name, all_of_it in found.items()}


def read_metric_list(file: str, text: str) -> MetricList:
    """Read one list.

    Raises:
        MetricListError: its head lacks something, or a line is not a metric.
    """
    lines = text.splitlines()
    head = dict(_head_line(file, line) for line in lines if line.startswith("#"))
    rows = csv.reader(line for line in lines if not line.startswith("#"))
    if (columns := next(rows, None)) != COLUMNS:
        message = f"{file}: its columns must be {','.join(COLUMNS)}, got {columns}"
        raise MetricListError(message)
    metrics = tuple(_metric(file, row) for row in rows)
    names = [metric.name for metric in metrics]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        message = f"{file}: named twice: {', '.join(twice)}"
        raise MetricListError(message)
    try:
        return MetricList(
            exporter=head["exporter"],
            version=head["version"],
            mark=Mark(head["mark"]),
            source=head["source"],
            date=date.fromisoformat(head["date"]),
            jobs=tuple(head["jobs"].split()),
            honors_labels=YES_OR_NO[head["honor labels"]],
            scrape_labels=frozenset(head["scrape labels"].split()),
            metrics=metrics,
            file=file,
        )
    except KeyError as error:
        message = f"{file}: its head has no line `# {error.args[0]}: …`"
        raise MetricListError(message) from error
    except ValueError as error:
        message = f"{file}: {error}; marks are {', '.join(Mark)}, dates YYYY-MM-DD"
        raise MetricListError(message) from error


def _head_line(file: str, line: str) -> tuple[str, str]:
    key, colon, value = line.removeprefix("#").partition(":")
    if not colon:
        message = f"{file}: a line of its head must be `# key: value`, got {line!r}"
        raise MetricListError(message)
    return key.strip(), value.strip()


def _metric(file: str, row: list[str]) -> Metric:
    try:
        name, kind, labels, text = row
        metric = Metric(name, Kind(kind), frozenset(labels.split()), text)
    except ValueError as error:
        message = f"{file}: {','.join(row)!r} is no metric ({error}); types: {', '.join(Kind)}"
        raise MetricListError(message) from error
    if wrong := [word for word in (name, *metric.labels) if not NAME.fullmatch(word)]:
        message = f"{file}: Prometheus takes no such name: {', '.join(wrong)}"
        raise MetricListError(message)
    return metric
