"""The command line. Thin: one function a command; the work is done in the rooms it calls."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from infra.spec.explain import explain_stack
from infra.spec.files import load_stack_file
from infra.spec.mistakes import SpecError
from infra.spec.stack import StackSpec

PROJECT = Path(__file__).resolve().parents[1]
"""Folder of `Pulumi.yaml`: this checkout. The project is installed editable, never as a wheel."""

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Open language models in production on your own cloud.",
)

Stack = Annotated[str, typer.Argument(help="Name of a stack file: stacks/Pulumi.<STACK>.yaml")]
Project = Annotated[
    Path, typer.Option(hidden=True, help="Folder of Pulumi.yaml; this checkout's unless named")
]
AsJson = Annotated[bool, typer.Option("--json", help="Machine-readable output")]


@app.command()
def explain(stack: Stack, *, as_json: AsJson = False) -> None:
    """Print every effective setting of a stack and where it comes from."""
    settings = explain_stack(stack)
    if as_json:
        typer.echo(json.dumps([asdict(setting) for setting in settings], indent=2))
        return
    # Plain columns: a table would cut long values, and brackets are markup to it.
    rows = [(setting.setting, _text(setting.value), setting.origin) for setting in settings]
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    for name, value, origin in rows:
        typer.echo(f"{name:<{widths[0]}}  {value:<{widths[1]}}  {origin}")


def _text(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return "none" if value is None else str(value)


@app.command()
def render(
    stack: Stack,
    out: Annotated[Path, typer.Option(help="Folder for the objects; made when absent")],
) -> None:
    """Write every Kubernetes object that the program declares as YAML, charts as their values."""
    from infra.graph.record import record_stack  # noqa: PLC0415 - loads the cloud SDKs
    from infra.graph.render import render as render_graph  # noqa: PLC0415

    load_stack_file(stack)
    written = render_graph(record_stack(stack), out)
    typer.echo(f"{len(written)} files in {out}")


@app.command("kube-token", hidden=True)
def kube_token(
    cluster: Annotated[str, typer.Option(help="Name of the EKS cluster")],
    region: Annotated[str, typer.Option(help="Region of the cluster")],
) -> None:
    """Print a short-lived cluster token, as kubeconfig exec plugins do. Needs no other program."""
    from infra import kube_token as tokens  # noqa: PLC0415 - loads boto3

    try:
        typer.echo(tokens.kube_token(cluster, region))
    except tokens.KubeTokenError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error


@app.command()
def rehearse(
    stack: Stack,
    *,
    keep: Annotated[bool, typer.Option(help="Leave the platform running to look at it")] = False,
    destroy: Annotated[bool, typer.Option(help="Destroy a rehearsal that was kept")] = False,
    project: Project = PROJECT,
) -> None:
    """Bring a stack up on the real engine and a real control plane, with no account and no GPU."""
    from infra.rehearsal import rehearse as rehearsal  # noqa: PLC0415 - loads the rehearsal's rooms

    wish = (
        rehearsal.Wish.DESTROY if destroy else rehearsal.Wish.KEEP if keep else rehearsal.Wish.WHOLE
    )
    try:
        stacks = _environment(stack, project / "stacks")
        rehearsal.rehearse(stacks, wish, project=project.absolute(), console=Console())
    except rehearsal.RehearsalFailedError as error:
        typer.echo(f"failed: {error}", err=True)
        raise typer.Exit(1) from error
    except KeyboardInterrupt:
        typer.echo("interrupted: all that this rehearsal started has ended", err=True)
        raise


def _environment(stack: str, folder: Path) -> list[StackSpec]:
    """Return the stack and, before it, the one that it extends."""
    spec = load_stack_file(stack, folder)
    return [*(_environment(spec.extends, folder) if spec.extends else ()), spec]


def main() -> None:
    """Run the command line; a stack file with mistakes ends with exit code 2 and all of them."""
    try:
        app()
    except SpecError as error:
        Console(stderr=True, highlight=False, soft_wrap=True).print(str(error), markup=False)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
