"""Equal values, as far as a cloud and a program may spell one thing in two ways."""

import json
from collections.abc import Callable

from infra.wire import Value

SameText = Callable[[str, str], bool]
"""Says whether two different texts, neither of them JSON, name the same thing."""


def same(left: Value, right: Value, same_text: SameText) -> bool:
    """Say whether two values mean the same: JSON text by content, lists of plain values as sets.

    Maps are compared on the keys of `left`: the other side may know more.
    """
    if isinstance(left, dict) and isinstance(right, dict):
        return all(same(item, right.get(key), same_text) for key, item in left.items())
    if isinstance(left, list) and isinstance(right, list):
        if len(left) != len(right):
            return False
        if any(isinstance(item, dict | list) for item in left):
            pairs = zip(left, right, strict=True)
            return all(same(one, other, same_text) for one, other in pairs)
        return sorted(map(str, left)) == sorted(map(str, right))
    return left == right or (
        isinstance(left, str) and isinstance(right, str) and _same_text(left, right, same_text)
    )


def _same_text(left: str, right: str, same_text: SameText) -> bool:
    if left.lstrip()[:1] in ("{", "["):
        return _json(left) == _json(right)
    return same_text(left, right)


def _json(content: str) -> object:
    try:
        return json.loads(content)
    except ValueError:
        return content
