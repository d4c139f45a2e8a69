"""From the engine protocol's requests to `Resource` and `Invoke`.

Owns the one reading of `RegisterResourceRequest` and its relatives, shared by the recorder and by
the engine's log, so that the two graphs cannot differ in how they were read.
"""

from pulumi.runtime.proto import alias_pb2, resource_pb2

from infra.graph.model import STACK_TYPE, Invoke, Resource
from infra.wire import Properties, decode

_TIMEOUTS = ("create", "update", "delete", "read")


def registered(request: resource_pb2.RegisterResourceRequest, urn: str) -> Resource:
    """Return what a registration declares."""
    return Resource(
        urn=urn,
        type=request.type,
        name=request.name,
        parent=_parent(request.parent),
        custom=request.custom,
        remote=request.remote,
        provider=provider_urn(request.provider),
        providers={
            package: urn
            for package, reference in sorted(request.providers.items())
            if (urn := provider_urn(reference))
        },
        inputs=_without_nulls(decode(request.object)),
        property_dependencies={
            key: tuple(sorted(value.urns))
            for key, value in sorted(request.propertyDependencies.items())
            if value.urns
        },
        dependencies=tuple(sorted(request.dependencies)),
        protect=request.protect,
        retain_on_delete=request.retainOnDelete,
        ignore_changes=tuple(request.ignoreChanges),
        replace_on_changes=tuple(request.replaceOnChanges),
        delete_before_replace=(
            request.deleteBeforeReplace if request.deleteBeforeReplaceDefined else None
        ),
        deleted_with=request.deletedWith or None,
        custom_timeouts=_timeouts(request.customTimeouts),
        aliases=tuple(_alias(item) for item in request.aliases) + tuple(request.aliasURNs),
        additional_secret_outputs=tuple(request.additionalSecretOutputs),
        import_id=request.importId or None,
        version=request.version,
    )


def read(request: resource_pb2.ReadResourceRequest, urn: str) -> Resource:
    """Return what a read of an existing resource declares."""
    return Resource(
        urn=urn,
        type=request.type,
        name=request.name,
        parent=_parent(request.parent),
        custom=True,
        read=True,
        provider=provider_urn(request.provider),
        inputs=_without_nulls(decode(request.properties)),
        property_dependencies={},
        dependencies=tuple(sorted(request.dependencies)),
        additional_secret_outputs=tuple(request.additionalSecretOutputs),
        import_id=request.id or None,
        version=request.version,
    )


def invoked(request: resource_pb2.ResourceInvokeRequest) -> Invoke:
    """Return what a function call declares."""
    return Invoke(
        token=request.tok,
        arguments=_without_nulls(decode(request.args)),
        provider=provider_urn(request.provider),
    )


def provider_urn(reference: str) -> str | None:
    """Return the URN of a provider reference, `URN::id`; the id is the engine's own business."""
    return reference.rpartition("::")[0] or None


def _parent(urn: str) -> str | None:
    is_stack = not urn or urn.split("::", maxsplit=3)[2] == STACK_TYPE
    return None if is_stack else urn


def _timeouts(message: resource_pb2.RegisterResourceRequest.CustomTimeouts) -> dict[str, str]:
    return {name: value for name in _TIMEOUTS if (value := getattr(message, name))}


def _alias(alias: alias_pb2.Alias) -> str:
    if alias.urn:
        return alias.urn
    spec = alias.spec
    parts = {
        "name": spec.name,
        "type": spec.type,
        "stack": spec.stack,
        "project": spec.project,
        "parent": spec.parentUrn or ("(none)" if spec.noParent else ""),
    }
    return " ".join(f"{key}={value}" for key, value in parts.items() if value)


def _without_nulls(properties: Properties) -> Properties:
    return {key: value for key, value in properties.items() if value is not None}
