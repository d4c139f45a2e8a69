"""`tokenworks preflight`: is an account ready for a stack, and what must be asked for. Thin."""

from typing import Annotated

import typer


def preflight(
    stack: Annotated[str, typer.Argument(help="Name of a stack file: stacks/Pulumi.<STACK>.yaml")],
    facts: Annotated[
        str, typer.Option(help="`fresh-account`, `typical` or a file, instead of asking the cloud")
    ] = "",
) -> None:
    """Say what a stack needs of an account, what it has, and what must be asked for.

    Asks with the credentials of whoever runs it, and changes nothing. Exit code 1 when something is
    short, 3 when nothing is short and something unknown, 2 when what was asked has mistakes.
    """
    from infra.extras import require_extra
    from infra.preflight.run import run_preflight
    from infra.preflight.verdict import PreflightError
    from infra.spec.files import load_stack_file

    spec = load_stack_file(stack)
    require_extra(spec)
    try:
        report = run_preflight(spec, facts)
    except PreflightError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    typer.echo(report.text)
    raise typer.Exit(report.exit_code)
