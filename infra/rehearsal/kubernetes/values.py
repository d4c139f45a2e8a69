"""Reading Kubernetes objects, in which any part may be absent or null.

`status.conditions` is null on a fresh CustomResourceDefinition (seen 2026-11, 1.36.3), so no part
is indexed without asking.
"""

from collections.abc import Iterator, Mapping

from infra.wire import Properties, Value


def at(value: Value, *keys: str) -> Value:
    """Return what is at the end of the keys, or None."""
    for key in keys:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def mapping(value: Value, *keys: str) -> Properties:
    """Return the map at the end of the keys, or an empty one."""
    found = at(value, *keys)
    return found if isinstance(found, dict) else {}


def mappings(value: Value, *keys: str) -> Iterator[Properties]:
    """Yield the maps of the list at the end of the keys."""
    found = at(value, *keys)
    for item in found if isinstance(found, list) else []:
        if isinstance(item, dict):
            yield item


def text(value: Value, *keys: str) -> str:
    """Return the text at the end of the keys, or an empty one."""
    found = at(value, *keys)
    return found if isinstance(found, str) else ""


def number(value: Value, *keys: str, default: int = 0) -> int:
    """Return the whole number at the end of the keys, or the default."""
    found = at(value, *keys)
    return found if isinstance(found, int) and not isinstance(found, bool) else default


def annotation(value: Value, key: str) -> str:
    """Return an annotation of an object, or an empty text."""
    return text(value, "metadata", "annotations", key)


def identifier(value: Value) -> str:
    """Return `namespace/name`, or the name alone: the ID of an object in the state."""
    namespace = text(value, "metadata", "namespace")
    name = text(value, "metadata", "name")
    return f"{namespace}/{name}" if namespace else name


def title(value: Value) -> str:
    """Return what a person calls the object: `Deployment models/qwen`."""
    return f"{text(value, 'kind')} {identifier(value)}"


def condition(value: Value, kind: str) -> Properties:
    """Return a condition of an object's status by its type, or an empty map."""
    for entry in mappings(value, "status", "conditions"):
        if entry.get("type") == kind:
            return entry
    return {}


def is_true(value: Value, kind: str) -> bool:
    """Say whether a condition is there and True."""
    return condition(value, kind).get("status") == "True"


def emulated_version(answer: Mapping[str, object]) -> str:
    """Return what an API server serves, `1.35`, of its answer of `/version`."""
    return f"{answer['emulationMajor']}.{answer['emulationMinor']}"
