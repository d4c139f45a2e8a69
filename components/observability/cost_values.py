"""Values of the chart `opencost`: what it is asked with, where it finds prices, and what it is not.

Owns its size and what differs from the chart's own values. Does not own the release or what
surrounds it: see `cost`.
Chart and templates: opencost/opencost-helm-chart@725bb939 (2.5.17, with OpenCost 1.120.1), read
2026-11-28.
"""

from components.kubernetes.charts import ChartValue
from components.observability import names
from components.observability.metrics_values import Size
from components.secrets import PRICE_KEY
from infra.catalog import releases
from infra.spec.cloud import CloudProvider

CHART = "opencost"
SIZE = Size(50, 1024)
"""The chart's own limit of memory, asked for: once a day the price list of a region is read, which
is hundreds of MB on AWS. Not measured."""
USER = 1001
"""Of the image (its Dockerfile at opencost/opencost@5f653330, 2024-10)."""
WRITTEN = ("/var/configs", "/tmp")  # noqa: S108  volumes are mounted there
"""Where it copies its settings and keeps price lists; the rest of its files is read-only."""
WRITTEN_MIB = 1024
KEY_SECRET, KEY = PRICE_KEY.purpose, "key"
KEY_VARIABLE = "CLOUD_PROVIDER_API_KEY"
"""Variable with the key of Google's price list. Without one OpenCost ends at its start on GKE
(opencost/opencost#3278)."""


def needs_key(cloud: CloudProvider) -> bool:
    """Return whether the cloud's price list is read with a key; that of AWS is open to all."""
    return cloud is CloudProvider.GCP


def cost_values(platform: str, cloud: CloudProvider) -> dict[str, ChartValue]:
    """Return the values of the chart, where they differ from its own."""
    volumes = {path: path.strip("/").replace("/", "-") for path in WRITTEN}
    return {
        "fullnameOverride": names.OPENCOST,
        # It would read every ConfigMap of the cluster: see `cost`.
        "rbac": {"enabled": False},
        "podSecurityContext": {
            "runAsNonRoot": True,
            "runAsUser": USER,
            "runAsGroup": USER,
            "fsGroup": USER,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "extraVolumes": [
            {"name": name, "emptyDir": {"sizeLimit": f"{WRITTEN_MIB}Mi"}}
            for name in volumes.values()
        ],
        "opencost": {
            # No page for people, and no server for agents: neither asks who comes.
            "ui": {"enabled": False},
            "mcp": {"enabled": False},
            "prometheus": {
                "internal": {
                    "serviceName": names.PROMETHEUS,
                    "namespaceName": names.NAMESPACE,
                    "port": names.PROMETHEUS_PORT,
                }
            },
            # kube-state-metrics says what objects there are, with the labels of pools and models.
            # Said twice, rules that join on them would find two.
            "metrics": {
                "kubeStateMetrics": {
                    "emitKsmV1Metrics": False,
                    "emitKsmV1MetricsOnly": False,
                    "emitPodAnnotations": False,
                    "emitNamespaceAnnotations": False,
                }
            },
            "exporter": {
                "defaultClusterId": platform,
                "image": _image(),
                "resources": SIZE.resources(),
                "securityContext": {
                    "allowPrivilegeEscalation": False,
                    "readOnlyRootFilesystem": True,
                    "capabilities": {"drop": ["ALL"]},
                },
                **({"env": [_key()]} if needs_key(cloud) else {}),
                "extraVolumeMounts": [
                    {"name": name, "mountPath": path} for path, name in volumes.items()
                ],
            },
        },
    }


def _image() -> dict[str, ChartValue]:
    """Return the image; the chart takes a digest behind the tag."""
    image = releases.image(CHART)
    registry, _, repository = image.repository.partition("/")
    tag = image.reference.removeprefix(f"{image.repository}:")
    return {"registry": registry, "repository": repository, "tag": tag}


def _key() -> ChartValue:
    return {
        "name": KEY_VARIABLE,
        "valueFrom": {"secretKeyRef": {"name": KEY_SECRET, "key": KEY}},
    }
