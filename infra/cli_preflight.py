"""`tokenworks preflight` and `record`: is an account ready; what it answered, as a file. Thin."""

from pathlib import Path
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


def record(
    stack: Annotated[str, typer.Argument(help="Name of a stack file: stacks/Pulumi.<STACK>.yaml")],
    out: Annotated[
        Path | None, typer.Option(help="File to write; `facts-<STACK>.yaml` here unless named")
    ] = None,
) -> None:
    """Save what an account answers as a facts file: `make rehearse FACTS=FILE` keeps its limits.

    Asks as `preflight` does and changes nothing in the account. Exit code 3 when something is
    unknown in the file, 2 when what was asked has mistakes.
    """
    from infra.extras import require_extra
    from infra.preflight import record as recorded
    from infra.preflight.run import survey_of
    from infra.preflight.verdict import PreflightError
    from infra.spec.files import load_stack_file

    spec = load_stack_file(stack)
    require_extra(spec)
    recorded.require_recordable(spec)
    file = out or Path(f"facts-{stack}.yaml")
    try:
        found = survey_of(spec)
        file.write_text(recorded.facts_text(spec, found), encoding="utf-8")
    except (OSError, PreflightError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    unknown = found.facts.untold
    typer.echo(f"wrote {file}: {found.facts.name}, {len(found.facts.quotas)} quotas")
    for code, why in unknown.items():
        typer.echo(f"unknown {code}: {why}")
    typer.echo(f"next: make rehearse STACK={stack} FACTS={file}")
    raise typer.Exit(3 if unknown else 0)
