"""Service accounts and rights of gateway-helm v1.9.1, with the chart's names.

Source: envoyproxy/gateway v1.9.1, charts/gateway-helm/templates (`_rbac.tpl`, `*-rbac.yaml`).
"""

from infra.rehearsal.charts.objects import Release, part
from infra.wire import Properties, Value

RBAC = "rbac.authorization.k8s.io"
ACCOUNT = "envoy-gateway"
_READ = ["get", "list", "watch"]
_KEEP = ["create", "get", "list", "delete", "deletecollection", "patch", "watch"]
_WRITE = ["get", "list", "watch", "create", "update", "patch", "delete"]
_POLICIES = [
    *("envoyproxies", "envoypatchpolicies", "clienttrafficpolicies", "backendtrafficpolicies"),
    *("securitypolicies", "envoyextensionpolicies", "backends"),
]
_ROUTES = [
    *("gateways", "listenersets", "grpcroutes", "httproutes"),
    *("tcproutes", "tlsroutes", "udproutes", "backendtlspolicies"),
]
_Rule = tuple[str, list[str], list[str]]
_CLUSTER: tuple[_Rule, ...] = (
    ("", ["nodes", "namespaces"], _READ),
    ("gateway.networking.k8s.io", ["gatewayclasses"], [*_READ, "patch", "update"]),
    ("gateway.networking.k8s.io", ["gatewayclasses/status"], ["update"]),
    ("multicluster.x-k8s.io", ["serviceimports"], _READ),
    ("", ["configmaps", "secrets", "services"], _READ),
    ("apps", ["deployments", "daemonsets"], _READ),
    ("discovery.k8s.io", ["endpointslices"], _READ),
    ("gateway.envoyproxy.io", [*_POLICIES, "httproutefilters"], _READ),
    ("gateway.envoyproxy.io", [f"{name}/status" for name in _POLICIES], ["update"]),
    ("gateway.networking.k8s.io", [*_ROUTES, "referencegrants"], _READ),
    ("gateway.networking.k8s.io", [f"{name}/status" for name in _ROUTES], ["update"]),
)
_INJECTOR: _Rule = ("", ["pods", "pods/binding"], ["get", "list", "patch", "update", "watch"])
_PROXIES: tuple[_Rule, ...] = (
    ("", ["serviceaccounts", "services", "configmaps"], _KEEP),
    ("apps", ["deployments", "daemonsets"], _KEEP),
    ("autoscaling", ["horizontalpodautoscalers"], _KEEP),
    ("policy", ["poddisruptionbudgets"], _KEEP),
    ("certificates.k8s.io", ["clustertrustbundles"], _READ),
)
_LEADER: tuple[_Rule, ...] = (
    ("", ["configmaps"], _WRITE),
    ("coordination.k8s.io", ["leases"], _WRITE),
    ("", ["events"], ["create", "patch"]),
)
_CERTGEN: tuple[_Rule, ...] = (("", ["secrets"], ["get", "create", "update"]),)


def rights(release: Release, known: Properties, labels: Properties) -> list[Properties]:
    """Return the controller's account and rights, and those of the Job that makes certificates."""
    full, home = release.full_name(known), release.home(known)
    hook = {"helm.sh/hook": "pre-install, pre-upgrade", "helm.sh/hook-weight": "-1"}
    rbac = part(known, "certgen", "rbac")
    of_job = {
        "labels": {**labels, **part(rbac, "labels")},
        "annotations": {**hook, **part(rbac, "annotations")},
    }
    common: Properties = {"labels": labels}
    job = f"{full}-certgen"
    cluster = _CLUSTER
    if part(known, "topologyInjector").get("enabled"):
        cluster = (*_CLUSTER, _INJECTOR)
    us: Properties = {"kind": "ServiceAccount", "name": ACCOUNT, "namespace": home}
    return [
        _account(ACCOUNT, home, common),
        *_role("ClusterRole", f"{full}-envoy-gateway-role", cluster, common, us),
        *_role("Role", f"{full}-infra-manager", _PROXIES, common, us),
        *_role("Role", f"{full}-leader-election-role", _LEADER, common, us),
        _account(job, home, of_job),
        *_role("Role", job, _CERTGEN, of_job, {**us, "name": job}),
    ]


def _account(name: str, home: str, marks: Properties) -> Properties:
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {"name": name, "namespace": home, **marks},
        "automountServiceAccountToken": False,
    }


def _role(
    kind: str, name: str, rules: tuple[_Rule, ...], marks: Properties, subject: Properties
) -> list[Properties]:
    place = {} if kind == "ClusterRole" else {"namespace": subject["namespace"]}
    granted: list[Value] = [
        {"apiGroups": [group], "resources": [*resources], "verbs": [*verbs]}
        for group, resources, verbs in rules
    ]
    binding = f"{name}binding" if name.endswith("-role") else name
    return [
        {
            "apiVersion": f"{RBAC}/v1",
            "kind": kind,
            "metadata": {"name": name, **place, **marks},
            "rules": granted,
        },
        {
            "apiVersion": f"{RBAC}/v1",
            "kind": f"{kind}Binding",
            "metadata": {"name": binding, **place, **marks},
            "roleRef": {"apiGroup": RBAC, "kind": kind, "name": name},
            "subjects": [subject],
        },
    ]
