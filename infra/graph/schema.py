"""What the SDK's own classes say about a resource: property names, types, what is required.

Owns the reading of the generated Pulumi classes; there is no table of types here. The SDK's
helpers in `pulumi._types` are private, but they are what its own serialisation uses; the version
is pinned.
"""

import sys
import typing
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from types import UnionType
from typing import TypeAlias

import pulumi
from pulumi import _types

Shape: TypeAlias = "Scalar | ListOf | MapOf | ObjectOf | OneOf"
Annotation: TypeAlias = object


@dataclass(frozen=True, slots=True)
class Scalar:
    """A leaf: `string`, `boolean`, `integer`, `number`, `asset`, or `any` for free-form JSON."""

    kind: str


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of one shape."""

    item: Shape


@dataclass(frozen=True, slots=True)
class MapOf:
    """A map with free keys."""

    item: Shape


@dataclass(frozen=True, slots=True)
class ObjectOf:
    """An object with fixed property names: a class of the SDK. Expanded lazily, types recurse."""

    sdk_class: type


@dataclass(frozen=True, slots=True)
class OneOf:
    """Any of several shapes, for example an int or a string."""

    options: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """One property of a class."""

    shape: Shape
    required: bool


ANY = Scalar("any")
_LEAVES: Mapping[object, Scalar] = {
    str: Scalar("string"),
    bool: Scalar("boolean"),
    int: Scalar("integer"),
    float: Scalar("number"),
    pulumi.Asset: Scalar("asset"),
    pulumi.Archive: Scalar("asset"),
}


@cache
def arguments_class(resource_class: type) -> type | None:
    """Return the class of a resource's inputs: `XInitArgs` where it exists, else `XArgs`.

    A subclass of an SDK class is read as its base. None: the class declares no inputs.
    """
    for base in resource_class.__mro__:
        module = sys.modules.get(base.__module__)
        for name in (f"{base.__name__}InitArgs", f"{base.__name__}Args"):
            found = getattr(module, name, None)
            if isinstance(found, type) and _types.is_input_type(found):
                return found
    return None


@cache
def fields(sdk_class: type) -> Mapping[str, Field]:
    """Return the properties of an input or output class by wire name."""
    required = _types._required_property_names(sdk_class)  # noqa: SLF001 - the SDK's own reading
    hints = _types._raw_return_hints(sdk_class)  # noqa: SLF001 - the SDK's own reading
    return {name: Field(shape(hint), name in required) for name, hint in hints.items()}


@cache
def outputs(resource_class: type) -> Mapping[str, Field]:
    """Return a resource's output properties by wire name.

    `required` is false where the SDK says `Output[Optional[...]]`: a property that the cloud leaves
    empty unless the program sets it.
    """
    hints = _types._raw_return_hints(resource_class)  # noqa: SLF001 - the SDK's own reading
    return {
        name: Field(shape(hint), required=not _admits_none(typing.get_args(hint)[0]))
        for name, hint in hints.items()
        if typing.get_origin(hint) is pulumi.Output
    }


def shape(annotation: Annotation) -> Shape:
    """Return what an annotation of the SDK allows on the wire."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is pulumi.Output:
        return shape(arguments[0])
    if origin in (typing.Union, UnionType):
        return _union(arguments)
    if origin in (list, Sequence):
        return ListOf(shape(arguments[0]))
    if origin in (dict, Mapping):
        return MapOf(shape(arguments[1]))
    return _class(type(arguments[0]) if origin is typing.Literal else annotation)


def _class(annotation: Annotation) -> Shape:
    if not isinstance(annotation, type):
        return ANY
    if annotation in _LEAVES:
        return _LEAVES[annotation]
    if issubclass(annotation, Enum):
        return next((leaf for base, leaf in _LEAVES.items() if base in annotation.__mro__), ANY)
    if _types.is_input_type(annotation) or _types.is_output_type(annotation):
        return ObjectOf(annotation)
    return ANY


def _union(options: tuple[Annotation, ...]) -> Shape:
    """Drop what never reaches the wire: None, awaitables, outputs, dict twins of classes."""
    kept = [item for item in options if not _is_plumbing(item)]
    shapes = list(dict.fromkeys(shape(item) for item in kept))
    if any(isinstance(item, ObjectOf) for item in shapes):
        shapes = [item for item in shapes if item not in (ANY, MapOf(ANY))]
    if not shapes:
        return ANY
    return shapes[0] if len(shapes) == 1 else OneOf(tuple(shapes))


def _is_plumbing(annotation: Annotation) -> bool:
    if annotation is type(None) or typing.is_typeddict(annotation):
        return True
    return typing.get_origin(annotation) in (Awaitable, pulumi.Output)


def _admits_none(annotation: Annotation) -> bool:
    is_union = typing.get_origin(annotation) in (typing.Union, UnionType)
    return is_union and type(None) in typing.get_args(annotation)
