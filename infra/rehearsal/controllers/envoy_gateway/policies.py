"""Statuses of the policies that hang on Gateways and routes. Pure.

Not played: policies on one listener or rule (`sectionName`), selectors of targets, merging, and the
condition `Overridden` of a policy on a Gateway.
"""

from infra.rehearsal.controllers.envoy_gateway.attachment import attachments
from infra.rehearsal.controllers.envoy_gateway.conditions import (
    condition,
    failed,
    gateway_reference,
)
from infra.rehearsal.controllers.envoy_gateway.world import World, name_of, namespace_of
from infra.rehearsal.kubernetes.values import mapping, mappings, text
from infra.wire import Properties, Value

POLICIES = ("ClientTrafficPolicy", "BackendTrafficPolicy", "SecurityPolicy")
_Target = tuple[str, str]


def policy_statuses(world: World, kind: str) -> list[tuple[Properties, Properties]]:
    """Return each policy of a kind with its status; those without a target have none."""
    taken: set[tuple[str, _Target]] = set()
    found: list[tuple[Properties, Properties]] = []
    for policy in world.all(kind):
        ancestors: list[Value] = []
        for reference in mappings(policy, "spec", "targetRefs"):
            target = (text(reference, "kind"), text(reference, "name"))
            parents = _ancestors(world, namespace_of(policy), target)
            if parents is None:
                continue
            key = (namespace_of(policy), target)
            result = _result(world, policy, target, is_taken=key in taken)
            taken.add(key)
            ancestors += [
                {
                    "ancestorRef": parent,
                    "controllerName": world.settings.controller,
                    "conditions": [result],
                }
                for parent in parents
            ]
        if ancestors:
            found.append((policy, {"ancestors": ancestors}))
    return found


def _ancestors(world: World, namespace: str, target: _Target) -> list[Properties] | None:
    """Return the Gateways that a target hangs on; None: there is no such target."""
    kind, name = target
    if kind == "Gateway":
        own = [(namespace_of(one), name_of(one)) for one in world.own_gateways()]
        return [gateway_reference(name, namespace)] if (namespace, name) in own else None
    route = world.find("HTTPRoute", name, namespace) if kind == "HTTPRoute" else None
    if route is None:
        return None
    return [
        gateway_reference(
            name_of(one.gateway), namespace_of(one.gateway), text(one.parent, "sectionName")
        )
        for one in attachments(world, route)
    ]


def _result(world: World, policy: Properties, target: _Target, *, is_taken: bool) -> Properties:
    kind, name = target
    if is_taken:
        message = (
            f"Unable to target {kind} {name}, another {text(policy, 'kind')} has already "
            "attached to it"
        )
        return failed(policy, "Accepted", "Conflicted", message)
    if mapping(policy, "spec", "rateLimit", "global") and not world.settings.rate_limit:
        message = (
            "RateLimit: enable Ratelimit in the EnvoyGateway config to configure global rateLimit."
        )
        return failed(policy, "Accepted", "Invalid", message)
    missing = _missing_keys(world, policy)
    if missing:
        message = f"APIKeyAuth: secret {missing} does not exist."
        return failed(policy, "Accepted", "Invalid", message)
    return condition(policy, "Accepted", "Policy has been accepted.")


def _missing_keys(world: World, policy: Properties) -> str:
    home = namespace_of(policy)
    for one in mappings(policy, "spec", "apiKeyAuth", "credentialRefs"):
        namespace = text(one, "namespace") or home
        if world.find("Secret", text(one, "name"), namespace) is None:
            return f"{namespace}/{text(one, 'name')}"
    return ""
