"""The cache inside the cluster: the values of the Valkey chart for one instance.

Owns how the chart is told what an instance is: when it evicts, what it writes to its disk, who may
do what, TLS and nothing else.
Does not own the release, the Secrets with passwords and certificate, or the managed caches.
The chart (valkey-io/valkey-helm@dbcf6a6, valkey 0.11.0) writes the server's configuration in its
init container: its own lines first, `valkeyConfig` after them, users into an ACL file.
"""

import pulumi

from components.cache_rules import EVICTION, PORT, USER_RULES
from components.kubernetes.charts import ChartValue
from infra.catalog import releases
from infra.spec.cache import CacheInstanceSpec

CHART = "valkey"
PODS = {"app.kubernetes.io/name": CHART}
"""Label of the pods of every release of the chart."""
REQUEST_MILLICORES = 100
BYTES_PER_GIB = 1024**3
OVERHEAD = 1.5
"""Memory of the pod over memory for data: fragmentation, connections, and the pages that a child
copies while it rewrites the file of appended commands (valkey.io, "Memory optimization", 2026)."""
LEAST_MIB = 128
_MIB_PER_GIB = 1024
EXPORTER = "redis-exporter"
"""Image of what tells Prometheus of a server, beside it in its pod."""
EXPORTER_PORT = 9121
EXPORTER_USER = 59000
"""Of its image (oliver006/redis_exporter@cd5941f, Dockerfile)."""
EXPORTER_MILLICORES, EXPORTER_MIB = 10, 64
WATCHER = (
    "-@all +ping +info +client|setname +latency|latest +latency|histogram +slowlog|len +slowlog|get"
)
"""Rules of the user `default`, which the chart demands and as which the exporter comes: what the
server says of itself, no key and no setting (redis_exporter 1.82.0, tried 2026-11-27)."""


def server_config(label: str, memory_gib: float) -> str:
    """Return the lines of the server's configuration that are this instance's own.

    `counters` are appended to a file that reaches the disk every second: a crash loses the last
    one. `responses` leave no file behind (valkey.io, "Persistence", 2026).
    """
    keeps = label == "counters"
    lines = (
        f"maxmemory {int(memory_gib * BYTES_PER_GIB)}",
        f"maxmemory-policy {EVICTION[label]}",
        f"appendonly {'yes' if keeps else 'no'}",
        *(("appendfsync everysec",) if keeps else ()),
        # Snapshots by the default of the server would lie beside the file, or leave one behind.
        'save ""',
    )
    return "\n".join(lines)


def release_name(label: str) -> str:
    """Return the name of an instance's release, which the chart gives to all that it makes."""
    return f"{CHART}-{label}"


def memory_mib(spec: CacheInstanceSpec) -> int:
    """Return the memory that the pod of an instance asks for and is held to."""
    return max(LEAST_MIB, int(spec.memory_gib * OVERHEAD * _MIB_PER_GIB))


def valkey_values(
    label: str,
    spec: CacheInstanceSpec,
    *,
    users_secret: str | pulumi.Output[str],
    tls_secret: str | None,
    storage_class: str,
) -> dict[str, ChartValue]:
    """Return the values of the chart, where they differ from its own.

    Args:
        label: `responses` or `counters`.
        spec: what the stack file says of it.
        users_secret: Secret with a password under `default` and under the label.
        tls_secret: Secret as cert-manager writes them: `tls.crt`, `tls.key`, `ca.crt`; None: plain
            text.
        storage_class: class of the disk of `counters`.
    """
    keeps, memory = label == "counters", f"{memory_mib(spec)}Mi"
    return {
        "image": _image(CHART),
        "valkeyConfig": server_config(label, spec.memory_gib),
        "auth": {
            "enabled": True,
            "usersExistingSecret": users_secret,
            "aclUsers": {
                "default": {"permissions": WATCHER},
                label: {"permissions": USER_RULES},
            },
        },
        "tls": _tls(tls_secret),
        "service": {"port": PORT},
        # Off in the chart: a server that loads its file would get requests before it is done.
        "readinessProbe": {"enabled": True},
        "resources": {
            "requests": {"cpu": f"{REQUEST_MILLICORES}m", "memory": memory},
            "limits": {"memory": memory},
        },
        "initResources": {
            "requests": {"cpu": "10m", "memory": "32Mi"},
            "limits": {"memory": "64Mi"},
        },
        # Over TLS it would need the authority's certificate, which the chart does not give it.
        "metrics": {"enabled": False} if tls_secret else _metrics(),
        "dataStorage": _disk(spec, storage_class) if keeps else {"enabled": False},
        # A disk is for one pod at a time: a new one would wait for the old one for ever.
        "deploymentStrategy": "Recreate" if keeps else "RollingUpdate",
    }


def _metrics() -> dict[str, ChartValue]:
    """Let Prometheus ask the pod itself, which it finds: no Service is needed."""
    memory = f"{EXPORTER_MIB}Mi"
    return {
        "enabled": True,
        "service": {"enabled": False},
        "exporter": {
            "image": _image(EXPORTER),
            "port": EXPORTER_PORT,
            # It does not ask for the server's settings: its user may not see them.
            "args": ["--config-command=-"],
            "resources": {
                "requests": {"cpu": f"{EXPORTER_MILLICORES}m", "memory": memory},
                "limits": {"memory": memory},
            },
            "securityContext": {
                "allowPrivilegeEscalation": False,
                "capabilities": {"drop": ["ALL"]},
                "readOnlyRootFilesystem": True,
                "runAsNonRoot": True,
                "runAsUser": EXPORTER_USER,
            },
        },
    }


def _image(name: str) -> dict[str, ChartValue]:
    image = releases.image(name)
    registry, _, repository = image.repository.partition("/")
    tag = image.reference.removeprefix(f"{image.repository}:")
    return {"registry": registry, "repository": repository, "tag": tag}


def _tls(secret: str | None) -> dict[str, ChartValue]:
    if secret is None:
        return {"enabled": False}
    return {
        "enabled": True,
        "existingSecret": secret,
        "serverPublicKey": "tls.crt",
        "serverKey": "tls.key",
        "caPublicKey": "ca.crt",
    }


def _disk(spec: CacheInstanceSpec, storage_class: str) -> dict[str, ChartValue]:
    """Twice the data and a GiB: a rewritten file lies beside the old one until it is whole."""
    return {
        "enabled": True,
        "requestedSize": f"{int(spec.memory_gib * 2) + 1}Gi",
        "className": storage_class,
        "keepPvc": True,
    }
