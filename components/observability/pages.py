"""What is measured: programs with a page of metrics, where they are, what their series are called.

Owns the one table that scraping and network policies are made of, so that no page is asked for that
nobody may reach. Does not own the programs of kube-prometheus-stack's own monitors: the API server,
kubelets, node-exporter and kube-state-metrics (`metrics_values`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from components import labels
from components.data import cache, milvus_values, valkey
from components.kubernetes import (
    ai_gateway,
    autoscaling,
    cert_manager,
    external_dns,
    external_secrets,
    gateway_names,
    gpu,
    model_namespace,
)
from components.observability import logs_alloy, logs_loki, names
from components.serving import vllm
from infra.spec.cloud import CloudProvider
from infra.spec.stack import StackSpec

NAME = "app.kubernetes.io/name"
ENVOY_PORT = 19001
"""Of statistics, of proxies and of their controller (envoyproxy/gateway v1.9.1)."""
FILTER_PORT = 1064
"""Of the AI gateway's filter beside each proxy (its `extProcAdminPort`, v1.1.0)."""
EXPORTER_PORT = 9400
"""Of the chart dcgm-exporter 4.8.3."""
AUTOSCALER_PORT = 8085
CERT_MANAGER_PORT = 9402
EXTERNAL_SECRETS_PORT = 8080
EXTERNAL_DNS_PORT = 7979
ETCD_PORT = 2379
"""Clients' own: without TLS its metrics are there, too (etcd 3.5, "Monitoring", as remembered)."""
GRAFANA_PORT = 3000


@dataclass(frozen=True)
class Page:
    """One program."""

    job: str
    """Label `job` of its series."""
    namespace: str
    """Where its pods are."""
    pods: Mapping[str, str]
    """Labels of its pods."""
    port: int
    """Port of its page; a container of the pod names it."""
    path: str = "/metrics"
    from_pod: Mapping[str, str] = field(default_factory=dict)
    """Label that its series get to the label of the pod that has the value."""
    keeps_labels: bool = False
    """Whether labels of the page win: it measures other pods than itself, and names those."""

    def pod_monitor(self) -> dict[str, object]:
        """Return the spec of its PodMonitor."""
        relabelings: list[dict[str, object]] = [
            {"targetLabel": "job", "replacement": self.job},
            {"sourceLabels": ["__meta_kubernetes_pod_node_name"], "targetLabel": "node"},
        ]
        relabelings += [
            {"sourceLabels": [names.discovered(label)], "targetLabel": target}
            for target, label in self.from_pod.items()
        ]
        page: dict[str, object] = {
            "portNumber": self.port,
            "path": self.path,
            "relabelings": relabelings,
        }
        if self.keeps_labels:
            page["honorLabels"] = True
        return {
            "namespaceSelector": {"matchNames": [self.namespace]},
            "selector": {"matchLabels": dict(self.pods)},
            "podMetricsEndpoints": [page],
        }


_OWN = (
    Page("prometheus", names.NAMESPACE, names.PROMETHEUS_PODS, names.PROMETHEUS_PORT),
    Page("alertmanager", names.NAMESPACE, names.ALERTMANAGER_PODS, names.ALERTMANAGER_PORT),
    Page("grafana", names.NAMESPACE, names.GRAFANA_PODS, GRAFANA_PORT),
    Page(names.PROBER, names.NAMESPACE, names.PROBER_PODS, names.PROBER_PORT),
)
_LOKI = Page("loki", names.NAMESPACE, logs_loki.PODS, names.LOKI_PORT)
_ALLOY = Page("alloy", names.NAMESPACE, logs_alloy.PODS, logs_alloy.PORT)
_EVERYWHERE = (
    Page(
        "vllm",
        model_namespace.NAMESPACE,
        vllm.PODS,
        vllm.PORT,
        from_pod={"model": labels.MODEL},
    ),
    Page(
        "external-secrets",
        external_secrets.NAMESPACE,
        {NAME: external_secrets.CHART},
        EXTERNAL_SECRETS_PORT,
    ),
)
_OF_THE_GATEWAY = (
    Page(
        "envoy",
        gateway_names.NAMESPACE,
        {gateway_names.COMPONENT: gateway_names.PROXY},
        ENVOY_PORT,
        path="/stats/prometheus",
    ),
    Page("envoy-gateway", gateway_names.NAMESPACE, {"control-plane": "envoy-gateway"}, ENVOY_PORT),
    Page("cert-manager", cert_manager.NAMESPACE, {NAME: cert_manager.CHART}, CERT_MANAGER_PORT),
)
_OF_THE_SHARED_HOST = (
    # The filter is beside a proxy while there is a model on the shared host.
    Page(
        "ai-gateway",
        gateway_names.NAMESPACE,
        {gateway_names.COMPONENT: gateway_names.PROXY},
        FILTER_PORT,
    ),
    Page(
        "ai-gateway-controller",
        gateway_names.AI_NAMESPACE,
        {NAME: ai_gateway.CHART},
        ai_gateway.METRICS_PORT,
    ),
)
_DNS = Page("external-dns", external_dns.NAMESPACE, {NAME: external_dns.CHART}, EXTERNAL_DNS_PORT)
_GPUS = Page(
    "dcgm-exporter",
    gpu.NAMESPACE,
    {NAME: gpu.EXPORTER},
    EXPORTER_PORT,
    # `pod` and `namespace` are those of the server that has the GPU.
    keeps_labels=True,
)
_AUTOSCALER = Page(
    "cluster-autoscaler", autoscaling.NAMESPACE, {NAME: autoscaling.PROGRAM}, AUTOSCALER_PORT
)
_VECTORS = (
    Page("milvus", milvus_values.NAMESPACE, milvus_values.MILVUS_PODS, milvus_values.METRICS_PORT),
    Page("etcd-milvus", milvus_values.NAMESPACE, milvus_values.ETCD_PODS, ETCD_PORT),
)
_TRACES = Page("tempo", names.TRACES_NAMESPACE, names.TEMPO_PODS, names.TEMPO_PORT)
_COST = Page(
    names.OPENCOST,
    names.COST_NAMESPACE,
    names.OPENCOST_PODS,
    names.OPENCOST_PORT,
    # `node`, `namespace` and `pod` are those that the money is for.
    keeps_labels=True,
)
_CACHE = Page("valkey", cache.NAMESPACE, valkey.PODS, valkey.EXPORTER_PORT)


def pages(spec: StackSpec) -> tuple[Page, ...]:
    """Return what a stack's platform has to measure."""
    return (
        *_OWN,
        *((_LOKI,) if spec.observability.has_loki else ()),
        *((_ALLOY,) if spec.observability.collects_logs else ()),
        *_EVERYWHERE,
        *(_OF_THE_GATEWAY if spec.gateway.is_built else ()),
        *(_OF_THE_SHARED_HOST if spec.gateway.shared_host else ()),
        *((_DNS,) if spec.gateway.zone else ()),
        *((_GPUS,) if spec.gpu_pools else ()),
        *((_AUTOSCALER,) if spec.cloud.provider is CloudProvider.AWS else ()),
        *(_VECTORS if spec.vector_store.is_built else ()),
        *((_TRACES,) if spec.observability.follows_requests else ()),
        *((_COST,) if spec.observability.measures_cost else ()),
        *((_CACHE,) if spec.cache.is_in_cluster else ()),
    )
