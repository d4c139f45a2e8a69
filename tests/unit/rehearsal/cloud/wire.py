"""The engine's side of the wire, for tests of the provider of any simulated cloud."""

import itertools
from dataclasses import dataclass

import grpc
from pulumi.runtime.proto import provider_pb2 as pb
from pulumi.runtime.proto import provider_pb2_grpc as pb_grpc
from pulumi.runtime.proto import status_pb2

from infra.wire import Properties, Value, decode, encode

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

    def __init__(self, port: int, **config: Value) -> None:
        """Connect and configure one provider instance."""
        self._channel = grpc.insecure_channel(
            f"127.0.0.1:{port}", options=[("grpc.use_local_subchannel_pool", 1)]
        )
        self.stub = pb_grpc.ResourceProviderStub(self._channel)
        self.wait_seconds = 0.5
        """How long something may take to be ready or gone; nodes in memory are so at once."""
        self.random_seed = b"0123456789abcdef"
        """What names are drawn from."""
        arguments: Properties = {**config}
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
                randomSeed=self.random_seed,
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


def urn(kind: str, name: str) -> str:
    """Return a URN of a resource inside a component."""
    return f"urn:pulumi:dev::tokenworks::tokenworks:any:Any${kind}::{name}"


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
