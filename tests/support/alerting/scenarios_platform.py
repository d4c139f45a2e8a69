"""What goes wrong below and beside models: GPUs, nodes, gateway, stores, cost, watching."""

from tests.support.alerting.healthy import (
    CANARY,
    NOW,
    SPANS_KEPT_OUT,
    Series,
    deployment,
    gpu,
    healthy,
    lines_of_logs,
    lines_to_cloud,
    node_labels,
    pod_of_model,
    series,
)
from tests.support.alerting.lines import FOR_EVER, Line, Phase, between, counter, gone, level
from tests.support.alerting.scenario import Scenario, instead, new

USUAL = healthy()
THE_GPU = {"node": "gpu-spot", "gpu": "0", "modelName": "NVIDIA L40S"}
OTHER_GPU = {**THE_GPU, "node": "gpu-demand"}
DAY = 86400
CERTIFICATE = series("certmanager_certificate_expiration_timestamp_seconds", name="gateway")
DISCARDED = series("tempo_discarded_spans_total", **SPANS_KEPT_OUT)
AUTOSCALER = {"job": "cluster-autoscaler", "activity": "main"}


def of_gpu(name: str, value: float, last: int) -> Series:
    """Return one value of the spot node's GPU."""
    return instead({gpu(name, "gpu-spot"): level(value)}, USUAL, last)


def none_ready(namespace: str, name: str, last: int) -> Series:
    """Return a Deployment without a pod that is ready."""
    available = deployment("kube_deployment_status_replicas_available", namespace, name)
    return instead({available: level(0)}, USUAL, last)


def no_answer(job: str, last: int) -> Series:
    """Return a job whose one target is gone."""
    return instead({series("up", job=job, instance=job): gone()}, USUAL, last)


def certificate(days_left: int) -> Series:
    """Return a certificate that ends so many days after minute 60."""
    return instead({CERTIFICATE: level(3600 + days_left * DAY)}, USUAL, 130)


GPUS = (
    Scenario(
        alert="GpuHot",
        changes=of_gpu("DCGM_FI_DEV_GPU_TEMP", 91, 75),
        fires=65,
        resolves=75,
        why="91 °C from 60 on, for 5 minutes",
        labels=THE_GPU,
    ),
    Scenario(
        alert="GpuHardwareError",
        changes=new({gpu("DCGM_FI_DEV_XID_ERRORS", "gpu-demand", err_code="79"): level(79)}, 75),
        fires=60,
        resolves=75,
        why="at once",
        labels={**OTHER_GPU, "err_code": "79"},
    ),
    Scenario(
        alert="GpuXid",
        changes=new({gpu("DCGM_FI_DEV_XID_ERRORS", "gpu-demand", err_code="13"): level(13)}, 120),
        fires=60,
        resolves=90,
        why="at once, and for 30 minutes, although DCGM shows it on",
        labels={**OTHER_GPU, "err_code": "13"},
    ),
    Scenario(
        alert="GpuRowRemapFailed",
        changes=of_gpu("DCGM_FI_DEV_ROW_REMAP_FAILURE", 1, 75),
        fires=60,
        resolves=75,
        why="at once",
        labels=THE_GPU,
    ),
    Scenario(
        alert="GpuRowsRemapped",
        changes={
            gpu("DCGM_FI_DEV_UNCORRECTABLE_REMAPPED_ROWS", "gpu-spot"): Line(
                (Phase(60, level=0), Phase(FOR_EVER, level=1))
            )
        },
        fires=60,
        resolves=119,
        why="at once, and as long as it is within the hour",
        labels=THE_GPU,
    ),
    Scenario(
        alert="GpuMemoryFull",
        changes={
            **of_gpu("DCGM_FI_DEV_FB_USED", 45_000, 80),
            **of_gpu("DCGM_FI_DEV_FB_FREE", 500, 80),
        },
        fires=70,
        resolves=80,
        why="98.9 % from 60 on, for 10 minutes",
        labels=THE_GPU,
    ),
    Scenario(
        alert="GpuIdle",
        changes=of_gpu("DCGM_FI_DEV_GPU_UTIL", 0, 460),
        fires=448,
        resolves=460,
        why="0 % from 60 on, all of half an hour in 88, for 6 hours",
        labels=THE_GPU,
        step_minutes=2,
    ),
)
NODES = (
    Scenario(
        alert="PodsPendingForGpus",
        changes=new(dict(pod_of_model("late", CANARY, pending=True)), 80),
        fires=75,
        resolves=80,
        why="it waits from 60 on, for 15 minutes",
        labels={"model": CANARY},
    ),
    Scenario(
        alert="SpotNotBack",
        changes={
            **instead({node_labels("gpu-spot", "l40s", "spot", "g6e.12xlarge"): gone()}, USUAL, 85),
            **new(dict(pod_of_model("late", CANARY, pending=True)), 85),
        },
        fires=80,
        resolves=85,
        why="the node is gone and a server waits from 60 on, for 20 minutes",
        labels={"pool": "l40s"},
        also=("PodsPendingForGpus",),
    ),
    Scenario(
        alert="NodeNotReady",
        changes=instead(
            {
                series(
                    "kube_node_status_condition", node="system-a", condition="Ready", status="true"
                ): level(0)
            },
            USUAL,
            80,
        ),
        fires=70,
        resolves=80,
        why="not ready from 60 on, for 10 minutes",
        labels={"node": "system-a"},
    ),
    Scenario(
        alert="AutoscalerStuck",
        changes={
            series("cluster_autoscaler_last_activity", **AUTOSCALER): between(
                60, FOR_EVER, level(3600), NOW
            ),
            # Somebody starts it anew.
            series("cluster_autoscaler_last_activity", **AUTOSCALER, pod="new"): Line(
                (Phase(95), Phase(FOR_EVER, per_second=1)), start=95 * 60
            ),
        },
        fires=81,
        resolves=95,
        why="it last did something in 60: more than ten minutes ago in 71, for 10 minutes",
        labels={},
    ),
)
PARTS = (
    Scenario(
        alert="GatewayDown",
        changes=none_ready("gateway", "envoy-gateway-tokenworks-1234", 75),
        fires=62,
        resolves=75,
        why="none is ready from 60 on, for 2 minutes",
        labels={"namespace": "gateway", "deployment": "envoy-gateway-tokenworks-1234"},
    ),
    Scenario(
        alert="CertificateExpiring",
        changes=certificate(10),
        fires=120,
        resolves=130,
        why="10 days are left from 60 on, for an hour",
        labels={"name": "gateway"},
    ),
    Scenario(
        alert="CertificateEndsNow",
        changes=certificate(2),
        fires=120,
        resolves=130,
        why="2 days are left from 60 on, for an hour",
        labels={"name": "gateway"},
        also=("CertificateExpiring",),
    ),
    Scenario(
        alert="VectorStoreDown",
        changes=none_ready("vector-store", "milvus-proxy", 75),
        fires=65,
        resolves=75,
        why="none is ready from 60 on, for 5 minutes",
        labels={"namespace": "vector-store", "deployment": "milvus-proxy"},
    ),
    Scenario(
        alert="VectorStoreErrors",
        changes=instead(
            {
                series(
                    "milvus_proxy_req_count", job="milvus", status="fail", function_name="Search"
                ): counter(2)
            },
            USUAL,
            90,
        ),
        fires=73,
        resolves=97,
        why="17 % fail from 60 on, of ten minutes over 5 % in 63, for 10 minutes",
        labels={},
    ),
    Scenario(
        alert="CacheDown",
        changes=none_ready("cache", "valkey-counters", 75),
        fires=65,
        resolves=75,
        why="none is ready from 60 on, for 5 minutes",
        labels={"namespace": "cache", "deployment": "valkey-counters"},
    ),
    Scenario(
        alert="CacheFull",
        changes=instead(
            {
                series("redis_memory_used_bytes", job="valkey", pod="valkey-counters-0"): level(
                    950e6
                )
            },
            USUAL,
            80,
        ),
        fires=70,
        resolves=80,
        why="95 % from 60 on, for 10 minutes",
        labels={"pod": "valkey-counters-0"},
    ),
    Scenario(
        alert="SpansDiscarded",
        changes=instead({DISCARDED: counter(1)}, USUAL, 90),
        fires=71,
        resolves=99,
        why="the first is seen in 61, and then some in each minute, for 10 minutes",
        labels={"reason": "rate_limited"},
    ),
    Scenario(
        alert="BudgetBurn",
        changes=new(
            {
                node_labels(f"p5-{i}", "h100", "on-demand", "p5.48xlarge"): level(1)
                for i in range(3)
            },
            200,
        ),
        fires=181,
        resolves=277,
        why="15 USD an hour, and 180 from 60 on: over 98.6 on average in 121, for an hour",
        labels={},
    ),
    Scenario(
        alert="ScrapeTargetMissing",
        changes=no_answer("milvus", 80),
        fires=70,
        resolves=80,
        why="no target from 60 on, for 10 minutes",
        labels={"job": "milvus", "pages_depend": "false"},
    ),
    Scenario(
        alert="PagingIsBlind",
        changes=instead(
            {series("up", job="kube-state-metrics", instance="kube-state-metrics"): level(0)},
            USUAL,
            80,
        ),
        fires=70,
        resolves=80,
        why="no answer from 60 on, for 10 minutes",
        labels={"job": "kube-state-metrics", "pages_depend": "true"},
    ),
)
LOGS = (
    Scenario(
        alert="LogsStopped",
        changes=instead({lines_of_logs("sent"): counter(0)}, USUAL, 100),
        fires=89,
        resolves=101,
        why="the counter stands from 60 on, in all 15 samples of a window in 74, for 15 minutes",
        labels={},
    ),
    Scenario(
        alert="LogLinesLost",
        changes=instead({lines_of_logs("dropped", reason="ingester_error"): counter(1)}, USUAL, 75),
        fires=61,
        resolves=89,
        why="lines are refused from 60 on: the first is counted in 61",
        labels={"reason": "ingester_error"},
    ),
)
SENT, FAILED = lines_to_cloud("sent"), lines_to_cloud("send_failed")
TO_CLOUD = (
    Scenario(
        alert="LogsStopped",
        changes=instead({SENT: counter(0)}, {SENT: counter(50)}, 100),
        fires=89,
        resolves=101,
        why="as where Loki keeps them",
        labels={},
        confirmed_by='sum(rate(otelcol_exporter_sent_log_records_total{job="alloy"}[15m])) == 0',
    ),
    Scenario(
        alert="LogLinesLost",
        changes=instead({FAILED: counter(1)}, {FAILED: counter(0)}, 75),
        fires=61,
        resolves=89,
        why="as where Loki keeps them; the cloud gives no reason",
        labels={},
        confirmed_by="increase("
        'otelcol_exporter_send_failed_log_records_total{job="alloy"}[15m]) > 0',
    ),
)
"""Of a stack whose lines the cloud keeps: its two alerts have the names of those above."""
PLATFORM = (*GPUS, *NODES, *PARTS, *LOGS)
