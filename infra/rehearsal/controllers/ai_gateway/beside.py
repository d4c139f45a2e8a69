"""The filter beside each proxy, and the Secrets that it reads. Pure.

Source: envoyproxy/ai-gateway@c217da8, internal/controller (`gateway_mutator.go`,
`extproc_builder.go`, `filter_config_bundle.go`, `secret_name.go`), read 2026-11-27. Upstream's
webhook puts the filter into each pod; here it stands in the template, because nothing answers a
webhook. What the configuration says is not played: the Secret holds what it is about.
"""

import base64
import hashlib
import json
from collections.abc import Sequence

from infra.rehearsal.kubernetes.values import mapping, mappings, text
from infra.wire import Properties, Value

SOCKET = "/etc/ai-gateway-extproc-uds/run.sock"
CONTAINER = "ai-gateway-extproc"
HASH = "aigateway.envoyproxy.io/extproc-config-hash"
ADMIN_PORT = 1064
MOST_PARTS = 8
_SOCKET_VOLUME = "ai-gateway-extproc-uds"
_BUNDLE = "/etc/filter-config-bundle"
_LEGACY = "/etc/filter-config"
_OWN = {"extProcImage": "", "extProcImagePullPolicy": "IfNotPresent", "extProcLogLevel": "info"}


def identity(gateway: Properties) -> str:
    """Return how names of a Gateway's things begin: name, namespace and a digest of both."""
    name, namespace = text(gateway, "metadata", "name"), text(gateway, "metadata", "namespace")
    digest = hashlib.sha256(f"{namespace}/{name}".encode()).digest()[:6].hex()
    return f"{name}-{namespace}-{digest}"


def secrets_of(
    gateway: Properties, namespace: str, routes: Sequence[Properties]
) -> list[Properties]:
    """Return the Secrets with what the filter is to know, in the namespace of the proxies."""
    about = json.dumps(
        [f"{text(one, 'metadata', 'namespace')}/{text(one, 'metadata', 'name')}" for one in routes]
    )
    made = {
        identity(gateway): {"index.json": f'{{"parts": 1, "about": {about}}}'},
        f"{identity(gateway)}-part-000": {"chunk": about},
        _legacy(gateway): {"filter-config.yaml": about},
    }
    return [
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": name, "namespace": namespace},
            "data": {key: base64.b64encode(value.encode()).decode() for key, value in data.items()},
        }
        for name, data in made.items()
    ]


def patch(
    deployment: Properties, gateway: Properties, arguments: Sequence[str], config: Properties
) -> Properties:
    """Return what is laid over the Deployment of a Gateway's proxies.

    Args:
        deployment: of the proxies.
        gateway: the Gateway.
        arguments: what the controller was started with.
        config: spec of the Gateway's GatewayConfig; empty: it has none.
    """
    container = _container(gateway, arguments, mapping(config, "extProc", "kubernetes"))
    said = hashlib.sha256(json.dumps(container, sort_keys=True).encode()).hexdigest()[:16]
    shared: Value = [{"name": _SOCKET_VOLUME, "mountPath": SOCKET.rpartition("/")[0]}]
    return _over(
        deployment,
        {
            "metadata": {"annotations": {HASH: said}},
            "spec": {
                "initContainers": [container],
                "containers": [{"name": "envoy", "volumeMounts": shared}],
                "volumes": _volumes(gateway),
            },
        },
    )


def nothing(deployment: Properties) -> Properties:
    """Return what takes off all that was laid over the Deployment."""
    return _over(deployment, {})


def _over(deployment: Properties, template: Properties) -> Properties:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {
            "name": text(deployment, "metadata", "name"),
            "namespace": text(deployment, "metadata", "namespace"),
        },
        "spec": {"template": template},
    }


def _container(gateway: Properties, arguments: Sequence[str], wanted: Properties) -> Properties:
    given = {**_OWN, **_flags(arguments)}
    started = [
        *("-configBundlePath", _BUNDLE, "-logLevel", given["extProcLogLevel"]),
        *("-extProcAddr", f"unix://{SOCKET}", "-adminPort", f"{ADMIN_PORT}"),
        *("-rootPrefix", given.get("rootPrefix", "/")),
    ]
    if "metricsRequestHeaderAttributes" in given:
        started += ["-metricsRequestHeaderAttributes", given["metricsRequestHeaderAttributes"]]
    variables = [one.partition("=") for one in given.get("extProcExtraEnvVars", "").split(";")]
    of_all: list[Value] = [{"name": name, "value": value} for name, _, value in variables if name]
    return {
        "name": CONTAINER,
        "image": given["extProcImage"],
        "imagePullPolicy": given["extProcImagePullPolicy"],
        "args": [*started],
        # Upstream lets those of a Gateway win; none of ours has both.
        "env": [*of_all, *mappings(wanted, "env")],
        "ports": [{"name": "aigw-admin", "containerPort": ADMIN_PORT, "protocol": "TCP"}],
        # A sidecar from Kubernetes 1.33 on: it ends after Envoy.
        "restartPolicy": "Always",
        "readinessProbe": {
            "httpGet": {"path": "/health", "port": ADMIN_PORT, "scheme": "HTTP"},
            "initialDelaySeconds": 2,
            "timeoutSeconds": 5,
            "periodSeconds": 10,
            "successThreshold": 1,
            "failureThreshold": 1,
        },
        "resources": mapping(wanted, "resources"),
        "securityContext": _RIGHTS,
        "volumeMounts": [
            {"name": _SOCKET_VOLUME, "mountPath": SOCKET.rpartition("/")[0]},
            {"name": _bundle_volume(gateway), "mountPath": _BUNDLE, "readOnly": True},
            {"name": _legacy_volume(gateway), "mountPath": _LEGACY, "readOnly": True},
        ],
    }


_RIGHTS: Properties = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "privileged": False,
    "runAsGroup": 65532,
    "runAsNonRoot": True,
    "runAsUser": 65532,
    "seccompProfile": {"type": "RuntimeDefault"},
}


def _volumes(gateway: Properties) -> list[Value]:
    index: Properties = {
        "secret": {
            "name": identity(gateway),
            "items": [{"key": "index.json", "path": "index.json"}],
        }
    }
    parts: list[Value] = [
        {
            "secret": {
                "name": f"{identity(gateway)}-part-{number:03d}",
                "optional": True,
                "items": [{"key": "chunk", "path": f"parts/{number:03d}"}],
            }
        }
        for number in range(MOST_PARTS)
    ]
    return [
        {"name": _SOCKET_VOLUME, "emptyDir": {}},
        {"name": _bundle_volume(gateway), "projected": {"sources": [index, *parts]}},
        {"name": _legacy_volume(gateway), "secret": {"secretName": _legacy(gateway)}},
    ]


def _legacy(gateway: Properties) -> str:
    return f"{text(gateway, 'metadata', 'name')}-{text(gateway, 'metadata', 'namespace')}"


def _bundle_volume(gateway: Properties) -> str:
    return f"ai-gateway-{identity(gateway)}-bundle"


def _legacy_volume(gateway: Properties) -> str:
    return f"ai-gateway-{identity(gateway)}"


def _flags(arguments: Sequence[str]) -> dict[str, str]:
    found = [one.lstrip("-").partition("=") for one in arguments]
    return {name: value for name, _, value in found}
