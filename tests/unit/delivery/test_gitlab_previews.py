"""A sweep on GitLab: what it refuses, and that its failure is the job's."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.delivery.forge import forge
from tests.support.delivery.machine import Machine
from tests.support.delivery.workflows import GITLAB, step
from tests.support.delivery.world import BACKEND, World
from tests.unit.delivery.test_gitlab_scripts import (
    OF_PREVIEWS,
    gives_kubectl,
    pipeline_run,
    with_engine,
)

pytestmark = pytest.mark.thorough  # dozens of processes each


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Return the world of the sweep's script."""
    with forge() as answering:
        yield World(step(GITLAB.name, "sweep"), answering, Machine(tmp_path))


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"PREVIEW_BACKEND_URL": ""}, "PREVIEW_BACKEND_URL: is not a variable of this project"),
        ({"PREVIEW_BACKEND_URL": BACKEND}, "PREVIEW_BACKEND_URL: must not be PULUMI_BACKEND_URL"),
        ({"KUBECTL_SHA256": ""}, "variable KUBECTL_SHA256: not set"),
        ({"KUBECTL_SHA256": "0" * 64}, "WARNING: 1 computed checksum did NOT match"),
    ],
)
def test_a_sweep_of_another_backend_or_with_anybodys_kubectl_is_none(
    world: World, changed: dict[str, str], says: str
) -> None:
    sha, kubectl = with_engine(world, ""), gives_kubectl(world)
    world.machine.program("tokenworks")
    said = {"PULUMI_SHA256": sha, "KUBECTL_SHA256": kubectl} | OF_PREVIEWS | changed

    done = pipeline_run(world, **said)

    assert done.code != 0
    assert says in done.output
    assert not [call for call in world.machine.calls() if call.startswith("tokenworks")]


def test_a_sweep_that_a_person_must_look_at_fails_the_job(world: World) -> None:
    sha, kubectl = with_engine(world, ""), gives_kubectl(world)
    world.machine.program("tokenworks", "exit 1")

    assert pipeline_run(world, PULUMI_SHA256=sha, KUBECTL_SHA256=kubectl, **OF_PREVIEWS).code == 1
