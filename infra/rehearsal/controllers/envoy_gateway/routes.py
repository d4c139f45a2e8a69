"""Statuses of HTTPRoutes: whether they hang on a listener and what they send requests to. Pure."""

from infra.rehearsal.controllers.envoy_gateway.attachment import Attachment, attachments
from infra.rehearsal.controllers.envoy_gateway.conditions import (
    condition,
    failed,
    gateway_reference,
)
from infra.rehearsal.controllers.envoy_gateway.world import CORE, World, namespace_of
from infra.rehearsal.kubernetes.values import mapping, mappings, number, text
from infra.wire import Properties, Value

BACKEND = "Backend"


def backend_status(world: World, backend: Properties) -> Properties:
    """Return the status of a Backend: whether the configuration lets anybody name one."""
    if world.settings.has_backends:
        return {"conditions": [condition(backend, "Accepted", "The Backend was accepted")]}
    message = "The Backend was not accepted since Backend is not enabled in Envoy Gateway Config"
    return {"conditions": [failed(backend, "Accepted", "Invalid", message)]}


def route_status(world: World, route: Properties) -> Properties | None:
    """Return the status of a route; None where none of its parents is this controller's."""
    parents: list[Value] = [
        {
            "parentRef": gateway_reference(
                text(one.parent, "name"),
                text(one.parent, "namespace"),
                text(one.parent, "sectionName"),
            ),
            "controllerName": world.settings.controller,
            "conditions": _conditions(world, route, one),
        }
        for one in attachments(world, route)
    ]
    return {"parents": parents} if parents else None


def _conditions(world: World, route: Properties, one: Attachment) -> list[Value]:
    accepted = (
        condition(route, "Accepted", "Route is accepted")
        if one.listeners
        else failed(route, "Accepted", one.reason, one.message)
    )
    trouble, silent = _backends(world, route)
    resolved = (
        failed(route, "ResolvedRefs", *trouble)
        if trouble
        else condition(route, "ResolvedRefs", "Resolved all the Object references for the Route")
    )
    if not (silent and one.listeners):
        return [accepted, resolved]
    message = f"Failed to find endpoints: no ready endpoints for the related Service {silent}."
    return [accepted, failed(route, "BackendsAvailable", "EndpointsNotFound", message), resolved]


def _backends(world: World, route: Properties) -> tuple[tuple[str, str] | None, str]:
    """Return reason and words of the first backend that is wrong, and a Service that is silent."""
    trouble, silent = None, ""
    for rule, body in enumerate(mappings(route, "spec", "rules")):
        trouble = trouble or _filter_trouble(world, route, body)
        for index, backend in enumerate(mappings(body, "backendRefs")):
            wrong = _backend_trouble(world, route, backend)
            if wrong:
                reason, words = wrong
                place = f"Failed to process route rule {rule} backendRef {index}: {words}"
                trouble = trouble or (reason, place)
                continue
            if text(backend, "kind") == BACKEND:
                continue  # names are looked up by Envoy
            namespace = text(backend, "namespace") or namespace_of(route)
            if not world.has_ready_endpoints(namespace, text(backend, "name")):
                silent = silent or f"{namespace}/{text(backend, 'name')}"
    return trouble, silent


def _filter_trouble(world: World, route: Properties, rule: Properties) -> tuple[str, str] | None:
    for one in mappings(rule, "filters"):
        wanted = mapping(one, "extensionRef")
        name, home = text(wanted, "name"), namespace_of(route)
        if wanted and world.find(text(wanted, "kind"), name, home) is None:
            message = f"Reference {home}/{name} not found for filter type: ExtensionRef"
            return "BackendNotFound", message
    return None


def _named_trouble(world: World, name: str, namespace: str) -> tuple[str, str] | None:
    if not world.settings.has_backends:
        return "UnsupportedValue", "Backend is disabled in Envoy Gateway configuration."
    if world.find(BACKEND, name, namespace) is None:
        return "BackendNotFound", f"Backend {namespace}/{name} not found."
    return None


def _backend_trouble(
    world: World, route: Properties, backend: Properties
) -> tuple[str, str] | None:
    name, home = text(backend, "name"), namespace_of(route)
    namespace = text(backend, "namespace") or home
    if text(backend, "kind") == BACKEND:
        return _named_trouble(world, name, namespace)
    target = (CORE, "Service", namespace, name)
    if namespace != home and not world.permits(("HTTPRoute", home), target):
        return "RefNotPermitted", (
            f"Backend ref to Service {namespace}/{name} not permitted by any ReferenceGrant."
        )
    service = world.find("Service", name, namespace)
    if service is None:
        return "BackendNotFound", f"service {namespace}/{name} not found."
    port = number(backend, "port")
    if port not in [number(one, "port") for one in mappings(service, "spec", "ports")]:
        message = f"TCP Port {port} not found on Service {namespace}/{name}."
        return "PortNotFound", message
    return None
