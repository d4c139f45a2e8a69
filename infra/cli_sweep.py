"""`tokenworks sweep`: takes preview stacks away whose day has come. Thin."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

PROJECT = Path(__file__).resolve().parents[1]


def sweep(
    *,
    apply: Annotated[
        bool, typer.Option("--apply", help="Destroy and remove them; without it nothing is changed")
    ] = False,
    project: Annotated[Path, typer.Option(hidden=True, help="Folder of Pulumi.yaml")] = PROJECT,
) -> None:
    """Say which preview stacks of the backend have expired; with --apply, take them away.

    A stack is taken only when its output `expires` is a day that has come, and everything in it
    bears the tags of that stack, of dev and of that day. Exit code 1 when a stack that says it has
    expired is refused or did not go; 2 when the backend does not answer.
    """
    from infra.sweep.backend import PulumiBackend
    from infra.sweep.judge import Verdict
    from infra.sweep.run import BackendError
    from infra.sweep.run import sweep as run

    today = datetime.now(UTC).date()
    failed = found = False
    backend = PulumiBackend(project.absolute(), lambda line: typer.echo(f"  {line}"))
    try:
        for one in run(backend, today, apply=apply):
            typer.echo(one.line)
            failed = failed or bool(one.error) or one.judged.verdict is Verdict.REFUSED
            found = found or one.judged.verdict is Verdict.EXPIRED
    except BackendError as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(2) from error
    if found and not apply:
        typer.echo("nothing was changed; `tokenworks sweep --apply` removes what has expired")
    if failed:
        raise typer.Exit(1)
