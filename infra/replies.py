"""Reading nested replies of a cloud's API: dotted paths instead of chains of indexing.

Replies are plain wire values. A path that must exist and does not says so by its name.
"""

from infra.wire import Properties, Value


class UnexpectedReplyError(ValueError):
    """A reply, or a set of inputs, lacks what its reader relies on."""


def dig(value: Value, path: str) -> Value:
    """Return what stands at a dotted path (`Vpcs.0.VpcId`), or None."""
    for part in path.split("."):
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list) and part.isdigit():
            value = value[int(part)] if int(part) < len(value) else None
        else:
            return None
    return value


def text(value: Value, path: str) -> str:
    """Return the string at a path."""
    found = dig(value, path)
    if not isinstance(found, str):
        message = f"{path}: must be a string, got {found!r}"
        raise UnexpectedReplyError(message)
    return found


def optional_text(value: Value, path: str) -> str:
    """Return the string at a path, or the empty string where there is nothing."""
    found = dig(value, path)
    return found if isinstance(found, str) else ""


def number(value: Value, path: str) -> int:
    """Return the whole number at a path."""
    found = dig(value, path)
    if isinstance(found, bool) or not isinstance(found, int):
        message = f"{path}: must be a whole number, got {found!r}"
        raise UnexpectedReplyError(message)
    return found


def block(value: Value, path: str) -> Properties:
    """Return the map at a path, empty where there is none."""
    found = dig(value, path)
    return found if isinstance(found, dict) else {}


def blocks(value: Value, path: str) -> list[Properties]:
    """Return the maps in the list at a path, empty where there is none."""
    found = dig(value, path)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def texts(value: Value, path: str) -> list[str]:
    """Return the strings in the list at a path, empty where there is none."""
    found = dig(value, path)
    return [item for item in found if isinstance(item, str)] if isinstance(found, list) else []


def tag_map(value: Value) -> dict[str, str]:
    """Return tags as a map, from any spelling that AWS uses; `TagKey` is that of KMS."""
    if isinstance(value, list):
        return {
            optional_text(item, "Key") or text(item, "TagKey"): (
                optional_text(item, "Value") or optional_text(item, "TagValue")
            )
            for item in value
        }
    return {key: str(item) for key, item in value.items()} if isinstance(value, dict) else {}
