"""Which listeners a route hangs on: by section, by namespace, by host name.

Pure. Source: Gateway API v1.6.1 (`AllowedRoutes`, hostname intersection) and the words of Envoy
Gateway v1.9.1, seen on a real one.
"""

from dataclasses import dataclass

from infra.rehearsal.controllers.envoy_gateway.world import (
    GATEWAY_API,
    World,
    name_of,
    namespace_of,
)
from infra.rehearsal.controllers.listeners import lets_in, meeting
from infra.rehearsal.kubernetes.values import mapping, mappings, text
from infra.wire import Properties

_PROTOCOLS = ("HTTP", "HTTPS")


@dataclass(frozen=True)
class Attachment:
    """What became of one parent of a route."""

    parent: Properties
    """The reference, as the route has it."""
    gateway: Properties
    listeners: tuple[str, ...] = ()
    """Names of those that carry the route; none: it was refused."""
    reason: str = ""
    message: str = ""


def attachments(world: World, route: Properties) -> tuple[Attachment, ...]:
    """Return what became of each parent of a route that is a Gateway of this controller."""
    own = {(namespace_of(body), name_of(body)): body for body in world.own_gateways()}
    found = []
    for parent in mappings(route, "spec", "parentRefs"):
        kind = text(parent, "kind") or "Gateway"
        group = text(parent, "group") or GATEWAY_API
        key = (text(parent, "namespace") or namespace_of(route), text(parent, "name"))
        if (group, kind) == (GATEWAY_API, "Gateway") and key in own:
            found.append(_attachment(world, route, parent, own[key]))
    return tuple(found)


def attached_routes(world: World, gateway: Properties, listener: str) -> int:
    """Return how many routes hang on a listener."""
    return sum(
        any(
            one.gateway is gateway and listener in one.listeners
            for one in attachments(world, route)
        )
        for route in world.all("HTTPRoute")
    )


def _attachment(
    world: World, route: Properties, parent: Properties, gateway: Properties
) -> Attachment:
    section = text(parent, "sectionName")
    named = [
        one
        for one in mappings(gateway, "spec", "listeners")
        if text(one, "name") == (section or text(one, "name"))
        and text(one, "protocol") in _PROTOCOLS
    ]
    if not named:
        return Attachment(
            parent, gateway, (), "NoMatchingParent", "No listeners match this parent ref"
        )
    home = world.find("Namespace", namespace_of(route)) or {}
    allowed = [one for one in named if lets_in(one, gateway, route, home)]
    if not allowed:
        message = "No listeners included by this parent ref allowed this attachment."
        return Attachment(parent, gateway, (), "NotAllowedByListeners", message)
    hosts = _texts(mapping(route, "spec").get("hostnames"))
    met = tuple(
        text(one, "name")
        for one in allowed
        if not hosts or any(meeting(text(one, "hostname"), host) for host in hosts)
    )
    if not met:
        message = (
            "There were no hostname intersections between the HTTPRoute and this parent ref's "
            "Listener(s)."
        )
        return Attachment(parent, gateway, (), "NoMatchingListenerHostname", message)
    return Attachment(parent, gateway, met)


def _texts(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
