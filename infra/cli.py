"""The command line. Thin: one function a command; the work is done in the rooms it calls.

Each command loads what it needs and no more: `kube-token` runs at every use of a kubeconfig.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from infra import (
    cli_add,
    cli_bootstrap,
    cli_cost,
    cli_costs,
    cli_destroy,
    cli_doctor,
    cli_images,
    cli_lock,
    cli_preflight,
    cli_prices,
    cli_sizing,
    cli_sweep,
)
from infra.cloud_error import CloudApiError
from infra.spec.mistakes import MistakesError, SpecError
from infra.spec.provider import CloudProvider

if TYPE_CHECKING:
    from infra.aws_api import AwsApi
    from infra.google_api import GoogleApi
    from infra.recovery.candidates import Account
    from infra.spec.cloud import CloudSpec

PROJECT = Path(__file__).resolve().parents[1]
"""Folder of `Pulumi.yaml`: this checkout. The project is installed editable, never as a wheel."""

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Open language models in production on your own cloud.",
)

app.add_typer(cli_add.models, name="model")
app.add_typer(cli_add.tenants, name="tenant")
app.add_typer(cli_sizing.app, name="sizing")
app.add_typer(cli_prices.app, name="prices")
app.command()(cli_cost.estimate)
app.command()(cli_destroy.destroy)
app.command()(cli_costs.costs)
app.command()(cli_doctor.doctor)
app.command()(cli_images.images)
app.command()(cli_lock.lock)
app.command()(cli_bootstrap.bootstrap)
app.command()(cli_preflight.preflight)
app.command()(cli_sweep.sweep)
app.command()(cli_preflight.record)

Stack = Annotated[str, typer.Argument(help="Name of a stack file: stacks/Pulumi.<STACK>.yaml")]
Project = Annotated[
    Path, typer.Option(hidden=True, help="Folder of Pulumi.yaml; this checkout's unless named")
]
AsJson = Annotated[bool, typer.Option("--json", help="Machine-readable output")]


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    add_help_option=False,
)
def fit(context: typer.Context) -> None:
    """Say whether a model fits a GPU, what is left for its cache, and what would make it fit."""
    from infra.cli_fit import run

    raise typer.Exit(run(context.args))


@app.command()
def explain(stack: Stack, *, as_json: AsJson = False) -> None:
    """Print every effective setting of a stack and where it comes from."""
    from infra.spec.explain import explain_stack

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
def translate(
    stack: Stack,
    to: Annotated[CloudProvider, typer.Option(help="The other cloud")],
    *,
    project: Annotated[str, typer.Option(help="Id of the Google Cloud project")] = "",
    name: Annotated[str, typer.Option(help="Name there of the stack with the cluster")] = "",
    write: Annotated[bool, typer.Option("--write", help="Write the stack files")] = False,
) -> None:
    """Propose an environment on the other cloud: what changes, why, and what a node costs there.

    Writes nothing without `--write`, and never over a file that is there.
    """
    from infra.translate.environment import TranslationError
    from infra.translate.environment import translate as translate_stack
    from infra.translate.write import report, stack_file, write_stacks

    try:
        translated = translate_stack(stack, to, project=project, name=name)
        typer.echo(report(translated))
        written = write_stacks(translated) if write else []
    except TranslationError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    for file in written:
        typer.echo(f"\nwrote {file}")
    for one in () if write else translated:
        typer.echo(f"\nstacks/Pulumi.{one.name}.yaml\n\n{stack_file(one)}")


@app.command()
def render(
    stack: Stack,
    out: Annotated[Path, typer.Option(help="Folder for the objects; made when absent")],
) -> None:
    """Write every Kubernetes object that the program declares as YAML, charts as their values."""
    from infra.extras import require_extra
    from infra.graph.record import record_stack
    from infra.graph.render import RenderError
    from infra.graph.render import render as render_graph
    from infra.graph.strict import GraphError
    from infra.spec.files import load_stack_file

    require_extra(load_stack_file(stack))
    try:
        written = render_graph(record_stack(stack), out)
    except (RenderError, GraphError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    typer.echo(f"{len(written)} files in {out}")


@app.command()
def review(
    base: Annotated[str, typer.Option(help="Commit, branch or tag to compare with")],
    html: Annotated[Path | None, typer.Option(help="Write a report to look at")] = None,
    out: Annotated[Path | None, typer.Option(help="Write the comment there, not here")] = None,
    project: Project = PROJECT,
) -> None:
    """Say what a change does to every stack: resources, cost, GPUs, policies, models.

    Offline: no engine, no credentials. Prints one Markdown comment. Exit code 1 when a mandatory
    policy fails, a model does not fit or a stack does not load; 2 when there is nothing to compare.
    """
    from infra.cli_review import run

    raise typer.Exit(run(base, project.absolute(), html=html, out=out))


@app.command("kube-token", hidden=True)
def kube_token(
    provider: Annotated[CloudProvider, typer.Option(help="Cloud")] = CloudProvider.AWS,
    cluster: Annotated[str, typer.Option(help="Name of the EKS cluster")] = "",
    region: Annotated[str, typer.Option(help="Region of the EKS cluster")] = "",
) -> None:
    """Print a short-lived cluster token, as kubeconfig exec plugins do. Needs no other program."""
    from infra import kube_token as tokens

    try:
        typer.echo(tokens.kube_token(provider, cluster, region))
    except tokens.KubeTokenError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error


@app.command()
def recover(
    stack: Stack,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Write it into the state")] = False,
    project: Project = PROJECT,
) -> None:
    """Find what an interrupted `pulumi up` left in the cloud, and put it into the stack's state.

    Creates and deletes nothing. Without `--yes` it only looks; exit code 1 says that there is
    something to do, 2 that a person must decide first.
    """
    from infra.extras import require_extra
    from infra.recovery.recover import PulumiOnPath, RecoveryError
    from infra.recovery.recover import recover as recover_stack
    from infra.spec.files import load_stack_file

    spec = load_stack_file(stack)
    require_extra(spec)
    try:
        state = PulumiOnPath(project.absolute())
        account = _account_of(spec.cloud)
        recovery = recover_stack(stack, state, account, write=yes, say=typer.echo)
    except (CloudApiError, RecoveryError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    typer.echo(recovery.conclusion)
    raise typer.Exit(recovery.exit_code)


def _account_of(cloud: "CloudSpec") -> "Account[AwsApi] | Account[GoogleApi]":
    if cloud.project is not None:
        from infra.recovery.gcp import finders as gcp

        return gcp.own_account(cloud.project, cloud.region)
    from infra.recovery.aws import finders as aws

    return aws.own_account(cloud.region)


@app.command("rehearse")
def rehearse_stack(
    stack: Stack,
    *,
    keep: Annotated[bool, typer.Option(help="Leave the platform running to look at it")] = False,
    destroy: Annotated[bool, typer.Option(help="Destroy a rehearsal that was kept")] = False,
    facts: Annotated[
        str, typer.Option(help="What the account may have: `typical`, `fresh-account` or a file")
    ] = "typical",
    project: Project = PROJECT,
) -> None:
    """Bring an environment up on the real engine and a real control plane: no account, no GPU.

    The environment is the stack with what it extends and what extends it.
    """
    from rich.console import Console

    from infra.extras import require_extra
    from infra.preflight.facts import FactsError, facts_names, load_facts, require_region
    from infra.rehearsal import failure, rehearse, takedown
    from infra.spec.stacks import load_environment

    project, console = project.absolute(), Console()
    try:
        if destroy:
            takedown.destroy_kept(stack, project=project, console=console)
        else:
            stacks = load_environment(stack, project / "stacks")
            require_extra(stacks[0])
            cloud = stacks[0].cloud.provider
            # A file with mistakes, or of another region, is refused before anything starts.
            require_region(load_facts(facts, cloud), stacks[0].cloud.region)
            facts = facts if facts in facts_names(cloud) else str(Path(facts).resolve())
            rehearse.rehearse(
                stack, stacks, facts=facts, keep=keep, project=project, console=console
            )
    except FactsError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    except failure.RehearsalFailedError as error:
        typer.echo(f"failed: {error}", err=True)
        raise typer.Exit(1) from error
    except KeyboardInterrupt:
        typer.echo("interrupted: all that this rehearsal started has ended", err=True)
        raise


def main() -> None:
    """Run the command line; mistakes in what was asked end with exit code 2 and all of them.

    So do credentials that the terminal names and that are not there.
    """
    try:
        app()
    except (CloudApiError, MistakesError, SpecError) as error:
        typer.echo(str(error), err=True)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
