"""What watches a platform, counted: rules and panels that are there, and pods that are measured.

Owns the counting. Whether an alert would fire is not seen here: nothing evaluates a rule.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from components.observability.monitors import API_VERSION
from components.observability.names import DASHBOARD_LABEL, DASHBOARD_VALUE, NAMESPACE
from components.observability.probe import JOB
from infra.rehearsal.kubernetes.client import ApiClient
from infra.rehearsal.kubernetes.selectors import label_selector
from infra.rehearsal.kubernetes.values import at, mapping, mappings, text
from infra.spec.models import PODS_SUFFIX


@dataclass(frozen=True)
class Observed:
    """What is there."""

    alerts: int
    recordings: int
    """Series that are recorded."""
    dashboards: int
    panels: int
    targets: Mapping[str, int]
    """PodMonitor to the pods that it finds."""
    probes: Mapping[str, int]
    """Monitor of the probe to the models that it finds."""

    @property
    def text(self) -> str:
        """Return it in a line; a monitor that finds nothing is named."""
        said = (
            f"{self.alerts} alerts and {self.recordings} recorded series; "
            f"{self.dashboards} dashboards with {self.panels} panels; "
            f"{len(self.targets)} monitors of {sum(self.targets.values())} pods; "
            f"{sum(self.probes.values())} probes of models"
        )
        found = {**self.targets, **self.probes}
        blind = [name for name, number in found.items() if not number]
        return f"{said}; nothing found by {', '.join(blind)}" if blind else said


def observed(api: ApiClient) -> Observed | None:
    """Return what watches the platform; None where nothing does.

    Raises:
        ApiError: the API server cannot be reached or refuses.
    """
    monitors = api.list_served(API_VERSION, "PodMonitor")
    if not monitors:
        return None
    rules = [
        rule
        for one in api.list_served(API_VERSION, "PrometheusRule")
        for group in mappings(one, "spec", "groups")
        for rule in mappings(group, "rules")
    ]
    marked = f"{DASHBOARD_LABEL}={DASHBOARD_VALUE}"
    boards = api.list_objects("v1", "ConfigMap", NAMESPACE, labelSelector=marked)
    texts = [str(board) for one in boards for board in mapping(one, "data").values()]
    return Observed(
        alerts=sum("alert" in rule for rule in rules),
        recordings=sum("record" in rule for rule in rules),
        dashboards=len(texts),
        panels=sum(1 for board in texts for _ in _panels(json.loads(board))),
        targets={text(one, "metadata", "name"): _pods(api, one) for one in monitors},
        probes={text(one, "metadata", "name"): _services(api, one) for one in probes(api)},
    )


def probes(api: ApiClient) -> list[dict]:
    """Return the monitors by which Prometheus finds the models that are asked.

    Raises:
        ApiError: the API server cannot be reached or refuses.
    """
    return [
        one
        for one in api.list_served(API_VERSION, "ServiceMonitor")
        if text(one, "metadata", "name").startswith(f"{JOB}-")
    ]


def _services(api: ApiClient, monitor: dict) -> int:
    selector = label_selector(mapping(monitor, "spec", "selector"))
    spaces = at(monitor, "spec", "namespaceSelector", "matchNames")
    names = [
        text(one, "metadata", "name")
        for space in (spaces if isinstance(spaces, list) else [])
        for one in api.list_objects("v1", "Service", str(space), labelSelector=selector)
    ]
    return sum(not name.endswith(PODS_SUFFIX) for name in names)


def _panels(board: dict) -> Iterator[dict]:
    """Yield panels, those of folded rows too; a row itself shows nothing."""
    for panel in board.get("panels", []):
        if panel.get("type") != "row":
            yield panel
        yield from _panels(panel)


def _pods(api: ApiClient, monitor: dict) -> int:
    selector = label_selector(mapping(monitor, "spec", "selector"))
    spaces = at(monitor, "spec", "namespaceSelector", "matchNames")
    return sum(
        len(api.list_objects("v1", "Pod", str(one), labelSelector=selector))
        for one in (spaces if isinstance(spaces, list) else [])
    )
