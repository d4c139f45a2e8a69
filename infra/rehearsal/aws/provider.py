"""The Pulumi provider protocol for package `aws`, over the simulated account.

Owns: requests and replies, configuration per engine connection, names that the provider gives,
secrets, errors. Does not own: what happens in the account (`lifecycle.py` and the table).

Attached through `PULUMI_DEBUG_PROVIDERS`, all provider instances share this process and requests
do not say which instance they are for; each instance has a connection of its own, so the
configuration is keyed on the peer.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NoReturn, TypeVar

import grpc
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import plugin_pb2, status_pb2
from pulumi.runtime.proto import provider_pb2 as pb
from pulumi.runtime.proto import provider_pb2_grpc as pb_grpc

from infra.rehearsal.aws import lifecycle
from infra.rehearsal.aws.account import Account, Region
from infra.rehearsal.aws.catalogue import TYPES
from infra.rehearsal.aws.configuration import Configuration, configuration_problems
from infra.rehearsal.aws.diff import DEFAULTS, difference, response, tags_all
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.invokes import invoke
from infra.rehearsal.aws.naming import autonamed
from infra.rehearsal.aws.table import Change, Wait
from infra.rehearsal.aws.values import tag_map
from infra.rehearsal.cloud.errors import InterruptedWaitError, PartlyCreatedError
from infra.rehearsal.cloud.faults import FaultPoints
from infra.wire import Properties, decode, encode, mark_secrets, plain_properties

VERSION = "7.51.1"
DEFAULT_TIMEOUT_SECONDS = 600.0
"""For a program without `customTimeouts`. AWS takes up to an hour; nodes here take seconds."""

_log = logging.getLogger(__name__)
_Reply = TypeVar("_Reply")


@dataclass
class Connection:
    """One provider instance of one engine run."""

    configuration: Configuration
    cancelled: threading.Event = field(default_factory=threading.Event)


class SimulatedAws(pb_grpc.ResourceProviderServicer):
    """Serves one simulated account."""

    def __init__(
        self, account: Account, region_used: Callable[[str], None], faults: FaultPoints
    ) -> None:
        """Serve `account`; `region_used` hears of a region before anything is made there."""
        self._account = account
        self._faults = faults
        self._region_used = region_used
        self._connections: dict[str, Connection] = {}

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
        return plugin_pb2.PluginInfo(version=VERSION)

    def CheckConfig(  # noqa: N802 - gRPC method name
        self, request: pb.CheckRequest, context: grpc.ServicerContext
    ) -> pb.CheckResponse:
        """Check the configuration of a provider instance."""
        del context
        news = plain_properties(decode(request.news))
        failures = [
            pb.CheckFailure(property=name, reason=reason)
            for name, reason in configuration_problems(news)
        ]
        return pb.CheckResponse(inputs=request.news, failures=failures)

    def DiffConfig(  # noqa: N802 - gRPC method name
        self, request: pb.DiffRequest, context: grpc.ServicerContext
    ) -> pb.DiffResponse:
        """Compare configurations: another region is another place, so everything is replaced."""
        del context
        old, new = decode(request.old_inputs), decode(request.news)
        changed = sorted(key for key in old.keys() | new.keys() if old.get(key) != new.get(key))
        return pb.DiffResponse(
            changes=pb.DiffResponse.DIFF_SOME if changed else pb.DiffResponse.DIFF_NONE,
            diffs=changed,
            replaces=[key for key in changed if key == "region"],
        )

    def Configure(  # noqa: N802 - gRPC method name
        self, request: pb.ConfigureRequest, context: grpc.ServicerContext
    ) -> pb.ConfigureResponse:
        """Remember region and default tags of this connection."""
        arguments = plain_properties(decode(request.args))
        wrong = configuration_problems(arguments)
        if wrong:
            context.abort(
                grpc.StatusCode.INVALID_ARGUMENT,
                "; ".join(f"{name}: {reason}" for name, reason in wrong),
            )
        configuration = Configuration.of(arguments)
        if not configuration.allows(self._account.account_id):
            message = f"AWS account ID not allowed: {self._account.account_id}"
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, message)
        self._connections[context.peer()] = Connection(configuration)
        self._region_used(configuration.region)
        return pb.ConfigureResponse(
            acceptSecrets=True, supportsPreview=True, acceptResources=False, acceptOutputs=False
        )

    def Check(  # noqa: N802 - gRPC method name
        self, request: pb.CheckRequest, context: grpc.ServicerContext
    ) -> pb.CheckResponse:
        """Name what has no name, and refuse what schema, API or table do not know."""
        token = _token(request.urn)
        row = TYPES.get(token)
        if row is None:
            reason = f"not simulated: {token}; the rehearsal's AWS has no stand-in for this type"
            return pb.CheckResponse(
                inputs=request.news, failures=[pb.CheckFailure(property="", reason=reason)]
            )
        sent = decode(request.news)
        news: Properties = {key: item for key, item in sent.items() if item is not None}
        found = autonamed(row, request, news)
        region = self._region(context)
        problems = self._do(
            context, lambda: lifecycle.problems(region, row, _without_marks(plain_properties(news)))
        )
        failures = [
            pb.CheckFailure(property=name, reason=reason) for name, reason in found + problems
        ]
        return pb.CheckResponse(inputs=encode(news), failures=failures)

    def Diff(  # noqa: N802 - gRPC method name
        self, request: pb.DiffRequest, context: grpc.ServicerContext
    ) -> pb.DiffResponse:
        """Say what changes and what replaces."""
        row = TYPES[_token(request.urn)]
        new = plain_properties(decode(request.news))
        defaults = self._connection(context).configuration.default_tags
        return response(
            difference(
                row,
                plain_properties(decode(request.old_inputs)),
                new,
                plain_properties(decode(request.olds)).get("tagsAll", {}),
                tags_all(new, defaults),
            )
        )

    def Create(  # noqa: N802 - gRPC method name
        self, request: pb.CreateRequest, context: grpc.ServicerContext
    ) -> pb.CreateResponse:
        """Make the thing, or in a preview say what is known of it."""
        row = TYPES[_token(request.urn)]
        raw = decode(request.properties)
        inputs = _without_marks(plain_properties(raw))
        defaults = self._connection(context).configuration.default_tags
        if request.preview:
            outputs = lifecycle.preview_create(row, inputs, tags_all(inputs, defaults))
            return pb.CreateResponse(id="", properties=_marked(outputs, raw))
        region, wait = self._region(context), self._wait(context, request.timeout)

        def create() -> tuple[str, Properties]:
            with self._faults.creating(request.urn):
                return lifecycle.create(region, row, inputs, defaults, wait)

        physical_id, outputs = self._do(context, create, request.urn, raw)
        return pb.CreateResponse(id=physical_id, properties=_marked(outputs, raw))

    def Read(  # noqa: N802 - gRPC method name
        self, request: pb.ReadRequest, context: grpc.ServicerContext
    ) -> pb.ReadResponse:
        """Describe the thing as it is; nothing when it is gone."""
        row = TYPES[_token(request.urn)]
        raw = decode(request.inputs)
        inputs = plain_properties(raw)
        defaults = self._connection(context).configuration.default_tags
        region = self._region(context)

        def read() -> tuple[str, Properties]:
            try:
                found = lifecycle.outputs_of(
                    region, row, request.id, _without_marks(inputs), defaults
                )
            except AwsError as error:
                if error.not_found:
                    return "", {}
                raise
            return request.id, found

        physical_id, outputs = self._do(context, read)
        if not physical_id:
            return pb.ReadResponse()
        live = lifecycle.live_inputs(row, inputs, outputs)
        return pb.ReadResponse(
            id=physical_id, properties=_marked(outputs, raw), inputs=_marked(live, raw)
        )

    def Update(  # noqa: N802 - gRPC method name
        self, request: pb.UpdateRequest, context: grpc.ServicerContext
    ) -> pb.UpdateResponse:
        """Change the thing in place."""
        row = TYPES[_token(request.urn)]
        raw = decode(request.news)
        new = _without_marks(plain_properties(raw))
        old = _without_marks(plain_properties(decode(request.old_inputs)))
        before = plain_properties(decode(request.olds))
        defaults = self._connection(context).configuration.default_tags
        if request.preview:
            outputs = lifecycle.preview_update(row, before, new, tags_all(new, defaults))
            return pb.UpdateResponse(properties=_marked(outputs, raw))
        region, wait = self._region(context), self._wait(context, request.timeout)
        change = Change(request.id, new, old)
        had = tag_map(before.get("tagsAll"))

        def update() -> Properties:
            try:
                return lifecycle.update(region, row, change, had, defaults, wait)
            except InterruptedWaitError as error:
                outputs = lifecycle.outputs_of(region, row, request.id, new, defaults)
                raise PartlyCreatedError(request.id, outputs, str(error)) from error

        outputs = self._do(context, update, request.urn, raw)
        return pb.UpdateResponse(properties=_marked(outputs, raw))

    def Delete(  # noqa: N802 - gRPC method name
        self, request: pb.DeleteRequest, context: grpc.ServicerContext
    ) -> empty_pb2.Empty:
        """Delete the thing."""
        row = TYPES[_token(request.urn)]
        outputs = plain_properties(decode(request.properties))
        region, wait = self._region(context), self._wait(context, request.timeout)
        self._do(
            context,
            lambda: lifecycle.delete(region, row, request.id, outputs, wait),
            request.urn,
        )
        return empty_pb2.Empty()

    def Invoke(  # noqa: N802 - gRPC method name
        self, request: pb.InvokeRequest, context: grpc.ServicerContext
    ) -> pb.InvokeResponse:
        """Answer a function of the package."""
        region = self._region(context)
        arguments = plain_properties(decode(request.args))
        found = self._do(context, lambda: invoke(region, request.tok, arguments))
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

    def _connection(self, context: grpc.ServicerContext) -> Connection:
        found = self._connections.get(context.peer())
        if found is None:
            message = "aws: this provider instance is not configured; Configure comes first"
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, message)
        return found

    def _region(self, context: grpc.ServicerContext) -> Region:
        return self._account.region(self._connection(context).configuration.region)

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
            message = f"the simulated AWS failed: {type(error).__name__}: {error}"
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
