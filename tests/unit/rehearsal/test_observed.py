"""What watches a rehearsed platform, counted."""

import json

from infra.rehearsal.observed import observed
from infra.wire import Properties
from tests.support.memory_api import MemoryApi

API = "monitoring.coreos.com/v1"


def _object(api: str, kind: str, name: str, namespace: str, **body: object) -> Properties:
    metadata = {
        "name": name,
        "namespace": namespace,
        **json.loads(json.dumps(body.pop("meta", {}))),
    }
    return {"apiVersion": api, "kind": kind, "metadata": metadata, **json.loads(json.dumps(body))}


def _monitor(name: str, app: str, kind: str = "PodMonitor") -> Properties:
    spec = {
        "namespaceSelector": {"matchNames": ["models"]},
        "selector": {"matchLabels": {"app": app}},
    }
    return _object(API, kind, name, "monitoring", spec=spec)


def _probe(name: str, app: str) -> Properties:
    return _monitor(name, app, "ServiceMonitor")


def _platform() -> MemoryApi:
    api = MemoryApi()
    rules = [
        {"alert": "A", "expr": "1"},
        {"record": "b", "expr": "1"},
        {"record": "c", "expr": "1"},
    ]
    row = {"type": "row", "panels": [{"type": "stat"}]}
    board = json.dumps({"panels": [{"type": "timeseries"}, row]})
    marks = {"labels": {"grafana_dashboard": "1"}}
    for one in (
        _monitor("vllm", "vllm"),
        _monitor("blind", "nobody"),
        _object(API, "PrometheusRule", "r", "monitoring", spec={"groups": [{"rules": rules}]}),
        _object("v1", "ConfigMap", "d", "monitoring", meta=marks, data={"d.json": board}),
        _object("v1", "ConfigMap", "other", "monitoring", data={"x": "y"}),
        _probe("probe-service", "chat"),
        _object(API, "ServiceMonitor", "kubelet", "monitoring", spec={}),
        _object("v1", "Service", "chat", "models", meta={"labels": {"app": "chat"}}),
        _object("v1", "Service", "chat-pods", "models", meta={"labels": {"app": "chat"}}),
        _object("v1", "Pod", "a", "models", meta={"labels": {"app": "vllm"}}),
        _object("v1", "Pod", "b", "elsewhere", meta={"labels": {"app": "vllm"}}),
    ):
        api.put(one)
    return api


def test_rules_panels_and_pods_that_are_measured_are_counted() -> None:
    found = observed(_platform())

    assert found is not None
    assert (found.alerts, found.recordings) == (1, 2)
    assert (found.dashboards, found.panels) == (1, 2)
    assert found.targets == {"vllm": 1, "blind": 0}
    assert found.probes == {"probe-service": 1}, "the Service of a model, not that of its servers"


def test_a_monitor_that_finds_nothing_is_named() -> None:
    found = observed(_platform())

    assert found is not None
    assert found.text == (
        "1 alerts and 2 recorded series; 1 dashboards with 2 panels; 2 monitors of 1 pods; "
        "1 probes of models; nothing found by blind"
    )


def test_nothing_is_said_where_nothing_watches() -> None:
    assert observed(MemoryApi()) is None
