"""Why the pods of a workload are not running, in words for the person who declared it.

Owns: finding a workload's pods and what the scheduler and the node controller said about them.
Does not own the verdict: it is an Event `NotTriggerScaleUp`, as the cluster autoscaler writes it,
for a pod that no pool can take even when grown.
"""

from dataclasses import dataclass

from infra.rehearsal.kubernetes.client import ApiClient, ApiError
from infra.rehearsal.kubernetes.selectors import label_selector
from infra.rehearsal.kubernetes.values import (
    annotation,
    at,
    condition,
    identifier,
    mapping,
    mappings,
    text,
)
from infra.rehearsal.nodes.view import ASKED_AGAIN
from infra.wire import Properties, Value

REASON = "NotTriggerScaleUp"
MODEL_LABEL = "tokenworks.dev/model"
REVISION = "deployment.kubernetes.io/revision"
RESOURCES = ("cpu", "memory", "ephemeral-storage", "nvidia.com/gpu")
SHOWN_PODS = 3


@dataclass(frozen=True)
class Pods:
    """What is to be said about the pods of a workload."""

    waiting: str = ""
    """Pods that do not run yet, with reasons; for progress."""
    unplaceable: str = ""
    """A pod for which no node will ever come; waiting is useless."""


def look_at_pods(api: ApiClient, workload: Properties) -> Pods:
    """Return what keeps the pods of a workload waiting. Costs one list, more only for trouble."""
    selector = label_selector(mapping(workload, "spec", "selector"))
    if not selector:
        return Pods()
    namespace = text(workload, "metadata", "namespace")
    try:
        pods = api.list_objects("v1", "Pod", namespace, labelSelector=selector)
        waiting = [pod for pod in pods if _why(pod)]
        for pod in waiting:
            verdict = _verdict(api, workload, pod)
            if verdict:
                return Pods(unplaceable=verdict)
    except ApiError:
        return Pods()  # only an explanation: the wait itself reports an unreachable server
    shown = [f"{text(pod, 'metadata', 'name')}: {_why(pod)}" for pod in waiting[:SHOWN_PODS]]
    return Pods(waiting="; ".join(shown))


def _verdict(api: ApiClient, workload: Properties, pod: Properties) -> str:
    namespace = text(pod, "metadata", "namespace")
    if text(pod, "spec", "nodeName"):
        return ""
    uid = text(pod, "metadata", "uid")
    selector = f"reason={REASON},involvedObject.uid={uid}"
    events = api.list_objects("v1", "Event", namespace, fieldSelector=selector)
    if not events or not _is_current(api, workload, pod):
        return ""
    return describe(pod, text(events[-1], "message"), _pool_node(api, pod))


def describe(pod: Properties, verdict: str, node: Properties) -> str:
    """Say which pod has no place, what it asks, what a node of its pool has, and who said so."""
    who = f"pod {identifier(pod)}"
    model = text(pod, "metadata", "labels", MODEL_LABEL)
    if model:
        who += f" of model {model}"
    pool = mapping(pod, "spec", "nodeSelector")
    wanted = ", ".join(f"{key}={value}" for key, value in sorted(pool.items())) or "any node"
    parts = [f"{who} fits on no node ({wanted})", f"it asks for {_asked(pod)}"]
    if node:
        has = mapping(node, "status", "allocatable")
        parts.append(f"node {text(node, 'metadata', 'name')} has {_amounts(has)} allocatable")
    scheduler = _words(condition(pod, "PodScheduled"))
    if scheduler and scheduler not in verdict:
        parts.append(f"the scheduler says: {scheduler}")
    parts.append(verdict)
    return "; ".join(part for part in parts if part)


def _is_current(api: ApiClient, workload: Properties, pod: Properties) -> bool:
    """Say whether the pod is of the workload's newest revision: an older one may well not fit."""
    uid = text(workload, "metadata", "uid")
    namespace = text(workload, "metadata", "namespace")
    for owner in mappings(pod, "metadata", "ownerReferences"):
        if owner.get("uid") == uid:
            return True
        if owner.get("kind") == "ReplicaSet":
            found = api.find("apps/v1", "ReplicaSet", text(owner, "name"), namespace) or {}
            owners = [one.get("uid") for one in mappings(found, "metadata", "ownerReferences")]
            return uid in owners and annotation(found, REVISION) == annotation(workload, REVISION)
    return False


def _pool_node(api: ApiClient, pod: Properties) -> Properties:
    pool = mapping(pod, "spec", "nodeSelector")
    if not pool:
        return {}
    selector = ",".join(f"{key}={value}" for key, value in sorted(pool.items()))
    nodes = api.list_objects("v1", "Node", labelSelector=selector)
    return nodes[0] if nodes else {}


def _why(pod: Properties) -> str:
    """Return why a pod does not run yet; empty when it does, or when it is going away."""
    if at(pod, "metadata", "deletionTimestamp") or text(pod, "status", "phase") != "Pending":
        return ""
    scheduled = condition(pod, "PodScheduled")
    if scheduled.get("status") == "False":
        return _words(scheduled) or text(scheduled, "reason") or "not scheduled"
    for status in mappings(pod, "status", "containerStatuses"):
        waiting = mapping(status, "state", "waiting")
        if waiting:
            return f"{text(waiting, 'reason')} {text(waiting, 'message')}".strip()
    return "starting"


def _words(scheduled: Properties) -> str:
    """Return the scheduler's own words, without the rehearsal's mark before them."""
    return text(scheduled, "message").removeprefix(ASKED_AGAIN)


def _asked(pod: Properties) -> str:
    asked = [
        f"{text(container, 'name')}: {_amounts(mapping(container, 'resources', 'requests'))}"
        for container in mappings(pod, "spec", "containers")
    ]
    return ", ".join(asked)


def _amounts(resources: Properties) -> str:
    known: dict[str, Value] = {key: resources[key] for key in RESOURCES if key in resources}
    return " ".join(f"{key}={value}" for key, value in known.items()) or "nothing"
