"""tempo 2.2.4: one StatefulSet, its Service, its settings and its account.

Owns the objects with the chart's own names, selectors, ports, probes and mounts. Source:
grafana-community/helm-charts@3386a115, charts/tempo, read 2026-11-27.

Refused where a release asks for it, because not played: a disk, tempo-query, the generator of
metrics, monitors, policies, Services that reach outside, a configuration of one's own.
"""

import hashlib
from dataclasses import replace

import yaml

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

CHART = "tempo"
VERSIONS = ("2.2.4",)
APP_VERSION = "2.10.8"
PORTS = (
    ("prom-metrics", 3200, "TCP"),
    ("jaeger-thrift-c", 6831, "UDP"),
    ("jaeger-thrift-b", 6832, "UDP"),
    ("jaeger-thrift-h", 14268, "TCP"),
    ("jaeger-grpc", 14250, "TCP"),
    ("zipkin", 9411, "TCP"),
    ("otlp-legacy", 55680, "TCP"),
    ("otlp-grpc", 4317, "TCP"),
    ("otlp-httplegacy", 55681, "TCP"),
    ("otlp-http", 4318, "TCP"),
)
"""Of the container, whatever the values say of receivers."""
SERVED = (
    ("tempo-jaeger-thrift-compact", 6831, "UDP"),
    ("tempo-jaeger-thrift-binary", 6832, "UDP"),
    ("tempo-prom-metrics", 3200, "TCP"),
    ("tempo-jaeger-thrift-http", 14268, "TCP"),
    ("grpc-tempo-jaeger", 14250, "TCP"),
    ("tempo-zipkin", 9411, "TCP"),
    ("tempo-otlp-legacy", 55680, "TCP"),
    ("tempo-otlp-http-legacy", 55681, "TCP"),
    ("grpc-tempo-otlp", 4317, "TCP"),
    ("tempo-otlp-http", 4318, "TCP"),
)
"""Of the Service, with the receivers that the chart has by default."""
_OFF: tuple[tuple[str, ...], ...] = (
    ("persistence", "enabled"),
    ("tempoQuery", "enabled"),
    ("tempo", "metricsGenerator", "enabled"),
    ("serviceMonitor", "enabled"),
    ("networkPolicy", "enabled"),
    ("config",),
)
_OF_PODS = ("priorityClassName", "hostAliases", "initContainers", "affinity", "nodeSelector")


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
    if part(known, "tempo").get("receivers") != part(default_values(), "tempo").get("receivers"):
        message = f"{CHART}: tempo.receivers: no placeholder exists but for the chart's own"
        raise ChartValueError(message)
    release = replace(release, app_version=APP_VERSION)
    made: list[Properties] = []
    account = part(known, "serviceAccount")
    if account.get("create"):
        body = service_account(
            release, account_name(release, known), release.namespace, release.selector(known)
        )
        made.append(
            {**body, "automountServiceAccountToken": account.get("automountServiceAccountToken")}
        )
    return [*made, _settings(release, known), _service(release, known), _server(release, known)]


def settings(release: Release, known: Properties) -> Properties:
    """Return what Tempo's file says of the values."""
    tempo = part(known, "tempo")
    return {
        "stream_over_http_enabled": tempo.get("streamOverHttpEnabled"),
        "memberlist": {"cluster_label": f"{release.name}.{release.namespace}"},
        "multitenancy_enabled": tempo.get("multitenancyEnabled"),
        "usage_report": {"reporting_enabled": tempo.get("reportingEnabled")},
        "compactor": {"compaction": {"block_retention": tempo.get("retention")}},
        "distributor": {"receivers": tempo.get("receivers")},
        **{name: tempo.get(name) for name in ("ingester", "server", "storage", "querier")},
        "query_frontend": tempo.get("queryFrontend"),
        "overrides": tempo.get("overrides"),
    }


def _settings(release: Release, known: Properties) -> Properties:
    overrides = {"overrides": part(known, "tempo").get("per_tenant_overrides")}
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": _metadata(release, known, release.app_name(known)),
        "data": {
            "overrides.yaml": yaml.safe_dump(overrides),
            "tempo.yaml": yaml.safe_dump(settings(release, known)),
        },
    }


def _service(release: Release, known: Properties) -> Properties:
    ports: list[Value] = [
        {"name": name, "port": port, "protocol": protocol, "targetPort": port}
        for name, port, protocol in SERVED
    ]
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": _metadata(release, known, release.full_name(known)),
        "spec": {"type": "ClusterIP", "ports": ports, "selector": release.selector(known)},
    }


def _server(release: Release, known: Properties) -> Properties:
    text = yaml.safe_dump(settings(release, known))
    workload = Workload(
        release=release,
        name=release.full_name(known),
        namespace=release.namespace,
        selector=release.selector(known),
        pod_labels=part(known, "podLabels"),
        pod_annotations={
            "checksum/config": hashlib.sha256(text.encode()).hexdigest(),
            **part(known, "podAnnotations"),
        },
        pod={
            "serviceAccountName": account_name(release, known),
            "automountServiceAccountToken": part(known, "serviceAccount").get(
                "automountServiceAccountToken"
            ),
            **{name: known.get(name) for name in _OF_PODS},
            "securityContext": known.get("securityContext"),
            "tolerations": known.get("tolerations"),
            "containers": [_container(known)],
            "volumes": [
                *items(known.get("extraVolumes")),
                {"name": "tempo-conf", "configMap": {"name": release.app_name(known)}},
            ],
        },
    )
    headless = f"{release.full_name(known)}-headless"
    return workload.stateful_set(
        known.get("replicas"),
        {
            "serviceName": headless,
            "updateStrategy": {"type": part(known, "tempo").get("updateStrategy")},
        },
    )


def _container(known: Properties) -> Properties:
    tempo = part(known, "tempo")
    registry = part(known, "global").get("imageRegistry") or tempo.get("registry")
    more = [
        f"-{name}={value}" if value else f"-{name}"
        for name, value in part(tempo, "extraArgs").items()
    ]
    return without_empty(
        {
            "name": CHART,
            "image": f"{registry}/{tempo['repository']}:{tempo.get('tag') or APP_VERSION}",
            "imagePullPolicy": tempo.get("pullPolicy"),
            "args": [
                "-config.file=/conf/tempo.yaml",
                f"-mem-ballast-size-mbs={tempo.get('memBallastSizeMbs')}",
                *more,
            ],
            "env": tempo.get("extraEnv"),
            "envFrom": tempo.get("extraEnvFrom"),
            "ports": [
                {"name": name, "containerPort": port, "protocol": protocol}
                for name, port, protocol in PORTS
            ],
            "livenessProbe": tempo.get("livenessProbe"),
            "readinessProbe": tempo.get("readinessProbe"),
            "resources": tempo.get("resources"),
            "securityContext": tempo.get("securityContext"),
            "volumeMounts": [
                *items(tempo.get("extraVolumeMounts")),
                {"name": "tempo-conf", "mountPath": "/conf"},
            ],
        }
    )


def _metadata(release: Release, known: Properties, name: str) -> Properties:
    labels = release.labels(release.selector(known))
    return {"name": name, "namespace": release.namespace, "labels": labels}
