"""When an object is as it was asked to be, and waiting until it is.

Owns: readiness per kind, and failing early where waiting cannot help.
Does not await custom resources without an annotation that says for what, or Services: what makes
them ready is not the API server.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from infra.rehearsal.kubernetes.client import NOT_FOUND, ApiClient, ApiError
from infra.rehearsal.kubernetes.errors import CancelledError, FailedForGoodError, NotReadyError
from infra.rehearsal.kubernetes.operation import Operation
from infra.rehearsal.kubernetes.placement import look_at_pods
from infra.rehearsal.kubernetes.values import (
    annotation,
    at,
    condition,
    is_true,
    number,
    text,
    title,
)
from infra.wire import Properties

SKIP_AWAIT = "pulumi.com/skipAwait"
WAIT_FOR = "pulumi.com/waitFor"
CONDITION = "condition="
"""Before the type of a condition, the one form of that annotation that is played
(pulumi-kubernetes 4.18.0, CHANGELOG, as remembered)."""
TIMEOUT_ANNOTATION = "pulumi.com/timeoutSeconds"
WORKLOAD_TIMEOUT_SECONDS = 600  # the real provider's default for workloads
DEFINITION_TIMEOUT_SECONDS = 60
NAMESPACE_TIMEOUT_SECONDS = 60
SECONDS_BETWEEN_LOOKS_AT_PODS = 1.0


@dataclass(frozen=True)
class Readiness:
    """Whether an object is ready, and what is missing."""

    ready: bool
    missing: str = ""


READY = Readiness(ready=True)


def readiness(live: Properties, declared: Properties) -> Readiness:
    """Judge an object as it is; kinds that are not awaited are ready.

    Args:
        live: the object as the API server has it.
        declared: the object as the program has it; without `replicas` there, somebody else scales
            it, and one available replica is enough.

    Raises:
        FailedForGoodError: it will not become ready as it is.
    """
    judge = _judge(live, declared)
    return judge[0](live, declared) if judge else READY


def wait_until_ready(
    api: ApiClient, live: Properties, declared: Properties, operation: Operation
) -> Properties:
    """Wait until an object is ready and return it as it is then.

    Raises:
        NotReadyError: it failed for good, the time was over, or the engine cancelled. It carries
            the object as it was last seen, because that must be recorded.
    """
    judge = _judge(live, declared)
    if judge is None or annotation(declared, SKIP_AWAIT) == "true":
        return live
    annotated = annotation(declared, TIMEOUT_ANNOTATION)
    timeout = float(annotated) if annotated.isdecimal() else judge[1]
    last_look, missing = 0.0, ""
    try:
        for _ in operation.waits(timeout):
            state = readiness(live, declared)
            if state.ready:
                return live
            missing = state.missing
            if time.monotonic() - last_look > SECONDS_BETWEEN_LOOKS_AT_PODS:
                missing = _explained(api, live, missing)
                operation.say(missing)
                last_look = time.monotonic()
            live = _current(api, live)
        missing = _explained(api, live, missing)
    except (FailedForGoodError, CancelledError, ApiError) as error:
        message = f"{title(live)}: {error}"
        raise NotReadyError(message, live) from error
    seconds = operation.timeout_seconds or timeout
    message = (
        f"{title(live)} is not ready after {seconds:.0f} s: {missing}; "
        "a longer wait is set with customTimeouts"
    )
    raise NotReadyError(message, live)


def wait_condition(wanted: str) -> str:
    """Return the condition that an annotation waits for; empty where it is of another form."""
    kind = wanted.removeprefix(CONDITION)
    return "" if kind == wanted or "=" in kind else kind


def _judge(live: Properties, declared: Properties) -> "Judge | None":
    if annotation(declared, WAIT_FOR):
        return _asked, WORKLOAD_TIMEOUT_SECONDS
    return JUDGES.get((text(live, "apiVersion"), text(live, "kind")))


def _asked(live: Properties, declared: Properties) -> Readiness:
    """Judge by the condition that the program waits for."""
    kind = wait_condition(annotation(declared, WAIT_FOR))
    if is_true(live, kind):
        return READY
    words = text(condition(live, kind), "message")
    return Readiness(ready=False, missing=f"condition {kind} is not True{words and f': {words}'}")


def _current(api: ApiClient, live: Properties) -> Properties:
    try:
        return api.get(
            text(live, "apiVersion"),
            text(live, "kind"),
            text(live, "metadata", "name"),
            text(live, "metadata", "namespace"),
        )
    except ApiError as error:
        if error.status != NOT_FOUND:
            raise
        message = "was deleted by somebody else while it was awaited"
        raise FailedForGoodError(message) from error


def _explained(api: ApiClient, live: Properties, missing: str) -> str:
    """Add what is known of the pods; fail when one of them has no place anywhere."""
    if not at(live, "spec", "template"):
        return missing
    pods = look_at_pods(api, live)
    if pods.unplaceable:
        raise FailedForGoodError(pods.unplaceable)
    return f"{missing}; {pods.waiting}" if pods.waiting else missing


def _deployment(live: Properties, declared: Properties) -> Readiness:
    if not _observed(live):
        return Readiness(ready=False, missing="its controller has not looked at it yet")
    progressing = condition(live, "Progressing")
    if progressing.get("reason") == "ProgressDeadlineExceeded":
        raise FailedForGoodError(text(progressing, "message"))
    replicas = number(live, "spec", "replicas", default=1)
    autoscaled = at(declared, "spec", "replicas") is None
    wanted = min(replicas, 1) if autoscaled else replicas
    available = number(live, "status", "availableReplicas")
    updated = number(live, "status", "updatedReplicas")
    old = number(live, "status", "replicas") - updated
    if available >= wanted and updated >= wanted and old == 0:
        return READY
    missing = f"{available} of {wanted} replicas available, {updated} updated"
    if old > 0:
        missing += f", {old} old ones still there"
    refused = condition(live, "ReplicaFailure")
    if refused.get("status") == "True":
        missing += f"; {text(refused, 'message')}"
    return Readiness(ready=False, missing=missing)


def _stateful_set(live: Properties, _declared: Properties) -> Readiness:
    if not _observed(live):
        return Readiness(ready=False, missing="its controller has not looked at it yet")
    wanted = number(live, "spec", "replicas", default=1)
    ready = number(live, "status", "readyReplicas")
    updated = number(live, "status", "updatedReplicas")
    by_hand = text(live, "spec", "updateStrategy", "type") == "OnDelete"
    kept_back = number(live, "spec", "updateStrategy", "rollingUpdate", "partition")
    if ready >= wanted and (by_hand or updated >= wanted - kept_back):
        return READY
    return Readiness(ready=False, missing=f"{ready} of {wanted} replicas ready, {updated} updated")


def _daemon_set(live: Properties, _declared: Properties) -> Readiness:
    if not _observed(live):
        return Readiness(ready=False, missing="its controller has not looked at it yet")
    wanted = number(live, "status", "desiredNumberScheduled")
    available = number(live, "status", "numberAvailable")
    updated = number(live, "status", "updatedNumberScheduled")
    by_hand = text(live, "spec", "updateStrategy", "type") == "OnDelete"
    if available >= wanted and (by_hand or updated >= wanted):
        return READY
    return Readiness(ready=False, missing=f"{available} of {wanted} nodes have its pod available")


def _job(live: Properties, _declared: Properties) -> Readiness:
    if is_true(live, "Failed"):
        reason = text(condition(live, "Failed"), "message")
        message = f"failed: {reason}; it is replaced by the next update"
        raise FailedForGoodError(message)
    if is_true(live, "Complete") or at(live, "spec", "suspend") is True:
        return READY
    active = number(live, "status", "active")
    done = number(live, "status", "succeeded")
    return Readiness(ready=False, missing=f"{active} pods active, {done} succeeded")


def _definition(live: Properties, _declared: Properties) -> Readiness:
    names = condition(live, "NamesAccepted")
    if names.get("status") == "False":
        raise FailedForGoodError(text(names, "message"))
    return Readiness(is_true(live, "Established"), "its names are not served yet")


def _namespace(live: Properties, _declared: Properties) -> Readiness:
    phase = text(live, "status", "phase")
    return Readiness(phase == "Active", f"its phase is {phase or 'not set'}")


def _observed(live: Properties) -> bool:
    generation = number(live, "metadata", "generation")
    return number(live, "status", "observedGeneration") >= generation


Judge = tuple[Callable[[Properties, Properties], Readiness], float]

JUDGES: Mapping[tuple[str, str], Judge] = {
    ("apps/v1", "Deployment"): (_deployment, WORKLOAD_TIMEOUT_SECONDS),
    ("apps/v1", "StatefulSet"): (_stateful_set, WORKLOAD_TIMEOUT_SECONDS),
    ("apps/v1", "DaemonSet"): (_daemon_set, WORKLOAD_TIMEOUT_SECONDS),
    ("batch/v1", "Job"): (_job, WORKLOAD_TIMEOUT_SECONDS),
    ("apiextensions.k8s.io/v1", "CustomResourceDefinition"): (
        _definition,
        DEFINITION_TIMEOUT_SECONDS,
    ),
    ("v1", "Namespace"): (_namespace, NAMESPACE_TIMEOUT_SECONDS),
}
