"""GPUs appear on a node once a device plugin runs there, and are gone with it.

Owns `nvidia.com/gpu` in a node's capacity and allocatable. The kubelet does the same: an absent
resource before the first plugin registers, the number of healthy devices while it runs, zero after
it went. The pod that stands for a device plugin carries `ADVERTISES_ANNOTATION`.
"""

from infra.catalog.machines import UnknownMachineError, machine
from infra.rehearsal.kubernetes.client import MERGE_PATCH, ApiClient
from infra.rehearsal.nodes.groups import ADVERTISES_ANNOTATION, GPU_RESOURCE
from infra.rehearsal.nodes.view import Cluster, NodeView


def announcements(cluster: Cluster) -> dict[str, int]:
    """Return, by node name, the number of GPUs to write where it differs from what is there."""
    changes: dict[str, int] = {}
    for node in cluster.nodes:
        count = gpu_count(node)
        if count == 0:
            continue
        announced = count if _has_plugin(cluster, node) else 0
        if announced != (node.gpus or 0):
            changes[node.name] = announced
    return changes


def announce(api: ApiClient, cluster: Cluster) -> None:
    """Write the numbers.

    Raises:
        ApiError: The API server cannot be reached or refuses.
    """
    for name, count in announcements(cluster).items():
        amount = {GPU_RESOURCE: str(count)}
        body = {"status": {"capacity": amount, "allocatable": amount}}
        path = f"{api.object_path('v1', 'Node', name)}/status"
        api.request("PATCH", path, body, content_type=MERGE_PATCH)


def gpu_count(node: NodeView) -> int:
    """Return how many GPUs the node's machine has; 0 for a node that is no machine of ours."""
    try:
        return machine(node.cloud, node.machine).gpu_count
    except UnknownMachineError:
        return 0


def _has_plugin(cluster: Cluster, node: NodeView) -> bool:
    return any(
        pod.annotations.get(ADVERTISES_ANNOTATION) == GPU_RESOURCE
        and pod.ready
        and not pod.deleting
        for pod in cluster.pods_on(node)
    )
