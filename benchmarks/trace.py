"""Records a stack's program so that every value shows which output it comes from.

Owns the marks: each text and number that a resource answers with is unique while the program runs,
and is found again in the inputs of other resources, whole or inside a longer text. The recorder's
own symbols do not tell enough: two resources may share a name, a number is always 0, and an output
that repeats an input looks like the input.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

from infra.graph import symbolic
from infra.graph.model import Graph, Resource
from infra.graph.record import record_stack
from infra.wire import SECRET, SIGNATURE_KEY, Properties, Value

ID = "id"
MARK = re.compile(r"<<output (\d+)>>|777(\d{9})")
"""A marked text, or a marked number. The pattern must not occur in a stack's own values."""
_FIRST_NUMBER = 777_000_000_000
DECIDED_BY = frozenset({"availabilityZone"})
"""Outputs that the program decides by: where a machine is sold. A mark would be no zone."""


@dataclass(frozen=True)
class Reference:
    """One output of one resource."""

    urn: str
    path: tuple[str | int, ...]
    """Property names and list positions as on the wire; `("id",)` for the id."""
    is_text: bool


@dataclass
class Trace:
    """A recorded graph whose values can be followed back."""

    classes: dict[str, type] = field(default_factory=dict)
    """Type token to the SDK's class."""
    references: list[Reference] = field(default_factory=list)
    """By number of their mark."""
    graph: Graph = field(init=False)

    def mark(self, urn: str, value: Value, path: tuple[str | int, ...]) -> Value:
        """Return a value with each text and number in it replaced by a mark of its own."""
        if isinstance(value, dict):
            return self._mark_map(urn, value, path)
        if isinstance(value, list):
            return [self.mark(urn, item, (*path, i)) for i, item in enumerate(value)]
        if value is None or isinstance(value, bool):
            return value
        is_text = isinstance(value, str)
        self.references.append(Reference(urn, path, is_text))
        number = len(self.references) - 1
        return f"<<output {number}>>" if is_text else _FIRST_NUMBER + number

    def _mark_map(self, urn: str, value: Properties, path: tuple[str | int, ...]) -> Value:
        signature = value.get(SIGNATURE_KEY)
        if signature == SECRET:
            return value | {"value": self.mark(urn, value.get("value"), path)}
        if signature is not None:
            return value
        return {key: self.mark(urn, item, (*path, key)) for key, item in value.items()}

    def answer(
        self, resource: Resource, resource_class: type, provider: Resource | None
    ) -> tuple[str, Properties]:
        """Answer a registration as the recorder does, with marks."""
        self.classes[resource.type] = resource_class
        identifier, outputs = _STATE(resource, resource_class, provider)
        if resource.is_provider:
            return identifier, outputs
        marked: Properties = {
            key: value if key in DECIDED_BY else self.mark(resource.urn, value, (key,))
            for key, value in outputs.items()
        }
        return str(self.mark(resource.urn, identifier, (ID,))), marked

    def reference(self, match: re.Match[str]) -> Reference:
        """Return the output that a mark stands for."""
        return self.references[int(match[1] or match[2])]


def trace_stack(stack: str, folder: Path) -> Trace:
    """Record the program of a project for a stack, with marks.

    Raises:
        SpecError: there is no such stack file, or it has mistakes.
        GraphError: the program broke rules of `infra.graph.strict`.
    """
    trace = Trace()
    # The recorder has no setting for its answers, and needs none but here.
    with mock.patch.object(symbolic, "state", trace.answer):
        trace.graph = record_stack(stack, folder=folder)
    return trace


_STATE = symbolic.state
