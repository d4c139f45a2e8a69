"""When the operator looks at an object: soon after it changed, when it said so, later and later.

Owns the delays. Like the work queue of the real one it lives in memory: a restart looks at
everything anew.
"""

import math
from dataclasses import dataclass

DELAY_SECONDS = 0.5
"""From a change to a look at it. The real one takes fractions of a second, too."""
FIRST_RETRY_SECONDS = 1.0
LAST_RETRY_SECONDS = 420.0
"""common.go, BuildRateLimiter: `1 s * 2^failures`, at most 7 minutes."""


@dataclass
class _Entry:
    version: str
    at: float
    failures: int = 0


class Queue:
    """Times of the next looks, by key."""

    def __init__(self) -> None:
        """Begin without any."""
        self._entries: dict[str, _Entry] = {}

    def is_due(self, key: str, version: str, now: float) -> bool:
        """Say whether an object is to be looked at now.

        Args:
            key: kind, namespace and name.
            version: anything that differs when the object did.
            now: seconds since the epoch.
        """
        entry = self._entries.get(key)
        if entry is None or entry.version != version:
            failures = entry.failures if entry else 0
            self._entries[key] = _Entry(version, now + DELAY_SECONDS, failures)
            return False
        return now >= entry.at

    def done(self, key: str, version: str, now: float, after_seconds: float | None) -> None:
        """Look again after that time; None: when it changes from `version`."""
        entry = self._entries[key]
        entry.version = version
        entry.failures = 0
        entry.at = math.inf if after_seconds is None else now + after_seconds

    def failed(self, key: str, now: float) -> None:
        """Try again, each time twice as long after the last."""
        entry = self._entries[key]
        entry.at = now + min(FIRST_RETRY_SECONDS * 2**entry.failures, LAST_RETRY_SECONDS)
        entry.failures += 1

    def forget_others(self, keys: set[str]) -> None:
        """Drop what is gone."""
        for key in self._entries.keys() - keys:
            del self._entries[key]
