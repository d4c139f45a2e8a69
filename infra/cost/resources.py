"""What the estimate reads of a resource: plain values, and a word for what is not known yet.

Owns the form and the way from a recorded graph. A policy pack makes the same form of what the
engine hands it: camelCase names, secrets unwrapped, `UNKNOWN` for what only an update will know.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from infra.wire import UNKNOWN as WIRE_UNKNOWN
from infra.wire import plain

if TYPE_CHECKING:
    from infra.graph.model import Graph
    from infra.wire import Value


class Unknown(Enum):
    """A value that only an update will know."""

    UNKNOWN = "not known before the engine runs"


UNKNOWN = Unknown.UNKNOWN

Known: TypeAlias = "bool | int | float | str | Unknown | list[Known] | dict[str, Known] | None"


class NotKnownError(LookupError):
    """A value that decides a price is not known yet; the message names it."""


class OtherFormError(LookupError):
    """A value that decides a price is missing or of another kind; the message names it."""


@dataclass(frozen=True, kw_only=True)
class CostResource:
    """One resource: what it is and what it was given."""

    urn: str
    type: str
    """Type token, `aws:eks/nodeGroup:NodeGroup`."""
    name: str
    """Logical name."""
    properties: Mapping[str, Known]
    """Inputs: camelCase names, plain values."""
    dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Input to the URNs of the resources that its value comes from."""

    def at(self, path: str) -> Known:
        """Return what stands at a path such as `nodeConfig.machineType`; None where nothing does.

        Raises:
            NotKnownError: It, or something on the way to it, is not known yet.
        """
        value: Known = dict(self.properties)
        for key in path.split("."):
            if value is UNKNOWN:
                break
            value = value.get(key) if isinstance(value, dict) else None
        if value is UNKNOWN:
            raise NotKnownError(path)
        return value

    def text(self, path: str, default: str | None = None) -> str:
        """Return a text. Raises as `at`, and `OtherFormError` for anything else."""
        value = self.at(path)
        if value is None and default is not None:
            return default
        if not isinstance(value, str):
            message = f"{path} is {_kind(value)}, not a text"
            raise OtherFormError(message)
        return value

    def whole(self, path: str, default: int | None = None) -> int:
        """Return a whole number, also one that is written as text. Raises as `text`."""
        value = self.at(path)
        if value is None and default is not None:
            return default
        if isinstance(value, str) and value.isdecimal():
            return int(value)
        if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
            message = f"{path} is {_kind(value)}, not a whole number"
            raise OtherFormError(message)
        if value < 0:
            message = f"{path} is negative"
            raise OtherFormError(message)
        return int(value)

    def yes(self, path: str) -> bool:
        """Return a switch, off where it is not set. Raises as `text`."""
        value = self.at(path)
        if value is None:
            return False
        if isinstance(value, bool):
            return value
        if value in ("true", "false"):
            return value == "true"
        message = f"{path} is {_kind(value)}, not a switch"
        raise OtherFormError(message)

    def items(self, path: str) -> list[Known]:
        """Return a list, empty where there is none. Raises as `text`."""
        value = self.at(path)
        if value is None:
            return []
        if not isinstance(value, list):
            message = f"{path} is {_kind(value)}, not a list"
            raise OtherFormError(message)
        return value

    def texts(self, path: str) -> tuple[str, ...]:
        """Return a list of texts. Raises as `text`."""
        found: list[str] = []
        for item in self.items(path):
            if item is UNKNOWN:
                raise NotKnownError(path)
            if not isinstance(item, str):
                message = f"{path} has {_kind(item)} in it, not texts only"
                raise OtherFormError(message)
            found.append(item)
        return tuple(found)

    def part(self, path: str, value: Known) -> "CostResource":
        """Return one object inside of it, with the same identity, to read in the same way."""
        if value is UNKNOWN:
            raise NotKnownError(path)
        if not isinstance(value, dict):
            message = f"{path} is {_kind(value)}, not an object"
            raise OtherFormError(message)
        return CostResource(urn=self.urn, type=self.type, name=self.name, properties=value)


def from_graph(graph: "Graph") -> tuple[CostResource, ...]:
    """Return the resources that a recorded program declares; components and reads cost nothing."""
    return tuple(
        CostResource(
            urn=item.urn,
            type=item.type,
            name=item.name,
            properties={key: known(plain(value)) for key, value in item.inputs.items()},
            dependencies=item.property_dependencies,
        )
        for item in graph.resources
        if item.custom and not item.read
    )


def known(value: "Value") -> Known:
    """Return a plain value with `UNKNOWN` for unknowns and for the recorder's symbols, `${…}`."""
    if isinstance(value, dict):
        return {key: known(item) for key, item in value.items()}
    if isinstance(value, list):
        return [known(item) for item in value]
    if isinstance(value, str) and (value == WIRE_UNKNOWN or "${" in value):
        return UNKNOWN
    return value


def _kind(value: Known) -> str:
    return "missing" if value is None else f"a {type(value).__name__}"
