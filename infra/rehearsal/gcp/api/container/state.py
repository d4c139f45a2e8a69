"""What the operations of the simulated GKE stand on: names, clusters, pools, and what runs on them.

Owns: finding a cluster or node pool, and that one change at a time is made to each: node pools of a
cluster change side by side, while a change of the cluster itself lets nothing run beside it (the
locks of the real provider, GoogleCloudPlatform/magic-modules, resource_container_node_pool.go).

Source of words: kubernetes-sigs/cluster-api-provider-gcp#1363 (2024-11-12) for an operation that
runs. No record was found of those for names that are taken and for what is not there.
"""

from collections.abc import Callable

from infra.rehearsal.cloud.control_plane import ClusterService, ControlPlane
from infra.rehearsal.cloud.errors import NotSimulatedError
from infra.rehearsal.gcp.api.errors import GoogleError, Reason
from infra.rehearsal.gcp.api.names import CONTAINER, last
from infra.rehearsal.gcp.api.operations import RUNNING, Operations, target_of
from infra.rehearsal.gcp.api.project import Project, Request
from infra.rehearsal.nodes.factory import GROUP_LABEL
from infra.replies import text
from infra.wire import Properties

GKE = ClusterService(field_manager="gke-addon-manager", group_label=GROUP_LABEL)
METHODS = "container.projects.locations.clusters"
POOLS = "/nodePools/"

Find = Callable[[Request, str], Properties]
"""Returns a thing by its full name, or refuses."""


class Gke:
    """Clusters and node pools of one project, and the one API server that they can be."""

    def __init__(
        self, project: Project, operations: Operations, control_plane: ControlPlane | None
    ) -> None:
        """Begin without clusters."""
        self.project = project
        self.operations = operations
        self._control_plane = control_plane

    def plane(self) -> ControlPlane:
        """Return the API server, or refuse: without one there is nothing to make a cluster of."""
        if self._control_plane is None:
            message = (
                "not simulated: GKE without an API server; start the simulated Google Cloud with "
                "--control-plane FILE"
            )
            raise NotSimulatedError(message)
        return self._control_plane

    def clusters(self, location: str = "*") -> list[tuple[str, Properties]]:
        """Return full names and clusters of a location, or of all."""
        wanted = self.project.path("locations", location, "clusters", "*")
        return list(self.project.store.named(wanted))

    def pools(self, cluster: str) -> list[tuple[str, Properties]]:
        """Return full names and node pools of a cluster, by its full name."""
        return list(self.project.store.named(f"{cluster}{POOLS}*"))

    def cluster(self, request: Request, name: str) -> Properties:
        """Return a cluster by its full name.

        Raises:
            GoogleError: there is none.
        """
        return self._found(request, name)

    def pool(self, request: Request, name: str) -> Properties:
        """Return a node pool by its full name.

        Raises:
            GoogleError: there is none, or no such cluster.
        """
        self._found(request, cluster_of(name))
        return self._found(request, name)

    def changing(self, request: Request, find: Find) -> tuple[str, Properties]:
        """Return a cluster or node pool that a call is about to change, and its full name.

        Raises:
            GoogleError: there is none, or another change of it runs.
        """
        name = request["name"]
        thing = find(request, name)
        self.refuse_beside(request, name)
        return name, thing

    def begin(self, kind: str, name: str) -> Properties:
        """Make an operation on a cluster or node pool, by its full name, and return the reply."""
        return self.operations.container(kind, name, location_of(name))

    def done(self, kind: str, name: str) -> Properties:
        """Return the reply to a call whose work is done with it."""
        operation = self.begin(kind, name)
        self.operations.finish(operation)
        return operation

    def refuse_beside(self, request: Request, name: str) -> None:
        """Refuse a change of a cluster or node pool beside one that runs.

        Raises:
            GoogleError: one does.
        """
        for operation in self._running():
            target = target_of(operation)
            if target == name or name.startswith(f"{target}/") or target.startswith(f"{name}/"):
                running = text(operation, "name")
                message = f"Cluster is running incompatible operation {running}."
                raise request.refusal(Reason.FAILED_PRECONDITION, message)

    def move_on(self, name: str) -> None:
        """Let what runs on a cluster or node pool end, if it can: nobody need ask about it."""
        for operation in self._running():
            look = self.operations.looks.get(text(operation, "operationType"))
            if look is not None and target_of(operation) == name:
                look(self.project, operation)

    def already_exists(self, request: Request, name: str) -> GoogleError:
        """Return GKE's refusal of a name that is taken."""
        return request.refusal(Reason.ALREADY_EXISTS, f"Already exists: {name}.")

    def _running(self) -> list[Properties]:
        wanted = self.project.path("locations/*/operations/*")
        return [
            operation
            for _name, operation in self.project.store.named(wanted)
            if operation.get("status") == RUNNING
        ]

    def _found(self, request: Request, name: str) -> Properties:
        return request.found(name, f"Not found: {name}.")


def cluster_of(pool: str) -> str:
    """Return the full name of a node pool's cluster."""
    return pool.partition(POOLS)[0]


def location_of(name: str) -> str:
    """Return the location in a full name."""
    return name.split("/")[3]


def link(name: str) -> str:
    """Return the `selfLink` of a cluster or node pool."""
    return CONTAINER + name


def short(name: str) -> str:
    """Return the name of a cluster or node pool in its place."""
    return last(name)
