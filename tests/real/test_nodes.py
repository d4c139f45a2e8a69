"""Node groups, played machines and the real scheduler together."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from infra.rehearsal.control_plane import ControlPlane
from infra.rehearsal.nodes.report import placements, pool_gpus
from infra.rehearsal.nodes.scaling import REASON
from tests.support.world import ANY_GPU, World, open_world, wait
from tests.unit.rehearsal.nodes.examples import ON_DEMAND, SPOT, SYSTEM

pytestmark = pytest.mark.real


@pytest.fixture
def world(control_plane: ControlPlane) -> Iterator[World]:
    """One system node, and an L4 pool of at most one on-demand and two spot nodes."""
    with open_world(control_plane, replace(SYSTEM, max=1), ON_DEMAND, SPOT) as opened:
        yield opened


def test_a_gpu_pod_brings_a_pool_from_no_node_to_one_and_runs(world: World) -> None:
    world.device_plugin()
    world.install("dcgm-exporter", serviceMonitor={"enabled": False}, tolerations=[ANY_GPU])
    world.model({"cpu": "6", "memory": "24Gi", "nvidia.com/gpu": "1"})
    world.until_available(1)

    assert world.groups.desired() == {"system": 1, "l4-spot": 1}
    (placed,) = [item for item in placements(world.api) if item.pod.startswith(world.namespace)]
    assert (placed.model, placed.pool, placed.capacity) == ("qwen", "l4", "spot")
    assert placed.running
    (gpus,) = pool_gpus(world.api)
    assert (gpus.pool, gpus.nodes, gpus.bought, gpus.announced, gpus.used) == ("l4", 1, 1, 1, 1)
    (node,) = world.nodes("l4-spot")
    assert node["status"]["allocatable"]["cpu"] == "7910m"  # 8 cores less the kubelet's 90m
    assert node["status"]["nodeInfo"]["kubeletVersion"].startswith("v1.35.")


def test_replicas_fill_spot_first_then_on_demand_and_the_next_one_has_no_place(
    world: World,
) -> None:
    world.device_plugin()
    world.model({"cpu": "6", "nvidia.com/gpu": "1"}, replicas=4)

    message = world.refusal()

    assert "every matching node group is at its maximum" in message
    assert "Insufficient nvidia.com/gpu" in message
    assert "l4-on-demand 1 of 1 nodes, l4-spot 2 of 2 nodes" in message
    world.until_available(3)
    (gpus,) = pool_gpus(world.api)
    assert (gpus.bought, gpus.used) == (3, 3)


@pytest.mark.parametrize(
    ("requests", "words"),
    [
        ({"nvidia.com/gpu": "2"}, "1 Insufficient nvidia.com/gpu"),
        ({"cpu": "64", "nvidia.com/gpu": "1"}, "1 Insufficient cpu"),
        ({"memory": "512Gi", "nvidia.com/gpu": "1"}, "1 Insufficient memory"),
    ],
)
def test_a_pod_that_asks_too_much_is_refused_in_the_schedulers_words_after_one_node(
    world: World, requests: dict[str, str], words: str
) -> None:
    world.device_plugin()
    world.model(requests)

    message = world.refusal()

    assert words in message
    assert "an empty node does not take it either (g6.2xlarge)" in message
    # The verdict is about the complete node: a GPU that is there is not missed.
    if requests["nvidia.com/gpu"] == "1":
        assert "Insufficient nvidia.com/gpu" not in message
    assert world.groups.desired() == {"system": 1, "l4-spot": 1}
    verdict = world.verdict()
    assert verdict.final
    assert (verdict.model, verdict.pool) == ("qwen", "l4")
    assert verdict.allocatable is not None
    assert (verdict.allocatable.cpu_millicores, verdict.allocatable.gpus) == (7910, 1)
    assert verdict.daemon_sets is not None
    assert verdict.daemon_sets.cpu_millicores == 5  # the worker of node feature discovery
    assert words in verdict.scheduler


def test_without_a_device_plugin_a_gpu_pod_is_never_placed(world: World) -> None:
    world.model({"nvidia.com/gpu": "1"})

    message = world.refusal()

    assert "no device plugin announces the GPUs of ip-10-0-" in message
    assert "Insufficient nvidia.com/gpu" in message
    assert not placements(world.api)


def test_gpus_go_with_the_device_plugin(world: World) -> None:
    world.device_plugin()
    world.model({"nvidia.com/gpu": "1"})
    world.until_available(1)

    world.api.delete("apps/v1", "DaemonSet", "nvidia-device-plugin", world.namespace)

    def announced() -> str:
        return world.nodes("l4-spot")[0]["status"]["allocatable"]["nvidia.com/gpu"]

    wait(lambda: announced() == "0", "no GPU is announced")


def test_a_rollout_in_a_full_pool_waits_for_the_old_pod_and_is_not_refused(world: World) -> None:
    world.device_plugin()
    world.model({"nvidia.com/gpu": "1"}, replicas=3)
    world.until_available(3)

    live = world.deployment()
    live["spec"]["template"]["metadata"]["annotations"] = {"changed": "true"}
    path = world.api.object_path("apps/v1", "Deployment", "qwen", world.namespace)
    world.api.request("PUT", path, live)
    wait(lambda: world.deployment()["status"].get("updatedReplicas") == 3, "a finished rollout")
    world.until_available(3)

    events = world.api.list_objects(
        "v1", "Event", world.namespace, fieldSelector=f"reason={REASON}"
    )
    assert events == []


def test_a_pod_that_no_group_matches_is_refused(world: World) -> None:
    wait(lambda: world.api.find("v1", "ServiceAccount", "default", world.namespace), "an account")
    world.api.create(pod(world.namespace, "lost", nodeSelector={"tokenworks.dev/pool": "h100"}))

    assert "no node group matches its node selector" in world.refusal()


def test_a_job_ends_and_a_removed_group_takes_its_nodes_and_pods_along(world: World) -> None:
    template = pod(world.namespace, "once")["spec"] | {"restartPolicy": "Never"}
    world.api.create(
        {
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": {"name": "once", "namespace": world.namespace},
            "spec": {"template": {"spec": template}},
        }
    )

    def job() -> dict:
        return world.api.get("batch/v1", "Job", "once", world.namespace)["status"]

    wait(lambda: job().get("succeeded") == 1, "a finished job")
    world.device_plugin()
    wait(
        lambda: world.deployment("nvidia-device-plugin-node-feature-discovery-master")[
            "status"
        ].get("availableReplicas"),
        "a running Deployment",
    )

    world.groups.drop("system")

    wait(lambda: not world.nodes("system"), "no system node")
    # A real cluster collects stranded pods once a minute; here they go at once.
    wait(lambda: not placed_pods(world), "no pod is left on it", seconds=10)


def pod(namespace: str, name: str, **spec: object) -> dict:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"containers": [{"name": "main", "image": "main"}], **spec},
    }


def placed_pods(world: World) -> list[str]:
    pods = world.api.list_objects("v1", "Pod", world.namespace)
    return [item["metadata"]["name"] for item in pods if item["spec"].get("nodeName")]
