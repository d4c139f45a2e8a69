"""Routes of the gateway: whoever comes from the internet must say who they are.

Owns the words of Gateway API and of Envoy Gateway's policies that decide so. A gateway that is not
in the stack is taken for a public one: nobody can see here that it is not.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from infra.spec.environment import Environment
from policies.judge import items, pick
from policies.rule import Family, Finding, Level, StackRule, Subject, Unjudged, Violation
from policies.scene import Scene
from policies.values import MISSING, UNKNOWN, Mark, Plain, at

ROUTE = "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute"
GATEWAY = "kubernetes:gateway.networking.k8s.io/v1:Gateway"
POLICY = "kubernetes:gateway.envoyproxy.io/v1alpha1:SecurityPolicy"
AI_ROUTE = "kubernetes:aigateway.envoyproxy.io/v1beta1:AIGatewayRoute"
"""The AI gateway makes an HTTPRoute of it, with its name, in its namespace."""
_ROUTES = re.compile(r"kubernetes:gateway\.networking\.k8s\.io/\w+:(HTTPRoute|GRPCRoute)")
_AI_ROUTES = re.compile(r"kubernetes:aigateway\.envoyproxy\.io/\w+:AIGatewayRoute")
_GATEWAYS = re.compile(r"kubernetes:gateway\.networking\.k8s\.io/\w+:Gateway")
_POLICIES = re.compile(r"kubernetes:gateway\.envoyproxy\.io/\w+:SecurityPolicy")
_PROVES = ("apiKeyAuth", "basicAuth", "extAuth", "jwt", "oidc")
"""What makes a SecurityPolicy ask who somebody is (Envoy Gateway 1.9, API reference,
`SecurityPolicySpec`, 2026); `cors` and `authorization` alone do not."""
_UNSURE = "unsure"
_INSIDE = {
    "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal",
    "networking.gke.io/load-balancer-type": "Internal",
}
"""Annotations of `spec.infrastructure` that keep a gateway inside."""


@dataclass(frozen=True)
class _Thing:
    """What a policy or a route names; a part that is unknown fits anything."""

    kind: Plain
    namespace: Plain
    name: Plain

    def is_unknown(self) -> bool:
        return UNKNOWN in (self.kind, self.namespace, self.name)


def _authenticated(subjects: Sequence[Subject], scene: Scene) -> Iterator[Finding]:
    if scene.environment is Environment.DEV and not scene.spec.gateway.knows_clients:
        return  # `authentication: none` of the stack file, which staging and prod refuse
    policies = [one for one in subjects if _POLICIES.fullmatch(one.type)]
    gateways = [one for one in subjects if _GATEWAYS.fullmatch(one.type)]
    private = [_self(one, "Gateway") for one in gateways if _is_inside(one)]
    for route in subjects:
        made_of = _AI_ROUTES.fullmatch(route.type)
        if not (made_of or _ROUTES.fullmatch(route.type)) or _serves_nothing(route):
            continue
        parents = [parent for parent in _parents(route) if parent not in private]
        me = _self(route, "HTTPRoute" if made_of else route.type.rpartition(":")[2])
        if me.is_unknown() or any(parent.is_unknown() for parent in parents):
            yield Unjudged("its name or its parentRefs", route.urn)
            continue
        # A policy of a route stands in place of its gateway's (Envoy Gateway, "SecurityPolicy").
        verdicts = [_proven(me, policies) or _proven(parent, policies) for parent in parents]
        if _UNSURE in verdicts:
            yield Unjudged("which SecurityPolicy targets it", route.urn)
        elif "no" in verdicts or None in verdicts:
            yield Violation(
                "a route of a public gateway, and no SecurityPolicy in this stack that targets it "
                f"asks who comes: one of {', '.join(_PROVES)}. Whoever finds the address spends "
                "your GPUs. Add one with `targetRefs` to the route.",
                route.urn,
            )


def _proven(thing: _Thing, policies: Sequence[Subject]) -> str | None:
    """Return what the policies of a thing ask: `yes`, `no`, `unsure`; None without a policy."""
    found: str | None = None
    for policy in policies:
        spec = policy.at("spec")
        namespace = policy.at("metadata.namespace")
        targets = [*items(spec, "targetRefs"), at(spec, "targetRef")]
        hits = [_hits(target, namespace, thing) for target in targets if target is not MISSING]
        selects = items(spec, "targetSelectors")
        if UNKNOWN in hits or spec is UNKNOWN or selects:
            found = found or _UNSURE
        if True in hits:
            asks = any(isinstance(at(spec, key), dict) for key in _PROVES)
            unknown = any(at(spec, key) is UNKNOWN for key in _PROVES)
            return "yes" if asks else _UNSURE if unknown else "no"
    return found


def _hits(target: Plain, namespace: Plain, thing: _Thing) -> "bool | Mark":
    named = (at(target, "kind"), namespace, at(target, "name"))
    if target is UNKNOWN or UNKNOWN in named:
        return UNKNOWN
    # A policy of one section (a listener, a rule) leaves the others open.
    whole = at(target, "sectionName") is MISSING
    return whole and named == (thing.kind, thing.namespace, thing.name)


def _self(subject: Subject, kind: str) -> _Thing:
    return _Thing(kind, subject.at("metadata.namespace"), subject.at("metadata.name"))


def _parents(route: Subject) -> list[_Thing]:
    found: list[_Thing] = []
    for parent in items(dict(route.properties), "spec.parentRefs"):
        kind, namespace = at(parent, "kind"), at(parent, "namespace")
        found.append(
            _Thing(
                "Gateway" if kind is MISSING else kind,
                route.at("metadata.namespace") if namespace is MISSING else namespace,
                at(parent, "name"),
            )
        )
    return found


def _is_inside(gateway: Subject) -> bool:
    annotations = gateway.at("spec.infrastructure.annotations")
    return any(pick(annotations, key) == word for key, word in _INSIDE.items())


def _serves_nothing(route: Subject) -> bool:
    """Say whether every rule only redirects: nothing of ours answers."""
    rules = items(dict(route.properties), "spec.rules")
    return bool(rules) and all(
        isinstance(rule, dict)
        and not items(rule, "backendRefs")
        and any(at(one, "type") == "RequestRedirect" for one in items(rule, "filters"))
        for rule in rules
    )


RULES = (
    StackRule(
        name="public-routes-ask-who-comes",
        family=Family.SECURITY,
        level=Level.MANDATORY,
        why="Model servers have no keys of their own; an open route is found within hours and "
        "spends the GPUs of whoever pays. A gateway in another stack is taken for a public one. "
        "In dev a stack file may say `authentication: none`.",
        types=(ROUTE, ROUTE.replace("HTTPRoute", "GRPCRoute"), AI_ROUTE, GATEWAY, POLICY),
        check=_authenticated,
    ),
)
