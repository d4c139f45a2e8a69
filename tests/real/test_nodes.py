"""Node groups, played machines and the real scheduler together."""

import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeVar

import pytest

from infra.catalog import releases
from infra.rehearsal.charts import objects_of
from infra.rehearsal.control_plane import ControlPlane
from infra.rehearsal.kubernetes.client import ApiClient, ApiError
from infra.rehearsal.nodes.autoscaler import Patience
from infra.rehearsal.nodes.controller import NodeController
from infra.rehearsal.nodes.factory import GROUP_LABEL
from infra.rehearsal.nodes.report import Verdict, placements, pool_gpus, verdicts
from infra.rehearsal.nodes.scaling import REASON
from infra.wire import Value
from tests.unit.rehearsal.nodes.examples import ON_DEMAND, SPOT, SYSTEM, ListedGroups

pytestmark = pytest.mark.real

T = TypeVar("T")
ANY_GPU: Value = {"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}
BACKGROUND = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Background"}
SHORT = Patience(gpus_seconds=2.0, no_group_seconds=1.0)


class World:
    """A namespace, node groups and a running node controller on the shared control plane."""

    def __init__(self, api: ApiClient, groups: ListedGroups) -> None:
        self.api = api
        self.groups = groups
        self.namespace = f"nodes-{uuid.uuid4().hex[:8]}"
        api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": self.namespace}})
        self.install("cluster-autoscaler", autoDiscovery={"clusterName": "test"})

    def install(self, chart: str, **values: Value) -> None:
        version = releases.chart(chart).version
        for body in objects_of(chart, version, chart, self.namespace, values):
            self.api.apply(body, "test")

    def device_plugin(self) -> None:
        self.install("nvidia-device-plugin", gfd={"enabled": True})

    def model(self, requests: dict[str, str], replicas: int = 1) -> None:
        labels = {"tokenworks.dev/model": "qwen"}
        container = {
            "name": "vllm",
            "image": "vllm",
            "resources": {"requests": requests, "limits": _extended(requests)},
        }
        self.api.create(
            {
                "apiVersion": "apps/v1",
                "kind": "Deployment",
                "metadata": {"name": "qwen", "namespace": self.namespace},
                "spec": {
                    "replicas": replicas,
                    "strategy": {"rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}},
                    "selector": {"matchLabels": labels},
                    "template": {
                        "metadata": {"labels": labels},
                        "spec": {
                            "nodeSelector": {"tokenworks.dev/pool": "l4"},
                            "tolerations": [ANY_GPU],
                            "containers": [container],
                        },
                    },
                },
            }
        )

    def deployment(self, name: str = "qwen") -> dict:
        return self.api.get("apps/v1", "Deployment", name, self.namespace)

    def until_available(self, replicas: int) -> None:
        wait(
            lambda: self.deployment()["status"].get("availableReplicas", 0) == replicas,
            f"{replicas} available replicas",
        )

    def refusal(self) -> str:
        """Return the message of the first event that says that growing helps no pod."""
        selector = f"reason={REASON}"
        events = wait(
            lambda: self.api.list_objects("v1", "Event", self.namespace, fieldSelector=selector),
            f"an event {REASON}",
        )
        return events[0]["message"]

    def verdict(self) -> Verdict:
        mine = [item for item in verdicts(self.api) if item.pod.startswith(self.namespace)]
        assert len(mine) == 1
        return mine[0]

    def nodes(self, group: str | None = None) -> list[dict]:
        selector = GROUP_LABEL if group is None else f"{GROUP_LABEL}={group}"
        return self.api.list_objects("v1", "Node", labelSelector=selector)

    def owned(self, api_version: str, kind: str) -> list[dict]:
        return self.api.list_objects(api_version, kind, self.namespace)

    def clean(self) -> None:
        for name in list(self.groups.by_name):
            self.groups.drop(name)
        inside = f"namespaces/{self.namespace}"
        for kinds in ("apps/v1/{}/deployments", "apps/v1/{}/daemonsets", "batch/v1/{}/jobs"):
            self.api.request("DELETE", f"/apis/{kinds.format(inside)}", BACKGROUND)
        self.api.request("DELETE", f"/api/v1/{inside}/pods")
        wait(lambda: not self.nodes(), "no node is left")
        wait(lambda: not self.owned("apps/v1", "ReplicaSet"), "nothing makes new pods")
        wait(lambda: not self.owned("v1", "Pod"), "no pod is left")
        # Not waited for: even an empty namespace takes 5 s to go.
        self.api.delete("v1", "Namespace", self.namespace)


@pytest.fixture
def world(control_plane: ControlPlane) -> Iterator[World]:
    """One system node, and an L4 pool of at most one on-demand and two spot nodes."""
    api = ApiClient(control_plane.endpoint, control_plane.ca_pem, control_plane.admin_token)
    groups = ListedGroups(replace(SYSTEM, max=1), ON_DEMAND, SPOT)
    made = World(api, groups)
    controller = NodeController(api, groups, SHORT)
    controller.start()
    try:
        yield made
        made.clean()
    finally:
        controller.stop()
        api.close()


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


def wait(condition: Callable[[], T], what: str, seconds: float = 60.0) -> T:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            found = condition()
        except ApiError:
            found = None
        if found:
            return found
        time.sleep(0.1)
    pytest.fail(f"after {seconds:.0f} s still not: {what}")


def _extended(requests: dict[str, str]) -> dict[str, str]:
    """Extended resources need a limit equal to the request."""
    return {name: amount for name, amount in requests.items() if "/" in name}
