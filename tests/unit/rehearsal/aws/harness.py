"""The simulated AWS under test, with an API server in memory."""

import json
import urllib.request
from dataclasses import dataclass

from infra.rehearsal.aws.eks_state import EKS
from infra.rehearsal.aws.server import SimulatedCloud
from infra.rehearsal.cloud.control_plane import ControlPlane
from infra.wire import Value
from tests.unit.rehearsal.cloud import wire
from tests.unit.rehearsal.cloud.fake_api import FakeApi

REGION = "us-east-1"
TRUST_EC2 = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "ec2.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
)
TRUST_EKS = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "eks.amazonaws.com"},
                "Action": ["sts:AssumeRole", "sts:TagSession"],
            }
        ],
    }
)


class Engine(wire.Engine):
    """Speaks to a provider in one region."""

    def __init__(self, port: int, *, region: str = REGION, **config: Value) -> None:
        """Connect and configure one provider instance."""
        super().__init__(port, region=region, **config)


@dataclass
class Simulation:
    """A running simulated AWS and an engine that is connected to it."""

    cloud: SimulatedCloud
    engine: Engine
    api: FakeApi

    def report(self, path: str) -> list[dict]:
        """Return a report of the loopback server."""
        return self._http(path, None)

    def authenticate(self, token: str) -> dict:
        """Return the status of a TokenReview."""
        review = {
            "apiVersion": "authentication.k8s.io/v1",
            "kind": "TokenReview",
            "spec": {"token": token},
        }
        return self._http("/authenticate", json.dumps(review).encode())["status"]

    def _http(self, path: str, body: bytes | None):  # noqa: ANN202 - JSON of any kind
        url = f"http://127.0.0.1:{self.cloud.ports.authenticator}{path}"
        request = urllib.request.Request(url, data=body)
        with urllib.request.urlopen(request, timeout=10) as reply:  # noqa: S310 - the same
            return json.loads(reply.read())


def start() -> Simulation:
    """Start a simulated AWS with an API server in memory; the caller stops it."""
    api = FakeApi("eks")
    plane = ControlPlane("https://127.0.0.1:6443", "-- a CA --", REGION, api, EKS)
    cloud = SimulatedCloud(plane)
    return Simulation(cloud, Engine(cloud.ports.provider), api)
