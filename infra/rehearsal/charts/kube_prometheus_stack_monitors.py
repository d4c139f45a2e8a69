"""kube-prometheus-stack: its ServiceMonitors of the API server, kubelets and the two exporters.

Owns where they look and which jobs they make. Sources: as `kube_prometheus_stack`. Not played:
which series they drop.
"""

from infra.rehearsal.charts.kube_prometheus_stack_objects import full_name, labels
from infra.rehearsal.charts.objects import Release, part
from infra.wire import Properties, Value

_TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount/token"  # noqa: S105 - a path
_CA = "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt"
_KUBELET_PATHS = ("", "/metrics/cadvisor", "/metrics/probes")


def objects(release: Release, known: Properties) -> list[Properties]:
    """Return the monitors of a release."""
    name = full_name(release, known)
    node_exporter = part(known, "prometheus-node-exporter")
    relabelings = part(node_exporter, "prometheus", "monitor").get("relabelings")
    return [
        _monitor(release, f"{name}-apiserver", release.namespace, _api_server()),
        _monitor(release, f"{name}-kubelet", release.namespace, _kubelet()),
        _monitor(
            release,
            f"{release.name}-kube-state-metrics",
            release.namespace,
            _exporter(release, "kube-state-metrics", "http", "app.kubernetes.io/name", []),
        ),
        _monitor(
            release,
            f"{release.name}-prometheus-node-exporter",
            release.home(node_exporter),
            _exporter(release, "prometheus-node-exporter", "http-metrics", "jobLabel", relabelings),
        ),
    ]


def _monitor(release: Release, name: str, namespace: str, spec: Properties) -> Properties:
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "ServiceMonitor",
        "metadata": {"name": name, "namespace": namespace, "labels": labels(release, "monitor")},
        "spec": spec,
    }


def _api_server() -> Properties:
    return {
        "jobLabel": "component",
        "namespaceSelector": {"matchNames": ["default"]},
        "selector": {"matchLabels": {"component": "apiserver", "provider": "kubernetes"}},
        "endpoints": [
            {
                "port": "https",
                "scheme": "https",
                "bearerTokenFile": _TOKEN,
                "tlsConfig": {"caFile": _CA, "serverName": "kubernetes"},
            }
        ],
    }


def _kubelet() -> Properties:
    relabelings: list[Value] = [
        {
            "action": "replace",
            "sourceLabels": ["__metrics_path__"],
            "targetLabel": "metrics_path",
        }
    ]
    pages: list[Value] = [
        {
            "port": "https-metrics",
            "scheme": "https",
            **({"path": path} if path else {}),
            "bearerTokenFile": _TOKEN,
            "tlsConfig": {"caFile": _CA, "insecureSkipVerify": True},
            "honorLabels": True,
            "relabelings": relabelings,
        }
        for path in _KUBELET_PATHS
    ]
    return {
        "jobLabel": "k8s-app",
        "namespaceSelector": {"matchNames": ["kube-system"]},
        "selector": {"matchLabels": {"app.kubernetes.io/name": "kubelet", "k8s-app": "kubelet"}},
        "endpoints": pages,
    }


def _exporter(
    release: Release, name: str, port: str, job_label: str, relabelings: Value
) -> Properties:
    page: Properties = {"port": port, "honorLabels": name == "kube-state-metrics"}
    if relabelings:
        page["relabelings"] = relabelings
    selector: Properties = {
        "app.kubernetes.io/name": name,
        "app.kubernetes.io/instance": release.name,
    }
    return {
        "jobLabel": job_label,
        "selector": {"matchLabels": selector},
        "endpoints": [page],
    }
