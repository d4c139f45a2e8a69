"""Tenants who get a new model, where they name the models that they may use.

Owns in which file that is written: the tenants of a platform stand beside its gateway, which may be
another file than that of its models.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from infra.additions.stack_source import StackSource, read_stack
from infra.spec.mistakes import Mistake, SpecError
from infra.spec.suggest import did_you_mean

SECTION = "tenants"


def with_users(
    before: StackSource, model: str, tenants: Sequence[str]
) -> tuple[StackSource, tuple[StackSource, StackSource] | None]:
    """Return the stack with a model that it does not have yet in the lists of tenants.

    The second part is the platform's file before and after, where the tenants stand in that one.

    Raises:
        SpecError: There are no such tenants, or they need not be told.
    """
    platform = before.spec.extends
    source = before if platform is None else read_stack(platform, before.folder)
    if not tenants:
        _refuse_without_users(source)
        return before, None
    if mistakes := [one for name in tenants for one in _mistakes(source, name)]:
        raise SpecError(before.name, mistakes)
    told = source
    for name in tenants:
        told = told.with_word(SECTION, name, "models", model)
    if platform is None:
        return told, None
    told = replace(told, spec=told.loaded())
    return replace(before, base=told.config), (source, told)


def _refuse_without_users(source: StackSource) -> None:
    """Refuse a model that nobody could use; without tenants every key opens it."""
    known = source.items(SECTION)
    if not known or not all(map(_names_models, known)):
        return
    names = [str(one["name"]) for one in known]
    mistake = Mistake(
        setting="--tenant",
        problem="is missing: every tenant names the models that it may use, and nobody this one",
        got="nothing",
        allowed=f"one of: {', '.join(names)}",
        next_step=f"write --tenant {names[0]}, and --tenant again for others",
    )
    raise SpecError(source.name, [mistake])


def _names_models(tenant: Mapping[str, object]) -> bool:
    return tenant.get("models") is not None


def _mistakes(source: StackSource, name: str) -> list[Mistake]:
    items = {str(one.get("name")): one for one in source.items(SECTION)}
    if name not in items:
        problem, next_step = (
            f"is no tenant of {source.name}",
            did_you_mean(name, items, f"`tokenworks tenant add {source.name} {name}`"),
        )
    elif not _names_models(items[name]):
        problem, next_step = "may use every model already", "leave it out"
    else:
        return []
    naming = [one for one, item in items.items() if _names_models(item)]
    return [
        Mistake(
            setting="--tenant",
            problem=problem,
            got=name,
            allowed=f"one of: {', '.join(naming)}" if naming else "nothing: no tenant names models",
            next_step=next_step,
        )
    ]
