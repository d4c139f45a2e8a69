"""`tokenworks costs`: what a stack cost, beside the estimate. Thin."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

NOT_INSTALLED = (
    "note: {stack} installs no OpenCost: write `cost: {{enabled: true}}` under "
    "tokenworks:observability, and bring its platform up (docs/actual-cost.md)"
)
"""What is said beside a question that nobody answered, where the stack file explains it."""


def costs(  # noqa: PLR0913 - one option each
    stack: Annotated[str, typer.Argument(help="Name of a stack file: stacks/Pulumi.<STACK>.yaml")],
    *,
    opencost: Annotated[
        str,
        typer.Option(help="Address of OpenCost's API, or a file with its answer of /allocation"),
    ] = "http://localhost:9003",
    assets: Annotated[
        str, typer.Option(help="File with OpenCost's answer of /assets; --opencost unless named")
    ] = "",
    prometheus: Annotated[
        str, typer.Option(help="Address of Prometheus, or a file with its answer of the tokens")
    ] = "http://localhost:9090",
    days: Annotated[int, typer.Option(min=1, max=90, help="Length of the window, until now")] = 7,
    csv: Annotated[
        Path | None, typer.Option(help="File for the chargeback by tenant, as CSV")
    ] = None,
) -> None:
    """Set the estimate of a stack against what it cost: by pool, model, tenant, million tokens.

    Changes nothing but the CSV file. What cannot be attributed is shown with its reason. Exit code
    3 when something has no number at all, 2 when nobody answers or what was asked has mistakes.
    """
    from infra.cli_cost import without_collections
    from infra.cost.actual import ask
    from infra.cost.actual.attribute import attribute
    from infra.cost.actual.opencost import AnswerError, allocations, nodes
    from infra.cost.actual.text import as_csv, text
    from infra.cost.actual.tokens import TokensError, tokens
    from infra.cost.estimate import estimate_stack
    from infra.extras import require_extra
    from infra.spec.files import load_stack_file
    from infra.spec.models import object_name

    spec = load_stack_file(stack)
    require_extra(spec)
    try:
        given = allocations(ask.allocation(opencost, days))
        had = nodes(ask.assets(assets or opencost, days))
        counted = tokens(ask.counted(prometheus, days))
    except (ask.AskError, AnswerError, TokensError) as error:
        typer.echo(f"error: {error}", err=True)
        if isinstance(error, ask.AskError) and not spec.observability.measures_cost:
            typer.echo(NOT_INSTALLED.format(stack=stack), err=True)
        raise typer.Exit(2) from error
    with without_collections():
        estimate = estimate_stack(stack, datetime.now(UTC).date())
    # The models of a platform may be another stack's: their names are those that were asked for.
    asked = {object_name(model): model for model, _tenant in counted}
    names = asked | {model.object_name: model.name for model in spec.models}
    found = attribute(given, had, counted, days=days, estimate=estimate, names=names)
    typer.echo(text(found))
    if csv is not None:
        csv.write_text(as_csv(found), "utf-8")
    if found.unknown:
        raise typer.Exit(3)
