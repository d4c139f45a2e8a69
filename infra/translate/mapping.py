"""What a translation says of one setting.

Owns the forms: a setting that becomes another, one that is left out, and the price beside it.
"""

from dataclasses import dataclass

from infra.catalog.prices import REGIONS, price


@dataclass(frozen=True)
class Change:
    """One setting of the stack, and what becomes of it."""

    setting: str
    """The setting, `gpuPools[l40s].gpu`."""
    was: str
    """Its value in the stack that is translated."""
    becomes: str
    """Its value in the other stack; empty when it is left out."""
    reason: str
    """Why."""
    prices: tuple[str, ...] = ()
    """Lines about the price difference, where a machine changes."""

    def lines(self) -> list[str]:
        """Return the change as lines of text."""
        arrow = f"{self.was} -> {self.becomes}" if self.becomes else f"{self.was} -> left out"
        below = (self.reason, *self.prices)
        return [f"{self.setting}: {arrow}", *(f"  {line}" for line in below)]


def price_lines(
    source: tuple[str, str], target: tuple[str, str], ways: tuple[tuple[str, str], ...]
) -> tuple[str, ...]:
    """Return what a node costs on each cloud and the difference, a line for each way of buying.

    Args:
        source: cloud and machine type that it was.
        target: cloud and machine type that it becomes.
        ways: how the node was bought, and how it is bought then.
    """
    return tuple(_line(source, target, was, becomes) for was, becomes in ways)


def _line(source: tuple[str, str], target: tuple[str, str], was: str, becomes: str) -> str:
    old, new = price(*source), price(*target)
    before, after = old.usd_per_hour(was), new.usd_per_hour(becomes)
    way = was if was == becomes else f"{was}, then {becomes}"
    difference = "unknown"
    if before is not None and after is not None:
        difference = f"{after - before:+.2f} USD per hour"
    dates = sorted({day for day in (old.date_of(was), new.date_of(becomes)) if day})
    dated = f", list prices of {' and '.join(dates)}" if dates else ""
    return (
        f"{way}: {_usd(before)} ({source[1]} in {REGIONS[source[0]]}) -> "
        f"{_usd(after)} ({target[1]} in {REGIONS[target[0]]}), difference {difference}{dated}"
    )


def _usd(amount: float | None) -> str:
    return "unknown" if amount is None else f"{amount:.2f} USD per hour"
