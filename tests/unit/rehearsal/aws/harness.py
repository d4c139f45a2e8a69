"""The simulated AWS under test: an engine's side of the wire, and an API server in memory."""

import itertools
import json
import urllib.request
from dataclasses import dataclass, field

import grpc
from pulumi.runtime.proto import provider_pb2 as pb
from pulumi.runtime.proto import provider_pb2_grpc as pb_grpc
from pulumi.runtime.proto import status_pb2

from infra.rehearsal.aws.eks_state import EKS
from infra.rehearsal.aws.server import SimulatedCloud
from infra.rehearsal.cloud.control_plane import ControlPlane
from infra.rehearsal.kubernetes.client import ApiError
from infra.rehearsal.nodes.factory import GROUP_LABEL
from infra.wire import Properties, Value, decode, encode

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


_NUMBERS = itertools.count(1)


class RefusedError(Exception):
    """The provider refused; the message is what a person would read."""


class PartlyError(RefusedError):
    """The provider made the thing, but not completely."""

    def __init__(self, message: str, detail: pb.ErrorResourceInitFailed) -> None:
        """Keep what the engine would keep."""
        self.physical_id = detail.id
        self.outputs = decode(detail.properties)
        super().__init__(message)


@dataclass
class Made:
    """A created resource as the engine remembers it."""

    urn: str
    physical_id: str
    inputs: Properties
    outputs: Properties

    def __getitem__(self, name: str) -> Value:
        """Return an output."""
        return self.outputs[name]


class Engine:
    """Speaks the provider protocol as the engine does."""

    def __init__(self, port: int, *, region: str = REGION, **config: Value) -> None:
        """Connect and configure one provider instance."""
        self._channel = grpc.insecure_channel(
            f"127.0.0.1:{port}", options=[("grpc.use_local_subchannel_pool", 1)]
        )
        self.stub = pb_grpc.ResourceProviderStub(self._channel)
        self.wait_seconds = 0.5
        """How long something may take to be ready or gone; nodes in memory are so at once."""
        arguments: Properties = {"region": region, **config}
        self.stub.Configure(pb.ConfigureRequest(args=encode(arguments)))

    def close(self) -> None:
        """Close the connection."""
        self._channel.close()

    def check(
        self, kind: str, inputs: Properties, olds: "Properties | None" = None, name: str = "thing"
    ) -> tuple[Properties, list[str]]:
        """Return checked inputs and failures as `property: reason`."""
        reply = self.stub.Check(
            pb.CheckRequest(
                urn=urn(kind, name),
                olds=encode(olds or {}),
                news=encode(inputs),
                randomSeed=b"0123456789abcdef",
            )
        )
        failures = [f"{item.property}: {item.reason}" for item in reply.failures]
        return decode(reply.inputs), failures

    def create(self, kind: str, inputs: Properties, name: str = "") -> Made:
        """Check and create; without a name, under a new one."""
        name = name or f"thing-{next(_NUMBERS)}"
        checked, failures = self.check(kind, inputs, name=name)
        if failures:
            raise RefusedError("; ".join(failures))
        request = pb.CreateRequest(
            urn=urn(kind, name), properties=encode(checked), timeout=self.wait_seconds
        )
        reply = _called(self.stub.Create, request)
        return Made(urn(kind, name), reply.id, checked, decode(reply.properties))

    def preview(self, kind: str, inputs: Properties, name: str = "thing") -> Properties:
        """Check and create in a preview."""
        checked, failures = self.check(kind, inputs, name=name)
        assert failures == []
        request = pb.CreateRequest(urn=urn(kind, name), properties=encode(checked), preview=True)
        return decode(self.stub.Create(request).properties)

    def diff(self, made: Made, **changes: Value) -> pb.DiffResponse:
        """Compare with changed inputs."""
        news = _changed(made.inputs, changes)
        return self.stub.Diff(
            pb.DiffRequest(
                id=made.physical_id,
                urn=made.urn,
                olds=encode(made.outputs),
                old_inputs=encode(made.inputs),
                news=encode(news),
            )
        )

    def update(self, made: Made, *, preview: bool = False, **changes: Value) -> Made:
        """Update with changed inputs; they are checked first."""
        kind = made.urn.split("::")[2].partition("$")[2]
        news, failures = self.check(kind, _changed(made.inputs, changes), made.inputs)
        if failures:
            raise RefusedError("; ".join(failures))
        request = pb.UpdateRequest(
            id=made.physical_id,
            urn=made.urn,
            olds=encode(made.outputs),
            old_inputs=encode(made.inputs),
            news=encode(news),
            preview=preview,
            timeout=self.wait_seconds,
        )
        reply = _called(self.stub.Update, request)
        return Made(made.urn, made.physical_id, news, decode(reply.properties))

    def read(self, made: Made, *, importing: bool = False) -> Made | None:
        """Refresh; None when it is gone."""
        request = pb.ReadRequest(
            id=made.physical_id,
            urn=made.urn,
            properties=encode({} if importing else made.outputs),
            inputs=encode({} if importing else made.inputs),
        )
        reply = _called(self.stub.Read, request)
        if not reply.id:
            return None
        return Made(made.urn, reply.id, decode(reply.inputs), decode(reply.properties))

    def delete(self, made: Made) -> None:
        """Delete."""
        request = pb.DeleteRequest(
            id=made.physical_id,
            urn=made.urn,
            properties=encode(made.outputs),
            timeout=self.wait_seconds,
        )
        _called(self.stub.Delete, request)

    def invoke(self, token: str, **arguments: Value) -> Properties:
        """Call a function."""
        request = pb.InvokeRequest(tok=token, args=encode(arguments))
        return decode(getattr(_called(self.stub.Invoke, request), "return"))


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


def urn(kind: str, name: str) -> str:
    """Return a URN of a resource inside a component."""
    return f"urn:pulumi:dev::tokenworks::tokenworks:aws:Any${kind}::{name}"


def _changed(inputs: Properties, changes: Properties) -> Properties:
    news = {key: item for key, item in inputs.items() if key not in changes}
    return news | {key: item for key, item in changes.items() if item is not None}


def _called(method, request):  # noqa: ANN001, ANN202 - any method of the stub
    try:
        return method(request)
    except grpc.RpcError as error:
        message = str(error.details())
        for item in error.trailing_metadata() or ():
            if item.key == "grpc-status-details-bin":
                detail = pb.ErrorResourceInitFailed()
                if status_pb2.Status.FromString(item.value).details[0].Unpack(detail):
                    raise PartlyError(message, detail) from error
        raise RefusedError(message) from error
