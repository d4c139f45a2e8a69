"""A tenant for a platform: its entry, and every stack of the platform with it.

Owns which stacks must load afterwards. Whether they do is the loader's to say.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.additions.insertion import Item
from infra.additions.stack_source import StackSource, read_stack
from infra.spec.files import read_stack_file
from infra.spec.loader import load_stack
from infra.spec.mistakes import Mistake, SpecError
from infra.spec.stack import StackSpec
from infra.spec.stacks import load_environment
from infra.spec.tenants import TenantSpec

SECTION = "tenants"
AFTER = ("gateway", "vectorStore", "cache", "gpuPools")
"""Sections behind which `tenants` goes where a file has none yet."""


@dataclass(frozen=True, kw_only=True)
class TenantRequest:
    """What somebody asks for; empty and None where they leave it open."""

    name: str
    models: tuple[str, ...] = ()
    requests_per_minute: int | None = None
    cpu: float | None = None
    memory_gib: float | None = None
    pods: int | None = None


@dataclass(frozen=True, kw_only=True)
class TenantProposal:
    """A platform before and after."""

    before: StackSource
    after: StackSource
    environment: Sequence[StackSpec]
    """All stacks of the platform, with the tenant."""

    @property
    def tenant(self) -> TenantSpec:
        """The new tenant: the last one."""
        return self.after.spec.tenants[-1]

    @property
    def names_models(self) -> bool:
        """Whether it may use some models alone."""
        return "models" in self.after.items(SECTION)[-1]

    @property
    def is_first(self) -> bool:
        """Whether keys of any name opened every model until now."""
        return not self.before.spec.tenants

    @property
    def models(self) -> list[str]:
        """Names of the models that it may use, of all stacks on the platform."""
        served = [model.name for stack in self.environment for model in stack.models]
        return [name for name in served if self.tenant.may_use(name)]


def propose_tenant(stack: str, asked: TenantRequest, folder: Path) -> TenantProposal:
    """Return what a platform would be with one more tenant. Writes nothing.

    Raises:
        SpecError: A stack of the platform has mistakes, or would have them; it carries all of them.
    """
    before = read_stack(stack, folder)
    if mistakes := _mistakes(before, asked):
        raise SpecError(stack, mistakes)
    others = [one for one in load_environment(stack, folder) if one.name != stack]
    after = before.extended(SECTION, Item(_values(asked), {}), AFTER)
    environment = [after.spec, *(_above(one.name, after) for one in others)]
    return TenantProposal(before=before, after=after, environment=environment)


def _above(name: str, base: StackSource) -> StackSpec:
    """Return a stack that stands on one that is not written yet."""
    return load_stack(name, read_stack_file(name, base.folder), lambda _base: base.config)


def _mistakes(before: StackSource, asked: TenantRequest) -> list[Mistake]:
    found = []
    base = before.spec.extends
    if base is not None:
        found.append(
            Mistake(
                setting="stack",
                problem=f"takes its tenants from {base}, which it extends",
                got=before.name,
                allowed=base,
                next_step=f"`tokenworks tenant add {base} {asked.name} ...`",
                where=before.config.place(("extends",)),
            )
        )
    elif asked.name in [one.get("name") for one in before.items(SECTION)]:
        found.append(
            Mistake(
                setting="NAME",
                problem=f"is a tenant of {before.name} already",
                got=asked.name,
                allowed="a name that no other tenant has",
                next_step="give another name, or change the entry that is there",
                where=before.place(SECTION, asked.name),
            )
        )
    return found


def _values(asked: TenantRequest) -> dict[str, object]:
    room = {"cpu": asked.cpu, "memoryGib": asked.memory_gib, "pods": asked.pods}
    namespace = {key: _short(value) for key, value in room.items() if value is not None}
    values: dict[str, object] = {"name": asked.name}
    if asked.models:
        values["models"] = list(asked.models)
    if asked.requests_per_minute is not None:
        values["requestsPerMinute"] = asked.requests_per_minute
    if namespace:
        values["namespace"] = namespace
    return values


def _short(amount: float) -> float:
    """Return whole amounts as a person writes them, `8` and not `8.0`."""
    return int(amount) if amount == int(amount) else amount
