"""What Prometheus must reach in a stack, and which labels of objects it must keep.

Owns the list of targets that rules count on, and the namespaces that rules name. Does not own how
anything is scraped (the monitors).
"""

from dataclasses import dataclass

from components.observability import names
from infra.spec.cloud import CloudProvider
from infra.spec.stack import StackSpec

SCRAPE_SECONDS = 30
"""How often everything is scraped. Rules look back at least four times as long."""
MODELS = "models"
VECTOR_STORE = "vector-store"
CACHE = "cache"
GATEWAY = "gateway"
"""Namespaces that expressions name."""

KEPT_LABELS = {
    "deployments": ("tokenworks.dev/model",),
    "pods": ("tokenworks.dev/model",),
    "nodes": (
        "tokenworks.dev/pool",
        "tokenworks.dev/capacity",
        "node.kubernetes.io/instance-type",
    ),
}
"""`metricLabelsAllowlist` of kube-state-metrics: labels of objects that rules join on."""


@dataclass(frozen=True)
class Target:
    """One job of Prometheus."""

    job: str
    """Value of the label `job`."""
    pages_depend: bool
    """Whether an alert that wakes somebody is blind without it."""


def required_targets(spec: StackSpec) -> tuple[Target, ...]:
    """Return the jobs that must have a target that answers, whatever models there are.

    Models and GPUs come and go, so `vllm` and `dcgm-exporter` are not here: a server that is ready
    and not scraped has an alert of its own. Nor is `ai-gateway`, the filter beside each proxy: it
    is there while a model is on the shared host.
    """
    always = [
        Target("kube-state-metrics", pages_depend=True),
        Target("kubelet", pages_depend=False),
        Target("node-exporter", pages_depend=False),
        Target("apiserver", pages_depend=False),
        Target("prometheus", pages_depend=False),
        Target("alertmanager", pages_depend=True),
        Target("external-secrets", pages_depend=False),
        Target(names.PROBER, pages_depend=True),
    ]
    if spec.observability.has_loki:
        always.append(Target("loki", pages_depend=False))
    if spec.observability.collects_logs:
        always.append(Target("alloy", pages_depend=False))
    if spec.gateway.is_built:
        always += [
            Target("envoy", pages_depend=True),
            Target("envoy-gateway", pages_depend=False),
            Target("cert-manager", pages_depend=True),
        ]
    if spec.gateway.shared_host:
        always.append(Target("ai-gateway-controller", pages_depend=False))
    if spec.vector_store.is_built:
        always += [
            Target("milvus", pages_depend=False),
            Target("etcd-milvus", pages_depend=False),
        ]
    if spec.observability.follows_requests:
        always.append(Target("tempo", pages_depend=False))
    if spec.observability.measures_cost:
        always.append(Target(names.OPENCOST, pages_depend=False))
    if spec.cache.is_in_cluster:
        always.append(Target("valkey", pages_depend=False))
    if spec.cloud.provider is CloudProvider.AWS:
        always.append(Target("cluster-autoscaler", pages_depend=False))
    return tuple(always)
