"""How servers are replaced, evicted and spread: surge, disruption budgets, zones of pods."""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from policies.judge import must_be, said
from policies.rule import (
    Family,
    Finding,
    Level,
    ResourceRule,
    StackRule,
    Subject,
    Unjudged,
    Violation,
)
from policies.scene import Scene
from policies.values import MISSING, UNKNOWN, Mark, Plain, as_number, at
from policies.workloads import (
    DEPLOYMENT,
    POD,
    SERVERS,
    gpus_of_pod,
    on_demand_only,
    pool_of,
    replicas,
)

BUDGET = "kubernetes:policy/v1:PodDisruptionBudget"
ZONE = "topology.kubernetes.io/zone"
_SURGE = "spec.strategy.rollingUpdate.maxSurge"
_DEFAULT_SURGE = "25%"  # Kubernetes' API, `RollingUpdateDeployment`, 1.35
_LABELS = "spec.template.metadata.labels"


@dataclass(frozen=True)
class _Set:
    """Servers with GPUs that are replaced together."""

    subject: Subject
    pool: str
    gpus: int
    """Of one server."""
    replicas: int
    surge: int
    """Servers more while they are replaced."""


def _share(value: Plain, of: int) -> int | Mark:
    """Return a count or a percentage of a count, rounded up as Kubernetes rounds a surge."""
    if isinstance(value, str) and value.endswith("%"):
        number = as_number(value.removesuffix("%"))
        return number if isinstance(number, Mark) else math.ceil(number / 100 * of)
    number = as_number(value)
    return number if isinstance(number, Mark) else int(number)


def _surge(subject: Subject, count: int) -> int | Mark:
    kind = subject.at("spec.strategy.type")
    if kind == "Recreate":
        return 0
    value = UNKNOWN if kind is UNKNOWN else subject.at(_SURGE)
    return _share(_DEFAULT_SURGE if value is MISSING else value, count)


def _read(subject: Subject) -> _Set | Finding | None:
    """Return the set that a Deployment is; None without GPUs."""
    held = gpus_of_pod(subject)
    if held == 0:
        return None
    count = replicas(subject)
    if isinstance(held, Mark):
        return Unjudged("GPUs of a pod", subject.urn)
    if isinstance(count, Mark):
        return Unjudged("spec.replicas", subject.urn)
    surge, pool = _surge(subject, count), pool_of(subject)
    if surge is UNKNOWN or pool is UNKNOWN:
        return Unjudged(_SURGE if surge is UNKNOWN else f"{POD}.nodeSelector", subject.urn)
    if isinstance(surge, Mark):
        return Violation(f"`{_SURGE}` is neither count nor share. Write 0.", subject.urn)
    return _Set(subject, pool if isinstance(pool, str) else "", held, count, surge)


def _surge_fits(subjects: Sequence[Subject], scene: Scene) -> Iterator[Finding]:
    pools: defaultdict[str, list[_Set]] = defaultdict(list)
    for subject in subjects:
        if subject.type != DEPLOYMENT:
            continue
        found = _read(subject)
        if isinstance(found, _Set):
            pools[found.pool].append(found)
        elif found is not None:
            yield found
    for name, sets in pools.items():
        pool = scene.pool(name)
        if pool is None:
            yield from (_nowhere(one) for one in sets if one.surge)
            continue
        floors = [one for one in sets if on_demand_only(one.subject)]
        yield from _crowded(floors, pool.most_on_demand * pool.gpus_per_node, name)
        if len(floors) < len(sets):
            yield from _crowded(sets, pool.most_nodes * pool.gpus_per_node, name)


def _nowhere(one: _Set) -> Violation:
    return Violation(
        f"{one.subject.name} starts a new server before an old one stops and names no pool of the "
        f"environment: nobody knows of a GPU for it. Write `{_SURGE}: 0`, or select a pool.",
        one.subject.urn,
    )


def _crowded(sets: Sequence[_Set], room: int, pool: str) -> Iterator[Violation]:
    """Yield what cannot surge: all together hold more GPUs than there can ever be.

    One engine operation may replace the servers of all models at once.
    """
    needed = sum((one.replicas + one.surge) * one.gpus for one in sets)
    if needed <= room:
        return
    for one in sets:
        if one.surge:
            yield Violation(
                f"{one.subject.name} starts {one.surge} new before an old one stops; pool {pool} "
                f"then needs {needed} GPUs and has {room} at most: the new server waits for ever. "
                f"Write `{_SURGE}: 0` and `maxUnavailable: 1`, or raise the pool's `max`.",
                one.subject.urn,
            )


@dataclass(frozen=True)
class _Budget:
    """A disruption budget and the labels that it selects by."""

    subject: Subject
    namespace: Plain
    labels: Plain

    def covers(self, server: Subject) -> bool | Mark:
        """Return whether it selects the pods of a workload; `UNKNOWN` when labels are."""
        labels = server.at(_LABELS)
        if not isinstance(self.labels, dict) or not isinstance(labels, dict):
            return UNKNOWN if UNKNOWN in (self.labels, labels) else False
        namespaces = {self.namespace, server.at("metadata.namespace")} - {UNKNOWN}
        if len(namespaces) > 1:
            return False
        pairs = [(value, labels.get(key, MISSING)) for key, value in self.labels.items()]
        if any(UNKNOWN not in pair and pair[0] != pair[1] for pair in pairs):
            return False
        return UNKNOWN if any(UNKNOWN in pair for pair in pairs) else bool(pairs)


def _budgets(subjects: Sequence[Subject]) -> list[_Budget]:
    return [
        _Budget(one, one.at("metadata.namespace"), one.at("spec.selector.matchLabels"))
        for one in subjects
        if one.type == BUDGET
    ]


def _has_budget(subjects: Sequence[Subject], _: Scene) -> Iterator[Finding]:
    budgets = _budgets(subjects)
    for server in subjects:
        if server.type not in SERVERS or gpus_of_pod(server) == 0:
            continue
        covered = [budget.covers(server) for budget in budgets]
        if True in covered:
            continue
        if UNKNOWN in covered:
            yield Unjudged("labels of a disruption budget", server.urn)
        else:
            yield Violation(
                f"no PodDisruptionBudget selects the pods of {server.name}: draining nodes takes "
                "all of them at once. Add one with `maxUnavailable: 1`.",
                server.urn,
            )


def _lets_go(subjects: Sequence[Subject], _: Scene) -> Iterator[Finding]:
    for budget in _budgets(subjects):
        most = budget.subject.at("spec.maxUnavailable")
        least = budget.subject.at("spec.minAvailable")
        if UNKNOWN in (most, least):
            yield Unjudged("spec.maxUnavailable, spec.minAvailable", budget.subject.urn)
            continue
        covered = [
            server
            for server in subjects
            if server.type in SERVERS and budget.covers(server) is True
        ]
        count = [replicas(server) for server in covered]
        known = sum(one for one in count if isinstance(one, int))
        if _never(most, least, known):
            what = f"maxUnavailable {said(most)}, minAvailable {said(least)}"
            yield Violation(
                f"{budget.subject.name} ({what}, {known} pods) lets no pod go: draining its node, "
                "for an upgrade or a repair, hangs. Write `maxUnavailable: 1`.",
                budget.subject.urn,
            )
        elif any(isinstance(one, Mark) for one in count):
            yield Unjudged("spec.replicas", budget.subject.urn)


def _never(most: Plain, least: Plain, count: int) -> bool:
    """Return whether no pod of so many may ever be evicted, or nobody can tell."""
    if most is not MISSING:
        # Of one pod every share above nothing is one: Kubernetes rounds up.
        allowed = _share(most, max(count, 1))
        return isinstance(allowed, Mark) or allowed < 1
    if least is MISSING:
        return True  # a budget that says neither is `minAvailable: 1`
    kept = _share(least, max(count, 1))
    return isinstance(kept, Mark) or (kept >= count if count else kept > 0 and least == "100%")


def _spread(subject: Subject, scene: Scene) -> Iterator[Finding]:
    if scene.thresholds.zones_at_least == 1 or gpus_of_pod(subject) == 0:
        return
    path = f"{POD}.topologySpreadConstraints"
    found = subject.at(path)
    keys = [at(one, "topologyKey") for one in found] if isinstance(found, list) else []
    if ZONE in keys:
        return
    if found is UNKNOWN or UNKNOWN in keys:
        yield Unjudged(path)
    else:
        yield Violation(
            f"`{path}` does not name `{ZONE}`: all servers may stand in one zone and go with it. "
            "Add it, with `ScheduleAnyway` where a zone may have no GPUs to sell."
        )


RULES = (
    StackRule(
        name="gpu-surge-has-a-spare-gpu",
        family=Family.RELIABILITY,
        level=Level.MANDATORY,
        why="A new server that starts first waits for the GPU that the old one holds; Kubernetes' "
        "default is to start one in four first (API reference, `RollingUpdateDeployment`, 2026).",
        types=(DEPLOYMENT,),
        check=_surge_fits,
    ),
    StackRule(
        name="gpu-servers-have-disruption-budgets",
        family=Family.RELIABILITY,
        level=Level.MANDATORY,
        why="Upgrades and the autoscaler evict through the Eviction API, which only a budget slows "
        'down (Kubernetes documentation, "Disruptions", 2026).',
        types=(*SERVERS, BUDGET),
        check=_has_budget,
    ),
    StackRule(
        name="disruption-budgets-let-nodes-go",
        family=Family.RELIABILITY,
        level=Level.MANDATORY,
        why="A budget that never allows an eviction blocks every upgrade of nodes until it is "
        'forced (Kubernetes documentation, "Specifying a Disruption Budget", 2026).',
        types=(*SERVERS, BUDGET),
        check=_lets_go,
    ),
    ResourceRule(
        name="disruption-budgets-ignore-broken-pods",
        family=Family.RELIABILITY,
        level=Level.ADVISORY,
        why="By default a pod that never became ready blocks the drain of its node (the same page, "
        '"Unhealthy Pod Eviction Policy").',
        types=(BUDGET,),
        check=must_be(
            "spec.unhealthyPodEvictionPolicy",
            "AlwaysAllow",
            since="a server that never became ready blocks the drain of its node",
        ),
    ),
    ResourceRule(
        name="gpu-servers-spread-over-zones",
        family=Family.RELIABILITY,
        level=Level.MANDATORY,
        why="Servers that all stand in one zone go with it. The scheduler's default is "
        'but a wish (Kubernetes documentation, "Pod Topology Spread Constraints", 2026).',
        types=SERVERS,
        check=_spread,
    ),
)
