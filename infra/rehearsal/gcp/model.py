"""Pulumi's wire names and values against the schemas of Google's discovery documents.

Owns: turning the inputs of a resource into the body of a call; names are matched by normalised
spelling, plurals included.
Does not own: which call a resource type makes, or the few names that cannot be matched.
"""

from collections.abc import Mapping

from infra.google_discovery import Method, schema
from infra.rehearsal.cloud.projection import members_to_api, normalised, scalar_to_api
from infra.wire import UNKNOWN, Properties, Value


def request_schema(called: Method, under: str) -> Properties:
    """Return the schema of a call's body, or of the member of it that has the resource."""
    whole: Properties = {"$ref": called.request}
    if not under:
        return _resolved(called.service, whole)
    return _resolved(called.service, _members(_resolved(called.service, whole))[under])


def to_api(  # noqa: PLR0913, PLR0917 - one value, its place in two namings, and what was left over
    service: str,
    wanted: Properties,
    value: Value,
    rename: Mapping[str, str],
    left: list[str],
    path: str = "",
) -> Value:
    """Return wire inputs as the API takes them; paths that no member takes are added to `left`."""
    if value == UNKNOWN:
        return UNKNOWN
    wanted = _resolved(service, wanted)
    if wanted.get("type") == "array":
        items = value if isinstance(value, list) else [value]
        inner = wanted.get("items")
        of = inner if isinstance(inner, dict) else {}
        return [to_api(service, of, item, rename, left, path) for item in items]
    members = _members(wanted)
    if members:
        return members_to_api(
            {normalised(name): name for name in members},
            value,
            rename,
            left,
            path,
            lambda member, item, inner: to_api(service, members[member], item, rename, left, inner),
        )
    free = wanted.get("additionalProperties")
    if isinstance(free, dict) and isinstance(value, dict):
        return {key: to_api(service, free, item, rename, left, path) for key, item in value.items()}
    return scalar_to_api(str(wanted.get("type", "any")), value)


def without_unknowns(value: Value) -> Value:
    """Return a value without what only an update will know."""
    if isinstance(value, dict):
        return {key: without_unknowns(item) for key, item in value.items() if item != UNKNOWN}
    if isinstance(value, list):
        return [without_unknowns(item) for item in value if item != UNKNOWN]
    return value


def _members(wanted: Properties) -> dict[str, Properties]:
    found = wanted.get("properties")
    if not isinstance(found, dict):
        return {}
    return {name: item for name, item in found.items() if isinstance(item, dict)}


def _resolved(service: str, wanted: Properties) -> Properties:
    name = wanted.get("$ref")
    return schema(service, name) if isinstance(name, str) else wanted
