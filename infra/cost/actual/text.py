"""What a window cost, for a reader, and as CSV for whoever charges it back."""

import csv
import io
from collections.abc import Iterable
from decimal import Decimal

from infra.cost.actual.attribute import Actual, ModelCost, PoolCost
from infra.cost.model import Span
from infra.cost.text import usd

HEAD = ("tenant", "model", "tokens", "usd", "note")
NOBODY = "(unattributed)"


def text(actual: Actual) -> str:
    """Return tables of pools, models and tenants, and what is nobody's."""
    parts = [
        f"The last {actual.days} days, US dollars at OpenCost's prices",
        _table(
            ("pool", "estimate, least / expected / most", "actual", "against expected"),
            map(_pool, actual.pools),
        ),
        _table(("model", "actual", "tokens", "USD a million tokens"), map(_model, actual.models)),
        _table(
            ("tenant", "model", "tokens", "share of the cost"),
            (
                (one.tenant or "(no name)", one.model, _count(one.tokens), _usd(one.usd))
                for one in actual.tenants
            ),
        ),
        _table(
            ("unattributed, because", "actual"),
            ((reason.value, _usd(amount)) for reason, amount in actual.unattributed.items()),
        ),
    ]
    parts += [
        f"unknown, {reason.value}: {', '.join(names)}" for reason, names in actual.unknown.items()
    ]
    parts.append(
        f"nodes {_usd(actual.nodes_usd)}, given to pods and idle {_usd(actual.allocated_usd)};"
        " disks and load balancers are in the latter alone"
    )
    return "\n\n".join(part for part in parts if part)


def as_csv(actual: Actual) -> str:
    """Return one row for each tenant and model; what is nobody's follows, so that the sum is whole.

    An empty amount is unknown. Rows of no tenant repeat what `NO_TENANT` says, and are left out.
    """
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\n")
    rows.writerow(HEAD)
    for one in actual.tenants:
        if one.tenant or one.usd is None:
            note = "" if one.usd is not None else "no pod of this model is known to OpenCost"
            rows.writerow(
                (one.tenant or NOBODY, one.model, f"{one.tokens:.0f}", _plain(one.usd), note)
            )
    for reason, amount in actual.unattributed.items():
        rows.writerow((NOBODY, "", "", _plain(amount), reason.value))
    for reason, names in actual.unknown.items():
        rows.writerow((NOBODY, "", "", "", f"{reason.value}: {' '.join(names)}"))
    return written.getvalue()


def _pool(one: PoolCost) -> tuple[str, ...]:
    against = "unknown"
    if one.estimate is not None and one.actual is not None and one.estimate.expected:
        change = (one.actual / one.estimate.expected - 1) * 100
        against = f"{change:+.0f} %"
    actual = _usd(one.actual)
    if one.unknown_nodes:
        actual = f"at least {actual}" if one.actual is not None else actual
        actual += f", {one.unknown_nodes} nodes unknown"
    return one.pool or "(no label of a pool)", _span(one.estimate), actual, against


def _model(one: ModelCost) -> tuple[str, ...]:
    per = one.usd_per_million
    tokens = "unknown" if one.tokens is None else _count(one.tokens)
    return one.model, _usd(one.usd), tokens, _usd(per)


def _span(span: Span | None) -> str:
    if span is None:
        return "unknown"
    return " / ".join(map(_usd, (span.minimum, span.expected, span.maximum)))


def _usd(amount: Decimal | None) -> str:
    return "unknown" if amount is None else usd(amount)


def _plain(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:.6f}"


def _count(tokens: Decimal) -> str:
    return f"{tokens:,.0f}"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = list(rows)
    if not lines:
        return ""
    widths = [max(len(row[column]) for row in (head, *lines)) for column in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (head, *lines)
    )
