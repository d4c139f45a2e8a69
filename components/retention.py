"""How long a bucket keeps what was replaced, and what is in it.

Owns the numbers for each thing that the platform keeps. Does not own the rules that the clouds make
of them: each cloud's `object_store` does.
"""

from dataclasses import dataclass

from infra.spec.logs import LogsSpec


@dataclass(frozen=True)
class Retention:
    """What the rules of a bucket delete by themselves."""

    old_version_days: int
    """How long what was overwritten or deleted can be brought back."""
    object_days: int | None = None
    """How long an object stays at all; None: until somebody deletes it."""
    colder: "Colder | None" = None
    """Which objects move to a colder storage class; None: none does."""


@dataclass(frozen=True)
class Colder:
    """Objects that move to a storage class that is cheaper to keep in, and dearer to read from.

    Each cloud's store takes one that still answers at once.
    """

    days: int
    """Age from which on they move."""
    prefix: str
    """How their names begin."""


WEIGHTS = Retention(old_version_days=30)
"""Nobody overwrites a checkpoint but by mistake, and old versions are few."""
VECTORS = Retention(old_version_days=7)
"""Milvus deletes all day: its log once the rows lie in segments, segments once they were merged.
Each day of old versions costs what was written in a day, several times over. Backups are what goes
back further; a week is for objects that something else deleted, over a weekend at that."""


def traces(days: int) -> Retention:
    """Return that of traces, of which nobody brings one back.

    Tempo deletes by itself; the rule, two days later, is for what it left when it was switched off.
    """
    return Retention(old_version_days=1, object_days=days + 2)


def backups(days: int) -> Retention:
    """Return that of backups: one that was made too short can be undone for a week."""
    return Retention(old_version_days=7, object_days=days)


LEFT_OVER_DAYS = 7
"""After Loki should have deleted a line the bucket does: what it lost track of is nobody's."""


def logs(spec: LogsSpec, chunks: str) -> Retention:
    """Return that of logs, of which only the chunks, named `chunks` and on, get cold.

    Loki deletes all day what is too old; a day is for what something else deleted.
    """
    return Retention(
        old_version_days=1,
        object_days=spec.keep_days + LEFT_OVER_DAYS,
        colder=Colder(spec.hot_days, chunks) if spec.moves else None,
    )
