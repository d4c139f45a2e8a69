"""Replies of a cloud's API under the names of the provider's outputs.

Owns: matching names by normalised spelling, plurals included, and the types that outputs have.
"""

import re
from collections.abc import Mapping

from infra.rehearsal.cloud.schema import Schema
from infra.replies import tag_map
from infra.wire import Properties, Value


def normalised(name: str) -> str:
    """Return a name without case and punctuation."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def match(members: Mapping[str, str], name: str) -> str | None:
    """Return the member, of those by normalised name, that a name means; None where there is none.

    Providers say one `tag` where an API says `tags`, and the other way round.
    """
    spelled = normalised(name)
    singular = spelled.removesuffix("s")
    for candidate in (spelled, spelled + "s", singular, spelled.removesuffix("ies") + "y"):
        if candidate in members:
            return members[candidate]
    return None


def from_api(schema: Schema, value: Value, rename: Mapping[str, str], path: str = "") -> Value:
    """Project an API reply on the provider's output schema; names it lacks are left out."""
    if isinstance(schema, dict) and "*" in schema:
        return dict(tag_map(value)) if isinstance(value, list) else value
    if isinstance(schema, list):
        items = value if isinstance(value, list) else [value]
        return [from_api(schema[0], item, rename, path) for item in items]
    if isinstance(value, list):  # the SDK flattens a list of at most one block
        return from_api(schema, value[0], rename, path) if value else None
    if isinstance(schema, dict):
        if not isinstance(value, dict):
            return value
        members = {normalised(key): key for key in value}
        found: Properties = {}
        for wire, inner in schema.items():
            inner_path = f"{path}.{wire}".lstrip(".")
            member = match(members, rename.get(inner_path, wire))
            if member is not None and value[member] is not None:
                found[wire] = from_api(inner, value[member], rename, inner_path)
        return found
    return _coerced(schema, value)


def _coerced(kind: str, value: Value) -> Value:
    if kind == "str" and value is not None and not isinstance(value, str | dict | list):
        return str(value).lower() if isinstance(value, bool) else str(value)
    if kind == "int" and isinstance(value, str) and value.lstrip("-").isdigit():
        return int(value)
    if kind == "bool" and isinstance(value, str):
        return value.lower() == "true"
    return value
