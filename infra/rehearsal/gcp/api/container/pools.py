"""Operations on node pools: create, read, change, delete.

Owns: their states, which follow the nodes. A pool is RUNNING when as many nodes as it wants are
Ready, and ERROR with Compute Engine's reason when it gets no machines.
Does not own: the nodes. The node controller starts and ends them by what `fleet.py` says.

Sources of words: tranquilitybase-io/tb-gcp#589 (2021-01-14) for machines that do not start.
"""

from infra.rehearsal.cloud.errors import NotSimulatedError
from infra.rehearsal.gcp.api.container import addresses
from infra.rehearsal.gcp.api.container.pool_machines import PoolMachines
from infra.rehearsal.gcp.api.container.pool_rules import PoolRules
from infra.rehearsal.gcp.api.container.pool_shapes import bounds, completed, first_size
from infra.rehearsal.gcp.api.container.state import METHODS, POOLS, Gke, cluster_of, short
from infra.rehearsal.gcp.api.operations import target_of
from infra.rehearsal.gcp.api.project import Project, Request
from infra.replies import block, blocks, dig, optional_text, text, texts
from infra.wire import Properties, Value

NODE_POOLS = f"{METHODS}.nodePools"
RESOURCE_EXHAUSTED = 8
"""Number of google.rpc.Code."""
CONDITIONS = {
    "QUOTA_EXCEEDED": "GCE_QUOTA_EXCEEDED",
    "ZONE_RESOURCE_POOL_EXHAUSTED": "GCE_STOCKOUT",
}
"""Compute Engine's code to GKE's (container API, StatusCondition)."""
UPDATES = {
    "labels": ("config.labels", "labels"),
    "taints": ("config.taints", "taints"),
    "tags": ("config.tags", "tags"),
    "resourceLabels": ("config.resourceLabels", "labels"),
    "workloadMetadataConfig": ("config.workloadMetadataConfig", ""),
    "kubeletConfig": ("config.kubeletConfig", ""),
    "linuxNodeConfig": ("config.linuxNodeConfig", ""),
    "loggingConfig": ("config.loggingConfig", ""),
    "gcfsConfig": ("config.gcfsConfig", ""),
    "gvnic": ("config.gvnic", ""),
    "machineType": ("config.machineType", ""),
    "diskType": ("config.diskType", ""),
    "diskSizeGb": ("config.diskSizeGb", ""),
    "imageType": ("config.imageType", ""),
    "upgradeSettings": ("upgradeSettings", ""),
    "nodeDrainConfig": ("nodeDrainConfig", ""),
    "nodeNetworkConfig": ("networkConfig", ""),
    "nodeVersion": ("version", ""),
}
"""Field of UpdateNodePool to where a pool has it, and the part of the field that goes there."""
NEW_NODES = frozenset({"machineType", "diskType", "diskSizeGb", "imageType", "nodeVersion"})
"""Those that need other machines: GKE replaces the nodes, the rehearsal all at once."""
ADDRESSES = frozenset({"clusterId", "projectId", "zone", "nodePoolId", "name", "etag"})


class NodePools:
    """Node pools of all clusters of a project."""

    def __init__(self, gke: Gke, machines: PoolMachines, rules: PoolRules) -> None:
        """Serve them."""
        self._gke = gke
        self.machines = machines
        self._rules = rules
        served = {
            "create": self._create,
            "get": self._get,
            "list": self._list,
            "setAutoscaling": self._set_autoscaling,
            "setManagement": self._set_management,
            "setSize": self._set_size,
            "update": self._update,
            "delete": self._delete,
        }
        gke.project.serve(NODE_POOLS, served)
        looks = gke.operations.looks
        looks["CREATE_NODE_POOL"] = looks["SET_NODE_POOL_SIZE"] = self._look_at_nodes
        looks["UPGRADE_NODES"] = self._look_at_nodes
        looks["DELETE_NODE_POOL"] = self._look_at_end

    def add(self, request: Request, name: str, asked: Properties) -> Properties:
        """Make a pool of a cluster that is there; the operation is the caller's.

        Raises:
            GoogleError: GKE refuses it.
        """
        cluster = self._gke.cluster(request, cluster_of(name))
        others = any(
            not blocks(pool, "config.accelerators")
            for _name, pool in self._gke.pools(cluster_of(name))
        )
        pool = completed(name, asked, cluster, others=others)
        self._rules.check(request, pool, cluster)
        self._gke.project.store.put(name, pool)
        self.machines.add(name, pool, cluster)
        self.machines.resize(pool, first_size(pool))
        return pool

    def settled(self, name: str) -> bool:
        """Say whether as many nodes of a pool as it wants are Ready, and no other is left."""
        pool = self._gke.project.store.get(name)
        if pool is None:
            return True
        total, ready = self._gke.plane().nodes(short(name))
        return total == ready == self.machines.wanted(pool)

    def why_stuck(self, name: str, pool: Properties) -> tuple[str, str]:
        """Return code and words for a pool that lacks a machine for good; empty if it does not."""
        wanted, running = self.machines.wanted(pool), self.machines.running(pool)
        found = self.machines.why_no_more(pool) if running < wanted else None
        if found is None:
            return self._no_addresses(name, pool, wanted)
        group, refusal = found
        code = CONDITIONS.get(refusal.code, "UNKNOWN")
        instance = f"{group.removesuffix('-grp')}-xxxx"
        return code, (
            "Google Compute Engine: Not all instances running in IGM after 14.691006793s. "
            f"Expected {wanted}, running {running}, transitioning {wanted - running}. Current "
            f"errors: [{code}]: Instance '{instance}' creation failed: {refusal.message}"
        )

    def begin_end(self, pool: Properties) -> None:
        """Let all nodes of a pool go."""
        pool["status"] = "STOPPING"
        self.machines.resize(pool, 0)

    def end(self, name: str) -> bool:
        """Forget a pool whose last node is gone; say whether it is gone."""
        pool = self._gke.project.store.get(name)
        if pool is None:
            return True
        if self._gke.plane().nodes(short(name))[0]:
            return False
        self._gke.project.store.drop(name)  # first: it names its groups, which are in use till then
        self.machines.remove(pool)
        return True

    def _create(self, request: Request) -> Properties:
        cluster, asked = request["parent"], block(request.body, "nodePool")
        self._gke.cluster(request, cluster)
        name = f"{cluster}{POOLS}{optional_text(asked, 'name')}"
        if name in self._gke.project.store:
            raise self._gke.already_exists(request, name)
        self._gke.refuse_beside(request, name)
        self.add(request, name, asked)
        return self._gke.begin("CREATE_NODE_POOL", name)

    def _get(self, request: Request) -> Properties:
        self._gke.move_on(request["name"])
        return self._gke.pool(request, request["name"])

    def _list(self, request: Request) -> Properties:
        cluster = request["parent"]
        self._gke.cluster(request, cluster)
        for name, _pool in self._gke.pools(cluster):
            self._gke.move_on(name)
        pools: list[Value] = [pool for _name, pool in self._gke.pools(cluster)]
        return {"nodePools": pools}

    def _set_autoscaling(self, request: Request) -> Properties:
        name, pool = self._gke.changing(request, self._gke.pool)
        changed = {**pool, "autoscaling": block(request.body, "autoscaling")}
        for field in ("totalMinNodeCount", "minNodeCount"):
            block(changed, "autoscaling").setdefault(field, 0)
        self._rules.check_bounds(request, changed)
        pool["autoscaling"] = changed["autoscaling"]
        limits = bounds(pool)
        if limits is not None:
            self.machines.resize(pool, max(limits[0], min(limits[1], self.machines.wanted(pool))))
        return self._gke.begin("SET_NODE_POOL_SIZE", name)

    def _set_management(self, request: Request) -> Properties:
        name, pool = self._gke.changing(request, self._gke.pool)
        pool["management"] = block(request.body, "management")
        return self._gke.done("SET_NODE_POOL_MANAGEMENT", name)

    def _set_size(self, request: Request) -> Properties:
        name, pool = self._gke.changing(request, self._gke.pool)
        count = request.body.get("nodeCount", 0)
        zones = len(texts(pool, "locations"))
        self.machines.resize(pool, (count if isinstance(count, int) else 0) * zones)
        return self._gke.begin("SET_NODE_POOL_SIZE", name)

    def _update(self, request: Request) -> Properties:
        name, pool = self._gke.changing(request, self._gke.pool)
        changed = request.body.keys() - ADDRESSES
        for field in sorted(changed):
            if field not in UPDATES:
                message = f"not simulated: UpdateNodePool with {field}"
                raise NotSimulatedError(message)
            path, part = UPDATES[field]
            value = request.body[field]
            _put(pool, path, dig(value, part) if part else value)
        if changed & NEW_NODES:
            self._gke.plane().drop_nodes(short(name))
        return self._gke.begin("UPGRADE_NODES", name)

    def _delete(self, request: Request) -> Properties:
        name, pool = self._gke.changing(request, self._gke.pool)
        self.begin_end(pool)
        return self._gke.begin("DELETE_NODE_POOL", name)

    def _look_at_nodes(self, project: Project, operation: Properties) -> None:
        name = target_of(operation)
        pool = project.store.get(name)
        if pool is None:
            return
        code, words = self.why_stuck(name, pool)
        if words:
            pool |= {"status": "ERROR", "statusMessage": words}
            pool["conditions"] = [
                {"code": code, "canonicalCode": "RESOURCE_EXHAUSTED", "message": words}
            ]
            self._gke.operations.finish(operation, words, RESOURCE_EXHAUSTED)
        elif self.settled(name):
            pool["status"] = "RUNNING"
            for field in ("statusMessage", "conditions"):
                pool.pop(field, None)
            self._gke.operations.finish(operation)
        else:
            return
        project.recorder.note_change()

    def _look_at_end(self, project: Project, operation: Properties) -> None:
        if self.end(target_of(operation)):
            self._gke.operations.finish(operation)
            project.recorder.note_change()

    def _no_addresses(self, name: str, pool: Properties, wanted: int) -> tuple[str, str]:
        """Return what becomes of nodes that find no block of addresses for their pods."""
        cluster = self._gke.project.store.get(cluster_of(name))
        if cluster is None or not wanted or self.addresses_left(cluster_of(name)) >= 0:
            return "", ""
        zone_group = self.machines.groups(pool)[0][1].removesuffix("-grp")
        words = addresses.exhausted(cluster, f"{zone_group}-xxxx")
        return "UNKNOWN", (
            "requested resource is exhausted: Not all instances running in IGM after "
            f"24.159253228s. Expected {wanted}, running 0, transitioning {wanted}. Current errors: "
            f"{words}"
        )

    def addresses_left(self, cluster_name: str) -> int:
        """Return for how many more nodes of the default size a cluster has addresses of pods."""
        cluster = self._gke.project.store.get(cluster_name)
        if cluster is None:
            return 0
        cidr = text(cluster, "clusterIpv4Cidr")
        used = 0
        for _name, pool in self._gke.pools(cluster_name):
            blocks_each = 2 ** (
                addresses.node_prefix(addresses.pods_of(cluster))
                - addresses.node_prefix(addresses.pods_of(pool))
            )
            used += self.machines.wanted(pool) * int(max(1, blocks_each))
        return addresses.nodes_at_most(cidr, addresses.pods_of(cluster)) - used


def _put(thing: Properties, path: str, value: Value) -> None:
    *places, last_part = path.split(".")
    for place in places:
        inner = thing[place]
        if isinstance(inner, dict):
            thing = inner
    if last_part == "diskSizeGb" and isinstance(value, str):
        value = int(value)
    thing[last_part] = value
