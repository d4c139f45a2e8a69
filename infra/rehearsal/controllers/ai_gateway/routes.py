"""The HTTPRoute and the filters that the AI gateway makes of an AIGatewayRoute. Pure.

Source: envoyproxy/ai-gateway@c217da8, internal/controller/ai_gateway_route.go (`newHTTPRoute`,
`generateHTTPRouteFilters`), read 2026-11-27. Not played: references into other namespaces, pools of
servers.
"""

from collections.abc import Mapping

from infra.rehearsal.controllers.envoy_gateway.world import ENVOY_API_VERSION, GATEWAY_API_VERSION
from infra.rehearsal.kubernetes.values import mapping, mappings, number, text
from infra.wire import Properties, Value

AI_API_VERSION = "aigateway.envoyproxy.io/v1beta1"
MADE = {"HTTPRouteFilter": ENVOY_API_VERSION, "HTTPRoute": GATEWAY_API_VERSION}
GENERATED = "gateway.envoyproxy.io/ai-gateway-generated"
PRIORITIES = "gateway.envoyproxy.io/backend-ref-priority"
NOT_FOUND = "route-not-found"
DEFAULT_TIMEOUT = "60s"
_REWRITE, _ABSENT = "ai-eg-host-rewrite", "ai-eg-route-not-found-response"
_NO_ROUTE = (
    "No matching route found. It is likely because the model specified in your request is not "
    "configured in the Gateway."
)


class RouteError(ValueError):
    """A route that cannot be made, in the controller's own words."""


def objects_of(
    route: Properties, backends: Mapping[tuple[str, str], Properties], root: str = "/"
) -> list[Properties]:
    """Return what is made of an AIGatewayRoute.

    Args:
        route: the AIGatewayRoute.
        backends: every AIServiceBackend, by namespace and name.
        root: path below which all of it is.

    Raises:
        RouteError: A backend that it names is not there.
    """
    name, namespace = text(route, "metadata", "name"), text(route, "metadata", "namespace")
    asked = mappings(route, "spec", "rules")
    rules = [_rule(rule, name, namespace, backends, root) for rule in asked]
    absent: Properties = {
        "name": NOT_FOUND,
        "matches": [{"path": {"value": root}}],
        "filters": [_extension(f"{_ABSENT}-{name}")],
    }
    spec: Properties = {
        "parentRefs": mapping(route, "spec")["parentRefs"],
        "hostnames": mapping(route, "spec").get("hostnames") or [],
        "rules": [*rules, absent],
    }
    made = _made(route, "HTTPRoute", name, spec)
    marks = mapping(made, "metadata")
    marks["labels"] = mapping(route, "metadata", "labels")
    marks["annotations"] = {PRIORITIES: _priorities(route), GENERATED: "true"}
    return [*_filters(route, name), made]


def _filters(route: Properties, name: str) -> list[Properties]:
    body: Value = {"type": "Inline", "inline": _NO_ROUTE}
    return [
        _made(
            route,
            "HTTPRouteFilter",
            f"{_REWRITE}-{name}",
            {"urlRewrite": {"hostname": {"type": "Backend"}}},
        ),
        _made(
            route,
            "HTTPRouteFilter",
            f"{_ABSENT}-{name}",
            {"directResponse": {"statusCode": 404, "body": body}},
        ),
    ]


def _made(route: Properties, kind: str, name: str, spec: Properties) -> Properties:
    owner: Properties = {
        "apiVersion": AI_API_VERSION,
        "kind": "AIGatewayRoute",
        "name": text(route, "metadata", "name"),
        "uid": text(route, "metadata", "uid"),
        "controller": True,
        "blockOwnerDeletion": True,
    }
    return {
        "apiVersion": MADE[kind],
        "kind": kind,
        "metadata": {
            "name": name,
            "namespace": text(route, "metadata", "namespace"),
            "ownerReferences": [owner],
        },
        "spec": spec,
    }


def _rule(
    rule: Properties,
    name: str,
    namespace: str,
    backends: Mapping[tuple[str, str], Properties],
    root: str,
) -> Properties:
    named = {"name": text(rule, "name")} if text(rule, "name") else {}
    return {
        **named,
        "matches": [
            {"headers": mapping(match).get("headers") or [], "path": {"value": root}}
            for match in mappings(rule, "matches")
        ],
        "backendRefs": [_server(one, namespace, backends) for one in mappings(rule, "backendRefs")],
        "filters": [_extension(f"{_REWRITE}-{name}")],
        "timeouts": mapping(rule, "timeouts") or {"request": DEFAULT_TIMEOUT},
    }


def _server(
    reference: Properties, namespace: str, backends: Mapping[tuple[str, str], Properties]
) -> Properties:
    name = text(reference, "name")
    found = backends.get((namespace, name))
    if found is None:
        message = (
            f"failed to get AIServiceBackend {name}.{namespace}: "
            f"AIServiceBackend {name}.{namespace} not found"
        )
        raise RouteError(message)
    weight = number(reference, "weight", default=1)
    return {**mapping(found, "spec", "backendRef"), "weight": weight}


def _extension(name: str) -> Properties:
    return {
        "type": "ExtensionRef",
        "extensionRef": {
            "group": ENVOY_API_VERSION.partition("/")[0],
            "kind": "HTTPRouteFilter",
            "name": name,
        },
    }


def _priorities(route: Properties) -> str:
    """Changes whenever the order of backends does, so that Envoy Gateway looks again."""
    return ",".join(
        f"{index}:{text(one, 'name')}:{number(one, 'priority')}"
        for index, rule in enumerate(mappings(route, "spec", "rules"))
        for one in mappings(rule, "backendRefs")
    )
