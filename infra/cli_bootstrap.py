"""`tokenworks bootstrap aws|gcp`: what an account needs before a first `up`, once. Thin."""

from typing import TYPE_CHECKING, Annotated

import typer

from infra.bootstrap.plan import GITLAB
from infra.spec.provider import CloudProvider

if TYPE_CHECKING:
    from infra.bootstrap.hand import Hand
    from infra.bootstrap.plan import Forge, Stacks
    from infra.bootstrap.report import Outcome
    from infra.spec.stack import StackSpec


def bootstrap(  # noqa: PLR0913 - one option each
    cloud: Annotated[CloudProvider, typer.Argument(help="Cloud of the stack")],
    stack: Annotated[str, typer.Argument(help="A stack of the environment to make ready")],
    *,
    github: Annotated[str, typer.Option(help="OWNER/REPOSITORY whose jobs come in")] = "",
    gitlab: Annotated[str, typer.Option(help="GROUP/PROJECT whose jobs come in")] = "",
    gitlab_url: Annotated[str, typer.Option(help="Address of the GitLab")] = GITLAB,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done, and do nothing")
    ] = False,
) -> None:
    """Make a bucket for states, a key for secrets, trust in a repository's jobs, and split roles.

    Runs with the credentials of an administrator. A second run changes nothing, and mends what
    differs. Exit code 2 when what was asked has mistakes, 1 when the cloud refuses something: run
    it again when that is mended, and it goes on from there.
    """
    from infra.bootstrap.hand import BootstrapError, Hand
    from infra.bootstrap.plan import forge, stacks_of
    from infra.bootstrap.report import conclusion
    from infra.cloud_error import CloudApiError
    from infra.extras import require_extra
    from infra.spec.stacks import load_environment

    where = forge(github, gitlab, gitlab_url)
    environment = load_environment(stack)
    require_extra(environment[0])
    if environment[0].cloud.provider is not cloud:
        typer.echo(f"{stack} is a stack of {environment[0].cloud.provider}, not {cloud}", err=True)
        raise typer.Exit(2)
    stacks, hand = stacks_of(environment), Hand(typer.echo, dry_run=dry_run)
    try:
        outcome = _run(environment[0], stacks, where, hand)
    except (BootstrapError, CloudApiError) as error:
        typer.echo(str(error), err=True)
        if hand.changes and not dry_run:
            typer.echo(f"changed {len(hand.changes)} before that; run it again", err=True)
        raise typer.Exit(1) from error
    typer.echo(f"\n{conclusion(outcome, stacks, where, hand)}")


def _run(ground: "StackSpec", stacks: "Stacks", where: "Forge", hand: "Hand") -> "Outcome":
    region = ground.cloud.region
    if ground.cloud.project:
        from infra.bootstrap.gcp.steps import GcpBootstrap
        from infra.google_api import RestApi

        api = RestApi(ground.cloud.project, region)
        has_budget = ground.budget.monthly_usd is not None
        return GcpBootstrap(api, stacks, where, hand, has_budget=has_budget).run()
    from infra.aws_api import own_account
    from infra.bootstrap.aws.steps import AwsBootstrap

    return AwsBootstrap(own_account(region), stacks, where, hand).run()
