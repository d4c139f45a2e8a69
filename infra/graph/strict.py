"""What the engine would accept and the project does not, or would refuse too late.

Owns the rules over one recorded run; each yields `Violation`s. All of them are reported at once,
as one `GraphError`. Does not own rules about the design of the platform: those are policies and
tests.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from infra.graph import inputs, schema
from infra.graph.journal import Journal
from infra.graph.model import STACK_REFERENCE_TYPE, Resource


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """One broken rule."""

    urn: str
    """URN of the resource, or the token of an invoke."""
    message: str


class GraphError(ValueError):
    """The program declares something that must not reach an engine."""

    def __init__(self, stack: str, violations: Iterable[Violation]) -> None:
        self.violations = tuple(violations)
        lines = [f"  {item.urn}\n    {item.message}" for item in self.violations]
        count = len(lines)
        noun = "violation" if count == 1 else "violations"
        super().__init__("\n".join([f"stack {stack}: {count} {noun} in its resources", *lines]))


Rule: TypeAlias = Callable[[Journal], Iterator[Violation]]


def so_far(journal: Journal) -> list[Violation]:
    """Return what is wrong already while the program still runs."""
    return _apply(_RULES_ANY_TIME, journal)


def check(journal: Journal, stack: str) -> None:
    """Raise `GraphError` with everything that is wrong with a finished run."""
    found = _apply(_RULES_ANY_TIME + _RULES_AT_THE_END, journal)
    if found:
        raise GraphError(stack, found)


def _apply(rules: tuple[Rule, ...], journal: Journal) -> list[Violation]:
    return list(dict.fromkeys(item for rule in rules for item in rule(journal)))


def _duplicates(journal: Journal) -> Iterator[Violation]:
    counts = Counter(item.urn for item in journal.resources)
    for urn, count in counts.items():
        if count > 1:
            yield Violation(urn, f"declared {count} times; give every resource its own name")


def _outputs_registered_once(journal: Journal) -> Iterator[Violation]:
    counts = Counter(urn for urn, _ in journal.outputs)
    for item in journal.resources:
        if item.custom or item.remote:
            continue
        if counts[item.urn] == 0:
            yield Violation(item.urn, "register_outputs was not called; call it last in __init__")
        elif counts[item.urn] > 1:
            message = f"register_outputs was called {counts[item.urn]} times; call it once, last"
            yield Violation(item.urn, message)


def _construction_order(journal: Journal) -> Iterator[Violation]:
    for item in journal.constructions:
        urn = journal.urns.get(id(item.resource), item.type)
        if item.is_late:
            message = "created after its component called register_outputs; create it before"
            yield Violation(urn, message)
        if item.is_in_apply:
            message = "created inside apply, so a preview may not show it; create it outside"
            yield Violation(urn, message)


def _explicit_providers(journal: Journal) -> Iterator[Violation]:
    hint = "default providers are disabled; pass provider= or create it under a component with one"
    for item in journal.resources:
        needs_one = item.custom and not item.is_provider and item.type != STACK_REFERENCE_TYPE
        if needs_one and item.provider is None:
            yield Violation(item.urn, f"has no explicit provider; {hint}")
    for invoke in journal.invokes:
        if invoke.provider is None:
            yield Violation(invoke.token, f"is called without a provider; {hint}")


def _runs_without_an_engine(journal: Journal) -> Iterator[Violation]:
    for item in journal.resources:
        if item.remote:
            message = "is built by a provider plugin, which a recording cannot see into"
            yield Violation(item.urn, f"{message}; declare its resources here")
    for urn in journal.transforms:
        message = "carries transforms, which only the engine runs; set the options where it is made"
        yield Violation(urn, message)


def _inputs(journal: Journal) -> Iterator[Violation]:
    for item, arguments in _with_arguments(journal):
        for problem in inputs.problems(item.inputs, arguments, encoded=item.is_provider):
            yield Violation(item.urn, problem)


def _option_paths(journal: Journal) -> Iterator[Violation]:
    for item, arguments in _with_arguments(journal):
        options = {
            "ignore_changes": item.ignore_changes,
            "replace_on_changes": item.replace_on_changes,
        }
        for option, paths in options.items():
            for path in paths:
                unknown = inputs.unknown_path(path, arguments)
                if unknown:
                    yield Violation(item.urn, f"{option} {path!r}: no such input {unknown}")


def _with_arguments(journal: Journal) -> Iterator[tuple[Resource, type]]:
    for item in journal.resources:
        if item.custom and not item.read:
            arguments = schema.arguments_class(journal.classes[item.type])
            if arguments:
                yield item, arguments


_RULES_ANY_TIME: tuple[Rule, ...] = (
    _duplicates,
    _explicit_providers,
    _runs_without_an_engine,
    _inputs,
    _option_paths,
)
_RULES_AT_THE_END: tuple[Rule, ...] = (_outputs_registered_once, _construction_order)
