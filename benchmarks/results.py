"""What measurements mean: ratios of the two programs, growth from one size to another, bounds.

Owns the quantities, the arithmetic and the limits. A ratio is the median over rounds of two
neighbours' ratio: what else the machine did hits both. Seconds are never judged.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from statistics import median

from benchmarks.usage import Usage

PREVIEW_LIMIT = 2.0
"""A preview takes at most twice what the flat program's takes."""
GROWTH_LIMIT = 1.0
"""No worse than linear."""
GROWTH_TOLERANCE = 0.1
"""What two sizes, measured minutes apart, may differ by without a reason in the program."""


class Program(StrEnum):
    """The two that are compared."""

    OURS = "ours"
    """`infra/__main__.py`."""
    FLAT = "flat"
    """The same resources in one file of plain SDK calls."""


class Step(StrEnum):
    """What the engine does in a round, in this order."""

    PREVIEW = "preview"
    """With nothing there."""
    UP = "up"
    AGAIN = "preview again"
    """With everything there, and nothing to change."""
    DESTROY = "destroy"
    """Does not run the program."""


PREVIEWS = (Step.PREVIEW, Step.AGAIN)


@dataclass(frozen=True)
class Measurement:
    """One command of the engine."""

    round: int
    program: Program
    step: Step
    seconds: float
    usage: Usage | None
    """What the program's process took; none where no program runs."""


@dataclass(frozen=True)
class Quantity:
    """One thing that is measured, with what must hold for it."""

    name: str
    unit: str
    steps: tuple[Step, ...]
    of: Callable[[Measurement], float]
    ratio_limit: float | None = None
    """Ours to flat; none where it is only shown."""
    may_grow: bool = False
    """Whether it may grow faster than the resources do."""


def _seconds(item: Measurement) -> float:
    return item.seconds


def _used(item: Measurement) -> Usage:
    if item.usage is None:
        message = f"{item.step} of {item.program}: what the program took was not measured"
        raise ValueError(message)
    return item.usage


QUANTITIES = (
    Quantity("preview", "s", (Step.PREVIEW,), _seconds, PREVIEW_LIMIT),
    Quantity("up", "s", (Step.UP,), _seconds),
    Quantity("preview again", "s", (Step.AGAIN,), _seconds, PREVIEW_LIMIT),
    Quantity("destroy", "s", (Step.DESTROY,), _seconds, may_grow=True),
    # A preview's time is mostly the engine's and its plugins'; this is the program's own share.
    Quantity("program CPU", "s", PREVIEWS, lambda item: _used(item).cpu_seconds, PREVIEW_LIMIT),
    Quantity("program memory", "MiB", PREVIEWS, lambda item: _used(item).peak_mib, PREVIEW_LIMIT),
)


@dataclass(frozen=True)
class SizeResult:
    """Everything that was measured for one size of the stack."""

    times: int
    """How many times the stack's pools and models."""
    resources: int
    """Resources that a provider manages, the same in both programs."""
    measurements: Sequence[Measurement]

    def median(self, program: Program, quantity: Quantity) -> float:
        """Return the median over rounds."""
        return median(self._values(program, quantity))

    def ratios(self, quantity: Quantity) -> list[float]:
        """Return ours to flat, round by round."""
        ours, flat = (self._values(program, quantity) for program in Program)
        return [mine / other for mine, other in zip(ours, flat, strict=True)]

    def _values(self, program: Program, quantity: Quantity) -> list[float]:
        return [
            quantity.of(item)
            for item in self.measurements
            if item.program is program and item.step in quantity.steps
        ]


@dataclass(frozen=True)
class Growth:
    """What happens to a program as the stack grows, against its number of resources."""

    small: SizeResult
    large: SizeResult

    @property
    def resources(self) -> float:
        """How many times the resources."""
        return self.large.resources / self.small.resources

    def of(self, quantity: Quantity, program: Program) -> float:
        """Return growth of a quantity over growth of resources; 1 is linear, less is better."""
        grown = self.large.median(program, quantity) / self.small.median(program, quantity)
        return grown / self.resources


@dataclass(frozen=True)
class Bound:
    """One thing that must hold."""

    what: str
    value: float
    limit: float

    @property
    def holds(self) -> bool:
        """Say whether it does."""
        return self.value <= self.limit


def bounds(results: Sequence[SizeResult]) -> Iterator[Bound]:
    """Yield everything that must hold for these sizes, the smallest first."""
    for result in results:
        for quantity in QUANTITIES:
            if quantity.ratio_limit is not None:
                what = f"x{result.times} {quantity.name}, ours / flat"
                yield Bound(what, median(result.ratios(quantity)), quantity.ratio_limit)
    for small, large in pairwise(results):
        for quantity in QUANTITIES:
            if not quantity.may_grow:
                what = f"x{large.times} {quantity.name}, growth / growth of resources"
                value = Growth(small, large).of(quantity, Program.OURS)
                yield Bound(what, value, GROWTH_LIMIT + GROWTH_TOLERANCE)
