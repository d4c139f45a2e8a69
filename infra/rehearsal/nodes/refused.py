"""Pods that the API server refuses to make: whoever waits for them waits until the timeout.

Owns one question, asked while an operation runs: is there a set of replicas whose pods have been
refused, by a quota or by admission, for longer than a start takes? A real update would wait for
the model's whole start-up time; a rehearsal says so at once.
Does not own pods that exist and find no node: those are the scheduler's to judge (`scaling`).
"""

import time

from infra.rehearsal.kubernetes.client import ApiClient
from infra.rehearsal.nodes.view import epoch_seconds

PATIENCE_SECONDS = 20.0
"""A quota that is being raised, or an account that is still being made, ends a refusal by then."""
LOOK_SECONDS = 2.0
_REASON = "FailedCreate"


class RefusedPodsError(ValueError):
    """The API server lets no pod of a workload in."""


class RefusedPods:
    """Looks at one cluster, at most every two seconds. Not thread-safe: one loop calls it."""

    def __init__(self, api: ApiClient, patience_seconds: float = PATIENCE_SECONDS) -> None:
        """Prepare; nothing is asked yet."""
        self._api = api
        self._patience_seconds = patience_seconds
        self._next_look = 0.0

    def check(self) -> None:
        """Look whether pods have been refused for too long.

        Raises:
            RefusedPodsError: they have, and why, workload by workload.
            ApiError: the API server cannot be reached or refuses.
        """
        if time.monotonic() < self._next_look:
            return
        self._next_look = time.monotonic() + LOOK_SECONDS
        found = self._api.list_objects("apps/v1", "ReplicaSet")
        refused = [item for item in found if self._is_refused(item)]
        if not refused:
            return
        words = self._words()
        lines = [
            f"{item['metadata']['namespace']}/{item['metadata']['name']}: "
            f"{words.get(item['metadata']['uid'], 'no event says why')}"
            for item in refused
        ]
        message = "the API server lets no pod in; a real update would wait for its timeout"
        raise RefusedPodsError("\n  ".join([message, *sorted(lines)]))

    def _is_refused(self, replica_set: dict) -> bool:
        now = time.time()
        return any(
            condition["type"] == "ReplicaFailure"
            and condition["status"] == "True"
            and condition.get("reason") == _REASON
            and now - epoch_seconds(condition["lastTransitionTime"]) >= self._patience_seconds
            for condition in replica_set.get("status", {}).get("conditions", [])
        )

    def _words(self) -> dict[str, str]:
        """Return what was last said of each object, by uid. A condition keeps the first words."""
        events = self._api.list_objects("v1", "Event", fieldSelector=f"reason={_REASON}")
        events.sort(key=lambda event: event.get("lastTimestamp") or "")
        return {event["involvedObject"].get("uid", ""): event["message"] for event in events}
