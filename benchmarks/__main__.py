"""`python -m benchmarks`: what the structure costs, against the same resources flat."""

import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from benchmarks.equal import NotEqualError
from benchmarks.flat import NotFlatError
from benchmarks.measure import Bench, FailedRunError
from benchmarks.projects import NotMeasurableError
from benchmarks.results import SizeResult, bounds
from benchmarks.source import SourceError
from benchmarks.table import save, show
from benchmarks.usage import NoProgramError
from infra.graph.record import PROJECT_FOLDER
from infra.rehearsal.ladder import install
from infra.rehearsal.lock import hold
from infra.rehearsal.rehearse import KNOWN_ERRORS
from infra.rehearsal.screen import Screen
from infra.spec.mistakes import SpecError

FOLDER = PROJECT_FOLDER / ".rehearsal" / "benchmark"
ERRORS = (
    *KNOWN_ERRORS,
    FailedRunError,
    NoProgramError,
    NotEqualError,
    NotFlatError,
    NotMeasurableError,
    SourceError,
    SpecError,
)
FAILED = 2
"""Exit code for: nothing was measured. 1 is for a bound that does not hold."""

Stack = Annotated[str, typer.Option(help="Name of a stack file with pools and models of its own")]
Times = Annotated[int, typer.Option(min=2, help="Size of the larger stack, in pools and models")]
Rounds = Annotated[int, typer.Option(min=1, help="How often everything is measured")]
Json = Annotated[Path | None, typer.Option("--json", help="File for all numbers")]


def bench(
    stack: Stack = "aws-dev", times: Times = 10, rounds: Rounds = 3, file: Json = None
) -> None:
    """Measure preview, up and memory of a stack against the same resources in a flat program."""
    console = Console()
    try:
        results = _measured(stack, (1, times), rounds, Screen(console))
    except ERRORS as error:
        console.print(f"[red]failed:[/red] {escape(str(error))}", highlight=False, soft_wrap=True)
        raise typer.Exit(FAILED) from error
    show(console, results)
    if file is not None:
        save(file, stack, results)
    if not all(bound.holds for bound in bounds(results)):
        raise typer.Exit(1)


def _measured(stack: str, sizes: tuple[int, ...], rounds: int, screen: Screen) -> list[SizeResult]:
    screen.say(f"Measuring [bold]{escape(stack)}[/bold]; {rounds} rounds for each size")
    with hold(FOLDER):
        programs = install(screen)
        shutil.rmtree(FOLDER, ignore_errors=True)
        return [
            Bench(stack, times, rounds, FOLDER / f"x{times}", programs, screen).run()
            for times in sizes
        ]


if __name__ == "__main__":
    try:
        typer.run(bench)
    except KeyboardInterrupt:
        sys.exit(130)
