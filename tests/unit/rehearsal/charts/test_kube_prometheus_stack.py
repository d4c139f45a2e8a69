"""The placeholders of the charts that measure a cluster."""

import json

import pytest

from components.observability.metrics_values import Surroundings, metrics_values
from infra.catalog import releases
from infra.rehearsal.charts import ChartValueError, objects_of
from infra.rehearsal.charts.objects import TEMPLATED
from infra.rehearsal.charts.values import merged
from infra.spec.environment import Environment
from infra.wire import Properties
from tests.support.manifests import maps, texts
from tests.unit.components import examples
from tests.unit.rehearsal.charts.test_charts import by_title

CHART = "kube-prometheus-stack"


def ours(environment: Environment = Environment.DEV) -> Properties:
    at = Surroundings(platform="aws-dev", environment=environment, storage_class="gp3")
    return json.loads(json.dumps(metrics_values(examples.OBSERVABILITY, at)))


def chart(environment: Environment = Environment.DEV, /, **values: object) -> dict[str, dict]:
    wanted = merged(ours(environment), json.loads(json.dumps(values)))
    version = releases.chart(CHART).version
    return by_title(objects_of(CHART, version, "monitoring", "monitoring", wanted))


def test_the_workloads_have_the_names_that_addresses_and_policies_use() -> None:
    workloads = {
        title for title in chart() if title.startswith(("Deployment", "StatefulSet", "DaemonSet"))
    }

    assert workloads == {
        "Deployment monitoring-operator",
        "Deployment monitoring-grafana",
        "Deployment monitoring-kube-state-metrics",
        "StatefulSet prometheus-monitoring-prometheus",
        "StatefulSet alertmanager-monitoring-alertmanager",
        "DaemonSet monitoring-prometheus-node-exporter",
    }
    for service in ("monitoring-prometheus", "monitoring-alertmanager", "monitoring-grafana"):
        assert f"Service {service}" in chart()


def test_every_image_of_the_lock_file_runs_in_its_version() -> None:
    text = json.dumps(chart())

    for name in (
        *("prometheus", "alertmanager", "grafana", "k8s-sidecar", "kube-state-metrics"),
        "node-exporter",
    ):
        assert f'"{releases.image(name).reference}"' in text


def test_what_is_said_of_the_pods_of_prometheus_is_on_them_and_makes_them_anew() -> None:
    said = {"tokenworks.dev/signs-what-it-writes": "true"}
    made = chart(prometheus={"prometheusSpec": {"podMetadata": {"annotations": said}}})
    pods = made["StatefulSet prometheus-monitoring-prometheus"]["spec"]["template"]["metadata"]
    usual = chart()["StatefulSet prometheus-monitoring-prometheus"]["spec"]["template"]["metadata"]

    assert said.items() <= pods["annotations"].items()
    assert not said.items() & usual["annotations"].items()


def test_disks_and_replicas_are_those_of_the_values() -> None:
    server = chart(Environment.PROD)["StatefulSet alertmanager-monitoring-alertmanager"]["spec"]
    (claim,) = server["volumeClaimTemplates"]

    assert server["replicas"] == 2
    assert claim["spec"]["storageClassName"] == "gp3"
    assert server["template"]["spec"]["affinity"]["podAntiAffinity"]
    assert "PodDisruptionBudget monitoring-alertmanager" in chart(Environment.PROD)
    assert "PodDisruptionBudget monitoring-alertmanager" not in chart()


def test_kube_state_metrics_has_no_right_to_what_it_does_not_look_at() -> None:
    role = chart()["ClusterRole monitoring-kube-state-metrics"]
    kinds = {kind for rule in maps(role["rules"]) for kind in texts(rule["resources"])}

    assert {"pods", "nodes", "deployments"} <= kinds
    assert kinds & {"secrets", "configmaps"} == set()


def test_the_node_exporter_is_in_its_own_namespace() -> None:
    found = chart()

    for kind in ("DaemonSet", "Service", "ServiceMonitor", "ServiceAccount"):
        one = found[f"{kind} monitoring-prometheus-node-exporter"]
        assert one["metadata"]["namespace"] == "node-agents"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"defaultRules": {"create": True}}, "defaultRules.create: no placeholder"),
        ({"crds": {"enabled": True}}, "crds.enabled: no placeholder"),
        ({"grafana": {"admin": {"existingSecret": ""}}}, "grafana.admin.existingSecret"),
        ({"grafana": {"rbac": {"namespaced": False}}}, "grafana.rbac.namespaced"),
        ({"grafana": {"persistence": {"enabled": True}}}, "the chart has no such value"),
        ({"prometheus": {"prometheusSpec": {"shards": 2}}}, "the chart has no such value"),
    ],
)
def test_what_is_not_played_is_refused(values: dict[str, object], expected: str) -> None:
    with pytest.raises(ChartValueError, match=expected):
        chart(Environment.DEV, **values)


def test_the_kinds_go_with_their_release() -> None:
    name = "prometheus-operator-crds"
    made = by_title(objects_of(name, releases.chart(name).version, name, "monitoring", {}))

    assert {body["spec"]["names"]["kind"] for body in made.values()} == {
        *("PodMonitor", "ServiceMonitor", "Probe", "PrometheusRule")
    }
    assert all(body["metadata"]["annotations"][TEMPLATED] for body in made.values())
