"""Rights of aws-load-balancer-controller inside the cluster, with the chart's names.

Source: as in `aws_load_balancer_controller`, templates/rbac.yaml. Not played: rights on kinds that
no placeholder brings (`aga.k8s.aws`, `elbv2.k8s.aws`, `gateway.k8s.aws`) or that its features for
gateways need, which are off here.
"""

from infra.rehearsal.charts.objects import Release
from infra.wire import Properties, Value

RBAC = "rbac.authorization.k8s.io"
LEADER = "aws-load-balancer-controller-leader"
_READ = ["get", "list", "watch"]
_Rule = tuple[list[str], list[str], list[str], list[str]]
"""Groups, resources, verbs, and names of objects; none: all."""
_LEADER: tuple[_Rule, ...] = (
    ([""], ["configmaps"], ["create"], []),
    ([""], ["configmaps"], ["get", "patch", "update"], [LEADER]),
    (["coordination.k8s.io"], ["leases"], ["create"], []),
    (["coordination.k8s.io"], ["leases"], ["get", "update", "patch"], [LEADER]),
)
_CLUSTER: tuple[_Rule, ...] = (
    ([""], ["configmaps"], ["create", "delete", "get", "update"], []),
    ([""], ["endpoints", "namespaces", "nodes", "pods"], _READ, []),
    ([""], ["events"], ["create", "patch"], []),
    ([""], ["pods/status", "services/status"], ["patch", "update"], []),
    ([""], ["services"], ["get", "list", "patch", "update", "watch"], []),
    (["discovery.k8s.io"], ["endpointslices"], _READ, []),
    (
        ["extensions", "networking.k8s.io"],
        ["ingresses"],
        ["get", "list", "patch", "update", "watch"],
        [],
    ),
    (["extensions", "networking.k8s.io"], ["ingresses/status"], ["patch", "update"], []),
    (["networking.k8s.io"], ["ingressclasses"], _READ, []),
)


def rights(release: Release, full: str, labels: Properties, account: str) -> list[Properties]:
    """Return its roles and who has them.

    Args:
        release: the release.
        full: the chart's name for its objects.
        labels: of all objects.
        account: service account of the pods.
    """
    place: Properties = {"namespace": release.namespace}
    subject: Properties = {"kind": "ServiceAccount", "name": account, **place}
    inside: Properties = {"labels": labels, **place}
    return [
        *_bound("Role", f"{full}-leader-election-role", _LEADER, inside, subject),
        *_bound("ClusterRole", f"{full}-role", _CLUSTER, {"labels": labels}, subject),
    ]


def _bound(
    kind: str, name: str, rules: tuple[_Rule, ...], marks: Properties, subject: Properties
) -> list[Properties]:
    """Return a role, and its binding under the role's name."""
    reference: Value = {"apiGroup": RBAC, "kind": kind, "name": name}
    return [
        {
            "apiVersion": f"{RBAC}/v1",
            "kind": kind,
            "metadata": {"name": name, **marks},
            "rules": [_rule(rule) for rule in rules],
        },
        {
            "apiVersion": f"{RBAC}/v1",
            "kind": f"{kind}Binding",
            "metadata": {"name": f"{name}binding", **marks},
            "roleRef": reference,
            "subjects": [subject],
        },
    ]


def _rule(rule: _Rule) -> Properties:
    groups, resources, verbs, names = rule
    made: Properties = {"apiGroups": [*groups], "resources": [*resources], "verbs": [*verbs]}
    return {**made, "resourceNames": [*names]} if names else made
