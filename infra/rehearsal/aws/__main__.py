"""`python -m infra.rehearsal.aws`: the simulated AWS as a daemon of one rehearsal.

Writes one line of JSON to stdout when it is ready, `{"port", "authenticatorPort"}`, and logs to
stderr. Ends at once on SIGTERM or SIGINT, and when the process that started it is gone.
"""

import argparse
import json
import logging
import os
import signal
import sys
import threading
import time
from pathlib import Path

from infra.preflight.facts import TYPICAL, FactsError, load_facts
from infra.rehearsal.aws.eks_state import EKS
from infra.rehearsal.aws.server import Files, Ports, SimulatedCloud
from infra.rehearsal.cloud.control_plane import ControlPlaneFile, ControlPlaneFileError, read
from infra.rehearsal.cloud.journal import JournalError
from infra.rehearsal.controllers.controller import CloudControllers
from infra.rehearsal.nodes.controller import NodeController

DEFAULT_REGION = "us-east-1"
PARENT_CHECK_SECONDS = 0.5
CONTROL_PLANE_SECONDS = 120.0
"""How long the description of the API server may take to appear; it takes some seconds."""
POLL_SECONDS = 0.05
USAGE_ERROR = 2


def main() -> int:
    """Start everything and wait for the end."""
    parent = os.getppid()
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    arguments = _arguments()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    try:
        facts = load_facts(arguments.facts)
        described = _described(arguments.control_plane, ended) if arguments.control_plane else None
    except (ControlPlaneFileError, FactsError) as error:
        sys.stderr.write(f"{error}\n")
        return USAGE_ERROR
    plane = described.plane(EKS) if described else None
    try:
        cloud = SimulatedCloud(
            plane,
            facts,
            ports=Ports(arguments.port, arguments.authenticator_port),
            files=Files(arguments.journal, arguments.existing_network, arguments.faults),
        )
    except JournalError as error:
        sys.stderr.write(f"{error}\n")
        return USAGE_ERROR
    region = (described.region if described else "") or DEFAULT_REGION
    _write_state(arguments.state_file, cloud, region)
    if described is not None:
        NodeController(described.client(), cloud.fleet).start()
        CloudControllers(described.client(), cloud.side_effects).start()
    ready = {"port": cloud.ports.provider, "authenticatorPort": cloud.ports.authenticator}
    sys.stdout.write(json.dumps(ready) + "\n")
    sys.stdout.flush()
    threading.Thread(target=cloud.warm_up, args=[region], name="warm-up", daemon=True).start()
    while not ended.wait(PARENT_CHECK_SECONDS) and os.getppid() == parent:
        pass
    os._exit(0)  # at once: waits and threads hold nothing that outlives this process


def _described(path: Path, ended: threading.Event) -> ControlPlaneFile:
    """Read the file once it is there: this program loads while the API server starts."""
    deadline = time.monotonic() + CONTROL_PLANE_SECONDS
    while not path.exists() and time.monotonic() < deadline and not ended.wait(POLL_SECONDS):
        pass
    return read(path)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="infra.rehearsal.aws", description=__doc__)
    parser.add_argument("--state-file", type=Path, required=True)
    parser.add_argument("--control-plane", type=Path)
    parser.add_argument("--facts", default=TYPICAL, help="name or file of the account's facts")
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


def _write_state(path: Path, cloud: SimulatedCloud, region: str) -> None:
    key = cloud.account.access_key
    state = {
        "accessKeyId": key.access_key_id,
        "secretAccessKey": key.secret_access_key,
        "accountId": cloud.account.account_id,
        "region": region,
    }
    path.unlink(missing_ok=True)  # an old file would keep its mode
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(state, file)


if __name__ == "__main__":
    sys.exit(main())
