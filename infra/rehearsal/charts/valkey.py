"""valkey 0.11.0: one server, its Service, its settings, and its disk where it has one.

Owns the objects with the chart's own names, selectors, probes, mounts and refusals. Source:
valkey-io/valkey-helm@dbcf6a6 (chart 0.11.0), valkey/templates, read 2026-11-27.

Not played, and refused where a release asks for it: replicas, a Service or monitors of metrics, a
disruption budget, users with a password among the values, disks of somebody else's, anything open
to the outside. The init script is the chart's own and not repeated here: `tests/support/valkey.py`
has what it writes.
"""

import hashlib

from infra.rehearsal.charts.errors import ChartValueError
from infra.rehearsal.charts.objects import (
    Release,
    Workload,
    part,
    service_account,
    without_empty,
)
from infra.rehearsal.charts.values import defaults, effective, refuse_on
from infra.wire import Properties, Value

CHART = "valkey"
VERSIONS = ("0.11.0",)
APP_VERSION = "9.1.1"
_OFF = (
    *(("replica", "enabled"), ("podDisruptionBudget", "enabled")),
    *(("metrics", "serviceMonitor", "enabled"), ("metrics", "podMonitor", "enabled")),
    *(("metrics", "prometheusRule", "enabled"),),
    *(("metrics", "exporter", "command"), ("metrics", "exporter", "extraEnvs")),
    *(
        ("metrics", "exporter", "extraVolumeMounts"),
        ("metrics", "exporter", "extraExporterSecrets"),
    ),
    *(("auth", "aclConfig"), ("dataStorage", "hostPath")),
    *(("dataStorage", "persistentVolumeClaimName"), ("dataStorage", "subPath")),
    *(("networkPolicy",), ("extraInitContainers",), ("extraContainers",)),
    *(("extraValkeySecrets",), ("extraValkeyConfigs",), ("extraSecretValkeyConfigs",)),
    *(("extraVolumes",), ("extraVolumeMounts",)),
    *(("global", "imageRegistry"), ("global", "imagePullSecrets"), ("imagePullSecrets",)),
)
_PROBES = ("startupProbe", "livenessProbe", "readinessProbe")
_DIGEST_LENGTH = 32


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
    account = part(known, "serviceAccount")
    name = _account(release, known)
    made = [_settings(release, known)] if known.get("valkeyConfig") else []
    if account.get("create"):
        made.append(service_account(release, name, release.namespace, release.selector(known)))
    if _has_disk(known):
        made.append(_claim(release, known))
    return [_script(release, known), *made, _service(release, known), _server(release, known)]


def _refuse(known: Properties) -> None:
    refuse_on(CHART, known, _OFF)
    if part(known, "metrics").get("enabled"):
        refuse_on(CHART, known, (("metrics", "service", "enabled"),))
    if part(known, "service").get("type") != "ClusterIP":
        message = f"{CHART}: service.type: no placeholder exists but for ClusterIP"
        raise ChartValueError(message)
    if part(known, "tls").get("enabled") and not part(known, "tls").get("existingSecret"):
        message = f"{CHART}: tls.existingSecret: An existing secret is required to enable TLS"
        raise ChartValueError(message)
    if part(known, "auth").get("enabled"):
        _refuse_users(part(known, "auth"))


def _refuse_users(auth: Properties) -> None:
    """Refuse what the chart refuses (`valkey.validateAuthConfig`), and inline passwords."""
    users = part(auth, "aclUsers")
    if "default" not in users:
        message = f"{CHART}: auth.aclUsers: The 'default' user must be defined"
        raise ChartValueError(message)
    for name in users:
        user = part(users, name)
        if not user.get("permissions"):
            message = f"{CHART}: auth.aclUsers.{name}: must have a 'permissions' field"
            raise ChartValueError(message)
        if user.get("password") or not auth.get("usersExistingSecret"):
            message = f"{CHART}: auth.aclUsers.{name}: no placeholder exists but for passwords of "
            message += "`usersExistingSecret`"
            raise ChartValueError(message)


def _metadata(release: Release, known: Properties, suffix: str = "") -> Properties:
    return {
        "name": f"{release.full_name(known)}{suffix}",
        "namespace": release.namespace,
        "labels": {**release.labels(release.selector(known)), **part(known, "commonLabels")},
    }


def _account(release: Release, known: Properties) -> str:
    account = part(known, "serviceAccount")
    fallback = release.full_name(known) if account.get("create") else "default"
    return str(account.get("name") or fallback)


def _script(release: Release, known: Properties) -> Properties:
    text = "# the chart's own script; the rehearsal has none\n"
    metadata = _metadata(release, known, "-init-scripts")
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": metadata,
        "data": {"init.sh": text},
    }


def _settings(release: Release, known: Properties) -> Properties:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": _metadata(release, known, "-config"),
        "data": {"valkey.conf": known.get("valkeyConfig")},
    }


def _has_disk(known: Properties) -> bool:
    storage = part(known, "dataStorage")
    return bool(storage.get("enabled") and storage.get("requestedSize"))


def _claim(release: Release, known: Properties) -> Properties:
    storage = part(known, "dataStorage")
    metadata = _metadata(release, known)
    kept: Properties = {"helm.sh/resource-policy": "keep"} if storage.get("keepPvc") else {}
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": without_empty(
            {**metadata, "annotations": {**kept, **part(storage, "annotations")}}
        ),
        "spec": without_empty(
            {
                "accessModes": storage.get("accessModes"),
                "volumeMode": "Filesystem",
                "resources": {"requests": {"storage": storage.get("requestedSize")}},
                "storageClassName": storage.get("className"),
            }
        ),
    }


def _service(release: Release, known: Properties) -> Properties:
    port = part(known, "service").get("port")
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": _metadata(release, known),
        "spec": {
            "type": "ClusterIP",
            "ports": [{"port": port, "targetPort": "tcp", "protocol": "TCP", "name": "tcp"}],
            "selector": release.selector(known),
        },
    }


def _server(release: Release, known: Properties) -> Properties:
    config = str(known.get("valkeyConfig"))
    checksum = hashlib.sha256(config.encode()).hexdigest()[:_DIGEST_LENGTH]
    workload = Workload(
        release=release,
        name=release.full_name(known),
        namespace=release.namespace,
        selector=release.selector(known),
        pod_labels={**part(known, "commonLabels"), **part(known, "podLabels")},
        pod_annotations={**part(known, "podAnnotations"), "checksum/config": checksum},
        pod={
            "automountServiceAccountToken": part(known, "serviceAccount").get("automount"),
            "serviceAccountName": _account(release, known),
            "priorityClassName": known.get("priorityClassName"),
            "runtimeClassName": known.get("runtimeClassName"),
            "securityContext": known.get("podSecurityContext"),
            "initContainers": [_init_container(release, known)],
            "containers": [_container(release, known), *_exporter(release, known)],
            "volumes": _volumes(release, known),
            **{
                name: known.get(name)
                for name in ("nodeSelector", "affinity", "topologySpreadConstraints", "tolerations")
            },
        },
    )
    return workload.deployment(1, {"type": known.get("deploymentStrategy")})


def _image(known: Properties) -> str:
    image = part(known, "image")
    return f"{image.get('registry')}/{image.get('repository')}:{image.get('tag') or APP_VERSION}"


def _common(known: Properties) -> Properties:
    return {
        "image": _image(known),
        "imagePullPolicy": part(known, "image").get("pullPolicy"),
        "securityContext": known.get("securityContext"),
    }


def _mount(name: Value, path: str, **more: Value) -> Properties:
    return {"name": name, "mountPath": path, **more}


def _init_container(release: Release, known: Properties) -> Properties:
    mounts = [_mount(part(known, "dataStorage").get("volumeName"), "/data")]
    mounts.append(_mount("scripts", "/scripts"))
    if known.get("valkeyConfig"):
        path = "/usr/local/etc/valkey/valkey.conf"
        mounts.append(_mount("valkey-config", path, subPath="valkey.conf"))
    if part(known, "auth").get("enabled"):
        mounts.append(_mount("valkey-acl", "/etc/valkey"))
        mounts.append(_mount("valkey-users-secret", "/valkey-users-secret", readOnly=True))
    return without_empty(
        {
            "name": f"{release.full_name(known)}-init",
            **_common(known),
            "command": ["/scripts/init.sh"],
            "volumeMounts": list[Value](mounts),
            "resources": known.get("initResources"),
        }
    )


def _container(release: Release, known: Properties) -> Properties:
    mounts = [_mount(part(known, "dataStorage").get("volumeName"), "/data")]
    if part(known, "tls").get("enabled"):
        mounts.append(_mount(f"{release.full_name(known)}-tls", "/tls"))
    if part(known, "auth").get("enabled"):
        mounts.append(_mount("valkey-acl", "/etc/valkey"))
    environment = {**part(known, "env"), "VALKEY_LOG_LEVEL": known.get("valkeyLogLevel")}
    port = part(known, "service").get("port")
    return without_empty(
        {
            "name": release.full_name(known),
            **_common(known),
            "command": ["valkey-server"],
            "args": ["/data/conf/valkey.conf"],
            "env": [{"name": name, "value": str(value)} for name, value in environment.items()],
            "ports": [{"name": "tcp", "containerPort": port, "protocol": "TCP"}],
            **{name: _probe(known, name) for name in _PROBES},
            "resources": known.get("resources"),
            "volumeMounts": list[Value](mounts),
        }
    )


def _exporter(release: Release, known: Properties) -> list[Properties]:
    """Return what tells Prometheus of the server; it comes as the user `default`."""
    if not part(known, "metrics").get("enabled"):
        return []
    exporter = part(known, "metrics", "exporter")
    image = part(exporter, "image")
    listens: Properties = {"tcpSocket": {"port": "metrics"}}
    environment: list[Value] = [{"name": "REDIS_ALIAS", "value": release.full_name(known)}]
    auth = part(known, "auth")
    if auth.get("enabled"):
        key = part(auth, "aclUsers", "default").get("passwordKey") or "default"
        source: Properties = {"name": auth.get("usersExistingSecret"), "key": key}
        environment.append({"name": "REDIS_PASSWORD", "valueFrom": {"secretKeyRef": source}})
    return [
        without_empty(
            {
                "name": "metrics",
                "image": f"{image.get('registry')}/{image.get('repository')}:{image.get('tag')}",
                "imagePullPolicy": image.get("pullPolicy"),
                "securityContext": exporter.get("securityContext"),
                "args": exporter.get("args"),
                "ports": [{"name": "metrics", "containerPort": exporter.get("port")}],
                "startupProbe": listens,
                "livenessProbe": listens,
                "readinessProbe": {"httpGet": {"path": "/", "port": "metrics"}},
                "resources": exporter.get("resources"),
                "env": environment,
            }
        )
    ]


def _probe(known: Properties, name: str) -> Value:
    """Return what `valkey.healthProbes` writes: a ping with the server's own client."""
    probe = dict(part(known, name))
    custom = probe.pop("customProbe", None)
    if not probe.pop("enabled", False):
        return None
    if custom:
        return custom
    tls = part(known, "tls")
    over_tls = ["--cacert", f"/tls/{tls.get('caPublicKey')}", "--tls"] if tls.get("enabled") else []
    return {"exec": {"command": ["valkey-cli", *over_tls, "ping"]}, **probe}


def _volumes(release: Release, known: Properties) -> list[Value]:
    name, tls = release.full_name(known), part(known, "tls")
    volumes: list[Value] = [
        {"name": "scripts", "configMap": {"name": f"{name}-init-scripts", "defaultMode": 0o555}}
    ]
    if part(known, "auth").get("enabled"):
        volumes.append({"name": "valkey-acl", "emptyDir": {"medium": "Memory"}})
        users = part(known, "auth").get("usersExistingSecret")
        volumes.append(_secret("valkey-users-secret", users))
    if known.get("valkeyConfig"):
        volumes.append({"name": "valkey-config", "configMap": {"name": f"{name}-config"}})
    if tls.get("enabled"):
        volumes.append(_secret(f"{name}-tls", tls.get("existingSecret")))
    data: Properties = (
        {"persistentVolumeClaim": {"claimName": name}} if _has_disk(known) else {"emptyDir": {}}
    )
    return [*volumes, {"name": part(known, "dataStorage").get("volumeName"), **data}]


def _secret(name: str, secret: Value) -> Value:
    return {"name": name, "secret": {"secretName": secret, "defaultMode": 0o400}}
