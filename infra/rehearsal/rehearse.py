"""A rehearsal from its first program to its last line.

Owns the order of things: programs, control plane and cloud, up, preview, a look around, destroy,
what is left. Does not own any of them.
"""

import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from infra.rehearsal import summary
from infra.rehearsal.control_plane import ControlPlaneError
from infra.rehearsal.engine import (
    EngineError,
    EngineSession,
    OperationResult,
    StackFileError,
    UnsafeBackendError,
)
from infra.rehearsal.kept import Kept
from infra.rehearsal.kubernetes.client import ApiError
from infra.rehearsal.ladder import LadderError, Programs, install
from infra.rehearsal.leftovers import Thing, cluster_objects, leftovers
from infra.rehearsal.lock import AlreadyRunningError, hold
from infra.rehearsal.nodes import report
from infra.rehearsal.screen import Screen
from infra.rehearsal.site import Site, SiteError, SiteFolders, open_site
from infra.rehearsal.supervisor import Supervisor, SupervisorError, find_kept
from infra.spec.stack import StackSpec

ENGINE = "pulumi"
KNOWN_ERRORS = (
    AlreadyRunningError,
    ApiError,
    ControlPlaneError,
    EngineError,
    LadderError,
    SiteError,
    StackFileError,
    SupervisorError,
    UnsafeBackendError,
)
"""What can go wrong with a rehearsal itself. Anything else is a fault of ours: a traceback."""


class Wish(Enum):
    """What a person wants of a rehearsal."""

    WHOLE = auto()
    """Up, a look around, and down again."""
    KEEP = auto()
    """Up and a look around; it stays up."""
    DESTROY = auto()
    """Down with what was kept."""


class RehearsalFailedError(ValueError):
    """Something is wrong; details, where there are any, have been printed."""


@dataclass(frozen=True)
class Rehearsal:
    """One rehearsal of one environment."""

    stacks: Sequence[StackSpec]
    """In the order in which they stand on each other; the last one is the one asked for."""
    project: Path
    """Folder of `Pulumi.yaml`."""
    screen: Screen

    @property
    def spec(self) -> StackSpec:
        """The stack that was asked for."""
        return self.stacks[-1]

    @property
    def folders(self) -> SiteFolders:
        """Where this rehearsal keeps its files."""
        return SiteFolders(self.project / ".rehearsal" / self.spec.name)

    def run(self, wish: Wish) -> None:
        """Rehearse.

        Raises:
            RehearsalFailedError: the stack or the rehearsal itself has something wrong.
        """
        self.screen.say(f"Rehearsing [bold]{escape(self.spec.name)}[/bold]")
        try:
            with hold(self.folders.root):
                if wish is Wish.DESTROY:
                    self._destroy_kept()
                else:
                    self._rehearse(keep=wish is Wish.KEEP)
        except KNOWN_ERRORS as error:
            raise RehearsalFailedError(str(error)) from error

    def _rehearse(self, *, keep: bool) -> None:
        self._refuse_kept()
        programs = self._install()
        with ExitStack() as stack:
            with self.screen.phase("start") as phase:
                shutil.rmtree(self.folders.root, ignore_errors=True)
                supervisor = stack.enter_context(Supervisor(self.folders.root))
                site = open_site(supervisor, programs, self.folders, self.spec)
                before = cluster_objects(site.api)
                phase.outcome = "empty cluster, empty account"
            summary.print_programs(self.screen.console, programs, site.plane)
            if keep:
                # Also when `up` fails: that is when there is something to look at.
                stack.callback(self._keep, supervisor, site, programs, before)
            session = self._session(site, programs.path(ENGINE))
            self._build(site, session)
            if not keep:
                self._take_down(site, session, before)
        summary.print_unknowns(self.screen.console)

    def _install(self) -> Programs:
        with self.screen.phase("programs") as phase:
            programs = install(self.screen)
            phase.outcome = f"{len(programs.by_name)} real programs"
        return programs

    def _build(self, site: Site, session: EngineSession) -> None:
        types: dict[str, list[str]] = {}
        for spec in self.stacks:
            with self.screen.phase(f"up {spec.name}") as phase:
                session.init_stack(spec.name)
                result = session.up(spec.name, on_event=self.screen.resource)
                phase.outcome = _changes(result)
            self._require(result, site)
            types[spec.name] = [step.type for step in result.steps]
            with self.screen.phase(f"preview {spec.name}") as phase:
                result = session.preview(spec.name, expect_no_changes=True)
                phase.outcome = _changes(result)
            self._require(result, site)
        models = [model for spec in self.stacks for model in spec.models]
        sight = summary.Sight(
            types, models, report.placements(site.api), report.pool_gpus(site.api)
        )
        summary.print_sight(self.screen.console, sight)

    def _session(self, site: Site, engine: Path) -> EngineSession:
        return site.session(engine, self.project, self.spec.cloud.region)

    def _take_down(self, site: Site, session: EngineSession, before: frozenset[Thing]) -> None:
        for spec in reversed(self.stacks):
            with self.screen.phase(f"destroy {spec.name}") as phase:
                result = session.destroy(spec.name, on_event=self.screen.resource)
                phase.outcome = _changes(result)
            self._require(result, site)
        with self.screen.phase("left behind") as phase:
            left = leftovers(site, before)
            phase.outcome = f"{len(left)} things" if left else "nothing"
        if left:
            for thing in left:
                self.screen.say(f"    [red]{escape(str(thing))}[/red]")
            message = "destroy left something behind; a real account would go on paying for it"
            raise RehearsalFailedError(message)

    def _require(self, result: OperationResult, site: Site) -> None:
        if result.ok:
            return
        for error in result.errors:
            self.screen.say(f"  [red]{escape(error.strip())}[/red]")
        for name, count in result.changed.items() if result.operation == "preview" else ():
            self.screen.say(f"  [red]a second preview would {name} {count}[/red]")
        summary.print_verdicts(self.screen.console, report.verdicts(site.api))
        self.screen.say(f"  everything that was printed: {result.log}")
        message = f"{result.operation} of {result.stack} failed"
        raise RehearsalFailedError(message)

    def _refuse_kept(self) -> None:
        if find_kept(self.folders.root) is not None:
            message = (
                f"{self.spec.name}: a kept rehearsal is running;"
                f" `tokenworks rehearse {self.spec.name} --destroy` takes it down"
            )
            raise RehearsalFailedError(message)

    def _keep(
        self, supervisor: Supervisor, site: Site, programs: Programs, before: frozenset[Thing]
    ) -> None:
        Kept(site, programs.path(ENGINE), before).save()
        supervisor.keep()
        self.screen.say(f"  kept: `kubectl --kubeconfig {site.plane.kubeconfig} get pods -A`")
        self.screen.say(f"  take it down: `tokenworks rehearse {self.spec.name} --destroy`")

    def _destroy_kept(self) -> None:
        kept = find_kept(self.folders.root)
        if kept is None:
            self.screen.say("  nothing is kept; there is nothing to destroy")
            return
        try:
            saved = Kept.find(self.folders)
            if saved is None or kept.ended():
                self.screen.say("  [yellow]parts of it ended by themselves; stopping the rest[/]")
                return
            self._take_down(saved.site, self._session(saved.site, saved.engine), saved.before)
        finally:
            kept.stop()


def rehearse(stacks: Sequence[StackSpec], wish: Wish, *, project: Path, console: Console) -> None:
    """Rehearse an environment; see `Rehearsal.run`."""
    Rehearsal(stacks, project, Screen(console)).run(wish)


def _changes(result: OperationResult) -> str:
    done = ", ".join(f"{count} {op}" for op, count in sorted(result.changed.items()))
    return (done or "no change") + ("" if result.ok else ", [red]failed[/red]")
