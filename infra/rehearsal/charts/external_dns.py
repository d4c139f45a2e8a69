"""external-dns 1.21.1: one Deployment, its Service, and its rights.

Owns the objects with the chart's own names, selectors, ports, arguments and rights. Source:
kubernetes-sigs/external-dns, tag external-dns-helm-chart-1.21.1 (9f2645134), charts/external-dns,
read 2026-11-27.

Refused where a release asks for it, because not played: other sources than routes of HTTP, other
clouds, rights for one namespace only, a Secret of credentials, monitors. Left out: `crds/`, which
has the kind DNSEndpoint; a release here skips it.
"""

from dataclasses import replace

from infra.rehearsal.charts.errors import ChartValueError
from infra.rehearsal.charts.objects import (
    Release,
    Workload,
    account_name,
    part,
    service_account,
    without_empty,
)
from infra.rehearsal.charts.values import defaults, effective, refuse_on
from infra.wire import Properties, Value

CHART = "external-dns"
VERSIONS = ("1.21.1",)
APP_VERSION = "0.21.0"
SOURCE = "gateway-httproute"
PROVIDERS = ("aws", "google")
POLICIES = ("create-only", "sync", "upsert-only")
PORT = 7979
_RBAC = "rbac.authorization.k8s.io"
_GATEWAY = "gateway.networking.k8s.io"
_READ = ("get", "watch", "list")
_OFF: tuple[tuple[str, ...], ...] = (
    ("namespaced",),
    ("enableGatewayListenerSets",),
    ("secretConfiguration", "enabled"),
    ("serviceMonitor", "enabled"),
)
_OF_PODS = (
    *("securityContext", "priorityClassName", "terminationGracePeriodSeconds", "dnsPolicy"),
    *("dnsConfig", "initContainers", "nodeSelector", "affinity", "tolerations"),
)


def default_values() -> Properties:
    """Return the chart's values."""
    return defaults(CHART)


def objects(release: Release, values: Properties) -> list[Properties]:
    """Return the objects of a release.

    Raises:
        ChartValueError: A value that the chart does not have, that it refuses, or a part without a
            placeholder.
    """
    known = effective(CHART, default_values(), values)
    _refuse(known)
    release = replace(release, app_version=APP_VERSION)
    made: list[Properties] = []
    if part(known, "serviceAccount").get("create"):
        made.append(
            service_account(
                release, account_name(release, known), release.home(known), release.selector(known)
            )
        )
    if part(known, "rbac").get("create"):
        made += _rights(release, known)
    return [*made, _deployment(release, known), _service(release, known)]


def _refuse(known: Properties) -> None:
    wrong: dict[str, Value] = {}
    if known["sources"] != [SOURCE]:
        wrong["sources"] = known["sources"]
    if part(known, "provider").get("name") not in PROVIDERS:
        wrong["provider.name"] = part(known, "provider").get("name")
    if known["registry"] != "txt":
        wrong["registry"] = known["registry"]
    for path, got in wrong.items():
        message = f"{CHART}: {path}: no placeholder exists, got {got!r}"
        raise ChartValueError(message)
    refuse_on(CHART, known, _OFF)
    if known["policy"] not in POLICIES:
        message = f"{CHART}: policy: must be one of {', '.join(POLICIES)}, got {known['policy']!r}"
        raise ChartValueError(message)
    if known.get("txtPrefix") and known.get("txtSuffix"):
        message = f"{CHART}: 'txtPrefix' and 'txtSuffix' are mutually exclusive"
        raise ChartValueError(message)


def _deployment(release: Release, known: Properties) -> Properties:
    workload = Workload(
        release=release,
        name=release.full_name(known),
        namespace=release.home(known),
        selector=release.selector(known),
        pod_labels=part(known, "podLabels"),
        pod_annotations=part(known, "podAnnotations"),
        pod={
            "automountServiceAccountToken": known.get("automountServiceAccountToken"),
            "serviceAccountName": account_name(release, known),
            **{name: known.get(name) for name in _OF_PODS},
            "securityContext": known.get("podSecurityContext"),
            "topologySpreadConstraints": known.get("topologySpreadConstraints"),
            "containers": [_container(known)],
        },
    )
    return workload.deployment(1, known.get("deploymentStrategy"))


def _container(known: Properties) -> Properties:
    image = part(known, "image")
    return without_empty(
        {
            "name": CHART,
            "image": f"{image['repository']}:{image.get('tag') or f'v{APP_VERSION}'}",
            "imagePullPolicy": image.get("pullPolicy"),
            "args": _arguments(known),
            "env": known.get("env"),
            "ports": [{"name": "http", "protocol": "TCP", "containerPort": PORT}],
            "securityContext": known.get("securityContext"),
            "livenessProbe": known.get("livenessProbe"),
            "readinessProbe": known.get("readinessProbe"),
            "resources": known.get("resources"),
        }
    )


def _arguments(known: Properties) -> list[Value]:
    said = [
        ("log-level", "logLevel"),
        ("log-format", "logFormat"),
        ("interval", "interval"),
        ("source", "sources"),
        ("policy", "policy"),
        ("registry", "registry"),
        ("txt-owner-id", "txtOwnerId"),
        ("txt-prefix", "txtPrefix"),
        ("txt-suffix", "txtSuffix"),
        ("gateway-namespace", "gatewayNamespace"),
        ("domain-filter", "domainFilters"),
        ("exclude-domains", "excludeDomains"),
        ("label-filter", "labelFilter"),
        ("annotation-filter", "annotationFilter"),
        ("annotation-prefix", "annotationPrefix"),
        ("managed-record-types", "managedRecordTypes"),
    ]
    flags: list[Value] = []
    for flag, name in said:
        flags += _flags(flag, known.get(name))
        if flag == "interval" and known.get("triggerLoopOnEvent"):
            flags.append("--events")
    flags.append(f"--provider={part(known, 'provider')['name']}")
    for name, value in part(known, "extraArgs").items():
        flags += _flags(name, value)
    return flags


def _flags(name: str, value: Value) -> list[Value]:
    if isinstance(value, bool):
        return [f"--{name}" if value else f"--no-{name}"]
    if isinstance(value, list):
        return [f"--{name}={item}" for item in value]
    return [f"--{name}={value}"] if value not in (None, "") else []


def _rights(release: Release, known: Properties) -> list[Properties]:
    name, labels = release.full_name(known), release.labels(release.selector(known))
    rules: list[Value] = [
        {"apiGroups": [group], "resources": [kind], "verbs": [*_READ]}
        for group, kind in ((_GATEWAY, "gateways"), ("", "namespaces"), (_GATEWAY, "httproutes"))
    ]
    more = part(known, "rbac").get("additionalPermissions")
    account: Properties = {
        "kind": "ServiceAccount",
        "name": account_name(release, known),
        "namespace": release.home(known),
    }
    return [
        {
            "apiVersion": f"{_RBAC}/v1",
            "kind": "ClusterRole",
            "metadata": {"name": name, "labels": labels},
            "rules": [*rules, *(more if isinstance(more, list) else [])],
        },
        {
            "apiVersion": f"{_RBAC}/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": f"{name}-viewer", "labels": labels},
            "roleRef": {"apiGroup": _RBAC, "kind": "ClusterRole", "name": name},
            "subjects": [account],
        },
    ]


def _service(release: Release, known: Properties) -> Properties:
    selector = release.selector(known)
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {
            "name": release.full_name(known),
            "namespace": release.home(known),
            "labels": release.labels(selector),
        },
        "spec": {
            "type": "ClusterIP",
            "selector": selector,
            "ports": [
                {
                    "name": "http",
                    "port": part(known, "service").get("port"),
                    "targetPort": "http",
                    "protocol": "TCP",
                }
            ],
        },
    }
