"""A simulated cloud as a daemon of one rehearsal: arguments, signals, and the order of the start.

Owns: the frame of the program. Writes one line of JSON to stdout when it is ready, `{"port",
"authenticatorPort"}`, and logs to stderr. Ends at once on SIGTERM or SIGINT, and when the process
that started it is gone. Does not own: what a cloud consists of; each brings that along.
"""

import argparse
import json
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from infra.rehearsal.cloud.control_plane import (
    ClusterService,
    ControlPlane,
    ControlPlaneFile,
    ControlPlaneFileError,
    read,
)
from infra.rehearsal.cloud.journal import JournalError
from infra.rehearsal.cloud.server import Files, Ports
from infra.rehearsal.controllers.account import CloudAccount
from infra.rehearsal.controllers.ai_gateway.controller import AiGateway
from infra.rehearsal.controllers.cert_manager.controller import CertManager
from infra.rehearsal.controllers.cert_manager.port import DnsZones
from infra.rehearsal.controllers.controller import CloudControllers
from infra.rehearsal.controllers.envoy_gateway.controller import EnvoyGateway
from infra.rehearsal.controllers.external_dns.controller import ExternalDns
from infra.rehearsal.controllers.external_dns.port import DnsHosts
from infra.rehearsal.controllers.external_secrets.operator import SecretOperator
from infra.rehearsal.controllers.external_secrets.port import SecretManager
from infra.rehearsal.controllers.load_balancers.controller import LoadBalancerController
from infra.rehearsal.controllers.load_balancers.port import NetworkBalancers
from infra.rehearsal.nodes.controller import NodeController
from infra.rehearsal.nodes.groups import NodeGroups

PARENT_CHECK_SECONDS = 0.5
CONTROL_PLANE_SECONDS = 120.0
"""How long the description of the API server may take to appear; it takes some seconds."""
POLL_SECONDS = 0.05
USAGE_ERROR = 2


class StartError(ValueError):
    """What the program was told does not let it start; the message is for people."""


@dataclass(frozen=True)
class Start:
    """What a cloud starts with."""

    plane: ControlPlane | None
    """The API server that its clusters are; without one it has no clusters."""
    region: str
    """Region of the stack; empty when nobody said."""
    project: str
    """Project of the stack, where the cloud has projects; empty when nobody said."""
    facts: str
    """Name or file of what the account may have."""
    ports: Ports
    files: Files


class RunningCloud(Protocol):
    """A simulated cloud that answers."""

    @property
    def ports(self) -> Ports:
        """Where it listens."""
        ...

    @property
    def fleet(self) -> NodeGroups:
        """Its node groups."""
        ...

    @property
    def side_effects(self) -> CloudAccount:
        """The account as controllers inside a cluster use it."""
        ...

    @property
    def secret_manager(self) -> SecretManager:
        """Its secret manager as pods with an identity use it."""
        ...

    @property
    def dns_zones(self) -> DnsZones:
        """Its DNS as cert-manager's pods use it."""
        ...

    @property
    def dns_hosts(self) -> DnsHosts:
        """Its DNS as external-dns' pod uses it."""
        ...

    @property
    def network_balancers(self) -> NetworkBalancers | None:
        """Its load balancers as pods with an identity make them; None: no pod of its does."""
        ...

    def state(self) -> Mapping[str, str]:
        """Return the marker credentials and what else whoever started it wants to know."""
        ...

    def warm_up(self) -> None:
        """Load what the first request of each type would load, while nobody asks yet."""
        ...


def run(module: str, service: ClusterService, start: Callable[[Start], RunningCloud]) -> int:
    """Start a cloud and wait for the end; return the exit code.

    Args:
        module: name of the program.
        service: the cloud's cluster service.
        start: makes the cloud. Raises `StartError` or `JournalError`.
    """
    parent = os.getppid()
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    arguments = _arguments(module)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    try:
        described = _described(arguments.control_plane, ended) if arguments.control_plane else None
        cloud = start(_start(arguments, described, service))
    except (ControlPlaneFileError, JournalError, StartError) as error:
        sys.stderr.write(f"{error}\n")
        return USAGE_ERROR
    _write_state(arguments.state_file, cloud.state())
    if described is not None:
        NodeController(described.client(), cloud.fleet).start()
        CloudControllers(described.client(), cloud.side_effects).start()
        EnvoyGateway(described.client()).start()
        AiGateway(described.client()).start()
        SecretOperator(described.client(), cloud.secret_manager).start()
        CertManager(described.client(), cloud.dns_zones).start()
        ExternalDns(described.client(), cloud.dns_hosts).start()
        if cloud.network_balancers is not None:
            LoadBalancerController(described.client(), cloud.network_balancers).start()
    ready = {"port": cloud.ports.provider, "authenticatorPort": cloud.ports.authenticator}
    sys.stdout.write(json.dumps(ready) + "\n")
    sys.stdout.flush()
    threading.Thread(target=cloud.warm_up, name="warm-up", daemon=True).start()
    while not ended.wait(PARENT_CHECK_SECONDS) and os.getppid() == parent:
        pass
    os._exit(0)  # at once: waits and threads hold nothing that outlives this process


def _start(
    arguments: argparse.Namespace, described: ControlPlaneFile | None, service: ClusterService
) -> Start:
    return Start(
        plane=described.plane(service) if described else None,
        region=described.region if described else "",
        project=described.project if described else "",
        facts=arguments.facts,
        ports=Ports(arguments.port, arguments.authenticator_port),
        files=Files(arguments.journal, arguments.existing_network, arguments.faults),
    )


def _described(path: Path, ended: threading.Event) -> ControlPlaneFile:
    """Read the file once it is there: this program loads while the API server starts."""
    deadline = time.monotonic() + CONTROL_PLANE_SECONDS
    while not path.exists() and time.monotonic() < deadline and not ended.wait(POLL_SECONDS):
        pass
    return read(path)


def _arguments(module: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=module, description=__doc__)
    parser.add_argument("--state-file", type=Path, required=True)
    parser.add_argument("--control-plane", type=Path)
    parser.add_argument("--facts", default="typical", help="name or file of the account's facts")
    parser.add_argument(
        "--journal", type=Path, help="the account outlives this process; started again, it is back"
    )
    parser.add_argument(
        "--existing-network", type=Path, help="file of a network that is there at the start"
    )
    parser.add_argument("--faults", type=Path, help="folder of orders to fail, for tests")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--authenticator-port", type=int, required=True)
    return parser.parse_args()


def _write_state(path: Path, state: Mapping[str, str]) -> None:
    path.unlink(missing_ok=True)  # an old file would keep its mode
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(dict(state), file)
