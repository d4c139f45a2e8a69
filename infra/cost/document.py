"""`docs/costs.md`: what all stacks cost, with their assumptions. As a module, writes the document.

The day is frozen: the document changes with the program and the prices, not with the calendar.
"""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import date
from pathlib import Path

from infra.cost.age import MACHINE, SERVICE, SPOT
from infra.cost.estimate import estimate_stack
from infra.cost.groups import grouped
from infra.cost.model import Estimate, Span, total
from infra.cost.not_counted import NOT_COUNTED
from infra.cost.text import assumptions, gpus, range_of, sources, usd
from infra.cost.usage import DEFAULT, Usage, spelled
from infra.spec.files import stack_names

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "costs.md"
AS_OF = date(2026, 11, 26)

_HEAD = f"""\
# What the stacks cost

`make golden` writes this file from the recorded graphs, as of {AS_OF}: list prices in US dollars
without tax, a month of 730 hours. `tokenworks estimate STACK` prints the same for today, with every
line; it asks no cloud. A range reads least / expected / most.

- **least**: every pool at its minimum, spot in the cheapest zone.
- **expected**: the nodes that the GPU requests of the environment's models need, within the pools'
  ranges, spot in the median zone; system nodes at their minimum. Where models have
  [working hours](working-hours.md), nodes that they need are counted for those.
- **most**: every pool at its maximum all month, spot in the dearest zone.

What has no price is named, never zero. A GPU is in the price of its machine. A stack of models
alone costs nothing by itself: its servers run on nodes of the stack that it extends.

## All stacks

| stack | month, least | month, expected | month, most | highest hour | GPUs | without a price |
|---|---|---|---|---|---|---|
"""
_TAIL = f"""
## What depends on use

Another amount for one thing of a kind: `tokenworks estimate STACK --usage FILE`, with lines such as
`natGb: 250` in the file. Free allowances of an account are not deducted.

| amount a month | assumed |
|---|---|
{{amounts}}

## Bought for a year or three

`tokenworks estimate STACK --commitment 1y` (or `3y`) prices the least number of nodes of every pool
on demand as bought for that term: on AWS Standard Reserved Instances with nothing upfront, in whose
place an EC2 Instance Savings Plan of the family may stand, on Google Cloud resource-based committed
use. What is bought is paid whether or not it runs, so it stands in all three columns. The estimate
says what is owed in all, what it saves, and which share of its hours a node has to run for it to be
worth it; what has no rate stays on demand, by name. Spot and what an autoscaler adds are never
committed.

## Not in here

{{not_counted}}

Regions other than us-east-1 and us-central1 have no collected prices: everything there is without a
price.

## The command

`--as-of DATE` looks from another day, `--json` prints for programs. Exit codes:

| code | when |
|---|---|
| 0 | the estimate stands; old prices warn |
| 1 | a price is too old, or something has none and the budget says `onUnknown: fail` |
| 2 | what was asked has mistakes |

`onUnknown` is `fail` in production unless its stack file says otherwise. A price warns, and
is refused, after so many days: {SPOT.warn_days} and {SPOT.fail_days} of spot,
{MACHINE.warn_days} and {MACHINE.fail_days} of machines, {SERVICE.warn_days} and {SERVICE.fail_days}
of everything else.

`--json` has `version`, `stack`, `cloud`, `region`, `asOf`, `usdPerMonth`, `usdPerHourAtMost`,
`gpus` (by model), `unpriced` (how many), `notCounted`, `commitment` (`null` without the option) and
`lines`. A line has `urn`, `resource`,
`item`, `bucket` (`priced`, `usage`, `unpriced`), `unit`, `quantityPerMonth`, `usdPerUnit`,
`usdPerMonth`, `gpu`, `gpus`, `assumption`, `source`, `sourceDate`. A range is `minimum`,
`expected`, `maximum`; amounts are texts, exact to the last digit; `null` is no number. Keys are
added, never renamed or removed.

## Sources of prices

{{sources}}
"""


def document(estimates: Sequence[Estimate]) -> str:
    """Return the whole document."""
    lines = [line for one in estimates for line in one.lines]
    amounts = "\n".join(f"| `{name}` | {amount:,f} |" for name, amount in _amounts(DEFAULT))
    return (
        _HEAD
        + "".join(map(_row, estimates))
        + "".join(_stack(one) for one in estimates if one.lines)
        + _TAIL.format(amounts=amounts, not_counted=_not_counted(), sources=_list(sources(lines)))
    )


def _not_counted() -> str:
    everywhere = set.intersection(*(set(items) for items in NOT_COUNTED.values()))
    both = [item for items in NOT_COUNTED.values() for item in items if item in everywhere]
    named = {"aws": "AWS", "gcp": "Google Cloud"}
    own = [
        f"{item} (on {named[cloud]})"
        for cloud, items in NOT_COUNTED.items()
        for item in items
        if item not in everywhere
    ]
    return _list([*both, *own])


def _amounts(usage: Usage) -> Iterable[tuple[str, object]]:
    return ((spelled(one.name), getattr(usage, one.name)) for one in fields(usage))


def _row(found: Estimate) -> str:
    total_usd = found.total
    cells = (
        f"`{found.stack}`",
        *map(usd, (total_usd.minimum, total_usd.expected, total_usd.maximum)),
        usd(found.usd_per_hour_at_most),
        gpus(found),
        str(len(found.unpriced)),
    )
    return f"| {' | '.join(cells)} |\n"


def _stack(found: Estimate) -> str:
    rows: list[str] = []
    for name, members in grouped(found.lines).items():
        sums = [row.usd_per_month for row in members if row.usd_per_month is not None]
        rows.append(f"| **{name}** | | {_usd(total(sums) if sums else None)} |")
        for row in members:
            of = row.resources[0] if len(row.resources) == 1 else f"{len(row.resources)} of them"
            rows.append(f"| {row.item} | {of} | {_usd(row.usd_per_month)} |")
    named = [f"{line.resource}, {line.item}: {line.assumption}" for line in found.unpriced]
    unpriced = f"\nWithout a price:\n\n{_list(named)}\n" if named else ""
    return (
        f"\n## {found.stack}\n\n{found.region}: {range_of(found.total)} a month.\n\n"
        "| what | of | USD a month |\n|---|---|---|\n"
        + "\n".join(rows)
        + f"\n{unpriced}\nAssumed:\n\n{_list(assumptions(found.lines))}\n"
    )


def _usd(amount: Span | None) -> str:
    return "no price" if amount is None else range_of(amount)


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in dict.fromkeys(lines))


def main() -> None:
    """Write the document."""
    estimates = [estimate_stack(name, AS_OF) for name in stack_names()]
    DOCUMENT.write_text(document(estimates), encoding="utf-8")
    sys.stdout.write(f"wrote {DOCUMENT}\n")


if __name__ == "__main__":
    main()
