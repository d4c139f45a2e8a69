"""Does the flat twin declare the same resources as the program?

Owns the rules: same types, names, inputs, options, providers and sources of every value. What a
component waits for counts for its children. Parents do not count: a flat program has none.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from benchmarks.flat import waits_for
from infra.graph.model import Graph, Resource
from infra.graph.values import shown

Facts: TypeAlias = "dict[str, object]"

_PLAIN = (
    "protect",
    "retain_on_delete",
    "ignore_changes",
    "replace_on_changes",
    "delete_before_replace",
    "custom_timeouts",
    "aliases",
    "additional_secret_outputs",
    "import_id",
    "read",
    "version",
)


class NotEqualError(ValueError):
    """The two programs declare different things: their times say nothing about each other."""

    def __init__(self, stack: str, differences: Iterable[str]) -> None:
        lines = [f"  {line}" for line in differences]
        title = f"stack {stack}: the flat twin must declare the same, got {len(lines)} differences"
        super().__init__("\n".join([title, *lines]))


def require_equal(ours: Graph, flat: Graph) -> None:
    """Raise `NotEqualError` unless both graphs declare the same custom resources."""
    if found := list(differences(ours, flat)):
        raise NotEqualError(ours.stack, found)


def differences(ours: Graph, flat: Graph) -> Iterator[str]:
    """Yield one line for each difference between two graphs; secrets are not shown."""
    our_facts, flat_facts = _facts(ours), _facts(flat)
    for name in sorted(our_facts.keys() | flat_facts.keys()):
        if name not in flat_facts:
            yield f"{name}: the flat program lacks it"
        elif name not in our_facts:
            yield f"{name}: only the flat program has it"
        else:
            yield from _different(name, our_facts[name], flat_facts[name])
    for name in sorted(_repeated(ours)):
        yield f"{name}: declared more than once, so that the two cannot be compared"


def _different(name: str, ours: Facts, flat: Facts) -> Iterator[str]:
    for fact, value in ours.items():
        if value != flat[fact]:
            # Equality is judged on the values; what is printed has no secrets.
            texts = (shown(item) if fact == "inputs" else item for item in (value, flat[fact]))  # ty: ignore[invalid-argument-type] - inputs are wire values
            yield "{}: {} must be {!r}, got {!r}".format(name, fact, *texts)


def _facts(graph: Graph) -> Mapping[str, Facts]:
    return {_name(item): _facts_of(graph, item) for item in graph.resources if item.custom}


def _facts_of(graph: Graph, item: Resource) -> Facts:
    names = {each.urn: _name(each) for each in graph.resources}
    return {
        "inputs": item.inputs,
        **{field: getattr(item, field) for field in _PLAIN},
        "provider": names.get(item.provider or ""),
        "deleted_with": names.get(item.deleted_with or ""),
        "depends_on": sorted(names[urn] for urn in waits_for(graph, item)),
        "values come from": {
            key: sorted(names[urn] for urn in urns)
            for key, urns in item.property_dependencies.items()
        },
    }


def _repeated(graph: Graph) -> set[str]:
    names = [_name(item) for item in graph.resources if item.custom]
    return {name for name in names if names.count(name) > 1}


def _name(item: Resource) -> str:
    return f"{item.type} {item.name}"
