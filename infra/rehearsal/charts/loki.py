"""loki 18.11.0: one program that does everything, its Services, its disks and its configuration.

Owns the objects with the chart's own names, selectors, probes, mounts and refusals. Source:
grafana-community/helm-charts@3386a115 (chart 18.11.0), charts/loki/templates, read 2026-11-27.

Not played, and refused where a release asks for it: every other mode, nginx before it, caches, the
canary and its test, rules, an account of the chart's own, rights in the cluster.
"""

import yaml

from infra.rehearsal.charts.errors import ChartValueError
from infra.rehearsal.charts.objects import Release, Workload, image_of, part, without_empty
from infra.rehearsal.charts.values import defaults, effective, refuse_on
from infra.wire import Properties, Value

CHART = "loki"
VERSIONS = ("18.11.0",)
APP_VERSION = "3.7.6"
_COMPONENT = "app.kubernetes.io/component"
_SINGLE: Properties = {_COMPONENT: "single-binary"}
_PARTS = ("gateway", "chunksCache", "resultsCache", "lokiCanary", "test", "ruler", "minio")
_OFF = (
    *((name, "enabled") for name in _PARTS),
    *((name, "replicas") for name in ("write", "read", "backend")),
    ("sidecar", "rules", "enabled"),
    ("serviceAccount", "create"),
)
_PORTS = (("http-metrics", 3100), ("grpc", 9095), ("http-memberlist", 7946))


def default_values() -> Properties:
    """Return the chart's values."""
    return defaults(CHART)


def objects(release: Release, values: Properties) -> list[Properties]:
    """Return the objects of a release.

    Raises:
        ChartValueError: A value that the chart does not have or refuses, or a part without a
            placeholder.
    """
    known = effective(CHART, default_values(), values)
    _refuse(known)
    name = release.full_name(known)
    return [
        _text(release, known, release.app_name(known), "config.yaml", _configuration(known)),
        _text(release, known, f"{release.app_name(known)}-runtime", "runtime-config.yaml", {}),
        _service(release, known, name, _SINGLE, headless=False),
        _service(release, known, f"{name}-headless", _SINGLE, headless=True),
        _memberlist(release, known, f"{name}-memberlist"),
        _server(release, known),
        *_budget(release, known),
    ]


def _refuse(known: Properties) -> None:
    refuse_on(CHART, known, _OFF)
    if known.get("deploymentMode") != "Monolithic":
        message = f"{CHART}: deploymentMode: no placeholder exists but for Monolithic"
        raise ChartValueError(message)
    if not part(known, "rbac").get("namespaced"):
        message = f"{CHART}: rbac.namespaced: no placeholder exists, got False"
        raise ChartValueError(message)
    loki = part(known, "loki")
    if not part(loki, "storage", "bucketNames").get("chunks"):
        message = f"{CHART}: loki.storage.bucketNames.chunks: Please define it"
        raise ChartValueError(message)
    if not part(loki, "schemaConfig").get("configs"):
        message = f"{CHART}: loki.schemaConfig: You must provide a schema_config for Loki"
        raise ChartValueError(message)


def _metadata(release: Release, known: Properties, name: str, **more: Value) -> Properties:
    own = release.labels({**release.selector(known), **more})
    return {"name": name, "namespace": release.namespace, "labels": own}


def _configuration(known: Properties) -> Properties:
    """Return what the chart writes for Loki of what can be set here."""
    loki = part(known, "loki")
    storage, kind = part(loki, "storage"), str(part(loki, "storage").get("type"))
    bucket = part(storage, "bucketNames").get("chunks")
    where: Properties = (
        {"s3": {"bucketnames": bucket, "region": part(storage, "s3").get("region")}}
        if kind == "s3"
        else {kind: {"bucket_name": bucket}}
    )
    return {
        "auth_enabled": loki.get("auth_enabled"),
        "common": {**part(loki, "commonConfig"), "storage": where},
        "schema_config": loki.get("schemaConfig"),
        "limits_config": loki.get("limits_config"),
        "compactor": loki.get("compactor"),
        "ingester": loki.get("ingester"),
        "analytics": loki.get("analytics"),
    }


def _text(
    release: Release, known: Properties, name: str, key: str, content: Properties
) -> Properties:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": _metadata(release, known, name),
        "data": {key: yaml.safe_dump(content)},
    }


def _service(
    release: Release, known: Properties, name: str, component: Properties, *, headless: bool
) -> Properties:
    ports: list[Value] = [
        {"name": "http-metrics", "port": 3100, "targetPort": "http-metrics", "protocol": "TCP"},
        {"name": "grpc", "port": 9095, "targetPort": "grpc", "protocol": "TCP"},
        {"name": "grpclb", "port": 9096, "targetPort": "grpc", "protocol": "TCP"},
    ]
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": _metadata(release, known, name, **component),
        "spec": {
            "type": "ClusterIP",
            **({"clusterIP": "None"} if headless else {}),
            "publishNotReadyAddresses": True,
            "ports": ports,
            "selector": {**release.selector(known), **component},
        },
    }


def _memberlist(release: Release, known: Properties, name: str) -> Properties:
    early = part(known, "memberlist", "service").get("publishNotReadyAddresses")
    port: Value = {"name": "tcp", "port": 7946, "targetPort": "http-memberlist", "protocol": "TCP"}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": _metadata(release, known, name),
        "spec": {
            "type": "ClusterIP",
            "clusterIP": "None",
            **({"publishNotReadyAddresses": True} if early else {}),
            "ports": [port],
            "selector": {
                **release.selector(known),
                "app.kubernetes.io/part-of": "memberlist",
            },
        },
    }


def _server(release: Release, known: Properties) -> Properties:
    own = part(known, "singleBinary")
    name = release.full_name(known)
    selector: Properties = {**release.selector(known), **_SINGLE}
    apart: Value = {
        "topologyKey": "kubernetes.io/hostname",
        "labelSelector": {"matchLabels": selector},
    }
    workload = Workload(
        release=release,
        name=name,
        namespace=release.namespace,
        selector=selector,
        pod_labels={"app.kubernetes.io/part-of": "memberlist"},
        pod_annotations={
            "kubectl.kubernetes.io/default-container": "loki",
            "storage/size": part(own, "persistence").get("size"),
        },
        pod={
            "topologySpreadConstraints": own.get("topologySpreadConstraints"),
            "serviceAccountName": part(known, "serviceAccount").get("name") or "default",
            "automountServiceAccountToken": part(known, "defaults").get(
                "automountServiceAccountToken"
            ),
            "securityContext": part(known, "loki").get("podSecurityContext"),
            "terminationGracePeriodSeconds": own.get("terminationGracePeriodSeconds"),
            "affinity": {
                "podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [apart]}
            },
            "containers": [_container(known)],
            "volumes": _volumes(release, known),
        },
    )
    settings: Properties = {
        "serviceName": f"{name}-headless",
        "podManagementPolicy": own.get("podManagementPolicy"),
        "volumeClaimTemplates": _claims(own),
    }
    return workload.stateful_set(max(1, int(str(own.get("replicas")))), settings)


def _container(known: Properties) -> Properties:
    own = part(known, "singleBinary")
    return without_empty(
        {
            "name": "loki",
            "image": image_of(part(known, "loki", "image"), APP_VERSION),
            "args": [
                "-config.file=/etc/loki/config/config.yaml",
                "-config.expand-env=true",
                "-memberlist.advertise-addr=$(POD_IP)",
                "-target=all",
            ],
            "ports": [
                {"name": name, "containerPort": port, "protocol": "TCP"} for name, port in _PORTS
            ],
            "env": [{"name": "POD_IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}],
            "securityContext": part(known, "loki").get("containerSecurityContext"),
            "readinessProbe": {"httpGet": {"path": "/ready", "port": "http-metrics"}},
            "livenessProbe": {
                "httpGet": {"path": "/loki/api/v1/status/buildinfo", "port": "http-metrics"}
            },
            "resources": own.get("resources"),
            "volumeMounts": [
                {"name": "config", "mountPath": "/etc/loki/config"},
                {"name": "runtime-config", "mountPath": "/etc/loki/runtime-config"},
                {"name": "storage", "mountPath": "/var/loki"},
                {"name": "temp", "mountPath": "/tmp"},  # noqa: S108 - a path of the container's
            ],
        }
    )


def _volumes(release: Release, known: Properties) -> list[Value]:
    name = release.app_name(known)
    found: list[Value] = [
        {"name": "temp", "emptyDir": {}},
        {"name": "config", "configMap": {"name": name}},
        {"name": "runtime-config", "configMap": {"name": f"{name}-runtime"}},
    ]
    if not _claims(part(known, "singleBinary")):
        found.append({"name": "storage", "emptyDir": {}})
    return found


def _claims(own: Properties) -> list[Value]:
    disk = part(own, "persistence")
    if not disk.get("enabled"):
        return []
    spec = without_empty(
        {
            "accessModes": disk.get("accessModes"),
            "storageClassName": disk.get("storageClass"),
            "resources": {"requests": {"storage": disk.get("size")}},
        }
    )
    return [{"metadata": {"name": "storage"}, "spec": spec}]


def _budget(release: Release, known: Properties) -> list[Properties]:
    own = part(known, "singleBinary")
    said = dict(part(own, "podDisruptionBudget"))
    enabled = said.pop("enabled")
    spec = {key: value for key, value in said.items() if value is not None}
    if not enabled or not spec or int(str(own.get("replicas"))) <= 1:
        return []
    return [
        {
            "apiVersion": "policy/v1",
            "kind": "PodDisruptionBudget",
            "metadata": _metadata(
                release, known, f"{release.full_name(known)}-single-binary", **_SINGLE
            ),
            "spec": {
                **spec,
                "selector": {"matchLabels": {**release.selector(known), **_SINGLE}},
            },
        }
    ]
