"""`tokenworks images`: builds, scans, pushes and signs the images of this project."""

from pathlib import Path
from typing import Annotated

import typer

ROOT = Path(__file__).resolve().parents[1]


def images(  # noqa: PLR0913 - options, all but the stack by name
    stack: Annotated[str, typer.Argument(help="Stack whose registry they go to")],
    *,
    image: Annotated[
        list[str] | None, typer.Option(help="Image to make; all unless named; may be repeated")
    ] = None,
    key: Annotated[
        str, typer.Option(help="Key to sign with, awskms:///… or gcpkms://…; your identity if none")
    ] = "",
    repositories: Annotated[
        str,
        typer.Option(
            envvar="IMAGE_REPOSITORIES",
            help="Addresses as `pulumi stack output imageRepositories --json` writes them; "
            "the stack is asked if none",
        ),
    ] = "",
    plan: Annotated[bool, typer.Option("--plan", help="Only print what would be run")] = False,
    project: Annotated[Path, typer.Option(hidden=True)] = ROOT,
) -> None:
    """Build, scan, push and sign the images of this project, for the registry of a stack.

    Needs a container engine, a scanner, cosign, pulumi and credentials that may push. Exit code 2
    says that something of it is missing and nothing was begun, 1 that a step failed.
    """
    from infra.extras import require_extra
    from infra.images import run
    from infra.spec.files import load_stack_file

    spec = load_stack_file(stack)
    require_extra(spec)
    try:
        there = run.names(project)
        chosen = image or there
        if unknown := sorted(set(chosen) - set(there)):
            message = f"--image: no such image, got {', '.join(unknown)}; one of {', '.join(there)}"
            raise run.NotReadyError(message)  # noqa: TRY301  one report for all of them
        if plan:
            typer.echo("\n".join(run.plan(project, chosen, stack)))
            return
        shop = run.Workshop(project, project / "dist" / "images", typer.echo, key, repositories)
        run.make_images(spec, chosen, shop)
    except run.NotReadyError as error:
        typer.echo(
            f"{error}\nnothing was built; `tokenworks images {stack} --plan` says what would be",
            err=True,
        )
        raise typer.Exit(2) from error
    except run.ImagesError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
