"""When does a pool grow, and when is it certain that growing helps no pod?

Owns the decisions, as a pure function of what the cluster looks like. Never works out by itself
whether a pod fits: it asks the real scheduler again whenever the nodes have changed since that
spoke, and goes by the answer. `scaling` carries decisions out.

Acts only while a node autoscaler is ready in the cluster: the chart's placeholder says so by an
annotation. Without one the pods stay where they are, as on a real cluster. Groups that their cloud
scales need none.

Order of preference among the groups that a pod could use: spot before flex-start before on-demand,
because whoever gives a pool several wants the cheaper one used, and on-demand as the fallback (what
the priority expander of cluster-autoscaler is set up for; GKE's own autoscaler goes by price). One
node at a time: the next only when the last one is up and the scheduler has filled it.

Not simulated: shrinking, spot capacity that is not to be had, spread over zones by volume.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from infra.rehearsal.nodes.factory import machine_of
from infra.rehearsal.nodes.groups import (
    ADVERTISES_ANNOTATION,
    SCALES_ANNOTATION,
    Capacity,
    NodeGroup,
)
from infra.rehearsal.nodes.matching import matches
from infra.rehearsal.nodes.view import Cluster, NodeView, PodView

_CHEAPEST_FIRST: tuple[Capacity, ...] = ("spot", "flex-start", "on-demand")
Ticket: TypeAlias = frozenset[tuple[str, int | None, frozenset[str]]]
"""State of the nodes that a verdict was about: name, announced GPUs, pods on it."""


@dataclass(frozen=True)
class Patience:
    """How long a state must last before it counts, in seconds."""

    gpus_seconds: float = 30.0
    """A Ready machine with GPUs in a cluster without any device plugin: by then it has none."""
    late_gpus_seconds: float = 150.0
    """The same where a device plugin runs or starts somewhere: on a busy machine the pod of a new
    node comes late (a full test run on two cores took more than 30 s, 2026-11-26)."""
    autoscaler_seconds: float = 30.0
    """A pod that needs a node while no autoscaler is ready: one may still be starting."""
    no_group_seconds: float = 15.0
    """A pod that no node group could ever take: a group may still be in the making."""
    answer_seconds: float = 15.0
    """The scheduler's answer. Its own back-off is 10 s at most; then its old words stand."""


@dataclass(frozen=True)
class Question:
    """A pod's verdict is to be given anew."""

    ticket: Ticket
    """What the nodes looked like."""
    asked_at: float
    """Seconds since the epoch."""


@dataclass(frozen=True)
class Ask:
    """Ask the scheduler about this pod again."""

    pod: PodView
    ticket: Ticket


@dataclass(frozen=True)
class Grow:
    """Let a group have `count` nodes, for these pods."""

    group: str
    count: int
    pods: tuple[PodView, ...]


@dataclass(frozen=True)
class Refuse:
    """No node that any group may still add would take this pod."""

    pod: PodView
    message: str


Decision: TypeAlias = Ask | Grow | Refuse


def decide(
    cluster: Cluster, questions: Mapping[str, Question], now: float, patience: Patience
) -> list[Decision]:
    """Return what to do for every pod that the scheduler has refused.

    Args:
        cluster: what the API server and the cloud said at one moment.
        questions: by pod uid, what is being asked or was answered.
        now: seconds since the epoch.
        patience: how long to wait for what may still come.
    """
    waiting = [pod for pod in cluster.pods if pod.waiting and not pod.of_daemon_set]
    choices = {
        pod.uid: tuple(group.name for group in cluster.groups if matches(pod, group))
        for pod in waiting
    }
    alike: defaultdict[tuple[str, ...], list[PodView]] = defaultdict(list)
    for pod in waiting:
        if pod.refused:
            alike[choices[pod.uid]].append(pod)
    decisions: list[Decision] = []
    for names, pods in alike.items():
        if not names:
            decisions += _without_group(cluster, pods, now, patience)
            continue
        rivals = [pod for pod in waiting if set(choices[pod.uid]) & set(names)]
        case = _Case(cluster, names, tuple(pods), tuple(rivals), questions, now, patience)
        decisions += case.decide()
    return _one_growth_per_group(decisions)


def _without_group(
    cluster: Cluster, pods: list[PodView], now: float, patience: Patience
) -> list[Decision]:
    if not cluster.groups:
        return []
    reason = "no node group matches its node selector, affinity and tolerations"
    return [
        Refuse(pod, _message(reason, pod, cluster.groups))
        for pod in pods
        if now - pod.refused_since >= patience.no_group_seconds
    ]


@dataclass(frozen=True)
class _Case:
    """Refused pods that could use the same groups."""

    cluster: Cluster
    names: tuple[str, ...]
    pods: tuple[PodView, ...]
    rivals: tuple[PodView, ...]
    """All waiting pods that could use one of the groups, these pods among them."""
    questions: Mapping[str, Question]
    now: float
    patience: Patience

    @property
    def groups(self) -> list[NodeGroup]:
        return [group for group in self.cluster.groups if group.name in self.names]

    def decide(self) -> list[Decision]:
        if self._changing():
            return []
        ticket = self._ticket()
        stale = [pod for pod in self.pods if not self._asked(pod, ticket)]
        if stale:
            return [Ask(pod, ticket) for pod in stale]
        if any(self._unanswered(pod) for pod in self.rivals):
            return []
        refused_machines = {node.machine for node in self._empty_nodes()}
        open_groups = [
            group
            for group in self.groups
            if group.desired < group.max
            and not group.blocked
            and machine_of(group).name not in refused_machines
        ]
        growing = [g for g in open_groups if g.scales_itself or self._autoscaler_is_ready()]
        if open_groups and not growing:
            return self._without_autoscaler()
        if growing:
            chosen = min(growing, key=_preference)
            return [Grow(chosen.name, chosen.desired + 1, self.pods)]
        reason = self._reason(refused_machines)
        return [Refuse(pod, _message(reason, pod, self.groups)) for pod in self.pods]

    def _autoscaler_is_ready(self) -> bool:
        return any(
            pod.annotations.get(SCALES_ANNOTATION) == "true" and pod.ready and not pod.deleting
            for pod in self.cluster.pods
        )

    def _without_autoscaler(self) -> list[Decision]:
        reason = "no node autoscaler is ready in the cluster, so nobody adds a node"
        return [
            Refuse(pod, _message(reason, pod, self.groups))
            for pod in self.pods
            if self.now - pod.refused_since >= self.patience.autoscaler_seconds
        ]

    def _changing(self) -> bool:
        """A node is coming, a pod is going: wait, the picture is about to change."""
        nodes = self._nodes()
        for group in self.groups:
            up = [node for node in nodes if node.group == group.name and self._complete(node)]
            if len(up) < group.desired:
                return True
        going = (pod.deleting for node in nodes for pod in self.cluster.pods_on(node))
        return any(going) or any(pod.nominated for pod in self.rivals)

    def _nodes(self) -> list[NodeView]:
        return [node for node in self.cluster.nodes if node.group in self.names]

    def _complete(self, node: NodeView) -> bool:
        if not node.ready or node.leaving:
            return False
        group = next(group for group in self.groups if group.name == node.group)
        if machine_of(group).gpu_count == 0 or node.gpus:
            return True
        announced = any(ADVERTISES_ANNOTATION in pod.annotations for pod in self.cluster.pods)
        patience = self.patience.late_gpus_seconds if announced else self.patience.gpus_seconds
        return self.now - node.ready_since >= patience

    def _ticket(self) -> Ticket:
        return frozenset(
            (node.name, node.gpus, frozenset(pod.uid for pod in self.cluster.pods_on(node)))
            for node in self._nodes()
        )

    def _asked(self, pod: PodView, ticket: Ticket) -> bool:
        """Without nodes there is nothing that the scheduler may have missed."""
        question = self.questions.get(pod.uid)
        return not ticket or (question is not None and question.ticket == ticket)

    def _unanswered(self, pod: PodView) -> bool:
        if not pod.refused:
            return not pod.gated
        question = self.questions.get(pod.uid)
        overdue = question and self.now - question.asked_at >= self.patience.answer_seconds
        return pod.asked_again and not overdue

    def _empty_nodes(self) -> list[NodeView]:
        return [
            node
            for node in self._nodes()
            if not node.cordoned and all(pod.of_daemon_set for pod in self.cluster.pods_on(node))
        ]

    def _reason(self, refused_machines: set[str]) -> str:
        if not refused_machines:
            blocked = [f"{group.name}: {group.blocked}" for group in self.groups if group.blocked]
            if blocked:
                return f"the cloud gives no further machine ({'; '.join(blocked)})"
            return "every matching node group is at its maximum"
        silent = [node.name for node in self._empty_nodes() if self._lacks_gpus(node)]
        reason = f"an empty node does not take it either ({', '.join(sorted(refused_machines))})"
        if silent:
            reason += f"; no device plugin announces the GPUs of {', '.join(silent)}"
        return reason

    def _lacks_gpus(self, node: NodeView) -> bool:
        group = next(group for group in self.groups if group.name == node.group)
        return machine_of(group).gpu_count > 0 and not node.gpus


def _preference(group: NodeGroup) -> tuple[int, str]:
    return _CHEAPEST_FIRST.index(group.capacity), group.name


def _message(reason: str, pod: PodView, groups: "tuple[NodeGroup, ...] | list[NodeGroup]") -> str:
    bounds = ", ".join(f"{group.name} {group.desired} of {group.max} nodes" for group in groups)
    return (
        f"pod didn't trigger scale-up: {reason}. The scheduler says: {pod.words!r}. "
        f"Node groups: {bounds}."
    )


def _one_growth_per_group(decisions: list[Decision]) -> list[Decision]:
    kept: list[Decision] = []
    growing: set[str] = set()
    for decision in decisions:
        if isinstance(decision, Grow):
            if decision.group in growing:
                continue
            growing.add(decision.group)
        kept.append(decision)
    return kept
