"""Resources of a recorded graph as rules see them, so that rules run without an engine."""

import re
from collections.abc import Mapping

from infra.graph.model import Graph
from infra.wire import SECRET, SIGNATURE_KEY, Value
from infra.wire import UNKNOWN as UNKNOWN_WIRE
from policies.rule import Subject
from policies.values import UNKNOWN, Plain

_SYMBOL = re.compile(r"\$\{[^}]*\}")
"""What the recorder writes for a value that only the cloud knows."""


def subjects(graph: Graph) -> list[Subject]:
    """Return every resource of a graph."""
    return [
        Subject(
            urn=resource.urn,
            type=resource.type,
            name=resource.name,
            properties={key: _plain(value) for key, value in resource.inputs.items()},
            protect=resource.protect,
            retain_on_delete=resource.retain_on_delete,
            parent=resource.parent or "",
            dependencies=resource.property_dependencies,
        )
        for resource in graph.resources
    ]


def _plain(value: Value) -> Plain:
    if isinstance(value, Mapping):
        if value.get(SIGNATURE_KEY) == SECRET:
            return _plain(value.get("value"))
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, str) and (value == UNKNOWN_WIRE or _SYMBOL.fullmatch(value)):
        return UNKNOWN
    return value
