"""Carries out the autoscaler's decisions: grows groups, asks the scheduler again, writes events.

Owns the two writes that make a fresh verdict: the old one is marked on the pod, and a pod that asks
for nothing is bound to a node and deleted. Without that the scheduler would not look again at a pod
that a changed node cannot take either (queueing hints, Kubernetes 1.32 and later): its words would
stay those about a cluster without the node, or about a node without GPUs. Seen with 1.36.3,
2026-11: the answer comes within 0.2 s.
"""

import hashlib
import logging
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime

from infra.rehearsal.kubernetes.client import NOT_FOUND, STRATEGIC_MERGE_PATCH, ApiClient, ApiError
from infra.rehearsal.nodes.autoscaler import Ask, Decision, Grow, Patience, Question, Refuse, decide
from infra.rehearsal.nodes.groups import NodeGroups
from infra.rehearsal.nodes.view import ASKED_AGAIN, Cluster, PodView

REASON = "NotTriggerScaleUp"
"""Reason of the event; cluster-autoscaler's own word for it."""
NUDGE = ("kube-system", "rehearsal-nudge")
"""Namespace and name of the pod whose end makes the scheduler look again."""
_CONFLICT = 409
_MESSAGE_LIMIT = 1024  # of an event's message, by the API server
_log = logging.getLogger(__name__)


class Scaling:
    """The autoscaler at work on one cluster. Not thread-safe: one loop calls it."""

    def __init__(self, api: ApiClient, groups: NodeGroups, patience: Patience) -> None:
        """Prepare; nothing is sent yet."""
        self._api = api
        self._groups = groups
        self._patience = patience
        self._questions: dict[str, Question] = {}
        self._events: dict[str, str] = {}

    def step(self, cluster: Cluster, now: float) -> None:
        """Decide once and act.

        Raises:
            ApiError: The API server cannot be reached or refuses.
        """
        alive = {pod.uid for pod in cluster.pods}
        self._questions = {uid: asked for uid, asked in self._questions.items() if uid in alive}
        self._events = {uid: name for uid, name in self._events.items() if uid in alive}
        decisions = decide(cluster, self._questions, now, self._patience)
        for decision in decisions:
            self._act(decision, now)
        nodes = [node for ask in decisions if isinstance(ask, Ask) for node, _, _ in ask.ticket]
        if nodes:
            nudge(self._api, min(nodes))

    def _act(self, decision: Decision, now: float) -> None:
        match decision:
            case Ask(pod, ticket):
                self._take_back(pod)
                if mark(self._api, pod):
                    self._questions[pod.uid] = Question(ticket, now)
            case Grow(group, count, pods):
                for pod in pods:
                    self._take_back(pod)
                _log.info("node group %s grows to %d for %s", group, count, pods[0].key)
                self._groups.set_desired(group, count)
            case Refuse(pod, message):
                self._refuse(pod, message)

    def _refuse(self, pod: PodView, message: str) -> None:
        name = f"{pod.name[:200]}.{hashlib.sha256(f'{pod.uid}{message}'.encode()).hexdigest()[:16]}"
        if self._events.get(pod.uid) == name:
            return
        self._take_back(pod)
        _log.info("%s: %s", pod.key, message)
        with _ignoring(_CONFLICT):
            self._api.create(_event(pod, name, message))
        self._events[pod.uid] = name

    def _take_back(self, pod: PodView) -> None:
        """A verdict that is open again must not be read as final."""
        name = self._events.pop(pod.uid, None)
        if name:
            with _ignoring(NOT_FOUND):
                self._api.delete("v1", "Event", name, pod.namespace)


def mark(api: ApiClient, pod: PodView) -> bool:
    """Mark a pod's verdict as to be given anew; False when the pod has changed meanwhile."""
    condition = {
        "type": "PodScheduled",
        "status": "False",
        "reason": "Unschedulable",
        "message": ASKED_AGAIN + pod.words,
    }
    body = {
        # Only onto the pod that was read: it may have been placed since.
        "metadata": {"resourceVersion": pod.version},
        "status": {"conditions": [condition]},
    }
    path = api.object_path("v1", "Pod", pod.name, pod.namespace)
    try:
        api.request("PATCH", f"{path}/status", body, content_type=STRATEGIC_MERGE_PATCH)
    except ApiError as error:
        if error.status in (_CONFLICT, NOT_FOUND):
            return False
        raise
    return True


def nudge(api: ApiClient, node: str) -> None:
    """Make the scheduler look again at the pods that it refused: let a pod on a node end."""
    namespace, name = NUDGE
    container = {"name": "nothing", "image": "none"}
    body = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {
            "nodeName": node,
            "automountServiceAccountToken": False,
            "containers": [container],
        },
    }
    try:
        with _ignoring(_CONFLICT):
            api.create(body)
        at_once = {"apiVersion": "v1", "kind": "DeleteOptions", "gracePeriodSeconds": 0}
        path = api.object_path("v1", "Pod", name, namespace)
        with _ignoring(NOT_FOUND):
            api.request("DELETE", path, at_once)
    except ApiError as error:
        # The old words stand after `answer_seconds`; the verdict itself does not change.
        _log.warning("the scheduler could not be asked again: %s", error)


def _event(pod: PodView, name: str, message: str) -> dict:
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": name, "namespace": pod.namespace},
        "type": "Normal",
        "reason": REASON,
        "message": message[:_MESSAGE_LIMIT],
        "involvedObject": {
            "apiVersion": "v1",
            "kind": "Pod",
            "namespace": pod.namespace,
            "name": pod.name,
            "uid": pod.uid,
        },
        "source": {"component": "rehearsal"},
        "firstTimestamp": now,
        "lastTimestamp": now,
        "count": 1,
    }


@contextmanager
def _ignoring(status: int) -> Generator[None]:
    try:
        yield
    except ApiError as error:
        if error.status != status:
            raise
