"""The parts of the simulated AWS as one running program.

Owns: which parts run and how they stop. Does not own: arguments and signals (`cloud/process.py`).
"""

from infra.preflight.facts import Facts
from infra.rehearsal.aws import (
    anomalies,
    budgets,
    ecr_caches,
    elasticache,
    existing_network,
    offerings,
    placement_groups,
    scaling_tags,
    vpc_endpoints,
)
from infra.rehearsal.aws.account import Account
from infra.rehearsal.aws.authenticator import Authenticator
from infra.rehearsal.aws.catalogue import TYPES
from infra.rehearsal.aws.dns_hosts import Route53Hosts
from infra.rehearsal.aws.dns_zones import Route53
from infra.rehearsal.aws.door import open_door
from infra.rehearsal.aws.eks import install
from infra.rehearsal.aws.fleet import Fleet
from infra.rehearsal.aws.inventory import Inventory
from infra.rehearsal.aws.network_balancers import NetworkLoadBalancers
from infra.rehearsal.aws.package import AwsPackage
from infra.rehearsal.aws.secret_manager import SecretsManager
from infra.rehearsal.aws.side_effects import SideEffects
from infra.rehearsal.cloud.control_plane import ControlPlane
from infra.rehearsal.cloud.faults import FaultPoints
from infra.rehearsal.cloud.journal import Journal
from infra.rehearsal.cloud.provider import SimulatedProvider
from infra.rehearsal.cloud.reports import reports
from infra.rehearsal.cloud.schema import resource_schema
from infra.rehearsal.cloud.server import FREE_PORTS, NO_FILES, Files, Listeners, Ports
from infra.rehearsal.cloud.witness import witnessed
from infra.rehearsal.existing_network import ExistingNetwork

DEFAULT_REGION = "us-east-1"
GAPS = (
    *(offerings, placement_groups, vpc_endpoints, ecr_caches, elasticache),
    *(budgets, anomalies),
)
"""What moto lacks and no other part owns."""


class SimulatedCloud:
    """Account, provider and authenticator, started."""

    def __init__(
        self,
        control_plane: ControlPlane | None,
        facts: Facts | None = None,
        *,
        region: str = "",
        ports: Ports = FREE_PORTS,
        files: Files = NO_FILES,
    ) -> None:
        """Start everything; without facts the account is typical.

        A network that exists is made first: it is nobody's to build, to change or to leave behind.
        With the journal of an earlier run, its account is built anew before anything listens.

        Raises:
            JournalError: the journal does not give its account again.
        """
        self._region = region or DEFAULT_REGION
        self.account = Account(facts, Journal(files.journal) if files.journal else None)
        self._eks = install(self.account, witnessed(control_plane, self.account.recorder))
        scaling_tags.install(self.account, self._eks)
        for part in GAPS:
            part.install(self.account)
        if files.existing_network is not None:
            network = ExistingNetwork.read(files.existing_network)
            existing_network.build(network, self.account)
        self.fleet = Fleet(self.account, self._eks)
        self.side_effects = SideEffects(self.account, self._eks)
        self.secret_manager = SecretsManager(self.account, self._eks)
        self.dns_zones = Route53(self.account, self._eks)
        self.dns_hosts = Route53Hosts(self.account, self._eks)
        self.network_balancers = NetworkLoadBalancers(self.account, self._eks)
        self.inventory = Inventory(self.account, self._eks)
        self.account.repeat()
        self._listeners = Listeners(
            ports,
            SimulatedProvider(
                AwsPackage(self.account, self.inventory.watch),
                FaultPoints(files.faults, self.account.recorder),
            ),
            Authenticator(self.account, self._eks),
            open_door(self.account),
            reports(self.inventory, self.fleet, control_plane),
        )

    @property
    def ports(self) -> Ports:
        """Where it listens."""
        return self._listeners.ports

    def state(self) -> dict[str, str]:
        """Return the marker credentials of the rehearsal's user."""
        key = self.account.access_key
        return {
            "accessKeyId": key.access_key_id,
            "secretAccessKey": key.secret_access_key,
            "accountId": self.account.account_id,
            "region": self._region,
        }

    def warm_up(self) -> None:
        """Load what the first request of each type would load, while nobody asks yet.

        Schemas and service models take about 2 s (2026-11), and the engine needs as long to start.
        """
        for token, row in TYPES.items():
            resource_schema(token)
            with self.account.lock:
                self.account.client(row.service, self._region)

    def stop(self) -> None:
        """Stop answering; waits are cut off."""
        self._listeners.stop()
        self.account.stop()
