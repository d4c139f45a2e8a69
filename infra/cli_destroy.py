"""`tokenworks destroy`: an environment goes, and what stays of it is said. Thin."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infra.destroy.found import Look
    from infra.spec.stack import StackSpec

PROJECT = Path(__file__).resolve().parents[1]
LEFT, STOPPED = 1, 2


def destroy(
    stack: Annotated[str, typer.Argument(help="Stack; those that extend it go first")],
    *,
    yes: Annotated[
        str, typer.Option("--yes", help="The stack's name again: do not ask", metavar="NAME")
    ] = "",
    look: Annotated[
        bool, typer.Option("--look", help="Delete nothing; say what would go, and what is there")
    ] = False,
    without_cluster: Annotated[
        bool, typer.Option("--without-cluster", help="Go on where the cluster cannot be asked")
    ] = False,
    project: Annotated[Path, typer.Option(hidden=True, help="Folder of Pulumi.yaml")] = PROJECT,
) -> None:
    """Delete an environment in order, and say what of it is left in the account.

    Stops before anything is deleted where something is protected. Exit code 1 when something is
    left or unknown, 2 when it stopped.
    """
    from infra.destroy.found import Marks
    from infra.destroy.kubectl import KubectlCluster
    from infra.destroy.pulumi import PulumiOnPath
    from infra.destroy.run import DestroyError, Place, carry_out, intend, require_allowed
    from infra.extras import require_extra
    from infra.spec.stack import cluster_name

    specs = _standing_on(stack, project / "stacks")
    require_extra(specs[0])
    name = specs[0].platform_name
    place = Place(PulumiOnPath(project.absolute()), KubectlCluster, _look(specs[0]))
    try:
        intent = intend([spec.name for spec in specs], place)
        marks = Marks(name, cluster_name(name), intent.seen.balancers)
        for line in intent.lines:
            typer.echo(line)
        if not look:
            require_allowed(intent, without_cluster=without_cluster)
            if not intent.is_empty:
                _ask(specs[0], yes)
                carry_out(intent, place, marks, typer.echo)
    except DestroyError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(STOPPED) from error
    if specs[0].extends is not None:
        typer.echo(f"{name} still stands: what the account has is its own")
        return
    raise typer.Exit(_report(place.look(marks).lines))


def _standing_on(stack: str, folder: Path) -> "list[StackSpec]":
    """Return a stack and those that extend it, in order."""
    from infra.spec.stacks import load_environment

    found = load_environment(stack, folder)
    return [spec for spec in found if stack in (spec.name, spec.extends)]


def _ask(spec: "StackSpec", yes: str) -> None:
    """Let a person say the name in production, and yes elsewhere.

    Raises:
        RefusedError: they did not, or `--yes` names another stack.
    """
    from infra.destroy.run import RefusedError
    from infra.spec.environment import Environment

    if yes:
        agreed = yes == spec.name
    elif spec.environment is Environment.PROD:
        agreed = typer.prompt(f"Type {spec.name} to delete all of this") == spec.name
    else:
        agreed = typer.confirm("Delete all of this?")
    if not agreed:
        message = f"nothing was deleted: what was typed is not {spec.name}"
        raise RefusedError(message)


def _look(spec: "StackSpec") -> "Look":
    from infra.destroy.look import look_of

    return look_of(spec.cloud.region, spec.cloud.project or "")


def _report(lines: "Sequence[str]") -> int:
    if not lines:
        typer.echo("left in the account: nothing that is known to be ours")
        return 0
    typer.echo("left in the account; nothing of it was touched:")
    for line in lines:
        typer.echo(f"  {line}")
    return LEFT
