"""What the summary and the failure report read off a cluster."""

from infra.rehearsal.kubernetes.client import ApiClient
from infra.rehearsal.nodes.factory import node
from infra.rehearsal.nodes.quantity import Resources
from infra.rehearsal.nodes.report import (
    CacheServer,
    PoolGpus,
    cache_servers,
    placements,
    pool_gpus,
    verdicts,
)
from tests.unit.rehearsal.nodes.examples import SPOT


class Listing(ApiClient):
    """An API server with these objects."""

    def __init__(self, nodes: list[dict], pods: list[dict], events: list[dict]) -> None:
        super().__init__("https://nowhere", "")
        self.objects = {"Node": nodes, "Pod": pods, "Event": events}

    def list_objects(
        self, api_version: str, kind: str, namespace: str | None = None, **query: str | int | bool
    ) -> list[dict]:
        del api_version, namespace, query
        return self.objects[kind]


def l4_node(gpus: str = "1") -> dict:
    made = node(SPOT, 0)
    made["status"]["allocatable"]["nvidia.com/gpu"] = gpus
    return made


def pod(name: str, on: str = "", *, owner: str = "ReplicaSet", phase: str = "Running") -> dict:
    refused = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}
    refused |= {"message": "1 Insufficient cpu", "lastTransitionTime": "2026-11-21T07:00:00Z"}
    requests = {"cpu": "6", "memory": "24Gi", "nvidia.com/gpu": "1", "ephemeral-storage": "90Gi"}
    if owner == "DaemonSet":
        requests = {"cpu": "100m", "memory": "256Mi"}
    return {
        "metadata": {
            "namespace": "models",
            "name": name,
            "uid": name,
            "resourceVersion": "1",
            "labels": {} if owner == "DaemonSet" else {"tokenworks.dev/model": "qwen"},
            "ownerReferences": [{"kind": owner}],
        },
        "spec": {
            "nodeName": on,
            "nodeSelector": {"tokenworks.dev/pool": "l4"},
            "containers": [{"resources": {"requests": requests}}],
        },
        "status": {"phase": phase, "conditions": [] if on else [refused]},
    }


def allocatable_disk_mib(host: dict) -> int:
    return int(host["status"]["allocatable"]["ephemeral-storage"].removesuffix("Gi")) * 1024


def test_a_verdict_says_what_was_asked_and_what_a_node_has() -> None:
    host = l4_node()
    name = host["metadata"]["name"]
    pods = [pod("qwen-1", phase="Pending"), pod("plugin", name, owner="DaemonSet")]
    events = [{"involvedObject": {"uid": "qwen-1"}, "message": "quota L-DB2E81BA"}]
    (verdict,) = verdicts(Listing([host], pods, events))
    assert (verdict.pod, verdict.model, verdict.pool) == ("models/qwen-1", "qwen", "l4")
    assert verdict.asked == Resources(6000, 24 * 1024, 1, 90 * 1024)
    assert verdict.node == name
    assert verdict.allocatable is not None
    assert (verdict.allocatable.cpu_millicores, verdict.allocatable.gpus) == (7910, 1)
    assert verdict.allocatable.ephemeral_storage_mib == allocatable_disk_mib(host)
    assert verdict.daemon_sets == Resources(100, 256, 0)
    assert (verdict.scheduler, verdict.final) == ("1 Insufficient cpu", True)
    assert verdict.autoscaler == "quota L-DB2E81BA"


def test_a_pool_without_a_node_has_nothing_to_compare_with() -> None:
    (verdict,) = verdicts(Listing([], [pod("qwen-1", phase="Pending")], []))
    assert (verdict.node, verdict.allocatable, verdict.daemon_sets) == (None, None, None)
    assert not verdict.final


def test_placements_name_model_pool_and_capacity() -> None:
    host = l4_node()
    name = host["metadata"]["name"]
    pods = [pod("qwen-0", name), pod("plugin", name, owner="DaemonSet"), pod("qwen-1", phase="P")]
    (placement,) = placements(Listing([host], pods, []))
    assert (placement.model, placement.pool, placement.capacity) == ("qwen", "l4", "spot")
    assert placement.running


def test_bought_gpus_count_even_when_nobody_announces_them() -> None:
    host = l4_node(gpus="0")
    assert pool_gpus(Listing([host], [], [])) == [
        PoolGpus(pool="l4", nodes=1, bought=1, announced=0, used=0)
    ]


def test_a_finished_pod_uses_no_gpu() -> None:
    host = l4_node()
    name = host["metadata"]["name"]
    (busy,) = pool_gpus(Listing([host], [pod("qwen-0", name)], []))
    (idle,) = pool_gpus(Listing([host], [pod("qwen-0", name, phase="Succeeded")], []))
    assert (busy.used, idle.used) == (1, 0)


def test_servers_of_the_cache_are_the_placed_pods_of_its_namespace() -> None:
    host = l4_node()
    name = host["metadata"]["name"]
    pods = [pod("counters", name), pod("responses", name, phase="Pending"), pod("waits")]
    for body in pods:
        body["metadata"]["namespace"] = "cache"
        body["metadata"]["labels"] = {"app.kubernetes.io/instance": body["metadata"]["name"]}
    pods.append(pod("qwen-0", name))

    assert cache_servers(Listing([host], pods, [])) == [
        CacheServer("counters", running=True),
        CacheServer("responses", running=False),
    ]
