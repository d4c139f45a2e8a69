"""Logs in the cloud's own store: how Alloy's lines get into CloudWatch Logs or Cloud Logging.

Owns the two ways, as parts of Alloy's configuration, and what they are called there. Does not own
what is read, nor which lines are dropped (`logs_alloy`), nor what keeps them and the right to write
there (the foundation). Why these ways: `docs/decisions/0033`.
Components: grafana/alloy@66ebea856d (v1.18.1), its reference of `otelcol.auth.sigv4`,
`otelcol.exporter.otlphttp` and `otelcol.exporter.googlecloud`, read 2026-11-28. What a line
becomes: pkg/translator/loki v0.158.0 (`ConvertEntryToLogRecord`: its labels and what stands beside
it are attributes of a record, the line its body) and opentelemetry-operations-go v0.59.0
(`k8s_container` where a resource names a cluster and a container).
"""

import json
from dataclasses import dataclass

from infra.spec.cloud import CloudProvider
from infra.spec.stack import StackSpec, cluster_name

LABEL = "cloud"
"""Of each of the components below: rules find what they count by it."""
OUTPUT = f"otelcol.receiver.loki.{LABEL}.receiver"
COMMUNITY_FLAG = "--feature.community-components.enabled"
"""`otelcol.exporter.googlecloud` is one of the components that Alloy's users look after."""
_HINT = "loki.attribute.labels"
"""What `otelcol.receiver.loki` adds to each record, for a way back that nobody goes."""
REQUEST_BYTES = 1_000_000
"""Of a request at most: PutLogEvents takes 1,048,576 bytes (API reference), and its endpoint for
OTLP says no more. A longer line would be dropped alone; kubelets end one at 16 KiB (CRI)."""
QUEUE_BYTES = 32 * 1024 * 1024
"""Held while the store does not answer; then nothing more is read, and kubelets keep what they
have."""
_RESOURCE = {"namespace": "namespace", "pod": "pod", "container": "container"}
"""Label to the last but one word of `k8s.*.name`."""


@dataclass(frozen=True)
class CloudStore:
    """A store of the cloud, and where it is."""

    provider: CloudProvider
    """The cloud."""
    region: str
    """Its region."""
    project: str | None
    """Project of Google Cloud; None on AWS."""
    cluster: str
    """Name of the cluster, and of the one stream of its log group: there is one Alloy."""
    name: str
    """Of the log group on AWS, and of the log on Google Cloud."""


def cloud_store(spec: StackSpec) -> CloudStore | None:
    """Return where the cloud keeps a stack's lines, or None where it does not."""
    if not spec.observability.logs_in_cloud:
        return None
    on_aws = spec.cloud.provider is CloudProvider.AWS
    cluster = cluster_name(spec.platform_name)
    name = log_group(cluster) if on_aws else log_name(cluster)
    return CloudStore(spec.cloud.provider, spec.cloud.region, spec.cloud.project, cluster, name)


def log_group(cluster: str) -> str:
    """Return the log group of CloudWatch Logs, beside that of the control plane."""
    return f"/aws/eks/{cluster}/pods"


def log_name(cluster: str) -> str:
    """Return the log of Cloud Logging: `projects/PROJECT/logs/` and this."""
    return f"{cluster}-pods"


def way(store: CloudStore) -> str:
    """Return the part of Alloy's configuration that takes lines to the store."""
    return _cloudwatch(store) if store.provider is CloudProvider.AWS else _cloud_logging(store)


def _cloudwatch(store: CloudStore) -> str:
    """Return the way to CloudWatch Logs: its endpoint for OTLP, signed by the pod's own role.

    Both headers name what must be there ("OTLP Endpoints", CloudWatch user guide, 2026).
    """
    return f"""\
{_received(f"otelcol.exporter.otlphttp.{LABEL}", _tidied())}
otelcol.auth.sigv4 "{LABEL}" {{
  region  = {json.dumps(store.region)}
  service = "logs"
}}

otelcol.exporter.otlphttp "{LABEL}" {{
  client {{
    endpoint = {json.dumps(f"https://logs.{store.region}.amazonaws.com")}
    auth     = otelcol.auth.sigv4.{LABEL}.handler
    headers  = {{
      "x-aws-log-group"  = {json.dumps(store.name)},
      "x-aws-log-stream" = {json.dumps(store.cluster)},
    }}
  }}

  retry_on_failure {{
    max_interval     = "1m"
    max_elapsed_time = "1h"
  }}

{_QUEUE}}}
"""


def _cloud_logging(store: CloudStore) -> str:
    """Return the way to Cloud Logging: entries of the resource `k8s_container`, as GKE's own are.

    Its client signs in as the pods' account, and tries again by itself.
    """
    known = {"k8s.cluster.name": store.cluster, "cloud.region": store.region}
    statements = [
        *(f'set(resource.attributes["{key}"], "{value}")' for key, value in known.items()),
        *(
            f'set(resource.attributes["k8s.{word}.name"], attributes["{label}"])'
            for label, word in _RESOURCE.items()
        ),
        *_tidied(*_RESOURCE, "cluster"),
    ]
    return f"""\
{_received(f"otelcol.exporter.googlecloud.{LABEL}", statements)}
otelcol.exporter.googlecloud "{LABEL}" {{
  project = {json.dumps(store.project)}

  log {{
    default_log_name = {json.dumps(store.name)}
  }}

{_QUEUE}}}
"""


def _received(exporter: str, statements: list[str]) -> str:
    said = "\n".join(f"      {json.dumps(one)}," for one in statements)
    return f"""\
otelcol.receiver.loki "{LABEL}" {{
  output {{
    logs = [otelcol.processor.transform.{LABEL}.input]
  }}
}}

otelcol.processor.transform "{LABEL}" {{
  error_mode = "ignore"

  log_statements {{
    context    = "log"
    statements = [
{said}
    ]
  }}

  output {{
    logs = [{exporter}.input]
  }}
}}
"""


def _tidied(*names: str) -> list[str]:
    return [f'delete_key(attributes, "{name}")' for name in (_HINT, *names)]


_QUEUE = f"""\
  sending_queue {{
    sizer             = "bytes"
    queue_size        = {QUEUE_BYTES}
    block_on_overflow = true

    batch {{
      sizer         = "bytes"
      flush_timeout = "5s"
      min_size      = {REQUEST_BYTES // 2}
      max_size      = {REQUEST_BYTES}
    }}
  }}
"""
