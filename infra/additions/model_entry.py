"""The entry of a model as far as its pool does not matter, from what somebody asked for.

Owns which settings are copied from a model that is there, and the report of what cannot be asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from infra.additions.checkpoints import (
    COMPUTED,
    computed_weights_gib,
    is_known,
    name_of,
)
from infra.additions.insertion import Item
from infra.additions.stack_source import StackSource
from infra.spec.mistakes import Mistake, SpecError
from infra.spec.suggest import did_you_mean

SECTION = "models"
_ORDER = (
    *("name", "source", "revision", "weights", "weightsGib", "engine", "pool", "tensorParallel"),
    *("replicas", "context"),
)
"""How our stack files write a model; what is not named follows."""
_OF_ONE_ENTRY = frozenset({"name", "alsoServes", "canary"})
_OF_A_CHECKPOINT = frozenset({"source", "revision", "weightsGib", "startupTimeoutSeconds"})
_OF_A_POOL = frozenset({"pool", "tensorParallel", "cpu", "memoryGib", "sharedMemoryGib"})


@dataclass(frozen=True, kw_only=True)
class ModelRequest:
    """What somebody asks for; empty and None where they leave it open."""

    source: str = ""
    name: str = ""
    pool: str = ""
    context: int | None = None
    replicas: int | None = None
    tensor_parallel: int | None = None
    weights_gib: float | None = None
    revision: str = ""
    like: str = ""
    """Model of the stack whose settings it takes, where it is not told others."""
    tenants: tuple[str, ...] = ()
    """Tenants who name the models that they may use, and get this one, too."""


def entry(before: StackSource, asked: ModelRequest) -> dict[str, object]:
    """Return the settings that are said, copied or known: no `pool` or `context` that nobody said.

    Raises:
        SpecError: It cannot be: the name is taken, or what it is like is not there.
    """
    names = [str(one.get("name")) for one in before.items(SECTION)]
    values = _said(asked) | _copied(before, asked)
    source = str(values.get("source", ""))
    values.setdefault("source", source)
    values["name"] = asked.name or name_of(source)
    if mistakes := _mistakes(before, asked, values, names):
        raise SpecError(before.name, mistakes)
    if "weightsGib" not in values and (size := computed_weights_gib(source)) is not None:
        values["weightsGib"] = size
    return values


def item(asked: ModelRequest, values: Mapping[str, object], pool: str, gpus: int) -> Item:
    """Return the entry on a pool, in the order of our files."""
    placed = {**values, "pool": pool}
    if gpus > 1 or "tensorParallel" in values:
        placed["tensorParallel"] = gpus
    ordered = {key: placed[key] for key in _ORDER if key in placed} | placed
    is_computed = asked.weights_gib is None and values.get("weightsGib") == computed_weights_gib(
        str(values["source"])
    )
    return Item(ordered, {"weightsGib": COMPUTED} if is_computed else {})


def _said(asked: ModelRequest) -> dict[str, object]:
    replicas = {"min": asked.replicas, "max": asked.replicas}
    words = {
        "source": asked.source or None,
        "revision": asked.revision or None,
        "weightsGib": asked.weights_gib,
        "pool": asked.pool or None,
        "tensorParallel": asked.tensor_parallel,
        "replicas": None if asked.replicas is None else replicas,
        "context": asked.context,
    }
    return {key: value for key, value in words.items() if value is not None}


def _copied(before: StackSource, asked: ModelRequest) -> dict[str, object]:
    """Return what the model that it is like says, and nobody else."""
    like = next((one for one in before.items(SECTION) if one.get("name") == asked.like), {})
    other_source = bool(asked.source) and asked.source != like.get("source")
    said = _said(asked)
    left_out = {*_OF_ONE_ENTRY, *said}
    left_out |= _OF_A_CHECKPOINT if other_source else set()
    left_out |= _OF_A_POOL if asked.pool else set()
    return {key: value for key, value in like.items() if key not in left_out}


def _mistakes(
    before: StackSource, asked: ModelRequest, values: Mapping[str, object], names: list[str]
) -> list[Mistake]:
    source, name, found = str(values["source"]), str(values["name"]), []
    if asked.like and asked.like not in names:
        found.append(
            Mistake(
                setting="--from",
                problem=f"is no model of {before.name}",
                got=asked.like,
                allowed=f"one of: {', '.join(names)}" if names else "nothing: it has no model yet",
                next_step=did_you_mean(asked.like, names, "leave it out"),
            )
        )
    elif not source:
        found.append(
            Mistake(
                setting="--source",
                problem="is missing",
                got="nothing",
                allowed="a repository of the hub, organization/name",
                next_step="write --source Qwen/Qwen2.5-7B-Instruct, or --from a model of the stack",
            )
        )
    elif "context" not in values and not is_known(source):
        found.append(
            Mistake(
                setting="--context",
                problem="is missing, and the catalogue does not know how much this model takes",
                got="nothing",
                allowed="tokens, at most max_position_embeddings of its config.json",
                next_step="write --context N; with the model's config.json `tokenworks fit` says "
                "what a GPU has room for",
            )
        )
    if name in names:
        found.append(_taken(before, name))
    return found


def _taken(before: StackSource, name: str) -> Mistake:
    return Mistake(
        setting="--name",
        problem=f"is a model of {before.name} already",
        got=name,
        allowed="a name that no other model of the stack has",
        next_step="give another --name, or change the entry that is there",
        where=before.place(SECTION, name),
    )
