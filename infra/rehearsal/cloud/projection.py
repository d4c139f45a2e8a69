"""A provider's inputs and outputs, and a cloud's API: one value under two namings.

Owns: matching names by normalised spelling, plurals included, and the types that scalars have.
Does not own: how a cloud's documents describe what a call takes (`model.py` of each).
"""

import re
from collections.abc import Callable, Mapping

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


def members_to_api(  # noqa: PLR0913, PLR0917 - one value, its place in two namings, what was left
    members: Mapping[str, str],
    value: Value,
    rename: Mapping[str, str],
    left: list[str],
    path: str,
    convert: Callable[[str, Value, str], Value],
) -> Value:
    """Return wire inputs as the members that they mean.

    Args:
        members: the API's members, by normalised name.
        value: the inputs; the API has one block where a provider allows a list.
        rename: member by path of the input, where the names do not match.
        left: what no member takes is added here.
        path: of the value itself.
        convert: from a member's name, its input and the input's path to what is sent.
    """
    if isinstance(value, list):
        value = value[0] if value else {}
    if not isinstance(value, dict):
        left.append(path)
        return {}
    sent: Properties = {}
    for key, item in value.items():
        inner = f"{path}.{key}".lstrip(".")
        member = match(members, rename.get(inner, key))
        if item is None:
            continue
        if member is None:
            left.append(inner)
        else:
            sent[member] = convert(member, item, inner)
    return sent


def scalar_to_api(kind: str, value: Value) -> Value:
    """Return a scalar in the type that the API has for it."""
    match kind:
        case "integer" | "long" if isinstance(value, str) and re.fullmatch(r"-?\d+", value):
            return int(value)
        case "boolean" if value in ("true", "false"):
            return value == "true"
        case "string" if isinstance(value, bool):
            return "true" if value else "false"
        case "string" if isinstance(value, int | float):
            return str(value)
    return value


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
