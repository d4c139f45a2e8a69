"""The report of a rehearsal: one HTML file to look at and to pass on.

Owns what a rehearsal puts into it. How it looks is `infra.review`'s; the figures are the summary's.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from infra.cost.model import Estimate
from infra.cost.text import usd
from infra.rehearsal import summary
from infra.rehearsal.engine import Diagnostic
from infra.rehearsal.secrets_seen import secrets_text
from infra.review.html import Sight, sight_page
from infra.review.model import Outcome, PolicyResult
from infra.sizing.answer import cache_text
from infra.spec.stack import StackSpec

NAME = "report.html"
"""File in the rehearsal's folder."""


def write_report(
    folder: Path,
    specs: Sequence[StackSpec],
    sight: summary.Sight,
    bills: Sequence[Estimate],
    verdicts: Mapping[str, Sequence[Diagnostic]],
) -> Path:
    """Write the report and return where it lies."""
    text = sight_page(
        specs,
        {bill.stack: bill for bill in bills},
        {stack: _results(found) for stack, found in verdicts.items()},
        Sight(
            figures=_figures(sight, bills, sum(map(len, verdicts.values()))),
            models=_models(sight),
            lines=_lines(sight),
        ),
    )
    file = folder / NAME
    file.write_text(text, encoding="utf-8")
    return file


def _figures(
    sight: summary.Sight, bills: Sequence[Estimate], findings: int
) -> tuple[tuple[str, str], ...]:
    servers = sum(1 for one in sight.placements if one.model and one.running)
    used = sum(pool.used for pool in sight.gpus)
    bought = sum(pool.bought for pool in sight.gpus)
    expected = sum((bill.total.expected for bill in bills), start=bills[0].total.expected * 0)
    hour = sum((bill.usd_per_hour_at_most for bill in bills), start=expected * 0)
    unpriced = sum(len(bill.unpriced) for bill in bills)
    return (
        ("resources came up", str(sum(map(len, sight.types.values())))),
        ("models", str(len(sight.models))),
        ("servers run", str(servers)),
        ("GPUs used of those bought", f"{used} of {bought}"),
        ("USD a month, expected", usd(expected)),
        ("USD an hour, at most", usd(hour)),
        ("without a price", str(unpriced)),
        ("findings of policies, none mandatory", str(findings)),
    )


def _models(sight: summary.Sight) -> dict[str, str]:
    found: dict[str, str] = {}
    for model in sight.models:
        placed = [one for one in sight.placements if one.model == model.object_name]
        stands = summary.placed_text(model.name, placed).removeprefix(f"{model.name}: ")
        found[model.name] = f"{stands}. {cache_text(sight.memory.get(model.name))}"
    return found


def _lines(sight: summary.Sight) -> tuple[str, ...]:
    came = (f"{stack}: {len(types)} resources came up" for stack, types in sight.types.items())
    used = (
        f"pool {pool.pool}: {pool.used} of {pool.bought} GPUs used on {pool.nodes} nodes"
        for pool in sight.gpus
    )
    cache = summary.where_the_cache_is(sight)
    secrets = secrets_text(sight.secrets)
    return (
        *came,
        *used,
        *([f"cache {cache}"] if cache else []),
        *([f"secrets: {secrets}"] if sight.secrets else []),
        *([f"gateway {sight.way_in.text}"] if sight.way_in else []),
        *([f"names {sight.names.text}"] if sight.names else []),
    )


def _results(found: Sequence[Diagnostic]) -> tuple[PolicyResult, ...]:
    """Return the findings of a stack that came up: none of them stopped it."""
    return tuple(
        PolicyResult(
            rule=one.policy,
            outcome=Outcome.WARNS,
            message=summary.said(one),
            resources=(),
            is_new=True,
        )
        for one in found
    )
