"""kube-prometheus-stack: its subcharts grafana, kube-state-metrics and prometheus-node-exporter.

Owns their pods, accounts, rights and Services. Sources: as `kube_prometheus_stack`.
"""

from infra.rehearsal.charts.errors import ChartValueError
from infra.rehearsal.charts.kube_prometheus_stack_objects import cluster_rights, image, rule
from infra.rehearsal.charts.objects import Release, Workload, host_path, part, service_account
from infra.wire import Properties, Value

GRAFANA_VERSION, STATE_METRICS_VERSION, NODE_EXPORTER_VERSION = "13.2.0", "v2.20.0", "v1.12.1"
_RBAC = "rbac.authorization.k8s.io"
_APPS = ("daemonsets", "deployments", "replicasets", "statefulsets")
_GROUPS = {
    "apps": _APPS,
    "batch": ("cronjobs", "jobs"),
    "autoscaling": ("horizontalpodautoscalers",),
    "policy": ("poddisruptionbudgets",),
    "networking.k8s.io": ("ingresses", "networkpolicies"),
    "storage.k8s.io": ("storageclasses", "volumeattachments"),
    "coordination.k8s.io": ("leases",),
    "certificates.k8s.io": ("certificatesigningrequests",),
    "discovery.k8s.io": ("endpointslices",),
    "admissionregistration.k8s.io": (
        "mutatingwebhookconfigurations",
        "validatingwebhookconfigurations",
    ),
}


def _selector(release: Release, name: str) -> Properties:
    return {"app.kubernetes.io/name": name, "app.kubernetes.io/instance": release.name}


def _service(
    release: Release, name: str, namespace: str, selector: Properties, port: Properties
) -> Properties:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": namespace, "labels": release.labels(selector)},
        "spec": {"type": "ClusterIP", "selector": selector, "ports": [port]},
    }


def grafana(release: Release, known: Properties, stack: str) -> list[Properties]:
    """Return the objects of Grafana, whose data sources name the stack's Services.

    Raises:
        ChartValueError: a password of the chart's own, or sidecars that read every namespace.
    """
    admin = part(known, "admin")
    if not admin.get("existingSecret"):
        message = "kube-prometheus-stack: grafana.admin.existingSecret: no placeholder exists but "
        message += "for a password of somebody else's"
        raise ChartValueError(message)
    if not part(known, "rbac").get("namespaced"):
        message = "kube-prometheus-stack: grafana.rbac.namespaced: no placeholder exists, got False"
        raise ChartValueError(message)
    name, selector = f"{release.name}-grafana", _selector(release, "grafana")
    workload = Workload(
        release=release,
        name=name,
        namespace=release.namespace,
        selector=selector,
        pod={
            "serviceAccountName": name,
            "automountServiceAccountToken": True,
            "securityContext": known.get("securityContext"),
            "containers": [
                _sidecar(known, "dashboards"),
                _sidecar(known, "datasources"),
                _grafana_container(known),
            ],
            "volumes": [
                {"name": "config", "configMap": {"name": name}},
                {"name": "storage", "emptyDir": {}},
                {"name": "sc-dashboard-volume", "emptyDir": {}},
                {"name": "sc-datasources-volume", "emptyDir": {}},
            ],
        },
    )
    return [
        service_account(release, name, release.namespace, selector),
        *_grafana_rights(release, name),
        _text(release, name, {"grafana.ini": "# the chart's own text; the rehearsal has none\n"}),
        _datasources(release, known, stack),
        workload.deployment(1, {"type": "RollingUpdate"}),
        _service(
            release,
            name,
            release.namespace,
            selector,
            {"name": "http-web", "port": 80, "targetPort": "grafana", "protocol": "TCP"},
        ),
    ]


def _grafana_container(known: Properties) -> Properties:
    admin = part(known, "admin")
    keys = {"GF_SECURITY_ADMIN_USER": "userKey", "GF_SECURITY_ADMIN_PASSWORD": "passwordKey"}
    environment: list[Value] = [
        {
            "name": name,
            "valueFrom": {
                "secretKeyRef": {"name": admin.get("existingSecret"), "key": admin.get(key)}
            },
        }
        for name, key in keys.items()
    ]
    said = part(known, "env")
    environment += [{"name": name, "value": str(value)} for name, value in said.items()]
    health: Properties = {"httpGet": {"path": "/api/health", "port": "grafana"}}
    return {
        "name": "grafana",
        "image": image(part(known, "image"), GRAFANA_VERSION),
        "env": environment,
        "ports": [{"name": "grafana", "containerPort": 3000, "protocol": "TCP"}],
        "resources": part(known, "resources"),
        "securityContext": part(known, "containerSecurityContext"),
        "readinessProbe": health,
        "livenessProbe": {**health, "initialDelaySeconds": 60},
        "volumeMounts": [
            {"name": "config", "mountPath": "/etc/grafana/grafana.ini", "subPath": "grafana.ini"},
            {"name": "storage", "mountPath": "/var/lib/grafana"},
        ],
    }


def _sidecar(known: Properties, what: str) -> Properties:
    own = part(known, "sidecar")
    folders = {
        "dashboards": ("sc-dashboard-volume", "/tmp/dashboards"),  # noqa: S108 - the chart's own
        "datasources": ("sc-datasources-volume", "/etc/grafana/provisioning/datasources"),
    }
    volume, path = folders[what]
    return {
        "name": f"grafana-sc-{what.rstrip('s')}" if what == "dashboards" else f"grafana-sc-{what}",
        "image": image(part(own, "image")),
        "env": [{"name": "METHOD", "value": "WATCH"}, {"name": "FOLDER", "value": path}],
        "resources": part(own, "resources"),
        "securityContext": part(own, "securityContext"),
        "volumeMounts": [{"name": volume, "mountPath": path}],
    }


def _grafana_rights(release: Release, name: str) -> list[Properties]:
    metadata: Properties = {"name": name, "namespace": release.namespace}
    return [
        {
            "apiVersion": f"{_RBAC}/v1",
            "kind": "Role",
            "metadata": metadata,
            "rules": [rule("", ["configmaps", "secrets"], ["get", "watch", "list"])],
        },
        {
            "apiVersion": f"{_RBAC}/v1",
            "kind": "RoleBinding",
            "metadata": metadata,
            "roleRef": {"apiGroup": _RBAC, "kind": "Role", "name": name},
            "subjects": [{"kind": "ServiceAccount", "name": name, "namespace": release.namespace}],
        },
    ]


def _text(release: Release, name: str, data: Properties, **marks: Value) -> Properties:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "namespace": release.namespace, **marks},
        "data": data,
    }


def _datasources(release: Release, known: Properties, stack: str) -> Properties:
    more = known.get("additionalDataSources")
    lines = [f"- http://{stack}-prometheus.{release.namespace}:9090/"]
    lines += [f"- {part(one, 'url') or one.get('url')}" for one in _maps(more)]
    return _text(
        release,
        f"{stack}-grafana-datasource",
        {"datasource.yaml": "\n".join(lines)},
        labels={"grafana_datasource": "1"},
    )


def _maps(value: Value) -> list[Properties]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def state_metrics(release: Release, known: Properties) -> list[Properties]:
    """Return the objects of kube-state-metrics."""
    name = f"{release.name}-kube-state-metrics"
    selector = _selector(release, "kube-state-metrics")
    collectors = _collectors(known)
    allowed = known.get("metricLabelsAllowlist")
    arguments: list[Value] = ["--port=8080", f"--resources={','.join(collectors)}"]
    if isinstance(allowed, list) and allowed:
        arguments.append(f"--metric-labels-allowlist={','.join(map(str, allowed))}")
    container: Properties = {
        "name": "kube-state-metrics",
        "image": _whole(part(known, "image"), STATE_METRICS_VERSION),
        "args": arguments,
        "ports": [
            {"name": "http", "containerPort": 8080},
            {"name": "metrics", "containerPort": 8081},
        ],
        "resources": part(known, "resources"),
        "securityContext": part(known, "containerSecurityContext"),
        "livenessProbe": {"httpGet": {"path": "/livez", "port": "http"}},
        "readinessProbe": {"httpGet": {"path": "/readyz", "port": "metrics"}},
    }
    workload = Workload(
        release=release,
        name=name,
        namespace=release.namespace,
        selector=selector,
        pod={
            "serviceAccountName": name,
            "securityContext": part(known, "securityContext"),
            "containers": [container],
        },
    )
    return [
        service_account(release, name, release.namespace, selector),
        *cluster_rights(release, name, "kube-state-metrics", name, _reading(collectors)),
        workload.deployment(1, {"type": "RollingUpdate"}),
        _service(release, name, release.namespace, selector, {"name": "http", "port": 8080}),
    ]


def _whole(known: Properties, version: str) -> str:
    """Return an image whose digest is written whole."""
    named = image({**known, "sha": None}, version)
    return f"{named}@{known['sha']}" if known.get("sha") else named


def _collectors(known: Properties) -> list[str]:
    every, excluded = known.get("collectors"), known.get("collectorsExclude")
    left_out = excluded if isinstance(excluded, list) else []
    return [str(one) for one in (every if isinstance(every, list) else []) if one not in left_out]


def _reading(collectors: list[str]) -> list[Value]:
    groups = {kind: group for group, kinds in _GROUPS.items() for kind in kinds}
    return [rule(groups.get(kind, ""), [kind], ["list", "watch"]) for kind in collectors]


def node_exporter(release: Release, known: Properties) -> list[Properties]:
    """Return the objects of node-exporter."""
    name, home = f"{release.name}-prometheus-node-exporter", release.home(known)
    selector = _selector(release, "prometheus-node-exporter")
    own = part(known, "image")
    tag = f"{own.get('tag') or NODE_EXPORTER_VERSION}{'-distroless' if own['distroless'] else ''}"
    digest = f"@{own['digest']}" if own.get("digest") else ""
    extra = known.get("extraArgs")
    probe: Properties = {"httpGet": {"path": "/", "port": "http-metrics", "scheme": "HTTP"}}
    folders = {"proc": "/proc", "sys": "/sys", "root": "/"}
    container: Properties = {
        "name": "node-exporter",
        "image": f"{own['registry']}/{own['repository']}:{tag}{digest}",
        "args": [
            *("--path.procfs=/host/proc", "--path.sysfs=/host/sys", "--path.rootfs=/host/root"),
            "--web.listen-address=[$(HOST_IP)]:9100",
            *(extra if isinstance(extra, list) else []),
        ],
        "ports": [{"name": "http-metrics", "containerPort": 9100, "protocol": "TCP"}],
        "env": [{"name": "HOST_IP", "value": "0.0.0.0"}],  # noqa: S104 - the chart's own default
        "resources": part(known, "resources"),
        "securityContext": part(known, "containerSecurityContext"),
        "livenessProbe": probe,
        "readinessProbe": probe,
        "volumeMounts": [
            {"name": one, "mountPath": f"/host/{one}", "readOnly": True} for one in folders
        ],
    }
    workload = Workload(
        release=release,
        name=name,
        namespace=home,
        selector=selector,
        pod_labels={"jobLabel": "node-exporter"},
        pod={
            "serviceAccountName": name,
            "automountServiceAccountToken": False,
            "priorityClassName": known.get("priorityClassName"),
            "hostNetwork": known.get("hostNetwork"),
            "hostPID": known.get("hostPID"),
            "securityContext": part(known, "securityContext"),
            "tolerations": known.get("tolerations"),
            "nodeSelector": {"kubernetes.io/os": "linux"},
            "containers": [container],
            "volumes": [host_path(one, path) for one, path in folders.items()],
        },
    )
    port: Properties = {"name": "http-metrics", "port": 9100, "targetPort": 9100}
    made = _service(release, name, home, selector, port)
    return [
        service_account(release, name, home, selector),
        workload.daemon_set({"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1}}),
        made,
    ]
