"""Conditions of statuses: as they should be, and as they are written with the time of a change."""

from infra.rehearsal.controllers.envoy_gateway.world import GATEWAY_API
from infra.rehearsal.kubernetes.values import number, text
from infra.wire import Properties, Value

SINCE = "lastTransitionTime"


def condition(body: Properties, kind: str, message: str, reason: str = "") -> Properties:
    """Return a condition of an object that is met; the reason is its own name unless given."""
    return _condition(body, kind, "True", reason or kind, message)


def failed(body: Properties, kind: str, reason: str, message: str) -> Properties:
    """Return a condition of an object that is not met."""
    return _condition(body, kind, "False", reason, message)


def _condition(body: Properties, kind: str, status: str, reason: str, message: str) -> Properties:
    return {
        "type": kind,
        "status": status,
        "reason": reason,
        "message": message,
        "observedGeneration": number(body, "metadata", "generation"),
    }


def dated(wanted: Value, held: Value, now: str) -> Value:
    """Return a status with a time on each condition: the one that it has, or now if it changed.

    Args:
        wanted: the status, or any part of it, without times.
        held: the same part as it is.
        now: the time, as Kubernetes writes it.
    """
    if isinstance(wanted, list):
        return [dated(item, _counterpart(item, held), now) for item in wanted]
    if not isinstance(wanted, dict):
        return wanted
    if "observedGeneration" in wanted:
        same = isinstance(held, dict) and held.get("status") == wanted["status"]
        since = text(held, SINCE) if same else now
        return {**wanted, SINCE: since or now}
    below = held if isinstance(held, dict) else {}
    return {key: dated(item, below.get(key), now) for key, item in wanted.items()}


def _counterpart(item: Value, held: Value) -> Value:
    """Find what stood for an item of a list: the condition of its type, the parent, the name."""
    if not isinstance(item, dict) or not isinstance(held, list):
        return None
    for key in ("type", "name", "parentRef", "ancestorRef"):
        if key in item:
            same = [one for one in held if isinstance(one, dict) and one.get(key) == item[key]]
            return same[0] if same else None
    return None


def gateway_reference(name: str, namespace: str = "", section: str = "") -> Properties:
    """Return how a status names a Gateway or one of its listeners."""
    reference: Properties = {"group": GATEWAY_API, "kind": "Gateway", "name": name}
    if namespace:
        reference["namespace"] = namespace
    if section:
        reference["sectionName"] = section
    return reference
