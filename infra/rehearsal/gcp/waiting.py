"""Waiting until Google has done what it took on: each API has operations of its own kind.

Owns: telling which kind a reply is, asking about it until it is done, and the real provider's words
when it fails (terraform-provider-google@e03b762, 2026-08-21, tpgresource/common_operation.go).
"""

import time
from collections.abc import Callable

from infra.google_discovery import method
from infra.rehearsal.cloud.errors import CloudError, InterruptedWaitError
from infra.rehearsal.cloud.table import Pending, Wait
from infra.rehearsal.gcp.place import Place
from infra.replies import optional_text, text
from infra.wire import Properties

POLL_SECONDS = 0.2
DONE = "DONE"
COMPUTE_KIND = "compute#operation"

Ask = Callable[[], Properties]


class OperationFailedError(CloudError):
    """An operation that came to nothing: a refusal that was not known when the call was taken."""

    def __init__(self, doing: str, operation: str, code: str, message: str) -> None:
        """Keep the parts, and what was being done (`Creating Network`)."""
        super().__init__(message, operation, code)
        self._doing = doing

    def __str__(self) -> str:
        """Return the words that a person sees."""
        return f"Error waiting for {self._doing}: {self.reason}"

    @property
    def not_found(self) -> bool:
        """A failed operation says nothing of the kind."""
        return False


def pending(place: Place, method_id: str, reply: Properties, doing: str) -> Pending | None:
    """Return the wait for what a call began, or None for one that is done with its reply."""
    ask = _asking(place, method_id, reply)
    if ask is None:
        return None

    def until_done(wait: Wait) -> None:
        wait_for(ask, method_id, doing, wait)

    return until_done


def _asking(place: Place, method_id: str, reply: Properties) -> Ask | None:
    if reply.get("kind") == COMPUTE_KIND:
        return _ask_compute(place, reply)
    if "operationType" in reply:  # GKE's
        name = text(reply, "selfLink").partition("/v1/")[2]
        return lambda: place.call("container.projects.locations.operations.get", name=name)
    if method(method_id).response != "Operation":
        return None
    if reply.get("done"):  # google.longrunning.Operation; one that runs does not have the word
        return lambda: reply
    service, name = method_id.partition(".")[0], text(reply, "name")
    where = "projects.locations." if name.startswith("projects/") else ""
    return lambda: place.call(f"{service}.{where}operations.get", name=name)


def _ask_compute(place: Place, reply: Properties) -> Ask:
    where = {"project": place.project, "operation": text(reply, "name")}
    for scope in ("region", "zone"):
        if scope in reply:
            found = text(reply, scope).rpartition("/")[2]
            return lambda: place.call(f"compute.{scope}Operations.get", **where, **{scope: found})
    return lambda: place.call("compute.globalOperations.get", **where)


def wait_for(ask: Ask, method_id: str, doing: str, wait: Wait) -> None:
    """Ask until the answer says that it is done.

    Raises:
        OperationFailedError: it came to nothing.
        InterruptedWaitError: it took too long, or the engine was interrupted.
    """
    began = time.monotonic()
    while True:
        operation = ask()
        if operation.get("status") == DONE or operation.get("done"):
            _require_success(operation, method_id, doing)
            return
        waited = time.monotonic() - began
        state = f"{doing}: {optional_text(operation, 'status') or 'not done'}"
        if waited > wait.timeout_seconds:
            detail = optional_text(operation, "detail")
            message = (
                f"{state} after {waited:.0f} s {detail}; "
                "look at the log of the simulated Google Cloud"
            )
            raise InterruptedWaitError(message)
        if wait.cancelled(POLL_SECONDS):
            message = f"{state}: interrupted after {waited:.0f} s"
            raise InterruptedWaitError(message)


def _require_success(operation: Properties, method_id: str, doing: str) -> None:
    error = operation.get("error")
    if not isinstance(error, dict):
        return
    errors = error.get("errors")
    first = errors[0] if isinstance(errors, list) and errors else error
    code = first.get("code") if isinstance(first, dict) else ""
    raise OperationFailedError(doing, method_id, str(code), optional_text(first, "message"))
