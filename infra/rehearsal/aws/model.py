"""Pulumi's wire names and values against botocore's service models.

Owns: turning the inputs of a resource into the parameters of an API call (names are matched by
normalised spelling, plurals included), and the checks that botocore's own validator leaves out:
enums, patterns and maxima.
Does not own: which call a resource type makes, or the few names that cannot be matched.
"""

import re
from collections.abc import Mapping

from botocore.model import ListShape, MapShape, Shape, StructureShape

from infra.rehearsal.cloud.projection import members_to_api, normalised, scalar_to_api
from infra.wire import UNKNOWN, Value

ENUM_VALUES_SHOWN = 12
AWS_WORDS = {"InstanceType": "InvalidParameterValue: Invalid value '{value}' for InstanceType."}
"""Shapes of which AWS's own code and words are known; EC2 has more than 1,000 machine types."""


def to_api(
    shape: Shape, value: Value, rename: Mapping[str, str], left: list[str], path: str = ""
) -> Value:
    """Return wire inputs as API parameters; paths that no member takes are added to `left`."""
    if value == UNKNOWN:
        return UNKNOWN
    if isinstance(shape, StructureShape):
        return _structure_to_api(shape, value, rename, left, path)
    if isinstance(shape, ListShape):
        if isinstance(value, dict) and _is_tag_list(shape):
            return [{"Key": key, "Value": item} for key, item in value.items()]
        items = value if isinstance(value, list) else [value]
        return [to_api(shape.member, item, rename, left, path) for item in items]
    if isinstance(shape, MapShape) and isinstance(value, dict):
        return {key: to_api(shape.value, item, rename, left, path) for key, item in value.items()}
    return scalar_to_api(shape.type_name, value)


def violations(shape: Shape, value: Value, path: str = "") -> list[str]:  # noqa: PLR0911 - a shape each
    """Return what the service model forbids in a value: limits, enums, patterns."""
    if value is None or value == UNKNOWN:
        return []
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        return [
            found
            for key, item in value.items()
            if key in shape.members
            for found in violations(shape.members[key], item, f"{path}.{key}".lstrip("."))
        ]
    if isinstance(shape, ListShape) and isinstance(value, list):
        inner = [
            found
            for index, item in enumerate(value)
            for found in violations(shape.member, item, f"{path}[{index}]")
        ]
        return _limits(shape, len(value), path) + inner
    if isinstance(shape, MapShape) and isinstance(value, dict):
        return [
            found
            for key, item in value.items()
            for found in violations(shape.key, key, f"{path} key")
            + violations(shape.value, item, f"{path}.{key}")
        ]
    if isinstance(value, str):
        return _limits(shape, len(value), path) + _wording(shape, value, path)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _limits(shape, value, path)
    return []


def _structure_to_api(
    shape: StructureShape, value: Value, rename: Mapping[str, str], left: list[str], path: str
) -> Value:
    return members_to_api(
        {normalised(name): name for name in shape.members},
        value,
        rename,
        left,
        path,
        lambda member, item, inner: to_api(shape.members[member], item, rename, left, inner),
    )


def _is_tag_list(shape: ListShape) -> bool:
    return isinstance(shape.member, StructureShape) and set(shape.member.members) == {
        "Key",
        "Value",
    }


def _limits(shape: Shape, size: float, path: str) -> list[str]:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if low is not None and size < low:
        return [f"{path}: must be at least {low} (got {size})"]
    if high is not None and size > high:
        return [f"{path}: must be at most {high} (got {size})"]
    return []


def _wording(shape: Shape, value: str, path: str) -> list[str]:
    allowed = list(getattr(shape, "enum", ()))
    if allowed and value not in allowed:
        if shape.name in AWS_WORDS:
            return [AWS_WORDS[shape.name].format(value=value)]
        shown = ", ".join(allowed[:ENUM_VALUES_SHOWN])
        more = " …" if len(allowed) > ENUM_VALUES_SHOWN else ""
        return [f"{path}: {value!r} is not one of {shown}{more}"]
    pattern = shape.metadata.get("pattern")
    if pattern and not _fits(pattern, value):
        return [f"{path}: {value!r} does not match {pattern}"]
    return []


def _fits(pattern: str, value: str) -> bool:
    try:
        return re.fullmatch(pattern, value) is not None
    except re.error:  # Java's dialect, for example \p{L}: Python cannot judge it
        return True
