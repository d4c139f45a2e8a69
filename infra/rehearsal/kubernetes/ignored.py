"""Fields that a program leaves to somebody else (`ignoreChanges`), in what is applied.

Owns what becomes of such a field: one that others manage alone is left out, so that it is neither a
conflict nor shared; any other one keeps the value that it has. As the real provider does it
(pulumi-kubernetes, `handleSSAIgnoreFields` in provider/pkg/await/await.go, read 2026-11-28).
Paths are names with dots between; one through a list is not understood there either.
"""

import copy
from collections.abc import Iterable

from infra.rehearsal.kubernetes.values import at, mapping, mappings, text
from infra.wire import Properties, Value


def leave_ignored(
    body: Properties, live: Properties, manager: str, ignored: Iterable[str]
) -> Properties:
    """Return what to apply of a body.

    Args:
        body: what the program declares.
        live: the object as it is.
        manager: who applies.
        ignored: paths that the program leaves to others, `spec.replicas`.
    """
    changed = copy.deepcopy(body)
    for dotted in ignored:
        path = dotted.split(".")
        found = at(live, *path)
        if _is_of_others(live, path, manager):
            _remove(changed, path)
        elif found is not None:
            _put(changed, path, found)
    return changed


def _is_of_others(live: Properties, path: list[str], manager: str) -> bool:
    owners = {
        text(entry, "manager")
        for entry in mappings(live, "metadata", "managedFields")
        if at(entry, "fieldsV1", *(f"f:{name}" for name in path)) is not None
    }
    return bool(owners) and manager not in owners


def _remove(body: Properties, path: list[str]) -> None:
    *above, last = path
    mapping(body, *above).pop(last, None)


def _put(body: Properties, path: list[str], value: Value) -> None:
    here = body
    *above, last = path
    for name in above:
        inner = here.setdefault(name, {})
        if not isinstance(inner, dict):
            return
        here = inner
    here[last] = copy.deepcopy(value)
