"""Production, seen from outside: both stacks come up in order, stay, change, refuse, and go."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from infra.rehearsal.kept import StandingStack
from infra.rehearsal.ladder import Programs
from infra.rehearsal.leftovers import leftovers
from infra.rehearsal.nodes.report import placements
from infra.rehearsal.screen import Screen
from infra.rehearsal.takedown import take_down
from infra.spec.stacks import load_environment
from tests.support.production import AWS, GCP, Production
from tests.support.stage import Stage, changed_steps, open_stage, replicas_and_room

pytestmark = pytest.mark.real

TOKENWORKS = Path(sys.executable).with_name("tokenworks")


@pytest.fixture(scope="module", params=[AWS, GCP], ids=["aws", "gcp"])
def production(request: pytest.FixtureRequest) -> Production:
    """Production on one cloud, then on the other."""
    return request.param


@pytest.fixture(scope="module")
def project(production: Production, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return production.project(tmp_path_factory.mktemp("production") / "it")


@pytest.fixture(scope="module")
def stage(production: Production, project: Path, programs: Programs) -> Iterator[Stage]:
    """Both stacks, up. The tests below run in their order; the last one destroys them."""
    with open_stage(project, production.base, programs) as opened:
        opened.session.init_stack(production.served)
        for name in production.stacks:
            result = opened.session.up(name)
            assert result.ok, result.errors
        yield opened


def test_one_command_rehearses_the_environment_and_says_what_to_ask_for(
    production: Production, programs: Programs
) -> None:
    del programs  # they are installed

    done = rehearse(production.base)

    assert done.returncode == 0, done.stdout + done.stderr
    base, served = production.stacks
    phases = [
        *(f"up {base} ", f"up {served} ", "came up"),
        *(f"protect {base} ", f"destroy {served} ", f"empty {base} ", f"destroy {base} "),
        *("left behind      nothing", production.fresh, "not proven here"),
    ]
    places = [done.stdout.index(phase) for phase in phases]
    assert places == sorted(places), done.stdout
    assert "destroy refused, nothing deleted" in done.stdout
    for code in production.asked_for:
        assert code in done.stdout


def test_every_model_has_its_floor_on_demand_and_its_rest_elsewhere(
    production: Production, stage: Stage
) -> None:
    placed = placements(stage.site.api)

    for model in production.models():
        name = str(model["name"]).replace(".", "-")
        capacities = sorted(str(one.capacity) for one in placed if one.model == name)
        assert len(capacities) == 2, name
        assert capacities[0] == "on-demand", name
        if model["pool"] in production.rest_on_spot:
            assert capacities[1] == "spot", name


def test_a_second_preview_finds_nothing_to_change(production: Production, stage: Stage) -> None:
    for stack in production.stacks:
        result = stage.session.preview(stack, expect_no_changes=True)

        assert result.ok, result.errors
        assert not result.changed


def test_a_refresh_finds_only_what_came_afterwards(production: Production, stage: Stage) -> None:
    result = stage.session.refresh(production.base)

    assert result.ok, result.errors
    assert {(step.name, step.type) for step in changed_steps(result)} == production.refreshed
    assert not stage.session.preview(production.base, expect_no_changes=True).changed


def test_a_third_replica_shows_exactly_that_change(
    production: Production, stage: Stage, project: Path
) -> None:
    wanted = [
        {**model, "replicas": {"min": 3}} if model["name"] == production.alone else model
        for model in production.models()
    ]
    production.write_models(project, wanted)
    stage.session.init_stack(production.served)

    result = stage.session.preview(production.served)

    assert result.ok, result.errors
    assert replicas_and_room(result) == {production.alone.replace(".", "-")}


@pytest.mark.slow  # `make test` has its whole time in an hour (2026-11-27)
def test_a_model_that_fits_no_node_fails_on_the_schedulers_verdict(
    production: Production, tmp_path: Path
) -> None:
    project = production.project(tmp_path / "it")
    first, *_ = production.models()
    production.write_models(project, [{**first, "name": "too-wide", "tensorParallel": 8}])

    done = rehearse(production.base, project=project)

    assert done.returncode == 1
    report = " ".join(done.stdout.split())
    assert f"model too-wide does not fit pool {production.narrow_pool}" in report
    assert "Insufficient nvidia.com/gpu" in report


def test_production_refuses_to_be_destroyed_and_goes_once_protection_is_lifted(
    production: Production, stage: Stage, project: Path
) -> None:
    environment = load_environment(production.base, project / "stacks")
    standing = [StandingStack.of(spec) for spec in environment]

    take_down(standing, stage.site, stage.session, stage.before, Screen(Console(quiet=True)))

    assert leftovers(stage.site, stage.before) == []


def rehearse(stack: str, project: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [
        str(TOKENWORKS),
        "rehearse",
        stack,
        *(["--project", str(project)] if project else []),
    ]
    environment = {**os.environ, "COLUMNS": "200"}
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=500, check=False
    )
