"""Property names, types and required fields of resources, read from the SDK's own classes.

The SDK passes misspelt keys of nested maps through unchanged (`minn_size` reached the provider,
seen 2026-11 with pulumi-aws 7.51.1), so the provider has to know every name.
"""

import importlib
import inspect
import re
import threading
import types
import typing
from collections import abc
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

# The SDK offers no public way to the wire names of its argument classes (pulumi 3.272.0).
from pulumi._types import input_type_types, is_input_type, unwrap_type

from infra.wire import UNKNOWN, Value

Schema: TypeAlias = "dict[str, Schema] | list[Schema] | str"
"""A map of names, `{"*": …}` for free keys, `[…]` for a list, or the name of a plain type."""

_PLAIN: Mapping[str, tuple[str, Callable[[Value], bool]]] = {
    "str": ("a string", lambda value: isinstance(value, str)),
    "bool": ("a boolean", lambda value: isinstance(value, bool)),
    "int": (
        "a whole number",
        lambda value: isinstance(value, int) and not isinstance(value, bool),
    ),
    "float": (
        "a number",
        lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    ),
}
"""Plain type to its name for people, and what fits it."""
_FREE: tuple[str, Callable[[Value], bool]] = ("anything", lambda _value: True)

_LOADING = threading.RLock()
"""The SDK loads its modules lazily, and a second thread would see one half loaded (2026-11)."""


@dataclass(frozen=True)
class ResourceSchema:
    """What the SDK knows of a resource type."""

    inputs: dict[str, Schema]
    required: tuple[str, ...]
    outputs: dict[str, Schema]


@cache
def resource_schema(token: str) -> ResourceSchema:
    """Return the schema of `<package>:<module>/<file>:<Class>`.

    Raises:
        LookupError: the SDK has no such resource.
    """
    found = re.fullmatch(r"(\w+):(\w+)/\w+:(\w+)", token)
    if found is None:
        raise LookupError(token)
    with _LOADING:
        return _loaded(token, *found.groups())


def _loaded(token: str, package: str, module: str, name: str) -> ResourceSchema:
    try:
        resource = getattr(importlib.import_module(f"pulumi_{package}.{module}"), name)
    except (ImportError, AttributeError) as error:
        raise LookupError(token) from error
    home = importlib.import_module(resource.__module__)
    arguments = getattr(home, f"{name}InitArgs", None) or getattr(home, f"{name}Args")
    return ResourceSchema(
        inputs=_names(arguments),
        required=_required(arguments),
        outputs=_names(getattr(home, f"_{name}State")),
    )


def unfitting(schema: Schema, value: Value, path: str = "") -> list[tuple[str, str]]:
    """Return (path, reason) for names that the schema does not have and values of another type."""
    if value == UNKNOWN:
        return []
    if isinstance(schema, str):
        wanted, fits = _PLAIN.get(schema, _FREE)
        return [] if fits(value) else [(path, f"must be {wanted}, got {_kind(value)}")]
    if isinstance(schema, list):
        if not isinstance(value, list):
            return [(path, f"must be a list, got {_kind(value)}")]
        return [found for item in value for found in unfitting(schema[0], item, path)]
    if not isinstance(value, dict):
        return [(path, f"must be a map, got {_kind(value)}")]
    found: list[tuple[str, str]] = []
    for key, item in value.items():
        inner = f"{path}.{key}".lstrip(".")
        expected = schema.get("*", schema.get(key))
        if expected is None:
            found.append((inner, "no such property"))
        else:
            found += unfitting(expected, item, inner)
    return found


def _kind(value: Value) -> str:
    """Say what kind of value it is, never the value: it may be a secret."""
    if value is None:
        return "nothing"
    kinds = {dict: "a map", list: "a list", str: "a string", bool: "a boolean"}
    return kinds.get(type(value), "a number")


def _names(arguments: type) -> dict[str, Schema]:
    names: dict[str, Schema] = {}
    for wire, annotated in input_type_types(arguments).items():
        containers, inner = _leaf(annotated)
        node: Schema = (
            _names(inner)
            if isinstance(inner, type) and is_input_type(inner)
            else str(getattr(inner, "__name__", inner))
        )
        for container in reversed(containers):
            node = [node] if container == "list" else {"*": node}
        names[wire] = node
    return names


def _required(arguments: type) -> tuple[str, ...]:
    parameters = list(inspect.signature(arguments).parameters.values())
    wires = list(input_type_types(arguments))
    return tuple(
        wire
        for wire, parameter in zip(wires, parameters, strict=True)
        if parameter.default is inspect.Parameter.empty
    )


def _leaf(annotated: type) -> tuple[list[str], type]:
    """Strip `Input`, `Sequence`, `Mapping` and unions; return the containers and what they hold."""
    containers: list[str] = []
    while True:
        annotated = unwrap_type(annotated)
        origin, inner = typing.get_origin(annotated), typing.get_args(annotated)
        if origin in (typing.Union, types.UnionType):
            annotated = _chosen(inner)
        elif origin in (list, abc.Sequence):
            containers.append("list")
            annotated = inner[0]
        elif origin in (dict, abc.Mapping):
            containers.append("map")
            annotated = inner[1]
        else:
            return containers, annotated


def _chosen(options: tuple[type, ...]) -> type:
    """Of a union take the argument class if there is one, never its TypedDict twin.

    A union with plain text (IAM policies: text or a document) is text: that is what travels.
    """
    sensible = [
        option
        for option in options
        if option is not type(None)
        and not typing.is_typeddict(option)
        and typing.get_origin(option) is not abc.Awaitable
    ]
    if str in sensible:
        return str
    classes = (item for item in sensible if isinstance(item, type) and is_input_type(item))
    return next(classes, sensible[0])
