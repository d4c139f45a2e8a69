"""The parts of the simulated AWS as one running program.

Owns: which parts run and how they stop. Does not own: arguments and signals (`__main__.py`).
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import grpc
from pulumi.runtime.proto import provider_pb2_grpc as pb_grpc

from infra.preflight.facts import Facts
from infra.rehearsal.aws import (
    ecr_caches,
    existing_network,
    offerings,
    placement_groups,
    scaling_tags,
    vpc_endpoints,
)
from infra.rehearsal.aws.account import Account
from infra.rehearsal.aws.authenticator import Authenticator
from infra.rehearsal.aws.catalogue import TYPES
from infra.rehearsal.aws.door import open_door
from infra.rehearsal.aws.eks import install
from infra.rehearsal.aws.fleet import Fleet
from infra.rehearsal.aws.inventory import Inventory
from infra.rehearsal.aws.package import AwsPackage
from infra.rehearsal.aws.side_effects import SideEffects
from infra.rehearsal.cloud.control_plane import ControlPlane
from infra.rehearsal.cloud.faults import FaultPoints
from infra.rehearsal.cloud.journal import Journal
from infra.rehearsal.cloud.loopback import LoopbackServer
from infra.rehearsal.cloud.provider import SimulatedProvider
from infra.rehearsal.cloud.recording import Recorder
from infra.rehearsal.cloud.schema import resource_schema
from infra.rehearsal.cloud.witness import WitnessedApi
from infra.rehearsal.existing_network import ExistingNetwork
from infra.rehearsal.processes.plugin import MESSAGE_BYTES

WORKERS = 64
"""More than the engine's parallel operations: a node group's wait holds a thread."""


@dataclass(frozen=True)
class Files:
    """What the program reads and writes besides its log; none by default."""

    journal: Path | None = None
    """Calls of an earlier run, and of this one."""
    existing_network: Path | None = None
    """A network that is in the account at its start."""
    faults: Path | None = None
    """Folder of orders to fail."""


NO_FILES = Files()


@dataclass(frozen=True)
class Ports:
    """Where the parts listen, on loopback."""

    provider: int = 0
    authenticator: int = 0


FREE_PORTS = Ports()
"""0 takes one that is free."""


class SimulatedCloud:
    """Account, provider and authenticator, started."""

    def __init__(
        self,
        control_plane: ControlPlane | None,
        facts: Facts | None = None,
        *,
        ports: Ports = FREE_PORTS,
        files: Files = NO_FILES,
    ) -> None:
        """Start everything; without facts the account is typical.

        A network that exists is made first: it is nobody's to build, to change or to leave behind.
        With the journal of an earlier run, its account is built anew before anything listens.

        Raises:
            JournalError: the journal does not give its account again.
        """
        self.account = Account(facts, Journal(files.journal) if files.journal else None)
        self._eks = install(self.account, _witnessed(control_plane, self.account.recorder))
        scaling_tags.install(self.account, self._eks)
        for part in (offerings, placement_groups, vpc_endpoints, ecr_caches):
            part.install(self.account)
        if files.existing_network is not None:
            network = ExistingNetwork.read(files.existing_network)
            existing_network.build(network, self.account)
        self._control_plane = control_plane
        self.fleet = Fleet(self.account, self._eks)
        self.side_effects = SideEffects(self.account, self._eks)
        self.inventory = Inventory(self.account, self._eks)
        self.account.repeat()
        self._http = LoopbackServer(
            ports.authenticator,
            Authenticator(self.account, self._eks),
            open_door(self.account),
            {"/inventory": self._things, "/node-groups": self._node_groups},
        )
        self._grpc = grpc.server(
            ThreadPoolExecutor(WORKERS, thread_name_prefix="provider"),
            options=[
                ("grpc.max_receive_message_length", MESSAGE_BYTES),
                ("grpc.max_send_message_length", MESSAGE_BYTES),
                ("grpc.so_reuseport", 0),  # a port that is taken must be an error
            ],
        )
        pb_grpc.add_ResourceProviderServicer_to_server(
            SimulatedProvider(
                AwsPackage(self.account, self.inventory.watch),
                FaultPoints(files.faults, self.account.recorder),
            ),
            self._grpc,
        )
        bound = self._grpc.add_insecure_port(f"127.0.0.1:{ports.provider}")
        self._grpc.start()
        self.ports = Ports(bound, self._http.port)

    def warm_up(self, region: str) -> None:
        """Load what the first request of each type would load, while nobody asks yet.

        Schemas and service models take about 2 s (2026-11), and the engine needs as long to start.
        """
        for token, row in TYPES.items():
            resource_schema(token)
            with self.account.lock:
                self.account.client(row.service, region)

    def stop(self) -> None:
        """Stop answering; waits are cut off."""
        self._grpc.stop(grace=None)
        self._http.stop()
        self.account.stop()

    def _things(self) -> list[dict[str, str]]:
        return [thing.report() for thing in self.inventory.things()]

    def _node_groups(self) -> list[dict[str, object]]:
        found: list[dict[str, object]] = []
        for group in self.fleet.list_groups():
            total, ready = self._control_plane.nodes(group.name) if self._control_plane else (0, 0)
            row = asdict(group)
            row |= {"nodes": total, "readyNodes": ready}
            found.append(row)
        return found


def _witnessed(plane: ControlPlane | None, recorder: Recorder) -> ControlPlane | None:
    """Return the API server as calls of the account see it."""
    return None if plane is None else replace(plane, api=WitnessedApi(plane.api, recorder))
