"""A new version beside the old one: each step is one update of one route, and nothing else."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.rehearsal.engine import OperationResult
from infra.rehearsal.ladder import Programs
from tests.support.projects import make_project, stack_config, write_stack
from tests.support.stage import Stage, open_stage

pytestmark = pytest.mark.real

STACK = "aws-dev"
ROUTE = ("gateway.networking.k8s.io/v1", "HTTPRoute", "blue", "models")


def config(percent: int) -> dict[str, object]:
    """Return aws-dev with two versions of one model, and nothing that takes time beside them."""
    own = stack_config()
    model = own["tokenworks:models"][0]  # ty: ignore[not-subscriptable] - the file is ours
    blue = {**model, "name": "blue", "canary": {"model": "green", "percent": percent}}
    green = {**model, "name": "green", "alsoServes": ["blue"]}
    return {
        **own,
        "tokenworks:gateway": {"domain": "llm.example.com"},
        "tokenworks:models": [blue, green],
        "tokenworks:cache": {"enabled": False},
        "tokenworks:vectorStore": {"mode": "none"},
    }


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_project(tmp_path_factory.mktemp("canary") / "it", {STACK: config(0)})


@pytest.fixture(scope="module")
def stage(project: Path, programs: Programs) -> Iterator[Stage]:
    """Both versions up, and the old one answers everybody. The tests below run in their order."""
    with open_stage(project, STACK, programs) as opened:
        result = opened.session.up(STACK)
        assert result.ok, result.errors
        yield opened


def changed(result: OperationResult) -> list[tuple[str, str]]:
    assert result.ok, result.errors
    return [(step.op, step.name) for step in result.steps if step.op in result.changed]


def shares(stage: Stage) -> dict[str, int]:
    """Return what the route in the cluster says of those who send no header."""
    rules = stage.site.api.get(*ROUTE)["spec"]["rules"]
    return {ref["name"]: ref["weight"] for ref in rules[0]["backendRefs"]}


@pytest.mark.parametrize(
    "percent",
    [5, 50, 100, 0, pytest.param(100, id="blue-green"), pytest.param(0, id="and-back")],
)
def test_a_step_is_one_update_of_one_route(stage: Stage, project: Path, percent: int) -> None:
    api = stage.site.api
    servers = {pod["metadata"]["uid"] for pod in api.list_objects("v1", "Pod", "models")}
    write_stack(project, STACK, config(percent))
    stage.session.init_stack(STACK)
    step = [("update", "blue-way-in-httproute")]

    assert changed(stage.session.preview(STACK)) == step
    assert changed(stage.session.up(STACK)) == step

    assert shares(stage) == {"blue": 100 - percent, "green": percent}
    present = {pod["metadata"]["uid"] for pod in api.list_objects("v1", "Pod", "models")}
    assert servers <= present, "a server was replaced"


def test_a_canary_that_is_gone_leaves_the_route_to_the_old_servers(
    stage: Stage, project: Path
) -> None:
    """Both versions stay: only the route forgets the new one."""
    without = config(0)
    without["tokenworks:models"][0].pop("canary")  # ty: ignore[not-subscriptable] - made above
    write_stack(project, STACK, without)
    stage.session.init_stack(STACK)

    assert changed(stage.session.up(STACK)) == [("update", "blue-way-in-httproute")]
    rules = stage.site.api.get(*ROUTE)["spec"]["rules"]
    assert [ref["name"] for rule in rules for ref in rule["backendRefs"]] == ["blue"]
