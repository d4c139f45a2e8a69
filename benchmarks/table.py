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

from benchmarks.results import (
    GROWTH_TOLERANCE,
    JUDGED,
    Bound,
    Growth,
    Program,
    SizeResult,
    Step,
    bounds,
)


def show(console: Console, results: Sequence[SizeResult]) -> None:
    """Print measurements, growth, and which bounds hold."""
    console.print()
    console.print(_sizes(results))
    for small, large in pairwise(results):
        console.print()
        console.print(_growth(Growth(small, large)))
    console.print()
    for bound in bounds(results):
        _say(console, bound)


def save(file: Path, stack: str, results: Sequence[SizeResult]) -> None:
    """Write every measurement, the ratios and the bounds as JSON."""
    document = {
        "stack": stack,
        "sizes": [
            asdict(result)
            | {
                "ratios": {step: median(result.ratios(step)) for step in Step},
                "memoryRatio": median(result.memory_ratios()),
            }
            for result in results
        ],
        "bounds": [asdict(bound) | {"holds": bound.holds} for bound in bounds(results)],
    }
    file.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


def _sizes(results: Sequence[SizeResult]) -> Table:
    table = Table(box=None, pad_edge=False, title="ours / flat, median of rounds", title_style="")
    for title in ("pools and models", "resources", "", "ours", "flat"):
        table.add_column(title, justify="left" if not title else "right")
    table.add_column("ours / flat", justify="right", style="bold")
    table.add_column("range", style="dim")
    for result in results:
        first = (f"x{result.times}", str(result.resources))
        for step in Step:
            seconds = (f"{result.seconds(program, step):.1f} s" for program in Program)
            table.add_row(*first, step, *seconds, *_ratio(result.ratios(step)))
            first = ("", "")
        memory = (f"{result.peak_mib(program):.0f} MiB" for program in Program)
        table.add_row(*first, "peak memory", *memory, *_ratio(result.memory_ratios()))
    return table


def _growth(growth: Growth) -> Table:
    title = (
        f"growth from x{growth.small.times} to x{growth.large.times} per growth of resources"
        f" (x{growth.resources:.2f}); 1 is linear"
    )
    table = Table("", box=None, pad_edge=False, title=title, title_style="", title_justify="left")
    for program in Program:
        table.add_column(program, justify="right")
    for step in JUDGED:
        table.add_row(step, *(f"{growth.of_seconds(step, program):.2f}" for program in Program))
    table.add_row("peak memory", *(f"{growth.of_memory(program):.2f}" for program in Program))
    return table


def _say(console: Console, bound: Bound) -> None:
    verdict = "[green]holds[/green]" if bound.holds else "[red]DOES NOT HOLD[/red]"
    tolerance = f" ({GROWTH_TOLERANCE:.0%} tolerance)" if bound.what.startswith("growth") else ""
    line = f"{verdict}  {bound.what}: {bound.value:.2f} ≤ {bound.limit:.2f}{tolerance}"
    console.print(line, highlight=False, soft_wrap=True)


def _ratio(ratios: Sequence[float]) -> tuple[str, str]:
    return f"{median(ratios):.2f}", f"{min(ratios):.2f} to {max(ratios):.2f}"
