"""Two upgrades of a platform that runs: Kubernetes 1.35 to 1.36, vLLM 0.32 to 0.33.

Nothing stateful and no pool is replaced, the control plane moves before the nodes, and a model
keeps servers that answer. What a person does for each: `docs/upgrading`.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.rehearsal.control_plane.upgrade import upgrade
from infra.rehearsal.engine import OperationResult, ResourceEvent
from infra.rehearsal.engine.results import StepStatus
from infra.rehearsal.ladder import Programs
from infra.rehearsal.nodes.report import placements
from infra.replies import blocks, dig, text
from infra.upgrade.preview import preview_losses
from tests.support.projects import (
    make_project,
    stack_config,
    with_engine,
    write_program,
    write_stack,
)
from tests.support.stage import Stage, changed_steps, open_stage

pytestmark = [pytest.mark.real, pytest.mark.slow]

BEFORE, AFTER = "1.35", "1.36"
OLD_ENGINE, NEW_ENGINE = "v0.32.0", "v0.33.0"
MODEL = "qwen2-5-7b"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
CONTROL_PLANES = ("aws:eks/cluster:Cluster", "gcp:container/cluster:Cluster")


@pytest.fixture(scope="module", params=["aws-dev", "gcp-dev"])
def stack(request: pytest.FixtureRequest) -> str:
    """A small stack of each cloud."""
    return request.param


@pytest.fixture(scope="module")
def project(stack: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_project(tmp_path_factory.mktemp("drill") / "it", {stack: stack_config(stack)})


@pytest.fixture(scope="module")
def stage(stack: str, project: Path, programs: Programs) -> Iterator[Stage]:
    """The stack, up. The tests below run in their order."""
    with open_stage(project, stack, programs) as opened:
        result = opened.session.up(stack)
        assert result.ok, result.errors
        yield opened


def test_kubernetes_moves_in_place_and_the_control_plane_goes_first(
    stage: Stage, stack: str, project: Path
) -> None:
    config = stack_config(stack)
    cluster = config["tokenworks:cluster"]
    assert isinstance(cluster, dict)
    assert cluster["kubernetesVersion"] == BEFORE
    config["tokenworks:cluster"] = {**cluster, "kubernetesVersion": AFTER}
    write_stack(project, stack, config)
    stage.session.init_stack(stack)

    planned = stage.session.preview(stack)
    assert planned.ok, planned.errors
    require_no_loss(stack, planned)
    plane = upgrade(stage.supervisor, stage.site.plane, AFTER)
    order: list[tuple[str, StepStatus]] = []

    def note(event: ResourceEvent) -> None:
        if event.op == "update":
            order.append((event.type, event.status))

    moved = stage.session.up(stack, on_event=note)

    assert moved.ok, moved.errors
    require_no_loss(stack, moved)
    assert plane.emulated_version == AFTER
    (control_plane,) = (step for step in changed_steps(moved) if step.type in CONTROL_PLANES)
    assert control_plane.changed in (("version",), ("minMasterVersion",)), control_plane.changed
    if stack.startswith("aws"):
        done = order.index((control_plane.type, StepStatus.DONE))
        assert done < order.index(("aws:eks/nodeGroup:NodeGroup", StepStatus.STARTED))
    assert kubelets(stage) == {AFTER if stack.startswith("aws") else BEFORE}
    assert stage.session.preview(stack, expect_no_changes=True).ok
    assert [one.running for one in placements(stage.site.api)] == [True]


def test_the_engine_moves_and_no_moment_is_without_a_server_that_is_ready(
    stage: Stage, stack: str, project: Path, programs: Programs
) -> None:
    write_program(project, with_engine(NEW_ENGINE))

    planned = stage.session.preview(stack)

    assert planned.ok, planned.errors
    require_no_loss(stack, planned)
    seen: list[int] = []

    def watch() -> None:
        stage.supervisor.check()
        seen.append(ready_servers(stage))

    moved = stage.site.session(programs.path("pulumi"), project, check=watch).up(stack)
    assert moved.ok, moved.errors
    assert {(step.op, step.type) for step in changed_steps(moved)} == {("update", DEPLOYMENT)}
    assert len(seen) > 10
    assert min(seen) >= 1
    found = engines(stage)
    assert all(image.endswith(f":{NEW_ENGINE}") for image in found), found
    assert stage.session.preview(stack, expect_no_changes=True).ok
    assert [one.running for one in placements(stage.site.api)] == [True]


def require_no_loss(stack: str, result: OperationResult) -> None:
    found = preview_losses(stack, result.steps, ())
    assert not found, "\n".join(map(str, found))


def ready_servers(stage: Stage) -> int:
    """Return how many servers of the model are ready."""
    found = stage.site.api.list_objects("apps/v1", "Deployment", "models")
    counts = [
        dig(one, "status.readyReplicas") for one in found if text(one, "metadata.name") == MODEL
    ]
    return sum(count for count in counts if isinstance(count, int))


def kubelets(stage: Stage) -> set[str]:
    """Return the minor versions of the nodes."""
    nodes = stage.site.api.list_objects("v1", "Node")
    versions = [str(dig(node, "status.nodeInfo.kubeletVersion")) for node in nodes]
    return {".".join(version.removeprefix("v").split(".")[:2]) for version in versions}


def engines(stage: Stage) -> set[str]:
    """Return the images of the engine that the model's pods run."""
    pods = stage.site.api.list_objects("v1", "Pod", "models")
    return {
        text(container, "image")
        for pod in pods
        for container in blocks(pod, "spec.containers")
        if "vllm" in text(container, "image")
    }
