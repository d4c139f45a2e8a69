"""The order of a destroy: read the states, say it, refuse or go on, look what is left.

Owns the order, and the port to the engine. Does not own asking a person (the command line), nor the
engine, the cluster and the account, of which a rehearsal has its own.

Every step can be repeated: a run that was killed leaves a state that says less, and the next run
goes on from there.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from infra.destroy.cluster import NOTHING_SEEN, Cluster, ClusterError, Seen, clear, see
from infra.destroy.found import Found, Look, Marks
from infra.destroy.plan import StackPlan, Stage
from infra.wire import Value

SETTLE_SECONDS = 300.0
"""How long what controllers made may take to go after the objects that asked for it: interfaces of
a load balancer leave some minutes after it, as remembered of AWS."""
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 1.0, 15.0
"""Pauses between two looks, each twice as long as the one before: a look is dozens of calls."""


class DestroyError(ValueError):
    """The destroy stopped; what was deleted before is gone, and the next run goes on."""


class RefusedError(DestroyError):
    """Nothing was deleted: something is protected, or cannot be asked."""


class Engine(Protocol):
    """The engine, as far as a destroy needs it."""

    def export(self, stack: str) -> Mapping[str, Value]:
        """Return the state; secrets stay encrypted."""
        ...

    def delete(self, stack: str, only: Sequence[str] = ()) -> None:
        """Delete what a stack has, or of it the resources of some URNs.

        Raises:
            DestroyError: the engine says that something failed.
        """
        ...


@dataclass(frozen=True)
class Place:
    """Where an environment stands."""

    engine: Engine
    cluster: Callable[[str], Cluster]
    """Returns the cluster of a kubeconfig."""
    look: Look
    """Asks the account what it has of the platform."""
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True)
class Intent:
    """What a destroy is about to do; nothing is done yet."""

    plans: Sequence[StackPlan]
    """In the order in which they go."""
    seen: Seen
    cluster_unknown: str
    """Why the cluster could not be asked; empty where it was, or where there is none."""

    @property
    def is_empty(self) -> bool:
        """Whether no state has anything."""
        return all(plan.is_empty for plan in self.plans)

    @property
    def namespaces(self) -> frozenset[str]:
        """Namespaces that go with the stacks."""
        return frozenset().union(*(plan.namespaces for plan in self.plans))

    @property
    def refusals(self) -> Sequence[str]:
        """What forbids to begin."""
        found = [
            f"{one} is protected in stack {plan.stack}"
            for plan in self.plans
            for one in plan.protected
        ]
        found += [f"volume {one} is to outlive its claim" for one in self.seen.kept_volumes]
        return found

    @property
    def lines(self) -> Sequence[str]:
        """What a person reads before the question."""
        said = []
        strangers = [str(one) for one in self.seen.strangers]
        for plan in self.plans:
            said.append(f"{plan.stack}: {len(plan.resources)} resources")
            for stage in Stage:
                if count := plan.counts.get(stage, 0):
                    said.append(f"  {stage.value}: {count}")
                if stage is Stage.MADE_BY_CONTROLLERS and plan.has_cluster:
                    said += [f"  {stage.value}: all that the cluster has"]
                    said += [f"    first, as no state knows it: {one}" for one in strangers]
        if self.cluster_unknown:
            said.append(f"the cluster: unknown: {self.cluster_unknown}")
        return said


def intend(stacks: Sequence[str], place: Place) -> Intent:
    """Read the states of an environment's stacks and ask its cluster; change nothing.

    Args:
        stacks: in the order in which they stand on each other.
        place: where they stand.
    """
    plans = [StackPlan(stack, place.engine.export(stack)) for stack in reversed(stacks)]
    namespaces = frozenset().union(*(plan.namespaces for plan in plans))
    kubeconfig = next((plan.kubeconfig for plan in plans if plan.has_cluster), "")
    if not kubeconfig:
        return Intent(plans, NOTHING_SEEN, "")
    try:
        return Intent(plans, see(place.cluster(kubeconfig), namespaces), "")
    except ClusterError as error:
        return Intent(plans, NOTHING_SEEN, str(error))


def require_allowed(intent: Intent, *, without_cluster: bool) -> None:
    """Refuse what is protected, and a cluster with workloads that cannot be asked.

    Raises:
        RefusedError: it names all that forbids to begin, and the next step.
    """
    if intent.refusals:
        listed = "\n".join(f"  {one}" for one in intent.refusals)
        message = (
            f"nothing was deleted:\n{listed}\n"
            "resources: set `deletionProtection: false` under `cluster`, run `pulumi up`, then this"
            " again\nvolumes: copy what you need, then delete them, or patch their"
            " `persistentVolumeReclaimPolicy` to `Delete`"
        )
        raise RefusedError(message)
    if intent.cluster_unknown and any(plan.workloads for plan in intent.plans):
        if without_cluster:
            return
        message = (
            f"nothing was deleted: the cluster cannot be asked what hangs on it:\n"
            f"  {intent.cluster_unknown}\n"
            "`--without-cluster` goes on all the same; load balancers and volumes may stay"
        )
        raise RefusedError(message)


def carry_out(intent: Intent, place: Place, marks: Marks, say: Callable[[str], None]) -> None:
    """Delete everything, stage by stage.

    Raises:
        DestroyError: a stage did not end; it says what is in the way.
    """
    for plan in intent.plans:
        if plan.has_cluster:
            _empty_cluster(plan, intent, place, marks, say)
        if not plan.is_empty:
            say(f"{plan.stack}: {_rest(plan)}")
            place.engine.delete(plan.stack)


def _empty_cluster(
    plan: StackPlan, intent: Intent, place: Place, marks: Marks, say: Callable[[str], None]
) -> None:
    if intent.seen.strangers:
        say(f"{plan.stack}: {len(intent.seen.strangers)} objects that no state knows")
        _clear(plan, intent, place)
    if plan.workloads:
        say(f"{plan.stack}: {Stage.WORKLOADS.value}")
        place.engine.delete(plan.stack, plan.workloads)
    say(f"{plan.stack}: {Stage.MADE_BY_CONTROLLERS.value}")
    found = _settled(place, marks)
    for one in found.unknown:
        say(f"  {one}")
    if found.holding:
        listed = "\n".join(f"  {one}" for one in found.holding)
        message = (
            f"{plan.stack}: the workloads are gone, and what controllers made for them is not:\n"
            f"{listed}\nnodes, cluster and network still stand; delete these, then run this again"
        )
        raise DestroyError(message)


def _clear(plan: StackPlan, intent: Intent, place: Place) -> None:
    try:
        left = clear(place.cluster(plan.kubeconfig), intent.namespaces, sleep=place.sleep)
    except ClusterError as error:
        message = f"{plan.stack}: {error}"
        raise DestroyError(message) from error
    if left:
        listed = "\n".join(f"  {one}" for one in left)
        message = (
            f"{plan.stack}: asked to go and still there:\n{listed}\n"
            "a claim waits for the pods that use it; delete those, then run this again"
        )
        raise DestroyError(message)


def _settled(place: Place, marks: Marks) -> Found:
    waited, pause = 0.0, FIRST_PAUSE_SECONDS
    found = place.look(marks)
    while found.holding and waited < SETTLE_SECONDS:
        place.sleep(pause)
        waited += pause
        pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
        found = place.look(marks)
    return found


def _rest(plan: StackPlan) -> str:
    """Name the stages that the last step of a stack goes through."""
    left = [Stage.NODES, Stage.CLUSTER, Stage.NETWORK, Stage.OTHERS]
    if not plan.has_cluster:
        left.insert(0, Stage.WORKLOADS)
    return ", then ".join(stage.value for stage in left if plan.counts.get(stage)) or "its outputs"
