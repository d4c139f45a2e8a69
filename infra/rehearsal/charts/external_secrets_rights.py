"""Roles of external-secrets, and who has them.

Owns the rights of the operator, those of the certificate controller, and the roles that join the
cluster's own `view`, `edit` and `admin`. Source: as in `external_secrets`, templates/rbac.yaml and
cert-controller-rbac.yaml. Not played: rights on kinds that no placeholder makes.
"""

from collections.abc import Sequence

from infra.rehearsal.charts.objects import Release, part
from infra.wire import Properties, Value

GROUP = "external-secrets.io"
GENERATORS = f"generators.{GROUP}"
_READ = ("get", "list", "watch")
_WRITE = ("create", "delete", "deletecollection", "patch", "update")
_RBAC = "rbac.authorization.k8s.io"
_HOLD = ("get", "create", "update", "patch")
_SAY = ("create", "patch")


def operator_rights(release: Release, known: Properties, account: str) -> list[Properties]:
    """Return the roles of the operator, bound to its service account, and those for people."""
    kinds, home = _kinds(known), release.home(known)
    name, labels = release.full_name(known), _labels(release, known, "")
    own = _role(f"{name}-controller", labels, _operator(known, kinds))
    election = _inside(_role(f"{name}-leaderelection", labels, _election(known)), home)
    wide = {"view": _READ, "edit": _WRITE}
    made = [
        own,
        *(
            _role(
                f"{name}-{end}",
                {**labels, **_aggregated(known, end)},
                [_rule(GROUP, kinds, verbs), _rule(GENERATORS, ("passwords",), verbs)],
            )
            for end, verbs in wide.items()
        ),
        _binding(own, account, home),
        election,
        _binding(election, account, home),
    ]
    if part(known, "rbac", "servicebindings").get("create"):
        binding = {"servicebinding.io/controller": "true", **labels}
        rule = _rule(GROUP, ("externalsecrets", "pushsecrets"), _READ)
        made.append(_role(f"{name}-servicebindings", binding, [rule]))
    return made


def certificate_rights(release: Release, known: Properties, account: str) -> list[Properties]:
    """Return the role of the certificate controller, bound to its service account."""
    name = f"{release.full_name(known)}-cert-controller"
    labels = _labels(release, known, "-cert-controller")
    patch = ("update", "patch")
    kinds = ("externalsecrets", "secretstores", "clustersecretstores")
    definitions = ("apiextensions.k8s.io", ("customresourcedefinitions",))
    webhooks = ("admissionregistration.k8s.io", ("validatingwebhookconfigurations",))
    rules = [
        _rule(*definitions, _READ),
        _rule(*definitions, patch, names=[f"{kind}.{GROUP}" for kind in kinds]),
        _rule(*webhooks, _READ),
        _rule(*webhooks, patch, names=["secretstore-validate", "externalsecret-validate"]),
        _rule("", ("endpoints", "secrets"), _READ),
        _rule("discovery.k8s.io", ("endpointslices",), _READ),
        _rule("", ("events",), _SAY),
        _rule("", ("secrets",), patch, names=[f"{release.full_name(known)}-webhook"]),
        _rule("coordination.k8s.io", ("leases",), _HOLD),
    ]
    role = _role(name, labels, rules)
    return [role, _binding(role, account, release.home(known))]


def _kinds(known: Properties) -> list[str]:
    wanted = {
        "externalsecrets": True,
        "secretstores": True,
        "clustersecretstores": known.get("processClusterStore"),
        "pushsecrets": known.get("processPushSecret"),
    }
    return [kind for kind, on in wanted.items() if on]


def _operator(known: Properties, kinds: Sequence[str]) -> list[Properties]:
    ends = ("", "/status", *(("/finalizers",) if known.get("openshiftFinalizers") else ()))
    parts = [f"{kind}{end}" for kind in kinds for end in ends]
    rules = [
        _rule(GROUP, kinds, _READ),
        _rule(GROUP, parts, ("get", "update", "patch")),
        _rule(GENERATORS, ("generatorstates",), (*_READ, *_WRITE)),
        _rule(GENERATORS, ("passwords",), _READ),
        _rule("", ("serviceaccounts", "namespaces", "configmaps"), _READ),
        _rule("", ("secrets",), (*_READ, "create", "update", "delete", "patch")),
        _rule("", ("events",), _SAY),
    ]
    if part(known, "rbac").get("serviceAccountTokenCreate"):
        rules.append(_rule("", ("serviceaccounts/token",), ("create",)))
    own = ("create", "update", "delete")
    if known.get("processClusterExternalSecret"):
        rules.append(_rule(GROUP, ("externalsecrets",), own))
        rules.append(_rule("", ("namespaces",), ("update", "patch")))
    if known.get("processPushSecret"):
        rules.append(_rule(GROUP, ("pushsecrets",), own))
    return rules


def _election(known: Properties) -> list[Properties]:
    lock = str(known.get("leaderElectionID") or "external-secrets-controller")
    return [
        _rule("", ("configmaps",), ("get", "update", "patch"), names=[lock]),
        _rule("", ("configmaps",), ("create",)),
        _rule("coordination.k8s.io", ("leases",), _HOLD),
    ]


def _aggregated(known: Properties, end: str) -> Properties:
    rbac = part(known, "rbac")
    into = ("view", "edit", "admin") if end == "view" else ("edit", "admin")
    return {
        f"{_RBAC}/aggregate-to-{name}": "true"
        for name in into
        if rbac.get(f"aggregateTo{name.capitalize()}")
    }


def _labels(release: Release, known: Properties, end: str) -> Properties:
    return release.labels(
        {
            "app.kubernetes.io/name": f"{release.app_name(known)}{end}",
            "app.kubernetes.io/instance": release.name,
        }
    )


def _rule(
    group: str, resources: Sequence[str], verbs: Sequence[str], *, names: Sequence[str] = ()
) -> Properties:
    rule: Properties = {"apiGroups": [group], "resources": [*resources], "verbs": [*verbs]}
    return {**rule, "resourceNames": [*names]} if names else rule


def _role(name: str, labels: Properties, rules: Sequence[Properties]) -> Properties:
    return {
        "apiVersion": f"{_RBAC}/v1",
        "kind": "ClusterRole",
        "metadata": {"name": name, "labels": labels},
        "rules": [*rules],
    }


def _binding(role: Properties, account: str, home: str) -> Properties:
    """Return the binding of a role to a service account, under the role's own name."""
    kind, metadata = role["kind"], part(role, "metadata")
    subject: Value = {"kind": "ServiceAccount", "name": account, "namespace": home}
    return {
        "apiVersion": f"{_RBAC}/v1",
        "kind": f"{kind}Binding",
        "metadata": metadata,
        "roleRef": {"apiGroup": _RBAC, "kind": kind, "name": metadata["name"]},
        "subjects": [subject],
    }


def _inside(body: Properties, home: str) -> Properties:
    """Return a cluster-wide role as one of a namespace."""
    metadata = {**part(body, "metadata"), "namespace": home}
    return {**body, "kind": "Role", "metadata": metadata}
