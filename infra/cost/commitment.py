"""The floor of a stack bought for a year or three, and whether that is worth it.

Owns what is committed: of every pool on demand its least number of nodes, which run all month
anyway. Never spot, never what an autoscaler may add. Committed nodes are paid whether or not they
run, so they cost the same at least, as expected and at most.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from infra.catalog.commitments import CommitmentRate, Term, commitment_rate
from infra.cost.model import HOURS_PER_MONTH, ZERO, Bucket, Estimate, Line, Span, exactly

MONTHS_PER_YEAR = 12


@dataclass(frozen=True, kw_only=True)
class Committed:
    """Nodes of one pool that are bought for a term."""

    resource: str
    """Node group or pool by its logical name."""
    machine_type: str
    nodes: Decimal
    usd_per_month: Decimal
    """Of all of them, used or not."""
    saved_usd_per_month: Decimal
    """Against the same nodes on demand all month."""
    breaks_even_at: Decimal
    """Share of its hours that a node has to run for the commitment to be worth it."""


@dataclass(frozen=True, kw_only=True)
class Commitment:
    """What a term would be bought for, and what would stay on demand."""

    term: Term
    committed: tuple[Committed, ...]
    without_rate: tuple[str, ...]
    """Pools with a floor whose machines have no rate that is known, with the machine type."""

    @property
    def usd_per_month(self) -> Decimal:
        """What is owed each month."""
        return sum((one.usd_per_month for one in self.committed), ZERO)

    @property
    def usd_in_all(self) -> Decimal:
        """What is owed over the whole term."""
        return self.usd_per_month * MONTHS_PER_YEAR * self.term.years

    @property
    def saved_usd_per_month(self) -> Decimal:
        """What all of it saves in a month in which the floor runs."""
        return sum((one.saved_usd_per_month for one in self.committed), ZERO)


def commit(found: Estimate, term: Term) -> Estimate:
    """Return an estimate in which the floor of each pool on demand is committed for a term."""
    lines: list[Line] = []
    committed: list[Committed] = []
    without: list[str] = []
    for line in found.lines:
        rate = _rate(found, line, term)
        nodes = _floor(line)
        if rate is None or not nodes:
            lines.append(line)
            if nodes:
                without.append(f"{line.resource}, {line.on_demand_machine}")
            continue
        lines += _split(line, nodes, rate, term)
        committed.append(_committed(line, nodes, rate))
    bought = Commitment(term=term, committed=tuple(committed), without_rate=tuple(without))
    return replace(found, lines=tuple(lines), commitment=bought)


def _rate(found: Estimate, line: Line, term: Term) -> CommitmentRate | None:
    if not line.on_demand_machine:
        return None
    return commitment_rate(found.cloud, found.region, line.on_demand_machine, term)


def _floor(line: Line) -> Decimal:
    if not line.on_demand_machine or line.quantity_per_month is None or line.usd_per_unit is None:
        return ZERO
    return line.quantity_per_month.minimum / HOURS_PER_MONTH


def _split(line: Line, nodes: Decimal, rate: CommitmentRate, term: Term) -> Iterable[Line]:
    assert line.quantity_per_month is not None  # noqa: S101 - `_floor` saw it
    quantity = exactly(nodes if rate.unit == "month" else nodes * HOURS_PER_MONTH)
    rest = _less(line.quantity_per_month, nodes * HOURS_PER_MONTH)
    gpus = None
    if line.gpus is not None:
        gpus = exactly(line.gpus.minimum)
    yield replace(
        line,
        item=f"{line.on_demand_machine} committed for {term.said}",
        bucket=Bucket.PRICED,
        unit=rate.unit,
        quantity_per_month=quantity,
        usd_per_unit=exactly(rate.usd),
        usd_per_month=quantity * rate.usd,
        gpus=gpus,
        assumption="paid whether or not they run",
        source=rate.source,
        source_date=rate.source_date,
    )
    if rest.maximum:
        usd = line.usd_per_unit
        yield replace(
            line,
            quantity_per_month=rest,
            usd_per_month=rest * usd if usd is not None else None,
            gpus=_less(line.gpus, line.gpus.minimum) if line.gpus is not None else None,
        )


def _less(amount: Span, by: Decimal) -> Span:
    return Span(
        minimum=amount.minimum - by,
        expected=amount.expected - by,
        maximum=amount.maximum - by,
    )


def _committed(line: Line, nodes: Decimal, rate: CommitmentRate) -> Committed:
    assert line.usd_per_unit is not None  # noqa: S101 - `_floor` saw it
    on_demand = line.usd_per_unit.expected * HOURS_PER_MONTH
    monthly = rate.usd if rate.unit == "month" else rate.usd * HOURS_PER_MONTH
    return Committed(
        resource=line.resource,
        machine_type=line.on_demand_machine,
        nodes=nodes,
        usd_per_month=nodes * monthly,
        saved_usd_per_month=nodes * (on_demand - monthly),
        breaks_even_at=monthly / on_demand,
    )
