"""Engine or cloud killed inside creates: what was made is found, and there is one of each.

The moments come from a seed, which is printed: `TOKENWORKS_SEED=N` repeats a run. Each is tried
twice from the same state and the same account: without recovery, to see what it is for, and with.
"""

import json
import os
import random
import re
import shutil
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
import urllib3

from infra.recovery.checkpoint import Checkpoint
from infra.recovery.plan import Step
from infra.recovery.recover import Recovery, recover
from infra.rehearsal.cloud.faults import ORDER, REACHED
from infra.rehearsal.control_plane import ControlPlane
from infra.rehearsal.engine import EngineSession, OperationResult
from infra.rehearsal.ladder import Programs
from infra.replies import blocks
from infra.spec.files import load_stack_file
from tests.support.projects import make_project, stack_config
from tests.support.recoverable import REFUSALS, WORLDS, World
from tests.support.simulated_cloud import Daemon

pytestmark = [pytest.mark.real, pytest.mark.timeout(1800)]

DRAWN = re.compile(r"-[0-9a-f]{7}$")
"""What the provider appends to a name."""
MOMENT_SECONDS = 240.0
SETTLE_SECONDS = 60.0
POLL_SECONDS = 0.05
VICTIMS = ("engine", "cloud")
FAR = ("effect", "reply")
NOTHING = "neither refused nor two of anything"


@dataclass(frozen=True)
class Moment:
    """Who is killed, inside which create, and how far that was."""

    victim: str
    at: str
    number: int
    """The create of that number since the last recovery."""

    def order(self, kinds: Iterable[str]) -> str:
        """Return what the simulated cloud is told."""
        then = "die" if self.victim == "cloud" else "hold"
        order = {"kinds": sorted(kinds), "number": self.number, "at": self.at, "then": then}
        return json.dumps(order)


def moments(count: int, last_number: int) -> list[Moment]:
    """Draw moments from the seed; as many kills of the engine as of the cloud."""
    seed = int(os.environ.get("TOKENWORKS_SEED") or random.randrange(10**6))  # noqa: S311 - not for secrets
    print(f"TOKENWORKS_SEED={seed}")  # noqa: T201 - a failure is repeated with it
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    victims = [VICTIMS[number % len(VICTIMS)] for number in range(count)]
    chance.shuffle(victims)
    return [
        Moment(victim, chance.choice(FAR), chance.randint(1, last_number)) for victim in victims
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
        return urllib3.request("GET", url, retries=False).json()

    def several(self) -> list[tuple[str, str]]:
        """Return what the account has more than one of, by kind and by name less what is drawn."""
        counted = Counter(
            (thing["kind"], DRAWN.sub("", thing["name"] or thing["id"]))
            for thing in self.things()
            if thing["kind"] in self.world.kinds.values()
        )
        return sorted(what for what, count in counted.items() if count > 1)

    def left_behind(self) -> list[dict[str, str]]:
        """Return what stays in the account; what controllers made goes a moment after its node."""
        deadline = time.monotonic() + SETTLE_SECONDS
        while (things := self.things()) and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
        return things

    def up_until(self, moment: Moment) -> str:
        """Bring the stack up until the moment, kill, and return the URN of the create."""
        reached = self.cloud.faults / REACHED
        reached.unlink(missing_ok=True)
        (self.cloud.faults / ORDER).write_text(moment.order(self.world.kinds), encoding="utf-8")
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(self.session.up, self.stack)
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


@pytest.fixture(params=WORLDS)
def place(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    control_plane: ControlPlane,
    programs: Programs,
) -> Iterator[Place]:
    """An empty account and an empty stack of the foundation alone, on each cloud."""
    made = Place(tmp_path, control_plane, programs, WORLDS[request.param])
    yield made
    made.cloud.kill()


def _go_through(place: Place, planned: list[Moment]) -> None:
    for number, moment in enumerate(planned, start=1):
        print(f"{number}: {moment}")  # noqa: T201 - the report of the test
        urn = place.up_until(moment)
        print(f"    inside {urn}")  # noqa: T201 - the report of the test
        pending = [one.urn for one in Checkpoint(place.session.export(place.stack)).pending]
        # An engine that is killed leaves the create in the state; one that lives forgets it.
        assert (urn in pending) is (moment.victim == "engine")

        became = place.without_recovery(sorted({urn, *pending}))
        print(f"    without recovery: {became}")  # noqa: T201 - the report of the test
        assert not became.startswith(NOTHING)

        recovery = place.recover()

        assert recovery.done
        assert urn in {verdict.create.urn for verdict in recovery.verdicts if verdict.adoption}
        assert place.several() == []
        assert Checkpoint(place.session.export(place.stack)).pending == []


def _ends_with_one_of_each(place: Place) -> None:
    result = place.session.up(place.stack)
    assert result.errors == ()
    again = place.session.preview(place.stack, expect_no_changes=True)
    assert again.ok, again.changed

    assert place.several() == []
    resources = blocks(dict(place.session.export(place.stack)), "deployment.resources")
    kinds = place.world.kinds
    wanted = Counter(kinds[kind] for item in resources if (kind := str(item["type"])) in kinds)
    found = Counter(thing["kind"] for thing in place.things())
    assert {kind: found[kind] for kind in wanted} == wanted

    assert place.session.destroy(place.stack).errors == ()
    assert place.left_behind() == []


@pytest.mark.slow  # `make test` has its whole time in an hour (2026-11-27)
def test_three_kills_inside_creates_are_recovered_and_there_is_one_of_each(place: Place) -> None:
    _go_through(place, moments(3, place.world.last_number))
    _ends_with_one_of_each(place)


@pytest.mark.slow
def test_ten_kills_inside_creates_are_recovered_and_there_is_one_of_each(place: Place) -> None:
    _go_through(place, moments(10, place.world.last_number))
    _ends_with_one_of_each(place)
