"""Which inputs of a resource differ, path by path.

Owns the comparison of two wire values and what of it may be shown: of a secret, on either side,
nothing. JSON inside strings is compared as what it says.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from infra.graph.model import Resource
from infra.graph.values import SECRET_TEXT, shown, without_secret_outputs
from infra.wire import SECRET, SIGNATURE_KEY, UNKNOWN, Value

_POSITION = re.compile(r"\[\d+\]")
_ABSENT = object()


@dataclass(frozen=True, slots=True)
class PropertyChange:
    """One property that differs. Values are as shown to a person; None where there is none."""

    path: str
    """With positions: `vpcConfig.subnetIds[0]`."""
    before: str | None
    after: str | None

    @property
    def place(self) -> str:
        """The path without positions, as schemas know it."""
        return _POSITION.sub("", self.path)

    def path_is_under(self, pattern: str) -> bool:
        """Say whether an option of the program, `spec.x` or `items[*].y`, names this place."""
        wanted = re.sub(r"\[[^\]]*\]", "", pattern)
        return self.place == wanted or self.place.startswith(f"{wanted}.")


def property_changes(old: Resource, new: Resource) -> Iterator[PropertyChange]:
    """Yield what differs, without what the program says to ignore."""
    before = dict(leaves(without_secret_outputs(old)))
    after = dict(leaves(without_secret_outputs(new)))
    secret = {path for side in (before, after) for path, value in side.items() if _hidden(value)}
    for path in sorted(before.keys() | after.keys()):
        ours, theirs = before.get(path, _ABSENT), after.get(path, _ABSENT)
        if _equal(ours, theirs):
            continue
        change = PropertyChange(path, _text(ours), _text(theirs))
        if any(change.path_is_under(ignored) for ignored in new.ignore_changes):
            continue
        if _is_secret(path, secret):  # a secret that was plain before is shown by neither side
            change = PropertyChange(
                path,
                None if ours is _ABSENT else SECRET_TEXT,
                None if theirs is _ABSENT else SECRET_TEXT,
            )
        yield change


def leaves(value: Value, path: str = "") -> Iterator[tuple[str, Value]]:
    """Yield every value that is no map and no list, with its path; empty ones count as values."""
    if isinstance(value, dict) and SIGNATURE_KEY not in value and value:
        for key, item in value.items():
            if item is not None:
                yield from leaves(item, _joined(path, key))
    elif isinstance(value, list) and value:
        for index, item in enumerate(value):
            yield from leaves(item, f"{path}[{index}]")
    elif isinstance(value, str) and value[:1] in ("{", "["):
        yield from _inside(value, path)
    else:
        yield path, value


def _inside(text: str, path: str) -> Iterator[tuple[str, Value]]:
    try:
        content = json.loads(text)
    except ValueError:
        yield path, text
        return
    if isinstance(content, (dict, list)) and content:
        yield from leaves(content, path)
    else:
        yield path, text


def _joined(path: str, key: str) -> str:
    if not re.fullmatch(r"[\w$-]+", key):
        return f'{path}["{key}"]'
    return f"{path}.{key}" if path else key


def _equal(ours: object, theirs: object) -> bool:
    if type(ours) is type(theirs) or {type(ours), type(theirs)} == {int, float}:
        return ours == theirs
    return False


def _hidden(value: Value) -> bool:
    """Say whether a value is a secret by its wire form, or by its text in a recording."""
    if isinstance(value, dict) and SIGNATURE_KEY in value:
        return value[SIGNATURE_KEY] == SECRET or bool(value.get("secret"))
    return value == SECRET_TEXT


def _is_secret(path: str, secret: set[str]) -> bool:
    return any(
        path == one
        or path.startswith((f"{one}.", f"{one}["))
        or one.startswith((f"{path}.", f"{path}["))
        for one in secret
    )


def _text(value: object) -> str | None:
    if value is _ABSENT:
        return None
    if value == UNKNOWN:
        return "[known after it is created]"
    given = shown(value)  # ty: ignore[invalid-argument-type] - leaves are wire values
    return given if isinstance(given, str) else json.dumps(given)
