"""A graph out of JSON, whatever version of this project wrote it.

Owns the tolerance: fields that are unknown here are left out, those that are missing there have
their defaults. Does not own writing; `recorder.py` does that in the tree that it records.
"""

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields
from typing import TYPE_CHECKING, TypeVar, cast

from infra.graph.model import Graph, Invoke, Resource

if TYPE_CHECKING:
    from infra.wire import Value

_T = TypeVar("_T")


def graph_of(content: object) -> Graph:
    """Return the graph. Raises `ValueError` when it is none."""
    given = _mapping(content)
    return Graph(
        project=str(given["project"]),
        stack=str(given["stack"]),
        resources=tuple(_built(Resource, item) for item in _sequence(given["resources"])),
        invokes=tuple(_built(Invoke, item) for item in _sequence(given.get("invokes", []))),
        outputs=cast("dict[str, Value]", given.get("outputs") or {}),
    )


def _built(kind: type[_T], content: object) -> _T:
    given = _mapping(content)
    values: dict[str, object] = {}
    for one in fields(kind):  # ty: ignore[invalid-argument-type] - both kinds are dataclasses
        if one.name in given:
            values[one.name] = _frozen(one.name, given[one.name])
        elif one.default is MISSING and one.default_factory is MISSING:
            values[one.name] = {} if "dependencies" in one.name else None
    return kind(**values)


def _frozen(name: str, value: object) -> object:
    """Return lists as tuples where the model has tuples; property values keep their lists."""
    if name in ("inputs", "outputs", "arguments"):
        return value
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, dict):
        return {key: tuple(item) if isinstance(item, list) else item for key, item in value.items()}
    return value


def _mapping(value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        message = f"recording: must be a map, got {type(value).__name__}"
        raise ValueError(message)  # noqa: TRY004 - a file is wrong, not a caller
    return cast("Mapping[str, object]", value)


def _sequence(value: object) -> Sequence[object]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        message = f"recording: must be a list, got {type(value).__name__}"
        raise ValueError(message)  # noqa: TRY004 - a file is wrong, not a caller
    return value
