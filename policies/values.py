"""Values of resources as rules read them: plain, with a mark where nothing is known yet.

In a preview the SDK raises `UnknownValueError` from whatever touches an unknown property, and then
skips the whole policy, mandatory or not (pulumi-policy 1.21.0, `policy.py`, `Analyze`). So values
are made plain once, here, and an unknown one becomes `UNKNOWN`: a rule must say what it does then.
"""

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import TypeAlias

from pulumi_policy.proxy import UnknownValueError


class Mark(Enum):
    """What is no value."""

    UNKNOWN = "not known yet"
    MISSING = "not there"


UNKNOWN = Mark.UNKNOWN
MISSING = Mark.MISSING

Plain: TypeAlias = "bool | float | str | list[Plain] | dict[str, Plain] | Mark | None"
EVERY = "[]"
"""End of a step of a path: every item of the list."""


def plain(value: object) -> Plain:
    """Return a value without the SDK's proxies; `UNKNOWN` where it is not known.

    Proxies are neither dict nor list. Something that is no JSON value, an asset, becomes its text.
    """
    if isinstance(value, Mapping):
        return {str(key): _item(value, key) for key in value}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [_item(value, index) for index in range(len(value))]
    if isinstance(value, float) and value.is_integer():
        return int(value)  # the engine sends every number as one with a point
    if value is None or isinstance(value, bool | int | float | str | Mark):
        return value
    return str(value)


def _item(holder: "Mapping[object, object] | Sequence[object]", key: object) -> Plain:
    try:
        return plain(holder[key])  # ty: ignore[invalid-argument-type]  # a key of its own
    except UnknownValueError:
        return UNKNOWN


def at(value: Plain, path: str) -> Plain:
    """Return what lies at a path, `spec.template.spec`; `MISSING` when nothing does.

    Below an unknown value everything is unknown, and so is what lies in none of several.
    """
    for step in path.split("."):
        if value is UNKNOWN:
            return UNKNOWN
        if not isinstance(value, dict) or step not in value:
            return MISSING
        value = value[step]
    return MISSING if value is None else value


def each(value: Plain, path: str) -> Iterator[tuple[str, Plain]]:
    """Yield every item of the lists on a path, `spec.containers[].ports[]`, with its own path.

    An unknown list yields one `UNKNOWN`; a list that is not there yields nothing.
    """
    yield from _each(value, path.split("."), "")


def _each(value: Plain, steps: list[str], done: str) -> Iterator[tuple[str, Plain]]:
    if not steps or value is UNKNOWN:
        yield done, value
        return
    step, rest = steps[0], steps[1:]
    name = step.removesuffix(EVERY)
    found = at(value, name)
    where = f"{done}.{name}" if done else name
    if found is MISSING:
        return
    if not step.endswith(EVERY):
        yield from _each(found, rest, where)
    elif isinstance(found, list):
        for index, item in enumerate(found):
            yield from _each(item, rest, f"{where}[{index}]")
    elif found is UNKNOWN:
        yield where, UNKNOWN


def as_bool(value: Plain) -> "bool | Mark":
    """Return a switch; texts such as `"true"` are switches to some providers."""
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if isinstance(value, bool | Mark):
        return value
    return MISSING


def as_number(value: Plain) -> "float | Mark":
    """Return a number; a text of digits is one to some providers."""
    if isinstance(value, bool):
        return MISSING
    if isinstance(value, int | float | Mark):
        return value
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return MISSING
    return MISSING
