"""Runs both programs on the real engine, round by round, side by side.

Owns the order of measurements: each program has a site of its own, and the two take turns command
by command, the first one changing from round to round. Does not own what the numbers mean.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.equal import require_equal
from benchmarks.projects import write_flat_project, write_real_project
from benchmarks.results import Measurement, Program, SizeResult, Step
from benchmarks.usage import ProgramWatch
from infra.graph.model import Graph
from infra.graph.record import project_file, record_stack
from infra.rehearsal.engine import EngineSession, OperationResult
from infra.rehearsal.ladder import Programs
from infra.rehearsal.rehearse import ENGINE
from infra.rehearsal.screen import Screen
from infra.rehearsal.site import SiteFolders, open_site
from infra.rehearsal.supervisor import Supervisor
from infra.spec.files import load_stack_file


class FailedRunError(ValueError):
    """A command of the engine did not do what it should; a time without it means nothing."""


class Contestant:
    """One program at its own site."""

    def __init__(
        self, program: Program, stack: str, project: Path, graph: Graph, screen: Screen
    ) -> None:
        """Take a project folder and what it is known to declare."""
        self.program = program
        self.graph = graph
        self._stack = stack
        self._project = project
        self._screen = screen
        self._session: EngineSession | None = None

    @contextmanager
    def site(self, folder: Path, programs: Programs) -> Generator[None]:
        """Open an empty cluster and an empty account; end both afterwards."""
        spec = load_stack_file(self._stack, project_file(self._project).stacks)
        folders = SiteFolders(folder / f"site-{self.program}")
        with Supervisor(folders.root) as supervisor:
            site = open_site(supervisor, programs, folders, spec, preload=False)
            self._session = EngineSession(
                programs.path(ENGINE),
                self._project,
                folders.engine,
                debug_providers={site.cloud.provider: site.provider_port},
                credentials=site.cloud.credentials(site.door),
            )
            self._session.init_stack(self._stack)
            yield

    def measure(self, step: Step, number: int) -> Measurement:
        """Run one command of the engine.

        Raises:
            FailedRunError: it failed, or it was about other resources than the program declares.
        """
        if self._session is None:
            message = f"{self.program}: has no site; open one first"
            raise FailedRunError(message)
        if step is Step.DESTROY:
            result = self._session.destroy(self._stack, on_event=self._screen.resource)
            return Measurement(number, self.program, step, self._seconds(result), None)
        with ProgramWatch() as watch:
            match step:
                case Step.PREVIEW:
                    result = self._session.preview(self._stack)
                case Step.UP:
                    result = self._session.up(self._stack, on_event=self._screen.resource)
                case Step.AGAIN:
                    result = self._session.preview(self._stack, expect_no_changes=True)
        return Measurement(number, self.program, step, self._seconds(result), watch.usage)

    def _seconds(self, result: OperationResult) -> float:
        expected = len(self.graph.resources) + 1  # the stack itself
        done = sum(result.changes.values())
        if result.ok and done == expected:
            return result.seconds
        reasons = [error.strip() for error in result.errors] or [
            f"it was about {done} resources, {expected} are declared"
        ]
        message = "\n".join(
            [f"{result.operation} of {self.program} failed; see {result.log}", *reasons]
        )
        raise FailedRunError(message)


@dataclass(frozen=True)
class Bench:
    """One size of one stack."""

    stack: str
    times: int
    """How many times its pools and models."""
    rounds: int
    folder: Path
    """Made anew; holds projects, sites and logs."""
    programs: Programs
    screen: Screen

    def run(self) -> SizeResult:
        """Measure both programs.

        Raises:
            FailedRunError: a command of the engine failed.
            NotEqualError: the two programs do not declare the same.
        """
        with self.screen.phase(f"x{self.times} programs") as phase:
            contestants = self._contestants()
            count = sum(item.custom for item in contestants[0].graph.resources)
            phase.outcome = f"{count} resources, equal in both"
        with ExitStack() as stack:
            with self.screen.phase(f"x{self.times} sites"):
                for contestant in contestants:
                    stack.enter_context(contestant.site(self.folder, self.programs))
            with self.screen.phase(f"x{self.times} warm-up") as phase:
                for contestant in contestants:
                    contestant.measure(Step.PREVIEW, 0)
                phase.outcome = "one preview each, not counted"
            measurements = [
                item for number in range(self.rounds) for item in self._round(contestants, number)
            ]
        return SizeResult(self.times, count, measurements)

    def _contestants(self) -> Sequence[Contestant]:
        real = write_real_project(self.folder / "project-ours", self.stack, self.times)
        flat = write_flat_project(self.folder / "project-flat", self.stack, real)
        graphs = [record_stack(self.stack, folder=project) for project in (real, flat)]
        require_equal(*graphs)
        return (
            Contestant(Program.OURS, self.stack, real, graphs[0], self.screen),
            Contestant(Program.FLAT, self.stack, flat, graphs[1], self.screen),
        )

    def _round(self, contestants: Sequence[Contestant], number: int) -> Iterator[Measurement]:
        # Who goes first finds the machine in another state than who goes second.
        order = contestants if number % 2 == 0 else contestants[::-1]
        for step in Step:
            with self.screen.phase(f"x{self.times} round {number + 1}") as phase:
                measured = [contestant.measure(step, number) for contestant in order]
                by_program = {item.program: item.seconds for item in measured}
                phase.outcome = f"{step}: " + ", ".join(
                    f"{program} {by_program[program]:.1f} s" for program in Program
                )
            yield from measured
