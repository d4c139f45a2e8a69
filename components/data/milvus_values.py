"""Values of the chart `milvus`, and how much of a cluster its programs ask for.

Owns names that others refer to, the size of each program, and what differs from the chart's own
values. Does not own the release or what surrounds it: see `milvus`.
Chart and templates: zilliztech/milvus-helm@9832476 (5.0.19), read 2026-11-26.
Why Woodpecker inside Milvus: its log lies in the bucket beside the data, so that no broker has
disks of its own. Why never the bundled MinIO: its image is frozen (milvus-helm#315, 2026-09-14).
"""

from dataclasses import dataclass

import pulumi
import yaml

from components.kubernetes.charts import ChartValue
from infra.catalog import releases
from infra.spec.cloud import CloudProvider
from infra.spec.vector_store import VectorStoreSpec

CHART = "milvus"
NAMESPACE = "vector-store"
"""Fixed: the cloud's rights belong to this namespace and account."""
SERVICE_ACCOUNT = "milvus"
"""Of all programs of Milvus: the bucket is theirs."""
ETCD_ACCOUNT = "milvus-etcd"
"""Of etcd, which may do nothing in the cloud."""
PORT = 19530
"""gRPC and REST (templates/service.yaml)."""
METRICS_PORT = 9091
"""Metrics, health, and what administers Milvus from inside (the same Service)."""
PASSWORD_KEY = "root-password"  # noqa: S105 - the key of a Secret
MILVUS_PODS = {"app.kubernetes.io/name": "milvus"}
ETCD_PODS = {"app.kubernetes.io/name": "etcd"}
DATA_PREFIX = "files"
"""Where Milvus keeps its data in the bucket, as Milvus itself would."""
UNPRIVILEGED_USER = 1000
ROOT_GROUP = 0
"""Milvus' programs belong to root and its group may run them, others may not (milvus-io/milvus
@0198a04, build/docker/milvus/ubuntu22.04/Dockerfile: `--chown=root:root --chmod=774`)."""
SCRATCH = "/scratch"
"""Local files of every program: the image has no folder that this user may write to."""
SCRATCH_GIB = 10
ETCD_GIB = 10


@dataclass(frozen=True)
class Size:
    """What the pods of one program ask for."""

    replicas: int
    cpu: float
    """Cores of each. No limit: what is idle may be used."""
    memory_gib: float
    """Of each, request and limit: Milvus sizes its caches by the limit."""

    def resources(self) -> dict[str, ChartValue]:
        """Return it as Kubernetes writes it."""
        memory = f"{int(self.memory_gib * 1024)}Mi"
        return {
            "requests": {"cpu": f"{int(self.cpu * 1000)}m", "memory": memory},
            "limits": {"memory": memory},
        }


@dataclass(frozen=True, eq=False)
class Surroundings:
    """What the chart is told of its cloud and its cluster."""

    cloud: CloudProvider
    """The cloud."""
    region: str
    """Its region."""
    bucket: str | pulumi.Output[str]
    """Bucket of Milvus' own."""
    storage_class: str
    """Class of etcd's disks."""
    password_secret: str | pulumi.Output[str]
    """Secret with the first password of `root`, under `PASSWORD_KEY`."""


def storage_host(at: Surroundings) -> str:
    """Return the host of the cloud's object storage."""
    if at.cloud is CloudProvider.AWS:
        return f"s3.{at.region}.amazonaws.com"
    return "storage.googleapis.com"


def sizes(spec: VectorStoreSpec) -> dict[str, Size]:
    """Return the programs of a vector store by the chart's names for them.

    What grows with the data is the stack's to say. The rest was chosen for a start and not
    measured: twice where it is in the way of requests, and below the minimum of Milvus' sizing tool
    (as remembered: proxy and data node a core and 4 GB, etcd 2 cores and 4 GB; of its page nothing
    but what Milvus' blog says of it, 2025-04-11, could be read).
    """
    if not spec.is_cluster:
        return {
            "standalone": Size(1, spec.cpu, spec.memory_gib),
            "etcd": Size(spec.etcd_members, 0.1, 0.25),
        }
    return {
        "mixCoordinator": Size(2, 0.25, 1.0),
        "proxy": Size(2, 0.25, 1.0),
        "queryNode": Size(spec.query_nodes, spec.cpu, spec.memory_gib),
        "streamingNode": Size(2, 0.25, 1.0),
        "dataNode": Size(1, 0.5, 2.0),
        "etcd": Size(spec.etcd_members, 0.2, 0.5),
    }


def milvus_values(spec: VectorStoreSpec, at: Surroundings) -> dict[str, ChartValue]:
    """Return the values of the chart, where they differ from its own."""
    image = releases.image("milvus")
    programs = {
        name: _program(name, size, at) for name, size in sizes(spec).items() if name != "etcd"
    }
    return {
        "cluster": {"enabled": spec.is_cluster},
        "image": {
            "all": {
                "repository": image.repository,
                "tag": image.reference.removeprefix(f"{image.repository}:"),
            }
        },
        "serviceAccount": {"create": False, "name": SERVICE_ACCOUNT},
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": UNPRIVILEGED_USER,
            "runAsGroup": ROOT_GROUP,
            "fsGroup": UNPRIVILEGED_USER,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containerSecurityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
        },
        "topologySpreadConstraints": [_spread(MILVUS_PODS, must=False)],
        "volumes": [{"name": "scratch", "emptyDir": {"sizeLimit": f"{SCRATCH_GIB}Gi"}}],
        "volumeMounts": [{"name": "scratch", "mountPath": SCRATCH}],
        "extraConfigFiles": {"user.yaml": _user_settings()},
        "metrics": {
            "enabled": True,
            # Its kind does not exist before monitoring is built: the install would fail.
            "serviceMonitor": {"enabled": False},
        },
        "streaming": {"enabled": True, "woodpecker": {"embedded": True}},
        "externalS3": _object_storage(at),
        "etcd": _etcd(sizes(spec)["etcd"], at),
        **programs,
        **{name: {"enabled": False} for name in ("minio", "pulsarv3", "kafka", "attu")},
    }


def _program(name: str, size: Size, at: Surroundings) -> dict[str, ChartValue]:
    password: ChartValue = {
        "name": "COMMON_SECURITY_DEFAULTROOTPASSWORD",
        "valueFrom": {"secretKeyRef": {"name": at.password_secret, "key": PASSWORD_KEY}},
    }
    found: dict[str, ChartValue] = {"resources": size.resources(), "extraEnv": [password]}
    if name == "standalone":
        # Data and log lie in the bucket, the rest in etcd: a disk would only tie it to a zone.
        return {**found, "messageQueue": "woodpecker", "persistence": {"enabled": False}}
    found["replicas"] = size.replicas
    if name == "mixCoordinator":
        found["activeStandby"] = {"enabled": True}
    return found


def _user_settings() -> str:
    """Return Milvus' own settings; they win over the chart's file."""
    return yaml.safe_dump(
        {
            "common": {"security": {"authorizationEnabled": True}},
            "localStorage": {"path": SCRATCH},
            # Without it a cluster takes the default of its version; changing it later loses data.
            "mq": {"type": "woodpecker"},
        }
    )


def _object_storage(at: Surroundings) -> dict[str, ChartValue]:
    """Return where the bucket is; the identity of the pod is the key to it."""
    return {
        "enabled": True,
        "host": storage_host(at),
        "port": "443",
        "useSSL": True,
        "bucketName": at.bucket,
        "rootPath": DATA_PREFIX,
        "useIAM": True,
        "cloudProvider": at.cloud.value,
        "region": at.region,
        # S3 answers to the name of a bucket; the XML API of Cloud Storage to its path.
        "useVirtualHost": at.cloud is CloudProvider.AWS,
    }


def _etcd(size: Size, at: Surroundings) -> dict[str, ChartValue]:
    """Return the values of the chart's own etcd. It loses nothing with one member of three."""
    image = releases.image("milvus-etcd")
    return {
        "replicaCount": size.replicas,
        "image": {
            "registry": image.repository.partition("/")[0],
            "repository": image.repository.partition("/")[2],
            "tag": image.tag,
            "digest": image.digest or "",
        },
        # One member behind a budget could never be moved.
        "pdb": {"create": size.replicas > 1},
        "podAntiAffinityPreset": "hard",
        "topologySpreadConstraints": [_spread(ETCD_PODS, must=True)],
        "persistence": {
            "enabled": True,
            "storageClass": at.storage_class,
            "size": f"{ETCD_GIB}Gi",
        },
        "serviceAccount": {"create": False, "name": ETCD_ACCOUNT},
        "containerSecurityContext": {
            "capabilities": {"drop": ["ALL"]},
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "resources": size.resources(),
    }


def _spread(pods: dict[str, str], *, must: bool) -> dict[str, ChartValue]:
    """Spread pods over the zones."""
    return {
        "maxSkew": 1,
        "topologyKey": "topology.kubernetes.io/zone",
        "whenUnsatisfiable": "DoNotSchedule" if must else "ScheduleAnyway",
        "labelSelector": {"matchLabels": dict(pods)},
    }
