"""alloy 1.11.1: one Deployment, its configuration, its Service, and rights in named namespaces.

Owns the objects with the chart's own names, selectors, probes and mounts. Source:
grafana/alloy@66ebea856d (chart 1.11.1), operations/helm/charts/alloy/templates, read 2026-11-27.

Not played, and refused where a release asks for it: a DaemonSet or StatefulSet, the node's files,
rights in the whole cluster, the reloader, several that share the work, its own kinds and monitors.
"""

import hashlib

from infra.rehearsal.charts.errors import ChartValueError
from infra.rehearsal.charts.objects import Release, Workload, image_of, items, part, without_empty
from infra.rehearsal.charts.values import defaults, effective, refuse_on
from infra.wire import Properties, Value

CHART = "alloy"
VERSIONS = ("1.11.1",)
APP_VERSION = "v1.18.1"
_RBAC = "rbac.authorization.k8s.io"
_CONFIG = "config.alloy"
_CHECKSUM_LENGTH = 63
_OFF = (
    ("crds", "create"),
    ("configReloader", "enabled"),
    ("alloy", "clustering", "enabled"),
    ("alloy", "mounts", "varlog"),
    ("alloy", "mounts", "dockercontainers"),
    ("alloy", "configMap", "name"),
    ("alloy", "configMap", "key"),
    ("controller", "hostNetwork"),
    ("controller", "hostPID"),
    ("controller", "podDisruptionBudget", "enabled"),
    ("controller", "volumeClaimTemplates"),
    ("networkPolicy", "enabled"),
    ("serviceMonitor", "enabled"),
    ("ingress", "enabled"),
)


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
    name, selector = release.full_name(known), release.selector(known)
    account: Properties = {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "automountServiceAccountToken": part(known, "serviceAccount").get(
            "automountServiceAccountToken"
        ),
        "metadata": _metadata(release, known, name),
    }
    config: Properties = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": _metadata(release, known, name),
        "data": {_CONFIG: part(known, "alloy", "configMap").get("content")},
    }
    service: Properties = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": _metadata(release, known, name),
        "spec": {
            "type": part(known, "service").get("type"),
            "selector": selector,
            "internalTrafficPolicy": part(known, "service").get("internalTrafficPolicy"),
            "ports": [
                {
                    "name": "http-metrics",
                    "port": _port(known),
                    "targetPort": _port(known),
                    "protocol": "TCP",
                }
            ],
        },
    }
    return [account, config, *_rights(release, known), service, _deployment(release, known)]


def _refuse(known: Properties) -> None:
    refuse_on(CHART, known, _OFF)
    kind = part(known, "controller").get("type")
    if kind != "deployment":
        message = f"{CHART}: controller.type: no placeholder exists but for deployment, got {kind}"
        raise ChartValueError(message)
    if not part(known, "rbac").get("namespaces"):
        message = f"{CHART}: rbac.namespaces: no placeholder exists for rights in the whole cluster"
        raise ChartValueError(message)
    content = str(part(known, "alloy", "configMap").get("content"))
    if not content or "{{" in content:
        message = f"{CHART}: alloy.configMap.content: no placeholder exists for the chart's own "
        message += "example, nor for a template"
        raise ChartValueError(message)


def _port(known: Properties) -> Value:
    return part(known, "alloy").get("listenPort")


def _metadata(
    release: Release, known: Properties, name: str, namespace: str | None = None
) -> Properties:
    own = {**release.labels(release.selector(known)), "app.kubernetes.io/part-of": "alloy"}
    return {"name": name, "namespace": namespace or release.namespace, "labels": own}


def _rights(release: Release, known: Properties) -> list[Properties]:
    """Return a Role and who has it, in each namespace that is named."""
    name, rbac = release.full_name(known), part(known, "rbac")
    made: list[Properties] = []
    for namespace in items(rbac.get("namespaces")):
        metadata = _metadata(release, known, name, str(namespace))
        made += [
            {
                "apiVersion": f"{_RBAC}/v1",
                "kind": "Role",
                "metadata": metadata,
                "rules": rbac.get("rules"),
            },
            {
                "apiVersion": f"{_RBAC}/v1",
                "kind": "RoleBinding",
                "metadata": metadata,
                "roleRef": {"apiGroup": _RBAC, "kind": "Role", "name": name},
                "subjects": [
                    {"kind": "ServiceAccount", "name": name, "namespace": release.namespace}
                ],
            },
        ]
    return made


def _deployment(release: Release, known: Properties) -> Properties:
    name, own = release.full_name(known), part(known, "controller")
    content = str(part(known, "alloy", "configMap").get("content"))
    checksum = hashlib.sha256(content.encode()).hexdigest()[:_CHECKSUM_LENGTH]
    workload = Workload(
        release=release,
        name=name,
        namespace=release.namespace,
        selector=release.selector(known),
        pod_annotations={
            "kubectl.kubernetes.io/default-container": "alloy",
            "checksum/config": checksum,
        },
        pod={
            "securityContext": part(known, "global").get("podSecurityContext"),
            "serviceAccountName": name,
            "dnsPolicy": own.get("dnsPolicy"),
            "containers": [_container(known)],
            "volumes": [
                {"name": "config", "configMap": {"name": name}},
                *items(part(own, "volumes").get("extra")),
            ],
        },
    )
    return workload.deployment(own.get("replicas"), own.get("updateStrategy"))


def _container(known: Properties) -> Properties:
    own, image = part(known, "alloy"), part(known, "image")
    reporting = [] if own.get("enableReporting") else ["--disable-reporting"]
    return without_empty(
        {
            "name": "alloy",
            "image": image_of(image, APP_VERSION),
            "imagePullPolicy": image.get("pullPolicy"),
            "args": [
                "run",
                f"/etc/alloy/{_CONFIG}",
                f"--storage.path={own.get('storagePath')}",
                f"--server.http.listen-addr={own.get('listenAddr')}:{own.get('listenPort')}",
                f"--server.http.ui-path-prefix={own.get('uiPathPrefix')}",
                *reporting,
                f"--stability.level={own.get('stabilityLevel')}",
                *items(own.get("extraArgs")),
            ],
            "env": [
                {"name": "ALLOY_DEPLOY_MODE", "value": "helm"},
                *(_node_name(name) for name in ("HOSTNAME", "K8S_NODE_NAME")),
                *items(own.get("extraEnv")),
            ],
            "ports": [{"name": "http-metrics", "containerPort": own.get("listenPort")}],
            "readinessProbe": {
                "httpGet": {"path": "/-/ready", "port": own.get("listenPort"), "scheme": "HTTP"},
                "initialDelaySeconds": own.get("initialDelaySeconds"),
                "timeoutSeconds": own.get("timeoutSeconds"),
            },
            "resources": own.get("resources"),
            "securityContext": own.get("securityContext"),
            "volumeMounts": [
                {"name": "config", "mountPath": "/etc/alloy"},
                *items(part(own, "mounts").get("extra")),
            ],
        }
    )


def _node_name(name: str) -> Properties:
    return {"name": name, "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}
