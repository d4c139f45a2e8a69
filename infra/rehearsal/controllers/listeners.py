"""Which routes a listener of a Gateway takes: by namespace, and by what hosts they have in common.

Pure. Source: Gateway API v1.6.1 (`AllowedRoutes`, hostname intersection). Envoy Gateway and
external-dns each judge so for themselves.
"""

from infra.rehearsal.kubernetes.values import mapping, text
from infra.wire import Properties


def lets_in(
    listener: Properties, gateway: Properties, route: Properties, home: Properties | None
) -> bool:
    """Say whether a listener takes routes of a namespace.

    Args:
        listener: of the Gateway.
        gateway: the Gateway.
        route: the route.
        home: the namespace of the route, if it is there.
    """
    allowed = mapping(listener, "allowedRoutes", "namespaces")
    match text(allowed, "from") or "Same":
        case "All":
            return True
        case "Same":
            return text(gateway, "metadata", "namespace") == text(route, "metadata", "namespace")
        case _:
            held = mapping(home, "metadata", "labels")
            wanted = mapping(allowed, "selector", "matchLabels")
            return home is not None and all(held.get(key) == item for key, item in wanted.items())


def meeting(listener: str, host: str) -> str:
    """Return the host that a listener and a route have in common; empty: none."""
    if not listener or not host or listener == host:
        return host or listener
    narrow, wide = sorted((listener, host), key=lambda name: (name.startswith("*."), -len(name)))
    return narrow if wide.startswith("*.") and narrow.endswith(wide[1:]) else ""
