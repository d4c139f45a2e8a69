"""Series that are recorded: what alerts, dashboards and scaling ask for again and again.

Owns names and expressions. Labels that change with every pod are summed away, so a restart or a
roll-out is no new series. Names: `tokenworks:LEVEL_METRIC:OPERATION`.
"""

from components.observability.rules.hours import while_open
from components.observability.rules.promql import (
    IN_MODELS,
    ROUTES,
    WANTED,
    by_deployment_model,
    by_route_model,
    or_zero,
    probed,
    quantile,
    ratio,
)
from components.observability.rules.rule import RecordingRule
from infra.spec.stack import StackSpec

API = 'handler=~"/v1/.+"'
"""Requests to a model, not those for its health or its metrics."""
_SERVED = f'http_requests_total{{job="vllm",{API}}}'
_FAILED = f'http_requests_total{{job="vllm",{API},status="5xx"}}'
_ROUTED = f"envoy_cluster_upstream_rq_xx{{{ROUTES}}}"
_ROUTE_FAILED = f'envoy_cluster_upstream_rq_xx{{{ROUTES},envoy_response_code_class="5"}}'

AVAILABLE = "tokenworks:model_replicas:available"
REQUESTS = "tokenworks:model_requests:rate5m"
ERRORS = "tokenworks:model_request_errors:rate5m"
RUNNING = "tokenworks:model_requests_running:sum"
WAITING = "tokenworks:model_requests_waiting:sum"
IN_FLIGHT = "tokenworks:model_gateway_requests_in_flight:sum"
ANSWERED = "tokenworks:model_probe_answered:max"
REACHED = "tokenworks:model_way_in_reached:max"
TIMEOUTS = "tokenworks:model_timeouts:ratio10m"
NODES = "tokenworks:node_info:max"
POOL_NODES = "tokenworks:pool_nodes:count"


def model_recordings(spec: StackSpec) -> tuple[RecordingRule, ...]:
    """Return what is recorded of models: servers, requests, tokens, latencies, caches."""
    return (
        RecordingRule(WANTED, by_deployment_model("kube_deployment_spec_replicas")),
        RecordingRule(AVAILABLE, by_deployment_model("kube_deployment_status_replicas_available")),
        *_requests(REQUESTS, ERRORS, f"sum by (model) (rate({_SERVED}[5m]))", _failed(), "server"),
        *(_gateway(spec) if spec.gateway.is_built else ()),
        *(
            (RecordingRule(REACHED, while_open(probed("probe_success", "gateway"), spec)),)
            if spec.gateway.is_probed
            else ()
        ),
        RecordingRule(ANSWERED, probed("probe_success", "service")),
        *_load(),
        *_latencies(),
    )


def _requests(
    total: str, errors: str, all_of_them: str, failed: str, source: str
) -> tuple[RecordingRule, ...]:
    """Return requests and errors a second, as one of the two places that count them sees them."""
    labels = {"source": source}
    return (
        RecordingRule(total, all_of_them, labels),
        # A class of status that never occurred has no series: that is no error, and not unknown.
        RecordingRule(errors, or_zero(failed, all_of_them), labels),
    )


def _failed() -> str:
    return f"sum by (model) (rate({_FAILED}[5m]))"


def _gateway(spec: StackSpec) -> tuple[RecordingRule, ...]:
    timeouts = by_route_model(f"rate(envoy_cluster_upstream_rq_timeout{{{ROUTES}}}[10m])")
    share = ratio(timeouts, by_route_model(f"rate({_ROUTED}[10m])"))
    return (
        *_requests(
            REQUESTS,
            ERRORS,
            while_open(by_route_model(f"rate({_ROUTED}[5m])"), spec),
            while_open(by_route_model(f"rate({_ROUTE_FAILED}[5m])"), spec),
            "gateway",
        ),
        RecordingRule(IN_FLIGHT, by_route_model(f"envoy_cluster_upstream_rq_active{{{ROUTES}}}")),
        RecordingRule(TIMEOUTS, while_open(share, spec)),
    )


def _load() -> tuple[RecordingRule, ...]:
    hits, queries = "vllm:prefix_cache_hits_total", "vllm:prefix_cache_queries_total"
    return (
        RecordingRule(RUNNING, "sum by (model) (vllm:num_requests_running)"),
        RecordingRule(WAITING, "sum by (model) (vllm:num_requests_waiting)"),
        RecordingRule(
            "tokenworks:model_kv_cache_usage:max", "max by (model) (vllm:kv_cache_usage_perc)"
        ),
        RecordingRule(
            "tokenworks:model_prompt_tokens:rate5m",
            "sum by (model) (rate(vllm:prompt_tokens_total[5m]))",
        ),
        RecordingRule(
            "tokenworks:model_generation_tokens:rate5m",
            "sum by (model) (rate(vllm:generation_tokens_total[5m]))",
        ),
        RecordingRule(
            "tokenworks:model_prefix_cache_hits:ratio5m",
            ratio(f"sum by (model) (rate({hits}[5m]))", f"sum by (model) (rate({queries}[5m]))"),
        ),
    )


def _latencies() -> tuple[RecordingRule, ...]:
    of_metric = {
        "ttft": "vllm:time_to_first_token_seconds",
        "itl": "vllm:inter_token_latency_seconds",
        "e2e": "vllm:e2e_request_latency_seconds",
        "queue": "vllm:request_queue_time_seconds",
    }
    return tuple(
        RecordingRule(f"tokenworks:model_{name}_seconds:p{percent}_5m", quantile(share, histogram))
        for name, histogram in of_metric.items()
        for percent, share in ((50, 0.5), (95, 0.95), (99, 0.99))
    )


def node_recordings() -> tuple[RecordingRule, ...]:
    """Return what is recorded of nodes: which pool each is of, and how it was bought."""
    renamed = "max by (node, {labels}) (kube_node_labels)".format(
        labels=", ".join(label for _, label in _NODE_LABELS)
    )
    for short, label in _NODE_LABELS:
        renamed = f'label_replace({renamed}, "{short}", "$1", "{label}", "(.*)")'
    return (
        RecordingRule(NODES, f"max by (node, pool, capacity_type, instance_type) ({renamed})"),
        RecordingRule(POOL_NODES, f'count by (pool, capacity_type) ({NODES}{{pool!=""}})'),
        RecordingRule(
            "tokenworks:pods_pending_for_gpus:count",
            "count by (model) (" + pending_for_gpus() + ")",
        ),
    )


_NODE_LABELS = (
    ("pool", "label_tokenworks_dev_pool"),
    ("capacity_type", "label_tokenworks_dev_capacity"),
    ("instance_type", "label_node_kubernetes_io_instance_type"),
)


def pending_for_gpus() -> str:
    """Return each pending pod of a model that asks for GPUs, with the label `model`."""
    return (
        f"label_replace(max by (namespace, pod, label_tokenworks_dev_model)"
        f' (kube_pod_labels{{{IN_MODELS},label_tokenworks_dev_model!=""}}),'
        f' "model", "$1", "label_tokenworks_dev_model", "(.+)")'
        f" and on (namespace, pod)"
        f' (kube_pod_status_phase{{{IN_MODELS},phase="Pending"}} == 1)'
        f" and on (namespace, pod)"
        f' (kube_pod_container_resource_requests{{{IN_MODELS},resource="nvidia_com_gpu"}} > 0)'
    )
