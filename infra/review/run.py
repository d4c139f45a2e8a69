"""A review from two trees to its words.

Owns the order: record, compare, ask prices, rules and sizing. Starts no engine and asks no cloud.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from infra.review.changes import changes
from infra.review.judged import Side, change_cap, model_fits, policy_results
from infra.review.model import Review, StackReview
from infra.review.recordings import Recording, record
from infra.review.secrets import config_secrets, graph_secrets
from infra.review.trees import STACKS, Trees, compared_trees

NO_SPEC = "the stack file of the base cannot be read with the present words"


def review(reference: str, project: Path, as_of: date | None = None) -> Review:
    """Compare the present tree with a commit.

    Raises:
        ReviewError: they cannot be compared.
    """
    day = as_of or datetime.now(UTC).date()
    with compared_trees(reference, project) as trees:
        recordings, untouched = record(trees)
        base, head = trees.base / STACKS, trees.head / STACKS
        before, after = config_secrets(base), config_secrets(head)
        stacks = tuple(
            _stack(
                one,
                Side.of(one.base, one.stack, base, day),
                Side.of(one.head, one.stack, head, day),
                _secret_notes(one.stack, before, after),
            )
            for one in recordings
        )
        graphs = [graph for one in recordings for graph in (one.base, one.head) if graph]
        return Review(
            base=reference,
            base_commit=trees.base_commit,
            head_commit=trees.head_commit,
            is_dirty=trees.is_dirty,
            stacks=stacks,
            untouched=untouched,
            notes=tuple(_notes(trees)),
            secrets=graph_secrets(graphs) | {*before.values(), *after.values()},
        )


def _stack(one: Recording, base: Side, head: Side, notes: tuple[str, ...]) -> StackReview:
    if one.mistakes:
        return StackReview(stack=one.stack, cloud=one.cloud, mistakes=one.mistakes, notes=notes)
    before, after = base.bill(), head.bill()
    found = policy_results(base, head)
    cap = change_cap(before, after, head.spec) if before or one.base is None else None
    lost = {model.name for model in base.spec.models} if base.spec else set()
    kept = {model.name for model in head.spec.models} if head.spec else set()
    return StackReview(
        stack=one.stack,
        cloud=one.cloud,
        is_new=one.base is None,
        is_gone=one.head is None,
        changes=changes(one.base, one.head),
        base_cost=before,
        head_cost=after,
        cost_problem=NO_SPEC if one.base and base.spec is None else "",
        policies=(cap, *found) if cap else found,
        models=model_fits(base.spec, head.spec),
        lost_models=tuple(sorted(lost - kept)),
        notes=notes,
        spec=head.spec,
    )


def _secret_notes(
    stack: str, before: Mapping[tuple[str, str], str], after: Mapping[tuple[str, str], str]
) -> tuple[str, ...]:
    """Say which encrypted settings differ: recordings do not decrypt, so no graph can."""
    keys = sorted(key for key in before.keys() | after.keys() if key[0] == stack)
    return tuple(
        f"secret `{key[1]}` {_what(before.get(key), after.get(key))}"
        for key in keys
        if before.get(key) != after.get(key)
    )


def _what(before: str | None, after: str | None) -> str:
    if before is None:
        return "is new"
    return "is gone" if after is None else "changed, or was encrypted anew"


def _notes(trees: Trees) -> Iterator[str]:
    if trees.lock_changed:
        yield "`uv.lock` differs: both programs ran on the present packages"
