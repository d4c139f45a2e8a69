"""An estimate as text for a person."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from infra.cost.commitment import Commitment
from infra.cost.groups import grouped
from infra.cost.model import Bucket, Estimate, Line, Span, total
from infra.cost.not_counted import NOT_COUNTED

_CENT = Decimal("0.01")


def text(estimate: Estimate) -> str:
    """Return the whole estimate."""
    parts = [_head(estimate), _groups(estimate), _totals(estimate)]
    for title, lines in (
        ("Committed", _committed(estimate.commitment)),
        ("No price is known of", [_unpriced(line) for line in estimate.unpriced]),
        ("Assumed", assumptions(estimate.lines)),
        ("Not counted", NOT_COUNTED[estimate.cloud]),
        ("Sources", sources(estimate.lines)),
    ):
        if lines:
            parts.append("\n".join((title, *(f"  {line}" for line in dict.fromkeys(lines)))))
    return "\n\n".join(parts)


def usd(amount: Decimal) -> str:
    """Return an amount of money: `12,345.67`."""
    return f"{amount.quantize(_CENT, ROUND_HALF_UP):,}"


def range_of(amount: Span) -> str:
    """Return a span as one amount or as least, expected, most."""
    ends = (usd(amount.minimum), usd(amount.expected), usd(amount.maximum))
    return ends[0] if len(set(ends)) == 1 else " / ".join(ends)


def assumptions(lines: Iterable[Line]) -> list[str]:
    """Return what the numbers rest on, each once: of what, and which assumption."""
    found: dict[tuple[str, str], list[str]] = {}
    for line in lines:
        if line.assumption and line.bucket is not Bucket.UNPRICED:
            found.setdefault((line.item, line.assumption), []).append(line.resource)
    return [
        f"{item}{_of(resources)}: {assumption}" for (item, assumption), resources in found.items()
    ]


def sources(lines: Iterable[Line]) -> list[str]:
    """Return where prices come from, with their dates, each once, the oldest first."""
    found = {(line.source_date, line.source) for line in lines if line.source}
    return [f"{day}  {source}" for day, source in sorted(found)]


def gpus(estimate: Estimate) -> str:
    """Return how many GPUs there are of which model: `L4 0 / 1 / 3`."""
    counted = (
        f"{name} {count.minimum:f} / {count.expected:f} / {count.maximum:f}"
        for name, count in estimate.gpus.items()
    )
    return ", ".join(counted) or "none"


def _head(estimate: Estimate) -> str:
    return (
        f"{estimate.stack} in {estimate.region}, as of {estimate.as_of}: US dollars per month of "
        "730 hours\nlist prices without tax; least / expected / most"
    )


def _groups(estimate: Estimate) -> str:
    rows: list[tuple[str, str]] = []
    for name, members in grouped(estimate.lines).items():
        sums = [row.usd_per_month for row in members if row.usd_per_month is not None]
        rows.append((name, range_of(total(sums)) if sums else "no price"))
        for row in members:
            amount = "no price" if row.usd_per_month is None else range_of(row.usd_per_month)
            rows.append((f"  {row.item}{_of(row.resources)}", amount))
    width = max((len(label) for label, _ in rows), default=0)
    return "\n".join(f"{label:<{width}}  {amount}" for label, amount in rows)


def _of(resources: Iterable[str]) -> str:
    names = list(resources)
    return f" ({names[0]})" if len(names) == 1 else f" ({len(names)} of them)"


def _totals(estimate: Estimate) -> str:
    named = f", and {len(estimate.unpriced)} without a price" if estimate.unpriced else ""
    by_bucket = estimate.by_bucket()
    use = total(line.usd_per_month for line in by_bucket[Bucket.USAGE] if line.usd_per_month)
    return "\n".join(
        (
            f"total           {range_of(estimate.total)}{named}",
            f"of it by use    {range_of(use)}",
            f"highest hour    {usd(estimate.usd_per_hour_at_most)}",
            f"GPUs            {gpus(estimate)}",
        )
    )


def _committed(bought: Commitment | None) -> list[str]:
    """Return what is bought, what it obliges to, and from when it is worth it."""
    if bought is None:
        return []
    term = bought.term.said
    lines = [
        f"{one.nodes:f} x {one.machine_type} ({one.resource}) for {term}: "
        f"{usd(one.usd_per_month)} a month, saves {usd(one.saved_usd_per_month)}; worth it where a "
        f"node runs {one.breaks_even_at:.0%} of its hours"
        for one in bought.committed
    ]
    lines += [f"no rate for {term} is known of {name}: on demand" for name in bought.without_rate]
    if bought.committed:
        lines.append(
            f"owed, used or not: {usd(bought.usd_per_month)} a month, {usd(bought.usd_in_all)} in "
            f"{term}; saves {usd(bought.saved_usd_per_month)} a month"
        )
    return lines or ["nothing: no pool on demand has nodes that always run"]


def _unpriced(line: Line) -> str:
    return f"{line.resource}, {line.item}: {line.assumption}"
