"""What a cloud said of one machine type, before anybody believes it."""

from dataclasses import dataclass, field
from decimal import Decimal

Span = tuple[Decimal, Decimal, Decimal]
"""US dollars an hour in the cheapest zone, the median of the zones, the dearest zone."""


@dataclass(frozen=True, kw_only=True)
class Quote:
    """Prices of one machine type in one region, US dollars an hour."""

    machine: str
    on_demand: Decimal | None = None
    """None: the cloud gave none."""
    spot: Span | None = None
    """None: the cloud gave none. One price for a whole region stands three times."""
    parts: dict[str, Decimal] = field(default_factory=dict)
    """Prices of the parts of which a price is the sum, by name; empty where it is given whole."""
    troubles: tuple[str, ...] = ()
    """Why a price could not be read off the answer."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What one cloud said of one region."""

    cloud: str
    region: str
    source: str
    source_date: str
    """The day on which it was asked, ISO 8601."""
    quotes: tuple[Quote, ...]


def median(prices: list[Decimal]) -> Decimal:
    """Return the middle one, or the mean of the two in the middle."""
    ordered, half = sorted(prices), len(prices) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
