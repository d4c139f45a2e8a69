"""When pools grow, and when it is certain that growing helps no pod."""

from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.rehearsal.nodes.autoscaler import (
    Ask,
    Decision,
    Grow,
    Patience,
    Question,
    Refuse,
    decide,
)
from infra.rehearsal.nodes.groups import ADVERTISES_ANNOTATION, GPU_RESOURCE, NodeGroup
from infra.rehearsal.nodes.view import Cluster, NodeView, PodView
from tests.unit.rehearsal.nodes.examples import (
    AUTOSCALER,
    DAEMON,
    NODE,
    ON_DEMAND,
    POD,
    SPOT,
    SYSTEM,
    placed,
)

NOW = 110.0
PATIENCE = Patience()
POOL = (ON_DEMAND, SPOT)


def decisions(
    pods: tuple[PodView, ...],
    nodes: tuple[NodeView, ...] = (),
    groups: tuple[NodeGroup, ...] = POOL,
    questions: dict[str, Question] | None = None,
    now: float = NOW,
) -> list[Decision]:
    return decide(Cluster(groups, nodes, (*pods, AUTOSCALER)), questions or {}, now, PATIENCE)


def after_asking(
    pods: tuple[PodView, ...], nodes: tuple[NodeView, ...], groups: tuple[NodeGroup, ...]
) -> list[Decision]:
    """Decide once the scheduler has answered about exactly these nodes."""
    asked = decisions(pods, nodes, groups)
    questions = {ask.pod.uid: Question(ask.ticket, NOW) for ask in asked if isinstance(ask, Ask)}
    assert questions
    return decisions(pods, nodes, groups, questions)


def test_a_refused_pod_starts_a_spot_node_first() -> None:
    assert decisions((POD,)) == [Grow("l4-spot", 1, (POD,))]


@pytest.mark.parametrize(
    "pods",
    [
        (),
        (replace(AUTOSCALER, ready=False),),
        (replace(AUTOSCALER, deleting=True),),
        (replace(AUTOSCALER, annotations={}),),
    ],
    ids=["absent", "not ready", "leaving", "something else"],
)
def test_without_a_ready_autoscaler_no_pool_grows(pods: tuple[PodView, ...]) -> None:
    cluster = Cluster(POOL, (), (POD, *pods))

    early = decide(cluster, {}, POD.refused_since + 1, PATIENCE)
    (late,) = decide(cluster, {}, POD.refused_since + PATIENCE.autoscaler_seconds, PATIENCE)

    assert early == []
    assert isinstance(late, Refuse)
    assert "no node autoscaler is ready" in late.message


def test_a_group_that_its_cloud_scales_grows_without_an_autoscaler() -> None:
    ours = replace(ON_DEMAND, scales_itself=True)

    assert decide(Cluster((ours,), (), (POD,)), {}, NOW, PATIENCE) == [
        Grow("l4-on-demand", 1, (POD,))
    ]
    # The cheaper one is the autoscaler's to grow, and there is none.
    assert decide(Cluster((ours, SPOT), (), (POD,)), {}, NOW, PATIENCE) == [
        Grow("l4-on-demand", 1, (POD,))
    ]


def test_on_demand_grows_when_spot_is_at_its_maximum() -> None:
    spot = replace(SPOT, max=0)
    assert decisions((POD,), groups=(ON_DEMAND, spot)) == [Grow("l4-on-demand", 1, (POD,))]


def test_the_next_group_grows_when_the_cloud_gives_the_first_no_machine() -> None:
    spot = replace(SPOT, blocked="quota L-3819A6DF")
    assert decisions((POD,), groups=(ON_DEMAND, spot)) == [Grow("l4-on-demand", 1, (POD,))]


def test_a_pod_that_only_the_quota_keeps_waiting_is_told_which() -> None:
    spot = replace(SPOT, blocked="quota L-3819A6DF (spot): the account has 0 vCPUs")
    (refuse,) = decisions((POD,), groups=(replace(ON_DEMAND, max=0), spot))
    assert isinstance(refuse, Refuse)
    assert "l4-spot: quota L-3819A6DF (spot): the account has 0 vCPUs" in refuse.message


@pytest.mark.parametrize(
    "pod",
    [
        replace(POD, refused=False),
        replace(POD, deleting=True),
        replace(POD, owner_kind="DaemonSet"),
        placed(POD, "node-0"),
        replace(POD, nominated=True),
    ],
    ids=["not judged yet", "going", "of a DaemonSet", "placed", "preempting"],
)
def test_a_pod_that_needs_no_node_starts_none(pod: PodView) -> None:
    assert decisions((pod,)) == []


@pytest.mark.parametrize(
    "node",
    [
        replace(NODE, ready=False),
        replace(NODE, gpus=None),
        replace(NODE, gpus=0),
        replace(NODE, leaving=True),
    ],
    ids=["not ready", "GPUs not announced", "device plugin gone", "leaving"],
)
def test_nothing_is_decided_while_a_node_is_coming_up(node: NodeView) -> None:
    groups = (ON_DEMAND, replace(SPOT, desired=1))
    assert decisions((POD,), (node,), groups) == []


def test_nothing_is_decided_while_a_pod_on_the_pools_nodes_is_going() -> None:
    going = replace(placed(replace(POD, uid="old"), "node-0"), deleting=True)
    groups = (replace(ON_DEMAND, max=0), replace(SPOT, desired=1, max=1))
    assert decisions((POD, going), (NODE,), groups) == []


def test_the_scheduler_is_asked_again_before_a_second_node_starts() -> None:
    other = placed(replace(POD, uid="other"), "node-0")
    groups = (ON_DEMAND, replace(SPOT, desired=1))
    (ask,) = decisions((POD, other), (NODE,), groups)
    assert isinstance(ask, Ask)
    assert after_asking((POD, other), (NODE,), groups) == [Grow("l4-spot", 2, (POD,))]


def test_an_answer_about_other_pods_on_the_node_is_asked_for_again() -> None:
    groups = (ON_DEMAND, replace(SPOT, desired=1))
    (ask,) = decisions((POD,), (NODE,), groups)
    assert isinstance(ask, Ask)
    questions = {POD.uid: Question(ask.ticket, NOW)}
    other = placed(replace(POD, uid="other"), "node-0")
    (again,) = decisions((POD, other), (NODE,), groups, questions)
    assert isinstance(again, Ask)
    assert again.ticket != ask.ticket


def test_a_pod_that_an_empty_node_does_not_take_is_refused_in_the_schedulers_words() -> None:
    groups = (ON_DEMAND, replace(SPOT, desired=1))
    (refusal,) = after_asking((POD, DAEMON), (NODE,), groups)
    assert isinstance(refusal, Refuse)
    assert refusal.pod == POD
    assert POD.words in refusal.message
    assert "an empty node does not take it either (g6.2xlarge)" in refusal.message
    assert "l4-on-demand 0 of 1 nodes, l4-spot 1 of 2 nodes" in refusal.message


def test_a_group_of_a_larger_machine_is_tried_after_a_smaller_one_was_refused() -> None:
    larger = replace(SPOT, name="l4-large", machine_types=("g6.12xlarge",))
    groups = (larger, replace(SPOT, desired=1))
    assert after_asking((POD,), (NODE,), groups) == [Grow("l4-large", 1, (POD,))]


def test_a_full_pool_at_its_maximum_refuses() -> None:
    other = placed(replace(POD, uid="other"), "node-0")
    groups = (replace(ON_DEMAND, max=0), replace(SPOT, desired=1, max=1))
    (refusal,) = after_asking((POD, other), (NODE,), groups)
    assert isinstance(refusal, Refuse)
    assert "every matching node group is at its maximum" in refusal.message


def test_no_verdict_while_another_pod_may_still_get_the_node() -> None:
    unjudged = replace(POD, uid="new", refused=False)
    groups = (ON_DEMAND, replace(SPOT, desired=1))
    (ask,) = decisions((POD, unjudged), (NODE,), groups)
    assert isinstance(ask, Ask)
    questions = {POD.uid: Question(ask.ticket, NOW)}
    assert decisions((POD, unjudged), (NODE,), groups, questions) == []


def test_an_unanswered_question_ends_with_the_old_words() -> None:
    groups = (ON_DEMAND, replace(SPOT, desired=1))
    marked = replace(POD, asked_again=True)
    (ask,) = decisions((POD,), (NODE,), groups)
    assert isinstance(ask, Ask)
    questions = {POD.uid: Question(ask.ticket, NOW)}
    assert decisions((marked,), (NODE,), groups, questions) == []
    later = NOW + PATIENCE.answer_seconds
    (refusal,) = decisions((marked,), (NODE,), groups, questions, later)
    assert isinstance(refusal, Refuse)


def test_gpus_that_nobody_announces_are_said_to_be_the_reason() -> None:
    node = replace(NODE, gpus=None, ready_since=NOW - PATIENCE.gpus_seconds)
    groups = (ON_DEMAND, replace(SPOT, desired=1))
    (refusal,) = after_asking((POD,), (node,), groups)
    assert isinstance(refusal, Refuse)
    assert "no device plugin announces the GPUs of node-0" in refusal.message


def test_gpus_are_waited_for_longer_while_a_device_plugin_may_still_announce_them() -> None:
    plugin = replace(DAEMON, uid="plugin", annotations={ADVERTISES_ANNOTATION: GPU_RESOURCE})
    groups = (ON_DEMAND, replace(SPOT, desired=1))
    node = replace(NODE, gpus=None, ready_since=NOW - PATIENCE.gpus_seconds)
    assert decisions((POD, plugin), (node,), groups) == []
    late = replace(node, ready_since=NOW - PATIENCE.late_gpus_seconds)
    (refusal,) = after_asking((POD, plugin), (late,), groups)
    assert isinstance(refusal, Refuse)


def test_a_pod_that_no_group_matches_is_refused_after_a_while() -> None:
    lost = replace(POD, node_selector={"tokenworks.dev/pool": "h100"}, refused_since=NOW)
    assert decisions((lost,)) == []
    (refusal,) = decisions((lost,), now=NOW + PATIENCE.no_group_seconds)
    assert isinstance(refusal, Refuse)
    assert "no node group matches" in refusal.message


def test_without_any_group_the_cluster_is_still_being_built() -> None:
    assert decisions((POD,), groups=(), now=NOW + 1000) == []


def test_two_kinds_of_pods_start_one_node_of_a_group_at_a_time() -> None:
    picky = replace(POD, uid="picky", node_selector={"eks.amazonaws.com/capacityType": "SPOT"})
    grown = decisions((POD, picky))
    assert [item.group for item in grown if isinstance(item, Grow)] == ["l4-spot"]


@dataclass
class World:
    """A scheduler that counts GPUs, and machines that come up when they like."""

    gpus_per_node: int
    groups: dict[str, NodeGroup]
    pods: dict[str, PodView]
    nodes: list[NodeView] = field(default_factory=list)
    questions: dict[str, Question] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    now: float = 1000.0

    def cluster(self) -> Cluster:
        pods = (*self.pods.values(), AUTOSCALER)
        return Cluster(tuple(self.groups.values()), tuple(self.nodes), pods)

    def schedule(self) -> None:
        for uid, pod in self.pods.items():
            if pod.node:
                continue
            for node in self.nodes:
                used = sum(other.requests.gpus for other in self.cluster().pods_on(node))
                if used + pod.requests.gpus <= (node.gpus or 0):
                    self.pods[uid] = placed(pod, node.name)
                    break
            else:
                self.pods[uid] = replace(pod, refused=True, asked_again=False)

    def machines(self, *, ready: bool) -> None:
        for group in self.groups.values():
            mine = [node for node in self.nodes if node.group == group.name]
            for serial in range(len(mine), group.desired):
                name = f"{group.name}-{serial}"
                self.nodes.append(
                    replace(NODE, name=name, group=group.name, ready=False, gpus=None)
                )
        if ready:
            self.nodes = [
                node
                if node.group == "system"
                else replace(node, ready=True, gpus=self.gpus_per_node, ready_since=self.now)
                for node in self.nodes
            ]

    def step(self) -> bool:
        self.now += 0.2
        found = decide(self.cluster(), self.questions, self.now, PATIENCE)
        for decision in found:
            match decision:
                case Ask(pod, ticket):
                    self.pods[pod.uid] = replace(pod, asked_again=True)
                    self.questions[pod.uid] = Question(ticket, self.now)
                case Grow(name, count, _):
                    assert count == self.groups[name].desired + 1 <= self.groups[name].max
                    self.groups[name] = replace(self.groups[name], desired=count)
                case Refuse(pod, _):
                    self.refused.add(pod.uid)
        return any(not isinstance(item, Refuse) for item in found)


@settings(deadline=None)
@given(
    asked=st.lists(st.sampled_from([1, 2, 4]), min_size=1, max_size=6),
    on_demand=st.integers(0, 3),
    spot=st.integers(0, 3),
    noise=st.lists(st.sampled_from(["schedule", "boot", "ready"]), max_size=40),
)
def test_pools_grow_by_what_is_needed_and_only_the_rest_is_refused(
    asked: list[int], on_demand: int, spot: int, noise: list[str]
) -> None:
    pods = {
        f"u{index}": replace(
            POD, name=f"p{index}", uid=f"u{index}", requests=replace(POD.requests, gpus=gpus)
        )
        for index, gpus in enumerate(asked)
    }
    groups = (replace(ON_DEMAND, max=on_demand), replace(SPOT, max=spot), SYSTEM)
    world = World(2, {group.name: group for group in groups}, pods)
    system_node = replace(NODE, name="system-0", group="system", gpus=None, labels={})
    world.nodes.append(replace(system_node, machine="m7i.large", ready=True))
    for event in noise:
        if event == "schedule":
            world.schedule()
        else:
            world.machines(ready=event == "ready")
        world.step()
    assert not world.refused & {pod.uid for pod in world.pods.values() if pod.node}
    for _ in range(60):
        world.machines(ready=True)
        world.schedule()
        world.step()

    waiting = {uid for uid, pod in world.pods.items() if not pod.node}
    assert waiting <= world.refused
    assert all(world.pods[uid].node for uid in world.pods.keys() - waiting)
    started = world.groups["l4-spot"].desired + world.groups["l4-on-demand"].desired
    ones = [uid for uid, pod in world.pods.items() if pod.requests.gpus <= 2]
    # Every node but one (the empty one that shows that four GPUs fit nowhere) carries a pod.
    used = {pod.node for pod in world.pods.values() if pod.node}
    assert started - len(used) <= (1 if 4 in asked else 0)
    if world.groups["l4-on-demand"].desired:
        assert world.groups["l4-spot"].desired == spot
    if set(ones) & waiting:
        assert started == on_demand + spot
