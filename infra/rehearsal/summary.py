"""The end of a rehearsal: what came up, where, and what is not proven.

Owns the text. Everything in it was counted or asked; a section that nothing builds yet says
`not built` and shows no number.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.markup import escape

from infra.catalog import releases
from infra.cost.model import Estimate as Bill
from infra.cost.text import usd
from infra.preflight.facts import FRESH_ACCOUNT, load_facts
from infra.preflight.quotas import increases
from infra.preflight.report import quota_lines
from infra.rehearsal.closing import HoursKept
from infra.rehearsal.clouds import RehearsedCloud
from infra.rehearsal.control_plane import ControlPlane
from infra.rehearsal.engine import Diagnostic
from infra.rehearsal.ladder import Programs
from infra.rehearsal.names import Names
from infra.rehearsal.nodes.quantity import Resources
from infra.rehearsal.nodes.report import CacheServer, Placement, PoolGpus, Verdict
from infra.rehearsal.observed import Observed
from infra.rehearsal.secrets_seen import SyncedSecret, secrets_text
from infra.rehearsal.way_in import WayIn
from infra.sizing.answer import cache_text
from infra.sizing.estimate import Estimate
from infra.spec.models import ModelSpec
from infra.spec.stack import StackSpec

MANAGED_CACHES = {
    "aws:elasticache/replicationGroup:ReplicationGroup": "ElastiCache",
    "gcp:memorystore/instance:Instance": "Memorystore",
}
"""Type of a managed instance of the cache to the name of its service."""
NOT_PROVEN = (
    "that the cloud has the machines, and your account the quotas of the facts",
    "that images pull, start and find a driver: a placed pod was scheduled, no more",
    "that weights download, and how fast a model answers",
    "how long a real cloud takes: a cluster about ten minutes, a GPU node some minutes",
    "that you can reach the API server: `endpointAccess` is not enforced on loopback",
    "the permissions of whoever deploys",
    "that pools shrink again, and in which order a real autoscaler tries them",
    "that an alert fires and reaches anybody: no Prometheus evaluates the rules here",
    "that logs, traces and answers to the probe arrive: nothing here prints, sends or asks",
)
NEXT_STEP = (
    "lower what the model asks, give the pool larger or more nodes, or ask for the quota that is "
    "named above"
)


@dataclass(frozen=True)
class Sight:
    """What was seen while an environment was up."""

    types: Mapping[str, Sequence[str]]
    """Stack to the type of each of its resources."""
    models: Sequence[ModelSpec]
    """Models that should be served."""
    placements: Sequence[Placement]
    gpus: Sequence[PoolGpus]
    memory: Mapping[str, Estimate | None]
    """Model to what its GPUs' memory holds; None where the catalogue does not know its shape."""
    cache_servers: Sequence[CacheServer]
    """Pods of the cache, where it runs inside the cluster."""
    secrets: Sequence[SyncedSecret]
    """What External Secrets brings into the cluster."""
    way_in: WayIn | None
    """The gateway, where there is one."""
    names: Names | None = None
    """Where its hosts point, where the platform keeps a zone."""
    observed: Observed | None = None
    """What watches it, where anything does."""
    drill: str | None = None
    """What is heard when a model hangs."""
    hours: HoursKept | None = None
    """How the working hours of its models are kept, where they have any."""
    sweep: Sequence[str] = ()
    """What a sweep of preview stacks says of each stack."""


def print_programs(console: Console, programs: Programs, plane: ControlPlane) -> None:
    """Say which real programs run, in which versions, and where they came from."""
    installed = programs.by_name.values()
    versions = ", ".join(f"{program.name} {program.version}" for program in installed)
    rungs = ", ".join(sorted({str(program.rung) for program in installed}))
    _line(console, f"[dim]  {escape(versions)} ({escape(rungs)})[/dim]")
    server = f"Kubernetes API server {plane.server_version} emulates {plane.emulated_version}"
    _line(console, f"[dim]  {server}[/dim]")


def print_sight(console: Console, sight: Sight) -> None:
    """Say what came up and where it was placed."""
    _line(console, "")
    for stack, types in sight.types.items():
        _line(console, f"  [bold]{escape(stack)}[/bold] came up: {_by_kind(types)}")
    for model in sight.models:
        placed = [p for p in sight.placements if p.model == model.object_name]
        _line(console, f"  model  {escape(placed_text(model.name, placed))}")
        _line(console, f"         {escape(cache_text(sight.memory.get(model.name)))}")
    for pool in sight.gpus:
        gpus = f"{pool.used} of {pool.bought} GPUs used on {pool.nodes} node(s)"
        _line(console, f"  pool   {escape(pool.pool)}: {gpus}")
    for label, text in _besides(sight):
        _line(console, f"  {label:<6} {escape(text)}")
    _line(console, "")


def _besides(sight: Sight) -> Iterator[tuple[str, str]]:
    """Yield what there is besides models and nodes, each with the word that it stands under."""
    if cache := where_the_cache_is(sight):
        yield "cache", cache
    if sight.secrets:
        yield "secrets", secrets_text(sight.secrets)
    if sight.way_in:
        yield "gateway", sight.way_in.text
        if sight.way_in.shared:
            yield "shared", sight.way_in.shared.text
    if sight.names:
        yield "names", sight.names.text
    if sight.observed:
        yield "watch", sight.observed.text
    if sight.drill:
        yield "drill", sight.drill
    if sight.hours:
        yield "hours", sight.hours.text
    for line in sight.sweep:
        yield "sweep", line


def print_policies(console: Console, verdicts: Mapping[str, Sequence[Diagnostic]]) -> None:
    """Say what the policy pack found, by stack. What is mandatory would have stopped the update."""
    for stack, found in verdicts.items():
        what = f"{len(found)} to look at" if found else "nothing to say"
        _line(console, f"  policies {escape(stack)}: {what}")
        for text in sorted({f"{one.policy}: {said(one)}" for one in found}):
            _line(console, f"    [dim]- {escape(text)}[/dim]")


def said(finding: Diagnostic) -> str:
    """Return what a policy found, without the description that its message begins with."""
    return finding.message.splitlines()[-1]


def print_costs(console: Console, estimates: Iterable[Bill]) -> None:
    """Say what each stack costs; what has no price is counted, never left out."""
    for bill in estimates:
        if not bill.lines:
            continue
        month = bill.total
        ends = f"{usd(month.minimum)} to {usd(month.maximum)}"
        what = f"{usd(month.expected)} USD a month expected ({ends}), "
        what += f"{usd(bill.usd_per_hour_at_most)} USD an hour at most"
        if bill.unpriced:
            what += f"; [bold]{len(bill.unpriced)} without a price[/bold]"
        _line(console, f"  cost   {escape(bill.stack)}: {what}")


def print_quotas(console: Console, spec: StackSpec, cloud: RehearsedCloud) -> None:
    """Say what a fresh account must ask the cloud for, with every pool at its maximum."""
    who = f"a fresh {cloud.account}"
    _line(console, f"  [bold]{who} must ask for[/bold] ({escape(spec.cloud.region)})")
    fresh = load_facts(FRESH_ACCOUNT, spec.cloud.provider)
    for line in quota_lines(increases(spec, fresh)) or ["nothing"]:
        _line(console, f"    {escape(line)}")


def print_unknowns(console: Console, spec: StackSpec, cloud: RehearsedCloud) -> None:
    """Say what is unresolved, and what a rehearsal cannot prove."""
    if missing := releases.unresolved(spec.cloud.provider):
        listed = ", ".join(missing)
        _line(console, f"  [bold]unresolved[/bold], so no production yet: {listed}")
        _line(console, "    `tokenworks lock` asks for them where registries can be reached")
    _line(console, "  [bold]not proven here[/bold]")
    for item in (*NOT_PROVEN, *cloud.not_proven):
        _line(console, f"    - {item}")


def print_verdicts(console: Console, verdicts: Iterable[Verdict]) -> None:
    """Say which pods have no place, what they asked, and what a node of their pool has.

    A pod for which a node may still come is named as waiting, not as one that does not fit.
    """
    for verdict in verdicts:
        if not verdict.final:
            waiting = f"  still waiting: {verdict.pod} ({verdict.scheduler})"
            _line(console, f"[dim]{escape(waiting)}[/dim]")
            continue
        who = f"model {verdict.model}" if verdict.model else f"pod {verdict.pod}"
        pool = escape(verdict.pool or "none")
        _line(console, "")
        _line(console, f"[bold red]{escape(who)} does not fit pool {pool}[/bold red]")
        for title, text in (
            ("pod", verdict.pod),
            ("asks for", _resources(verdict.asked)),
            ("a node has", _node_has(verdict)),
            ("the scheduler says", verdict.scheduler),
            ("the autoscaler says", verdict.autoscaler),
            ("next", NEXT_STEP),
        ):
            _line(console, f"  {title:<19} {escape(text)}")


def _node_has(verdict: Verdict) -> str:
    if verdict.allocatable is None:
        return "no node of the pool came up"
    room = f"{_resources(verdict.allocatable)} for pods ({verdict.node})"
    if verdict.daemon_sets is None:
        return room
    return f"{room}, of which DaemonSets take {_resources(verdict.daemon_sets)}"


def placed_text(name: str, placements: Sequence[Placement]) -> str:
    """Return where the servers of a model stand."""
    where = Counter((p.pool or "no pool", p.capacity or "unknown") for p in placements)
    places = ", ".join(
        f"{count} on {pool} ({capacity})" for (pool, capacity), count in where.items()
    )
    return f"{name}: {places or 'no server runs'}"


def where_the_cache_is(sight: Sight) -> str | None:
    """Return what came up of the cache, or None where a stack has none."""
    kinds = Counter(kind for types in sight.types.values() for kind in types)
    managed = [
        f"{kinds[kind]} instances of {of}" for kind, of in MANAGED_CACHES.items() if kinds[kind]
    ]
    if managed:
        return ", ".join(managed)
    if not sight.cache_servers:
        return None
    names = ", ".join(server.instance for server in sight.cache_servers)
    running = sum(server.running for server in sight.cache_servers)
    return f"{names}: {running} of {len(sight.cache_servers)} servers run in the cluster"


def _by_kind(types: Sequence[str]) -> str:
    packages = Counter(kind.split(":", 1)[0] for kind in types)
    parts = ", ".join(f"{count} {package}" for package, count in sorted(packages.items()))
    return f"{sum(packages.values())} resources ({parts})"


def _resources(resources: Resources) -> str:
    cores = f"{resources.cpu_millicores / 1000:g} CPU"
    memory = f"{resources.memory_mib / 1024:.1f} GiB memory"
    disk = f"{resources.ephemeral_storage_mib / 1024:.0f} GiB disk"
    return f"{cores}, {memory}, {disk}, {resources.gpus} GPU"


def _line(console: Console, text: str) -> None:
    console.print(text, highlight=False, soft_wrap=True)
