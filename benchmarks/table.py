"""The result as a person reads it, and as a file for a program.

Owns words and columns. Does not own what holds: that is `results`.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from benchmarks.results import QUANTITIES, Growth, Program, SizeResult, bounds


def show(console: Console, results: Sequence[SizeResult]) -> None:
    """Print measurements, growth, and which bounds hold."""
    for table in (_sizes(results), *(_growth(*pair) for pair in pairwise(results))):
        console.print()
        console.print(table)
    console.print()
    for bound in bounds(results):
        verdict = "[green]holds[/green]         " if bound.holds else "[red]DOES NOT HOLD[/red] "
        line = f"{verdict} {bound.what}: {bound.value:.2f}, at most {bound.limit:.1f}"
        console.print(line, highlight=False, soft_wrap=True)


def save(file: Path, stack: str, results: Sequence[SizeResult]) -> None:
    """Write every measurement, the ratios and the bounds as JSON."""
    document = {
        "stack": stack,
        "sizes": [
            asdict(result) | {"ratios": {item.name: result.ratios(item) for item in QUANTITIES}}
            for result in results
        ],
        "bounds": [asdict(bound) | {"holds": bound.holds} for bound in bounds(results)],
    }
    file.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


def _sizes(results: Sequence[SizeResult]) -> Table:
    table = _table("size", "resources", "what", "ours", "flat", "ours / flat", "from", "to")
    for result in results:
        first = (f"x{result.times}", str(result.resources))
        for quantity in QUANTITIES:
            ratios = result.ratios(quantity)
            medians = (
                _amount(result.median(program, quantity), quantity.unit) for program in Program
            )
            spread = (f"{ratio:.2f}" for ratio in (median(ratios), min(ratios), max(ratios)))
            table.add_row(*first, quantity.name, *medians, *spread)
            first = ("", "")
    return table


def _growth(small: SizeResult, large: SizeResult) -> Table:
    growth = Growth(small, large)
    title = f"growth x{small.times} to x{large.times}, of resources {growth.resources:.2f}"
    table = _table(title, *(f"{program} / resources" for program in Program))
    for quantity in QUANTITIES:
        table.add_row(
            quantity.name, *(f"{growth.of(quantity, program):.2f}" for program in Program)
        )
    return table


def _table(*titles: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for title in titles:
        is_text = title in ("size", "what") or title.startswith("growth")
        table.add_column(title, justify="left" if is_text else "right", no_wrap=True)
    return table


def _amount(value: float, unit: str) -> str:
    return f"{value:.0f} {unit}" if unit == "MiB" else f"{value:.2f} {unit}"
