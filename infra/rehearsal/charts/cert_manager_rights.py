"""Service accounts and rights of cert-manager's chart, with its names.

Source: cert-manager v1.21.2, deploy/charts/cert-manager/templates (`*rbac.yaml`), read 2026-11-27.
"""

from infra.rehearsal.charts.cert_manager_names import (
    CAINJECTOR,
    CHECK,
    CONTROLLER,
    WEBHOOK,
    Program,
    home,
    programs,
)
from infra.rehearsal.charts.objects import Release, part, without_empty
from infra.wire import Properties, Value

RBAC = "rbac.authorization.k8s.io"
CM, ACME, GATEWAY = "cert-manager.io", "acme.cert-manager.io", "gateway.networking.k8s.io"
_READ = ["get", "list", "watch"]
_WRITE = ["update", "patch"]
_EVENTS = ("", ["events"], ["create", "patch"])
_SECRETS = ("", ["secrets"], [*_READ, "create", "update", "delete"])
_ISSUERS = ["clusterissuers", "issuers"]
_CERTIFICATES = ["certificates", "certificaterequests"]
_SERVED = ["get", "list", "watch", "create", "delete"]
_Rule = tuple[str, list[str], list[str]] | tuple[str, list[str], list[str], list[str]]
_CONTROLLERS: dict[str, tuple[_Rule, ...]] = {
    "issuers": (
        (CM, ["issuers", "issuers/status"], _WRITE),
        (CM, ["issuers"], _READ),
        _SECRETS,
        _EVENTS,
    ),
    "clusterissuers": (
        (CM, ["clusterissuers", "clusterissuers/status"], _WRITE),
        (CM, ["clusterissuers"], _READ),
        _SECRETS,
        _EVENTS,
    ),
    "certificates": (
        (CM, [*_CERTIFICATES, *(f"{name}/status" for name in _CERTIFICATES)], _WRITE),
        (CM, [*_CERTIFICATES, *_ISSUERS], _READ),
        (CM, [f"{name}/finalizers" for name in _CERTIFICATES], ["update"]),
        (ACME, ["orders"], ["create", "delete", *_READ]),
        ("", ["secrets"], [*_READ, "create", "update", "delete", "patch"]),
        _EVENTS,
    ),
    "orders": (
        (ACME, ["orders", "orders/status"], _WRITE),
        (ACME, ["orders", "challenges"], _READ),
        (CM, _ISSUERS, _READ),
        (ACME, ["challenges"], ["create", "delete"]),
        (ACME, ["orders/finalizers"], ["update"]),
        (CM, [f"{name}/finalizers" for name in _ISSUERS], ["update"]),
        ("", ["secrets"], _READ),
        _EVENTS,
    ),
    "challenges": (
        (ACME, ["challenges", "challenges/status"], _WRITE),
        (ACME, ["challenges"], _READ),
        (CM, _ISSUERS, _READ),
        ("", ["secrets"], _READ),
        _EVENTS,
        ("", ["pods", "services"], _SERVED),
        ("networking.k8s.io", ["ingresses"], [*_SERVED, "update"]),
        (GATEWAY, ["httproutes"], [*_SERVED, "update"]),
        ("route.openshift.io", ["routes/custom-host"], ["create"]),
        (ACME, ["challenges/finalizers"], ["update"]),
        ("", ["secrets"], _READ),
    ),
    "ingress-shim": (
        (CM, _CERTIFICATES, ["create", "update", "delete"]),
        (CM, [*_CERTIFICATES, *_ISSUERS], _READ),
        ("networking.k8s.io", ["ingresses"], _READ),
        ("networking.k8s.io", ["ingresses/finalizers"], ["update"]),
        (GATEWAY, ["gateways", "httproutes", "listenersets"], _READ),
        (
            GATEWAY,
            ["gateways/finalizers", "httproutes/finalizers", "listenersets/finalizers"],
            ["update"],
        ),
        _EVENTS,
    ),
}
_INJECTOR: tuple[_Rule, ...] = (
    (CM, ["certificates"], _READ),
    ("", ["secrets"], _READ),
    ("", ["events"], ["get", "create", "update", "patch"]),
    (
        "admissionregistration.k8s.io",
        ["validatingwebhookconfigurations", "mutatingwebhookconfigurations"],
        [*_READ, *_WRITE],
    ),
    ("apiregistration.k8s.io", ["apiservices"], [*_READ, *_WRITE]),
    ("apiextensions.k8s.io", ["customresourcedefinitions"], [*_READ, *_WRITE]),
)
_OWN = ["certificates", "certificaterequests", "issuers"]
_VIEW: tuple[_Rule, ...] = ((CM, _OWN, _READ), (ACME, ["challenges", "orders"], _READ))
_EDIT: tuple[_Rule, ...] = (
    (CM, _OWN, ["create", "delete", "deletecollection", "patch", "update"]),
    (CM, ["certificates/status"], ["update"]),
    (ACME, ["challenges"], ["delete", "deletecollection", "patch", "update"]),
    (ACME, ["orders"], ["delete", "deletecollection"]),
)
_LEASES = {
    CONTROLLER: ["cert-manager-controller"],
    CAINJECTOR: [
        "cert-manager-cainjector-leader-election",
        "cert-manager-cainjector-leader-election-core",
    ],
}
_TO_READERS = ("view", "edit", "admin", "cluster-reader")


def accounts(release: Release, known: Properties) -> list[Properties]:
    """Return the service account of each program."""
    made: list[Properties] = []
    checks = (CHECK,) if part(known, "startupapicheck").get("enabled") else ()
    for program in (*programs(known), *checks):
        wanted = part(program.settings(known), "serviceAccount")
        if not wanted.get("create"):
            continue
        labels = {**program.labels(release, known), **part(wanted, "labels")}
        metadata = without_empty(
            {
                "name": program.account(release, known),
                "namespace": home(release, known),
                "labels": labels,
                "annotations": wanted.get("annotations"),
            }
        )
        made.append(
            {
                "apiVersion": "v1",
                "kind": "ServiceAccount",
                "metadata": metadata,
                "automountServiceAccountToken": wanted.get("automountServiceAccountToken"),
                **without_empty(
                    {"imagePullSecrets": part(known, "global").get("imagePullSecrets")}
                ),
            }
        )
    return made


def rights(release: Release, known: Properties) -> list[Properties]:
    """Return what the programs may do in the cluster."""
    if not part(known, "global", "rbac").get("create"):
        return []
    granting = _Granting(release, known)
    full = CONTROLLER.name(release, known)
    made: list[Properties] = []
    for name, rules in _CONTROLLERS.items():
        made += granting.cluster(CONTROLLER, f"{full}-controller-{name}", rules)
    made += granting.cluster(
        CONTROLLER, f"{full}-controller-approve:cert-manager-io", _approval(known)
    )
    made += granting.cluster(
        CONTROLLER, f"{full}-controller-certificatesigningrequests", _signing(known)
    )
    made += _for_people(granting, full, known)
    place = str(part(known, "global", "leaderElection").get("namespace"))
    for program in programs(known):
        name = program.name(release, known)
        if program is WEBHOOK:
            made += _of_webhook(granting, name)
            continue
        if program is CAINJECTOR:
            made += granting.cluster(program, name, _INJECTOR)
        leases: _Rule = ("coordination.k8s.io", ["leases"], ["get", *_WRITE], _LEASES[program])
        rules = (leases, ("coordination.k8s.io", ["leases"], ["create"]))
        made += granting.within(program, f"{name}:leaderelection", place, rules)
    if part(known, "startupapicheck").get("enabled"):
        creates: tuple[_Rule, ...] = ((CM, ["certificaterequests"], ["create"]),)
        name = f"{CHECK.name(release, known)}:create-cert"
        made += granting.within(CHECK, name, home(release, known), creates)
    return made


def _for_people(granting: "_Granting", full: str, known: Properties) -> list[Properties]:
    shared = part(known, "global", "rbac").get("aggregateClusterRoles")
    made: list[Properties] = []
    if shared:
        rules: tuple[_Rule, ...] = ((CM, ["clusterissuers"], _READ),)
        made.append(granting.role(f"{full}-cluster-view", rules, ("cluster-reader",)))
    made.append(granting.role(f"{full}-view", _VIEW, _TO_READERS if shared else ()))
    made.append(granting.role(f"{full}-edit", _EDIT, ("edit", "admin") if shared else ()))
    return made


def _of_webhook(granting: "_Granting", name: str) -> list[Properties]:
    reviews: tuple[_Rule, ...] = (("authorization.k8s.io", ["subjectaccessreviews"], ["create"]),)
    serving: tuple[_Rule, ...] = (
        ("", ["secrets"], [*_READ, "update"], [f"{name}-ca"]),
        ("", ["secrets"], ["create"]),
    )
    place = home(granting.release, granting.known)
    return [
        *granting.cluster(WEBHOOK, f"{name}:subjectaccessreviews", reviews),
        *granting.within(WEBHOOK, f"{name}:dynamic-serving", place, serving),
    ]


def _approval(known: Properties) -> tuple[_Rule, ...]:
    if known.get("disableAutoApproval"):
        return ()
    names = known.get("approveSignerNames")
    signers = [str(name) for name in names] if isinstance(names, list) else []
    return ((CM, ["signers"], ["approve"], signers),)


def _signing(known: Properties) -> tuple[_Rule, ...]:
    del known
    signers = ["issuers.cert-manager.io/*", "clusterissuers.cert-manager.io/*"]
    group = "certificates.k8s.io"
    return (
        (group, ["certificatesigningrequests"], [*_READ, "update"]),
        (group, ["certificatesigningrequests/status"], _WRITE),
        (group, ["signers"], ["sign"], signers),
        ("authorization.k8s.io", ["subjectaccessreviews"], ["create"]),
    )


class _Granting:
    """Makes roles and the bindings that give them to a program."""

    def __init__(self, release: Release, known: Properties) -> None:
        self.release = release
        self.known = known

    def cluster(self, program: Program, name: str, rules: tuple[_Rule, ...]) -> list[Properties]:
        """Return a ClusterRole and its binding."""
        return self._granted("ClusterRole", program, self._metadata(program, name, ""), rules)

    def within(
        self, program: Program, name: str, place: str, rules: tuple[_Rule, ...]
    ) -> list[Properties]:
        """Return a Role of a namespace and its binding."""
        return self._granted("Role", program, self._metadata(program, name, place), rules)

    def role(self, name: str, rules: tuple[_Rule, ...], to: tuple[str, ...]) -> Properties:
        """Return a ClusterRole that others of the cluster take in."""
        metadata = self._metadata(CONTROLLER, name, "")
        shares: Properties = {f"{RBAC}/aggregate-to-{one}": "true" for one in to}
        metadata["labels"] = {**part(metadata, "labels"), **shares}
        return _body("ClusterRole", metadata, rules=[_rule(rule) for rule in rules])

    def _metadata(self, program: Program, name: str, place: str) -> Properties:
        annotations = part(self.known, "startupapicheck", "rbac", "annotations")
        return without_empty(
            {
                "name": name,
                "namespace": place,
                "labels": program.labels(self.release, self.known),
                "annotations": annotations if program is CHECK else None,
            }
        )

    def _granted(
        self, kind: str, program: Program, metadata: Properties, rules: tuple[_Rule, ...]
    ) -> list[Properties]:
        subject: Value = {
            "kind": "ServiceAccount",
            "name": program.account(self.release, self.known),
            "namespace": home(self.release, self.known),
        }
        reference: Value = {"apiGroup": RBAC, "kind": kind, "name": metadata["name"]}
        return [
            _body(kind, metadata, rules=[_rule(rule) for rule in rules]),
            _body(f"{kind}Binding", metadata, roleRef=reference, subjects=[subject]),
        ]


def _body(kind: str, metadata: Properties, **others: Value) -> Properties:
    return {"apiVersion": f"{RBAC}/v1", "kind": kind, "metadata": {**metadata}, **others}


def _rule(rule: _Rule) -> Properties:
    group, resources, verbs, *names = rule
    made: Properties = {"apiGroups": [group], "resources": [*resources], "verbs": [*verbs]}
    if names:
        made["resourceNames"] = [*names[0]]
    return made
