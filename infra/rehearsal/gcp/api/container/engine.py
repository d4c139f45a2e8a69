"""The simulated GKE of one project, put together."""

from infra.rehearsal.cloud.control_plane import ControlPlane
from infra.rehearsal.gcp.api.compute.engine import ComputeEngine
from infra.rehearsal.gcp.api.container.clusters import Clusters
from infra.rehearsal.gcp.api.container.pool_machines import PoolMachines
from infra.rehearsal.gcp.api.container.pool_rules import PoolRules
from infra.rehearsal.gcp.api.container.pools import NodePools
from infra.rehearsal.gcp.api.container.state import Gke
from infra.rehearsal.gcp.api.iam.accounts import Accounts
from infra.rehearsal.gcp.api.operations import Operations
from infra.rehearsal.gcp.api.project import Project
from infra.rehearsal.gcp.api.stores.keys import Keys


class KubernetesEngine:
    """Serves every method of GKE that the rehearsal plays."""

    def __init__(  # noqa: PLR0913 - what a cluster stands on
        self,
        project: Project,
        operations: Operations,
        control_plane: ControlPlane | None,
        *,
        compute: ComputeEngine,
        accounts: Accounts,
        keys: Keys,
    ) -> None:
        """Serve GKE with one API server, or, without one, refuse to make clusters."""
        self.gke = Gke(project, operations, control_plane)
        machines = PoolMachines(project, compute.machines)
        self.pools = NodePools(self.gke, machines, PoolRules(compute, accounts, keys))
        Clusters(self.gke, self.pools, keys)
