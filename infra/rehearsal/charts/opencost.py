"""opencost 2.5.17: one Deployment, its Service and its account.

Owns the objects with the chart's own names, selectors, ports, probes, variables and mounts. Source:
opencost/opencost-helm-chart@725bb939, charts/opencost/templates, read 2026-11-28.

Not played, and refused where a release asks for it: the page for people, the server for agents,
plugins, prices of one's own, keys among the values, another Prometheus than one in the cluster,
rights in the whole cluster, monitors, policies, disks and ways from outside.
"""

from dataclasses import replace

from infra.rehearsal.charts.errors import ChartValueError
from infra.rehearsal.charts.objects import (
    Release,
    Workload,
    account_name,
    items,
    part,
    service_account,
    without_empty,
)
from infra.rehearsal.charts.values import defaults, effective, refuse_on
from infra.wire import Properties, Value

CHART = "opencost"
VERSIONS = ("2.5.17",)
APP_VERSION = "1.120.1"
_EXPORTER = ("opencost", "exporter")
_OFF: tuple[tuple[str, ...], ...] = (
    ("rbac", "enabled"),
    ("pdb", "enabled"),
    ("plugins", "enabled"),
    ("networkPolicies", "enabled"),
    ("opencost", "cloudIntegrationSecret"),
    ("opencost", "cloudIntegrationJSON"),
    ("opencost", "mcp", "enabled"),
    ("opencost", "ui", "enabled"),
    ("opencost", "customPricing", "enabled"),
    ("opencost", "carbonCost", "enabled"),
    ("opencost", "cloudCost", "enabled"),
    ("opencost", "updateCaTrust", "enabled"),
    ("opencost", "platforms", "openshift", "enabled"),
    ("opencost", "extraContainers"),
    ("opencost", "metrics", "serviceMonitor", "enabled"),
    ("opencost", "metrics", "config", "enabled"),
    *(
        ("opencost", "prometheus", name)
        for name in ("existingSecretName", "username", "password", "bearer_token", "kubeRBACProxy")
    ),
    *(("opencost", "prometheus", name, "enabled") for name in ("external", "amp", "thanos")),
    *((*_EXPORTER, name) for name in ("cloudProviderApiKey", "command", "csv_path", "extraEnv")),
    *((*_EXPORTER, "aws", name) for name in ("secret_access_key", "access_key_id")),
    *(
        (*_EXPORTER, name, "enabled")
        for name in (
            *("persistence", "collectorDataSource", "adminToken"),
            *("apiIngress", "apiHttpRoute"),
        )
    ),
)
_PROBES = ("startupProbe", "livenessProbe", "readinessProbe")
_TIMES = ("initialDelaySeconds", "periodSeconds", "failureThreshold")
_STATE_METRICS = {
    "emitPodAnnotations": "EMIT_POD_ANNOTATIONS_METRIC",
    "emitNamespaceAnnotations": "EMIT_NAMESPACE_ANNOTATIONS_METRIC",
    "emitKsmV1Metrics": "EMIT_KSM_V1_METRICS",
    "emitKsmV1MetricsOnly": "EMIT_KSM_V1_METRICS_ONLY",
}


def default_values() -> Properties:
    """Return the chart's values."""
    return defaults(CHART)


def objects(release: Release, values: Properties) -> list[Properties]:
    """Return the objects of a release.

    Raises:
        ChartValueError: A value that the chart does not have, or a part without a placeholder.
    """
    known = effective(CHART, default_values(), values)
    refuse_on(CHART, known, _OFF)
    if part(known, "service").get("type") != "ClusterIP":
        message = f"{CHART}: service.type: no placeholder exists but for ClusterIP"
        raise ChartValueError(message)
    release = replace(release, app_version=APP_VERSION)
    made: list[Properties] = []
    account = part(known, "serviceAccount")
    if account.get("create"):
        body = service_account(
            release,
            account_name(release, known, CHART),
            release.home(known),
            release.selector(known),
        )
        mounts = account.get("automountServiceAccountToken")
        made.append({**body, "automountServiceAccountToken": mounts})
    return [*made, _service(release, known), _deployment(release, known)]


def _service(release: Release, known: Properties) -> Properties:
    port = part(known, *_EXPORTER).get("apiPort")
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {
            "name": release.full_name(known),
            "namespace": release.home(known),
            "labels": release.labels(release.selector(known)),
        },
        "spec": {
            "selector": release.selector(known),
            "type": "ClusterIP",
            "ports": [{"name": "http", "port": port, "targetPort": port}],
        },
    }


def _deployment(release: Release, known: Properties) -> Properties:
    own = part(known, "opencost")
    workload = Workload(
        release=release,
        name=release.full_name(known),
        namespace=release.home(known),
        selector=release.selector(known),
        pod_labels=part(known, "podLabels"),
        pod_annotations=part(known, "podAnnotations"),
        pod={
            "imagePullSecrets": known.get("imagePullSecrets"),
            "priorityClassName": known.get("priorityClassName"),
            "securityContext": known.get("podSecurityContext"),
            "serviceAccountName": account_name(release, known, CHART),
            "automountServiceAccountToken": known.get("podAutomountServiceAccountToken"),
            **{
                name: own.get(name)
                for name in ("tolerations", "nodeSelector", "affinity", "topologySpreadConstraints")
            },
            "containers": [_container(release, known)],
            "volumes": known.get("extraVolumes"),
        },
    )
    return workload.deployment(part(own, "exporter").get("replicas"), known.get("updateStrategy"))


def _container(release: Release, known: Properties) -> Properties:
    exporter = part(known, *_EXPORTER)
    image, port = part(exporter, "image"), exporter.get("apiPort")
    named = f"{image.get('registry')}/{image.get('repository')}:{image.get('tag') or APP_VERSION}"
    return without_empty(
        {
            "name": release.full_name(known),
            "image": image.get("fullImageName") or named,
            "imagePullPolicy": image.get("pullPolicy"),
            "args": [f"--{one}" for one in items(exporter.get("extraArgs"))],
            "ports": [{"containerPort": port, "name": "http"}],
            "resources": exporter.get("resources"),
            **{name: _probe(part(exporter, name), port) for name in _PROBES},
            "securityContext": exporter.get("securityContext"),
            "env": _environment(release, known),
            "volumeMounts": exporter.get("extraVolumeMounts"),
        }
    )


def _probe(probe: Properties, port: Value) -> Value:
    if not probe.get("enabled"):
        return None
    asked: Properties = {"path": probe.get("path"), "port": port}
    return {"httpGet": asked, **{name: probe.get(name) for name in _TIMES}}


def _environment(release: Release, known: Properties) -> list[Value]:
    own, exporter = part(known, "opencost"), part(known, *_EXPORTER)
    resolution = part(exporter, "prometheusDataSource").get("queryResolutionSeconds")
    shown = part(own, "metrics", "kubeStateMetrics")
    said: dict[str, Value] = {
        "LOG_LEVEL": known.get("loglevel"),
        "CUSTOM_COST_ENABLED": False,
        "INSTALL_NAMESPACE": release.home(known),
        **({"PROMETHEUS_QUERY_RESOLUTION_SECONDS": resolution} if resolution else {}),
        "API_PORT": exporter.get("apiPort"),
        "PROMETHEUS_SERVER_ENDPOINT": _prometheus(known),
        "INSECURE_SKIP_VERIFY": part(own, "prometheus").get("insecureSkipVerify"),
        "CLUSTER_ID": exporter.get("defaultClusterId"),
    }
    after: dict[str, Value] = {
        "RESOLUTION_1D_RETENTION": own.get("retention1d"),
        "RESOLUTION_1H_RETENTION": own.get("retention1h"),
        "CLOUD_COST_ENABLED": False,
        **{
            f"CLOUD_COST_{variable}": part(own, "cloudCost").get(name)
            for variable, name in {
                "MONTH_TO_DATE_INTERVAL": "monthToDateInterval",
                "REFRESH_RATE_HOURS": "refreshRateHours",
                "QUERY_WINDOW_DAYS": "queryWindowDays",
                "RUN_WINDOW_DAYS": "runWindowDays",
            }.items()
        },
        **{
            variable: shown.get(name)
            for name, variable in _STATE_METRICS.items()
            if shown.get(name) is not None
        },
        "MCP_SERVER_ENABLED": False,
    }
    return [*_variables(said), *items(exporter.get("env")), *_variables(after)]


def _variables(said: dict[str, Value]) -> list[Value]:
    return [{"name": name, "value": _text(value)} for name, value in said.items()]


def _text(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _prometheus(known: Properties) -> str:
    inside = part(known, "opencost", "prometheus", "internal")
    host = f"{inside.get('serviceName')}.{inside.get('namespaceName')}.svc"
    address = f"{inside.get('scheme')}://{host}.{known.get('clusterName')}:{inside.get('port')}"
    return f"{address}{inside.get('path') or ''}"
