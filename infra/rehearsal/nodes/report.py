"""What became of the pods, for the person who reads the summary: placed where, or refused why.

Owns three questions to the API server: which model pods run on which pool, how many of the bought
GPUs are used, and which pods have no place. The verdict is the scheduler's, in its own words.
"""

from collections import defaultdict
from dataclasses import dataclass

from infra.rehearsal.kubernetes.client import ApiClient
from infra.rehearsal.nodes.gpus import gpu_count
from infra.rehearsal.nodes.groups import CAPACITY_LABEL, MODEL_LABEL, POOL_LABEL
from infra.rehearsal.nodes.matching import selects
from infra.rehearsal.nodes.quantity import Resources
from infra.rehearsal.nodes.scaling import REASON
from infra.rehearsal.nodes.view import NodeView, PodView, node_view, pod_view

CACHE_NAMESPACE = "cache"
_INSTANCE_LABEL = "app.kubernetes.io/instance"


@dataclass(frozen=True)
class Verdict:
    """A pod that the scheduler found no node for."""

    pod: str
    """Namespace and name."""
    model: str | None
    """Model that the pod serves; None for a pod that serves none."""
    pool: str | None
    """Pool that the pod asks for; None when it names none."""
    asked: Resources
    node: str | None
    """A node of the pool; None when the pool has none."""
    allocatable: Resources | None
    """What that node has for pods; None without a node."""
    daemon_sets: Resources | None
    """What DaemonSets take of it; None without a node."""
    scheduler: str
    """The scheduler's own words."""
    final: bool
    """No node that may still come would take it; otherwise one may be on its way."""
    autoscaler: str
    """Why no node comes for it, as the autoscaler says; empty while one may."""


@dataclass(frozen=True)
class Placement:
    """A model's pod that the scheduler placed."""

    pod: str
    """Namespace and name."""
    model: str
    node: str
    pool: str | None
    """Pool of the node; None for a node outside the pools."""
    capacity: str | None
    """`on-demand` or `spot`; None for a node that does not say."""
    running: bool
    """The played kubelet took it up. No image was started."""


@dataclass(frozen=True)
class PoolGpus:
    """GPUs of one pool."""

    pool: str
    nodes: int
    bought: int
    """GPUs of the pool's machines, announced by a device plugin or not."""
    announced: int
    """GPUs that the scheduler can give away."""
    used: int
    """GPUs that placed pods have asked for."""


@dataclass(frozen=True)
class CacheServer:
    """A placed pod of the cache inside the cluster."""

    instance: str
    """Release that it belongs to, `valkey-responses`."""
    running: bool
    """The played kubelet took it up. No image was started."""


def verdicts(api: ApiClient) -> list[Verdict]:
    """Return every pod that waits because the scheduler refused it, by name.

    Raises:
        ApiError: The API server cannot be reached or refuses.
    """
    pods, nodes = _look(api)
    reasons = _reasons(api)
    refused = [pod for pod in pods if pod.waiting and pod.refused]
    return [
        _verdict(pod, nodes, pods, reasons.get(pod.uid))
        for pod in sorted(refused, key=lambda pod: pod.key)
    ]


def placements(api: ApiClient) -> list[Placement]:
    """Return every placed pod that serves a model, by name.

    Raises:
        ApiError: The API server cannot be reached or refuses.
    """
    pods, nodes = _look(api)
    labels = {node.name: node.labels for node in nodes}
    found = []
    for pod in sorted(pods, key=lambda pod: pod.key):
        if MODEL_LABEL not in pod.labels or not pod.node or pod.ended:
            continue
        of_node = labels.get(pod.node, {})
        found.append(
            Placement(
                pod=pod.key,
                model=pod.labels[MODEL_LABEL],
                node=pod.node,
                pool=of_node.get(POOL_LABEL),
                capacity=of_node.get(CAPACITY_LABEL),
                running=pod.phase == "Running",
            )
        )
    return found


def cache_servers(api: ApiClient) -> list[CacheServer]:
    """Return every placed pod of the cache that runs inside the cluster, by its instance.

    Raises:
        ApiError: The API server cannot be reached or refuses.
    """
    pods, _ = _look(api)
    found = [
        CacheServer(pod.labels[_INSTANCE_LABEL], pod.phase == "Running")
        for pod in pods
        if pod.key.startswith(f"{CACHE_NAMESPACE}/")
        and pod.node
        and not pod.ended
        and _INSTANCE_LABEL in pod.labels
    ]
    return sorted(found, key=lambda server: server.instance)


def pool_gpus(api: ApiClient) -> list[PoolGpus]:
    """Return bought, announced and used GPUs of every pool whose machines have any, by name.

    Raises:
        ApiError: The API server cannot be reached or refuses.
    """
    pods, nodes = _look(api)
    by_pool: defaultdict[str, list[NodeView]] = defaultdict(list)
    for node in nodes:
        if gpu_count(node):
            by_pool[node.labels.get(POOL_LABEL, "")].append(node)
    return [
        PoolGpus(
            pool=pool,
            nodes=len(members),
            bought=sum(gpu_count(node) for node in members),
            announced=sum(node.gpus or 0 for node in members),
            used=sum(_taken(pods, node).gpus for node in members),
        )
        for pool, members in sorted(by_pool.items())
    ]


def _verdict(
    pod: PodView, nodes: list[NodeView], pods: list[PodView], reason: str | None
) -> Verdict:
    # A pool's nodes are of one size; the emptiest shows best what a pod could have at most.
    candidates = [node for node in nodes if selects(pod, node.labels)]
    node = min(candidates, key=lambda node: (len(_guests(pods, node)), node.name), default=None)
    return Verdict(
        pod=pod.key,
        model=pod.labels.get(MODEL_LABEL),
        pool=pod.node_selector.get(POOL_LABEL),
        asked=pod.requests,
        node=node.name if node else None,
        allocatable=node.allocatable if node else None,
        daemon_sets=_of_daemon_sets(pods, node) if node else None,
        scheduler=pod.words,
        final=reason is not None,
        autoscaler=reason or "",
    )


def _guests(pods: list[PodView], node: NodeView) -> list[PodView]:
    return [
        pod for pod in pods if pod.node == node.name and not pod.ended and not pod.of_daemon_set
    ]


def _of_daemon_sets(pods: list[PodView], node: NodeView) -> Resources:
    own = [pod for pod in pods if pod.node == node.name and not pod.ended and pod.of_daemon_set]
    return sum((pod.requests for pod in own), start=Resources())


def _taken(pods: list[PodView], node: NodeView) -> Resources:
    return sum((pod.requests for pod in _guests(pods, node)), start=Resources())


def _reasons(api: ApiClient) -> dict[str, str]:
    """Return uids of pods for which no node will come, and why."""
    events = api.list_objects("v1", "Event", fieldSelector=f"reason={REASON}")
    return {event["involvedObject"].get("uid", ""): event.get("message", "") for event in events}


def _look(api: ApiClient) -> tuple[list[PodView], list[NodeView]]:
    pods = [pod_view(item) for item in api.list_objects("v1", "Pod")]
    return pods, [node_view(item) for item in api.list_objects("v1", "Node")]
