"""The graph of a release as a file: slim, without secrets, and the same bytes for the same graph.

Owns writing and the form. Reading tolerates what another version wrote (`infra.review.dump`).
"""

import gzip
import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from infra.graph.model import Graph, Resource
from infra.graph.values import SECRET_TEXT, without_secret_outputs
from infra.review.dump import graph_of
from infra.wire import SECRET, SIGNATURE_KEY, Properties, Value

if TYPE_CHECKING:
    from collections.abc import Mapping

_LEFT_OUT = ("outputs", "dependencies", "custom_timeouts")
"""Of a resource: no rule of a replacement asks for them."""


def write_graph(graph: Graph, file: Path) -> None:
    """Write a graph, compressed JSON; secrets are marked and not written."""
    slim = without_secrets(graph)
    content: Mapping[str, object] = {
        "project": slim.project,
        "stack": slim.stack,
        "resources": [_written(item) for item in slim.resources],
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    file.write_bytes(gzip.compress(text.encode(), mtime=0))


def read_graph(file: Path) -> Graph:
    """Read what `write_graph` wrote. Raises `ValueError` when it is no graph."""
    return graph_of(json.loads(gzip.decompress(file.read_bytes())))


def without_secrets(graph: Graph) -> Graph:
    """Return a graph in which every secret is the same marker: where one is, is compared."""
    return replace(
        graph,
        outputs={},
        resources=tuple(
            replace(item, inputs=_marked_all(without_secret_outputs(item)))
            for item in graph.resources
        ),
    )


def _written(item: Resource) -> dict[str, object]:
    return {key: value for key, value in asdict(item).items() if key not in _LEFT_OUT}


def _marked_all(inputs: Properties) -> Properties:
    return {key: _marked(value) for key, value in inputs.items()}


def _marked(value: Value) -> Value:
    if isinstance(value, dict):
        if value.get(SIGNATURE_KEY) == SECRET:
            return {SIGNATURE_KEY: SECRET, "value": SECRET_TEXT}
        return _marked_all(value)
    return [_marked(item) for item in value] if isinstance(value, list) else value
