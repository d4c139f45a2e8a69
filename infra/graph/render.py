"""Writes the Kubernetes objects that a stack declares as YAML, its charts as their values.

Owns the files and their names; a folder that it did not write itself is left alone. Secrets are
never written in clear. Does not render charts: that needs the chart.
"""

import logging
import re
from collections.abc import Iterator
from pathlib import Path

from infra.graph import kubernetes_objects
from infra.graph.model import Graph, Resource
from infra.graph.values import SECRET_TEXT, shown, to_yaml, without_secret_outputs
from infra.wire import Properties, Value, plain

MARKER = ".tokenworks-render"
"""Lists the files of the last run; says that the folder is ours."""
SECRET_NOTE = f"# Secret values are not written: {SECRET_TEXT} stands for each.\n"
CLUSTER_FOLDER = "cluster"
CHARTS_FOLDER = "charts"
_ORDER = ("apiVersion", "kind", "metadata", "type", "data", "spec")
_LOG = logging.getLogger(__name__)


class RenderError(ValueError):
    """The objects cannot be written there, or not under distinct names."""


def render(graph: Graph, out_dir: Path) -> list[Path]:
    """Write one file for each object and chart and return their paths, sorted.

    Objects go to `<namespace>/<kind>-<name>.yaml` (`cluster/` for those without a namespace),
    charts to `charts/<namespace>-<name>.yaml`. Files of an earlier run that are not written again
    are removed.

    Raises:
        RenderError: the folder holds files of somebody else, or two objects have the same name.
    """
    earlier = _earlier_files(out_dir)
    files = _files(graph)
    for name in sorted(earlier - files.keys()):
        (out_dir / name).unlink(missing_ok=True)
    for name, text in files.items():
        path = out_dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    out_dir.mkdir(parents=True, exist_ok=True)
    (out_dir / MARKER).write_text("".join(f"{name}\n" for name in sorted(files)), encoding="utf-8")
    hidden = sum(SECRET_NOTE in text for text in files.values())
    if hidden:
        _LOG.info("%d of %d files hold secrets, written as %s", hidden, len(files), SECRET_TEXT)
    return sorted(out_dir / name for name in files)


def _earlier_files(out_dir: Path) -> set[str]:
    if out_dir.exists() and not out_dir.is_dir():
        message = f"out: must be a folder, got the file {out_dir}; name another folder"
        raise RenderError(message)
    if not out_dir.exists() or not any(out_dir.iterdir()):
        return set()
    marker = out_dir / MARKER
    if not marker.is_file():
        message = (
            f"out: must be empty or written by an earlier render, got {out_dir} with other files; "
            "name another folder, or empty this one"
        )
        raise RenderError(message)
    names = set(marker.read_text(encoding="utf-8").splitlines())
    root = out_dir.resolve()
    return {name for name in names if (root / name).resolve().is_relative_to(root)}


def _files(graph: Graph) -> dict[str, str]:
    files: dict[str, str] = {}
    owners: dict[str, str] = {}
    for resource, name, content in _documents(graph):
        if name in files:
            message = (
                f"{name}: two resources declare the same object, got {owners[name]} and "
                f"{resource.urn}; give one another name or namespace"
            )
            raise RenderError(message)
        owners[name] = resource.urn
        text = to_yaml(content)
        files[name] = (SECRET_NOTE if SECRET_TEXT in text else "") + text
    return files


def _documents(graph: Graph) -> Iterator[tuple[Resource, str, Properties]]:
    providers = {item.urn: item for item in graph.resources if item.is_provider}
    for item in graph.resources:
        provider = providers.get(item.provider or "")
        namespace = kubernetes_objects.namespace
        if item.read:
            continue
        if kubernetes_objects.is_release(item):
            where = namespace(item, provider)
            name = _file_name(kubernetes_objects.name(item))
            yield item, f"{CHARTS_FOLDER}/{_file_name(str(where))}-{name}.yaml", _chart(item, where)
        elif kubernetes_objects.is_object(item):
            where = namespace(item, provider)
            folder = _file_name(where) if where else CLUSTER_FOLDER
            kind = str(plain(item.inputs["kind"])).lower()
            name = _file_name(kubernetes_objects.name(item))
            yield item, f"{folder}/{kind}-{name}.yaml", _object(item, where)


def _chart(item: Resource, namespace: str | None) -> Properties:
    values = item.inputs
    repository = shown(values.get("repositoryOpts"))
    return {
        "name": kubernetes_objects.name(item),
        "namespace": namespace,
        "chart": shown(values.get("chart")),
        "version": shown(values.get("version")),
        "repository": repository.get("repo") if isinstance(repository, dict) else None,
        "values": shown(values.get("values") or {}),
    }


def _object(item: Resource, namespace: str | None) -> Properties:
    content = {key: shown(value) for key, value in without_secret_outputs(item).items()}
    metadata = content.get("metadata")
    named: Properties = dict(metadata) if isinstance(metadata, dict) else {}
    if "name" not in named and "generateName" not in named:
        named["generateName"] = f"{item.name}-"  # the provider makes up the rest
    if namespace:
        named["namespace"] = namespace
    content["metadata"] = dict(sorted(named.items()))
    return dict(sorted(content.items(), key=_position))


def _position(entry: tuple[str, Value]) -> tuple[int, str]:
    key = entry[0]
    return (_ORDER.index(key) if key in _ORDER else len(_ORDER), key)


def _file_name(text: str) -> str:
    """Return text that is safe as a file name on every system; Kubernetes names already are."""
    text = text.replace("${random}", "generated")
    return re.sub(r"[^a-zA-Z0-9.-]+", "-", text).strip("-.") or "unnamed"
