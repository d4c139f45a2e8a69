"""The commands about how good sizing is: `sizing check` and `sizing plot`. Thin."""

import json
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="How good the memory arithmetic is.")

AsJson = Annotated[bool, typer.Option("--json", help="Machine-readable output")]


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="CSV of start-up logs; docs/sizing.md has columns")],
    *,
    kind: Annotated[str, typer.Option(help="What the rows measured: memory")] = "memory",
    as_json: AsJson = False,
) -> None:
    """Predict every row of a file of measurements, and say how far off the predictions are."""
    from infra.sizing.check import check as check_rows
    from infra.sizing.check import checked_kind, read_samples, summary, table

    checked_kind(kind)
    checked = check_rows(read_samples(file))
    if as_json:
        rows = [one.as_dict() for one in checked]
        typer.echo(json.dumps({"rows": rows, "summary": summary(checked)}, indent=2))
        return
    typer.echo(table(checked))


@app.command()
def plot(
    file: Annotated[Path, typer.Argument(help="CSV of start-up logs")],
    out: Annotated[Path, typer.Option(help="Folder for the pictures")],
) -> None:
    """Draw predicted against measured."""
    from infra.sizing.check import check as check_rows
    from infra.sizing.check import read_samples
    from infra.sizing.plots import write_plots

    for written in write_plots(check_rows(read_samples(file)), out):
        typer.echo(f"wrote {written}")
