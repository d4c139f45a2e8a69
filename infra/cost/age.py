"""How old a price may be before a person is warned, and before it is no answer any more.

Only the command line asks: a library that fails with the calendar would break a build that nobody
touched. Machines move most: p5.48xlarge lost 44 % in one cut of 2025; spot moves within hours; list
prices of services have stood for years.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from infra.cost.model import Line


@dataclass(frozen=True, kw_only=True)
class Limit:
    """Days after which a kind of price warns, and fails."""

    kind: str
    warn_days: int
    fail_days: int


SPOT = Limit(kind="spot", warn_days=30, fail_days=180)
MACHINE = Limit(kind="machines", warn_days=180, fail_days=400)
SERVICE = Limit(kind="services", warn_days=1100, fail_days=1800)


@dataclass(frozen=True, kw_only=True)
class Aged:
    """The oldest price of a kind, when it is old."""

    limit: Limit
    days: int
    source: str
    source_date: str
    too_old: bool

    def __str__(self) -> str:
        """Return a sentence."""
        word = "too old" if self.too_old else "old"
        return (
            f"prices of {self.limit.kind} are {word}: {self.days} days, warned about after "
            f"{self.limit.warn_days}, refused after {self.limit.fail_days} ({self.source}, "
            f"{self.source_date})"
        )


def limit_of(line: Line) -> Limit:
    """Return how old the price of a line may be."""
    if line.item.endswith(" as spot"):
        return SPOT
    return MACHINE if line.on_demand_machine else SERVICE


def aged(lines: Iterable[Line], as_of: date) -> tuple[Aged, ...]:
    """Return the oldest price of each kind that is old on a day, those that are too old first."""
    oldest: dict[str, Aged] = {}
    for line in lines:
        if not line.source_date:
            continue
        limit = limit_of(line)
        days = (as_of - date.fromisoformat(line.source_date)).days
        if days > limit.warn_days and days > (
            oldest[limit.kind].days if limit.kind in oldest else 0
        ):
            oldest[limit.kind] = Aged(
                limit=limit,
                days=days,
                source=line.source,
                source_date=line.source_date,
                too_old=days > limit.fail_days,
            )
    return tuple(sorted(oldest.values(), key=lambda one: not one.too_old))
