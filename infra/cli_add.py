"""`tokenworks model add` and `tenant add`: one more entry in a stack file. Ask no cloud. Thin."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from infra.additions.stack_source import StackSource

PROJECT = Path(__file__).resolve().parents[1]

models = typer.Typer(no_args_is_help=True, help="Models of a stack file.")


@models.callback()
def _models() -> None:
    """Models of a stack file."""


@models.command("add")
def add_model(  # noqa: PLR0913 - one parameter an option
    stack: Annotated[str, typer.Argument(help="Name of a stack file that builds models")],
    *,
    source: Annotated[str, typer.Option(help="Repository of the hub, `organization/name`")] = "",
    name: Annotated[str, typer.Option(help="What clients send; else from the source")] = "",
    pool: Annotated[str, typer.Option(help="GPU pool; else the cheapest on which it fits")] = "",
    context: Annotated[
        int | None, typer.Option(help="Longest request, in tokens; else at most 32768")
    ] = None,
    replicas: Annotated[
        int | None, typer.Option(help="Servers; else what the environment gives")
    ] = None,
    tensor_parallel: Annotated[
        int | None, typer.Option(help="GPUs of one server; else the fewest that do")
    ] = None,
    weights_gib: Annotated[
        float | None, typer.Option(help="Size of the checkpoint; else the catalogue's")
    ] = None,
    revision: Annotated[str, typer.Option(help="Commit of the repository")] = "",
    like: Annotated[
        str, typer.Option("--from", help="Model of the stack whose settings it takes")
    ] = "",
    tenant: Annotated[
        list[str] | None,
        typer.Option(help="Tenant who names its models and gets this one; once for each"),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print and write nothing")] = False,
    project: Annotated[
        Path, typer.Option(hidden=True, help="Folder of Pulumi.yaml; this checkout's unless named")
    ] = PROJECT,
) -> None:
    """Add a model to a stack file, and say where it will run, whether it fits and what it costs.

    Needs no cloud, no cluster and no credentials. What would be wrong afterwards is refused with
    exit code 2, and the file stays as it is.
    """
    from infra.additions.cost import bills, cost_lines
    from infra.additions.model import propose_model
    from infra.additions.model_entry import ModelRequest
    from infra.additions.model_text import cost_text, model_text
    from infra.additions.words import diff
    from infra.cli_cost import without_collections
    from infra.graph.record import project_file

    asked = ModelRequest(
        source=source,
        name=name,
        pool=pool,
        context=context,
        replicas=replicas,
        tensor_parallel=tensor_parallel,
        weights_gib=weights_gib,
        revision=revision,
        like=like,
        tenants=tuple(tenant or ()),
    )
    folder = project.absolute()
    proposal = propose_model(stack, asked, project_file(folder).stacks)
    lines = "\n".join(diff(*change) for change in proposal.changes)
    typer.echo(f"{lines}\n\n{model_text(proposal)}")
    after = [proposal.after.spec if one.name == stack else one for one in proposal.environment]
    with without_collections():
        costs = bills(proposal.environment, after, folder, datetime.now(UTC).date())
    typer.echo(f"{cost_text(cost_lines(costs))}\n")
    name = proposal.chosen.model.name
    stacks = [after.name for _, after in proposal.changes]
    _finish(proposal.changes, name, stacks, dry_run=dry_run)


tenants = typer.Typer(no_args_is_help=True, help="Tenants of a platform's stack file.")


@tenants.callback()
def _tenants() -> None:
    """Tenants of a platform's stack file."""


@tenants.command("add")
def add_tenant(  # noqa: PLR0913 - one parameter an option
    stack: Annotated[str, typer.Argument(help="Name of a stack file that has the gateway")],
    name: Annotated[str, typer.Argument(help="Name of the tenant and of its key")],
    *,
    models: Annotated[
        list[str] | None,
        typer.Option(help="Model that it may use, once for each or with commas; else all"),
    ] = None,
    requests_per_minute: Annotated[
        int | None, typer.Option(help="To one path of a model, at each proxy; else the gateway's")
    ] = None,
    cpu: Annotated[
        float | None, typer.Option(help="Cores of a namespace of its own; none where nothing is")
    ] = None,
    memory_gib: Annotated[float | None, typer.Option(help="Memory of that namespace")] = None,
    pods: Annotated[int | None, typer.Option(help="Pods of that namespace")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print and write nothing")] = False,
    project: Annotated[
        Path, typer.Option(hidden=True, help="Folder of Pulumi.yaml; this checkout's unless named")
    ] = PROJECT,
) -> None:
    """Add a tenant to a stack file, and say what it opens and how its key is put.

    Needs no cloud, no cluster and no credentials, and sees no key. What would be wrong afterwards
    is refused with exit code 2, and the file stays as it is.
    """
    from components.secrets import API_KEYS, put_command, read_command
    from infra.additions.tenant import TenantRequest, propose_tenant
    from infra.additions.tenant_text import key_text, tenant_text
    from infra.additions.words import diff
    from infra.graph.record import project_file

    named = tuple(part.strip() for one in models or () for part in one.split(",") if part.strip())
    asked = TenantRequest(
        name=name,
        models=named,
        requests_per_minute=requests_per_minute,
        cpu=cpu,
        memory_gib=memory_gib,
        pods=pods,
    )
    proposal = propose_tenant(stack, asked, project_file(project.absolute()).stacks)
    cloud = proposal.after.spec.cloud.provider
    typer.echo(f"{diff(proposal.before, proposal.after)}\n\n{tenant_text(proposal)}\n")
    stacks = [one.name for one in proposal.environment]
    _finish([(proposal.before, proposal.after)], name, stacks, dry_run=dry_run)
    read, put = (command(cloud, stack, API_KEYS) for command in (read_command, put_command))
    typer.echo(f"\n{key_text(name, read, put)}")


def _finish(
    changes: "list[tuple[StackSource, StackSource]]", name: str, stacks: list[str], *, dry_run: bool
) -> None:
    from infra.additions.stack_source import write_stacks
    from infra.additions.words import next_steps

    if dry_run:
        typer.echo("nothing was written: --dry-run")
        return
    files = ", ".join(after.shown for _, after in changes)
    try:
        write_stacks(changes)
    except OSError as error:
        typer.echo(f"cannot be written, and as it was: {files}: {error}", err=True)
        raise typer.Exit(2) from error
    typer.echo(f"wrote {files}\n{next_steps(name, stacks)}")
