"""Reading nested API replies, and what the simulation adds to it: tags as lists, ARNs.

The readers are `infra/replies.py`'s; they stand here too, because every row and rule needs both.
"""

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
    "same_arn",
    "tag_list",
    "tag_map",
    "text",
    "texts",
]


def tag_list(tags: dict[str, str]) -> list[Value]:
    """Return tags as AWS's list of keys and values."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def same_arn(left: str, right: str) -> bool:
    """Say whether one text is an ARN and the other the id that it ends with."""
    return left.startswith("arn:") and left.endswith(f"/{right}")
