"""An estimate for other programs. The form is stable: keys are added, never renamed or removed.

Amounts are texts, exact to the last digit; `{"minimum", "expected", "maximum"}` is a range. `null`
says that no number is known, never that it is zero.
"""

import json

from infra.cost.commitment import Commitment
from infra.cost.model import Estimate, Line, Span
from infra.cost.not_counted import NOT_COUNTED

VERSION = 1


def as_json(estimate: Estimate) -> str:
    """Return the estimate as JSON."""
    content = {
        "version": VERSION,
        "stack": estimate.stack,
        "cloud": estimate.cloud,
        "region": estimate.region,
        "asOf": estimate.as_of.isoformat(),
        "usdPerMonth": _span(estimate.total),
        "usdPerHourAtMost": f"{estimate.usd_per_hour_at_most:f}",
        "gpus": {name: _span(count) for name, count in estimate.gpus.items()},
        "unpriced": len(estimate.unpriced),
        "notCounted": list(NOT_COUNTED[estimate.cloud]),
        "commitment": _commitment(estimate.commitment),
        "lines": [_line(line) for line in estimate.lines],
    }
    return json.dumps(content, indent=2)


def _commitment(bought: Commitment | None) -> dict[str, object] | None:
    if bought is None:
        return None
    return {
        "term": bought.term.value,
        "usdPerMonth": f"{bought.usd_per_month:f}",
        "usdInAll": f"{bought.usd_in_all:f}",
        "savedUsdPerMonth": f"{bought.saved_usd_per_month:f}",
        "withoutRate": list(bought.without_rate),
        "committed": [
            {
                "resource": one.resource,
                "machineType": one.machine_type,
                "nodes": f"{one.nodes:f}",
                "usdPerMonth": f"{one.usd_per_month:f}",
                "savedUsdPerMonth": f"{one.saved_usd_per_month:f}",
                "breaksEvenAt": f"{one.breaks_even_at:.4f}",
            }
            for one in bought.committed
        ],
    }


def _line(line: Line) -> dict[str, object]:
    return {
        "urn": line.urn,
        "resource": line.resource,
        "item": line.item,
        "bucket": line.bucket.value,
        "unit": line.unit,
        "quantityPerMonth": _span(line.quantity_per_month),
        "usdPerUnit": _span(line.usd_per_unit),
        "usdPerMonth": _span(line.usd_per_month),
        "gpu": line.gpu,
        "gpus": _span(line.gpus),
        "assumption": line.assumption,
        "source": line.source,
        "sourceDate": line.source_date,
    }


def _span(amount: Span | None) -> dict[str, str] | None:
    if amount is None:
        return None
    return {
        "minimum": f"{amount.minimum:f}",
        "expected": f"{amount.expected:f}",
        "maximum": f"{amount.maximum:f}",
    }
