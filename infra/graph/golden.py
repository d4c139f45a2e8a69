"""A graph as text that a reviewer reads in a diff.

Owns the form: a tree of what exists, then each resource with its inputs, with short names instead
of URNs and `[secret]` for secrets. Only what a reviewer decides about is shown; SDK versions and
the type aliases that the Kubernetes SDK adds on its own are not.
"""

from collections import Counter
from collections.abc import Mapping
from hashlib import sha256

from components.observability.names import DASHBOARD_LABEL
from infra.graph.model import Graph, Invoke, Resource
from infra.graph.values import laid_out, shown, to_yaml, without_secret_outputs
from infra.wire import Value

DIGITS = 16
HEADER = """\
# What the program declares for this stack, recorded without an engine.
# `make golden` writes this file; review its diff. ${name.property} is known once `name` exists.
# JSON inside strings is laid out; secrets are never shown.
"""


def golden(graph: Graph) -> str:
    """Return the canonical text of a graph. Equal graphs give equal text."""
    names = _short_names(graph)
    document: dict[str, object] = {
        "stack": f"{graph.project}/{graph.stack}",
        "tree": "".join(
            f"{'  ' * depth}{names[item.urn]}{_marks(item)}\n" for depth, item in graph.tree()
        ),
        "invokes": [_invoke(item) for item in sorted(graph.invokes, key=str)],
        "outputs": laid_out(shown(graph.outputs)),
    }
    parts = [HEADER, to_yaml({key: value for key, value in document.items() if value})]
    for _, item in graph.tree():
        parts.append("\n" + to_yaml({names[item.urn]: _details(item, names)}))
    return "".join(parts)


def _invoke(item: Invoke) -> Value:
    arguments = shown(item.arguments)
    return {item.token: arguments} if arguments else item.token


def _marks(item: Resource) -> str:
    marks = {"protected": item.protect, "retained": item.retain_on_delete, "read": item.read}
    on = [mark for mark, is_set in marks.items() if is_set]
    return f" ({', '.join(on)})" if on else ""


def _details(item: Resource, names: Mapping[str, str]) -> dict[str, object]:
    implied = {urn for urns in item.property_dependencies.values() for urn in urns}
    explicit = [names.get(urn, urn) for urn in item.dependencies if urn not in implied]
    details: dict[str, object] = {
        "type": item.type,
        "provider": names.get(item.provider or ""),
        "inputs": laid_out(_without_long_texts(shown(without_secret_outputs(item)))),
        "outputs": laid_out(shown(_component_outputs(item))),
        "values come from": {
            key: ", ".join(sorted(names.get(urn, urn) for urn in urns))
            for key, urns in sorted(item.property_dependencies.items())
        },
        "depends on": sorted(explicit),
        "protect": item.protect,
        "retain on delete": item.retain_on_delete,
        "ignore changes": sorted(item.ignore_changes),
        "replace on changes": sorted(item.replace_on_changes),
        "delete before replace": item.delete_before_replace,
        "deleted with": names.get(item.deleted_with or ""),
        "timeouts": dict(item.custom_timeouts),
        "aliases": [alias for alias in item.aliases if not alias.startswith("type=")],
        "import": item.import_id,
    }
    return {key: value for key, value in details.items() if value not in (None, "", False, [], {})}


def _without_long_texts(inputs: Value) -> Value:
    """Return inputs with a digest in the place of a dashboard: nobody reads 2,000 lines of JSON.

    What it shows is code beside its test, and a picture in the docs.
    """
    if not isinstance(inputs, dict):
        return inputs
    metadata, data = inputs.get("metadata"), inputs.get("data")
    marks = metadata.get("labels") if isinstance(metadata, dict) else None
    if not isinstance(marks, dict) or DASHBOARD_LABEL not in marks or not isinstance(data, dict):
        return inputs
    digests: dict[str, Value] = {
        name: f"dashboard, sha256 {sha256(str(text).encode()).hexdigest()[:DIGITS]}"
        for name, text in data.items()
    }
    return {**inputs, "data": digests}


def _component_outputs(item: Resource) -> dict[str, Value]:
    return {} if item.custom else item.outputs


def _short_names(graph: Graph) -> dict[str, str]:
    """Return `Type name` by URN; where two resources share it, the full type or the URN decides."""
    short = Counter(f"{item.short_type} {item.name}" for item in graph.resources)
    typed = Counter(f"{item.type} {item.name}" for item in graph.resources)

    def name(item: Resource) -> str:
        if short[f"{item.short_type} {item.name}"] == 1:
            return f"{item.short_type} {item.name}"
        if typed[f"{item.type} {item.name}"] == 1:
            return f"{item.type} {item.name}"
        return item.urn

    return {item.urn: name(item) for item in graph.resources}
