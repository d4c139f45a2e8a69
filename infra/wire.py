"""The engine's wire values: protobuf structs to Python values and back, with secrets and unknowns.

Numbers travel as doubles, absent values as nulls, and special values as maps with a signature key.
The constants are the engine's own (pulumi/pulumi v3.259.0, sdk/go/common/resource).
"""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from google.protobuf import json_format, struct_pb2

Value: TypeAlias = "bool | int | float | str | list[Value] | dict[str, Value] | None"
Properties: TypeAlias = dict[str, "Value"]

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
SIGNATURE_KEY = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the engine's marker, not a secret
OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
ASSET = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7"
RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e"


def decode(struct: struct_pb2.Struct) -> Properties:
    """Return a struct as Python values; whole doubles become ints, special values stay wrapped."""
    return {key: _decode_value(value) for key, value in struct.fields.items()}


def encode(properties: Mapping[str, Value]) -> struct_pb2.Struct:
    """Return Python values as a struct."""
    return json_format.ParseDict(dict(properties), struct_pb2.Struct())


def plain(value: Value) -> Value:
    """Unwrap secrets and outputs, drop nulls in maps; an output without a value is `UNKNOWN`."""
    if isinstance(value, dict):
        if value.get(SIGNATURE_KEY) in (SECRET, OUTPUT):
            return plain(value.get("value", UNKNOWN))
        return {key: plain(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def plain_properties(properties: Properties) -> Properties:
    """`plain` for a whole property map, which is never a wrapped value itself."""
    return {key: plain(item) for key, item in properties.items() if item is not None}


def has_unknown(value: Value) -> bool:
    """Say whether a value that only an update will know sits anywhere inside."""
    if isinstance(value, dict):
        return any(has_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(has_unknown(item) for item in value)
    return value == UNKNOWN


def mark_secrets(output: Value, like: Value) -> Value:
    """Wrap in `output` what is wrapped as a secret at the same place in `like`."""
    if isinstance(like, dict):
        if like.get(SIGNATURE_KEY) == SECRET:
            return {SIGNATURE_KEY: SECRET, "value": output}
        if isinstance(output, dict):
            return {key: mark_secrets(item, like.get(key)) for key, item in output.items()}
    if isinstance(like, list) and isinstance(output, list) and len(like) == len(output):
        return [mark_secrets(item, model) for item, model in zip(output, like, strict=True)]
    return output


def changed_keys(old: Properties, new: Properties) -> Sequence[str]:
    """Return the top-level keys whose values differ, sorted."""
    return sorted(key for key in old.keys() | new.keys() if old.get(key) != new.get(key))


def _decode_value(value: struct_pb2.Value) -> Value:
    match value.WhichOneof("kind"):
        case "number_value":
            number = float(value.number_value)
            return int(number) if number.is_integer() else number
        case "string_value":
            return value.string_value
        case "bool_value":
            return value.bool_value
        case "list_value":
            return [_decode_value(item) for item in value.list_value.values]
        case "struct_value":
            return decode(value.struct_value)
        case _:
            return None
