"""A model for a stack: where its servers will run, and the stack with it.

Owns the way from a request to a stack that loads. What the entry says is in `model_entry`, the
order of pools in `pool_choice`.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from infra.additions.checkpoints import is_known, usual_contexts_tokens
from infra.additions.model_entry import SECTION, ModelRequest, entry, item
from infra.additions.pool_choice import Choice, Option, choose
from infra.additions.stack_source import StackSource, read_stack
from infra.additions.users import with_users
from infra.spec.environment import Layer
from infra.spec.mistakes import Mistake, SpecError
from infra.spec.stack import StackSpec
from infra.spec.stacks import load_environment

AFTER = ("gpuPools", "cluster", "cloud")
"""Sections behind which `models` goes where a file has none yet."""


@dataclass(frozen=True, kw_only=True)
class ModelProposal:
    """A stack before and after, and why it is so."""

    before: StackSource
    after: StackSource
    chosen: Option
    others: Sequence[Option]
    """Further pools on which it fits."""
    refused: Mapping[str, SpecError]
    """Pools on which it does not."""
    was_asked: bool
    """Whether the pool was asked for, by name or as that of the model that it is like."""
    environment: Sequence[StackSpec]
    """All stacks on the same cluster, this one as it was."""
    platform: tuple[StackSource, StackSource] | None
    """The platform's file before and after, where tenants there get the model."""

    @property
    def changes(self) -> list[tuple[StackSource, StackSource]]:
        """The files that change, in the order in which they are written and brought up."""
        return [*([self.platform] if self.platform else []), (self.before, self.after)]


def propose_model(stack: str, asked: ModelRequest, folder: Path) -> ModelProposal:
    """Return what a stack would be with one more model. Writes nothing.

    Raises:
        SpecError: The stack has mistakes, or would have them; it carries all of them.
    """
    before = read_stack(stack, folder)
    environment = _environment(before)
    _refuse_without_models(before, environment)
    values = entry(before, asked)
    told, platform = with_users(before, str(values["name"]), asked.tenants)
    choice = _choice(told, environment, asked, values)
    best, *others = choice.options
    values["context"] = best.model.context
    added = item(asked, values, best.pool.name, best.model.tensor_parallel)
    return ModelProposal(
        before=before,
        after=told.extended(SECTION, added, AFTER),
        chosen=best,
        others=others,
        refused=choice.refused,
        was_asked="pool" in values,
        environment=environment,
        platform=platform,
    )


def _choice(
    before: StackSource,
    environment: Sequence[StackSpec],
    asked: ModelRequest,
    values: Mapping[str, object],
) -> Choice:
    """Return the pools on which it fits, at least one, with the longest usual context."""
    wanted, gpus, source = values.get("pool"), values.get("tensorParallel"), str(values["source"])
    pools = [one for one in before.spec.gpu_pools if wanted in (None, one.name)]
    if not pools:  # the loader says which there are
        before.extended(
            SECTION, item(asked, {"context": 4096, **values}, str(wanted or ""), 1), AFTER
        )
    if len(pools) > 1 and not is_known(source):
        raise SpecError(before.name, [_which_pool(before, source)])
    tried = values
    for context in [values["context"]] if "context" in values else usual_contexts_tokens(source):
        tried = {**values, "context": context}
        choice = choose(
            pools,
            _gpus_asked(environment),
            gpus if isinstance(gpus, int) else None,
            partial(_loaded, before, asked, tried),
        )
        if choice.options:
            return choice
    raise _refusal(before, asked, tried, choice)


def _loaded(
    before: StackSource, asked: ModelRequest, values: Mapping[str, object], pool: str, gpus: int
) -> StackSpec:
    return before.spec_with(SECTION, item(asked, values, pool, gpus).values)


def _environment(before: StackSource) -> list[StackSpec]:
    """Return all stacks on the same cluster; where another one is broken, those it stands on."""
    try:
        return load_environment(before.spec.platform_name, before.folder)
    except SpecError:
        return load_environment(before.name, before.folder)


def _gpus_asked(environment: Sequence[StackSpec]) -> Counter[str]:
    asked: Counter[str] = Counter()
    for stack in environment:
        for model in stack.models:
            asked[model.pool] += model.replicas.min * model.tensor_parallel
    return asked


def _refuse_without_models(before: StackSource, environment: Sequence[StackSpec]) -> None:
    if Layer.MODELS in before.spec.layers:
        return
    above = [one.name for one in environment if Layer.MODELS in one.layers]
    mistake = Mistake(
        setting="stack",
        problem="builds no models",
        got=before.name,
        allowed=f"one of: {', '.join(above)}" if above else "a stack whose layers include models",
        next_step=f"`tokenworks model add {above[0]} ...`: the models of this platform are there"
        if above
        else f"write a stack that extends {before.name}; stacks/README.md says how",
        where=before.config.place(("layers",)),
    )
    raise SpecError(before.name, [mistake])


def _which_pool(before: StackSource, source: str) -> Mistake:
    pools = ", ".join(one.name for one in before.spec.gpu_pools)
    return Mistake(
        setting="--pool",
        problem="is missing, and the catalogue does not know how much memory this model takes",
        got=source,
        allowed=f"one of: {pools}",
        next_step="write --pool; with the model's config.json `tokenworks fit` says what fits",
    )


def _refusal(
    before: StackSource, asked: ModelRequest, values: Mapping[str, object], choice: Choice
) -> SpecError:
    """Return the report of one pool as that of the file, and of several what each lacks."""
    if len(choice.refused) == 1:
        ((pool, error),) = choice.refused.items()
        gpus = values.get("tensorParallel", 1)
        try:
            before.extended(SECTION, item(asked, values, pool, int(str(gpus))), AFTER)
        except SpecError as reported:
            return reported
        return error
    every = dict.fromkeys(one for error in choice.refused.values() for one in error.mistakes)
    return SpecError(before.name, list(every))
