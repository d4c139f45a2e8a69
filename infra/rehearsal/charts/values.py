"""Chart values as Helm reads them: a chart's defaults, and what a release sets over them.

Owns the merge and the refusal of a value that the chart does not have. Helm itself drops such a
value silently; here a typing mistake must not pass for a setting.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files

import yaml

from infra.rehearsal.charts.errors import ChartValueError
from infra.rehearsal.kubernetes.values import at
from infra.wire import Properties, Value

# Maps that hold the user's own keys or a Kubernetes structure; anything may stand below them.
_OPEN = (
    "prometheusSpec.podMetadata",
    "affinity",
    "annotations",
    "auth.aclUsers",
    "commonLabels",
    "config.envoyGateway",
    "config.map",
    "containerSecurityContext",
    "daemonsetAnnotations",
    "deploymentAnnotations",
    "expanderPriorities",
    "extraArgs",
    "extraConfigFiles",
    "extraLabels",
    "featureGates",
    "initResources",
    "labels",
    "nodeSelector",
    "podAnnotations",
    "podLabels",
    "podSecurityContext",
    "resources",
    "securityContext",
    "selectorLabelsOverride",
    "strategy",
    "serviceMonitor.additionalLabels",
    "updateStrategy",
    "defaultTags",
    "vpcTags",
    "wasmCacheVolume",
    "scrapeConfigNamespaceSelector",
    "probeNamespaceSelector",
    "ruleNamespaceSelector",
    "podMonitorNamespaceSelector",
    "serviceMonitorNamespaceSelector",
    "alertmanagerSpec.storage",
    "prometheusSpec.storageSpec",
    "prometheusSpec.externalLabels",
    "grafana.env",
    "alertmanager.config",
    "basicAuth.users",
    "tempo.ingester",
    "tempo.storage.trace",
    "mutatingWebhook.namespaceSelector",
    "mutatingWebhook.objectSelector",
    "worker.config",
    "master.config",
)


@cache
def _table(file_name: str) -> Properties:
    text = files("infra.rehearsal.charts").joinpath(file_name).read_text(encoding="utf-8")
    return yaml.safe_load(text)


def defaults(chart: str) -> Properties:
    """Return a fresh copy of a chart's default values."""
    return merged(_table(f"{chart.replace('-', '_')}.yaml"), {})


def effective(chart: str, default: Properties, values: Properties) -> Properties:
    """Return what the templates would see.

    Raises:
        ChartValueError: A value that the chart does not have, with its path.
    """
    for path in leaf_paths(values):
        if not _known(path, default):
            message = (
                f"{chart}: {path}: the chart has no such value; Helm would drop it silently, "
                f"one of {', '.join(sorted(default))} starts the values that it has"
            )
            raise ChartValueError(message)
    return merged(default, values)


def refuse_on(
    chart: str, known: Properties, paths: Iterable[Sequence[str]], below: str = ""
) -> None:
    """Refuse a release that switches on what has no placeholder here.

    Args:
        chart: the chart.
        known: its effective values, or those of a section.
        paths: what must be off.
        below: the section, with a dot at its end.

    Raises:
        ChartValueError: One is on; it is named.
    """
    for path in paths:
        if got := at(known, *path):
            message = f"{chart}: {below}{'.'.join(path)}: no placeholder exists, got {got!r}"
            raise ChartValueError(message)


def merged(default: Mapping[str, Value], values: Mapping[str, Value]) -> Properties:
    """Lay values over defaults: maps are joined, everything else is replaced, null removes."""
    joined: Properties = {}
    for key in [*default, *(key for key in values if key not in default)]:
        below, above = default.get(key), values.get(key)
        if key not in values:
            joined[key] = merged(below, {}) if isinstance(below, dict) else below
        elif isinstance(below, dict) and isinstance(above, dict):
            joined[key] = merged(below, above)
        elif above is not None:
            joined[key] = above
    return joined


def leaf_paths(values: Mapping[str, Value], prefix: str = "") -> Iterator[str]:
    """Yield the dotted path of every value that is no map, or an empty one."""
    for key, value in values.items():
        path = f"{prefix}{key}"
        if isinstance(value, dict) and value:
            yield from leaf_paths(value, f"{path}.")
        else:
            yield path


def _known(path: str, default: Mapping[str, Value]) -> bool:
    parts = path.split(".")
    here: Value = dict(default)
    for index, part in enumerate(parts):
        if _is_open(parts[:index]):
            return True
        if not isinstance(here, dict) or part not in here:
            return False
        here = here[part]
    return True


def _is_open(parts: list[str]) -> bool:
    return any(parts[-len(end) :] == end for end in (name.split(".") for name in _OPEN))
