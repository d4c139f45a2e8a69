"""The dashboard of what keeps data: cache and vector store, those of them that a stack has.

Owns what is shown of Valkey inside the cluster, and of Milvus with its etcd. A managed cache is
watched by its cloud, whose alarms the platform sets: Prometheus sees nothing of it.
Names and labels: redis_exporter, Milvus' own, etcd's own.
"""

from components.data import milvus_values
from components.observability.dashboards.board import (
    Dashboard,
    Panel,
    Row,
    Target,
    Unit,
    bad_above,
    bad_below,
)
from components.observability.dashboards.lines import Lines
from components.observability.dashboards.panels import graph, stat
from components.observability.dashboards.promql import (
    highest,
    memory_of,
    most,
    quantile,
    rate,
    share,
    total,
)
from infra.spec.stack import StackSpec

UID = "tokenworks-data"
CACHE = 'job="valkey"'
COUNTERS = 'job="valkey", pod=~"valkey-counters-.+"'
MILVUS = 'job="milvus"'
ETCD = 'job="etcd-milvus"'
ASKED = f'milvus_proxy_req_count{{{MILVUS}, status=~"success|fail"}}'
"""By how requests ended: Milvus counts each once more, as `total`."""


def dashboard(lines: Lines, spec: StackSpec) -> Dashboard | None:
    """Return the dashboard of what keeps data; None where a stack keeps none in the cluster."""
    rows = (
        *(
            (Row("Cache now", _cache_now(lines)), Row("Cache", _cache()))
            if spec.cache.is_in_cluster
            else ()
        ),
        *(
            (
                Row("Vectors now", _vectors_now(lines)),
                Row("Vectors", _vectors()),
                Row("What Milvus remembers by (etcd)", _etcd(lines)),
            )
            if spec.vector_store.is_built
            else ()
        ),
    )
    if not rows:
        return None
    return Dashboard(
        uid=UID,
        title="Tokenworks / Data",
        description="Do cache and vector store answer, are they full, and what do they forget?",
        variables=(),
        rows=rows,
    )


def _cache_now(lines: Lines) -> tuple[Panel, ...]:
    hits, misses = (
        total(rate(f"redis_keyspace_{what}_total{{{CACHE}}}")) for what in ("hits", "misses")
    )
    return (
        stat(
            "Instances up",
            "Caches that answer their exporter. One is down: counters gone means limits are not"
            " counted, responses gone means answers are computed again.",
            Unit.NUMBER,
            total(f"redis_up{{{CACHE}}}"),
            limits=bad_below(1),
            alerts=lines.of("cache"),
        ),
        stat(
            "Found",
            "Share of look-ups that found something. Falls after a restart or an eviction, and"
            " comes back by itself.",
            Unit.RATIO,
            f"{hits} / ({hits} + {misses})",
        ),
        stat(
            "Evicted",
            "Entries dropped to make room. Right for responses; `counters` never evicts, it refuses"
            " writes.",
            Unit.OPERATIONS_PER_SECOND,
            total(rate(f"redis_evicted_keys_total{{{CACHE}}}")),
        ),
        stat(
            "Commands",
            "Commands of all clients.",
            Unit.OPERATIONS_PER_SECOND,
            total(rate(f"redis_commands_processed_total{{{CACHE}}}")),
        ),
        stat(
            "Counters, memory",
            "Share of its room that `counters` holds. Full, it refuses writes, and limits are not"
            " counted: give it more `memoryGib`.",
            Unit.RATIO,
            f"{total(f'redis_memory_used_bytes{{{COUNTERS}}}')}"
            f" / {total(f'redis_memory_max_bytes{{{COUNTERS}}}')}",
            limits=bad_above(lines.cache_ratio),
            alerts=lines.of("cache_full"),
        ),
        stat(
            "Turned away",
            "Connections refused because there were too many. Not zero: a client opens a new one"
            " for each request.",
            Unit.OPERATIONS_PER_SECOND,
            total(rate(f"redis_rejected_connections_total{{{CACHE}}}")),
            limits=bad_above(0.1),
        ),
    )


def _cache() -> tuple[Panel, ...]:
    used, room = (f"redis_memory_{what}_bytes{{{CACHE}}}" for what in ("used", "max"))
    return (
        graph(
            "Memory in use",
            "Share of the room for data. `responses` may live near 1: it evicts the least used.",
            Unit.RATIO,
            most(f"{highest(used, 'pod')} / {highest(room, 'pod')}"),
            "{{pod}}",
            most=1,
        ),
        graph(
            "Found, by instance",
            "Share of look-ups that found something.",
            Unit.RATIO,
            _found_by_pod(),
            "{{pod}}",
            most=1,
        ),
        graph(
            "Time of a command",
            "Mean seconds of the slowest kinds of command. One stands out: somebody runs it over"
            " many keys.",
            Unit.SECONDS,
            most(
                share(
                    rate(f"redis_commands_duration_seconds_total{{{CACHE}}}"),
                    rate(f"redis_commands_total{{{CACHE}}}"),
                    "cmd",
                )
            ),
            "{{cmd}}",
        ),
    )


def _found_by_pod() -> str:
    hits, misses = (
        total(rate(f"redis_keyspace_{what}_total{{{CACHE}}}"), "pod") for what in ("hits", "misses")
    )
    return most(f"{hits} / ({hits} + {misses})")


def _vectors_now(lines: Lines) -> tuple[Panel, ...]:
    failed = rate(f'milvus_proxy_req_count{{{MILVUS}, status="fail"}}')
    return (
        stat(
            "Programs up",
            "Programs of Milvus that Prometheus reaches.",
            Unit.NUMBER,
            total(f"up{{{MILVUS}}}"),
            limits=bad_below(1),
            alerts=lines.of("vectors"),
        ),
        stat(
            "Searches",
            "Vectors that were searched for.",
            Unit.OPERATIONS_PER_SECOND,
            total(rate(f"milvus_proxy_search_vectors_count{{{MILVUS}}}")),
        ),
        stat(
            "Search, P99",
            "One search in a hundred takes longer. Grows with what is loaded: add query nodes, or"
            " look at the index.",
            Unit.MILLISECONDS,
            quantile(0.99, "milvus_proxy_sq_latency", f'{MILVUS}, query_type="search"'),
        ),
        stat(
            "Failed",
            "Share of all operations that failed.",
            Unit.RATIO,
            f"{total(failed)} / {total(rate(ASKED))}",
            limits=bad_above(lines.vector_error_ratio),
            alerts=lines.of("vector_errors"),
            decimals=2,
        ),
        stat(
            "Vectors loaded",
            "Entities that can be searched now, over all query nodes.",
            Unit.NUMBER,
            total(f"milvus_querynode_entity_num{{{MILVUS}}}"),
        ),
        stat(
            "Inserted",
            "Vectors that were written.",
            Unit.OPERATIONS_PER_SECOND,
            total(rate(f"milvus_proxy_insert_vectors_count{{{MILVUS}}}")),
        ),
    )


def _vectors() -> tuple[Panel, ...]:
    return (
        Panel(
            "Time of searches",
            "As a client sees it, at the proxy of Milvus.",
            Unit.MILLISECONDS,
            tuple(
                Target(
                    quantile(portion, "milvus_proxy_sq_latency", f'{MILVUS}, query_type="search"'),
                    f"P{portion * 100:g}",
                )
                for portion in (0.5, 0.95, 0.99)
            ),
        ),
        graph(
            "Time in the queue, P95",
            "Before an operation is begun. Grows with searches that do not: more cores, or more"
            " query nodes.",
            Unit.MILLISECONDS,
            most(quantile(0.95, "milvus_proxy_req_in_queue_latency", MILVUS, "function_name")),
            "{{function_name}}",
        ),
        graph(
            "Operations",
            "What clients ask of Milvus.",
            Unit.OPERATIONS_PER_SECOND,
            most(total(rate(ASKED), "function_name")),
            "{{function_name}}",
            stacked=True,
        ),
        graph(
            "Memory of Milvus",
            "Of each program. What is loaded must fit: near the pod's limit, a query node is killed"
            " and its vectors are loaded anew.",
            Unit.BYTES,
            most(total(memory_of(milvus_values.NAMESPACE, 'pod=~"milvus-.+"'), "pod")),
            "{{pod}}",
        ),
        graph(
            "Vectors, by query node",
            "How what is loaded is spread. Uneven for long: Milvus does not balance, see its"
            " coordinator's log.",
            Unit.NUMBER,
            most(total(f"milvus_querynode_entity_num{{{MILVUS}}}", "pod")),
            "{{pod}}",
            stacked=True,
        ),
        graph(
            "Segments, by query node",
            "Pieces in which vectors are loaded. Many small ones make searches slow until they are"
            " put together.",
            Unit.NUMBER,
            most(total(f"milvus_querynode_segment_num{{{MILVUS}}}", "pod")),
            "{{pod}}",
        ),
    )


def _etcd(lines: Lines) -> tuple[Panel, ...]:
    return (
        graph(
            "Members with a leader",
            "Without a leader Milvus can change nothing. Fewer than half of the members: restore a"
            " member, or etcd from its disk.",
            Unit.NUMBER,
            total(f"etcd_server_has_leader{{{ETCD}}}"),
            "members",
            limits=bad_below(1),
            alerts=lines.of("vectors"),
        ),
        graph(
            "Writing to disk, P99",
            "How long the log takes to reach the disk. Above 10 ms for long: the disk is too slow"
            " for etcd, and leaders change.",
            Unit.SECONDS,
            most(quantile(0.99, "etcd_disk_wal_fsync_duration_seconds", ETCD, "pod")),
            "{{pod}}",
            limits=bad_above(0.01),
        ),
        graph(
            "Size of what is remembered",
            "At its quota etcd takes no more writes, and Milvus stops. Compact and defragment"
            " before.",
            Unit.BYTES,
            most(highest(f"etcd_mvcc_db_total_size_in_bytes{{{ETCD}}}", "pod")),
            "{{pod}}",
        ),
    )
