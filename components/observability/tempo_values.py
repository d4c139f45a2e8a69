"""Values of the chart `tempo`, and how much of a cluster Tempo asks for.

Owns what differs from the chart's own values. Does not own the release or what surrounds it: see
`traces`.
Chart and templates: grafana-community/helm-charts@3386a115 (2.2.4), Tempo v2.10.8 (f0f3ed591), both
read 2026-11-27.
Why the chart of one program: that of several programs, and Tempo 3, want a Kafka.
"""

from dataclasses import dataclass

import pulumi

from components.kubernetes.charts import ChartValue
from components.observability import names
from components.observability.metrics_values import Size
from infra.catalog import releases
from infra.spec.cloud import CloudProvider
from infra.spec.traces import TracesSpec

CHART = "tempo"
USER = 10001
"""Of the image (cmd/tempo/Dockerfile)."""
DATA = "/var/tempo"
"""What is not yet in the bucket."""
TEMPORARY = "/tmp"  # noqa: S108  a volume is mounted there: the root file system is read-only
DATA_GIB = 10
HEAP_SHARE = 0.9
"""Of its memory at which Go collects harder, instead of being ended by the kernel."""


@dataclass(frozen=True, eq=False)
class Surroundings:
    """What the chart is told of its cloud."""

    cloud: CloudProvider
    """The cloud."""
    region: str
    """Its region."""
    bucket: str | pulumi.Output[str]
    """Bucket of Tempo's own."""


def tempo_size(spec: TracesSpec) -> Size:
    """Return what Tempo asks for."""
    return Size.of(spec.cpu, spec.memory_gib)


def tempo_values(spec: TracesSpec, at: Surroundings) -> dict[str, ChartValue]:
    """Return the values of the chart, where they differ from its own."""
    image = releases.image(CHART)
    registry, _, repository = image.repository.partition("/")
    size = tempo_size(spec)
    heap: ChartValue = {"name": "GOMEMLIMIT", "value": f"{int(size.memory_mib * HEAP_SHARE)}MiB"}
    return {
        "fullnameOverride": names.TEMPO,
        "tempo": {
            "registry": registry,
            "repository": repository,
            "tag": image.reference.removeprefix(f"{image.repository}:"),
            # No usage reports from a customer's network.
            "reportingEnabled": False,
            # Memory that is asked for and never used, from before Go had a limit of its own.
            "memBallastSizeMbs": 0,
            "retention": f"{24 * spec.retention_days}h",
            "resources": size.resources(),
            # A pod that moves takes nothing with it; one that is lost, the spans of half an hour.
            "ingester": {"flush_all_on_shutdown": True},
            "storage": {"trace": _storage(at)},
            "securityContext": {
                "allowPrivilegeEscalation": False,
                "capabilities": {"drop": ["ALL"]},
                "readOnlyRootFilesystem": True,
            },
            "extraEnv": [heap],
            "extraVolumeMounts": [
                {"name": "data", "mountPath": DATA},
                {"name": "temporary", "mountPath": TEMPORARY},
            ],
        },
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": USER,
            "runAsGroup": USER,
            "fsGroup": USER,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        # The cloud's credentials come another way, and Tempo asks the API server nothing.
        "serviceAccount": {
            "create": True,
            "name": names.TEMPO,
            "automountServiceAccountToken": False,
        },
        # A disk would only tie it to a zone.
        "persistence": {"enabled": False},
        "extraVolumes": [
            {"name": "data", "emptyDir": {"sizeLimit": f"{DATA_GIB}Gi"}},
            {"name": "temporary", "emptyDir": {"sizeLimit": "1Gi"}},
        ],
    }


def _storage(at: Surroundings) -> dict[str, ChartValue]:
    """Return where blocks lie; the identity of the pod is the key to it.

    Without keys Tempo asks EKS Pod Identity's agent (minio-go v7.1.0, which it is built with,
    `getEKSPodIdentityCredentials`) or GKE's metadata server, as any client of Google's does.
    """
    if at.cloud is CloudProvider.AWS:
        host = f"s3.{at.region}.amazonaws.com"
        return {
            "backend": "s3",
            "s3": {"bucket": at.bucket, "endpoint": host, "region": at.region},
        }
    return {"backend": "gcs", "gcs": {"bucket_name": at.bucket}}
