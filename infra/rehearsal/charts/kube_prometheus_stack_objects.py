"""kube-prometheus-stack: what its objects share: names, labels, images, rights.

Sources: as `kube_prometheus_stack`.
"""

from infra.rehearsal.charts.objects import Release
from infra.wire import Properties, Value

NAME = "kube-prometheus-stack"
NAME_LIMIT = 26
OPERATOR_VERSION = "v0.94.0"
"""appVersion of 91.2.1: the newest operator when it came (prometheus-operator-crds 32.0.0)."""
_RBAC = "rbac.authorization.k8s.io"


def full_name(release: Release, known: Properties) -> str:
    """Return how the names of the chart's objects begin."""
    name = str(known.get("fullnameOverride") or release.full_name(known))
    return name[:NAME_LIMIT].rstrip("-")


def labels(release: Release, app: str) -> Properties:
    """Return the labels of the chart's objects."""
    return {
        "app": f"{NAME}-{app}",
        "app.kubernetes.io/instance": release.name,
        "app.kubernetes.io/part-of": NAME,
        "app.kubernetes.io/managed-by": "Helm",
        "release": release.name,
    }


def image(known: Properties, version: str = "") -> str:
    """Return an image as the chart writes it."""
    named = f"{known['registry']}/{known['repository']}:{known.get('tag') or version}"
    return f"{named}@sha256:{known['sha']}" if known.get("sha") else named


def account(release: Release, name: str, namespace: str, app: str, **more: Value) -> Properties:
    """Return a service account of a program."""
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {"name": name, "namespace": namespace, "labels": labels(release, app)},
        **more,
    }


def cluster_rights(
    release: Release, name: str, app: str, subject: str, rules: list[Value]
) -> list[Properties]:
    """Return a ClusterRole and who has it."""
    metadata: Properties = {"name": name, "labels": labels(release, app)}
    return [
        {
            "apiVersion": f"{_RBAC}/v1",
            "kind": "ClusterRole",
            "metadata": metadata,
            "rules": rules,
        },
        {
            "apiVersion": f"{_RBAC}/v1",
            "kind": "ClusterRoleBinding",
            "metadata": metadata,
            "roleRef": {"apiGroup": _RBAC, "kind": "ClusterRole", "name": name},
            "subjects": [
                {"kind": "ServiceAccount", "name": subject, "namespace": release.namespace}
            ],
        },
    ]


def rule(group: str, resources: list[Value], verbs: list[Value]) -> Properties:
    """Return one rule of a role."""
    return {"apiGroups": [group], "resources": resources, "verbs": verbs}


def service(  # noqa: PLR0913, PLR0917 - what a Service is
    release: Release, name: str, namespace: str, app: str, selector: Properties, port: Properties
) -> Properties:
    """Return a Service of one port."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": namespace, "labels": labels(release, app)},
        "spec": {"type": "ClusterIP", "selector": selector, "ports": [port]},
    }
