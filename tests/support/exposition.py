"""Reads what a program answers at `/metrics`: names, types, helps and samples, as they stand there.

Samples are read by Prometheus' own client, which is not told the types: it would append `_total` to
the counters of programs that do not (prometheus-client 0.26.0, parser.py, 2026-11).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from prometheus_client.parser import text_string_to_metric_families

from infra.catalog.metric_lists import Kind, Metric

BORN = "_created"
"""End of the names by which Python's client says when a counter began."""


@dataclass(frozen=True)
class Sample:
    """One line."""

    name: str
    labels: Mapping[str, str]
    value: float


@dataclass(frozen=True)
class Family:
    """What stands above samples of one metric."""

    name: str
    kind: str
    help: str


def samples(text: str) -> list[Sample]:
    """Return all samples, in their order."""
    bare = "\n".join(line for line in text.splitlines() if not line.startswith("#")) + "\n"
    return [
        Sample(one.name, dict(one.labels), one.value)
        for family in text_string_to_metric_families(bare)
        for one in family.samples
    ]


def families(text: str) -> dict[str, Family]:
    """Return every metric that has a type, by name."""
    helps = dict(_said(text, "HELP"))
    return {name: Family(name, kind, helps.get(name, "")) for name, kind in _said(text, "TYPE")}


def family_of(name: str, known: Mapping[str, Family]) -> Family | None:
    """Return the metric that a sample belongs to."""
    for end in ("", "_bucket", "_sum", "_count"):
        family = known.get(name.removesuffix(end)) if name.endswith(end) else None
        if family is not None:
            return family
    return None


def tells_birth(name: str, known: Mapping[str, Family]) -> bool:
    """Say whether a name only tells when another metric began."""
    stem = name.removesuffix(BORN)
    return name.endswith(BORN) and any(one in known for one in (stem, f"{stem}_total"))


def metrics(*texts: str) -> tuple[Metric, ...]:
    """Return the metrics of several answers of one program, each with every label seen on it."""
    known: dict[str, Family] = {}
    labels: dict[str, set[str]] = {}
    for text in texts:
        known |= families(text)
        for sample in samples(text):
            if family := family_of(sample.name, known):
                labels.setdefault(family.name, set()).update(sample.labels)
    return tuple(
        Metric(
            name,
            Kind(family.kind),
            frozenset(labels.get(name, set()) - {"le"}),
            " ".join(family.help.replace("\\n", " ").split()),
        )
        for name, family in sorted(known.items())
        if not tells_birth(name, known)
    )


def _said(text: str, word: str) -> Iterator[tuple[str, str]]:
    """Yield name and text of the comments of one kind."""
    for line in text.splitlines():
        if line.startswith(f"# {word} "):
            _, _, name, *rest = line.split(" ", 3)
            yield name, "".join(rest)
