"""Does the recorded graph equal the graph of a real preview?

Owns the rules of that equality. Types, names, parents, providers, options and inputs must be the
same as registered. A value that the preview does not know yet is compared by the resources that it
comes from; a symbol in the recorded graph stands for any text, what stands around it must be the
same.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeGuard

from infra.graph.model import Graph, Resource
from infra.graph.symbolic import COMPUTED_NUMBER
from infra.graph.values import SECRET_TEXT, shown
from infra.wire import SECRET, SIGNATURE_KEY, UNKNOWN, Value

_SYMBOL = re.compile(
    rf"(?:arn:aws:[a-z0-9-]*:[a-z0-9-]*:\d*:[\w-]*/?)?\$\{{[^}}]*\}}|{COMPUTED_NUMBER}"
)
"""`${name.property}`, with the made-up beginning of an ARN before it, or a computed number."""
_OPTIONS = (
    "type",
    "name",
    "parent",
    "custom",
    "read",
    "remote",
    "provider",
    "providers",
    "property_dependencies",
    "dependencies",
    "protect",
    "retain_on_delete",
    "ignore_changes",
    "replace_on_changes",
    "delete_before_replace",
    "deleted_with",
    "custom_timeouts",
    "aliases",
    "additional_secret_outputs",
    "import_id",
    "version",
)


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not the same. Values are as shown to a person, without secrets."""

    urn: str
    path: str
    """Option or property path, `inputs.vpcConfig.subnetIds[0]`."""
    recorded: str
    real: str

    def __str__(self) -> str:
        """Return one line: where, recorded value, real value."""
        return f"{self.urn} {self.path}: recorded {self.recorded}, real {self.real}"


def compare(recorded: Graph, real: Graph) -> list[Difference]:
    """Return every difference between a recorded graph and a real preview's; empty when equal."""
    differences: list[Difference] = []
    ours = {item.urn: item for item in recorded.resources}
    theirs = {item.urn: item for item in real.resources}
    for urn in sorted(ours.keys() | theirs.keys()):
        if urn not in theirs:
            differences.append(Difference(urn, "resource", "declared", "absent"))
        elif urn not in ours:
            differences.append(Difference(urn, "resource", "absent", "declared"))
        else:
            differences += _resources(ours[urn], theirs[urn])
    stack = f"urn:pulumi:{recorded.stack}::{recorded.project}"
    differences += [
        Difference(stack, *rest) for rest in _values(recorded.outputs, real.outputs, "outputs")
    ]
    differences += _invokes(recorded, real, stack)
    return differences


def _resources(recorded: Resource, real: Resource) -> Iterator[Difference]:
    for option in _OPTIONS:
        ours, theirs = getattr(recorded, option), getattr(real, option)
        if ours != theirs:
            yield Difference(recorded.urn, option, repr(ours), repr(theirs))
    for path, ours, theirs in _values(recorded.inputs, real.inputs, "inputs"):
        yield Difference(recorded.urn, path, ours, theirs)
    if not recorded.custom:
        for path, ours, theirs in _values(recorded.outputs, real.outputs, "outputs"):
            yield Difference(recorded.urn, path, ours, theirs)


def _invokes(recorded: Graph, real: Graph, stack: str) -> Iterator[Difference]:
    ours = sorted(f"{item.token} by {item.provider}" for item in recorded.invokes)
    theirs = sorted(f"{item.token} by {item.provider}" for item in real.invokes)
    if ours != theirs:
        yield Difference(stack, "invokes", repr(ours), repr(theirs))


def _values(recorded: Value, real: Value, path: str) -> Iterator[tuple[str, str, str]]:
    if real == UNKNOWN:
        if recorded is None:
            yield path, "absent", "unknown"
        return  # where it comes from is compared as property_dependencies
    if _is_secret(recorded) or _is_secret(real):
        yield from _secrets(recorded, real, path)
    elif isinstance(recorded, dict) and isinstance(real, dict):
        for key in sorted(recorded.keys() | real.keys()):
            yield from _values(recorded.get(key), real.get(key), f"{path}.{key}")
    elif isinstance(recorded, list) and isinstance(real, list) and len(recorded) == len(real):
        for index, (ours, theirs) in enumerate(zip(recorded, real, strict=True)):
            yield from _values(ours, theirs, f"{path}[{index}]")
    elif not _same(recorded, real):
        yield path, repr(shown(recorded)), repr(shown(real))


def _secrets(recorded: Value, real: Value, path: str) -> Iterator[tuple[str, str, str]]:
    """Compare two values of which at least one is a secret, and show neither."""
    if not _is_secret(recorded):
        yield path, "no secret", "a secret"
    elif not _is_secret(real):
        yield path, "a secret", "no secret"
    elif any(_values(recorded.get("value"), real.get("value"), path)):
        yield path, SECRET_TEXT, "another secret"


def _same(recorded: Value, real: Value) -> bool:
    if recorded == COMPUTED_NUMBER:
        return isinstance(real, (int, float)) and not isinstance(real, bool)
    if isinstance(recorded, str) and isinstance(real, str) and _SYMBOL.search(recorded):
        literals = [re.escape(part) for part in _SYMBOL.split(recorded)]
        return re.fullmatch(".+".join(literals), real, flags=re.DOTALL) is not None
    return type(recorded) is type(real) and recorded == real


def _is_secret(value: Value) -> TypeGuard[dict[str, Value]]:
    return isinstance(value, dict) and value.get(SIGNATURE_KEY) == SECRET
