"""Engine or cloud killed inside a create or a delete, on the foundation of a small stack.

The moments come from a seed, which is printed: `TOKENWORKS_SEED=N` repeats a run.
Owns the place and the kills. Does not own what must hold after one.
"""

import json
import os
import random
import shutil
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import urllib3

from infra.recovery.plan import Step
from infra.recovery.recover import Recovery, recover
from infra.rehearsal.cloud.faults import CREATE, ORDER, REACHED
from infra.rehearsal.control_plane import ControlPlane
from infra.rehearsal.engine import EngineSession, OperationResult
from infra.rehearsal.ladder import Programs
from infra.spec.files import load_stack_file
from tests.support.projects import make_project, stack_config
from tests.support.recoverable import REFUSALS, World
from tests.support.simulated_cloud import Daemon

MOMENT_SECONDS = 240.0
SETTLE_SECONDS = 60.0
INVENTORY_SECONDS = 60.0
POLL_SECONDS = 0.05
VICTIMS = ("engine", "cloud")
FAR = ("effect", "reply")
NOTHING = "neither refused nor two of anything"


@dataclass(frozen=True)
class Moment:
    """Who is killed, inside which create or delete, and how far that was."""

    victim: str
    at: str
    number: int
    """The operation of that number since the order was given."""
    inside: str = CREATE

    def order(self, kinds: Iterable[str]) -> str:
        """Return what the simulated cloud is told."""
        then = "die" if self.victim == "cloud" else "hold"
        order = {
            "inside": self.inside,
            "kinds": sorted(kinds),
            "number": self.number,
            "at": self.at,
            "then": then,
            "given": time.monotonic_ns(),  # an order of the same words is another one
        }
        return json.dumps(order)


def moments(count: int, last_number: int, inside: str = CREATE) -> list[Moment]:
    """Draw moments from the seed; as many kills of the engine as of the cloud."""
    seed = int(os.environ.get("TOKENWORKS_SEED") or random.randrange(10**6))  # noqa: S311 - not for secrets
    print(f"TOKENWORKS_SEED={seed}")  # noqa: T201 - a failure is repeated with it
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    victims = [VICTIMS[number % len(VICTIMS)] for number in range(count)]
    chance.shuffle(victims)
    return [
        Moment(victim, chance.choice(FAR), chance.randint(1, last_number), inside)
        for victim in victims
    ]


class Place:
    """A stack on the real engine and a simulated cloud, both of which can be killed."""

    def __init__(self, folder: Path, plane: ControlPlane, programs: Programs, world: World) -> None:
        self.folder, self.world, self.stack = folder, world, world.stack
        self.pulumi = programs.path("pulumi")
        config = stack_config(self.stack) | {"tokenworks:layers": ["foundation"]}
        config.pop("tokenworks:models", None)
        self.project = make_project(folder / "project", {self.stack: config})
        self.cloud = Daemon(folder / "cloud", plane, load_stack_file(self.stack).cloud)
        self.cloud.start()
        self.session = self._session("engine")
        self.session.init_stack(self.stack)

    def _session(self, directory: str) -> EngineSession:
        return EngineSession(
            self.pulumi,
            self.project,
            self.folder / directory,
            debug_providers={self.cloud.at.provider: self.cloud.provider_port},
            credentials=self.cloud.credentials,
        )

    def things(self) -> list[dict[str, str]]:
        """Return what is in the account and was not at its start."""
        url = f"http://127.0.0.1:{self.cloud.api_port}/inventory"
        # Unsaid, it would be three seconds (urllib3 2.8, `urllib3.request`).
        return urllib3.request("GET", url, retries=False, timeout=INVENTORY_SECONDS).json()

    def several(self) -> list[tuple[str, str]]:
        """Return what the account has more than one of."""
        return self.world.several(self.things())

    def left_behind(self) -> list[dict[str, str]]:
        """Return what stays in the account; what controllers made goes a moment after its node."""
        deadline = time.monotonic() + SETTLE_SECONDS
        while (things := self.things()) and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
        return things

    def up_until(self, moment: Moment) -> str:
        """Bring the stack up until the moment, kill, and return the URN of the create."""
        return self.until(moment, lambda: self.session.up(self.stack))

    def until(self, moment: Moment, operate: Callable[[], OperationResult]) -> str:
        """Run an operation until the moment, kill, and return the URN that it was inside."""
        reached = self.cloud.faults / REACHED
        reached.unlink(missing_ok=True)
        (self.cloud.faults / ORDER).write_text(moment.order(self.world.kinds), encoding="utf-8")
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(operate)
            self._await(reached, running)
            if moment.victim == "engine":
                self._kill_engine()
                (self.cloud.faults / ORDER).unlink()
            result = running.result(MOMENT_SECONDS)
        assert not result.ok
        if moment.victim == "cloud":
            self.cloud.kill()
            self.cloud.start()
        return reached.read_text(encoding="utf-8")

    def _await(self, reached: Path, running: "Future[OperationResult]") -> None:
        deadline = time.monotonic() + MOMENT_SECONDS
        while not (reached.exists() and reached.read_text(encoding="utf-8")):
            assert not running.done(), "\n".join(running.result().errors)
            assert time.monotonic() < deadline
            time.sleep(POLL_SECONDS)

    def _kill_engine(self) -> None:
        for process in psutil.Process().children(recursive=True):
            with suppress(psutil.NoSuchProcess):  # others come and go while this looks
                if process.name() == "pulumi" and str(self.project) in " ".join(process.cmdline()):
                    process.kill()

    def recover(self) -> Recovery:
        """Do what `tokenworks recover STACK --yes` does; what is still being made is waited for."""
        deadline = time.monotonic() + SETTLE_SECONDS
        while True:
            account = self.world.account(self.cloud.door)
            recovery = recover(self.stack, self.session, account, write=True, say=_say)
            waits = any(verdict.step is Step.WAIT for verdict in recovery.verdicts)
            if not waits or time.monotonic() > deadline:
                return recovery
            time.sleep(1)

    def _became(self, result: OperationResult) -> str:
        refused = [word for word in REFUSALS if any(word in error for error in result.errors)]
        if refused:
            return f"refused: {refused}"
        several = self.several()
        return f"two of {several}" if several else ""

    def without_recovery(self, urns: list[str]) -> str:
        """Go on without recovery, on copies of state and account; say what became of it."""
        copied = self.folder / "copy"
        shutil.copytree(self.folder / "engine", copied)
        journal = self.folder / "copy.journal"
        shutil.copy(self.cloud.journal, journal)
        self.cloud.kill()
        self.cloud.start(journal)
        try:
            session = self._session("copy")
            # A program that meets no cluster yet may stop before a late create of those: then
            # everything is asked for, which takes longer.
            became = self._became(session.up(self.stack, only=urns))
            if not became:
                result = session.up(self.stack)
                became = self._became(result) or "\n".join((NOTHING, *result.errors))
            return became
        finally:
            self.cloud.kill()
            self.cloud.start()
            shutil.rmtree(copied)
            journal.unlink()


def _say(line: str) -> None:
    print(f"    {line}")  # noqa: T201 - the report of the test
