"""Symbolic outputs: what a cloud would answer, with every computed value replaced by its own name.

Owns the values that the program reads from resources while it is recorded. Shapes come from the
SDK's output classes; a computed string is `${<logical name>.<property path>}`, so that a policy
document built from an ARN shows where the ARN came from. Nothing computed is None: only what the
SDK types as `Output[Optional[...]]` and the program left out stays empty, as it does in the cloud.
Does not know the defaults that a cloud fills in: those are symbols too.
"""

from collections.abc import Callable, Mapping

from infra.graph import kubernetes_objects, schema, symbolic_aws, symbolic_gcp
from infra.graph.model import Resource
from infra.wire import ARCHIVE, ASSET, SECRET, SIGNATURE_KEY, Properties, Value, plain

COMPUTED_NUMBER = 4_040_404_040
"""Stands for every computed number: a symbol must be of the right kind, and be told apart."""
_KNOWN: Mapping[str, Callable[[Resource, Resource], Properties]] = {
    "aws": symbolic_aws.known,
    "gcp": symbolic_gcp.known,
}
_NUMBERS: Mapping[str, Value] = {
    "boolean": False,
    "integer": COMPUTED_NUMBER,
    "number": COMPUTED_NUMBER,
}


def state(
    resource: Resource, resource_class: type, provider: Resource | None
) -> tuple[str, Properties]:
    """Return the id and the outputs of a custom resource.

    Args:
        resource: what was registered.
        resource_class: its class in the SDK.
        provider: the provider that manages it, for the region, default tags and namespace.
    """
    if resource.is_provider:
        return resource.name, dict(resource.inputs)
    if kubernetes_objects.is_object(resource) or kubernetes_objects.is_release(resource):
        identifier, answer = _kubernetes(resource, resource_class, provider)
    else:
        answer = _filled(resource, schema.outputs(resource_class), _known(resource, provider))
        keys = symbolic_aws.IDENTIFIERS.get(resource.type, ())
        parts = [str(plain(answer[key])) for key in keys]
        identifier = ":".join(parts) or f"${{{resource.name}.id}}"
    return identifier, _with_secrets(answer, resource.additional_secret_outputs)


def _filled(
    resource: Resource, outputs: Mapping[str, schema.Field], known: Properties
) -> Properties:
    answer = dict(resource.inputs)
    for key, field in outputs.items():
        path = f"{resource.name}.{key}"
        if key in resource.inputs:
            answer[key] = _completed(resource.inputs[key], field.shape, path)
        elif key in known:
            answer[key] = known[key]
        elif field.required:
            answer[key] = symbol(field.shape, path)
    return answer


def _kubernetes(
    resource: Resource, resource_class: type, provider: Resource | None
) -> tuple[str, Properties]:
    """Answer as the provider does: the object as declared, with metadata and status filled in."""
    answer = dict(resource.inputs)
    status = schema.outputs(resource_class).get("status")
    if status:
        answer["status"] = symbol(status.shape, f"{resource.name}.status")
    name = kubernetes_objects.name(resource)
    namespace = kubernetes_objects.namespace(resource, provider)
    if kubernetes_objects.is_release(resource):
        answer |= {"name": name, "namespace": namespace}
        answer["status"] = _mapping(answer.get("status")) | {"name": name, "namespace": namespace}
    else:
        answer["metadata"] = kubernetes_objects.metadata(resource, provider)
    if resource.type == "kubernetes:core/v1:Service":
        computed: Properties = {"clusterIP": f"${{{resource.name}.spec.clusterIP}}"}
        answer["spec"] = computed | _mapping(answer.get("spec"))
    return kubernetes_objects.identifier(resource, provider), answer


def _known(resource: Resource, provider: Resource | None) -> Properties:
    """Return outputs that follow from the provider or must look real."""
    known = _KNOWN.get(resource.package)
    return known(resource, provider) if known and provider else {}


def _mapping(value: Value) -> Properties:
    unwrapped = plain(value)
    return unwrapped if isinstance(unwrapped, dict) else {}


def _completed(value: Value, shape: schema.Shape, path: str) -> Value:
    """Return an input as the cloud answers it: blocks get the properties that it computes."""
    if isinstance(value, dict) and SIGNATURE_KEY in value:
        if value[SIGNATURE_KEY] == SECRET:
            return value | {"value": _completed(value.get("value"), shape, path)}
        return value
    if isinstance(shape, schema.ObjectOf) and isinstance(value, dict):
        fields = schema.fields(shape.sdk_class)
        answer = {key: symbol(field.shape, f"{path}.{key}") for key, field in fields.items()}
        for key, item in value.items():
            known = fields.get(key)
            answer[key] = _completed(item, known.shape, f"{path}.{key}") if known else item
        return answer
    if isinstance(shape, schema.ListOf) and isinstance(value, list):
        return [
            _completed(item, shape.item, f"{path}[{index}]") for index, item in enumerate(value)
        ]
    return value


def symbol(shape: schema.Shape, path: str, seen: tuple[type, ...] = ()) -> Value:
    """Return a value of the right shape. Lists have one item, maps none, recursive types stop.

    Args:
        shape: what the SDK declares.
        path: the name that strings show, `cluster.endpoint`.
        seen: types around this one.
    """
    match shape:
        case schema.Scalar(kind="asset"):
            return {SIGNATURE_KEY: ASSET, "text": f"${{{path}}}"}
        case schema.Scalar(kind=kind):
            return _NUMBERS.get(kind, f"${{{path}}}")
        case schema.ListOf(item=item):
            is_loop = isinstance(item, schema.ObjectOf) and item.sdk_class in seen
            return [] if is_loop else [symbol(item, f"{path}[0]", seen)]
        case schema.MapOf():
            return {}
        case schema.OneOf(options=options):
            return symbol(options[0], path, seen)
        case schema.ObjectOf(sdk_class=sdk_class):
            return {
                key: symbol(field.shape, f"{path}.{key}", (*seen, sdk_class))
                for key, field in schema.fields(sdk_class).items()
                if not _recurs(field.shape, (*seen, sdk_class))
            }


def _recurs(shape: schema.Shape, seen: tuple[type, ...]) -> bool:
    match shape:
        case schema.ObjectOf(sdk_class=sdk_class):
            return sdk_class in seen
        case schema.OneOf(options=options):
            return any(_recurs(option, seen) for option in options)
        case _:
            return False


def _with_secrets(answer: Properties, names: tuple[str, ...]) -> Properties:
    for name in names:
        value = answer.get(name)
        is_wrapped = isinstance(value, dict) and value.get(SIGNATURE_KEY) in (SECRET, ARCHIVE)
        if value is not None and not is_wrapped:
            answer[name] = {SIGNATURE_KEY: SECRET, "value": value}
    return answer
