"""The difference that a person reviews, and the rows that a refresh would write.

Owns both; pure. Does not own what is believed (`rules`) nor the asking (`aws`, `gcp`).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from infra.catalog.machines import machine
from infra.catalog.prices import price_in
from infra.catalog.refreshed import Key, Row
from infra.cost.refresh.quotes import Answer, Quote
from infra.cost.refresh.rules import Verdict, judge


@dataclass(frozen=True, kw_only=True)
class Review:
    """What an answer would change."""

    answer: Answer
    verdicts: tuple[Verdict, ...]

    @property
    def refused(self) -> tuple[Verdict, ...]:
        """Prices that are not taken."""
        return tuple(one for one in self.verdicts if one.refused)

    @property
    def taken(self) -> tuple[Verdict, ...]:
        """Prices that are."""
        return tuple(one for one in self.verdicts if not one.refused)


def review(answer: Answer, accepted: Collection[str] = ()) -> Review:
    """Return what is to be thought of an answer."""
    return Review(
        answer=answer,
        verdicts=tuple(
            verdict
            for quote in answer.quotes
            for verdict in judge(
                quote,
                machine(answer.cloud, quote.machine),
                price_in(answer.cloud, answer.region, quote.machine),
                accepted=accepted,
            )
        ),
    )


def text(found: Review) -> str:
    """Return the difference: old, new, percent, then what was refused and why."""
    answer = found.answer
    changed = [one for one in found.taken if one.old is None or one.old != one.new]
    same = len(found.taken) - len(changed)
    lines = [f"{answer.cloud} {answer.region}, {answer.source_date}: {answer.source}", ""]
    lines += [_line(one) for one in changed]
    lines.append(f"{len(changed)} prices change, {same} stand, {len(found.refused)} are refused")
    lines += [f"refused: {one.machine} {one.buying}: {one.refused}" for one in found.refused]
    return "\n".join(lines)


def rows(found: Review, known: Mapping[Key, Row]) -> dict[Key, Row]:
    """Return the file's rows after a refresh; what was refused keeps the row that it had."""
    answer = found.answer
    quotes = {quote.machine: quote for quote in answer.quotes}
    merged = dict(known)
    for one in found.taken:
        low, middle, high = (float(usd) for usd in _span(quotes[one.machine], one))
        merged[answer.cloud, answer.region, one.machine, one.buying] = Row(
            low=low,
            median=middle,
            high=high,
            source=answer.source,
            source_date=answer.source_date,
        )
    return merged


def _span(quote: Quote, verdict: Verdict) -> tuple[Decimal, Decimal, Decimal]:
    if verdict.buying == "spot" and quote.spot is not None:
        return quote.spot
    price = verdict.new or Decimal(0)
    return price, price, price


def _line(one: Verdict) -> str:
    head = f"{one.machine:<18} {one.buying:<10}"
    if one.old is None or one.new is None:
        return f"{head} {'unknown':>10} -> {one.new:>10}"
    percent = 100 * (one.new - one.old) / one.old
    return f"{head} {one.old:>10} -> {one.new:>10}  {percent:+.1f} %"
