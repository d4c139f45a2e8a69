"""What may be bought: machine families, GPUs, the share of spot, floors, pools that idle."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from infra.spec.budget import OnUnknown
from policies.pools import POOL_LABEL, TYPES, Capacity, Group, Unread, groups, read
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
from policies.values import MISSING, UNKNOWN, Plain

DEPLOYMENT = "kubernetes:apps/v1:Deployment"
MODEL_LABEL = "tokenworks.dev/model"
CAPACITY_LABEL = "tokenworks.dev/capacity"


def family_of(machine_type: str) -> str:
    """Return the family of a machine type by its name: `g6` of `g6.xlarge`, `g2-standard`."""
    head, dot, _ = machine_type.partition(".")
    return head if dot else machine_type.rpartition("-")[0]


def _machines(subject: Subject, scene: Scene) -> Iterator[Finding]:
    group = read(subject)
    if isinstance(group, Unread):
        yield _unreadable(group, subject)
        return
    allowed = scene.thresholds.machine_families
    strange = [name for name in group.machines if family_of(name) not in allowed]
    if strange:
        yield Violation(
            f"buys {', '.join(strange)}; {scene.environment} may buy {', '.join(allowed)}. Take "
            "another GPU or machine type, or have the family added to policies/thresholds.yaml."
        )


def _gpus(subjects: Sequence[Subject], scene: Scene) -> Iterator[Finding]:
    cap = scene.spec.budget.gpus
    if cap is None:
        return
    most = 0
    for group in groups(subjects):
        if isinstance(group, Unread):
            yield _uncounted(group, scene)
            continue
        each = group.gpus_each()
        if each is None:
            names = ", ".join(group.machines)
            unread = Unread(subject=group.subject, what=f"GPUs of {names}", unknown=False)
            yield _uncounted(unread, scene)
            continue
        most += group.most * each
    if most > cap:
        yield Violation(
            f"pools may grow to {most} GPUs, the budget of {scene.spec.name} has {cap}. Lower the "
            "`max` of a pool, or raise `gpus` in the section `budget`."
        )


def _uncounted(group: Unread, scene: Scene) -> Finding:
    """A cap holds only over what can be counted: the rest fails where the budget says so."""
    if scene.spec.budget.on_unknown is OnUnknown.FAIL:
        return Violation(
            f"{group.subject.name}: {group.what} is not known, so its GPUs cannot be counted "
            "against the budget. Write it, or set budget.onUnknown to warn.",
            group.subject.urn,
        )
    return Unjudged(group.what, group.subject.urn)


def _spot_share(subjects: Sequence[Subject]) -> tuple[float | None, list[Unread]]:
    """Return the share of GPU nodes at maximum that are spot; None without GPU nodes."""
    found = list(groups(subjects))
    unread = [one for one in found if isinstance(one, Unread)]
    gpu = [one for one in found if isinstance(one, Group) and one.gpus_each() != 0]
    most = sum(group.most for group in gpu)
    spot = sum(group.most for group in gpu if group.capacity is Capacity.SPOT)
    return (spot / most if most else None), unread


def _too_much_spot(subjects: Sequence[Subject], scene: Scene) -> Iterator[Finding]:
    share, unread = _spot_share(subjects)
    yield from (Unjudged(one.what, one.subject.urn) for one in unread)
    limit = scene.thresholds.spot_share_at_most
    if share is not None and share > limit:
        yield Violation(
            f"{share:.0%} of the GPU nodes may be spot, {scene.environment} takes {limit:.0%}: one "
            "reclaimed market would take the models with it. Raise `onDemand.max` of a pool."
        )


def _too_little_spot(subjects: Sequence[Subject], scene: Scene) -> Iterator[Finding]:
    share, unread = _spot_share(subjects)
    yield from (Unjudged(one.what, one.subject.urn) for one in unread)
    least = scene.thresholds.spot_share_at_least
    if share is not None and share < least:
        yield Violation(
            f"{share:.0%} of the GPU nodes may be spot, in {scene.environment} at least "
            f"{least:.0%} should be: nobody is hurt when one is reclaimed. Give a pool a "
            "`spot` range."
        )


def _on_demand_base(subjects: Sequence[Subject], scene: Scene) -> Iterator[Finding]:
    base = scene.thresholds.on_demand_base
    servers: defaultdict[str, int] = defaultdict(int)
    for subject in subjects:
        labels = subject.at("metadata.labels") if subject.type == DEPLOYMENT else None
        model = labels.get(MODEL_LABEL) if isinstance(labels, dict) else None
        if not isinstance(model, str):
            continue
        servers[model] += 0
        replicas = subject.at("spec.replicas")
        replicas = 1 if replicas is MISSING else replicas  # Kubernetes' default
        if replicas is UNKNOWN:
            yield Unjudged("spec.replicas", subject.urn)
            servers[model] += base
        elif isinstance(replicas, int) and _on_demand_only(subject, scene):
            servers[model] += replicas
    for model, count in servers.items():
        if count < base:
            yield Violation(
                f"model {model} has {count} servers on demand, {scene.environment} wants {base}: "
                "when spot is reclaimed nothing answers. Give its pool an `onDemand` range, or "
                "write `replicas.onDemand`."
            )


def _on_demand_only(subject: Subject, scene: Scene) -> bool:
    """Whether its pods can only run on demand: by what they require, or by what their pool has."""
    pod = "spec.template.spec"
    required = f"{pod}.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution"
    terms = subject.each(f"{required}.nodeSelectorTerms[].matchExpressions[]")
    if any(_is_on_demand(term) for _, term in terms):
        return True
    selector = subject.at(f"{pod}.nodeSelector")
    name = selector.get(POOL_LABEL) if isinstance(selector, dict) else None
    pool = next((one for one in scene.spec.gpu_pools if one.name == name), None)
    return pool is not None and pool.spot is None and pool.flex_start is None


def _is_on_demand(expression: Plain) -> bool:
    return isinstance(expression, dict) and (
        expression.get("key"),
        expression.get("operator"),
        expression.get("values"),
    ) == (CAPACITY_LABEL, "In", [Capacity.ON_DEMAND.value])


def _idle(subjects: Sequence[Subject], scene: Scene) -> Iterator[Finding]:
    used = {model.pool for model in scene.models}
    for group in groups(subjects):
        if isinstance(group, Unread):
            yield Unjudged(group.what, group.subject.urn)
            continue
        if group.least > 0 and group.gpus_each() != 0 and group.pool not in used:
            yield Violation(
                f"{group.least} GPU nodes always run and no model of the environment names pool "
                f"{group.pool}. Set its `min` to 0, or serve a model there.",
                group.subject.urn,
            )


def _unreadable(group: Unread, subject: Subject) -> Finding:
    if group.unknown:
        return Unjudged(group.what)
    return Violation(
        f"{group.what} of {subject.name} is missing or has the wrong type, so nobody knows what "
        "is bought. Write it."
    )


RULES = (
    ResourceRule(
        name="machines-from-the-list",
        family=Family.COST,
        level=Level.MANDATORY,
        why="An eight-GPU machine costs up to 142 dollars an hour; which families an environment "
        "may buy is decided once, in policies/thresholds.yaml.",
        types=TYPES,
        check=_machines,
    ),
    StackRule(
        name="gpus-within-budget",
        family=Family.COST,
        level=Level.MANDATORY,
        why="What autoscaling may buy, it will buy one night: `budget.gpus` caps every pool at its "
        "maximum.",
        types=TYPES,
        check=_gpus,
    ),
    StackRule(
        name="not-too-much-spot",
        family=Family.COST,
        level=Level.MANDATORY,
        why="Spot of one GPU type is reclaimed together (AWS Spot Advisor, 2025-06-28: more than "
        "20 % of g5 and g6 interrupted in a month).",
        types=TYPES,
        check=_too_much_spot,
    ),
    StackRule(
        name="not-too-little-spot",
        family=Family.COST,
        level=Level.ADVISORY,
        why="Spot costs 43 to 76 % less (price lists of 2026-07), and development can wait.",
        types=TYPES,
        check=_too_little_spot,
    ),
    StackRule(
        name="models-keep-an-on-demand-base",
        family=Family.COST,
        level=Level.MANDATORY,
        why="A model that runs on spot alone is gone within the notice of its cloud.",
        types=(DEPLOYMENT,),
        check=_on_demand_base,
    ),
    StackRule(
        name="no-idle-pools",
        family=Family.COST,
        level=Level.ADVISORY,
        why="GPU nodes that no model can use are the dearest mistake that nobody notices.",
        types=TYPES,
        check=_idle,
    ),
)
