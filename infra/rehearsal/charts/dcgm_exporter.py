"""dcgm-exporter 4.8.3: the DaemonSet that exports GPU metrics, its Service and its ServiceMonitor.

Owns the objects with the chart's own requests, tolerations and selectors. Source:
NVIDIA/dcgm-exporter@7ad5832 (chart 4.8.3), deployment/, read 2026-11.

The ServiceMonitor is declared exactly when the chart would: on a cluster without that kind the
release then fails, as it does with Helm. Not played: metrics, TLS, roles.
"""

from infra.rehearsal.charts.objects import (
    Release,
    Workload,
    host_path,
    items,
    part,
    service_account,
    without_empty,
)
from infra.rehearsal.charts.values import defaults, effective
from infra.wire import Properties

CHART = "dcgm-exporter"
VERSIONS = ("4.8.3",)
_METRICS = "exporter-metrics-config-map"
"""Name of the chart's ConfigMap, the same for every release: two in a namespace collide."""


def default_values() -> Properties:
    """Return the chart's values."""
    return defaults(CHART)


def objects(release: Release, values: Properties) -> list[Properties]:
    """Return the objects of a release.

    Raises:
        ChartValueError: A value that the chart does not have.
    """
    known = effective(CHART, default_values(), values)
    home, full = release.home(known), release.full_name(known)
    selector = _selector(release, known)
    account = part(known, "serviceAccount")
    account_name = str(account.get("name") or (full if account.get("create") else "default"))
    made = [service_account(release, account_name, home, selector)] if account.get("create") else []
    made += [_metrics(release, known), _daemon_set(release, known, account_name)]
    if part(known, "service").get("enable"):
        made.append(_service(release, known))
    if part(known, "serviceMonitor").get("enabled"):
        made.append(_service_monitor(release, known))
    return made


def _daemon_set(release: Release, known: Properties, account: str) -> Properties:
    workload = Workload(
        release=release,
        name=release.full_name(known),
        namespace=release.home(known),
        selector=_selector(release, known),
        pod_labels=part(known, "podLabels"),
        pod_annotations=part(known, "podAnnotations"),
        pod={
            "serviceAccountName": account,
            "priorityClassName": known.get("priorityClassName"),
            "runtimeClassName": known.get("runtimeClassName"),
            "hostPID": known.get("hostPID"),
            "hostNetwork": known.get("hostNetwork"),
            "securityContext": known.get("podSecurityContext"),
            "imagePullSecrets": known.get("imagePullSecrets"),
            "nodeSelector": known.get("nodeSelector"),
            "affinity": known.get("affinity"),
            "tolerations": known.get("tolerations"),
            "initContainers": known.get("initContainers"),
            "containers": [_container(release, known)],
            "volumes": [
                host_path("pod-gpu-resources", str(known.get("kubeletPath"))),
                *(
                    host_path(str(item.get("name")), str(item.get("hostPath")))
                    for item in items(known.get("extraHostVolumes"))
                    if isinstance(item, dict)
                ),
                *items(known.get("extraConfigMapVolumes")),
            ],
        },
    )
    return workload.daemon_set(
        {"type": "RollingUpdate", "rollingUpdate": part(known, "rollingUpdate")}
    )


def _container(release: Release, known: Properties) -> Properties:
    image = part(known, "image")
    tag = f":{image.get('tag') or release.app_version}"
    reference = f"@{image['digest']}" if image.get("digest") else tag
    return without_empty(
        {
            "name": "exporter",
            "image": f"{image.get('repository')}{reference}",
            "args": known.get("arguments"),
            "env": known.get("extraEnv"),
            "ports": [{"name": "metrics", "containerPort": part(known, "service").get("port")}],
            "securityContext": known.get("securityContext"),
            "resources": known.get("resources"),
            "volumeMounts": [
                {
                    "name": "pod-gpu-resources",
                    "readOnly": True,
                    "mountPath": "/var/lib/kubelet/pod-resources",
                },
                *items(known.get("extraVolumeMounts")),
            ],
        }
    )


def _metrics(release: Release, known: Properties) -> Properties:
    text = str(known.get("customMetrics") or "# the chart's own list; the rehearsal has none\n")
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": _METRICS,
            "namespace": release.home(known),
            "labels": release.labels(_selector(release, known)),
        },
        "data": {"metrics": text},
    }


def _service(release: Release, known: Properties) -> Properties:
    service = part(known, "service")
    port = service.get("port")
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": without_empty(
            {
                "name": release.full_name(known),
                "namespace": release.home(known),
                "labels": release.labels(_selector(release, known)),
                "annotations": service.get("annotations"),
            }
        ),
        "spec": without_empty(
            {
                "type": service.get("type"),
                "clusterIP": service.get("clusterIP"),
                "internalTrafficPolicy": service.get("internalTrafficPolicy"),
                "selector": _selector(release, known),
                "ports": [{"name": "metrics", "port": port, "targetPort": port, "protocol": "TCP"}],
            }
        ),
    }


def _service_monitor(release: Release, known: Properties) -> Properties:
    monitor = part(known, "serviceMonitor")
    home, selector = release.home(known), _selector(release, known)
    endpoint: Properties = {
        "port": "metrics",
        "path": "/metrics",
        "interval": monitor.get("interval"),
        "scrapeTimeout": monitor.get("scrapeTimeout"),
        "honorLabels": monitor.get("honorLabels"),
        "relabelings": monitor.get("relabelings"),
        "metricRelabelings": monitor.get("metricRelabelings"),
    }
    return {
        "apiVersion": monitor.get("apiVersion"),
        "kind": "ServiceMonitor",
        "metadata": {
            "name": release.full_name(known),
            "namespace": home,
            "labels": {**release.labels(selector), **part(monitor, "additionalLabels")},
        },
        "spec": {
            "selector": {"matchLabels": selector},
            "namespaceSelector": {"matchNames": [home]},
            "endpoints": [endpoint],
        },
    }


def _selector(release: Release, known: Properties) -> Properties:
    name = release.app_name(known)
    return {
        "app.kubernetes.io/name": name,
        "app.kubernetes.io/instance": release.name,
        "app.kubernetes.io/component": name,
    }
