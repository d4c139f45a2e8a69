"""Alloy: reads what pods print, and sends it to where it is kept.

Owns its names, its size, the values of its chart and its configuration: which namespaces are read,
which labels a line has, and which lines are not kept. Does not own the release (`logs`).
Chart and components: grafana/alloy@66ebea856d (chart 1.11.1 with v1.18.1), read 2026-11-27.
Why through the API server, and one of it: `docs/decisions/0026`.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from components import labels
from components.kubernetes.charts import ChartValue
from components.observability import logs_cloud, logs_loki, names
from components.observability.logs_cloud import CloudStore
from components.observability.metrics_values import Size, image_values
from infra.spec.cloud import CloudProvider
from infra.spec.logs import LogsSpec

CHART = "alloy"
ACCOUNT = "alloy"
PORT = 12345
PODS = {"app.kubernetes.io/name": "alloy"}
SIZE = Size(50, 512)
"""Of a cluster of some hundred containers: chosen, not measured."""
USER = 473
"""`alloy` of the image (its Dockerfile, as remembered: UID and GID 473)."""
STORAGE = "/var/lib/alloy/data"
"""Where it remembers what it has read: an empty folder. A new pod reads again what the kubelets
still have, and Loki keeps each line once."""
STORAGE_MIB = 256
LABELS = ("cluster", "namespace", "app", "container", "model")
"""Of a stream. Each has some ten values; names of pods and nodes would make new streams all day."""
METADATA = ("pod", "node")
"""What a line has beside it, to be filtered by, and no stream of its own."""
API_KEY = "ELASTIC_API_KEY"
"""Variable with the key of Elasticsearch."""
SECRET, SECRET_KEY = "logs-elasticsearch", "api-key"
RETRIES = 60
"""Of one batch, a minute apart at most: an hour. Meanwhile nothing more is read, and kubelets keep
what they have (10 MiB a file, five files of a container, if nobody says otherwise)."""
PROMPTS = (
    # vLLM 0.32, `--enable-log-requests` and `--enable-log-outputs`, and what older ones write.
    r"(?i)\b(received request|generated response) \S+"
    r"|\bprompt(_token_ids|_embeds)?[\"']?\s*[:=]"
    # A body of the OpenAI API, whoever prints it.
    r"|[\"']messages[\"']\s*:"
    # A request that could not be read: pydantic quotes what it got.
    r"|\binput_value\s*=|[\"']input[\"']\s*:"
    r"|\boutput_token_ids[\"']?\s*[:=]"
)
"""Lines that may hold what a user wrote or got (RE2). They are dropped, and counted."""
REASON = "may_hold_a_prompt"
OLDEST = "55m"
"""Loki takes no line that is an hour older than the newest of its stream (half of `max_chunk_age`).
A new Alloy reads from the beginning what kubelets have: what is older was sent before. The cloud's
own stores keep what is younger twice: fewer minutes would lose lines when a store is away."""
_RIGHTS: Sequence[ChartValue] = (
    {"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list", "watch"]},
    {"apiGroups": [""], "resources": ["pods/log"], "verbs": ["get"]},
)


@dataclass(frozen=True)
class Sources:
    """Whose lines are read."""

    platform: str
    """Name of the platform, the label `cluster`."""
    namespaces: tuple[str, ...]
    """Namespaces that are read. Those of tenants are not: what runs there may print prompts."""


def alloy_values(
    spec: LogsSpec, of: Sources, cloud: CloudStore | None = None
) -> dict[str, ChartValue]:
    """Return the values of the chart, where they differ from its own."""
    storage: ChartValue = {
        "name": "storage",
        "emptyDir": {"sizeLimit": f"{STORAGE_MIB}Mi"},
    }
    return {
        "crds": {"create": False},
        "image": image_values("alloy", digest_in="digest", whole=True),
        "global": {
            "podSecurityContext": {
                "runAsNonRoot": True,
                "runAsUser": USER,
                "runAsGroup": USER,
                "fsGroup": USER,
                "seccompProfile": {"type": "RuntimeDefault"},
            }
        },
        "alloy": {
            "configMap": {"content": configuration(spec, of, cloud)},
            "storagePath": STORAGE,
            "enableReporting": False,
            "extraEnv": _environment(spec),
            **_flags(cloud),
            "mounts": {"extra": [{"name": "storage", "mountPath": STORAGE}]},
            "resources": SIZE.resources(),
            "securityContext": {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            },
        },
        # A changed configuration is a new pod: its hash is among the pod's annotations.
        "configReloader": {"enabled": False},
        "controller": {
            "type": "deployment",
            "replicas": 1,
            # Two would read everything twice.
            "updateStrategy": {"type": "Recreate"},
            "volumes": {"extra": [storage]},
        },
        # Roles in these namespaces, and nothing of the cluster's.
        "rbac": {"namespaces": [*of.namespaces], "rules": list(_RIGHTS), "clusterRules": []},
    }


def _environment(spec: LogsSpec) -> list[ChartValue]:
    if spec.elasticsearch is None:
        return []
    reference: ChartValue = {"secretKeyRef": {"name": SECRET, "key": SECRET_KEY}}
    return [{"name": API_KEY, "valueFrom": reference}]


def _flags(cloud: CloudStore | None) -> dict[str, ChartValue]:
    if cloud is None or cloud.provider is CloudProvider.AWS:
        return {}
    return {"extraArgs": [logs_cloud.COMMUNITY_FLAG]}


def configuration(spec: LogsSpec, of: Sources, cloud: CloudStore | None = None) -> str:
    """Return Alloy's configuration. The chart reads it as a template: it has no double braces.

    `cloud`: the store of the cloud, where it is the one.
    """
    outputs = [
        *((_LOKI_OUTPUT,) if spec.has_loki else ()),
        *((logs_cloud.OUTPUT,) if cloud is not None else ()),
        *((_ELASTIC_OUTPUT,) if spec.elasticsearch is not None else ()),
    ]
    parts = [_reading(of), _process(of.platform, outputs)]
    if spec.has_loki:
        parts.append(_to_loki())
    if cloud is not None:
        parts.append(logs_cloud.way(cloud))
    if spec.elasticsearch is not None:
        parts.append(_to_elasticsearch(spec.elasticsearch.url))
    return "\n".join(parts)


_LOKI_OUTPUT = "loki.write.loki.receiver"
_ELASTIC_OUTPUT = "otelcol.receiver.loki.elasticsearch.receiver"


def _list(values: Sequence[str]) -> str:
    return f"[{', '.join(map(json.dumps, values))}]"


def _rule(target: str, sources: Sequence[str], regex: str = "") -> str:
    found = f"\n    regex         = {json.dumps(regex)}" if regex else ""
    return (
        f"  rule {{\n    source_labels = {_list(sources)}{found}\n"
        f"    target_label  = {json.dumps(target)}\n  }}\n"
    )


def _reading(of: Sources) -> str:
    pod = "__meta_kubernetes_pod_"
    apps = (*map(names.discovered, ("app.kubernetes.io/name", "k8s-app")), f"{pod}container_name")
    rules = (
        _rule("namespace", ["__meta_kubernetes_namespace"]),
        _rule("container", [f"{pod}container_name"]),
        # The first of them that a pod has.
        _rule("app", apps, "^;*([^;]+)(?:;.*)?$"),
        _rule("model", [names.discovered(labels.MODEL)]),
        _rule("pod", [f"{pod}name"]),
        _rule("node", [f"{pod}node_name"]),
    )
    return f"""\
logging {{
  level = "warn"
}}

discovery.kubernetes "pods" {{
  role = "pod"

  namespaces {{
    names = {_list(of.namespaces)}
  }}
}}

discovery.relabel "pods" {{
  targets = discovery.kubernetes.pods.targets

{"".join(rules)}}}

loki.source.kubernetes "pods" {{
  targets    = discovery.relabel.pods.output
  forward_to = [loki.process.pods.receiver]
}}
"""


def _process(platform: str, outputs: Sequence[str]) -> str:
    metadata = ", ".join(f'{name} = ""' for name in METADATA)
    return f"""\
loki.process "pods" {{
  forward_to = [{", ".join(outputs)}]

  stage.drop {{
    expression          = {json.dumps(PROMPTS)}
    drop_counter_reason = {json.dumps(REASON)}
  }}

  stage.drop {{
    older_than          = {json.dumps(OLDEST)}
    drop_counter_reason = "too_old"
  }}

  stage.static_labels {{
    values = {{ cluster = {json.dumps(platform)} }}
  }}

  stage.structured_metadata {{
    values = {{ {metadata} }}
  }}

  stage.label_keep {{
    values = {_list(LABELS)}
  }}
}}
"""


def _to_loki() -> str:
    return f"""\
loki.write "loki" {{
  endpoint {{
    url                 = {json.dumps(logs_loki.push_url())}
    max_backoff_period  = "1m"
    max_backoff_retries = {RETRIES}
  }}
}}
"""


def _to_elasticsearch(url: str) -> str:
    return f"""\
otelcol.receiver.loki "elasticsearch" {{
  output {{
    logs = [otelcol.exporter.otlphttp.elasticsearch.input]
  }}
}}

otelcol.exporter.otlphttp "elasticsearch" {{
  client {{
    endpoint = {json.dumps(url.rstrip("/"))}
    headers  = {{ Authorization = "ApiKey " + sys.env({json.dumps(API_KEY)}) }}
  }}
}}
"""
