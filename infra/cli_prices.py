"""`tokenworks prices refresh`: asks a cloud what machines cost now, and shows the difference."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from infra.spec.provider import CloudProvider

if TYPE_CHECKING:
    from infra.cost.refresh.quotes import Answer

app = typer.Typer(no_args_is_help=True, help="Prices of the catalogue.")


@app.callback()
def prices() -> None:
    """Prices of the catalogue."""


@app.command()
def refresh(
    cloud: Annotated[CloudProvider, typer.Option(help="Cloud to ask")],
    *,
    region: Annotated[str, typer.Option(help="Region; the catalogue's own unless named")] = "",
    accept: Annotated[
        list[str] | None,
        typer.Option(help="Machine type whose jump over 25 % you have looked at; may be repeated"),
    ] = None,
    write: Annotated[bool, typer.Option("--write", help="Write what is believed")] = False,
) -> None:
    """Ask a cloud what the catalogue's machines cost, and show old, new, percent and refusals.

    Asks with the credentials of whoever runs it and changes nothing there. Without `--write` the
    catalogue stays as it is. Exit code 1 says that prices were refused, 2 that none could be had.
    """
    from infra.catalog import refreshed
    from infra.catalog.machines import machines
    from infra.catalog.prices import REGIONS
    from infra.cloud_error import CloudApiError
    from infra.cost.refresh import review
    from infra.extras import missing_packages

    names = [machine.name for machine in machines(cloud)]
    unknown = sorted(set(accept or ()) - set(names))
    missing = missing_packages(cloud)
    problems = [f"--accept: the catalogue has no machine type {name!r}" for name in unknown]
    if missing:
        problems.append(f"--cloud {cloud}: needs the extra `{cloud}`, not installed: {missing}")
    if problems:
        typer.echo("\n".join(problems), err=True)
        raise typer.Exit(2)
    try:
        answer = _ask(cloud, region or REGIONS[cloud], names)
    except CloudApiError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    found = review.review(answer, accept or ())
    typer.echo(review.text(found))
    if write:
        text = refreshed.written(review.rows(found, refreshed.read()))
        refreshed.FILE.write_text(text, encoding="utf-8")
        typer.echo(f"wrote {refreshed.FILE}: review its diff, then `make golden`")
    raise typer.Exit(1 if found.refused else 0)


def _ask(cloud: CloudProvider, region: str, names: list[str]) -> "Answer":
    now = datetime.now(UTC)
    if cloud is CloudProvider.GCP:
        from infra.cost.refresh import gcp
        from infra.google_api import RestApi

        return gcp.ask(RestApi("", region), names, now)
    from infra.aws_api import own_account
    from infra.cost.refresh import aws

    return aws.ask(own_account(aws.PRICING_REGION), own_account(region), names, now)
