"""kube-prometheus-stack 91.2.1: the operator and what it makes, Grafana, and two exporters.

Owns which objects a release has; what they look like is in two files beside it: pods of the
operator (`kube_prometheus_stack_servers`) and of subcharts (`kube_prometheus_stack_exporters`).
Source: prometheus-community/helm-charts@cf408a290 (88.5.3, with grafana 12.11.1, kube-state-metrics
8.4.0 and prometheus-node-exporter 4.56.1), templates, read 2026-11-27; 91.2.1 was not to be had.

No operator is played: StatefulSets that it makes from the chart's objects Prometheus and
Alertmanager come with the release here, and those two objects do not. So what the objects say of
storage, replicas and volumes is seen, and nothing is evaluated or sent.
Not played, and refused where a release asks for it: the chart's own rules and dashboards, its
admission webhooks, monitors of programs that the cloud keeps to itself, disks of Grafana.
"""

from infra.rehearsal.charts import kube_prometheus_stack_exporters as exporters
from infra.rehearsal.charts import kube_prometheus_stack_monitors as monitors
from infra.rehearsal.charts import kube_prometheus_stack_operator as operator
from infra.rehearsal.charts import kube_prometheus_stack_servers as servers
from infra.rehearsal.charts.kube_prometheus_stack_objects import full_name
from infra.rehearsal.charts.objects import Release, part
from infra.rehearsal.charts.values import defaults, effective, refuse_on
from infra.wire import Properties

CHART = "kube-prometheus-stack"
VERSIONS = ("91.2.1",)
_OFF: tuple[tuple[str, ...], ...] = (
    ("crds", "enabled"),
    ("defaultRules", "create"),
    *(
        (name, "enabled")
        for name in (
            *("kubeControllerManager", "kubeScheduler", "kubeEtcd", "kubeProxy", "coreDns"),
        )
    ),
    ("prometheusOperator", "admissionWebhooks", "enabled"),
    ("prometheusOperator", "tls", "enabled"),
    *((name, "serviceMonitor", "selfMonitor") for name in ("prometheus", "alertmanager")),
    ("prometheusOperator", "serviceMonitor", "selfMonitor"),
    ("grafana", "serviceMonitor", "enabled"),
    ("grafana", "defaultDashboardsEnabled"),
    ("grafana", "testFramework", "enabled"),
)


def default_values() -> Properties:
    """Return the chart's values."""
    return defaults(CHART)


def objects(release: Release, values: Properties) -> list[Properties]:
    """Return the objects of a release.

    Raises:
        ChartValueError: A value that the chart does not have, or a part without a placeholder.
    """
    known = effective(CHART, default_values(), values)
    refuse_on(CHART, known, _OFF)
    return [
        *operator.objects(release, known),
        *servers.objects(release, known),
        *exporters.grafana(release, part(known, "grafana"), full_name(release, known)),
        *exporters.state_metrics(release, part(known, "kube-state-metrics")),
        *exporters.node_exporter(release, part(known, "prometheus-node-exporter")),
        *monitors.objects(release, known),
    ]
