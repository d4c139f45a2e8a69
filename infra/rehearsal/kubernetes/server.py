"""The provider protocol (pulumi v3.259.0, proto/pulumi/provider.proto) for `kubernetes`.

Owns the way between requests and the rest of this package: properties in, properties out, errors
as the engine wants them. One process serves one provider instance, so there is one session.
"""

# ruff: noqa: ARG002, N802 - names and arguments are the protocol's

import threading
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import replace

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2

from infra.rehearsal.kubernetes.client import ApiError
from infra.rehearsal.kubernetes.diff import (
    Comparison,
    Mutability,
    compare_objects,
    compare_releases,
)
from infra.rehearsal.kubernetes.errors import PartialFailureError, StandInError, UnservedError
from infra.rehearsal.kubernetes.objects import (
    RELEASE_TYPE,
    Mistake,
    Naming,
    check_object,
    kind_of,
    served,
)
from infra.rehearsal.kubernetes.operation import Operation
from infra.rehearsal.kubernetes.progress import Engine
from infra.rehearsal.kubernetes.provider_config import (
    Session,
    check_config,
    compare_config,
    session_of,
)
from infra.rehearsal.kubernetes.release import check_release, preview_of_release
from infra.wire import Properties, decode, encode, plain_properties

VERSION = "4.34.2"  # the SDK's, in pyproject.toml: the engine asks for a plugin of that version
KINDS = {
    "add": provider_pb2.PropertyDiff.ADD,
    "delete": provider_pb2.PropertyDiff.DELETE,
    "update": provider_pb2.PropertyDiff.UPDATE,
}
REPLACING_KINDS = {
    "add": provider_pb2.PropertyDiff.ADD_REPLACE,
    "delete": provider_pb2.PropertyDiff.DELETE_REPLACE,
    "update": provider_pb2.PropertyDiff.UPDATE_REPLACE,
}
Context = grpc.ServicerContext


class KubernetesProvider(provider_pb2_grpc.ResourceProviderServicer):
    """Serves one provider instance of the program."""

    def __init__(self, engine_address: str = "") -> None:
        """Start without a cluster; `Configure` brings it."""
        self._engine = Engine(engine_address)
        self._session: Session | None = None
        self._cancelled = threading.Event()

    def Handshake(
        self, request: provider_pb2.ProviderHandshakeRequest, context: Context
    ) -> provider_pb2.ProviderHandshakeResponse:
        """Learn the engine's address and tell what is understood."""
        if request.engine_address:
            self._engine = Engine(request.engine_address)
        return provider_pb2.ProviderHandshakeResponse(
            accept_secrets=True, supports_autonaming_configuration=True
        )

    def Attach(self, request: plugin_pb2.PluginAttach, context: Context) -> empty_pb2.Empty:
        """Learn the engine's address when it did not start this process."""
        self._engine = Engine(request.address)
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: empty_pb2.Empty, context: Context) -> plugin_pb2.PluginInfo:
        """Tell the version that is played."""
        return plugin_pb2.PluginInfo(version=VERSION)

    def CheckConfig(
        self, request: provider_pb2.CheckRequest, context: Context
    ) -> provider_pb2.CheckResponse:
        """Refuse a configuration that names no cluster; an unknown one passes as it is."""
        return _checked(decode(request.news), check_config(decode(request.news)))

    def DiffConfig(
        self, request: provider_pb2.DiffRequest, context: Context
    ) -> provider_pb2.DiffResponse:
        """Tell whether the provider still means the same cluster."""
        olds = decode(request.old_inputs) or decode(request.olds)
        found = compare_config(olds, decode(request.news))
        return provider_pb2.DiffResponse(
            changes=_some(found.changed), diffs=found.changed, replaces=found.replaces
        )

    def Configure(
        self, request: provider_pb2.ConfigureRequest, context: Context
    ) -> provider_pb2.ConfigureResponse:
        """Take the cluster; nothing is sent to it yet."""
        with _answering(context):
            self._session = session_of(decode(request.args), request.variables)
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True, supportsPreview=True, supports_autonaming_configuration=True
        )

    def Check(
        self, request: provider_pb2.CheckRequest, context: Context
    ) -> provider_pb2.CheckResponse:
        """Name what has no name, and tell every mistake that needs no dry run."""
        news, olds = decode(request.news), plain_properties(decode(request.olds))
        naming = _naming(request)
        with _answering(context):
            if request.type == RELEASE_TYPE:
                return _checked(*check_release(news, olds, naming, self._namespace()))
            kind = kind_of(request.type)
            checked, mistakes = check_object(kind, news, olds, naming)
            if self._session is not None:
                mistakes += served(kind, self._session.api)
            return _checked(checked, mistakes)

    def Diff(
        self, request: provider_pb2.DiffRequest, context: Context
    ) -> provider_pb2.DiffResponse:
        """Compare the inputs; `olds` are outputs, and only say how the object was last seen."""
        old_inputs = plain_properties(decode(request.old_inputs))
        news = plain_properties(decode(request.news))
        if request.type == RELEASE_TYPE:
            return _difference(compare_releases(old_inputs, news))
        return _difference(
            compare_objects(
                old_inputs,
                plain_properties(decode(request.olds)),
                news,
                default_namespace=self._namespace(),
                mutability=self._session.mutability if self._session else Mutability(),
            )
        )

    def Create(
        self, request: provider_pb2.CreateRequest, context: Context
    ) -> provider_pb2.CreateResponse:
        """Create, or ask the API server whether it would."""
        inputs, operation = decode(request.properties), self._operation(request, context)
        with _answering(context):
            if request.type == RELEASE_TYPE:
                if request.preview:
                    return _created("", preview_of_release(inputs))
                return _created(*self._ready_session().releases.create(inputs, operation))
            kind_of(request.type)
            objects = self._ready_session().objects
            if request.preview:
                return _created("", objects.preview_create(inputs, operation))
            written = objects.create(inputs, operation)
            return _created(written.resource_id, written.outputs)

    def Update(
        self, request: provider_pb2.UpdateRequest, context: Context
    ) -> provider_pb2.UpdateResponse:
        """Change, or ask the API server whether it would."""
        olds, inputs = decode(request.olds), decode(request.news)
        ignored = tuple(request.ignoreChanges)
        operation = replace(self._operation(request, context), ignored=ignored)
        with _answering(context):
            outputs = self._updated(request, olds, inputs, operation)
            return provider_pb2.UpdateResponse(properties=encode(outputs))

    def Read(
        self, request: provider_pb2.ReadRequest, context: Context
    ) -> provider_pb2.ReadResponse:
        """Return what is there now; an empty ID says that it is gone."""
        olds, inputs = decode(request.properties), decode(request.inputs)
        with _answering(context):
            session = self._ready_session()
            if request.type == RELEASE_TYPE:
                release = session.releases.read(request.id, inputs)
                if release is None:
                    return provider_pb2.ReadResponse()
                return _read(request.id, release.outputs, release.inputs)
            operation = self._operation(request, context)
            found = session.objects.read(
                kind_of(request.type), request.id, (olds, inputs), operation
            )
            if found is None:
                return provider_pb2.ReadResponse()
            if found.problem:
                raise PartialFailureError(found.problem, request.id, found.outputs, found.inputs)
            return _read(request.id, found.outputs, found.inputs)

    def Delete(self, request: provider_pb2.DeleteRequest, context: Context) -> empty_pb2.Empty:
        """Delete what was made, and wait until it is gone."""
        olds, operation = decode(request.properties), self._operation(request, context)
        with _answering(context):
            session = self._ready_session()
            if request.type == RELEASE_TYPE:
                session.releases.delete(olds, operation)
            else:
                session.objects.delete(olds, operation)
        return empty_pb2.Empty()

    def Invoke(
        self, request: provider_pb2.InvokeRequest, context: Context
    ) -> provider_pb2.InvokeResponse:
        """Refuse every function by name: charts and manifests are not rendered here."""
        with _answering(context):
            message = f"{request.tok} is not served by the Kubernetes stand-in"
            raise UnservedError(message)

    def Construct(
        self, request: provider_pb2.ConstructRequest, context: Context
    ) -> provider_pb2.ConstructResponse:
        """Refuse every component of the SDK by name."""
        with _answering(context):
            message = (
                f"{request.type} is not served by the Kubernetes stand-in; "
                f"declare typed resources, CustomResource, or {RELEASE_TYPE}"
            )
            raise UnservedError(message)

    def Cancel(self, request: empty_pb2.Empty, context: Context) -> empty_pb2.Empty:
        """Stop all waiting; what was made is still recorded."""
        self._cancelled.set()
        return empty_pb2.Empty()

    def _updated(
        self,
        request: provider_pb2.UpdateRequest,
        olds: Properties,
        inputs: Properties,
        operation: Operation,
    ) -> Properties:
        session = self._ready_session()
        if request.type == RELEASE_TYPE:
            if request.preview:
                return preview_of_release(inputs)
            return session.releases.update(olds, inputs, operation)
        if request.preview:
            return session.objects.preview_update(plain_properties(olds), inputs, operation)
        return session.objects.update(plain_properties(olds), inputs, operation).outputs

    def _operation(
        self,
        request: provider_pb2.CreateRequest
        | provider_pb2.UpdateRequest
        | provider_pb2.ReadRequest
        | provider_pb2.DeleteRequest,
        context: Context,
    ) -> Operation:
        return Operation(
            urn=request.urn,
            timeout_seconds=request.timeout,
            cancelled=self._cancelled,
            is_active=context.is_active,
            tell=lambda text: self._engine.status(request.urn, text),
        )

    def _ready_session(self) -> Session:
        if self._session is None:
            message = "kubeconfig: is not known; the cluster must be there before its objects"
            raise StandInError(message)
        return self._session

    def _namespace(self) -> str:
        return self._session.api.default_namespace if self._session else "default"


@contextmanager
def _answering(context: Context) -> Generator[None, None, None]:
    """Turn what went wrong into the answer that the engine understands."""
    try:
        yield
    except PartialFailureError as error:
        detail = provider_pb2.ErrorResourceInitFailed(
            id=error.resource_id,
            properties=encode(error.outputs),
            reasons=[str(error)],
            inputs=encode(error.inputs),
        )
        status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=str(error))
        status.details.add().Pack(detail)
        context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
        context.abort(grpc.StatusCode.UNKNOWN, str(error))
    except UnservedError as error:
        context.abort(grpc.StatusCode.UNIMPLEMENTED, str(error))
    except (StandInError, ApiError) as error:
        context.abort(grpc.StatusCode.UNKNOWN, str(error))


def _naming(request: provider_pb2.CheckRequest) -> Naming:
    options = provider_pb2.CheckRequest.AutonamingOptions
    return Naming(
        request.name,
        request.randomSeed,
        request.autonaming.proposed_name,
        disabled=request.autonaming.mode == options.DISABLE,
    )


def _checked(inputs: Properties, mistakes: Iterable[Mistake]) -> provider_pb2.CheckResponse:
    failures = [provider_pb2.CheckFailure(property=key, reason=why) for key, why in mistakes]
    return provider_pb2.CheckResponse(inputs=encode(inputs), failures=failures)


def _created(resource_id: str, outputs: Properties) -> provider_pb2.CreateResponse:
    return provider_pb2.CreateResponse(id=resource_id, properties=encode(outputs))


def _read(resource_id: str, outputs: Properties, inputs: Properties) -> provider_pb2.ReadResponse:
    return provider_pb2.ReadResponse(
        id=resource_id, properties=encode(outputs), inputs=encode(inputs)
    )


def _some(changed: Iterable[object]) -> provider_pb2.DiffResponse.DiffChanges.ValueType:
    answers = provider_pb2.DiffResponse
    return answers.DIFF_SOME if any(True for _ in changed) else answers.DIFF_NONE


def _difference(found: Comparison) -> provider_pb2.DiffResponse:
    return provider_pb2.DiffResponse(
        changes=_some(found.changes),
        diffs=sorted({str(change.path[0]) for change in found.changes}),
        replaces=found.replaces,
        deleteBeforeReplace=found.delete_before_replace,
        detailedDiff={
            change.text: provider_pb2.PropertyDiff(
                kind=(REPLACING_KINDS if change.replaces else KINDS)[change.operation],
                inputDiff=True,
            )
            for change in found.changes
        },
        hasDetailedDiff=True,
    )
