"""Preview stacks: who brings one up, what sweeps it away, and that neither has another state."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.delivery.forge import forge
from tests.support.delivery.machine import Machine
from tests.support.delivery.preview_scenes import SHOWS, has_dev
from tests.support.delivery.workflows import (
    github_steps,
    gitlab_steps,
    jobs,
    mapping,
    step,
    texts,
    workflows,
)
from tests.support.delivery.world import BACKEND, World

pytestmark = pytest.mark.thorough  # dozens of processes each

UP = ("preview-stack.yml", "up", "Up")
SWEEP = ("sweep.yml", "sweep", "Sweep")


@pytest.fixture
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """Return the world of a step, in which both programs can be called."""
    with forge() as answering:
        made = World(step(*request.param), answering, Machine(tmp_path))
        has_dev(made)
        made.machine.program("pulumi", SHOWS)
        made.machine.program("tokenworks")
        yield made


def of(*steps: tuple[str, str, str]) -> pytest.MarkDecorator:
    """Give a test the world of each of these steps."""
    return pytest.mark.parametrize("world", steps, indirect=True, ids=[one[1] for one in steps])


@of(UP, SWEEP)
@pytest.mark.parametrize(
    ("backend", "says"),
    [
        ("", "PREVIEW_BACKEND_URL: is not a variable of this environment"),
        (BACKEND, "PREVIEW_BACKEND_URL: must not be PULUMI_BACKEND_URL"),
    ],
)
def test_previews_have_a_backend_of_their_own_or_there_are_none(
    world: World, backend: str, says: str
) -> None:
    done = world.run({"vars.PREVIEW_BACKEND_URL": backend})

    assert done.code != 0
    assert says in done.output
    assert world.machine.calls() == []


@of(UP)
@pytest.mark.parametrize("unset", ["vars.PREVIEW_SECRETS_PROVIDER"])
def test_a_state_without_a_key_is_not_begun(world: World, unset: str) -> None:
    done = world.run({unset: ""})

    assert done.code != 0
    assert "PREVIEW_SECRETS_PROVIDER: is not a variable of this environment" in done.output
    assert world.machine.calls() == []


@of(UP)
def test_a_preview_of_a_stack_that_the_change_has_not_is_none(world: World) -> None:
    done = world.run({"vars.PREVIEW_OF": "aws-gone"})

    assert done.code != 0
    assert not [call for call in world.machine.calls() if call.startswith("pulumi")]


@of(UP)
@pytest.mark.parametrize("fails", ["select", "config", "up"])
def test_what_fails_on_the_way_up_fails_the_job(world: World, fails: str) -> None:
    world.machine.program("pulumi", f'case "$*" in *{fails}*) exit 255 ;; esac')

    assert world.run({}).code == 255
    assert world.machine.calls()[-1].startswith("pulumi")
    assert fails in world.machine.calls()[-1]


@of(UP)
@pytest.mark.parametrize("days", ["soon", "1; rm"])
def test_days_that_are_none_bring_nothing_up(world: World, days: str) -> None:
    (world.machine.folder / "bin" / "date").unlink()

    assert world.run({"vars.PREVIEW_DAYS || '2'": days}).code != 0
    assert not [call for call in world.machine.calls() if call.startswith("pulumi")]


@of(SWEEP)
@pytest.mark.parametrize("code", [1, 2])
def test_a_sweep_that_a_person_must_look_at_fails_and_is_in_the_summary(
    world: World, code: int
) -> None:
    world.machine.program("tokenworks", f"echo 'pr-7: refused' >&2\nexit {code}")

    assert world.run({}).code == code
    assert "    pr-7: refused" in world.machine.written("summary")


def test_a_preview_stack_is_asked_for_by_a_label_and_approved_by_somebody() -> None:
    assert mapping(mapping(workflows()["preview-stack.yml"]["on"])["pull_request"]) == {
        "types": ["labeled"]
    }
    job = jobs("preview-stack.yml")["up"]
    assert "github.event.label.name == 'preview-stack'" in str(job["if"])
    assert job["environment"] == "previews"
    assert gates("preview-stack.yml") == ["required_reviewers"]


def test_a_sweep_runs_what_is_on_main_and_in_an_environment_of_its_own() -> None:
    """Its role deletes without asking anybody: a change's own code must not have it."""
    assert set(mapping(workflows()["sweep.yml"]["on"])) == {"schedule", "workflow_dispatch"}
    assert jobs("sweep.yml")["sweep"]["environment"] == "previews-sweep"
    assert gates("sweep.yml") == ["branch_policy"]


def test_without_the_variable_no_preview_job_runs() -> None:
    for file, name in (("preview-stack.yml", "up"), ("sweep.yml", "sweep")):
        assert str(jobs(file)[name]["if"]).endswith("vars.PREVIEW_OF != ''")


def test_one_engine_brings_everything_up() -> None:
    """A state that a newer engine wrote is none that an older one reads."""
    said = [one.environment.get("PULUMI_VERSION") for one in (*github_steps(), *gitlab_steps())]

    assert len({version for version in said if version is not None}) == 1


def gates(file: str) -> list[str]:
    """Return what the environments of a workflow must ask for."""
    found = [one for one in github_steps() if one.file == file and "GATES" in one.environment]
    return [word for one in found for word in texts(one.environment["GATES"])]
