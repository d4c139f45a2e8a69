"""The rate-limit service that the controller runs where its configuration has `rateLimit`. Pure.

Named, labelled and owned as envoyproxy/gateway v1.9.1 does
(internal/infrastructure/kubernetes/ratelimit, read 2026-11-27). Not played: tracing, TLS to the
cache, a HorizontalPodAutoscaler, patches.
"""

from collections.abc import Mapping

from infra.rehearsal.controllers.envoy_gateway.world import Settings
from infra.rehearsal.kubernetes.values import mapping, mappings, number, text
from infra.wire import Properties, Value

NAME = "envoy-ratelimit"
OWNER = "envoy-gateway"
LABELS = {
    "app.kubernetes.io/name": NAME,
    "app.kubernetes.io/component": "ratelimit",
    "app.kubernetes.io/managed-by": OWNER,
}
SELECTOR = ",".join(f"{key}={value}" for key, value in LABELS.items())
MADE = {
    "ServiceAccount": "v1",
    "ConfigMap": "v1",
    "Deployment": "apps/v1",
    "Service": "v1",
    "PodDisruptionBudget": "policy/v1",
}
_STATISTICS = "statsd-exporter-config"
_CONFIGURATION: Properties = {"conf.yaml": "# upstream's own; the rehearsal has none\n"}
_GRPC, _METRICS, _HEALTH = 8081, 19001, 8080
_USER = 65534
_FIXED = {
    "RUNTIME_ROOT": "/data",
    "RUNTIME_SUBDIRECTORY": "ratelimit",
    "RUNTIME_IGNOREDOTFILES": "true",
    "RUNTIME_WATCH_ROOT": "false",
    "LOG_LEVEL": "info",
    "USE_STATSD": "false",
    "CONFIG_TYPE": "GRPC_XDS_SOTW",
    "CONFIG_GRPC_XDS_SERVER_URL": f"{OWNER}:18001",
    "CONFIG_GRPC_XDS_NODE_ID": NAME,
    "GRPC_SERVER_USE_TLS": "true",
    "GRPC_SERVER_TLS_CERT": "/certs/tls.crt",
    "GRPC_SERVER_TLS_KEY": "/certs/tls.key",
    "GRPC_SERVER_TLS_CA_CERT": "/certs/ca.crt",
    "CONFIG_GRPC_XDS_SERVER_USE_TLS": "true",
    "CONFIG_GRPC_XDS_CLIENT_TLS_CERT": "/certs/tls.crt",
    "CONFIG_GRPC_XDS_CLIENT_TLS_KEY": "/certs/tls.key",
    "CONFIG_GRPC_XDS_SERVER_TLS_CACERT": "/certs/ca.crt",
    "FORCE_START_WITHOUT_INITIAL_CONFIG": "true",
    "REDIS_SOCKET_TYPE": "tcp",
    "USE_PROMETHEUS": "true",
    "PROMETHEUS_ADDR": f":{_METRICS}",
    "PROMETHEUS_MAPPER_YAML": "/etc/statsd-exporter/conf.yaml",
}


def objects(settings: Settings, owners: Mapping[str, str]) -> list[Properties]:
    """Return the objects of the service.

    Args:
        settings: what the controller was started with.
        owners: kind to the UID of what the chart made: the controller's account, Deployment and
            Service.
    """
    wanted = mapping(settings.rate_limit_pods, "rateLimitDeployment")
    made = [
        _body(settings, owners, "ServiceAccount", NAME, {"automountServiceAccountToken": False}),
        _body(settings, owners, "ConfigMap", _STATISTICS, {"data": _CONFIGURATION}),
        _body(settings, owners, "Deployment", NAME, {"spec": _deployment(settings, wanted)}),
        _body(settings, owners, "Service", NAME, {"spec": _service()}),
    ]
    budget = mapping(settings.rate_limit_pods, "rateLimitPDB")
    if budget:
        kept = {key: budget[key] for key in ("minAvailable", "maxUnavailable") if key in budget}
        spec: Properties = {**kept, "selector": {"matchLabels": dict(LABELS)}}
        made.append(_body(settings, owners, "PodDisruptionBudget", NAME, {"spec": spec}))
    return made


def _body(
    settings: Settings, owners: Mapping[str, str], kind: str, name: str, content: Properties
) -> Properties:
    owner = kind if kind in owners else "Deployment"
    reference: Properties = {
        "apiVersion": MADE[owner],
        "kind": owner,
        "name": OWNER,
        "uid": owners[owner],
    }
    return {
        "apiVersion": MADE[kind],
        "kind": kind,
        "metadata": {
            "name": name,
            "namespace": settings.namespace,
            "labels": dict(LABELS),
            "ownerReferences": [reference],
        },
        **content,
    }


def _service() -> Properties:
    ports: list[Value] = [
        {"name": name, "port": port, "protocol": "TCP", "targetPort": port}
        for name, port in (("http", _GRPC), ("metrics", _METRICS))
    ]
    return {
        "type": "ClusterIP",
        "sessionAffinity": "None",
        "selector": dict(LABELS),
        "ports": ports,
    }


def _deployment(settings: Settings, wanted: Properties) -> Properties:
    pod = mapping(wanted, "pod")
    placed = {key: pod[key] for key in ("topologySpreadConstraints", "nodeSelector") if key in pod}
    return {
        **({"replicas": number(wanted, "replicas")} if "replicas" in wanted else {}),
        "strategy": wanted.get("strategy") or {"type": "RollingUpdate"},
        "selector": {"matchLabels": dict(LABELS)},
        "template": {
            "metadata": {
                "labels": {**mapping(pod, "labels"), **LABELS},
                "annotations": {
                    "prometheus.io/path": "/metrics",
                    "prometheus.io/port": f"{_METRICS}",
                    "prometheus.io/scrape": "true",
                },
            },
            "spec": {
                "automountServiceAccountToken": False,
                "serviceAccountName": NAME,
                "terminationGracePeriodSeconds": 300,
                **placed,
                "containers": [_container(settings, mapping(wanted, "container"))],
                "volumes": [
                    {"name": "certs", "secret": {"secretName": "envoy-rate-limit"}},
                    {
                        "name": _STATISTICS,
                        "configMap": {"name": _STATISTICS, "optional": True},
                    },
                ],
            },
        },
        "revisionHistoryLimit": 10,
        "progressDeadlineSeconds": 600,
    }


def _container(settings: Settings, wanted: Properties) -> Properties:
    asked: Properties = {"requests": {"cpu": "100m", "memory": "512Mi"}}
    url = text(settings.rate_limit, "backend", "redis", "url")
    fixed = {**_FIXED, "REDIS_URL": url}
    variables: list[Value] = [{"name": name, "value": value} for name, value in fixed.items()]
    return {
        "name": NAME,
        "image": text(wanted, "image"),
        "imagePullPolicy": "IfNotPresent",
        "command": ["/bin/ratelimit"],
        "env": [*variables, *mappings(wanted, "env")],
        "ports": [
            {"name": "grpc", "containerPort": _GRPC, "protocol": "TCP"},
            {"name": "metrics", "containerPort": _METRICS, "protocol": "TCP"},
        ],
        "resources": mapping(wanted, "resources") or asked,
        "securityContext": mapping(wanted, "securityContext") or _RIGHTS,
        "startupProbe": _probe(10, 30),
        "readinessProbe": _probe(5, 1),
        "livenessProbe": _probe(10, 3),
        "volumeMounts": [
            {"name": "certs", "mountPath": "/certs", "readOnly": True},
            {"name": _STATISTICS, "mountPath": "/etc/statsd-exporter", "readOnly": True},
        ],
    }


_RIGHTS: Properties = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "privileged": False,
    "readOnlyRootFilesystem": True,
    "runAsNonRoot": True,
    "runAsUser": _USER,
    "runAsGroup": _USER,
    "seccompProfile": {"type": "RuntimeDefault"},
}


def _probe(period_seconds: int, failures: int) -> Properties:
    return {
        "httpGet": {"path": "/healthcheck", "port": _HEALTH},
        "timeoutSeconds": 1,
        "periodSeconds": period_seconds,
        "failureThreshold": failures,
    }
