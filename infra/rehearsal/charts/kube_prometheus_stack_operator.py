"""kube-prometheus-stack: the operator that makes Prometheus and Alertmanager of their objects.

Owns its pod, account, rights and Service. Sources: as `kube_prometheus_stack`.
"""

from infra.rehearsal.charts.kube_prometheus_stack_objects import (
    NAME,
    OPERATOR_VERSION,
    account,
    cluster_rights,
    full_name,
    image,
    labels,
    rule,
    service,
)
from infra.rehearsal.charts.objects import Release, Workload, part
from infra.wire import Properties, Value

_OPERATOR_PORT = 8080


def objects(release: Release, known: Properties) -> list[Properties]:
    """Return the objects of the operator."""
    own, name = part(known, "prometheusOperator"), f"{full_name(release, known)}-operator"
    reloader = part(own, "prometheusConfigReloader")
    selector: Properties = {"app": f"{NAME}-operator", "release": release.name}
    arguments: list[Value] = [
        f"--kubelet-service=kube-system/{full_name(release, known)}-kubelet",
        "--kubelet-endpoints=true",
        "--localhost=127.0.0.1",
        f"--prometheus-config-reloader={image(part(reloader, 'image'), OPERATOR_VERSION)}",
        "--web.enable-tls=false",
        f"--web.listen-address=:{_OPERATOR_PORT}",
    ]
    probe: Properties = {"httpGet": {"path": "/healthz", "port": "http", "scheme": "HTTP"}}
    container: Properties = {
        "name": NAME,
        "image": image(part(own, "image"), OPERATOR_VERSION),
        "args": arguments,
        "ports": [{"containerPort": _OPERATOR_PORT, "name": "http"}],
        "env": [{"name": "GOGC", "value": "30"}],
        "resources": own.get("resources"),
        "securityContext": own.get("containerSecurityContext"),
        "readinessProbe": probe,
        "livenessProbe": probe,
    }
    workload = Workload(
        release=release,
        name=name,
        namespace=release.namespace,
        selector=selector,
        pod_labels={
            **labels(release, "operator"),
            "app.kubernetes.io/name": f"{NAME}-prometheus-operator",
            "app.kubernetes.io/component": "prometheus-operator",
        },
        pod={
            "serviceAccountName": name,
            "automountServiceAccountToken": True,
            "securityContext": own.get("securityContext"),
            "containers": [container],
        },
    )
    return [
        account(release, name, release.namespace, "operator", automountServiceAccountToken=True),
        *cluster_rights(release, name, "operator", name, _OPERATOR_RULES),
        workload.deployment(1),
        service(
            release,
            name,
            release.namespace,
            "operator",
            selector,
            {"name": "http", "port": _OPERATOR_PORT, "targetPort": "http"},
        ),
    ]


_OPERATOR_RULES: list[Value] = [
    rule("monitoring.coreos.com", ["*"], ["*"]),
    rule("apps", ["statefulsets"], ["*"]),
    rule("", ["configmaps", "secrets"], ["*"]),
    rule("", ["pods"], ["list", "delete"]),
    rule("", ["services", "endpoints"], ["get", "create", "update", "delete"]),
    rule("", ["nodes"], ["list", "watch"]),
    rule("", ["namespaces"], ["get", "list", "watch"]),
    rule("", ["events"], ["patch", "create"]),
    rule("storage.k8s.io", ["storageclasses"], ["get"]),
]
"""Of clusterrole.yaml, what an operator has that no network is restricted to."""
