"""The words for a bill: an amount as a range, one line, an estimate.

Money is `Decimal` US dollars, list prices without tax; a month has 730 hours. What has no price has
no number: never zero.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from infra.cost.commitment import Commitment

HOURS_PER_MONTH = Decimal(730)
ZERO = Decimal(0)


class Bucket(StrEnum):
    """How sure a line is."""

    PRICED = "priced"
    """Follows from the stack alone."""
    USAGE = "usage"
    """Depends on use: the line names its assumption."""
    UNPRICED = "unpriced"
    """Costs money, and no number is known: the line names why."""


@dataclass(frozen=True, kw_only=True)
class Span:
    """An amount at least, as expected, at most.

    Raises:
        ValueError: The three are not in order.
    """

    minimum: Decimal
    expected: Decimal
    maximum: Decimal

    def __post_init__(self) -> None:
        if not self.minimum <= self.expected <= self.maximum:
            message = (
                "span: must be minimum <= expected <= maximum, got "
                f"{self.minimum}, {self.expected}, {self.maximum}"
            )
            raise ValueError(message)

    def __add__(self, other: "Span") -> "Span":
        return Span(
            minimum=self.minimum + other.minimum,
            expected=self.expected + other.expected,
            maximum=self.maximum + other.maximum,
        )

    def __mul__(self, other: "Span | Decimal | int") -> "Span":
        """Multiply by a number, or end by end by another span. Neither may be negative."""
        by = other if isinstance(other, Span) else exactly(other)
        return Span(
            minimum=self.minimum * by.minimum,
            expected=self.expected * by.expected,
            maximum=self.maximum * by.maximum,
        )


def exactly(amount: Decimal | int) -> Span:
    """Return the span of an amount that does not vary."""
    value = Decimal(amount)
    return Span(minimum=value, expected=value, maximum=value)


def span(minimum: Decimal | int, expected: Decimal | int, maximum: Decimal | int) -> Span:
    """Return a span; shorter where all three are at hand."""
    return Span(minimum=Decimal(minimum), expected=Decimal(expected), maximum=Decimal(maximum))


NOTHING = exactly(0)


def total(spans: Iterable[Span]) -> Span:
    """Return the sum; of nothing, zero."""
    result = NOTHING
    for one in spans:
        result += one
    return result


@dataclass(frozen=True, kw_only=True)
class Line:
    """One thing that is billed."""

    urn: str
    """Resource that it is billed for."""
    resource: str
    """Its logical name."""
    item: str
    """What of it: `g6.2xlarge on demand`, `NAT gateway`."""
    bucket: Bucket
    unit: str
    """`hour`, `GB`, `GB-month`; empty where not even that is known."""
    quantity_per_month: Span | None
    """None where it is not known."""
    usd_per_unit: Span | None
    """Spot: low, median, high. None: no price is known."""
    usd_per_month: Span | None
    """None: no number is known."""
    on_demand_machine: str = ""
    """Machine type, on lines of nodes that are bought on demand; else empty."""
    gpu: str | None = None
    """GPU by its name in the catalogue, on lines of GPU nodes."""
    gpus: Span | None = None
    """How many, at least, as expected, at most."""
    assumption: str = ""
    """What the numbers rest on; of an unpriced line, why it has none."""
    source: str = ""
    """Where the price comes from."""
    source_date: str = ""
    """Date of the source, ISO 8601."""
    unread: bool = False
    """Whether a value that decides is missing, of another kind, or not known yet: no price list
    would help, and no sum without it is a bill."""

    def __post_init__(self) -> None:
        if (self.bucket is Bucket.UNPRICED) != (self.usd_per_month is None):
            message = f"line {self.resource}, {self.item}: unpriced and no number go together"
            raise ValueError(message)

    @property
    def usd_per_hour_at_most(self) -> Decimal | None:
        """What it costs in an hour with everything scaled out; None when no number is known."""
        if self.usd_per_month is None:
            return None
        return self.usd_per_month.maximum / HOURS_PER_MONTH


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """The bill of a stack for a month."""

    stack: str
    cloud: str
    region: str
    as_of: date
    """Day that versions and prices are looked at from."""
    lines: tuple[Line, ...]
    commitment: "Commitment | None" = None
    """What of it is bought for a term; None: nothing."""

    @property
    def total(self) -> Span:
        """Sum of what has a number, per month. `unpriced` names the rest."""
        return total(line.usd_per_month for line in self.lines if line.usd_per_month)

    def by_bucket(self) -> Mapping[Bucket, tuple[Line, ...]]:
        """Return the lines of each bucket."""
        return {
            bucket: tuple(line for line in self.lines if line.bucket is bucket) for bucket in Bucket
        }

    @property
    def unpriced(self) -> tuple[Line, ...]:
        """What costs money and has no number."""
        return self.by_bucket()[Bucket.UNPRICED]

    @property
    def usd_per_hour_at_most(self) -> Decimal:
        """One hour with every pool at its maximum, as far as it has a number."""
        return self.total.maximum / HOURS_PER_MONTH

    @property
    def gpus(self) -> Mapping[str, Span]:
        """GPUs by model, at least, as expected, at most."""
        found: dict[str, Span] = {}
        for line in self.lines:
            if line.gpu is not None and line.gpus is not None:
                found[line.gpu] = found.get(line.gpu, NOTHING) + line.gpus
        return found
