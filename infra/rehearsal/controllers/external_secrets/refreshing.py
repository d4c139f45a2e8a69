"""When what was synced is synced again."""

import re
from datetime import datetime

from infra.rehearsal.controllers.external_secrets.marks import synced_version
from infra.rehearsal.kubernetes.values import text
from infra.wire import Properties

_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_PART = re.compile(r"(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)")


def interval_seconds(body: Properties) -> float:
    """Return `spec.refreshInterval`, written as Go does (`1h0m0s`), in seconds."""
    parts = _PART.findall(text(body, "spec", "refreshInterval"))
    return sum(float(number) * _SECONDS[unit] for number, unit in parts)


def is_stale(body: Properties, now: float) -> bool:
    """Say whether an object must be synced: never was, has changed, or its time is over.

    externalsecret_controller.go and pushsecret_controller.go, `shouldRefresh`.
    """
    version, synced_at = text(body, "status", "syncedResourceVersion"), _synced_at(body)
    policy, interval = text(body, "spec", "refreshPolicy"), interval_seconds(body)
    if not version or synced_at is None:
        return True
    if policy == "CreatedOnce":
        return False
    if policy != "OnChange" and not interval:
        return False
    if version != synced_version(body):
        return True
    return policy != "OnChange" and synced_at + interval <= now


def seconds_left(body: Properties, now: float) -> float | None:
    """Return how long what was synced just now or before is good for; None: until it changes."""
    interval = interval_seconds(body)
    if not interval or text(body, "spec", "refreshPolicy") in ("CreatedOnce", "OnChange"):
        return None
    synced_at = _synced_at(body)
    return interval if synced_at is None else max(synced_at + interval - now, 0.0)


def _synced_at(body: Properties) -> float | None:
    found = text(body, "status", "refreshTime")
    return datetime.fromisoformat(found).timestamp() if found else None
