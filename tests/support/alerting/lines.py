"""Values of a series over time, in promtool's notation.

Owns phases: what a series does until a minute, and from then on. The first sample is at minute 0.
"""

from dataclasses import dataclass

SECONDS = 60


@dataclass(frozen=True)
class Phase:
    """What a series does for a while."""

    until_minute: int
    """The first minute that is no longer in it."""
    level: float | None = None
    """A gauge stands there, and a counter goes on from there."""
    per_second: float | None = None
    """A counter goes up so fast; neither of the two: there is no sample."""


@dataclass(frozen=True)
class Line:
    """What a series does, phase after phase; the last one goes on for ever."""

    phases: tuple[Phase, ...]
    start: float = 0
    """Value of a counter at minute 0."""

    def values(self, minutes: int, step_minutes: int = 1) -> str:
        """Return its samples until a minute, that one included."""
        value, minute, parts = self.start, 0, []
        for number, phase in enumerate(self.phases):
            is_last = number == len(self.phases) - 1
            end = minutes + 1 if is_last else min(phase.until_minute, minutes + 1)
            count = len(range(minute, end, step_minutes))
            if count <= 0:
                continue
            minute += count * step_minutes
            if phase.level is not None:
                value = phase.level
                parts.append(f"{value:.10g}+0x{count - 1}")
            elif phase.per_second is None:
                # A target that goes is marked as stale at once.
                parts.append(f"stale _x{count - 1}".replace(" _x0", "") if parts else f"_x{count}")
            else:
                gain = phase.per_second * SECONDS * step_minutes
                parts.append(f"{value:.10g}+{gain:.10g}x{count - 1}")
                value += gain * count
        return " ".join(parts)


FOR_EVER = 10**9


def level(value: float) -> Line:
    """Return a gauge that stays where it is."""
    return Line((Phase(FOR_EVER, level=value),))


def counter(per_second: float, start: float = 0) -> Line:
    """Return a counter that goes up evenly."""
    return Line((Phase(FOR_EVER, per_second=per_second),), start)


def gone() -> Line:
    """Return a series without a sample."""
    return Line((Phase(FOR_EVER),))


def between(first: int, last: int, during: Line, usually: Line) -> Line:
    """Return a line that is another one from a minute to before another minute."""
    (usual,), (other,) = usually.phases, during.phases
    return Line(
        (
            Phase(first, usual.level, usual.per_second),
            Phase(last, other.level, other.per_second),
            Phase(FOR_EVER, usual.level, usual.per_second),
        ),
        usually.start,
    )
