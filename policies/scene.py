"""What rules know besides the resources: the stack, its thresholds, what is excepted.

Owns no figures: thresholds and exceptions are data beside this file.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from infra.spec.environment import Environment
from infra.spec.files import STACKS_FOLDER
from infra.spec.models import ModelSpec
from infra.spec.pools import GpuPoolSpec
from infra.spec.stack import StackSpec
from infra.spec.stacks import load_environment

_FOLDER = Path(__file__).resolve().parent
Share = Annotated[float, Field(ge=0, le=1)]


class _Data(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", frozen=True)


class Thresholds(_Data):
    """The figures of one environment."""

    machine_families: tuple[str, ...]
    """Families that may be bought, `g6`, `g2-standard`."""
    spot_share_at_most: Share
    """Share of GPU nodes at maximum that may be spot."""
    spot_share_at_least: Share
    """Share of GPU nodes at maximum that should be spot: what dev is for."""
    on_demand_base: Annotated[int, Field(ge=0)]
    """On-demand servers that every model must have."""
    preview_days_at_most: Annotated[int, Field(ge=1)]
    """How long a preview stack may live."""
    images_by_digest: bool
    """Whether every image must be named by its digest."""
    zones_at_least: Annotated[int, Field(ge=1)]
    """Zones over which nodes must be spread."""
    stateful_protected: bool
    """Whether what holds data or cannot be had back must be protected."""


class Exempted(_Data):
    """A resource that a rule leaves out."""

    rule: str
    resources: Annotated[tuple[str, ...], Field(min_length=1)]
    """Logical names, without the stack's prefix: `system-on-demand`, `cluster-control-plane`."""
    reason: Annotated[str, Field(min_length=20)]


@dataclass(frozen=True, kw_only=True)
class Scene:
    """The stack that is judged."""

    spec: StackSpec
    thresholds: Thresholds
    exceptions: tuple[Exempted, ...]
    stacks: tuple[StackSpec, ...]
    """All stacks of the environment, this one among them: pools are for the models of those above.
    """
    now: datetime
    """When it is judged; with a time zone."""
    allows_unresolved: bool
    """Whether what nobody has resolved yet is only said: a rehearsal, which has no registry."""

    @property
    def environment(self) -> Environment:
        """Environment of the stack."""
        return self.spec.environment

    @property
    def models(self) -> tuple[ModelSpec, ...]:
        """Models of all stacks of the environment."""
        return tuple(model for spec in self.stacks for model in spec.models)

    def pool(self, name: object) -> GpuPoolSpec | None:
        """Return the pool of that name of any stack of the environment."""
        pools = (pool for spec in self.stacks for pool in spec.gpu_pools)
        return next((pool for pool in pools if pool.name == name), None)

    def excepted(self, rule: str, name: str) -> bool:
        """Return whether a resource is left out of a rule."""
        short = name.removeprefix(f"{self.spec.platform_name}-").removeprefix(f"{self.spec.name}-")
        return any(
            short in exception.resources or name in exception.resources
            for exception in self.exceptions
            if exception.rule == rule
        )


def load_scene(
    stack: str,
    folder: Path = STACKS_FOLDER,
    *,
    allows_unresolved: bool,
    now: datetime | None = None,
) -> Scene:
    """Return the scene of a stack file, with the thresholds of its environment.

    Raises:
        SpecError: The file, or one of its environment, has mistakes; it carries all of them.
    """
    specs = load_environment(stack, folder)
    spec = next(spec for spec in specs if spec.name == stack)
    return Scene(
        spec=spec,
        stacks=tuple(specs),
        now=now or datetime.now(UTC),
        thresholds=thresholds()[spec.environment],
        exceptions=exceptions(),
        allows_unresolved=allows_unresolved,
    )


@lru_cache
def thresholds() -> Mapping[Environment, Thresholds]:
    """Return the thresholds of `thresholds.yaml` by environment.

    Raises:
        pydantic.ValidationError: the file has mistakes; it names all of them.
    """
    content = yaml.safe_load((_FOLDER / "thresholds.yaml").read_text(encoding="utf-8"))
    return {Environment(name): Thresholds.model_validate(one) for name, one in content.items()}


@lru_cache
def exceptions() -> tuple[Exempted, ...]:
    """Return the exceptions of `exceptions.yaml`.

    Raises:
        pydantic.ValidationError: the file has mistakes; it names all of them.
    """
    content = yaml.safe_load((_FOLDER / "exceptions.yaml").read_text(encoding="utf-8"))
    return tuple(Exempted.model_validate(one) for one in content or ())
