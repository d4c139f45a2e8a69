"""Property names, types and required fields of resources, read from the SDK's own classes.

The SDK passes misspelt keys of nested maps through unchanged (`minn_size` reached the provider,
seen 2026-11 with pulumi-aws 7.51.1), so the provider has to know every name.
"""

import importlib
import inspect
import re
import types
import typing
from collections import abc
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

# The SDK offers no public way to the wire names of its argument classes (pulumi 3.272.0).
from pulumi._types import input_type_types, is_input_type, unwrap_type

from infra.wire import UNKNOWN, Value

Schema: TypeAlias = "dict[str, Schema] | list[Schema] | str"
"""A map of names, `{"*": …}` for free keys, `[…]` for a list, or the name of a plain type."""


@dataclass(frozen=True)
class ResourceSchema:
    """What the SDK knows of a resource type."""

    inputs: dict[str, Schema]
    required: tuple[str, ...]
    outputs: dict[str, Schema]


@cache
def resource_schema(token: str) -> ResourceSchema:
    """Return the schema of `aws:<module>/<file>:<Class>`.

    Raises:
        LookupError: the SDK has no such resource.
    """
    found = re.fullmatch(r"aws:(\w+)/\w+:(\w+)", token)
    if found is None:
        raise LookupError(token)
    module, name = found.groups()
    try:
        resource = getattr(importlib.import_module(f"pulumi_aws.{module}"), name)
    except (ImportError, AttributeError) as error:
        raise LookupError(token) from error
    home = importlib.import_module(resource.__module__)
    arguments = getattr(home, f"{name}InitArgs", None) or getattr(home, f"{name}Args")
    return ResourceSchema(
        inputs=_names(arguments),
        required=_required(arguments),
        outputs=_names(getattr(home, f"_{name}State")),
    )


def misspelt(schema: Schema, value: Value, path: str = "") -> list[str]:
    """Return the paths in a value that the schema does not have."""
    if value == UNKNOWN:
        return []
    if isinstance(schema, list):
        items = value if isinstance(value, list) else [value]
        return [found for item in items for found in misspelt(schema[0], item, path)]
    if not isinstance(schema, dict) or "*" in schema or not isinstance(value, dict):
        return []
    found: list[str] = []
    for key, item in value.items():
        inner = f"{path}.{key}".lstrip(".")
        found += misspelt(schema[key], item, inner) if key in schema else [inner]
    return found


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
