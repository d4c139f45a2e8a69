"""What measurements mean: ratios of the two programs, growth from one size to another, bounds.

Owns the arithmetic and the limits. A ratio is the median over rounds of two neighbours' ratio: what
else the machine did hits both. Seconds are never judged.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from statistics import median

PREVIEW_LIMIT = 2.0
"""A preview takes at most twice the time and memory of the flat program's."""
GROWTH_LIMIT = 1.0
GROWTH_TOLERANCE = 0.1
"""What two cores leave as noise between two sizes of one run."""


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
    AGAIN = "preview, unchanged"
    DESTROY = "destroy"
    """Does not run the program."""


PREVIEWS = (Step.PREVIEW, Step.AGAIN)
JUDGED = (Step.PREVIEW, Step.UP, Step.AGAIN)


@dataclass(frozen=True)
class Measurement:
    """One command of the engine."""

    round: int
    program: Program
    step: Step
    seconds: float
    peak_mib: float | None
    """Peak memory of the program's process; none where no program runs."""


@dataclass(frozen=True)
class SizeResult:
    """Everything that was measured for one size of the stack."""

    times: int
    """How many times the stack's pools and models."""
    resources: int
    """Resources that a provider manages, the same in both programs."""
    measurements: Sequence[Measurement]

    def seconds(self, program: Program, step: Step) -> float:
        """Return the median duration."""
        return median(item.seconds for item in self._of(program, step))

    def peak_mib(self, program: Program) -> float:
        """Return the median over the previews of the program's peak memory."""
        return median(_peak(item) for step in PREVIEWS for item in self._of(program, step))

    def ratios(self, step: Step) -> list[float]:
        """Return ours to flat in time, round by round."""
        return self._paired([step], lambda item: item.seconds)

    def memory_ratios(self) -> list[float]:
        """Return ours to flat in peak memory, preview by preview."""
        return self._paired(PREVIEWS, _peak)

    def _of(self, program: Program, step: Step) -> list[Measurement]:
        return [item for item in self.measurements if item.program is program and item.step is step]

    def _paired(self, steps: Sequence[Step], of: Callable[[Measurement], float]) -> list[float]:
        return [
            of(ours) / of(flat)
            for step in steps
            for ours, flat in zip(
                self._of(Program.OURS, step), self._of(Program.FLAT, step), strict=True
            )
        ]


@dataclass(frozen=True)
class Growth:
    """What happens to our program as the stack grows, against its number of resources."""

    small: SizeResult
    large: SizeResult

    @property
    def resources(self) -> float:
        """How many times the resources."""
        return self.large.resources / self.small.resources

    def of_seconds(self, step: Step, program: Program = Program.OURS) -> float:
        """Return growth of time over growth of resources; 1 is linear, less is better."""
        grown = self.large.seconds(program, step) / self.small.seconds(program, step)
        return grown / self.resources

    def of_memory(self, program: Program = Program.OURS) -> float:
        """Return growth of peak memory over growth of resources."""
        return self.large.peak_mib(program) / self.small.peak_mib(program) / self.resources


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
        for step in PREVIEWS:
            what = f"{step}, ours to flat, x{result.times}"
            yield Bound(what, median(result.ratios(step)), PREVIEW_LIMIT)
        what = f"peak memory of a preview, ours to flat, x{result.times}"
        yield Bound(what, median(result.memory_ratios()), PREVIEW_LIMIT)
    for small, large in pairwise(results):
        growth = Growth(small, large)
        limit = GROWTH_LIMIT + GROWTH_TOLERANCE
        for step in JUDGED:
            what = f"growth of {step} to that of resources, x{large.times}"
            yield Bound(what, growth.of_seconds(step), limit)
        what = f"growth of peak memory to that of resources, x{large.times}"
        yield Bound(what, growth.of_memory(), limit)


def _peak(item: Measurement) -> float:
    if item.peak_mib is None:
        message = f"{item.step} of {item.program}: its peak memory was not measured"
        raise ValueError(message)
    return item.peak_mib
