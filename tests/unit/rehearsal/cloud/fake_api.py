"""An API server in memory, as the cluster service of any simulated cloud asks it."""

from dataclasses import dataclass, field

from infra.rehearsal.kubernetes.client import ApiError
from infra.rehearsal.nodes.factory import GROUP_LABEL


@dataclass
class FakeApi:
    """Keeps objects; its node controller is at once done, or never."""

    manager: str
    """Owner of the fields of system objects, `eks`; nobody else may apply any."""
    objects: dict[tuple[str, str], dict] = field(default_factory=dict)
    ready: dict[str, int] = field(default_factory=dict)
    """Nodes by group, all of them Ready."""
    down: bool = False
    """It does not answer when asked for nodes."""
    waiting: set[str] = field(default_factory=set)
    """Workloads whose pods find no node."""
    edited: set[tuple[str, str]] = field(default_factory=set)
    """Objects in which somebody else owns a field."""
    version: str = "1.35"
    """Kubernetes version that it serves."""

    def apply(self, body: dict, field_manager: str, *, force: bool = False) -> dict:
        """Keep an object."""
        assert field_manager == self.manager
        if (body["kind"], body["metadata"]["name"]) in self.edited and not force:
            message = 'Apply failed with 1 conflict: conflict with "kubectl": .spec.replicas'
            raise ApiError(409, message)
        self.objects[body["kind"], body["metadata"]["name"]] = body
        return body

    def delete(
        self, api_version: str, kind: str, name: str, namespace: str = "", *, propagation: str = ""
    ) -> None:
        """Drop an object."""
        del api_version, namespace, propagation
        if kind == "Node":
            self.ready[name.rpartition("-")[0]] -= 1
        elif self.objects.pop((kind, name), None) is None:
            message = f"{kind} {name} not found"
            raise ApiError(404, message)

    def request(self, method: str, path: str) -> dict:
        """Tell the version."""
        assert (method, path) == ("GET", "/version")
        major, minor = self.version.split(".")
        return {"emulationMajor": major, "emulationMinor": minor}

    def list_objects(
        self, api_version: str, kind: str, namespace: str | None = None, **query: str | int | bool
    ) -> list[dict]:
        """Return nodes of a group, or a workload by its name."""
        if self.down:
            message = "cannot be reached"
            raise ApiError(0, message)
        if kind in ("DaemonSet", "Deployment"):
            assert (api_version, namespace) == ("apps/v1", "kube-system")
            name = str(query["fieldSelector"]).removeprefix("metadata.name=")
            found = self.objects.get((kind, name))
            return [{**found, "status": self._workload_status(found)}] if found else []
        assert (api_version, kind, namespace) == ("v1", "Node", None)
        group = str(query["labelSelector"]).removeprefix(f"{GROUP_LABEL}=")
        ready = {"conditions": [{"type": "Ready", "status": "True"}]}
        return [
            {"metadata": {"name": f"{group}-{number}"}, "status": ready}
            for number in range(self.ready.get(group, 0))
        ]

    def _workload_status(self, workload: dict) -> dict:
        """Two nodes run every DaemonSet, and all pods at once, but for those that wait."""
        wanted = workload["spec"].get("replicas", 2)
        running = 0 if workload["metadata"]["name"] in self.waiting else wanted
        return {
            "desiredNumberScheduled": wanted,
            "updatedNumberScheduled": running,
            "numberAvailable": running,
            "updatedReplicas": running,
            "availableReplicas": running,
        }
