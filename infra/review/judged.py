"""What prices, rules and sizing say about the two sides of a stack.

Owns asking them. Prices are today's on both sides, so that a difference is the change's own and not
the market's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from pathlib import Path

from infra.catalog.units import BYTES_PER_GIB
from infra.cost.demand import of_stacks
from infra.cost.estimate import estimate
from infra.cost.model import Estimate
from infra.cost.resources import from_graph
from infra.graph.model import Graph
from infra.review.model import Fit, ModelFit, Outcome, PolicyResult
from infra.spec.memory import server_memory
from infra.spec.mistakes import MistakesError, SpecError
from infra.spec.models import ModelSpec
from infra.spec.stack import StackSpec
from policies.evaluate import Result, evaluate
from policies.from_graph import subjects
from policies.rule import Level, Unjudged
from policies.rules import RULES
from policies.rules.budget import change_within_budget
from policies.scene import Scene, load_scene

CHANGE_CAP = "change-within-budget"
"""The one rule that needs both sides: a policy pack sees only one."""


@dataclass(frozen=True, kw_only=True)
class Side:
    """A stack in one of both trees."""

    graph: Graph | None = None
    scene: Scene | None = None
    """None where there is no such stack, or its file cannot be read with the present words."""

    @classmethod
    def of(cls, graph: Graph | None, stack: str, folder: Path, day: date) -> "Side":
        """Return a side; `folder` has the tree's stack files."""
        if graph is None:
            return cls()
        now = datetime.combine(day, time(), tzinfo=UTC)
        try:
            return cls(
                graph=graph, scene=load_scene(stack, folder, allows_unresolved=True, now=now)
            )
        except SpecError:
            return cls(graph=graph)

    @property
    def spec(self) -> StackSpec | None:
        """The stack's settings."""
        return self.scene.spec if self.scene else None

    def bill(self) -> Estimate | None:
        """Return what the stack costs; None for no stack."""
        if self.graph is None or self.scene is None:
            return None
        cloud = self.scene.spec.cloud
        return estimate(
            from_graph(self.graph),
            stack=self.graph.stack,
            cloud=cloud.provider,
            region=cloud.region,
            as_of=self.scene.now.date(),
            pods=of_stacks(self.scene.stacks),
        )

    def findings(self) -> tuple[Result, ...]:
        """Return what the rules say."""
        if self.graph is None or self.scene is None:
            return ()
        return tuple(evaluate(RULES, subjects(self.graph), self.scene))


def policy_results(base: Side, head: Side) -> tuple[PolicyResult, ...]:
    """Return what the rules find in the head, grouped; findings of the base are not new."""
    old = {(one.rule.name, _message(one), one.resource) for one in base.findings()}
    groups: dict[tuple[str, Outcome, str, bool], list[str]] = {}
    for one in head.findings():
        message = _message(one)
        is_new = (one.rule.name, message, one.resource) not in old
        groups.setdefault((one.rule.name, _outcome(one), message, is_new), []).append(one.resource)
    order = list(Outcome)
    return tuple(
        PolicyResult(
            rule=rule,
            outcome=outcome,
            message=message,
            resources=tuple(dict.fromkeys(name for name in names if name)),
            is_new=is_new,
        )
        for (rule, outcome, message, is_new), names in sorted(
            groups.items(), key=lambda item: (order.index(item[0][1]), not item[0][3], item[0][0])
        )
    )


def change_cap(
    before: Estimate | None, after: Estimate | None, spec: StackSpec | None
) -> PolicyResult | None:
    """Say whether the month rises by more than `budget.changeUsd` allows."""
    if spec is None or after is None:
        return None
    found = change_within_budget(before or replace(after, lines=()), after, spec.budget)
    if found is None:
        return None
    return PolicyResult(
        rule=CHANGE_CAP,
        outcome=Outcome.FAILS,
        message=found.message.removeprefix(f"{CHANGE_CAP}: "),
        resources=(),
        is_new=True,
    )


def model_fits(base: StackSpec | None, head: StackSpec | None) -> tuple[ModelFit, ...]:
    """Return every model of the head with the room that it has."""
    if head is None:
        return ()
    pools = {pool.name: pool for pool in head.gpu_pools}
    old = {model.name: model for model in base.models} if base else {}
    found = []
    for model in head.models:
        pool = pools[model.pool]
        fit, detail = _fit(model, head)
        least, most = model.replicas.min, model.replicas.max
        found.append(
            ModelFit(
                model=model.name,
                source=model.source,
                pool=pool.name,
                gpus=model.tensor_parallel,
                gpu=pool.gpu,
                servers=str(least) if least == most else f"{least}-{most}",
                fit=fit,
                detail=detail,
                change=_model_change(old.get(model.name), model),
            )
        )
    return tuple(found)


def _fit(model: ModelSpec, spec: StackSpec) -> tuple[Fit, str]:
    pool = next(one for one in spec.gpu_pools if one.name == model.pool)
    try:
        found = server_memory(model, pool, spec.cloud.provider)
    except MistakesError as error:
        return Fit.DOES_NOT_FIT, "; ".join(one.problem for one in error.mistakes)
    if found is None:
        return Fit.UNKNOWN, "no shape of this model in the catalogue, or no rule for it"
    cache = found.cache_bytes / BYTES_PER_GIB
    if not found.fits:
        return Fit.DOES_NOT_FIT, f"{-found.margin_bytes / BYTES_PER_GIB:.1f} GiB a GPU too few"
    return Fit.FITS, f"KV cache {cache:.1f} GiB a GPU, {found.tokens:,} tokens"


def _model_change(old: ModelSpec | None, new: ModelSpec) -> str:
    if old is None:
        return "new"
    before, after = _settings(old), _settings(new)
    return ", ".join(
        f"{name}: {before[name]} → {after[name]}" for name in after if before[name] != after[name]
    )


def _settings(model: ModelSpec) -> Mapping[str, object]:
    values = model.model_dump(by_alias=True, exclude={"replicas"})
    return values | {"replicas": f"{model.replicas.min}-{model.replicas.max}"}


def _outcome(result: Result) -> Outcome:
    if not result.judged:
        return Outcome.UNKNOWN
    return Outcome.FAILS if result.rule.level is Level.MANDATORY else Outcome.WARNS


def _message(result: Result) -> str:
    finding = result.finding
    return f"cannot judge {finding.what}" if isinstance(finding, Unjudged) else finding.message
