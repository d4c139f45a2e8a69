"""A simulated cloud's two listeners: the provider protocol, and HTTP on loopback.

Owns: starting and stopping them, and the ports. Does not own: what answers there.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import grpc
from pulumi.runtime.proto import provider_pb2_grpc as pb_grpc

from infra.rehearsal.cloud.door import ApiDoor
from infra.rehearsal.cloud.loopback import Authenticator, LoopbackServer, Reports
from infra.rehearsal.cloud.provider import SimulatedProvider
from infra.rehearsal.processes.plugin import MESSAGE_BYTES

WORKERS = 64
"""More than the engine's parallel operations: a node group's wait holds a thread."""


@dataclass(frozen=True)
class Files:
    """What a simulated cloud reads and writes besides its log; none by default."""

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


class Listeners:
    """Both, started."""

    def __init__(
        self,
        ports: Ports,
        provider: SimulatedProvider,
        authenticator: Authenticator,
        door: ApiDoor,
        reports: Reports,
    ) -> None:
        """Begin to answer; HTTP first, so that whoever sees the provider sees it too."""
        self._http = LoopbackServer(ports.authenticator, authenticator, door, reports)
        self._grpc = grpc.server(
            ThreadPoolExecutor(WORKERS, thread_name_prefix="provider"),
            options=[
                ("grpc.max_receive_message_length", MESSAGE_BYTES),
                ("grpc.max_send_message_length", MESSAGE_BYTES),
                ("grpc.so_reuseport", 0),  # a port that is taken must be an error
            ],
        )
        pb_grpc.add_ResourceProviderServicer_to_server(provider, self._grpc)
        bound = self._grpc.add_insecure_port(f"127.0.0.1:{ports.provider}")
        self._grpc.start()
        self.ports = Ports(bound, self._http.port)

    def stop(self) -> None:
        """Stop answering; waits are cut off."""
        self._grpc.stop(grace=None)
        self._http.stop()
