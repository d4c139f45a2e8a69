"""The object that carries a dashboard into a cluster, where Grafana finds it by a label.

Pure: a plain manifest. Does not own who creates it (the monitoring component).
"""

from collections.abc import Mapping  # noqa: TC003 - read when the alias is resolved
from typing import TypeAlias

from components.observability.dashboards.board import Dashboard
from components.observability.dashboards.grafana import to_json

Plain: TypeAlias = "str | Mapping[str, Plain]"

LABEL = "grafana_dashboard"
"""Label by which the sidecar of Grafana's chart finds dashboards, at `1` (its default)."""
FOLDER, FOLDER_TITLE = "grafana_folder", "Tokenworks"
"""Annotation that says in which folder of Grafana it is, and that folder."""
MOST_BYTES = 1024 * 1024
"""The API server takes no ConfigMap with more data (kubernetes.io, "ConfigMaps", 2026)."""


def config_map(board: Dashboard, namespace: str) -> dict[str, Plain]:
    """Return the ConfigMap of a dashboard.

    Raises:
        ValueError: it is larger than the API server takes.
    """
    text = to_json(board)
    size = len(text.encode())
    if size > MOST_BYTES:
        message = f"{board.uid}: has {size} bytes, at most {MOST_BYTES}; make two dashboards of it"
        raise ValueError(message)
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": f"dashboard-{board.uid}",
            "namespace": namespace,
            "labels": {LABEL: "1"},
            "annotations": {FOLDER: FOLDER_TITLE},
        },
        "data": {f"{board.uid}.json": text},
    }
