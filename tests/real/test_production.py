"""Production, seen from outside: both stacks come up in order, stay, change, refuse, and go."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from infra.rehearsal.engine import OperationResult, Step
from infra.rehearsal.kept import StandingStack
from infra.rehearsal.ladder import Programs
from infra.rehearsal.leftovers import leftovers
from infra.rehearsal.nodes.report import placements
from infra.rehearsal.screen import Screen
from infra.rehearsal.takedown import take_down
from infra.spec.stacks import load_environment
from tests.support.production import BASE, MODELS, STACKS, models, production, write_models
from tests.support.stage import Stage, open_stage

pytestmark = pytest.mark.real

TOKENWORKS = Path(sys.executable).with_name("tokenworks")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return production(tmp_path_factory.mktemp("production") / "it")


@pytest.fixture(scope="module")
def stage(project: Path, programs: Programs) -> Iterator[Stage]:
    """Both stacks, up. The tests below run in their order; the last one destroys them."""
    with open_stage(project, BASE, programs) as opened:
        opened.session.init_stack(MODELS)
        for name in STACKS:
            result = opened.session.up(name)
            assert result.ok, result.errors
        yield opened


def test_one_command_rehearses_the_environment_and_says_what_to_ask_for(programs: Programs) -> None:
    del programs  # they are installed

    done = rehearse(BASE)

    assert done.returncode == 0, done.stdout + done.stderr
    phases = [
        *("up aws-prod ", "up aws-prod-models ", "came up"),
        *("destroy aws-prod-models ", "protect aws-prod ", "destroy aws-prod "),
        *("left behind      nothing", "a fresh account must ask for", "not proven here"),
    ]
    places = [done.stdout.index(phase) for phase in phases]
    assert places == sorted(places), done.stdout
    assert "destroy refused, nothing deleted" in done.stdout
    for code in ("L-DB2E81BA", "L-417A185B", "L-3819A6DF"):  # G, P, and G as spot
        assert code in done.stdout


def test_every_model_has_its_floor_on_demand_and_its_rest_elsewhere(stage: Stage) -> None:
    placed = placements(stage.site.api)

    for model in models():
        name = str(model["name"]).replace(".", "-")
        capacities = sorted(str(one.capacity) for one in placed if one.model == name)
        wanted = ["on-demand", "spot"] if model["pool"] == "l40s" else ["on-demand", "on-demand"]
        assert capacities == wanted, name


@pytest.mark.parametrize("stack", STACKS)
def test_a_second_preview_finds_nothing_to_change(stage: Stage, stack: str) -> None:
    result = stage.session.preview(stack, expect_no_changes=True)

    assert result.ok, result.errors
    assert not result.changed


def test_a_refresh_finds_only_the_nodes_that_the_autoscaler_added(stage: Stage) -> None:
    result = stage.session.refresh(BASE)

    assert result.ok, result.errors
    assert {(step.name, step.type) for step in changed_steps(result)} == {
        ("l40s-spot", "aws:eks/nodeGroup:NodeGroup"),
        ("h100-on-demand", "aws:eks/nodeGroup:NodeGroup"),
    }
    assert not stage.session.preview(BASE, expect_no_changes=True).changed


def test_a_third_replica_shows_exactly_that_change(stage: Stage, project: Path) -> None:
    first, *rest = models()
    write_models(project, [{**first, "replicas": {"min": 3}}, *rest])
    stage.session.init_stack(MODELS)

    result = stage.session.preview(MODELS)

    assert result.ok, result.errors
    assert dict(result.changed) == {"update": 1}
    (step,) = changed_steps(result)
    assert step.changed == ("spec.replicas",)


def test_a_model_that_fits_no_node_fails_on_the_schedulers_verdict(tmp_path: Path) -> None:
    project = production(tmp_path / "it")
    first, *_ = models()
    write_models(project, [{**first, "name": "too-wide", "tensorParallel": 8}])

    done = rehearse(BASE, project=project)

    assert done.returncode == 1
    report = " ".join(done.stdout.split())
    assert "model too-wide does not fit pool l40s" in report
    assert "Insufficient nvidia.com/gpu" in report


def test_production_refuses_to_be_destroyed_and_goes_once_protection_is_lifted(
    stage: Stage, project: Path
) -> None:
    standing = [StandingStack.of(spec) for spec in load_environment(BASE, project / "stacks")]

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


def changed_steps(result: OperationResult) -> list[Step]:
    return [step for step in result.steps if step.op in result.changed]
