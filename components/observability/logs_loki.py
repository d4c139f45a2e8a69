"""Loki: what keeps lines, and answers whoever looks for one.

Owns its names, its size and the values of its chart. Does not own the release or what surrounds it
(`logs`), nor the bucket and the right to it (the foundation).
Chart: grafana-community/helm-charts@3386a115 (loki 18.11.0 with Loki 3.7.6), templates and values,
read 2026-11-27.
One program that does everything (`Monolithic`): a platform prints some gigabytes a day, a tenth of
what that mode is said to bear (Loki, "Deployment modes", as remembered: 20 GB a day).
"""

from dataclasses import dataclass

import pulumi

from components.kubernetes.charts import ChartValue
from components.observability import names
from components.observability.metrics_values import Size, apart, image_values
from infra.spec.cloud import CloudProvider
from infra.spec.logs import LogsSpec

CHART = "loki"
ACCOUNT = "loki"
"""Its bucket is this account's."""
PODS = {"app.kubernetes.io/name": "loki"}
DISK_GIB = 10
"""Of what has not reached the bucket yet: lines of two hours at most, and their write-ahead log."""
SCHEMA_FROM = "2026-11-01"
"""Day from which lines lie in the form that is written here. Another form is another entry with a
later day; this one stays, or what is old cannot be read."""
CHUNKS_PREFIX = "fake/"
"""How names of chunks begin, by Loki's own name for the one tenant that it has without tenants. The
index is beside them, in `index/`, and is written anew for days."""
_MOST_REPLICAS_OF_A_LINE = 3
_NOT_OURS = ("write", "read", "backend")
"""Programs of the chart's other modes, three of each if nobody says otherwise."""
_OFF = ("gateway", "chunksCache", "resultsCache", "lokiCanary", "test", "ruler", "minio")


@dataclass(frozen=True, eq=False)
class Kept:
    """Where lines are kept."""

    cloud: CloudProvider
    """The cloud."""
    region: str
    """Its region."""
    bucket: str | pulumi.Output[str]
    """Bucket of Loki's own."""
    storage_class: str
    """Class of its disks."""


def loki_size(spec: LogsSpec) -> Size:
    """Return what a server asks for."""
    return Size.of(spec.cpu, spec.memory_gib)


def push_url() -> str:
    """Return where lines are sent. No TLS: they do not leave the namespace."""
    return f"http://{names.LOKI}:{names.LOKI_PORT}/loki/api/v1/push"


def loki_values(spec: LogsSpec, at: Kept) -> dict[str, ChartValue]:
    """Return the values of the chart, where they differ from its own."""
    return {
        "deploymentMode": "Monolithic",
        "loki": _settings(spec, at),
        "singleBinary": _server(spec, at),
        # Its name is the one that the cloud's right belongs to.
        "serviceAccount": {"create": False, "name": ACCOUNT},
        # Nothing of it asks the API server.
        "defaults": {"automountServiceAccountToken": False},
        "rbac": {"namespaced": True},
        "sidecar": {"rules": {"enabled": False}},
        # The first server must find itself.
        "memberlist": {"service": {"publishNotReadyAddresses": True}},
        **{name: {"enabled": False} for name in _OFF},
        **{name: {"replicas": 0} for name in _NOT_OURS},
    }


def _settings(spec: LogsSpec, at: Kept) -> dict[str, ChartValue]:
    schema: ChartValue = {
        "from": SCHEMA_FROM,
        "store": "tsdb",
        "object_store": _kind(at.cloud),
        "schema": "v13",
        "index": {"prefix": "loki_index_", "period": "24h"},
    }
    return {
        "image": image_values("loki", digest_in="digest", whole=True),
        # One tenant: whoever reaches it may read all, which is whoever reaches the namespace.
        "auth_enabled": False,
        "commonConfig": {"replication_factor": min(spec.replicas, _MOST_REPLICAS_OF_A_LINE)},
        "schemaConfig": {"configs": [schema]},
        "storage": _bucket(at),
        "limits_config": {
            "retention_period": f"{spec.keep_days * 24}h",
            # Pods are no label: the servers of a model, and the proxies, are one stream.
            "per_stream_rate_limit": "16MB",
            "per_stream_rate_limit_burst": "32MB",
            "ingestion_rate_mb": 16,
            "ingestion_burst_size_mb": 32,
            # A stream for every value of a label: more than these are a mistake.
            "max_global_streams_per_user": 2000,
            "max_line_size_truncate": True,
            "deletion_mode": "disabled",
        },
        "compactor": {"retention_enabled": True, "delete_request_store": _kind(at.cloud)},
        "ingester": {"wal": {"replay_memory_ceiling": f"{loki_size(spec).memory_mib // 2}MB"}},
        "analytics": {"reporting_enabled": False},
    }


def _kind(cloud: CloudProvider) -> str:
    return "s3" if cloud is CloudProvider.AWS else "gcs"


def _bucket(at: Kept) -> dict[str, ChartValue]:
    """Return where the bucket is; the identity of the pod is the key to it."""
    found: dict[str, ChartValue] = {
        "type": _kind(at.cloud),
        "bucketNames": {"chunks": at.bucket},
    }
    return found | {"s3": {"region": at.region}} if at.cloud is CloudProvider.AWS else found


def _server(spec: LogsSpec, at: Kept) -> dict[str, ChartValue]:
    return {
        "replicas": spec.replicas,
        "resources": loki_size(spec).resources(),
        # Of one server the chart makes no budget: it could never be moved.
        "podDisruptionBudget": {"maxUnavailable": 1, "unhealthyPodEvictionPolicy": "AlwaysAllow"},
        "topologySpreadConstraints": apart("loki"),
        # What is not in the bucket yet is written there before the end.
        "terminationGracePeriodSeconds": 300,
        "persistence": {
            "enabled": True,
            "size": f"{DISK_GIB}Gi",
            "storageClass": at.storage_class,
        },
    }
