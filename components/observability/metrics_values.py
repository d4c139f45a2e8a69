"""Values of the chart `kube-prometheus-stack`: Prometheus, Alertmanager, Grafana, two exporters.

Owns the size of each program and what differs from the chart's own values. Does not own the release
or what surrounds it (`monitoring`), what Alertmanager does with an alert (`alertmanager`), nor what
is measured beside Kubernetes itself (`pages`).
Chart and templates: prometheus-community/helm-charts@cf408a290 (88.5.3), with kube-state-metrics
8.4.0, prometheus-node-exporter 4.56.1 and grafana 12.11.1, read 2026-11-27; 91.2.1 was not.

Why none of the chart's own rules and dashboards: nobody tests them against the metrics that we
have, and half of them is about a control plane that the cloud keeps to itself.
Why no admission webhook: our rules are checked before they leave this repository, and without it
there is neither a certificate nor a way from the API server into this namespace.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from components.handles import MetricsRef
from components.kubernetes import model_namespace
from components.kubernetes.charts import ChartValue
from components.kubernetes.priorities import NODE_AGENT
from components.observability import alertmanager, names, remote_write
from components.observability.targets import KEPT_LABELS, SCRAPE_SECONDS
from infra.catalog import releases
from infra.spec.environment import Environment
from infra.spec.observability import MetricsSpec, ObservabilitySpec

CHART = "kube-prometheus-stack"
KINDS_CHART = "prometheus-operator-crds"
GRAFANA_SECRET = "grafana-admin"  # noqa: S105 - the name of a Secret
PASSWORD_KEY, USER_KEY = "admin-password", "admin-user"
RECEIVERS_VOLUME = "receivers"
SCRAPE_INTERVAL = f"{SCRAPE_SECONDS}s"
ALERTMANAGER_GIB = 1
"""Silences, and what was said to whom: kilobytes."""
DISK_SHARE = 0.9
"""Of a disk that samples may fill: the log of what is not yet in a block needs the rest."""
_GIB = 1024**3
MORE_NODE_LABELS = (
    "topology.kubernetes.io/zone",
    "eks.amazonaws.com/capacityType",
    "cloud.google.com/gke-spot",
)
"""Labels of nodes that `kube_node_labels` carries beside those that rules join on."""
OURS = (names.NAMESPACE, names.NODE_NAMESPACE)
SECRETIVE = ("secrets", "configmaps", "certificatesigningrequests")
"""What kube-state-metrics could list and need not see."""
CONTROL_PLANE = ("kubeControllerManager", "kubeScheduler", "kubeEtcd", "kubeProxy", "coreDns")
"""What a cloud keeps to itself, or what no alert of ours is about."""


@dataclass(frozen=True)
class Size:
    """What one container asks for."""

    cpu_millicores: int
    """No limit: what is idle may be used."""
    memory_mib: int
    """Request and limit."""

    @classmethod
    def of(cls, cpu: float, memory_gib: float) -> "Size":
        """Return the size that a stack file gives in cores and GiB."""
        return cls(int(cpu * 1000), int(memory_gib * 1024))

    def resources(self) -> dict[str, ChartValue]:
        """Return it as Kubernetes writes it."""
        memory = f"{self.memory_mib}Mi"
        return {
            "requests": {"cpu": f"{self.cpu_millicores}m", "memory": memory},
            "limits": {"memory": memory},
        }


OPERATOR = Size(20, 128)
RELOADER = Size(5, 32)
ALERTMANAGER = Size(10, 64)
GRAFANA = Size(50, 256)
GRAFANA_SIDECAR = Size(5, 96)
STATE_METRICS = Size(20, 160)
NODE_EXPORTER = Size(10, 32)
"""Chosen for clusters of tens of nodes and not measured: of its own the chart asks for nothing."""


@dataclass(frozen=True)
class Surroundings:
    """What the chart is told of its stack."""

    platform: str
    """Name of the platform, a label of whatever leaves it."""
    environment: Environment
    storage_class: str
    """Class of the disks."""
    managed: MetricsRef | None = None
    """The cloud's store that gets every sample, too, where there is one."""


def alertmanagers(environment: Environment) -> int:
    """Return how many of them tell each other what was said: production has two."""
    return 2 if environment is Environment.PROD else 1


def prometheus_size(spec: MetricsSpec) -> Size:
    """Return what a Prometheus asks for."""
    return Size.of(spec.cpu, spec.memory_gib)


def metrics_values(spec: ObservabilitySpec, at: Surroundings) -> dict[str, ChartValue]:
    """Return the values of the chart, where they differ from its own."""
    return {
        "fullnameOverride": names.RELEASE,
        "crds": {"enabled": False},  # see `monitoring`
        "defaultRules": {"create": False},
        **{part: {"enabled": False} for part in CONTROL_PLANE},
        "prometheusOperator": _operator(),
        "prometheus": _prometheus(spec, at),
        "alertmanager": _alertmanager(spec, at),
        "grafana": _grafana(spec),
        "kube-state-metrics": {
            "image": image_values("kube-state-metrics", whole=True),
            "resources": STATE_METRICS.resources(),
            "collectorsExclude": list(SECRETIVE),
            "metricLabelsAllowlist": _kept_labels(),
        },
        "prometheus-node-exporter": _node_exporter(),
    }


def _kept_labels() -> list[ChartValue]:
    kept = {**KEPT_LABELS, "nodes": (*KEPT_LABELS["nodes"], *MORE_NODE_LABELS)}
    return [f"{kind}=[{','.join(found)}]" for kind, found in kept.items()]


def image_values(
    name: str, *, digest_in: str = "sha", whole: bool = False
) -> dict[str, ChartValue]:
    """Return an image; each chart takes its digest in a form of its own."""
    image = releases.image(name)
    registry, _, repository = image.repository.partition("/")
    digest: dict[str, ChartValue] = {}
    if image.digest:
        digest = {digest_in: image.digest if whole else image.digest.removeprefix("sha256:")}
    return {"registry": registry, "repository": repository, "tag": image.tag, **digest}


def _operator() -> dict[str, ChartValue]:
    return {
        "admissionWebhooks": {"enabled": False},
        # It serves nothing but its own health and metrics then.
        "tls": {"enabled": False},
        "serviceMonitor": {"selfMonitor": False},
        "resources": OPERATOR.resources(),
        "prometheusConfigReloader": {"resources": RELOADER.resources()},
    }


def _prometheus(spec: ObservabilitySpec, at: Surroundings) -> dict[str, ChartValue]:
    metrics = spec.metrics
    return {
        "serviceMonitor": {"selfMonitor": False},
        # Without a second one a budget would hold up every drain of a node.
        "podDisruptionBudget": {"enabled": metrics.replicas > 1},
        "prometheusSpec": {
            "image": image_values("prometheus"),
            "replicas": metrics.replicas,
            "resources": prometheus_size(metrics).resources(),
            "scrapeInterval": SCRAPE_INTERVAL,
            "evaluationInterval": SCRAPE_INTERVAL,
            "retention": f"{metrics.retention_days}d",
            "retentionSize": f"{int(metrics.storage_gib * _GIB * DISK_SHARE)}B",
            "externalLabels": {
                "stack": at.platform,
                "environment": at.environment.value,
                **remote_write.labels_of_the_group(at.managed, at.platform),
            },
            "storageSpec": _disk(metrics.storage_gib, at),
            "topologySpreadConstraints": apart("prometheus"),
            "podAntiAffinity": "hard",
            **_selectors(),
            **remote_write.values(spec.remote_write, at.managed),
        },
    }


def _selectors() -> dict[str, ChartValue]:
    """Read every monitor and probe of our two namespaces, and of no other.

    Whoever may write one elsewhere could let Prometheus ask any address of the cluster.
    """
    asking = ("serviceMonitor", "podMonitor", "probe", "scrapeConfig")
    return {
        **{f"{kind}SelectorNilUsesHelmValues": False for kind in (*asking, "rule")},
        **{f"{kind}NamespaceSelector": _spaces(*OURS) for kind in asking},
        # A rule asks nobody but Prometheus. Whoever ships models says there which to expect.
        "ruleNamespaceSelector": _spaces(*OURS, model_namespace.NAMESPACE),
    }


def _spaces(*names_of_them: str) -> dict[str, ChartValue]:
    one: ChartValue = {
        "key": "kubernetes.io/metadata.name",
        "operator": "In",
        "values": [*names_of_them],
    }
    return {"matchExpressions": [one]}


def _alertmanager(spec: ObservabilitySpec, at: Surroundings) -> dict[str, ChartValue]:
    several = alertmanagers(at.environment) > 1
    # Optional: Alertmanager starts without it, and says of each message what it could not read.
    receivers: ChartValue = {
        "name": RECEIVERS_VOLUME,
        "secret": {"secretName": alertmanager.SECRET, "optional": True, "defaultMode": 0o440},
    }
    mount: ChartValue = {
        "name": RECEIVERS_VOLUME,
        "mountPath": alertmanager.FOLDER,
        "readOnly": True,
    }
    return {
        "config": alertmanager.alertmanager_config(spec),
        "serviceMonitor": {"selfMonitor": False},
        "podDisruptionBudget": {"enabled": several},
        "serviceAccount": {"automountServiceAccountToken": False},
        "alertmanagerSpec": {
            "image": image_values("alertmanager"),
            "replicas": alertmanagers(at.environment),
            "resources": ALERTMANAGER.resources(),
            # It asks nobody but whom it tells.
            "automountServiceAccountToken": False,
            "storage": _disk(ALERTMANAGER_GIB, at),
            "topologySpreadConstraints": apart("alertmanager"),
            "podAntiAffinity": "hard",
            **({"volumes": [receivers], "volumeMounts": [mount]} if spec.has_receivers else {}),
        },
    }


def _sources(spec: ObservabilitySpec) -> list[ChartValue]:
    """Return what Grafana shows besides Prometheus and Alertmanager, which the chart adds."""
    found: list[ChartValue] = []
    if spec.follows_requests:
        found.append(_source("Tempo", f"http://{names.TEMPO_HOST}:{names.TEMPO_PORT}"))
    if spec.has_loki:
        found.append(_source("Loki", f"http://{names.LOKI}:{names.LOKI_PORT}"))
    return found


def _source(name: str, url: str) -> ChartValue:
    kind = name.lower()
    return {"name": name, "uid": kind, "type": kind, "access": "proxy", "url": url}


def _grafana(spec: ObservabilitySpec) -> dict[str, ChartValue]:
    """Return the values of Grafana: nothing of it is kept, all it shows is code."""
    return {
        "image": image_values("grafana"),
        "resources": GRAFANA.resources(),
        "admin": {
            "existingSecret": GRAFANA_SECRET,
            "userKey": USER_KEY,
            "passwordKey": PASSWORD_KEY,
        },
        "defaultDashboardsEnabled": False,
        "additionalDataSources": _sources(spec),
        "serviceMonitor": {"enabled": False},
        "testFramework": {"enabled": False},
        # Its sidecars read what is in their own namespace.
        "rbac": {"namespaced": True},
        "sidecar": {
            "image": image_values("k8s-sidecar"),
            "resources": GRAFANA_SIDECAR.resources(),
            "dashboards": {
                "label": names.DASHBOARD_LABEL,
                "labelValue": names.DASHBOARD_VALUE,
                "searchNamespace": names.NAMESPACE,
                "folderAnnotation": names.DASHBOARD_FOLDER,
                "provider": {"foldersFromFilesStructure": True},
            },
        },
        "env": {
            # It has no way to the internet, and would only wait for it.
            "GF_ANALYTICS_CHECK_FOR_UPDATES": "false",
            "GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES": "false",
            "GF_ANALYTICS_REPORTING_ENABLED": "false",
        },
    }


def _node_exporter() -> dict[str, ChartValue]:
    node: ChartValue = {
        "sourceLabels": ["__meta_kubernetes_pod_node_name"],
        "targetLabel": "node",
    }
    return {
        # The tag says it already.
        "image": {
            "distroless": False,
            **image_values("node-exporter", digest_in="digest", whole=True),
        },
        "namespaceOverride": names.NODE_NAMESPACE,
        "priorityClassName": NODE_AGENT.name,
        "resources": NODE_EXPORTER.resources(),
        "prometheus": {"monitor": {"relabelings": [node]}},
    }


def _disk(gib: int, at: Surroundings) -> dict[str, ChartValue]:
    return {
        "volumeClaimTemplate": {
            "spec": {
                "storageClassName": at.storage_class,
                "accessModes": ["ReadWriteOnce"],
                "resources": {"requests": {"storage": f"{gib}Gi"}},
            }
        }
    }


def apart(program: str) -> Sequence[ChartValue]:
    """Spread pods over zones, without ever keeping one waiting for it."""
    return [
        {
            "maxSkew": 1,
            "topologyKey": "topology.kubernetes.io/zone",
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": {"app.kubernetes.io/name": program}},
        }
    ]
