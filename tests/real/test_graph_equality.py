"""The graph recorded under mocks is the graph that the real engine sees."""

from collections.abc import Generator
from pathlib import Path

import pytest

from infra.graph.compare import compare
from infra.graph.engine_log import read_log
from infra.graph.model import Graph
from infra.graph.record import record_stack
from infra.rehearsal.ladder import Programs
from infra.wire import has_unknown
from tests.support.projects import make_project, stack_config, two_stacks
from tests.support.stage import Stage, open_stage

pytestmark = pytest.mark.real


@pytest.fixture(scope="module", params=["aws-dev", "gcp-dev"])
def stack(request: pytest.FixtureRequest) -> str:
    """A small stack of each cloud."""
    return request.param


@pytest.fixture(scope="module")
def stage(
    stack: str, programs: Programs, tmp_path_factory: pytest.TempPathFactory
) -> Generator[Stage]:
    project = make_project(tmp_path_factory.mktemp("equality") / "it", {stack: stack_config(stack)})
    with open_stage(project, stack, programs) as opened:
        yield opened


def previewed(stage: Stage, stack: str, log: Path) -> Graph:
    result = stage.session.preview(stack, conversations=log)
    assert result.ok, result.errors
    try:
        return read_log(log)
    finally:
        log.unlink()


def test_the_recorded_graph_equals_the_first_preview(
    stage: Stage, stack: str, tmp_path: Path
) -> None:
    real = previewed(stage, stack, tmp_path / "engine.jsonl")

    assert len(real.resources) > 40
    assert any(has_unknown(dict(resource.inputs)) for resource in real.resources)
    assert [str(difference) for difference in compare(record_stack(stack), real)] == []


def test_the_recorded_graph_equals_the_preview_of_what_is_up(
    stage: Stage, stack: str, tmp_path: Path
) -> None:
    up = stage.session.up(stack)
    assert up.ok, up.errors

    real = previewed(stage, stack, tmp_path / "engine.jsonl")

    assert [str(difference) for difference in compare(record_stack(stack), real)] == []


def test_a_stack_on_another_one_is_recorded_as_the_engine_sees_it(
    programs: Programs, tmp_path: Path
) -> None:
    project = make_project(tmp_path / "it", two_stacks())
    with open_stage(project, "aws-base", programs) as stage:
        up = stage.session.up("aws-base")
        assert up.ok, up.errors
        stage.session.init_stack("aws-base-models")
        log = tmp_path / "engine.jsonl"
        result = stage.session.preview("aws-base-models", conversations=log)
        assert result.ok, result.errors
        real = read_log(log)

    recorded = record_stack("aws-base-models", folder=project)

    assert real.of_type("Deployment")
    assert [str(difference) for difference in compare(recorded, real)] == []
