"""The next Kubernetes and the next engine for production: what moves, and that nothing is lost."""

import json
from collections import Counter

import pytest

from infra.catalog import releases
from infra.graph.model import Graph
from infra.graph.record import record_stack
from infra.review.changes import Action, changes
from infra.upgrade.proof import losses
from tests.support.graphs import graph_of
from tests.support.projects import stack_config
from tests.support.releases import STACKS

CONTROL_PLANES = {
    "aws-prod": "aws:eks/cluster:Cluster",
    "gcp-prod": "gcp:container/cluster:Cluster",
}


def with_kubernetes(version: str, stack: str) -> Graph:
    cluster = stack_config(stack)["tokenworks:cluster"]
    assert isinstance(cluster, dict)
    changed = json.dumps({**cluster, "kubernetesVersion": version})
    return record_stack(stack, config={"tokenworks:cluster": changed})


@pytest.mark.parametrize("stack", CONTROL_PLANES)
def test_the_next_kubernetes_moves_the_control_plane_in_place(stack: str) -> None:
    now, then = graph_of(stack), with_kubernetes("1.36", stack)

    moved = {one.resource.type: one.action for one in changes(now, then)}

    assert losses(now, then) == []
    assert moved[CONTROL_PLANES[stack]] is Action.UPDATE


@pytest.mark.parametrize("stack", [stack for stack in STACKS if stack.endswith("models")])
def test_the_next_engine_moves_the_models_servers_and_nothing_else(
    stack: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, lock = graph_of(stack), releases.read_lock()
    image = lock.images["vllm"].model_copy(update={"tag": "v0.33.0"})
    moved = lock.model_copy(update={"images": {**lock.images, "vllm": image}})
    monkeypatch.setattr(releases, "_lock", lambda: moved)

    then = record_stack(stack)

    assert losses(now, then) == []
    found = changes(now, then)
    counted = Counter((one.resource.short_type, one.action) for one in found)
    assert set(counted) == {("Deployment", Action.UPDATE)}
    assert counted["Deployment", Action.UPDATE] == len(now.of_type("Deployment"))
