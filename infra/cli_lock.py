"""`tokenworks lock`: digests and versions of what is installed, asked and written. Thin."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.lock.answers import Answer

OPEN, MOVED = 1, 2


def lock(
    stack: Annotated[
        str,
        typer.Argument(help="A stack on AWS: EKS is asked for add-ons of its Kubernetes"),
    ] = "",
    *,
    look: Annotated[bool, typer.Option("--look", help="Ask, and write nothing")] = False,
    file: Annotated[Path | None, typer.Option(hidden=True, help="The lock file")] = None,
) -> None:
    """Ask registries, chart repositories and EKS what the lock file leaves open, and write it.

    What nobody answers stays unresolved, and a digest that is pinned is compared, never changed.
    Exit code 1 when something stays unresolved, 2 when a pinned tag has moved.
    """
    from infra.catalog.releases import LOCK_FILE, read_lock
    from infra.lock.chart_index import ChartIndexes
    from infra.lock.http import Http
    from infra.lock.registry import Registries
    from infra.lock.resolve import Sources, resolve
    from infra.lock.write import with_answers

    file, http = file or LOCK_FILE, Http()
    sources = Sources(Registries(http), ChartIndexes(http), _addons(stack) if stack else None)
    verdicts = resolve(read_lock(file), sources)
    for verdict in verdicts:
        typer.echo(str(verdict))
    news = [one for one in verdicts if one.news is not None]
    if news and not look:
        text = file.read_text(encoding="utf-8")
        edited = file.with_suffix(".partial")
        edited.write_text(with_answers(text, verdicts, datetime.now(UTC).date()), encoding="utf-8")
        read_lock(edited)
        edited.replace(file)
        typer.echo(f"{len(news)} written into {file}")
    if any(one.has_moved for one in verdicts):
        typer.echo("a tag that moved: find out why before you trust it; nothing of it was written")
        raise typer.Exit(MOVED)
    left = sum(one.is_open for one in verdicts)
    typer.echo(f"{left} unresolved" if left else "all is resolved")
    raise typer.Exit(OPEN if left else 0)


def _addons(stack: str) -> "Callable[[str], Answer]":
    """Return the question to EKS for a stack's version of Kubernetes.

    Raises:
        SpecError: there is no such stack, or its cloud's packages are not installed.
    """
    from infra.aws_api import own_account
    from infra.extras import require_extra
    from infra.lock.addons import addon_version
    from infra.lock.answers import Unresolved
    from infra.spec.cloud import CloudProvider
    from infra.spec.files import load_stack_file

    spec = load_stack_file(stack)
    require_extra(spec)
    if spec.cloud.provider is not CloudProvider.AWS:
        nothing = Unresolved(f"{stack} is not on AWS, and EKS alone has these")
        return lambda _name: nothing
    api, version = own_account(spec.cloud.region), spec.cluster.kubernetes_version
    return lambda name: addon_version(api, name, version)
