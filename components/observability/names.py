"""Names that observability is known by: namespaces, Services, accounts and labels.

Owns their spelling, once: addresses, network policies and a cloud's rights refer to them.
"""

NAMESPACE = "monitoring"
"""Fixed: what measures, remembers and warns is here."""
NODE_NAMESPACE = "node-agents"
"""Programs that look at their node. A namespace of their own: the other may stay restricted."""
RELEASE = "monitoring"
"""Of the chart, and how the names of all that it makes begin."""
PROMETHEUS = "monitoring-prometheus"
"""Service of Prometheus, port `PROMETHEUS_PORT`."""
PROMETHEUS_PORT = 9090
ALERTMANAGER = "monitoring-alertmanager"
"""Service of Alertmanager, port `ALERTMANAGER_PORT`."""
ALERTMANAGER_PORT = 9093
GRAFANA = "monitoring-grafana"
"""Service of Grafana, port 80."""
PROBER, PROBER_PORT = "blackbox-exporter", 9115
"""Service, program and port of what asks models for completions."""
PROBER_PODS = {"app.kubernetes.io/name": PROBER}
LOKI = "loki"
"""Service of Loki, port `LOKI_PORT`; its chart names it as itself."""
LOKI_PORT = 3100
PROMETHEUS_PODS = {"app.kubernetes.io/name": "prometheus"}
ALERTMANAGER_PODS = {"app.kubernetes.io/name": "alertmanager"}
"""Labels that the operator gives its pods (prometheus-operator v0.93.1, as remembered)."""
GRAFANA_PODS = {"app.kubernetes.io/name": "grafana"}
"""Labels that the chart gives Grafana's pod."""
TRACES_NAMESPACE = "traces"
"""Fixed: the cloud's rights belong to this namespace and the account `TEMPO`."""
TEMPO = "tempo"
"""Service, account and pods of Tempo."""
TEMPO_PODS = {"app.kubernetes.io/name": TEMPO}
TEMPO_PORT = 3200
"""Where it is asked, and where its metrics are (values of the chart 2.2.4)."""
OTLP_PORT = 4317
"""Where it takes spans, by gRPC."""
TEMPO_HOST = f"{TEMPO}.{TRACES_NAMESPACE}.svc.cluster.local"
COST_NAMESPACE = "opencost"
OPENCOST, OPENCOST_PORT = "opencost", 9003
"""Service, account and pods of OpenCost, and where it is asked and measured (values of the chart
2.5.17)."""
OPENCOST_PODS = {"app.kubernetes.io/name": OPENCOST}
ADAPTER_NAMESPACE, ADAPTER_PORT = "alert-adapter", 8080
"""Where an adapter for DingTalk and Feishu may be, and at which port Alertmanager reaches it there.
Its port is PrometheusAlert's own (conf/app-example.conf at aa4c8641, read 2026-11-27)."""
DASHBOARD_LABEL, DASHBOARD_VALUE = "grafana_dashboard", "1"
"""Label of a ConfigMap that Grafana reads dashboards from."""
DASHBOARD_FOLDER = "grafana_folder"
"""Annotation of such a ConfigMap: the folder that its dashboards are in."""


def discovered(label: str) -> str:
    """Return what Prometheus, and Alloy with it, calls a label of a pod that it found."""
    kept = "".join(one if one.isalnum() else "_" for one in label)
    return f"__meta_kubernetes_pod_label_{kept}"
