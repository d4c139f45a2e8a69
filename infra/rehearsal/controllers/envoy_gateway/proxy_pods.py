"""The pods of a proxy: Envoy, and the shutdown manager that drains it. Pure.

Source: envoyproxy/gateway v1.9.1, internal/infrastructure/kubernetes/proxy/resource.go and
api/v1alpha1 (defaults), read 2026-11-27. Envoy's bootstrap configuration is left out.
"""

import re
from collections.abc import Mapping

from infra.rehearsal.kubernetes.values import mapping, text
from infra.wire import Properties, Value

DEFAULT_IMAGE = "docker.io/envoyproxy/envoy:distroless-v1.39.1"
USER = 65532
STATS_PORT, SHUTDOWN_PORT, READINESS_PORT = 19001, 19002, 19003
DEFAULT_DRAIN_SECONDS = 60
GRACE_AFTER_DRAIN_SECONDS = 300
READY_AFTER_DRAIN_SECONDS = 10
_UNITS_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_FROM_POD = ("annotations", "nodeSelector", "tolerations", "priorityClassName")


def pod_template(  # noqa: PLR0913 - the parts of a pod come from as many places
    *,
    spec: Properties,
    wanted: Properties,
    name: str,
    cluster: str,
    labels: Properties,
    shutdown_image: str,
) -> Properties:
    """Return the template of the pods.

    Args:
        spec: of the EnvoyProxy.
        wanted: its `envoyDeployment`.
        name: of the service account and of the settings.
        cluster: Envoy's name for itself, `namespace/name` of the Gateway.
        labels: that select the pods.
        shutdown_image: of the shutdown manager.
    """
    pod, container = mapping(wanted, "pod"), mapping(wanted, "container")
    shutdown = mapping(spec, "shutdown")
    drain = text(shutdown, "drainTimeout")
    drain_seconds = seconds(drain) if drain else DEFAULT_DRAIN_SECONDS
    level = text(spec, "logging", "level", "default") or "warn"
    placed = {
        key: pod[key] for key in ("topologySpreadConstraints", *_FROM_POD[1:]) if pod.get(key)
    }
    return {
        "metadata": {
            "labels": {**labels, **mapping(pod, "labels")},
            "annotations": {
                "prometheus.io/path": "/stats/prometheus",
                "prometheus.io/port": f"{STATS_PORT}",
                "prometheus.io/scrape": "true",
                **mapping(pod, "annotations"),
            },
        },
        "spec": {
            "automountServiceAccountToken": False,
            "serviceAccountName": name,
            "terminationGracePeriodSeconds": drain_seconds + GRACE_AFTER_DRAIN_SECONDS,
            **placed,
            "containers": [
                _envoy(container, cluster, level, drain_seconds),
                _shutdown_manager(container, shutdown, shutdown_image),
            ],
            "volumes": [
                {"name": "certs", "secret": {"secretName": "envoy"}},
                {"name": "sds", "configMap": {"name": name}},
            ],
        },
    }


def seconds(duration: str) -> int:
    """Return the length of a duration such as `1h30m`, in whole seconds."""
    parts = re.findall(r"(\d+)(ms|h|m|s)", duration)
    return round(sum(int(count) * _UNITS_SECONDS[unit] for count, unit in parts))


def _envoy(container: Properties, cluster: str, level: str, drain_seconds: int) -> Properties:
    asked: Properties = {"requests": {"cpu": "100m", "memory": "512Mi"}}
    return {
        "name": "envoy",
        "image": text(container, "image") or DEFAULT_IMAGE,
        "imagePullPolicy": "IfNotPresent",
        "command": ["envoy"],
        "args": [
            *("--service-cluster", cluster),
            *("--service-node", "$(ENVOY_POD_NAME)"),
            *("--log-level", level),
            *("--cpuset-threads", "--drain-strategy", "immediate"),
            *("--drain-time-s", f"{drain_seconds}"),
        ],
        "env": _environment(),
        "resources": mapping(container, "resources") or asked,
        "securityContext": _security(container),
        "ports": [
            {"name": "metrics", "containerPort": STATS_PORT, "protocol": "TCP"},
            {"name": "readiness", "containerPort": READINESS_PORT, "protocol": "TCP"},
        ],
        "startupProbe": _probe("/ready", READINESS_PORT, 10, 30),
        "readinessProbe": _probe("/ready", READINESS_PORT, 5, 1),
        "livenessProbe": _probe("/ready", READINESS_PORT, 10, 3),
        "lifecycle": {"preStop": {"httpGet": {"path": "/shutdown/ready", "port": SHUTDOWN_PORT}}},
        "volumeMounts": [
            {"name": "certs", "mountPath": "/certs", "readOnly": True},
            {"name": "sds", "mountPath": "/sds"},
        ],
    }


def _shutdown_manager(container: Properties, shutdown: Properties, image: str) -> Properties:
    arguments: list[Value] = ["envoy", "shutdown-manager"]
    if shutdown.get("drainTimeout"):
        ready = seconds(text(shutdown, "drainTimeout")) + READY_AFTER_DRAIN_SECONDS
        arguments.append(f"--ready-timeout={ready}s")
    return {
        "name": "shutdown-manager",
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "command": ["envoy-gateway"],
        "args": arguments,
        "env": _environment(),
        "resources": {"requests": {"cpu": "10m", "memory": "32Mi"}},
        "securityContext": _security(container),
        "startupProbe": _probe("/healthz", SHUTDOWN_PORT, 10, 30),
        "readinessProbe": _probe("/healthz", SHUTDOWN_PORT, 10, 3),
        "livenessProbe": _probe("/healthz", SHUTDOWN_PORT, 10, 3),
        "lifecycle": {"preStop": {"exec": {"command": _before_stop(shutdown)}}},
    }


def _before_stop(shutdown: Properties) -> list[Value]:
    command: list[Value] = ["envoy-gateway", "envoy", "shutdown"]
    for flag, key in (
        ("--health-check-failure-delay", "healthCheckFailureDelay"),
        ("--drain-timeout", "drainTimeout"),
        ("--min-drain-duration", "minDrainDuration"),
    ):
        if shutdown.get(key):
            command.append(f"{flag}={seconds(text(shutdown, key))}s")
    return command


def _security(container: Properties) -> Properties:
    """Return upstream's own rights, with what the EnvoyProxy changes laid over them."""
    own: Properties = {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "privileged": False,
        "runAsNonRoot": True,
        "runAsUser": USER,
        "runAsGroup": USER,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    return _merged(own, mapping(container, "securityContext"))


def _merged(below: Mapping[str, Value], above: Mapping[str, Value]) -> Properties:
    joined: Properties = dict(below)
    for key, value in above.items():
        held = joined.get(key)
        both = isinstance(held, dict) and isinstance(value, dict)
        joined[key] = _merged(held, value) if both else value
    return joined


def _environment() -> list[Value]:
    fields = {
        "ENVOY_POD_NAMESPACE": "metadata.namespace",
        "ENVOY_POD_NAME": "metadata.name",
        "ENVOY_SERVICE_ZONE": "metadata.annotations['topology.kubernetes.io/zone']",
    }
    return [
        {"name": name, "valueFrom": {"fieldRef": {"fieldPath": path}}}
        for name, path in fields.items()
    ]


def _probe(path: str, port: int, period_seconds: int, failures: int) -> Properties:
    return {
        "httpGet": {"path": path, "port": port},
        "timeoutSeconds": 1,
        "periodSeconds": period_seconds,
        "failureThreshold": failures,
    }
