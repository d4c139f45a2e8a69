"""One day on which nothing is wrong, as series: what every alert must be silent on.

Owns the set that all scenarios share: production on AWS with a gateway, a vector store and a cache
in the cluster; a model with two Deployments, and its canary with one. Errors and slow answers
occur, as on any day, within what is promised.
"""

from collections.abc import Iterator, Mapping

from tests.support.alerting.lines import FOR_EVER, Line, Phase, counter, level

Series = dict[str, Line]
MODEL, CANARY = "qwen2-5-7b", "qwen2-5-7b-next"
SHARED = "qwen2-5-7b-shared-host"
"""The route of `MODEL` at the shared host."""
SERVERS = {"qwen2-5-7b-a": MODEL, "qwen2-5-7b-on-demand-b": MODEL, "qwen2-5-7b-next-c": CANARY}
"""Pod to model."""
DEPLOYMENTS = {
    "qwen2-5-7b": (MODEL, 1),
    "qwen2-5-7b-on-demand": (MODEL, 1),
    "qwen2-5-7b-next": (CANARY, 1),
}
OTHER_DEPLOYMENTS = (
    ("gateway", "envoy-gateway"),
    ("gateway", "envoy-gateway-tokenworks-1234"),
    ("vector-store", "milvus-proxy"),
    ("cache", "valkey-counters"),
)
NODES = {
    "gpu-spot": ("l40s", "spot", "g6e.12xlarge"),
    "gpu-demand": ("l40s", "on-demand", "g6e.12xlarge"),
    "system-a": ("system", "on-demand", "m7i.xlarge"),
}
JOBS = (
    "kube-state-metrics",
    "kubelet",
    "node-exporter",
    "apiserver",
    "prometheus",
    "alertmanager",
    "external-secrets",
    "blackbox-exporter",
    "loki",
    "alloy",
    "envoy",
    "envoy-gateway",
    "ai-gateway-controller",
    "cert-manager",
    "milvus",
    "etcd-milvus",
    "valkey",
    "tempo",
    "opencost",
    "cluster-autoscaler",
)
SPANS_KEPT_OUT = {"job": "tempo", "reason": "rate_limited", "tenant": "single-tenant"}
MONTHS_AGO = -10_000_000
NOW = counter(1)
"""Promtool's clock begins at zero."""


def series(name: str, /, **labels: str) -> str:
    """Return a series as Prometheus writes it."""
    inside = ",".join(f'{key}="{value}"' for key, value in labels.items())
    return f"{name}{{{inside}}}"


def healthy() -> Series:
    """Return every series of the day."""
    return {
        **dict(_servers()),
        **dict(_gateway()),
        **dict(_deployments()),
        **dict(_nodes()),
        **dict(_gpus()),
        **dict(_rest()),
    }


def server(name: str, pod: str, /, **labels: str) -> str:
    """Return a series of a server, as its monitor labels it."""
    common = {"job": "vllm", "namespace": "models", "pod": pod, "model": SERVERS[pod]}
    return series(name, **common, **labels)


def engine(name: str, pod: str, /, **labels: str) -> str:
    """Return a series of the engine of a server."""
    return server(f"vllm:{name}", pod, engine="0", model_name=SERVERS[pod], **labels)


def requests(pod: str, status: str) -> str:
    """Return the counter of answers of a class of status."""
    return server(
        "http_requests_total", pod, handler="/v1/chat/completions", method="POST", status=status
    )


def probe(name: str, model: str, way: str) -> str:
    """Return what the probe says of a model."""
    return series(f"probe_{name}", job="probe", model=model, way=way)


def route(name: str, model: str, **labels: str) -> str:
    """Return a series of the gateway's on the way to a model, `SHARED` for that by `api.`."""
    cluster = f"httproute/models/{model}/rule/0"
    return series(f"envoy_cluster_{name}", job="envoy", envoy_cluster_name=cluster, **labels)


def deployment(name: str, namespace: str, label: str) -> str:
    """Return a series of a Deployment."""
    return series(name, namespace=namespace, deployment=label)


def gpu(name: str, node: str, **labels: str) -> str:
    """Return a series of a GPU, under the exporter's labels."""
    return series(name, job="dcgm-exporter", node=node, gpu="0", modelName="NVIDIA L40S", **labels)


def node_labels(node: str, pool: str, capacity: str, machine: str) -> str:
    """Return the series of a node's labels."""
    return series(
        "kube_node_labels",
        node=node,
        label_tokenworks_dev_pool=pool,
        label_tokenworks_dev_capacity=capacity,
        label_node_kubernetes_io_instance_type=machine,
    )


def _servers() -> Iterator[tuple[str, Line]]:
    for pod in SERVERS:
        yield server("up", pod), level(1)
        yield requests(pod, "2xx"), counter(1)
        # A class of status that never occurred has no series; most servers never failed.
        if pod.endswith("-b"):
            yield requests(pod, "5xx"), counter(0.0002)
        yield from (
            (engine(name, pod), level(value))
            for name, value in {
                "num_requests_running": 4,
                "num_requests_waiting": 0,
                "kv_cache_usage_perc": 0.4,
            }.items()
        )
        yield engine("num_preemptions_total", pod), level(3)
        yield engine("prompt_tokens_total", pod), counter(300)
        yield engine("generation_tokens_total", pod), counter(100)
        yield from _histogram(pod, "time_to_first_token_seconds", "0.5", 1, 0.99)
        yield from _histogram(pod, "inter_token_latency_seconds", "0.05", 100, 99)
    for model in (MODEL, CANARY):
        yield probe("success", model, "service"), level(1)
        yield probe("success", model, "gateway"), level(1)
        yield probe("duration_seconds", model, "service"), level(0.6)


def _histogram(
    pod: str, name: str, bound: str, all_of_them: float, fast: float
) -> Iterator[tuple[str, Line]]:
    yield engine(f"{name}_count", pod), counter(all_of_them)
    yield engine(f"{name}_bucket", pod, le=bound), counter(fast)
    yield engine(f"{name}_bucket", pod, le="+Inf"), counter(all_of_them)


def _gateway() -> Iterator[tuple[str, Line]]:
    for model in (MODEL, CANARY):
        yield route("upstream_rq_xx", model, envoy_response_code_class="2"), counter(2)
        yield route("upstream_rq_xx", model, envoy_response_code_class="4"), counter(0.05)
        yield route("upstream_rq_xx", model, envoy_response_code_class="5"), counter(0.0004)
        yield route("upstream_rq_active", model), level(4)
        yield route("upstream_rq_timeout", model), counter(0.0001)
    yield route("upstream_rq_xx", SHARED, envoy_response_code_class="2"), counter(0.1)
    yield route("upstream_rq_active", SHARED), level(1)
    yield route("upstream_rq_timeout", SHARED), counter(0.0001)


def _deployments() -> Iterator[tuple[str, Line]]:
    for name, (model, replicas) in DEPLOYMENTS.items():
        labels = {"namespace": "models", "deployment": name, "label_tokenworks_dev_model": model}
        yield series("kube_deployment_labels", **labels), level(1)
        yield from _deployment("models", name, replicas)
    for namespace, name in OTHER_DEPLOYMENTS:
        yield from _deployment(namespace, name, 1)


def _deployment(namespace: str, name: str, replicas: int) -> Iterator[tuple[str, Line]]:
    yield deployment("kube_deployment_spec_replicas", namespace, name), level(replicas)
    yield deployment("kube_deployment_status_replicas_available", namespace, name), level(replicas)
    yield deployment("kube_deployment_created", namespace, name), level(MONTHS_AGO)


def pod(name: str, label: str, **labels: str) -> str:
    """Return a series of a pod of a model."""
    return series(name, namespace="models", pod=label, **labels)


def pod_of_model(label: str, model: str, *, pending: bool) -> Mapping[str, Line]:
    """Return what is known of a pod of a model that asks for a GPU."""
    asks = {"container": "vllm", "resource": "nvidia_com_gpu"}
    return {
        pod("kube_pod_labels", label, label_tokenworks_dev_model=model): level(1),
        pod("kube_pod_status_phase", label, phase="Pending"): level(int(pending)),
        pod("kube_pod_container_resource_requests", label, **asks): level(1),
    }


def _nodes() -> Iterator[tuple[str, Line]]:
    for name, (pool, capacity, machine) in NODES.items():
        yield node_labels(name, pool, capacity, machine), level(1)
        yield (
            series("kube_node_status_condition", node=name, condition="Ready", status="true"),
            level(1),
        )
    for label, model in SERVERS.items():
        yield from pod_of_model(label, model, pending=False).items()
        vllm = {"container": "vllm"}
        yield pod("kube_pod_status_ready", label, condition="true"), level(1)
        yield pod("kube_pod_container_status_running", label, **vllm), level(1)
        yield pod("kube_pod_container_status_restarts_total", label, **vllm), level(1)
        yield (
            pod("kube_pod_container_resource_limits", label, **vllm, resource="memory"),
            level(60e9),
        )
        yield pod("container_memory_rss", label, **vllm), level(20e9)


def _gpus() -> Iterator[tuple[str, Line]]:
    for node in ("gpu-spot", "gpu-demand"):
        yield gpu("DCGM_FI_DEV_GPU_TEMP", node), level(62)
        yield gpu("DCGM_FI_DEV_GPU_UTIL", node), level(55)
        yield gpu("DCGM_FI_DEV_FB_USED", node), level(41_000)
        yield gpu("DCGM_FI_DEV_FB_FREE", node), level(4_500)
        yield gpu("DCGM_FI_DEV_ROW_REMAP_FAILURE", node), level(0)
        yield gpu("DCGM_FI_DEV_UNCORRECTABLE_REMAPPED_ROWS", node), level(0)
    # One GPU had a program's error long ago: DCGM shows it until its node is gone.
    yield gpu("DCGM_FI_DEV_XID_ERRORS", "gpu-spot", err_code="31"), level(31)
    yield gpu("DCGM_FI_DEV_XID_ERRORS", "gpu-demand", err_code="0"), level(0)


def lines_of_logs(name: str, **labels: str) -> str:
    """Return a counter of Alloy's of lines that it sent, or could not."""
    return series(
        f"loki_write_{name}_entries_total", job="alloy", host="loki:3100", tenant="", **labels
    )


def lines_to_cloud(name: str) -> str:
    """Return a counter of Alloy's of lines that the cloud's own store took, or did not."""
    exporter = "otelcol.exporter.otlphttp.cloud"
    return series(f"otelcol_exporter_{name}_log_records_total", job="alloy", component_id=exporter)


def _rest() -> Iterator[tuple[str, Line]]:
    for job in JOBS:
        yield series("up", job=job, instance=job), level(1)
    yield lines_of_logs("sent"), counter(50)
    yield lines_of_logs("dropped", reason="ingester_error"), counter(0)
    # One of two node exporters went with its node.
    yield (
        series("up", job="node-exporter", instance="old"),
        Line((Phase(5, level=0), Phase(FOR_EVER))),
    )
    yield (
        series("certmanager_certificate_expiration_timestamp_seconds", name="gateway"),
        level(60 * 86400),
    )
    yield (
        series("cluster_autoscaler_last_activity", job="cluster-autoscaler", activity="main"),
        NOW,
    )
    yield series("cluster_autoscaler_cluster_safe_to_autoscale", job="cluster-autoscaler"), level(1)
    yield (
        series(
            "cluster_autoscaler_failed_scale_ups_total",
            job="cluster-autoscaler",
            reason="cloudProviderError",
        ),
        level(2),
    )
    yield series("tempo_discarded_spans_total", **SPANS_KEPT_OUT), counter(0, start=12)
    for status, per_second in {"success": 10, "fail": 0.01}.items():
        yield (
            series("milvus_proxy_req_count", job="milvus", status=status, function_name="Search"),
            counter(per_second),
        )
    for name, value in {"used": 300e6, "max": 1000e6}.items():
        yield (
            series(f"redis_memory_{name}_bytes", job="valkey", pod="valkey-counters-0"),
            level(value),
        )
