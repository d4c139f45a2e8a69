"""The on-demand floor of a model before the real scheduler, as our components declare it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from components.kubernetes.priorities import PriorityClasses
from components.serving.model_server import ModelServer
from components.serving.rollout import Nodes, ServerSet
from infra.graph.recorder import record_program
from infra.rehearsal.charts.objects import part
from infra.rehearsal.control_plane import ControlPlane
from infra.rehearsal.nodes.report import placements
from infra.wire import Properties
from tests.support.manifests import objects_in
from tests.support.world import World, open_world, wait
from tests.unit.components import examples
from tests.unit.rehearsal.nodes.examples import ON_DEMAND, SPOT, SYSTEM

pytestmark = pytest.mark.real

FLOOR = ServerSet(Nodes.ON_DEMAND, replicas=1, prefers=(), surges=False, drain_seconds=90)
OVERFLOW = ServerSet(Nodes.ANY, replicas=1, prefers=("spot",), surges=False, drain_seconds=90)
DISK_GIB = examples.POOL.disk_gib


@pytest.fixture
def world(control_plane: ControlPlane) -> Iterator[World]:
    """An L4 pool with one on-demand node at most, and no spot to be had yet."""
    groups = (replace(SYSTEM, max=1), replace(ON_DEMAND, disk_gib=DISK_GIB))
    with open_world(control_plane, *groups) as opened:
        account = {"name": "model-server", "namespace": opened.namespace}
        opened.api.create({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": account})
        classes = _declared("PriorityClass", ())
        for body in classes:
            opened.api.apply(body, "test")
        opened.device_plugin()
        yield opened
        for body in classes:
            name = str(part(body, "metadata")["name"])
            opened.api.delete("scheduling.k8s.io/v1", "PriorityClass", name)


def test_a_server_of_the_floor_takes_the_node_that_an_overflow_server_came_to_first(
    world: World,
) -> None:
    _serve(world, OVERFLOW)
    wait(lambda: _places(world) == ["on-demand"], "a server without spot stands on demand")

    world.groups.by_name[SPOT.name] = replace(SPOT, disk_gib=DISK_GIB)
    _serve(world, FLOOR)

    wait(lambda: _places(world) == ["on-demand", "spot"], "both have a node")
    floor = world.deployment("qwen2-5-7b-on-demand")
    wait(lambda: _of(world, floor) == ["on-demand"], "the floor is on demand")


def test_overflow_leaves_an_on_demand_node_alone_while_a_spot_node_has_room(world: World) -> None:
    world.groups.by_name[SPOT.name] = replace(SPOT, disk_gib=DISK_GIB, desired=1)
    world.groups.set_desired(ON_DEMAND.name, 1)
    wait(lambda: _gpus(world) == 2, "both nodes have their GPU")

    _serve(world, OVERFLOW)

    wait(lambda: _places(world) == ["spot"], "it stands on spot")


def _serve(world: World, servers: ServerSet) -> None:
    for body in _declared("Deployment", [servers]):
        part(body, "metadata")["namespace"] = world.namespace
        world.api.apply(body, "test")


def _declared(kind: str, servers: Sequence[ServerSet]) -> list[Properties]:
    """Return what our components declare, of one kind."""

    def program() -> None:
        opts = examples.with_kubernetes()
        PriorityClasses("priorities", opts)
        ModelServer(
            "m",
            examples.MODEL,
            servers=servers,
            pool=examples.POOL,
            home=examples.model_home(),
            config_map=examples.start_program(),
            opts=opts,
        )

    graph = record_program(program, stack="aws-dev")
    return [item.body for item in objects_in(graph) if item.kind == kind]


def _places(world: World) -> list[str]:
    """Return how the nodes of all servers were bought, in order of the alphabet."""
    mine = [item for item in placements(world.api) if item.pod.startswith(world.namespace)]
    return sorted(str(item.capacity) for item in mine if item.running)


def _of(world: World, deployment: dict) -> list[str]:
    start = f"{world.namespace}/{deployment['metadata']['name']}-"
    return [str(item.capacity) for item in placements(world.api) if item.pod.startswith(start)]


def _gpus(world: World) -> int:
    nodes = [*world.nodes(ON_DEMAND.name), *world.nodes(SPOT.name)]
    return sum(int(node["status"]["allocatable"].get("nvidia.com/gpu", 0)) for node in nodes)
