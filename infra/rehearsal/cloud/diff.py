"""What changes between two sets of inputs, and whether it replaces the resource.

Owns: property paths of the detailed diff, the replacement rule of `table.py`, and when the old
thing must go before the new one comes.
"""

import re
from dataclasses import dataclass

from pulumi.runtime.proto import provider_pb2 as pb

from infra.rehearsal.cloud.labels import Labelling
from infra.rehearsal.cloud.table import Row
from infra.wire import Properties, Value, changed_keys

DEFAULTS = "__defaults"
"""The real provider's own mark on inputs: which properties it filled in, such as names."""

_KINDS = {
    "add": (pb.PropertyDiff.ADD, pb.PropertyDiff.ADD_REPLACE),
    "delete": (pb.PropertyDiff.DELETE, pb.PropertyDiff.DELETE_REPLACE),
    "update": (pb.PropertyDiff.UPDATE, pb.PropertyDiff.UPDATE_REPLACE),
}


@dataclass(frozen=True)
class Difference:
    """The outcome of a comparison."""

    changed: tuple[str, ...]
    """Top-level properties."""
    replacing: tuple[str, ...]
    """Those that only a new resource can have."""
    paths: dict[str, str]
    """Property path to `add`, `delete` or `update`."""
    delete_first: bool
    """Whether the new thing would bear the name of the old one."""


def difference(
    row: Row,
    labelling: Labelling,
    old: Properties,
    new: Properties,
    labels: tuple[Value, Value],
) -> Difference:
    """Compare inputs; labels that come from the provider's defaults count as well.

    Args:
        row: of the resource.
        labelling: how its provider shows labels.
        old: inputs as they were.
        new: inputs as they shall be.
        labels: all configured labels as they were and as they shall be.
    """
    changed = [name for name in changed_keys(old, new) if name != DEFAULTS]
    paths: dict[str, str] = {}
    for name in changed:
        _compare(name, old.get(name), new.get(name), paths)
    label_names: set[str] = set()
    if row.label_input:
        label_names = {row.label_input, *labelling.names}
        if row.label_input not in changed and labels[0] != labels[1]:
            changed.append(labelling.compared)
            _compare(labelling.compared, *labels, paths)
    replacing = tuple(
        name
        for name in changed
        if name not in label_names and row.replaces(name, old.get(name), new.get(name))
    )
    return Difference(
        changed=tuple(changed),
        replacing=replacing,
        paths=paths,
        delete_first=bool(replacing) and _keeps_name(row, old, new),
    )


def response(found: Difference) -> pb.DiffResponse:
    """Return the difference as the engine wants it."""
    detailed = {
        path: pb.PropertyDiff(
            kind=_KINDS[kind][re.split(r"[.\[]", path, maxsplit=1)[0] in found.replacing],
            inputDiff=True,
        )
        for path, kind in found.paths.items()
    }
    some = bool(found.changed)
    return pb.DiffResponse(
        changes=pb.DiffResponse.DIFF_SOME if some else pb.DiffResponse.DIFF_NONE,
        diffs=found.changed,
        replaces=found.replacing,
        deleteBeforeReplace=found.delete_first,
        detailedDiff=detailed,
        hasDetailedDiff=True,
    )


def _keeps_name(row: Row, old: Properties, new: Properties) -> bool:
    if row.autoname is None or row.autoname not in new:
        return False
    filled_in = new.get(DEFAULTS)
    automatic = isinstance(filled_in, list) and row.autoname in filled_in
    return not automatic and old.get(row.autoname) == new[row.autoname]


def _compare(path: str, old: Value, new: Value, paths: dict[str, str]) -> None:
    if old == new:
        return
    if old is None:
        paths[path] = "add"
    elif new is None:
        paths[path] = "delete"
    elif isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            _compare(path + _step(key), old.get(key), new.get(key), paths)
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            _compare(f"{path}[{index}]", _at(old, index), _at(new, index), paths)
    else:
        paths[path] = "update"


def _at(items: list[Value], index: int) -> Value:
    return items[index] if index < len(items) else None


def _step(key: str) -> str:
    return f".{key}" if re.fullmatch(r"[A-Za-z_]\w*", key) else f'["{key}"]'
