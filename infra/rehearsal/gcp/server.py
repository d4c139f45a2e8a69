"""The parts of the simulated Google Cloud as one running program.

Owns: which parts run and how they stop. Does not own: arguments and signals (`cloud/process.py`).
"""

from collections.abc import Mapping

from infra.rehearsal.cloud.control_plane import ControlPlane
from infra.rehearsal.cloud.faults import FaultPoints
from infra.rehearsal.cloud.journal import Journal
from infra.rehearsal.cloud.provider import SimulatedProvider
from infra.rehearsal.cloud.reports import reports
from infra.rehearsal.cloud.schema import resource_schema
from infra.rehearsal.cloud.server import FREE_PORTS, NO_FILES, Files, Listeners, Ports
from infra.rehearsal.cloud.witness import witnessed
from infra.rehearsal.existing_network import ExistingNetwork
from infra.rehearsal.gcp import existing_network
from infra.rehearsal.gcp.api.compute.engine import ComputeEngine
from infra.rehearsal.gcp.api.compute.places import Market
from infra.rehearsal.gcp.api.container.engine import KubernetesEngine
from infra.rehearsal.gcp.api.iam.accounts import Accounts
from infra.rehearsal.gcp.api.iam.policies import Policies
from infra.rehearsal.gcp.api.iam.projects import Projects
from infra.rehearsal.gcp.api.iam.roles import Roles
from infra.rehearsal.gcp.api.operations import Operations
from infra.rehearsal.gcp.api.project import Project
from infra.rehearsal.gcp.api.services import Services
from infra.rehearsal.gcp.api.stores.alarms import AlertPolicies
from infra.rehearsal.gcp.api.stores.buckets import Buckets
from infra.rehearsal.gcp.api.stores.budgets import Budgets, Channels
from infra.rehearsal.gcp.api.stores.caches import Caches
from infra.rehearsal.gcp.api.stores.connections import ConnectionPolicies
from infra.rehearsal.gcp.api.stores.keys import Keys
from infra.rehearsal.gcp.api.stores.logs import Logs
from infra.rehearsal.gcp.api.stores.managed_zones import ManagedZones
from infra.rehearsal.gcp.api.stores.repositories import Repositories
from infra.rehearsal.gcp.api.stores.secrets import Secrets
from infra.rehearsal.gcp.authenticator import Authenticator
from infra.rehearsal.gcp.catalogue import TYPES
from infra.rehearsal.gcp.credentials import owner
from infra.rehearsal.gcp.dns_hosts import CloudDnsHosts
from infra.rehearsal.gcp.dns_zones import CloudDns
from infra.rehearsal.gcp.door import open_door
from infra.rehearsal.gcp.fleet import Fleet
from infra.rehearsal.gcp.inventory import Inventory
from infra.rehearsal.gcp.package import GcpPackage
from infra.rehearsal.gcp.secret_manager import SecretManager
from infra.rehearsal.gcp.side_effects import SideEffects

DEFAULT_PROJECT = "rehearsal-project"
DEFAULT_REGION = "us-central1"


class SimulatedCloud:
    """Project, provider and authenticator, started."""

    def __init__(  # noqa: PLR0913 - all but the API server are named
        self,
        control_plane: ControlPlane | None,
        limits: Mapping[str, int] | None = None,
        *,
        offerings: Mapping[str, tuple[str, ...]] | None = None,
        project: str = "",
        region: str = "",
        ports: Ports = FREE_PORTS,
        files: Files = NO_FILES,
    ) -> None:
        """Start everything; a quota without a limit is as large as anybody wants.

        Machine types that `offerings` does not name are sold as the catalogue says.

        A network that exists is made first: it is nobody's to build, to change or to leave behind.
        With the journal of an earlier run, its project is built anew before anything listens.

        Raises:
            JournalError: the journal does not give its project again.
        """
        self._control_plane = control_plane
        journal = Journal(files.journal) if files.journal else None
        self.project = Project(
            project or DEFAULT_PROJECT, region or DEFAULT_REGION, journal=journal
        )
        self.owner = owner(self.project, journal)
        policies, roles, engine = self._install(limits or {}, Market(offerings or {}))
        self.fleet = Fleet(engine.gke, engine.pools)
        if files.existing_network is not None:
            existing_network.build(ExistingNetwork.read(files.existing_network), self.project)
        self.inventory = Inventory(self.project, policies)
        self.side_effects = SideEffects(self.project)
        self.secret_manager = SecretManager(self.project, policies)
        self.dns_zones = CloudDns(self.project, policies)
        self.dns_hosts = CloudDnsHosts(self.project, policies)
        self.network_balancers = None
        self.project.repeat()
        self._listeners = Listeners(
            ports,
            SimulatedProvider(
                GcpPackage(self.project), FaultPoints(files.faults, self.project.recorder)
            ),
            Authenticator(engine.gke, policies, roles, self.owner.tokens),
            open_door(self.project, self.owner),
            reports(self.inventory, self.fleet, control_plane),
        )

    @property
    def ports(self) -> Ports:
        """Where it listens."""
        return self._listeners.ports

    def state(self) -> dict[str, str]:
        """Return the marker credentials of the rehearsal's user, and where they are good."""
        return {
            "accessToken": self.owner.token,
            "email": self.owner.email,
            "project": self.project.project,
            "projectNumber": self.project.number,
            "region": self.project.region,
        }

    def warm_up(self) -> None:
        """Load what the first request of each type would load, while nobody asks yet."""
        for token in TYPES:
            resource_schema(token)

    def stop(self) -> None:
        """Stop answering; waits are cut off."""
        self._listeners.stop()

    def _install(
        self, limits: Mapping[str, int], market: Market
    ) -> tuple[Policies, Roles, KubernetesEngine]:
        operations = Operations(self.project)
        Services(self.project)
        compute = ComputeEngine(self.project, operations, limits, market)
        policies = Policies(self.project)
        roles = Roles(self.project)
        accounts = Accounts(self.project, policies)
        Projects(self.project, policies, self.owner.member)
        keys = Keys(self.project, policies, roles)
        Buckets(self.project, policies, keys)
        Repositories(self.project, policies, keys)
        Secrets(self.project, policies)
        Logs(self.project, keys)
        ConnectionPolicies(self.project)
        Caches(self.project, keys)
        AlertPolicies(self.project)
        Channels(self.project)
        Budgets(self.project)
        ManagedZones(self.project, policies)
        engine = KubernetesEngine(
            self.project,
            operations,
            witnessed(self._control_plane, self.project.recorder),
            compute=compute,
            accounts=accounts,
            keys=keys,
        )
        return policies, roles, engine
