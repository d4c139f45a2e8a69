"""The simulated GKE's node pools as the node controller sees them."""

import logging
from collections.abc import Mapping

from infra.rehearsal.gcp.api.container.pool_machines import capacity_of
from infra.rehearsal.gcp.api.container.pool_shapes import bounds, cloud_labels
from infra.rehearsal.gcp.api.container.pools import NodePools
from infra.rehearsal.gcp.api.container.state import Gke, short
from infra.rehearsal.gcp.api.container.versions import minor
from infra.rehearsal.nodes.groups import Effect, NodeGroup, Taint
from infra.replies import block, blocks, dig, number, optional_text, tag_map, text, texts
from infra.wire import Properties

EFFECTS: Mapping[str, Effect] = {
    "NO_SCHEDULE": "NoSchedule",
    "PREFER_NO_SCHEDULE": "PreferNoSchedule",
    "NO_EXECUTE": "NoExecute",
}
"""GKE's spelling to Kubernetes's (container API, NodeTaint)."""

_log = logging.getLogger(__name__)


class UnknownNodePoolError(ValueError):
    """No node pool of that name exists."""


class Fleet:
    """`NodeGroups` over the simulated project. Thread-safe."""

    def __init__(self, gke: Gke, pools: NodePools) -> None:
        """Look at all clusters of the project."""
        self._gke = gke
        self._pools = pools
        self._seen: list[NodeGroup] = []
        self._seen_at = -1

    def list_groups(self) -> list[NodeGroup]:
        """Return every node pool; one that is being deleted wants no nodes.

        The node controller asks several times a second: what did not change is not read again.
        """
        with self._gke.project.lock:
            if self._seen_at != self._gke.project.generation:
                self._seen = [
                    self._group(cluster, name, pool)
                    for cluster, _properties in self._gke.clusters()
                    for name, pool in self._gke.pools(cluster)
                ]
                self._seen_at = self._gke.project.generation
            return list(self._seen)

    def set_desired(self, name: str, count: int) -> None:
        """Ask for nodes outside of Pulumi's state, as GKE's autoscaler does.

        A project without quota for them leaves the pool as it is; `blocked` then says why.

        Raises:
            UnknownNodePoolError: there is no such pool.
        """
        with self._gke.project.lock:
            for cluster, _properties in self._gke.clusters():
                for full, pool in self._gke.pools(cluster):
                    if short(full) != name:
                        continue
                    reason = self._blocked(cluster, pool)
                    if reason:
                        _log.warning("node pool %s does not grow: %s", name, reason)
                    else:
                        self._pools.machines.grow(pool, count)
                    return
        message = f"node pool {name!r} does not exist; it may have been deleted meanwhile"
        raise UnknownNodePoolError(message)

    def _group(self, cluster: str, name: str, pool: Properties) -> NodeGroup:
        config, machines = block(pool, "config"), self._pools.machines
        stopping = pool["status"] == "STOPPING"
        desired = 0 if stopping else machines.running(pool)
        limits = None if stopping else bounds(pool)
        least, most = limits or (desired, desired)
        return NodeGroup(
            cluster=short(cluster),
            name=short(name),
            machine_types=(text(config, "machineType"),),
            capacity=capacity_of(pool),
            labels=tag_map(config.get("labels")),
            taints=tuple(
                Taint(
                    text(item, "key"), optional_text(item, "value"), EFFECTS[text(item, "effect")]
                )
                for item in blocks(config, "taints")
            ),
            min=least,
            max=most,
            desired=desired,
            zones=tuple(texts(pool, "locations")),
            kubernetes_version=minor(text(pool, "version")),
            cloud="gcp",
            disk_gib=number(config, "diskSizeGb"),
            blocked=self._blocked(cluster, pool),
            raid0=bool(dig(config, "ephemeralStorageLocalSsdConfig.localSsdCount")),
            scales_itself=limits is not None,
            project=self._gke.project.project,
            cloud_labels=cloud_labels(pool),
        )

    def _blocked(self, cluster: str, pool: Properties) -> str:
        """Return why one more machine of a pool would come to nothing; empty when it would not."""
        if pool["status"] in ("STOPPING", "ERROR"):
            return optional_text(pool, "statusMessage")
        found = self._pools.machines.why_no_more(pool)
        if found is not None:
            return found[1].message
        if self._pools.addresses_left(cluster) < 1:
            return "the range of pods has no block of addresses left for another node"
        return ""
