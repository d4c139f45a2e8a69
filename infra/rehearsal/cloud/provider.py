"""The Pulumi provider protocol for the package of a simulated cloud.

Owns: requests and replies, configuration per engine connection, names that the provider gives,
secrets, errors. Does not own: what happens in the cloud (`lifecycle.py` and the package).

Attached through `PULUMI_DEBUG_PROVIDERS`, all provider instances share this process and requests
do not say which instance they are for; each instance has a connection of its own, so the
configuration is keyed on the peer.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, NoReturn, TypeVar

import grpc
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import plugin_pb2, status_pb2
from pulumi.runtime.proto import provider_pb2 as pb
from pulumi.runtime.proto import provider_pb2_grpc as pb_grpc

from infra.rehearsal.cloud.diff import DEFAULTS, difference, response
from infra.rehearsal.cloud.errors import CloudError, InterruptedWaitError, PartlyCreatedError
from infra.rehearsal.cloud.faults import CREATE, DELETE, FaultPoints
from infra.rehearsal.cloud.lifecycle import Lifecycle
from infra.rehearsal.cloud.naming import autonamed
from infra.rehearsal.cloud.package import Configured, Package, PlaceT, RowT
from infra.rehearsal.cloud.table import Change, Wait
from infra.wire import Properties, decode, encode, mark_secrets, plain_properties

DEFAULT_TIMEOUT_SECONDS = 600.0
"""For a program without `customTimeouts`. Clouds take up to an hour; nodes here take seconds."""

_log = logging.getLogger(__name__)
_Reply = TypeVar("_Reply")


@dataclass
class Connection(Generic[PlaceT]):
    """One provider instance of one engine run."""

    at: Configured[PlaceT]
    cancelled: threading.Event = field(default_factory=threading.Event)


class SimulatedProvider(pb_grpc.ResourceProviderServicer, Generic[PlaceT, RowT]):
    """Serves one package."""

    def __init__(self, package: Package[PlaceT, RowT], faults: FaultPoints) -> None:
        """Serve the package of a simulated cloud."""
        self._package = package
        self._lifecycle = Lifecycle(package)
        self._faults = faults
        self._connections: dict[str, Connection[PlaceT]] = {}

    def Attach(  # noqa: N802 - gRPC method name
        self, request: plugin_pb2.PluginAttach, context: grpc.ServicerContext
    ) -> empty_pb2.Empty:
        """Accept an engine; it calls back nothing that is needed here."""
        del request, context
        return empty_pb2.Empty()

    def Handshake(  # noqa: N802 - gRPC method name
        self, request: pb.ProviderHandshakeRequest, context: grpc.ServicerContext
    ) -> pb.ProviderHandshakeResponse:
        """Decline: the engine goes on without."""
        del request
        context.abort(grpc.StatusCode.UNIMPLEMENTED, "this provider has no handshake")

    def GetPluginInfo(  # noqa: N802 - gRPC method name
        self, request: empty_pb2.Empty, context: grpc.ServicerContext
    ) -> plugin_pb2.PluginInfo:
        """Return the version of the real provider whose schema is played."""
        del request, context
        return plugin_pb2.PluginInfo(version=self._package.version)

    def CheckConfig(  # noqa: N802 - gRPC method name
        self, request: pb.CheckRequest, context: grpc.ServicerContext
    ) -> pb.CheckResponse:
        """Check the configuration of a provider instance."""
        del context
        news = plain_properties(decode(request.news))
        failures = [
            pb.CheckFailure(property=name, reason=reason)
            for name, reason in self._package.configuration_problems(news)
        ]
        return pb.CheckResponse(inputs=request.news, failures=failures)

    def DiffConfig(  # noqa: N802 - gRPC method name
        self, request: pb.DiffRequest, context: grpc.ServicerContext
    ) -> pb.DiffResponse:
        """Compare configurations: in another place, everything is replaced."""
        del context
        old, new = decode(request.old_inputs), decode(request.news)
        changed = sorted(key for key in old.keys() | new.keys() if old.get(key) != new.get(key))
        return pb.DiffResponse(
            changes=pb.DiffResponse.DIFF_SOME if changed else pb.DiffResponse.DIFF_NONE,
            diffs=changed,
            replaces=[key for key in changed if key in self._package.located_by],
        )

    def Configure(  # noqa: N802 - gRPC method name
        self, request: pb.ConfigureRequest, context: grpc.ServicerContext
    ) -> pb.ConfigureResponse:
        """Remember place and default labels of this connection."""
        arguments = plain_properties(decode(request.args))
        wrong = self._package.configuration_problems(arguments)
        if wrong:
            context.abort(
                grpc.StatusCode.INVALID_ARGUMENT,
                "; ".join(f"{name}: {reason}" for name, reason in wrong),
            )
        try:
            at = self._package.configure(arguments)
        except ValueError as error:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
        self._connections[context.peer()] = Connection(at)
        return pb.ConfigureResponse(
            acceptSecrets=True, supportsPreview=True, acceptResources=False, acceptOutputs=False
        )

    def Check(  # noqa: N802 - gRPC method name
        self, request: pb.CheckRequest, context: grpc.ServicerContext
    ) -> pb.CheckResponse:
        """Name what has no name, and refuse what schema, API or table do not know."""
        token = _token(request.urn)
        row = self._package.types.get(token)
        if row is None:
            lacking = f"the rehearsal's {self._package.cloud} has no stand-in for this type"
            reason = f"not simulated: {token}; {lacking}"
            return pb.CheckResponse(
                inputs=request.news, failures=[pb.CheckFailure(property="", reason=reason)]
            )
        sent = decode(request.news)
        news: Properties = {key: item for key, item in sent.items() if item is not None}
        found = autonamed(row, request, news)
        place = self._connection(context).at.place
        inputs = _without_marks(plain_properties(news))
        problems = self._do(context, lambda: self._lifecycle.problems(place, row, inputs))
        failures = [
            pb.CheckFailure(property=name, reason=reason) for name, reason in found + problems
        ]
        return pb.CheckResponse(inputs=encode(news), failures=failures)

    def Diff(  # noqa: N802 - gRPC method name
        self, request: pb.DiffRequest, context: grpc.ServicerContext
    ) -> pb.DiffResponse:
        """Say what changes and what replaces."""
        row = self._row(request.urn)
        new = plain_properties(decode(request.news))
        labelling = self._package.labelling
        labels = (
            plain_properties(decode(request.olds)).get(labelling.compared, {}),
            self._lifecycle.wanted(self._connection(context).at, row, new),
        )
        old = plain_properties(decode(request.old_inputs))
        return response(difference(row, labelling, old, new, labels))

    def Create(  # noqa: N802 - gRPC method name
        self, request: pb.CreateRequest, context: grpc.ServicerContext
    ) -> pb.CreateResponse:
        """Make the thing, or in a preview say what is known of it."""
        row = self._row(request.urn)
        raw = decode(request.properties)
        inputs = _without_marks(plain_properties(raw))
        at = self._connection(context).at
        if request.preview:
            outputs = self._lifecycle.preview_create(at, row, inputs)
            return pb.CreateResponse(id="", properties=_marked(outputs, raw))
        wait = self._wait(context, request.timeout)

        def create() -> tuple[str, Properties]:
            with self._faults.inside(CREATE, request.urn):
                return self._lifecycle.create(at, row, inputs, wait)

        physical_id, outputs = self._do(context, create, request.urn, raw)
        return pb.CreateResponse(id=physical_id, properties=_marked(outputs, raw))

    def Read(  # noqa: N802 - gRPC method name
        self, request: pb.ReadRequest, context: grpc.ServicerContext
    ) -> pb.ReadResponse:
        """Describe the thing as it is; nothing when it is gone."""
        row = self._row(request.urn)
        raw = decode(request.inputs)
        inputs = plain_properties(raw)
        at = self._connection(context).at

        def read() -> tuple[str, Properties]:
            try:
                found = self._lifecycle.outputs_of(at, row, request.id, _without_marks(inputs))
            except CloudError as error:
                if error.not_found:
                    return "", {}
                raise
            return request.id, found

        physical_id, outputs = self._do(context, read)
        if not physical_id:
            return pb.ReadResponse()
        live = self._lifecycle.live_inputs(row, inputs, outputs)
        return pb.ReadResponse(
            id=physical_id, properties=_marked(outputs, raw), inputs=_marked(live, raw)
        )

    def Update(  # noqa: N802 - gRPC method name
        self, request: pb.UpdateRequest, context: grpc.ServicerContext
    ) -> pb.UpdateResponse:
        """Change the thing in place."""
        row = self._row(request.urn)
        raw = decode(request.news)
        new = _without_marks(plain_properties(raw))
        old = _without_marks(plain_properties(decode(request.old_inputs)))
        before = plain_properties(decode(request.olds))
        at = self._connection(context).at
        if request.preview:
            outputs = self._lifecycle.preview_update(at, row, before, new)
            return pb.UpdateResponse(properties=_marked(outputs, raw))
        wait = self._wait(context, request.timeout)
        change = Change(request.id, new, old)

        def update() -> Properties:
            try:
                return self._lifecycle.update(at, row, change, before, wait)
            except InterruptedWaitError as error:
                outputs = self._lifecycle.outputs_of(at, row, request.id, new)
                raise PartlyCreatedError(request.id, outputs, str(error)) from error

        outputs = self._do(context, update, request.urn, raw)
        return pb.UpdateResponse(properties=_marked(outputs, raw))

    def Delete(  # noqa: N802 - gRPC method name
        self, request: pb.DeleteRequest, context: grpc.ServicerContext
    ) -> empty_pb2.Empty:
        """Delete the thing."""
        row = self._row(request.urn)
        outputs = plain_properties(decode(request.properties))
        place = self._connection(context).at.place
        wait = self._wait(context, request.timeout)

        def delete() -> None:
            with self._faults.inside(DELETE, request.urn):
                self._lifecycle.delete(place, row, request.id, outputs, wait)

        self._do(context, delete, request.urn)
        return empty_pb2.Empty()

    def Invoke(  # noqa: N802 - gRPC method name
        self, request: pb.InvokeRequest, context: grpc.ServicerContext
    ) -> pb.InvokeResponse:
        """Answer a function of the package."""
        place = self._connection(context).at.place
        arguments = plain_properties(decode(request.args))
        found = self._do(context, lambda: self._package.invoke(place, request.tok, arguments))
        reply = pb.InvokeResponse()
        getattr(reply, "return").CopyFrom(encode(found))  # a keyword of Python
        return reply

    def Cancel(  # noqa: N802 - gRPC method name
        self, request: empty_pb2.Empty, context: grpc.ServicerContext
    ) -> empty_pb2.Empty:
        """End the waits of this connection; what exists stays and is remembered by the engine."""
        del request
        connection = self._connections.get(context.peer())
        if connection is not None:
            connection.cancelled.set()
        return empty_pb2.Empty()

    def _connection(self, context: grpc.ServicerContext) -> Connection[PlaceT]:
        found = self._connections.get(context.peer())
        if found is None:
            name = self._package.name
            message = f"{name}: this provider instance is not configured; Configure comes first"
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, message)
        return found

    def _row(self, urn: str) -> RowT:
        return self._package.types[_token(urn)]

    def _wait(self, context: grpc.ServicerContext, timeout_seconds: float) -> Wait:
        cancelled = self._connection(context).cancelled
        return Wait(cancelled.wait, timeout_seconds or DEFAULT_TIMEOUT_SECONDS)

    def _do(
        self,
        context: grpc.ServicerContext,
        work: Callable[[], _Reply],
        urn: str = "",
        inputs: "Properties | None" = None,
    ) -> _Reply:
        """Run one step, log it, and turn refusals into the engine's errors."""
        began = time.monotonic()
        try:
            done = work()
        except PartlyCreatedError as error:
            _log.warning("%s: %s", urn, error)
            _abort_partly(context, error, inputs or {})
        except ValueError as error:
            _log.warning("%s: %s", urn, error)
            context.abort(grpc.StatusCode.UNKNOWN, str(error))
        except Exception as error:  # noqa: BLE001 - a bug here must reach the engine as an error
            _log.exception("%s: the simulation itself failed", urn)
            cloud = self._package.cloud
            message = f"the simulated {cloud} failed: {type(error).__name__}: {error}"
            context.abort(grpc.StatusCode.INTERNAL, message)
        else:
            if urn:
                _log.info("%s done in %.2f s", urn, time.monotonic() - began)
            return done


def _abort_partly(
    context: grpc.ServicerContext, error: PartlyCreatedError, inputs: Properties
) -> NoReturn:
    """Let the engine keep the id of a thing that exists and is not ready."""
    detail = pb.ErrorResourceInitFailed(
        id=error.physical_id,
        properties=_marked(error.outputs, inputs),
        reasons=[str(error)],
        inputs=encode(inputs),
    )
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=str(error))
    status.details.add().Pack(detail)
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(grpc.StatusCode.UNKNOWN, str(error))


def _marked(outputs: Properties, inputs: Properties) -> struct_pb2.Struct:
    marked = mark_secrets(outputs, inputs)
    return encode(marked if isinstance(marked, dict) else {})


def _without_marks(inputs: Properties) -> Properties:
    return {key: item for key, item in inputs.items() if key != DEFAULTS}


def _token(urn: str) -> str:
    return urn.split("::")[2].rpartition("$")[2]
