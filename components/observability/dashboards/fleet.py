"""The dashboard to begin with: is anything wrong, for whom, and is there room.

Owns what is shown of the whole platform. Each of its panels has a dashboard that says more.
"""

from components.observability.dashboards import cost, gpu, model
from components.observability.dashboards.board import (
    Dashboard,
    Kind,
    Panel,
    Row,
    Target,
    Unit,
    bad_above,
    bad_below,
    watch_then_bad,
)
from components.observability.dashboards.lines import Lines
from components.observability.dashboards.model_series import answered, error_share
from components.observability.dashboards.panels import graph, stat
from components.observability.dashboards.promql import highest, most, quantile, rate, total

UID = "tokenworks-fleet"
VLLM = 'job="vllm"'
PROBED = 'job="probe", way="service"'
STATE = 'job="kube-state-metrics"'
NODE = 'job="node-exporter"'
GPU_RESOURCE = f'{STATE}, resource="nvidia_com_gpu"'
MODEL = "model_name"
MODEL_LEGEND = "{{model_name}}"
ANSWERED = answered(VLLM)


def dashboard(lines: Lines) -> Dashboard:
    """Return the overview of the platform."""
    return Dashboard(
        uid=UID,
        title="Tokenworks / Fleet",
        description="Is anything wrong, for whom, and is there room for more?",
        variables=(),
        rows=(
            Row("Now", _now(lines)),
            Row("What users see", _users(lines)),
            Row("Is there room", _room(lines)),
            Row("What it stands on", _platform(lines)),
        ),
    )


def _now(lines: Lines) -> tuple[Panel, ...]:
    return (
        stat(
            "Models that do not answer",
            "Models whose last completion failed, asked each minute inside the cluster. Not zero:"
            " users of that model get nothing; open its dashboard.",
            Unit.NUMBER,
            f"count(probe_success{{{PROBED}}} == 0) or vector(0)",
            limits=bad_above(1),
            alerts=lines.of("silent"),
            more=model.UID,
        ),
        stat(
            "Alerts",
            "Alerts that fire, the dead man's switch aside. The panel below names them.",
            Unit.NUMBER,
            f"count({_FIRING}) or vector(0)",
            limits=watch_then_bad(1, 5),
        ),
        stat(
            "Requests",
            "Requests that models answered, per second.",
            Unit.REQUESTS_PER_SECOND,
            total(rate(ANSWERED)),
            alerts=lines.of("traffic"),
            more=model.UID,
        ),
        stat(
            "Tokens written",
            "Tokens of answers per second, of all models.",
            Unit.TOKENS_PER_SECOND,
            total(rate(f"vllm:generation_tokens_total{{{VLLM}}}")),
            more=model.UID,
        ),
        stat(
            "GPUs that pods hold",
            "Of the GPUs of all nodes that are there.",
            Unit.RATIO,
            f"sum(kube_pod_container_resource_requests{{{GPU_RESOURCE}}})"
            f" / sum(kube_node_status_allocatable{{{GPU_RESOURCE}}})",
            more=gpu.UID,
        ),
        stat(
            "Cost, an hour",
            "All nodes at list prices. More: the cost dashboard.",
            Unit.USD,
            cost.USD_PER_HOUR,
            limits=None if lines.hourly_usd is None else bad_above(lines.hourly_usd),
            alerts=lines.of("budget"),
            decimals=2,
            more=cost.UID,
        ),
    )


_FIRING = 'ALERTS{alertstate="firing", alertname!~"DeadMansSwitch|Watchdog"}'


def _users(lines: Lines) -> tuple[Panel, ...]:
    return (
        Panel(
            "Models answer",
            "Each model's completion of fixed length, each minute, past the gateway. Red: users of"
            " that model get nothing.",
            Unit.YES_NO,
            (Target(most(highest(f"probe_success{{{PROBED}}}", "model")), "{{model}}"),),
            kind=Kind.STATES,
            limits=bad_below(1),
            names={"0": "silent", "1": "answers"},
            alerts=lines.of("silent"),
            more=model.UID,
        ),
        graph(
            "Requests, by model",
            "What models answered. A fall that no other model has: its clients cannot reach it.",
            Unit.REQUESTS_PER_SECOND,
            most(total(rate(ANSWERED), MODEL)),
            MODEL_LEGEND,
            stacked=True,
            alerts=lines.of("traffic"),
            more=model.UID,
        ),
        graph(
            "Failed or turned away, by model",
            "Share of requests; the dashed line is the promise. Above it: the model's dashboard"
            " says whether servers fail or are full.",
            Unit.RATIO,
            most(error_share(VLLM, MODEL)),
            MODEL_LEGEND,
            limits=bad_above(lines.error_ratio),
            alerts=lines.of("errors"),
            more=model.UID,
        ),
        graph(
            f"Time to first token, P{lines.percent:g}",
            "How long users wait for an answer to begin; the dashed line is the promise.",
            Unit.SECONDS,
            most(quantile(lines.portion, "vllm:time_to_first_token_seconds", VLLM, MODEL)),
            MODEL_LEGEND,
            limits=bad_above(lines.ttft_seconds),
            alerts=lines.of("ttft"),
            more=model.UID,
        ),
        graph(
            f"Time between tokens, P{lines.percent:g}",
            "How fast text appears; the dashed line is the promise.",
            Unit.SECONDS,
            most(quantile(lines.portion, "vllm:inter_token_latency_seconds", VLLM, MODEL)),
            MODEL_LEGEND,
            limits=bad_above(lines.itl_seconds),
            alerts=lines.of("itl"),
            more=model.UID,
        ),
        graph(
            "Alerts that fire",
            "Each alert while it fires. Nothing to see is the normal state; its runbook is in"
            " `docs/runbooks`.",
            Unit.NUMBER,
            most(f"count by (alertname) ({_FIRING})"),
            "{{alertname}}",
            stacked=True,
            nothing="no alert fires",
        ),
    )


def _room(lines: Lines) -> tuple[Panel, ...]:
    return (
        graph(
            "Waiting requests, by model",
            "Above zero for minutes: that model needs another server.",
            Unit.NUMBER,
            most(total(f"vllm:num_requests_waiting{{{VLLM}}}", MODEL)),
            MODEL_LEGEND,
            alerts=lines.of("queue"),
            more=model.UID,
        ),
        graph(
            "KV cache in use, by model",
            "Of the fullest server. Near full, requests wait.",
            Unit.RATIO,
            most(highest(f"vllm:kv_cache_usage_perc{{{VLLM}}}", MODEL)),
            MODEL_LEGEND,
            limits=bad_above(lines.kv_ratio),
            alerts=lines.of("kv"),
            most=1,
            more=model.UID,
        ),
        Panel(
            "GPUs: there, held, waited for",
            "GPUs of nodes, those that pods hold, and those that pods wait for. Waiting for longer"
            " than a node takes to come: quota, or none to be had.",
            Unit.NUMBER,
            (
                Target(f"sum(kube_node_status_allocatable{{{GPU_RESOURCE}}})", "there"),
                Target(f"sum({_GPUS_OF_PODS} and on (namespace, pod) ({_RUNNING}))", "held"),
                Target(
                    f"sum({_GPUS_OF_PODS} and on (namespace, pod) ({_PENDING})) or vector(0)",
                    "waited for",
                ),
            ),
            alerts=lines.of("pending"),
            more=gpu.UID,
        ),
    )


_GPUS_OF_PODS = f"sum by (namespace, pod) (kube_pod_container_resource_requests{{{GPU_RESOURCE}}})"
_RUNNING, _PENDING = (
    f'kube_pod_status_phase{{{STATE}, phase="{phase}"}} == 1' for phase in ("Running", "Pending")
)


_VOLUME = 'kubelet_volume_stats_{}_bytes{{job="kubelet"}}'
_OF_VOLUME = ("namespace", "persistentvolumeclaim")


def _platform(lines: Lines) -> tuple[Panel, ...]:
    return (
        Panel(
            "Nodes ready",
            "Nodes, and those of them that are ready. A gap for longer than a node takes to start:"
            " look at the node's conditions.",
            Unit.NUMBER,
            (
                Target(f"count(kube_node_labels{{{STATE}}})", "there"),
                Target(
                    f'sum(kube_node_status_condition{{{STATE}, condition="Ready", status="true"}})',
                    "ready",
                ),
            ),
            alerts=lines.of("nodes"),
        ),
        graph(
            "Targets that cannot be scraped, by job",
            "What Prometheus should measure and cannot reach: its panels show nothing, and its"
            " alerts cannot fire.",
            Unit.NUMBER,
            most("count by (job) (up == 0)"),
            "{{job}}",
            stacked=True,
            alerts=lines.of("targets"),
            nothing="all are reached",
        ),
        graph(
            "Restarts within an hour, by namespace",
            "Containers that ended and began again. The same one again and again: its last log"
            " lines say why.",
            Unit.NUMBER,
            most(
                total(
                    f"increase(kube_pod_container_status_restarts_total{{{STATE}}}[1h])",
                    "namespace",
                )
            ),
            "{{namespace}}",
        ),
        graph(
            "CPU of nodes",
            "Share of cores at work, of the busiest nodes.",
            Unit.RATIO,
            most(
                "1 - avg by (instance) (rate(node_cpu_seconds_total{"
                + NODE
                + ', mode="idle"}[$__rate_interval]))'
            ),
            "{{instance}}",
            most=1,
        ),
        graph(
            "Memory of nodes",
            "Share that is in use, of the fullest nodes. Near full, the kernel ends pods.",
            Unit.RATIO,
            most(
                f"1 - max by (instance) (node_memory_MemAvailable_bytes{{{NODE}}})"
                f" / max by (instance) (node_memory_MemTotal_bytes{{{NODE}}})"
            ),
            "{{instance}}",
            most=1,
        ),
        graph(
            "Disks of volumes",
            "Share that is in use, of the fullest volumes.",
            Unit.RATIO,
            most(
                f"{highest(_VOLUME.format('used'), *_OF_VOLUME)}"
                f" / {highest(_VOLUME.format('capacity'), *_OF_VOLUME)}"
            ),
            "{{persistentvolumeclaim}}",
            limits=watch_then_bad(0.8, 0.9),
            most=1,
        ),
    )
