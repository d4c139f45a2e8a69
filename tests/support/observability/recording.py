"""Series with a value at each step of a fixed clock, and how they come into a Prometheus.

Owns the clock and the form of a series. Does not own what happens (`scene`).
"""

import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

STEP_SECONDS = 120
"""Coarser than a scrape, so that hours fit into seconds of a test; `rate` over 5 minutes holds."""
END = 1_794_996_000
"""2026-11-18, 10:00 UTC, always: the same pictures at any time."""
SHOWN_HOURS = 6
BEFORE_HOURS = 2
"""Before what is shown, so that windows of an hour are full from the first step on."""
START = END - (SHOWN_HOURS + BEFORE_HOURS) * 3600
TIMES = tuple(range(START, END + 1, STEP_SECONDS))
HOURS = tuple((time - START) / 3600 - BEFORE_HOURS for time in TIMES)
"""Hour of each step; 0 is where pictures begin."""
OF_VALUE = "le"


def values(of_hour: Callable[[float], float]) -> list[float]:
    """Return the value at each step, from the hour."""
    return [of_hour(hour) for hour in HOURS]


def noise(name: str, by: float) -> list[float]:
    """Return a factor around 1 for each step, the same for the same name at any time."""
    drawn, last, found = random.Random(name), 0.0, []  # noqa: S311 - pictures, no secrets
    for _ in HOURS:
        last = 0.7 * last + drawn.gauss(0, by)
        found.append(max(0.05, 1 + last))
    return found


def product(*factors: Sequence[float]) -> list[float]:
    """Return the product of all, step by step."""
    return [math.prod(at) for at in zip(*factors, strict=True)]


@dataclass(frozen=True)
class Series:
    """A name and its labels."""

    name: str
    labels: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        """Return it as Prometheus writes it."""
        said = ",".join(f'{label}="{value}"' for label, value in self.labels)
        return f"{self.name}{{{said}}}"


@dataclass
class Recording:
    """Every series of a scene."""

    series: dict[Series, Sequence[float | None]] = field(default_factory=dict)
    """The value of each at each step; None: not there."""

    def gauge(
        self, name: str, labels: Mapping[str, str], at: Sequence[float | None] | float
    ) -> None:
        """Record what goes up and down."""
        known = at if isinstance(at, Sequence) else [float(at)] * len(TIMES)
        self.series[Series(name, tuple(labels.items()))] = known

    def counter(
        self, name: str, labels: Mapping[str, str], a_second: Sequence[float] | float
    ) -> None:
        """Record what only grows, from how fast it does."""
        speeds = a_second if isinstance(a_second, Sequence) else [a_second] * len(TIMES)
        total, counted = 0.0, []
        for speed in speeds:
            total += speed * STEP_SECONDS
            counted.append(total)
        self.series[Series(name, tuple(labels.items()))] = counted

    def histogram(  # noqa: PLR0913 - a histogram has as many sides
        self,
        name: str,
        labels: Mapping[str, str],
        bounds: Sequence[float],
        *,
        a_second: Sequence[float],
        median: Sequence[float],
        spread: float,
    ) -> None:
        """Record a histogram of what is spread like the logarithm of a bell."""
        for bound in (*bounds, math.inf):
            below = [
                speed * _below(bound, middle, spread)
                for speed, middle in zip(a_second, median, strict=True)
            ]
            self.counter(f"{name}_bucket", {**labels, OF_VALUE: _bound(bound)}, below)
        mean = math.exp(spread**2 / 2)
        self.counter(f"{name}_sum", labels, [each * mean for each in product(a_second, median)])
        self.counter(f"{name}_count", labels, a_second)

    def open_metrics(self) -> Iterator[str]:
        """Yield the lines of the text format, each series by itself."""
        for series, known in self.series.items():
            for time, value in zip(TIMES, known, strict=True):
                if value is not None:
                    yield f"{series} {value:.7g} {time}"


def _bound(bound: float) -> str:
    return "+Inf" if math.isinf(bound) else str(float(bound))


def _below(bound: float, median: float, spread: float) -> float:
    if math.isinf(bound):
        return 1.0
    return 0.5 * (1 + math.erf(math.log(bound / median) / (spread * math.sqrt(2))))
