"""Engine or cloud killed inside creates: what was made is found, and there is one of each.

The moments come from a seed, which is printed: `TOKENWORKS_SEED=N` repeats a run. Each is tried
twice from the same state and the same account: without recovery, to see what it is for, and with.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.recovery.checkpoint import Checkpoint
from infra.rehearsal.control_plane import ControlPlane
from infra.rehearsal.ladder import Programs
from infra.replies import blocks
from tests.support.killed import NOTHING, Moment, Place, moments
from tests.support.recoverable import WORLDS

pytestmark = [pytest.mark.real, pytest.mark.timeout(1800)]


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
