"""Operations on clusters: create, read, change, delete.

Owns: that the rehearsal's API server is a cluster, at most one at a time, and what GKE does around
one: its own workloads, firewall rules, the pool of identities of its pods.
Does not own: what a cluster is refused for (`cluster_rules.py`), how it is shown
(`cluster_shapes.py`), or its node pools.
"""

from infra.rehearsal.cloud.errors import NotSimulatedError
from infra.rehearsal.gcp.api.container import addresses, cluster_rules, versions
from infra.rehearsal.gcp.api.container.cluster_network import add_rules, drop_rules
from infra.rehearsal.gcp.api.container.cluster_shapes import completed, shown
from infra.rehearsal.gcp.api.container.cluster_updates import changed_by
from infra.rehearsal.gcp.api.container.pools import NodePools
from infra.rehearsal.gcp.api.container.state import METHODS, POOLS, Gke
from infra.rehearsal.gcp.api.container.workloads import system_objects
from infra.rehearsal.gcp.api.iam.names import workload_pool
from infra.rehearsal.gcp.api.names import last, region_of
from infra.rehearsal.gcp.api.operations import target_of
from infra.rehearsal.gcp.api.project import Project, Request
from infra.rehearsal.gcp.api.stores.keys import Keys
from infra.replies import block, blocks, optional_text, text
from infra.wire import Properties, Value

DEFAULT_POOL = "default-pool"
RUNNING = "RUNNING"
ANYWHERE = "-"
"""Location of a list call that means all of them."""


class Clusters:
    """Clusters of a project."""

    def __init__(self, gke: Gke, pools: NodePools, keys: Keys) -> None:
        """Serve them."""
        self._gke = gke
        self._pools = pools
        self._keys = keys
        for method_id, handler in (
            (f"{METHODS}.create", self._create),
            (f"{METHODS}.get", self._get),
            (f"{METHODS}.list", self._list),
            (f"{METHODS}.update", self._update),
            (f"{METHODS}.setResourceLabels", self._set_labels),
            (f"{METHODS}.setMaintenancePolicy", self._set_maintenance),
            (f"{METHODS}.setLegacyAbac", self._set_legacy_abac),
            (f"{METHODS}.delete", self._delete),
            ("container.projects.locations.getServerConfig", self._server_config),
        ):
            gke.project.register(method_id, handler)
        gke.operations.looks["CREATE_CLUSTER"] = self._look_at_start
        gke.operations.looks["DELETE_CLUSTER"] = self._look_at_end

    def _create(self, request: Request) -> Properties:
        plane = self._gke.plane()
        asked, location = block(request.body, "cluster"), last(request["parent"])
        name = f"{request['parent']}/clusters/{optional_text(asked, 'name')}"
        if name in self._gke.project.store:
            raise self._gke.already_exists(request, name)
        cluster_rules.check(request, asked, location, self._keys)
        channel = optional_text(asked, "releaseChannel.channel") or "REGULAR"
        wanted = optional_text(asked, "initialClusterVersion")
        version = versions.chosen(request, channel, wanted)
        zones = cluster_rules.zones_of(location)
        region = region_of(zones[0])
        subnetwork = addresses.subnetwork_of(request, asked, region)
        pods, services = addresses.ranges_of(request, asked, subnetwork)
        if self._gke.clusters():
            message = "not simulated: a second GKE cluster; a rehearsal has one API server"
            raise NotSimulatedError(message)
        cluster = completed(name, asked, subnetwork, (pods, services), zones=zones, version=version)
        store = self._gke.project.store
        store.put(name, cluster)
        first = blocks(asked, "nodePools") or [_default_pool(asked)]
        try:
            for pool in first:
                self._pools.add(request, f"{name}{POOLS}{text(pool, 'name')}", pool)
        except ValueError:
            for pool_name, _pool in self._gke.pools(name):
                store.drop(pool_name)
            store.drop(name)
            raise
        if optional_text(asked, "workloadIdentityConfig.workloadPool"):
            store.put(workload_pool(self._gke.project.project), {"state": "ACTIVE"})
        add_rules(self._gke.project, name, cluster)
        plane.apply(system_objects(cluster))
        return self._gke.begin("CREATE_CLUSTER", name)

    def _get(self, request: Request) -> Properties:
        name = request["name"]
        self._gke.move_on(name)
        return self._shown(name, self._gke.cluster(request, name))

    def _list(self, request: Request) -> Properties:
        location = last(request["parent"])
        found = self._gke.clusters("*" if location == ANYWHERE else location)
        for name, _cluster in found:
            self._gke.move_on(name)
        clusters: list[Value] = [
            self._shown(name, cluster) for name, cluster in found if name in self._gke.project.store
        ]
        return {"clusters": clusters}

    def _shown(self, name: str, cluster: Properties) -> Properties:
        pools = [pool for _name, pool in self._gke.pools(name)]
        running = sum(self._pools.machines.running(pool) for pool in pools)
        reached = self._gke.plane() if cluster["status"] == RUNNING else None
        return shown(cluster, pools, running, reached)

    def _update(self, request: Request) -> Properties:
        name, cluster = self._gke.changing(request, self._gke.cluster)
        change = block(request.body, "update")
        wanted = optional_text(change, "desiredMasterVersion")
        if wanted:
            version = self._served(request, text(cluster, "releaseChannel.channel"), wanted)
            self._gke.project.store.put(name, {**cluster, "currentMasterVersion": version})
            return self._gke.done("UPGRADE_MASTER", name)
        self._gke.project.store.put(name, changed_by(cluster, change))
        return self._gke.done("UPDATE_CLUSTER", name)

    def _served(self, request: Request, channel: str, wanted: str) -> str:
        """Return the version of a channel, if the rehearsal's API server serves it by now."""
        version, served = versions.chosen(request, channel, wanted), self._gke.plane().version()
        if versions.minor(version) != served:
            message = (
                f"not simulated: UpdateCluster to version {wanted}; the rehearsal's API server "
                f"serves {served}, and only the drill of an upgrade moves it: destroy the "
                "rehearsal and start it anew"
            )
            raise NotSimulatedError(message)
        return version

    def _set_labels(self, request: Request) -> Properties:
        name, cluster = self._gke.changing(request, self._gke.cluster)
        cluster["resourceLabels"] = request.body.get("resourceLabels") or {}
        cluster["labelFingerprint"] = self._gke.project.chance.new_hex(8)
        return self._gke.done("SET_LABELS", name)

    def _set_maintenance(self, request: Request) -> Properties:
        name, cluster = self._gke.changing(request, self._gke.cluster)
        cluster["maintenancePolicy"] = request.body.get("maintenancePolicy") or {}
        return self._gke.done("SET_MAINTENANCE_POLICY", name)

    def _set_legacy_abac(self, request: Request) -> Properties:
        name, cluster = self._gke.changing(request, self._gke.cluster)
        cluster["legacyAbac"] = {"enabled": request.body.get("enabled", False)}
        return self._gke.done("UPDATE_CLUSTER", name)

    def _delete(self, request: Request) -> Properties:
        name, cluster = self._gke.changing(request, self._gke.cluster)
        cluster["status"] = "STOPPING"
        for _name, pool in self._gke.pools(name):
            self._pools.begin_end(pool)
        return self._gke.begin("DELETE_CLUSTER", name)

    def _server_config(self, _request: Request) -> Properties:
        return versions.server_config()

    def _look_at_start(self, project: Project, operation: Properties) -> None:
        name = target_of(operation)
        cluster = project.store.get(name)
        if cluster is None:
            return
        pools = self._gke.pools(name)
        for pool_name, pool in pools:
            _code, words = self._pools.why_stuck(pool_name, pool)
            if words:
                cluster |= {"status": "ERROR", "statusMessage": words}
                pool |= {"status": "ERROR", "statusMessage": words}
                self._gke.operations.finish(operation, words)
                project.recorder.note_change()
                return
        if all(self._pools.settled(pool_name) for pool_name, _pool in pools):
            cluster["status"] = RUNNING
            for _name, pool in pools:
                pool["status"] = RUNNING
            self._gke.operations.finish(operation)
            project.recorder.note_change()

    def _look_at_end(self, project: Project, operation: Properties) -> None:
        name = target_of(operation)
        cluster = project.store.get(name)
        for pool, _properties in self._gke.pools(name):
            self._pools.end(pool)
        if cluster is None or self._gke.pools(name):
            return
        self._gke.plane().remove(system_objects(cluster))
        drop_rules(project, name)
        project.store.drop(name)
        self._gke.operations.finish(operation)
        project.recorder.note_change()


def _default_pool(cluster: Properties) -> Properties:
    """Return the pool that a cluster starts with whose creator names none."""
    return {
        "name": DEFAULT_POOL,
        "initialNodeCount": cluster.get("initialNodeCount"),
        "config": block(cluster, "nodeConfig"),
    }
