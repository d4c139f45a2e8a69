"""Pods that kwok overlooked are shown to it once more.

Owns finding them and touching them; what becomes of them is in `stages.yaml`.

kwok 0.8.0 drops what it hears of a pod while its cache of leases does not say that it holds the
lease of the pod's node (`pod_controller.go`, `watchResources`). It lists the pods of a node once
more when it has made the lease, but does not wait until the cache has it
(`node_lease_controller.go`, `sync`): on a busy machine that list is dropped too, and nothing else
is ever heard of the pods. The pods of DaemonSets, a device plugin's among them, come that early.
"""

import logging
from datetime import UTC, datetime

from infra.rehearsal.kubernetes.client import MERGE_PATCH, NOT_FOUND, ApiClient, ApiError
from infra.rehearsal.nodes.view import Cluster, PodView

OVERLOOKED_SECONDS = 5.0
"""A pod that stays the same for so long was overlooked: a stage waits 0.3 s at most. Where kwok is
only slow, being touched costs a pod nothing."""
SHOWN_ANNOTATION = "rehearsal.tokenworks.dev/shown-again"
"""When it was touched last; the value must differ each time, or nothing changes."""
_log = logging.getLogger(__name__)


def unplayed(cluster: Cluster) -> list[PodView]:
    """Return the pods on Ready nodes that kwok is to start or to end."""
    ready = {node.name for node in cluster.nodes if node.ready}
    return [
        pod
        for pod in cluster.pods
        if pod.node in ready and (pod.phase == "Pending" or pod.deleting)
    ]


class Overlooked:
    """Watches the pods of one cluster. Not thread-safe: one loop calls it."""

    def __init__(self, api: ApiClient) -> None:
        """Prepare; nothing is sent yet."""
        self._api = api
        self._since: dict[tuple[str, str], float] = {}

    def step(self, cluster: Cluster, now: float) -> None:
        """Touch each pod that kwok has left as it was for `OVERLOOKED_SECONDS`.

        Args:
            cluster: what the API server said.
            now: seconds since the epoch.

        Raises:
            ApiError: The API server cannot be reached or refuses.
        """
        pods = {(pod.uid, pod.version): pod for pod in unplayed(cluster)}
        self._since = {key: self._since.get(key, now) for key in pods}
        for key, since in self._since.items():
            if now - since >= OVERLOOKED_SECONDS:
                self._show(pods[key], now)

    def _show(self, pod: PodView, now: float) -> None:
        _log.info("pod %s on node %s was overlooked", pod.key, pod.node)
        shown = datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds")
        body = {"metadata": {"annotations": {SHOWN_ANNOTATION: shown}}}
        path = self._api.object_path("v1", "Pod", pod.name, pod.namespace)
        try:
            self._api.request("PATCH", path, body, content_type=MERGE_PATCH)
        except ApiError as error:
            if error.status != NOT_FOUND:
                raise
