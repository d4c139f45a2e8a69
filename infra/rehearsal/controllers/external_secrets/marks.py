"""What the operator writes on objects: conditions, events, finalizers, and its own hashes."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime

from infra.rehearsal.kubernetes.client import ApiClient, ApiError
from infra.rehearsal.kubernetes.events import event
from infra.rehearsal.kubernetes.values import mapping, mappings, text
from infra.wire import Properties, Value

READY = "Ready"


class Marks:
    """Writes on objects of one cluster."""

    def __init__(self, api: ApiClient) -> None:
        """Write through this client."""
        self._api = api

    def status(self, body: Properties, now: float, ready: Properties, **others: Value) -> None:
        """Set the condition Ready (`status`, `reason`, `message`) and other parts of the status."""
        before = condition(body)
        changed = before.get("status") != ready["status"]
        since = timestamp(now) if changed else before.get("lastTransitionTime")
        wanted: Properties = {"type": READY, "lastTransitionTime": since, **ready}
        status: Properties = {"conditions": [wanted], **others}
        if mapping(body, "status") != {**mapping(body, "status"), **status}:
            self._api.merge(body, {"status": status}, "/status")

    def event(self, body: Properties, now: float, reason: str, message: str) -> None:
        """Say what went wrong, as `kubectl describe` shows it."""
        namespace = text(body, "metadata", "namespace") or "default"
        said = event(
            body,
            kind="Warning",
            reason=reason,
            message=message,
            component="external-secrets",
            namespace=namespace,
            at=timestamp(now),
        )
        try:
            self._api.create(said)
        except ApiError:  # as every recorder: an event that cannot be written is lost
            return

    def finalizer(self, body: Properties, name: str, *, wanted: bool) -> bool:
        """Put a finalizer on an object, or take it off; return whether anything changed."""
        held = mapping(body, "metadata").get("finalizers")
        names: list[Value] = [*held] if isinstance(held, list) else []
        if (name in names) is wanted:
            return False
        kept: list[Value] = [item for item in names if item != name]
        kept += [name] if wanted else []
        self._api.merge(body, {"metadata": {"finalizers": kept, "uid": uid(body)}})
        return True


def condition(body: Properties) -> Properties:
    """Return the condition Ready; empty where there is none yet."""
    found = mappings(body, "status", "conditions")
    return next((item for item in found if item.get("type") == READY), {})


def uid(body: Properties) -> str:
    """Return what tells an object from another one of its name."""
    return text(body, "metadata", "uid")


def is_going(body: Properties) -> bool:
    """Say whether an object is being deleted."""
    return "deletionTimestamp" in mapping(body, "metadata")


def synced_version(body: Properties) -> str:
    """Return what differs when spec, labels or annotations did (util.go, GetResourceVersion)."""
    metadata = mapping(body, "metadata")
    meta = {name: metadata.get(name) for name in ("annotations", "labels")}
    generation = metadata.get("generation")
    return f"{generation}-{digest(meta)}"


def digest(value: Mapping[str, Value]) -> str:
    """Return a short hash; the real one's is another, and nobody else reads either."""
    return hashlib.sha3_224(json.dumps(value, sort_keys=True).encode()).hexdigest()


def timestamp(now: float) -> str:
    """Return a time as the API server writes it, in whole seconds."""
    return datetime.fromtimestamp(int(now), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
