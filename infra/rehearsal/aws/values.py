"""Reading nested API replies, and what the simulation adds to it: tags as lists, equal values.

The readers are `infra/replies.py`'s; they stand here too, because every row and rule needs both.
"""

import json

from infra.replies import (
    UnexpectedReplyError,
    block,
    blocks,
    dig,
    number,
    optional_text,
    tag_map,
    text,
    texts,
)
from infra.wire import Value

__all__ = [
    "UnexpectedReplyError",
    "block",
    "blocks",
    "dig",
    "number",
    "optional_text",
    "same",
    "tag_list",
    "tag_map",
    "text",
    "texts",
]


def tag_list(tags: dict[str, str]) -> list[Value]:
    """Return tags as AWS's list of keys and values."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def same(left: Value, right: Value) -> bool:
    """Say whether two values mean the same: JSON text by content, lists of plain values as sets.

    An ARN and the id that it ends with are the same thing.
    Maps are compared on the keys of `left`: the other side may know more.
    """
    if isinstance(left, dict) and isinstance(right, dict):
        return all(same(item, right.get(key)) for key, item in left.items())
    if isinstance(left, list) and isinstance(right, list):
        if len(left) != len(right):
            return False
        if any(isinstance(item, dict | list) for item in left):
            return all(same(one, other) for one, other in zip(left, right, strict=True))
        return sorted(map(str, left)) == sorted(map(str, right))
    return left == right or (
        isinstance(left, str) and isinstance(right, str) and _same_text(left, right)
    )


def _same_text(left: str, right: str) -> bool:
    if left.lstrip()[:1] in ("{", "["):
        return _json(left) == _json(right)
    return left.startswith("arn:") and left.endswith(f"/{right}")


def _json(content: str) -> object:
    try:
        return json.loads(content)
    except ValueError:
        return content
