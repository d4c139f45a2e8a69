"""The simulated AWS under test, with an API server in memory."""

import json
import urllib.request
from dataclasses import dataclass, field

from infra.rehearsal.aws.eks_state import EKS
from infra.rehearsal.aws.server import SimulatedCloud
from infra.rehearsal.cloud.control_plane import ControlPlane
from infra.rehearsal.kubernetes.client import ApiError
from infra.rehearsal.nodes.factory import GROUP_LABEL
from infra.wire import Value
from tests.unit.rehearsal.cloud import wire

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
class FakeApi:
    """An API server in memory, with a node controller that is at once done, or never."""

    objects: dict[tuple[str, str], dict] = field(default_factory=dict)
    ready: dict[str, int] = field(default_factory=dict)
    """Nodes by group."""
    down: bool = False
    """It does not answer when asked for nodes."""
    waiting: set[str] = field(default_factory=set)
    """Workloads whose pods find no node."""
    edited: set[tuple[str, str]] = field(default_factory=set)
    """Objects in which somebody else owns a field."""

    def apply(
        self, body: dict, field_manager: str, *, force: bool = False, dry_run: bool = False
    ) -> dict:
        """Keep an object."""
        assert (field_manager, dry_run) == ("eks", False)
        if (body["kind"], body["metadata"]["name"]) in self.edited and not force:
            message = 'Apply failed with 1 conflict: conflict with "kubectl": .spec.replicas'
            raise ApiError(409, message)
        self.objects[body["kind"], body["metadata"]["name"]] = body
        return body

    def delete(  # noqa: PLR0913 - the protocol's signature
        self,
        api_version: str,
        kind: str,
        name: str,
        namespace: str = "",
        *,
        uid: str = "",
        propagation: str = "",
    ) -> None:
        """Drop an object."""
        del api_version, namespace, uid, propagation
        if kind == "Node":
            self.ready[name.rpartition("-")[0]] -= 1
        elif self.objects.pop((kind, name), None) is None:
            message = f"{kind} {name} not found"
            raise ApiError(404, message)

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
    api = FakeApi()
    plane = ControlPlane("https://127.0.0.1:6443", "-- a CA --", REGION, api, EKS)
    cloud = SimulatedCloud(plane)
    return Simulation(cloud, Engine(cloud.ports.provider), api)
