"""Are the inputs of a resource what its SDK class declares? Names, required fields, kinds.

Owns the walk over wire values along the SDK's argument classes. The SDK passes misspelt keys of
nested dicts through unchanged, and the type checker does not see values that come from dicts, so
both are found here. Does not judge values (ranges, patterns): that is the cloud's business.
"""

import difflib
import json
from collections.abc import Iterator, Mapping

from infra.graph import schema
from infra.wire import OUTPUT, SECRET, SIGNATURE_KEY, UNKNOWN, Properties, Value

_KINDS: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
}
_WANTED: Mapping[type, str] = {
    schema.ObjectOf: "an object",
    schema.ListOf: "a list",
    schema.MapOf: "a map",
}


def problems(properties: Properties, arguments_class: type, *, encoded: bool) -> Iterator[str]:
    """Yield one sentence for each mistake, beginning with the path of the property.

    Args:
        properties: inputs in wire form.
        arguments_class: the SDK's class of the inputs.
        encoded: true for providers, whose values travel as JSON text unless they are strings.
    """
    known = schema.fields(arguments_class)
    if encoded:
        properties = {
            key: _decoded(value, known[key].shape) if key in known else value
            for key, value in properties.items()
        }
    yield from _object(properties, arguments_class, "")


def unknown_path(path: str, arguments_class: type) -> str | None:
    """Return the first part of an option's property path that no input has, or None.

    Paths are those of `ignore_changes`: `spec.replicas`, `tags["a"]`, `*`.
    """
    shape: schema.Shape = schema.ObjectOf(arguments_class)
    for part in _parts(path):
        match shape:
            case schema.ObjectOf(sdk_class=sdk_class) if part != "*":
                field = schema.fields(sdk_class).get(part)
                if field is None:
                    return f"{part!r}{_hint(part, schema.fields(sdk_class))}"
                shape = field.shape
            case schema.ListOf(item=item) | schema.MapOf(item=item):
                shape = item
            case _:
                return None
    return None


def _parts(path: str) -> list[str]:
    plain = path.replace('["', ".").replace('"]', "").replace("[", ".").replace("]", "")
    return [part for part in plain.split(".") if part]


def _decoded(value: Value, shape: schema.Shape) -> Value:
    is_text = isinstance(value, str) and shape != schema.Scalar("string") and value != UNKNOWN
    if not is_text:
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _walk(value: Value, shape: schema.Shape, path: str) -> Iterator[str]:
    value = _unwrapped(value)
    if value is None or value == UNKNOWN:
        return
    match shape, value:
        case schema.ObjectOf(sdk_class=sdk_class), dict():
            yield from _object(value, sdk_class, path)
        case schema.ListOf(item=item), list():
            for index, element in enumerate(value):
                yield from _walk(element, item, f"{path}[{index}]")
        case schema.MapOf(item=item), dict():
            for key, element in value.items():
                yield from _walk(element, item, f"{path}[{key!r}]")
        case schema.OneOf(options=options), _:
            yield from _closest(value, options, path)
        case schema.Scalar(kind=kind), _:
            yield from _scalar(value, kind, path)
        case _:
            yield _mismatch(path, _WANTED[type(shape)], value)


def _object(value: Mapping[str, Value], sdk_class: type, path: str) -> Iterator[str]:
    known = schema.fields(sdk_class)
    prefix = f"{path}." if path else ""
    for key, item in value.items():
        field = known.get(key)
        if field:
            yield from _walk(item, field.shape, f"{prefix}{key}")
        else:
            yield f"{prefix}{key}: no such property in {sdk_class.__name__}{_hint(key, known)}"
    for key, field in known.items():
        if field.required and value.get(key) is None:
            yield f"{prefix}{key}: required by {sdk_class.__name__}, not given"


def _closest(value: Value, options: tuple[schema.Shape, ...], path: str) -> Iterator[str]:
    """Accept what any option accepts; otherwise report the option with the fewest mistakes."""
    attempts = [list(_walk(value, option, path)) for option in options]
    yield from min(attempts, key=len)


def _scalar(value: Value, kind: str, path: str) -> Iterator[str]:
    allowed = _KINDS.get(kind)
    if allowed is None:  # free-form JSON, or an asset, which travels as a signed map
        return
    is_bool_for_number = isinstance(value, bool) and kind != "boolean"
    if is_bool_for_number or not isinstance(value, allowed):
        yield _mismatch(path, f"a {kind}", value)


def _unwrapped(value: Value) -> Value:
    """Return what stands inside a secret or an output; other special values are never wrong."""
    while isinstance(value, dict) and SIGNATURE_KEY in value:
        if value[SIGNATURE_KEY] not in (SECRET, OUTPUT):
            return None
        value = value.get("value")
    return value


def _mismatch(path: str, wanted: str, value: Value) -> str:
    kind = {dict: "an object", list: "a list"}.get(type(value), type(value).__name__)
    return f"{path}: must be {wanted.replace('a integer', 'an integer')}, got {kind}"


def _hint(key: str, known: Mapping[str, schema.Field]) -> str:
    close = difflib.get_close_matches(key, known, n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; there are: {', '.join(sorted(known))}"
