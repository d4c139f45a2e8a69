"""What gateway, cache, vector store and Prometheus itself say while the scene runs.

Written from the pinned lists of Envoy, Envoy Gateway, redis_exporter, Milvus and etcd.
"""

from tests.support.observability.platform import MODELS, RECLAIMED, SURGE
from tests.support.observability.recording import END, HOURS, Recording, noise, product, values

MILLISECONDS = (
    *(0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000, 60000),
    *(300000, 600000, 1800000, 3600000),
)
"""Envoy's own bounds."""
MILVUS_MS = tuple(2.0**power for power in range(18))
FSYNC = tuple(0.001 * 2**power for power in range(14))
PROXIES = ("envoy-gateway-llm-6f4d8b9c7-5w9tq", "envoy-gateway-llm-6f4d8b9c7-n2zxv")
CLIENTS = {"envoy_http_conn_manager_prefix": "https-10443"}
CERTIFICATE_DAYS = 61
JOBS = ("cluster-autoscaler", "cert-manager", "external-secrets", "external-dns", "loki", "tempo")


def record(recording: Recording) -> None:
    """Record all of them."""
    _gateway(recording)
    for proxy in PROXIES:
        _routes(recording, proxy)
    _cache(recording)
    _milvus(recording)
    _etcd(recording)
    _prometheus(recording)


def _gateway(recording: Recording) -> None:
    load = [sum(at) / len(MODELS) for at in zip(*(model.load for model in MODELS), strict=True)]
    asked = sum(model.requests_a_second for model in MODELS) / len(PROXIES)
    for proxy in PROXIES:
        labels = {"job": "envoy", "namespace": "gateway", "pod": proxy}
        said = {**labels, **CLIENTS}
        shaken = product(load, noise(f"{proxy} load", 0.03))
        for code, share in (("2", 0.955), ("4", 0.04), ("5", 0.0025), ("3", 0.0)):
            recording.counter(
                "envoy_http_downstream_rq_xx",
                {**said, "envoy_response_code_class": code},
                [asked * share * each for each in shaken],
            )
        recording.histogram(
            "envoy_http_downstream_rq_time",
            said,
            MILLISECONDS,
            a_second=[asked * each for each in shaken],
            median=[2600 * each**1.3 for each in load],
            spread=0.7,
        )
        recording.gauge("envoy_http_downstream_rq_active", said, [round(44 * x) for x in shaken])
        recording.gauge("envoy_http_downstream_cx_active", said, [round(71 * x) for x in shaken])
        recording.gauge("envoy_server_live", labels, 1)
        held = [9.6e7 * (0.6 + 0.4 * each) for each in shaken]
        recording.gauge("envoy_server_memory_allocated", labels, held)
        for name, share in (
            ("envoy_http_api_key_auth_unauthorized", 0.006),
            ("envoy_http_rbac_denied", 0.002),
            ("envoy_http_local_rate_limit_rate_limited", 0.012),
        ):
            of_filter = said if name.startswith("envoy_http_api") else labels
            recording.counter(name, of_filter, [asked * share * each for each in shaken])
    for status, speed in (("success", 0.004), ("failure", 0.0)):
        labels = {
            "job": "envoy-gateway",
            "namespace": "gateway",
            "pod": "envoy-gateway-84c5d9b7f6-8xk2r",
        }
        step = {**labels, "runner": "gateway-api", "message": "provider-resources"}
        recording.counter("watchable_subscribe_total", {**step, "status": status}, speed)
    for model in MODELS:
        labels = {"job": "probe", "model": model.object_name, "way": "gateway"}
        recording.gauge(
            "probe_ssl_earliest_cert_expiry", labels, float(END + CERTIFICATE_DAYS * 86400)
        )


def _routes(recording: Recording, proxy: str) -> None:
    for model in MODELS:
        labels = {
            "job": "envoy",
            "namespace": "gateway",
            "pod": proxy,
            "envoy_cluster_name": f"httproute/models/{model.object_name}/rule/0",
        }
        share = model.requests_a_second / len(PROXIES)
        asked = [share * each for each in model.load]
        full = [max(0.0, each - 1.5) for each in model.load]
        recording.counter("envoy_cluster_upstream_rq_total", labels, asked)
        for code, part in (
            ("2", [0.985 * each for each in asked]),
            ("4", [0.012 * each for each in asked]),
            ("5", [0.0015 * each + 0.6 * over for each, over in zip(asked, full, strict=True)]),
        ):
            of_class = {**labels, "envoy_response_code_class": code}
            recording.counter("envoy_cluster_upstream_rq_xx", of_class, part)
        recording.histogram(
            "envoy_cluster_upstream_rq_time",
            labels,
            MILLISECONDS,
            a_second=asked,
            median=[
                1000 * (model.ttft_seconds + model.itl_seconds * model.answer_tokens) * each
                for each in model.load
            ],
            spread=0.6,
        )
        there = float(len(model.servers))
        healthy = [sum(at) for at in zip(*(model.up(one) for one in model.servers), strict=True)]
        recording.gauge("envoy_cluster_membership_total", labels, there)
        recording.gauge("envoy_cluster_membership_healthy", labels, healthy)
        for name, speed in (
            ("timeout", [0.03 * each for each in full]),
            ("retry", [0.002 * each + 0.3 * over for each, over in zip(asked, full, strict=True)]),
            ("pending_overflow", [0.05 * each for each in full]),
        ):
            recording.counter(f"envoy_cluster_upstream_rq_{name}", labels, speed)


def _cache(recording: Recording) -> None:
    for kind, pod, room, full, hit in (
        ("responses", "valkey-responses-0", 5.4e8, 0.93, 0.31),
        ("counters", "valkey-counters-0", 2.7e8, 0.22, 0.97),
    ):
        labels = {"job": "valkey", "namespace": "cache", "pod": pod}
        load, size = noise(kind, 0.03), noise(f"{kind} size", 0.006)
        recording.gauge("redis_up", labels, 1)
        recording.gauge("redis_memory_max_bytes", labels, room)
        recording.gauge(
            "redis_memory_used_bytes", labels, [min(room, room * full * each) for each in size]
        )
        recording.gauge("redis_connected_clients", labels, [round(14 * each) for each in load])
        recording.counter("redis_keyspace_hits_total", labels, [38 * hit * each for each in size])
        missed = [38 * (1 - hit) * each for each in load]
        recording.counter("redis_keyspace_misses_total", labels, missed)
        evicted = 1.6 if kind == "responses" else 0.0
        recording.counter("redis_evicted_keys_total", labels, [evicted * each for each in load])
        recording.counter("redis_commands_processed_total", labels, [92 * each for each in load])
        recording.counter("redis_rejected_connections_total", labels, 0.0)
        for command, speed, seconds in (
            ("get", 38, 4e-6),
            ("set", 21, 9e-6),
            ("incrby", 24, 5e-6),
            ("expire", 9, 4e-6),
        ):
            of_command = {**labels, "cmd": command}
            recording.counter("redis_commands_total", of_command, [speed * x for x in load])
            spent = [speed * seconds * each**2 for each in load]
            recording.counter("redis_commands_duration_seconds_total", of_command, spent)


def _milvus(recording: Recording) -> None:
    load = noise("milvus", 0.025)
    for role in ("proxy", "mixcoord", "querynode-0", "querynode-1", "datanode"):
        labels = {"job": "milvus", "namespace": "vector-store", "pod": f"milvus-{role}"}
        recording.gauge("up", {**labels, "instance": role}, 1)
        size = 5.4e9 if role.startswith("querynode") else 7.5e8
        kubelet = {"job": "kubelet", "metrics_path": "/metrics/cadvisor", "container": "milvus"}
        of_container = {**labels, **kubelet}
        recording.gauge(
            "container_memory_working_set_bytes",
            of_container,
            [size * (9 + x) / 10 for x in load],
        )
    proxy = {"job": "milvus", "namespace": "vector-store", "pod": "milvus-proxy", "node_id": "7"}
    of_data = {**proxy, "db_name": "default", "collection_name": "documents"}
    recording.counter("milvus_proxy_search_vectors_count", of_data, [36 * x for x in load])
    recording.counter("milvus_proxy_insert_vectors_count", of_data, [210 * x for x in load])
    recording.histogram(
        "milvus_proxy_sq_latency",
        {**of_data, "query_type": "search"},
        MILVUS_MS,
        a_second=[36 * each for each in load],
        median=[9.5 * each for each in load],
        spread=0.55,
    )
    for function, speed in (("Search", 36), ("Insert", 2.1), ("Query", 5.5), ("Flush", 0.02)):
        for status, share in (("total", 1.0), ("success", 0.9995), ("fail", 0.0005)):
            recording.counter(
                "milvus_proxy_req_count",
                {**of_data, "function_name": function, "status": status},
                [speed * share * each for each in load],
            )
        recording.histogram(
            "milvus_proxy_req_in_queue_latency",
            {**proxy, "function_name": function},
            MILVUS_MS,
            a_second=[speed * each for each in load],
            median=[1.4 * each for each in load],
            spread=0.7,
        )
    for index in range(2):
        labels = {
            "job": "milvus",
            "namespace": "vector-store",
            "pod": f"milvus-querynode-{index}",
            "node_id": str(11 + index),
            "segment_state": "Sealed",
        }
        loaded = values(lambda hour, at=index: 4.1e6 + 2.1e5 * at + 3.7e5 * (hour + 2) / 8)
        recording.gauge("milvus_querynode_entity_num", labels, loaded)
        recording.gauge(
            "milvus_querynode_segment_num",
            labels,
            values(lambda hour, at=index: float(22 + at + int(hour * 2.2) % 5)),
        )


def _etcd(recording: Recording) -> None:
    for member in range(3):
        labels = {"job": "etcd-milvus", "namespace": "vector-store", "pod": f"milvus-etcd-{member}"}
        load = noise(f"etcd {member}", 0.06)
        recording.gauge("etcd_server_has_leader", labels, 1)
        recording.gauge(
            "etcd_mvcc_db_total_size_in_bytes",
            labels,
            values(lambda hour, at=member: 4.1e7 + 6e5 * (hour + 2) + 2e5 * at),
        )
        recording.histogram(
            "etcd_disk_wal_fsync_duration_seconds",
            labels,
            FSYNC,
            a_second=[11 * each for each in load],
            median=[0.0016 * each for each in load],
            spread=0.45,
        )


def _prometheus(recording: Recording) -> None:
    for job in JOBS:
        ended = job == "external-dns"
        alive = values(lambda hour, ends=ended: 0.0 if ends and 4.9 < hour < 5.3 else 1.0)
        recording.gauge("up", {"job": job, "instance": f"{job}:metrics"}, alive)
    for alert, severity, (begin, end) in (
        ("TtftBurnFast", "page", (SURGE[0] + 0.15, SURGE[1] + 0.1)),
        ("RequestsQueueing", "ticket", (SURGE[0] + 0.25, SURGE[1])),
        ("SpotNotBack", "ticket", (RECLAIMED[0] + 0.1, RECLAIMED[1] + 0.1)),
        ("GpuRowsRemapped", "ticket", (2.2, 99)),
    ):
        firing = [1.0 if begin <= hour < end else None for hour in HOURS]
        labels = {"alertname": alert, "alertstate": "firing", "severity": severity}
        recording.gauge("ALERTS", labels, firing)
