"""milvus 5.0.28: the server or the programs of a cluster, their Services, and etcd beside them.

Owns the objects with the chart's own names, selectors, probes and mounts. Source:
zilliztech/milvus-helm@9832476 (chart 5.0.19), charts/milvus/templates, read 2026-11-26. 5.0.20 to
5.0.28 were not: 5.0.27 takes Milvus 3.0.1, 5.0.28 other images of MinIO (#316, which we never run).

Not played, and refused where a release asks for it: the charts' own object stores and queues, a
dedicated Woodpecker, disks of Milvus itself, accounts of its own, anything open to the outside.
"""

from dataclasses import dataclass

from infra.rehearsal.charts import milvus_etcd
from infra.rehearsal.charts.errors import ChartValueError
from infra.rehearsal.charts.objects import Release, Workload, items, part, without_empty
from infra.rehearsal.charts.values import defaults, effective, refuse_on
from infra.wire import Properties, Value

CHART = "milvus"
VERSIONS = ("5.0.28",)
_OFF = ("minio", "pulsarv3", "pulsar", "kafka", "woodpecker", "attu", "tei", "ingress", "cdc")
_OFF_INSIDE = (
    ("serviceAccount", "create"),
    ("metrics", "serviceMonitor", "enabled"),
    ("log", "persistence", "enabled"),
    ("rootCoordinator", "enabled"),
    ("queryCoordinator", "enabled"),
    ("indexCoordinator", "enabled"),
    ("dataCoordinator", "enabled"),
    ("indexNode", "enabled"),
)
_MIXED = ("mixture", "-rootcoord", "-querycoord", "-datacoord", "-indexcoord")


@dataclass(frozen=True)
class _Program:
    """One Deployment of the chart."""

    section: str
    """Section of the values."""
    component: str
    """Label `component`, container, and end of the name."""
    arguments: tuple[str, ...]
    """After `milvus run`."""
    ports: tuple[tuple[str, int], ...]
    """Name and number of each, besides `metrics`."""
    folders: tuple[tuple[str, str], ...] = ()
    """Empty folders: name and path."""
    headless: bool = True
    """Whether the Service of its metrics has no address of its own."""


_STANDALONE = _Program(
    "standalone",
    "standalone",
    ("standalone",),
    (("milvus", 19530),),
    (("milvus-data-disk", "/var/lib/milvus"), ("disk", "/var/lib/milvus/data")),
)
_CLUSTER = (
    _Program("mixCoordinator", "mixcoord", _MIXED, (), headless=False),
    _Program("proxy", "proxy", ("proxy",), (("milvus", 19530),)),
    _Program(
        "queryNode",
        "querynode",
        ("querynode",),
        (("querynode", 21123),),
        (("disk", "/var/lib/milvus/data"),),
    ),
    _Program("dataNode", "datanode", ("datanode",), (("datanode", 21124),)),
    _Program(
        "streamingNode",
        "streamingnode",
        ("streamingnode",),
        (("streamingnode", 22222),),
        (("woodpecker", "/var/lib/milvus"),),
    ),
)
_WITHOUT_METRICS_SERVICE = ("standalone", "proxy")
"""The Service of clients has their metrics, too."""


def default_values() -> Properties:
    """Return the chart's values."""
    return defaults(CHART)


def objects(release: Release, values: Properties) -> list[Properties]:
    """Return the objects of a release.

    Raises:
        ChartValueError: A value that the chart does not have, or a part without a placeholder.
    """
    known = effective(CHART, default_values(), values)
    _refuse(known)
    in_cluster = bool(part(known, "cluster").get("enabled"))
    programs = _CLUSTER if in_cluster else (_STANDALONE,)
    front = "proxy" if in_cluster else "standalone"
    made = [_settings(release, known), _service(release, known, front)]
    for program in programs:
        made.append(_deployment(release, known, program))
        if program.component not in _WITHOUT_METRICS_SERVICE:
            made.append(_metrics_service(release, known, program))
    return [*made, *milvus_etcd.objects(release, part(known, "etcd"))]


def _refuse(known: Properties) -> None:
    refuse_on(CHART, known, (*((name, "enabled") for name in _OFF), *_OFF_INSIDE))
    if not part(known, "externalS3").get("bucketName"):
        message = f"{CHART}: externalS3.bucketName: without it Milvus has nowhere to keep data"
        raise ChartValueError(message)
    in_cluster = part(known, "cluster").get("enabled")
    if not in_cluster and part(known, "standalone", "persistence").get("enabled"):
        message = f"{CHART}: standalone.persistence.enabled: no placeholder exists, got True"
        raise ChartValueError(message)


def _selector(release: Release, known: Properties, component: str) -> Properties:
    return {
        "app.kubernetes.io/name": release.app_name(known),
        "app.kubernetes.io/instance": release.name,
        "component": component,
    }


def _settings(release: Release, known: Properties) -> Properties:
    files = part(known, "extraConfigFiles")
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": release.full_name(known), "namespace": release.namespace},
        "data": {"default.yaml": "# the chart's own text; the rehearsal has none\n", **files},
    }


def _service(release: Release, known: Properties, component: str) -> Properties:
    service = part(known, "service")
    ports: list[Value] = [
        {
            "name": service.get("portName"),
            "port": service.get("port"),
            "protocol": "TCP",
            "targetPort": "milvus",
        }
    ]
    if part(known, "metrics").get("enabled"):
        ports.append(_METRICS_PORT)
    return _service_body(
        release,
        known,
        release.full_name(known),
        component,
        {"type": service.get("type"), "ports": ports},
    )


_METRICS_PORT: Properties = {
    "name": "metrics",
    "port": 9091,
    "protocol": "TCP",
    "targetPort": "metrics",
}


def _metrics_service(release: Release, known: Properties, program: _Program) -> Properties:
    name = f"{release.full_name(known)}-{program.component}"
    address = {"clusterIP": "None"} if program.headless else {}
    spec: Properties = {"type": "ClusterIP", **address, "ports": [_METRICS_PORT]}
    return _service_body(release, known, name, program.component, spec)


def _service_body(
    release: Release, known: Properties, name: str, component: str, spec: Properties
) -> Properties:
    selector = _selector(release, known, component)
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {
            "name": name,
            "namespace": release.namespace,
            "labels": release.labels(selector),
        },
        "spec": {**spec, "selector": selector},
    }


def _deployment(release: Release, known: Properties, program: _Program) -> Properties:
    own = part(known, program.section)
    own_or_all = {
        name: own.get(name) or known.get(name)
        for name in (
            *("nodeSelector", "affinity", "tolerations"),
            *("securityContext", "topologySpreadConstraints"),
        )
    }
    workload = Workload(
        release=release,
        name=f"{release.full_name(known)}-{program.component}",
        namespace=release.namespace,
        selector=_selector(release, known, program.component),
        pod_labels=part(known, "labels"),
        pod_annotations={**part(known, "annotations"), **part(own, "annotations")},
        pod={
            "serviceAccountName": part(known, "serviceAccount").get("name") or "default",
            **own_or_all,
            "containers": [_container(known, program)],
            "volumes": _volumes(release, known, program),
        },
    )
    return workload.deployment(own.get("replicas"), _strategy(own, program))


def _strategy(own: Properties, program: _Program) -> Value:
    """Standalone and a lone coordinator are stopped before the new one starts."""
    alone = program is _STANDALONE or (
        program.section == "mixCoordinator" and not part(own, "activeStandby").get("enabled")
    )
    return {"type": "Recreate"} if alone else own.get("strategy")


def _container(known: Properties, program: _Program) -> Properties:
    own, image = part(known, program.section), part(known, "image", "all")
    mounts: list[Value] = [
        _mount("tools", "/milvus/tools"),
        _settings_mount("default.yaml"),
        _settings_mount("user.yaml"),
        *(_mount(name, path) for name, path in program.folders),
        *items(known.get("volumeMounts")),
    ]
    ports: list[Value] = [
        {"name": name, "containerPort": number, "protocol": "TCP"}
        for name, number in (*program.ports, ("metrics", 9091))
    ]
    return without_empty(
        {
            "name": program.component,
            "image": f"{image.get('repository')}:{image.get('tag')}",
            "imagePullPolicy": image.get("pullPolicy"),
            "args": ["milvus", "run", *program.arguments],
            "env": own.get("extraEnv"),
            "ports": ports,
            "livenessProbe": _probe(known, "livenessProbe", {"tcpSocket": {"port": "metrics"}}),
            "readinessProbe": _probe(
                known, "readinessProbe", {"httpGet": {"path": "/healthz", "port": "metrics"}}
            ),
            "resources": own.get("resources"),
            "securityContext": own.get("containerSecurityContext")
            or known.get("containerSecurityContext"),
            "volumeMounts": mounts,
        }
    )


def _mount(name: str, path: str) -> Properties:
    return {"name": name, "mountPath": path}


def _settings_mount(name: str) -> Properties:
    path = f"/milvus/configs/{name}"
    return {"name": "milvus-config", "mountPath": path, "subPath": name, "readOnly": True}


def _probe(known: Properties, name: str, asks: Properties) -> Value:
    probe = dict(part(known, name))
    return {**asks, **probe} if probe.pop("enabled", False) else None


def _volumes(release: Release, known: Properties, program: _Program) -> list[Value]:
    empty: list[Value] = [
        {"name": name, "emptyDir": {}} for name in ("tools", *(name for name, _ in program.folders))
    ]
    settings: Value = {"name": "milvus-config", "configMap": {"name": release.full_name(known)}}
    return [settings, *empty, *items(known.get("volumes"))]
