"""kube-prometheus-stack: the Prometheus and the Alertmanager that its operator makes.

Owns these pods, their accounts, rights, Services, budgets and Alertmanager's configuration.
Sources: as `kube_prometheus_stack`; what the operator makes is of prometheus-operator v0.93.1, as
remembered: names, ports, containers and labels of both StatefulSets.
"""

import yaml

from infra.rehearsal.charts.kube_prometheus_stack_objects import (
    OPERATOR_VERSION,
    account,
    cluster_rights,
    full_name,
    image,
    labels,
    rule,
    service,
)
from infra.rehearsal.charts.objects import Release, Workload, items, part, without_empty
from infra.wire import Properties, Value

_CONTAINER_SECURITY: Properties = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}
"""Of every container that the operator makes."""


def objects(release: Release, known: Properties) -> list[Properties]:
    """Return the objects of Prometheus and Alertmanager."""
    return [*_prometheus(release, known), *_alertmanager(release, known)]


def _prometheus(release: Release, known: Properties) -> list[Properties]:
    own, name = part(known, "prometheus"), f"{full_name(release, known)}-prometheus"
    spec = part(own, "prometheusSpec")
    container: Properties = {
        "name": "prometheus",
        "image": image(part(spec, "image")),
        "args": [
            "--config.file=/etc/prometheus/config_out/prometheus.env.yaml",
            "--storage.tsdb.path=/prometheus",
            f"--storage.tsdb.retention.time={spec.get('retention')}",
            f"--storage.tsdb.retention.size={spec.get('retentionSize')}",
        ],
        "ports": [{"name": "http-web", "containerPort": 9090, "protocol": "TCP"}],
        "resources": spec.get("resources"),
        "securityContext": _CONTAINER_SECURITY,
        "readinessProbe": {"httpGet": {"path": "/-/ready", "port": "http-web"}},
        "livenessProbe": {"httpGet": {"path": "/-/healthy", "port": "http-web"}},
        "volumeMounts": [_claim_mount(name, "/prometheus", "prometheus-db")],
    }
    made = _server(release, known, "prometheus", spec, container, part(spec, "storageSpec"))
    rules: list[Value] = [
        rule("", ["nodes", "nodes/metrics", "services", "endpoints", "pods"], [*_READ]),
        rule("discovery.k8s.io", ["endpointslices"], [*_READ]),
        rule("networking.k8s.io", ["ingresses"], [*_READ]),
        {"nonResourceURLs": ["/metrics", "/metrics/cadvisor"], "verbs": ["get"]},
    ]
    return [
        account(release, name, release.namespace, "prometheus", automountServiceAccountToken=True),
        *cluster_rights(release, name, "prometheus", name, rules),
        *made,
        *_budget(release, own, name, "prometheus"),
    ]


_READ = ("get", "list", "watch")


def _alertmanager(release: Release, known: Properties) -> list[Properties]:
    own, name = part(known, "alertmanager"), f"{full_name(release, known)}-alertmanager"
    spec = part(own, "alertmanagerSpec")
    container: Properties = {
        "name": "alertmanager",
        "image": image(part(spec, "image")),
        "args": [
            "--config.file=/etc/alertmanager/config_out/alertmanager.env.yaml",
            "--storage.path=/alertmanager",
            "--data.retention=120h",
        ],
        "ports": [
            {"name": "http-web", "containerPort": 9093, "protocol": "TCP"},
            {"name": "mesh-tcp", "containerPort": 9094, "protocol": "TCP"},
        ],
        "resources": spec.get("resources"),
        "securityContext": _CONTAINER_SECURITY,
        "readinessProbe": {"httpGet": {"path": "/-/ready", "port": "http-web"}},
        "livenessProbe": {"httpGet": {"path": "/-/healthy", "port": "http-web"}},
        "volumeMounts": [
            _claim_mount(name, "/alertmanager", "alertmanager-db"),
            *items(spec.get("volumeMounts")),
        ],
    }
    config: Properties = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": f"alertmanager-{name}",
            "namespace": release.namespace,
            "labels": labels(release, "alertmanager"),
        },
        "stringData": {"alertmanager.yaml": yaml.safe_dump(own.get("config"))},
    }
    mounted = part(own, "serviceAccount").get("automountServiceAccountToken")
    return [
        account(
            release, name, release.namespace, "alertmanager", automountServiceAccountToken=mounted
        ),
        config,
        *_server(release, known, "alertmanager", spec, container, part(spec, "storage")),
        *_budget(release, own, name, "alertmanager"),
    ]


def _server(  # noqa: PLR0913, PLR0917 - what the operator makes one of
    release: Release,
    known: Properties,
    program: str,
    spec: Properties,
    container: Properties,
    storage: Properties,
) -> list[Properties]:
    name = f"{full_name(release, known)}-{program}"
    selector: Properties = {
        "app.kubernetes.io/name": program,
        "app.kubernetes.io/instance": name,
        "app.kubernetes.io/managed-by": "prometheus-operator",
        program: name,
    }
    claim = part(storage, "volumeClaimTemplate", "spec")
    volumes: list[Value] = [] if claim else [{"name": f"{program}-{name}-db", "emptyDir": {}}]
    volumes += items(spec.get("volumes"))
    workload = Workload(
        release=release,
        name=f"{program}-{name}",
        namespace=release.namespace,
        selector=selector,
        pod_annotations={
            "kubectl.kubernetes.io/default-container": program,
            **part(spec, "podMetadata", "annotations"),
        },
        pod={
            "serviceAccountName": name,
            "automountServiceAccountToken": spec.get("automountServiceAccountToken", True),
            "securityContext": spec.get("securityContext"),
            "affinity": _apart(spec, selector),
            "topologySpreadConstraints": spec.get("topologySpreadConstraints"),
            "containers": [container, _reloader(known)],
            "volumes": volumes,
        },
    )
    claims: list[Value] = [{"metadata": {"name": f"{program}-{name}-db"}, "spec": claim}]
    settings: Properties = {
        "serviceName": f"{program}-operated",
        "podManagementPolicy": "Parallel",
        "volumeClaimTemplates": claims if claim else [],
    }
    port = part(known, program, "service").get("port")
    web: Properties = {"name": "http-web", "port": port, "targetPort": port}
    return [
        workload.stateful_set(spec.get("replicas"), settings),
        service(release, name, release.namespace, program, selector, web),
    ]


def _reloader(known: Properties) -> Properties:
    own = part(known, "prometheusOperator", "prometheusConfigReloader")
    return without_empty(
        {
            "name": "config-reloader",
            "image": image(part(own, "image"), OPERATOR_VERSION),
            "resources": own.get("resources"),
            "securityContext": _CONTAINER_SECURITY,
        }
    )


def _claim_mount(name: str, path: str, folder: str) -> Properties:
    program = name.rpartition("-")[2]
    return {"name": f"{program}-{name}-db", "mountPath": path, "subPath": folder}


def _apart(spec: Properties, selector: Properties) -> Value:
    """Keep two of a kind off one node (`podAntiAffinity: hard`)."""
    if spec.get("podAntiAffinity") != "hard":
        return None
    term: Properties = {
        "topologyKey": "kubernetes.io/hostname",
        "labelSelector": {"matchLabels": selector},
    }
    return {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}


def _budget(release: Release, own: Properties, name: str, program: str) -> list[Properties]:
    if not part(own, "podDisruptionBudget").get("enabled"):
        return []
    selector: Properties = {"app.kubernetes.io/name": program, program: name}
    return [
        {
            "apiVersion": "policy/v1",
            "kind": "PodDisruptionBudget",
            "metadata": {
                "name": name,
                "namespace": release.namespace,
                "labels": labels(release, program),
            },
            "spec": {
                "minAvailable": 1,
                "unhealthyPodEvictionPolicy": "AlwaysAllow",
                "selector": {"matchLabels": selector},
            },
        }
    ]
