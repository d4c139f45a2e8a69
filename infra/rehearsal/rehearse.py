"""A rehearsal from its first program to its last line.

Owns the order of things: the account's limits, programs, control plane and cloud, up, preview, a
look around, and the way down. Does not own any of them.
"""

import logging
import shlex
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from infra.cost.estimate import estimate_stack
from infra.cost.model import Estimate
from infra.graph import recorder
from infra.rehearsal import drills, summary, sweeping
from infra.rehearsal.client_keys import put_client_keys
from infra.rehearsal.closing import working_hours
from infra.rehearsal.clouds import RehearsedCloud, rehearsed_cloud
from infra.rehearsal.engine import Diagnostic, EngineSession
from infra.rehearsal.failure import (
    KNOWN_ERRORS,
    RehearsalFailedError,
    known_errors,
    require_ok,
)
from infra.rehearsal.kept import Kept, StandingStack
from infra.rehearsal.ladder import Programs, install
from infra.rehearsal.leftovers import Thing, cluster_objects
from infra.rehearsal.lock import hold
from infra.rehearsal.names import Names, names
from infra.rehearsal.network_check import require_fit_network
from infra.rehearsal.nodes import report
from infra.rehearsal.nodes.refused import RefusedPods
from infra.rehearsal.observed import observed
from infra.rehearsal.report import write_report
from infra.rehearsal.room import require_room
from infra.rehearsal.screen import Screen, changes
from infra.rehearsal.secrecy import Secrecy
from infra.rehearsal.secrets_seen import synced_secrets
from infra.rehearsal.site import Site, SiteFolders, open_site
from infra.rehearsal.supervisor import Supervisor, find_kept
from infra.rehearsal.supervisor.kept import end_stale_children
from infra.rehearsal.takedown import take_down
from infra.rehearsal.way_in import WayIn, way_in
from infra.spec.memory import models_memory
from infra.spec.models import ModelSpec
from infra.spec.stack import StackSpec

ENGINE = "pulumi"
SETTLE_SECONDS = 20.0
"""How long after `up` a pod may still wait for a node that is on its way."""
POLL_SECONDS = 0.25
POLICIES = "policies"
"""Folder of the project with its policy pack."""


@dataclass(frozen=True)
class Stage:
    """Where one rehearsal happens, and who keeps it alive."""

    supervisor: Supervisor
    site: Site
    session: EngineSession
    engine: Path
    before: frozenset[Thing]
    """The cluster's objects before anything was built."""


@dataclass(frozen=True)
class Rehearsal:
    """One rehearsal of one environment."""

    asked: str
    """Name of the stack that was asked for."""
    stacks: Sequence[StackSpec]
    """Those of its environment, in the order in which they stand on each other."""
    facts: str
    """Name or file of what the account may have."""
    project: Path
    """Folder of `Pulumi.yaml`."""
    screen: Screen

    @property
    def ground(self) -> StackSpec:
        """The stack that all others stand on: it decides region and Kubernetes version."""
        return self.stacks[0]

    @property
    def cloud(self) -> RehearsedCloud:
        """The cloud that all of them stand on."""
        return rehearsed_cloud(self.ground.cloud.provider)

    @property
    def folders(self) -> SiteFolders:
        """Where this rehearsal keeps its files."""
        return SiteFolders.of(self.project, self.asked)

    def run(self, *, keep: bool) -> None:
        """Bring everything up, look around, and take it down or keep it.

        Raises:
            RehearsalFailedError: the stack or the rehearsal itself has something wrong.
        """
        names = ", ".join(spec.name for spec in self.stacks)
        self.screen.say(f"Rehearsing [bold]{escape(names)}[/bold]")
        with known_errors(), hold(self.folders.root):
            self._refuse_kept()
            require_room(self.ground, self.facts, self.screen)
            programs = self._install()
            end_stale_children(self.folders.root)
            if self.folders.root.exists():
                shutil.rmtree(self.folders.root)
            with Supervisor(self.folders.root) as supervisor:
                stage = self._start(supervisor, programs)
                self._build_and_leave(stage, keep=keep)
        summary.print_quotas(self.screen.console, self.ground, self.cloud)
        summary.print_unknowns(self.screen.console, self.ground, self.cloud)

    def _install(self) -> Programs:
        with self.screen.phase("programs") as phase:
            programs = install(self.screen)
            phase.outcome = f"{len(programs.by_name)} real programs"
        return programs

    def _start(self, supervisor: Supervisor, programs: Programs) -> Stage:
        with self.screen.phase("start") as phase:
            site = open_site(supervisor, programs, self.folders, self.ground, facts=self.facts)
            before = cluster_objects(site.api)
            phase.outcome = f"empty cluster, empty {self.cloud.account} ({self.facts})"
        summary.print_programs(self.screen.console, programs, site.plane)
        require_fit_network(
            self.ground,
            lambda: self.cloud.network_findings(site.door, self.ground),
            self.screen,
        )
        engine = programs.path(ENGINE)
        refused = RefusedPods(site.api)

        def check() -> None:
            supervisor.check()
            refused.check()

        packs = [self.project / POLICIES]
        session = site.session(engine, self.project, check=check, policy_packs=packs)
        return Stage(supervisor, site, session, engine, before)

    def _build_and_leave(self, stage: Stage, *, keep: bool) -> None:
        try:
            self._build(stage)
        except (RehearsalFailedError, *KNOWN_ERRORS):
            if keep:  # that is when there is something to look at
                self._keep(stage)
            raise
        secrecy = Secrecy.learn(stage.site)
        if keep:
            self._keep(stage)
        else:
            standing = [StandingStack.of(spec) for spec in self.stacks]
            take_down(standing, stage.site, stage.session, stage.before, self.screen)
        secrecy.require(stage.site, self.screen)

    def _build(self, stage: Stage) -> None:
        types: dict[str, list[str]] = {}
        verdicts: dict[str, Sequence[Diagnostic]] = {}
        for spec in self.stacks:
            stage.session.init_stack(spec.name)
            verdicts[spec.name] = self._judge(stage, spec.name)
            with self.screen.phase(f"up {spec.name}") as phase:
                result = stage.session.up(spec.name, on_event=self.screen.resource)
                phase.outcome = changes(result)
            require_ok(result, stage.site, self.screen)
            if not result.changed:
                message = f"up of {spec.name} created nothing; see {result.log}"
                raise RehearsalFailedError(message)
            types[spec.name] = [step.type for step in result.steps]
            with self.screen.phase(f"preview {spec.name}") as phase:
                result = stage.session.preview(spec.name, expect_no_changes=True)
                phase.outcome = changes(result)
            require_ok(result, stage.site, self.screen)
        sight = self._look(stage, types)
        bills = self._bills()
        summary.print_costs(self.screen.console, bills)
        summary.print_policies(self.screen.console, verdicts)
        file = write_report(self.folders.root, self.stacks, sight, bills, verdicts)
        self.screen.say(f"  report {escape(str(file))}")

    def _bills(self) -> list[Estimate]:
        # What the program warns of, the engine's own runs have said.
        logging.getLogger(recorder.__name__).setLevel(logging.ERROR)
        with self.screen.phase("cost") as phase:
            bills = [estimate_stack(spec.name, folder=self.project) for spec in self.stacks]
            phase.outcome = "priced offline, list prices (`tokenworks estimate`)"
        return bills

    def _judge(self, stage: Stage, stack: str) -> Sequence[Diagnostic]:
        """Preview, as `pulumi up` does first: what the policy pack forbids is never begun."""
        with self.screen.phase(f"policies {stack}") as phase:
            result = stage.session.preview(stack)
            said = [found for found in result.diagnostics if found.policy]
            phase.outcome = f"{len(said)} findings"
        require_ok(result, stage.site, self.screen)
        return said

    def _look(self, stage: Stage, types: dict[str, list[str]]) -> summary.Sight:
        site = stage.site
        self._require_every_pod_placed(site)
        put_client_keys(site, self.stacks)
        models = [model for spec in self.stacks for model in spec.models]
        placements = report.placements(site.api)
        gpus = report.pool_gpus(site.api)
        gateway = self._settled_way_in(site)
        sight = summary.Sight(
            types,
            models,
            placements,
            gpus,
            memory=models_memory(self.stacks),
            cache_servers=report.cache_servers(site.api),
            secrets=synced_secrets(site.api),
            way_in=gateway,
            observed=observed(site.api),
            names=self._settled_names(site, gateway),
            drill=drills.hang(site.api, self.stacks, placements),
            hours=working_hours(site.api, self.stacks),
            sweep=self._swept(stage.session),
        )
        summary.print_sight(self.screen.console, sight)
        missing = [model.name for model in models if not _is_served(model, placements)]
        if missing:
            message = f"not served as the stack file says: {', '.join(missing)}"
            raise RehearsalFailedError(message)
        if sight.hours and sight.hours.left:
            message = f"never opened, or never closed: {', '.join(sorted(sight.hours.left))}"
            raise RehearsalFailedError(message)
        return sight

    def _swept(self, session: EngineSession) -> Sequence[str]:
        states = {spec.name: session.export(spec.name) for spec in self.stacks}
        return [one.text for one in sweeping.ask(states, datetime.now(UTC).date())]

    def _settled_way_in(self, site: Site) -> WayIn | None:
        """Return the gateway once its controller takes all that was asked of it."""
        deadline = time.monotonic() + SETTLE_SECONDS
        while (found := way_in(site.api)) is not None and found.refused:
            if time.monotonic() > deadline:
                for text in found.refused:
                    self.screen.say(f"  gateway {escape(text)}")
                message = f"the gateway does not take {len(found.refused)} things"
                raise RehearsalFailedError(message)
            time.sleep(POLL_SECONDS)
        return found

    def _settled_names(self, site: Site, gateway: WayIn | None) -> Names | None:
        """Return where the gateway's hosts point, once all of them point at it."""
        deadline = time.monotonic() + SETTLE_SECONDS
        while (found := names(site, self.stacks, gateway)) is not None and found.missing:
            if time.monotonic() > deadline:
                self.screen.say(f"  names  {escape(found.text)}")
                log = self.folders.cloud_log
                message = f"external-dns wrote no record of {len(found.missing)} hosts; see {log}"
                raise RehearsalFailedError(message)
            time.sleep(POLL_SECONDS)
        return found

    def _require_every_pod_placed(self, site: Site) -> None:
        deadline = time.monotonic() + SETTLE_SECONDS
        while waiting := report.verdicts(site.api):
            if time.monotonic() > deadline or any(verdict.final for verdict in waiting):
                summary.print_verdicts(self.screen.console, waiting)
                message = f"{len(waiting)} pods have no place"
                raise RehearsalFailedError(message)
            time.sleep(POLL_SECONDS)

    def _refuse_kept(self) -> None:
        if find_kept(self.folders.root) is not None:
            message = f"a kept rehearsal is running; `{self._command('--destroy')}` takes it down"
            raise RehearsalFailedError(message)

    def _keep(self, stage: Stage) -> None:
        standing = tuple(StandingStack.of(spec) for spec in self.stacks)
        Kept(stage.site, stage.engine, standing, stage.before).save()
        stage.supervisor.keep()
        kubeconfig = shlex.quote(str(stage.site.plane.kubeconfig))
        self.screen.say(f"  kept: `kubectl --kubeconfig {escape(kubeconfig)} get pods -A`")
        self.screen.say(f"  take it down: `{escape(self._command('--destroy'))}`")

    def _command(self, option: str) -> str:
        here = Path(__file__).resolve().parents[2] == self.project.resolve()
        where = [] if here else ["--project", str(self.project)]
        return shlex.join(["tokenworks", "rehearse", self.asked, option, *where])


def _is_served(model: ModelSpec, placements: Sequence[report.Placement]) -> bool:
    running = [
        placement
        for placement in placements
        if placement.model == model.object_name
        and placement.pool == model.pool
        and placement.running
    ]
    return len(running) == model.replicas.min


def rehearse(  # noqa: PLR0913 - all but the stacks are named
    asked: str,
    stacks: Sequence[StackSpec],
    *,
    facts: str,
    keep: bool,
    project: Path,
    console: Console,
) -> None:
    """Rehearse an environment; see `Rehearsal.run`."""
    Rehearsal(asked, stacks, facts, project, Screen(console)).run(keep=keep)
