"""The strict stand-in for the engine's resource monitor.

Owns the answers to the program's requests while it is recorded. Unlike the SDK's own mocks it
never invents: a type, function or stack that it does not know is an error at once, because every
value that the program would read from it would be None.
"""

from collections.abc import Mapping
from dataclasses import replace

from google.protobuf import empty_pb2
from pulumi.runtime import mocks
from pulumi.runtime.proto import resource_pb2

from infra.graph import invokes, requests, schema, symbolic
from infra.graph.invoked import Place
from infra.graph.journal import Journal
from infra.graph.model import STACK_REFERENCE_TYPE, STACK_TYPE, Resource, child_urn
from infra.graph.strict import GraphError, Violation, so_far
from infra.wire import Properties, Value, decode, encode, plain


class RecordingMonitor(mocks.MockMonitor):
    """Answers registrations with symbolic outputs and writes them into the journal."""

    def __init__(
        self, journal: Journal, project: str, stack: str, references: Mapping[str, Properties]
    ) -> None:
        super().__init__(_NoMocks())
        self._journal = journal
        self._project = project
        self._stack = stack
        self._references = references

    def RegisterResource(  # noqa: N802 - the protocol's name
        self, request: resource_pb2.RegisterResourceRequest
    ) -> resource_pb2.RegisterResourceResponse:
        urn = self._urn(request.parent, request.type, request.name)
        if request.type == STACK_TYPE:
            return resource_pb2.RegisterResourceResponse(urn=urn)
        resource = requests.registered(request, urn)
        if request.transforms:
            self._journal.transforms.append(urn)
        if not resource.custom:
            self._journal.resources.append(resource)
            return resource_pb2.RegisterResourceResponse(urn=urn, object=request.object)
        identifier, outputs = self._answer(resource)
        return resource_pb2.RegisterResourceResponse(urn=urn, id=identifier, object=encode(outputs))

    def ReadResource(  # noqa: N802 - the protocol's name
        self, request: resource_pb2.ReadResourceRequest
    ) -> resource_pb2.ReadResourceResponse:
        urn = self._urn(request.parent, request.type, request.name)
        resource = requests.read(request, urn)
        if resource.type == STACK_REFERENCE_TYPE:
            outputs = self._referenced(resource)
        else:
            _, outputs = self._answer(resource)
        return resource_pb2.ReadResourceResponse(urn=urn, properties=encode(outputs))

    def RegisterResourceOutputs(  # noqa: N802 - the protocol's name
        self, request: resource_pb2.RegisterResourceOutputsRequest
    ) -> empty_pb2.Empty:
        self._journal.outputs.append((request.urn, decode(request.outputs)))
        return empty_pb2.Empty()

    def Invoke(  # noqa: N802 - the protocol's name
        self, request: resource_pb2.ResourceInvokeRequest
    ) -> resource_pb2.ResourceInvokeResponse:
        invoke = requests.invoked(request)
        self._journal.invokes.append(invoke)
        answer = invokes.ANSWERS.get(invoke.token)
        if answer is None:
            known = ", ".join(sorted(invokes.ANSWERS))
            message = f"is no function that a recording can answer; known are: {known}"
            raise self._refusal(Violation(invoke.token, f"{message} (infra/graph/invokes_*.py)"))
        try:
            answered = answer(invoke.arguments, self._place(invoke.provider))
        except LookupError as error:
            raise self._refusal(Violation(invoke.token, str(error))) from error
        response = resource_pb2.ResourceInvokeResponse()
        getattr(response, "return").CopyFrom(encode(answered))  # a keyword: no plain attribute
        return response

    def RegisterStackTransform(self, request: object) -> empty_pb2.Empty:  # noqa: N802 - protocol
        del request
        self._journal.transforms.append("stack")
        return empty_pb2.Empty()

    RegisterStackInvokeTransform = RegisterStackTransform

    def _answer(self, resource: Resource) -> tuple[str, Properties]:
        resource_class = self._journal.classes[resource.type]
        if schema.arguments_class(resource_class) is None:
            message = "is of a type that no installed SDK describes; use a class of a Pulumi SDK"
            raise self._refusal(Violation(resource.urn, message))
        provider = self._journal.noted(resource.provider)
        identifier, outputs = symbolic.state(resource, resource_class, provider)
        self._note(resource, outputs)
        return identifier, outputs

    def _referenced(self, resource: Resource) -> Properties:
        name = str(plain(resource.inputs["name"]))
        outputs = self._references.get(name)
        if outputs is None:
            known = ", ".join(sorted(self._references)) or "none"
            message = f"refers to a stack that was not recorded, got {name!r}; recorded: {known}"
            raise self._refusal(Violation(resource.urn, message))
        secret: list[Value] = [key for key, value in outputs.items() if value != plain(value)]
        answer: Properties = {"name": name, "outputs": outputs, "secretOutputNames": secret}
        self._note(resource, answer)
        return answer

    def _note(self, resource: Resource, outputs: Properties) -> None:
        self._journal.resources.append(replace(resource, outputs=outputs))

    def _place(self, provider_urn: str | None) -> Place:
        provider = self._journal.noted(provider_urn)
        region = plain(provider.inputs.get("region")) if provider else None
        project = plain(provider.inputs.get("project")) if provider else None
        if isinstance(region, str):
            return Place(region, project if isinstance(project, str) else "")
        message = "is called with a provider that names no region; pass one that does"
        raise LookupError(message)

    def _refusal(self, violation: Violation) -> GraphError:
        """Report what cannot be answered together with everything that was wrong before."""
        before = [item for item in so_far(self._journal) if item != violation]
        return GraphError(self._stack, [violation, *before])

    def _urn(self, parent: str, type_token: str, name: str) -> str:
        return child_urn(self._stack, self._project, parent or None, type_token, name)


class _NoMocks(mocks.Mocks):
    """The SDK's monitor wants mocks; every method that would ask them is overridden."""

    def call(self, args: mocks.MockCallArgs) -> tuple[dict, list[tuple[str, str]] | None]:
        raise NotImplementedError(args.token)

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict]:
        raise NotImplementedError(args.typ)
