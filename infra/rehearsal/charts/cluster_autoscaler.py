"""cluster-autoscaler 9.59.0: the Deployment that adds and removes nodes, its budget, priorities.

Owns the objects with the chart's own names and selectors. Source: kubernetes/autoscaler,
tag cluster-autoscaler-chart-9.59.0, cluster-autoscaler/charts/cluster-autoscaler, 2026-07-21.

Not played: what the program does. The rehearsal's node controller does it, and only while a pod of
this Deployment is ready. Its roles, metrics and the other clouds are left out.
"""

from infra.rehearsal.charts.errors import ChartValueError
from infra.rehearsal.charts.objects import Release, Workload, part, service_account, without_empty
from infra.rehearsal.charts.values import defaults, effective, refuse_on
from infra.rehearsal.nodes.groups import SCALES_ANNOTATION
from infra.wire import Properties, Value

CHART = "cluster-autoscaler"
VERSIONS = ("9.59.0",)
PRIORITIES = "cluster-autoscaler-priority-expander"
"""Name of the ConfigMap; the program looks for no other (expander/priority, 1.35)."""
_PORT = 8085
_NOT_PLAYED = (("vpa", "enabled"), ("prometheusRule", "enabled"), ("serviceMonitor", "enabled"))


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
    made: list[Properties] = []
    if part(known, "rbac", "serviceAccount").get("create"):
        made.append(
            service_account(
                release, _account(release, known), release.namespace, _selector(release, known)
            )
        )
    if part(known, "expanderPriorities"):
        made.append(_priorities(release, known))
    return [*made, _deployment(release, known), _budget(release, known), _service(release, known)]


def _refuse(known: Properties) -> None:
    if known.get("cloudProvider") != "aws":
        message = f"{CHART}: cloudProvider: no placeholder exists, got {known['cloudProvider']!r}"
        raise ChartValueError(message)
    if not part(known, "autoDiscovery").get("clusterName"):
        message = f"{CHART}: autoDiscovery.clusterName: without it the chart starts nothing"
        raise ChartValueError(message)
    refuse_on(CHART, known, _NOT_PLAYED)


def _deployment(release: Release, known: Properties) -> Properties:
    workload = Workload(
        release=release,
        name=_full_name(release, known),
        namespace=release.namespace,
        selector=_selector(release, known),
        pod_labels=part(known, "podLabels"),
        pod_annotations={**part(known, "podAnnotations"), SCALES_ANNOTATION: "true"},
        pod={
            "serviceAccountName": _account(release, known),
            "priorityClassName": known.get("priorityClassName"),
            "dnsPolicy": known.get("dnsPolicy"),
            "hostNetwork": known.get("hostNetwork") or None,
            "securityContext": known.get("securityContext"),
            "nodeSelector": known.get("nodeSelector"),
            "affinity": known.get("affinity"),
            "tolerations": known.get("tolerations"),
            "topologySpreadConstraints": known.get("topologySpreadConstraints"),
            "containers": [_container(known)],
        },
    )
    return workload.deployment(known.get("replicaCount"))


def _container(known: Properties) -> Properties:
    image = part(known, "image")
    discovery = part(known, "autoDiscovery")
    tags = f"k8s.io/cluster-autoscaler/enabled,k8s.io/cluster-autoscaler/{discovery['clusterName']}"
    flags: list[Value] = [
        "./cluster-autoscaler",
        "--cloud-provider=aws",
        f"--node-group-auto-discovery=asg:tag={tags}",
        *(f"--{name}={_flag(value)}" for name, value in part(known, "extraArgs").items()),
    ]
    return without_empty(
        {
            "name": "cluster-autoscaler",
            "image": f"{image.get('repository')}:{image.get('tag')}",
            "command": flags,
            "env": [{"name": "AWS_REGION", "value": known.get("awsRegion")}],
            "resources": known.get("resources"),
            "securityContext": known.get("containerSecurityContext"),
            "ports": [{"containerPort": _PORT}],
        }
    )


def _flag(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _priorities(release: Release, known: Properties) -> Properties:
    lines = []
    for priority, patterns in part(known, "expanderPriorities").items():
        lines.append(f"{priority}:")
        lines += [f"  - {pattern}" for pattern in (patterns if isinstance(patterns, list) else [])]
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": _metadata(release, known, PRIORITIES),
        "data": {"priorities": "\n".join(lines) + "\n"},
    }


def _budget(release: Release, known: Properties) -> Properties:
    budget = part(known, "podDisruptionBudget")
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": _metadata(release, known, _full_name(release, known)),
        "spec": {
            **without_empty(
                {name: budget.get(name) for name in ("maxUnavailable", "minAvailable")}
            ),
            "selector": {"matchLabels": _selector(release, known)},
        },
    }


def _service(release: Release, known: Properties) -> Properties:
    service = part(known, "service")
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": _metadata(release, known, _full_name(release, known)),
        "spec": {
            "type": service.get("type"),
            "selector": _selector(release, known),
            "ports": [
                {
                    "name": service.get("portName"),
                    "port": service.get("servicePort"),
                    "targetPort": _PORT,
                    "protocol": "TCP",
                }
            ],
        },
    }


def _metadata(release: Release, known: Properties, name: str) -> Properties:
    return {
        "name": name,
        "namespace": release.namespace,
        "labels": release.labels(_selector(release, known)),
    }


def _app_name(known: Properties) -> str:
    """The chart puts the cloud before its name (templates/_helpers.tpl)."""
    return f"{known['cloudProvider']}-{known.get('nameOverride') or CHART}"


def _full_name(release: Release, known: Properties) -> str:
    override = known.get("fullnameOverride")
    if override:
        return str(override)
    name = _app_name(known)
    return release.name if name in release.name else f"{release.name}-{name}"


def _account(release: Release, known: Properties) -> str:
    account = part(known, "rbac", "serviceAccount")
    return str(account.get("name") or _full_name(release, known))


def _selector(release: Release, known: Properties) -> Properties:
    return {
        "app.kubernetes.io/instance": release.name,
        "app.kubernetes.io/name": _app_name(known),
    }
