"""Which pool of a stack a new model goes to: the cheapest on which it fits.

Owns the order of pools. Whether a model fits is the loader's verdict, pool by pool; what a node
costs is the catalogue's.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from infra.catalog.machines import machine
from infra.catalog.prices import price_in
from infra.spec.mistakes import Mistake, SpecError
from infra.spec.models import ModelSpec
from infra.spec.pools import GpuPoolSpec
from infra.spec.stack import StackSpec

RANKS = (1, 2, 4, 8, 16)
"""GPUs of one server, all in one node: heads of attention divide by these."""


@dataclass(frozen=True, kw_only=True)
class Option:
    """A pool on which a model fits, with as few GPUs as it takes there."""

    pool: GpuPoolSpec
    spec: StackSpec
    """The stack with the model on that pool."""
    usd_per_hour: float | None
    """One server's share of a node, in the cheapest way that the pool buys. None: not known."""
    buying: str
    """That way, `spot`; empty where no price is known."""
    free_gpus: int
    """GPUs of the pool at its maximum that no model asks for, this one counted."""

    @property
    def model(self) -> ModelSpec:
        """The new model: the last of the stack."""
        return self.spec.models[-1]

    @property
    def order(self) -> tuple[bool, bool, float, int]:
        """What is taken first: room, a known price, a low one, few GPUs."""
        unknown = self.usd_per_hour is None
        return self.free_gpus < 0, unknown, self.usd_per_hour or 0.0, self.model.tensor_parallel


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What fits and what does not."""

    options: tuple[Option, ...]
    """The best one first."""
    refused: Mapping[str, SpecError]
    """Pools on which it does not fit, and why not with as many GPUs as a node has."""


def choose(
    pools: Sequence[GpuPoolSpec],
    taken: Mapping[str, int],
    gpus: int | None,
    load: Callable[[str, int], StackSpec],
) -> Choice:
    """Return every pool on which a model fits, the cheapest first.

    Args:
        pools: the pools that come into question.
        taken: GPUs that other models ask for, by pool.
        gpus: GPUs of one server, or None for the fewest that do.
        load: loads the stack with the model on a pool with so many GPUs; raises `SpecError`.
    """
    options, refused = [], {}
    for pool in pools:
        if gpus and gpus > pool.gpus_per_node:
            refused[pool.name] = _too_many(pool, gpus)
            continue
        for count in [gpus] if gpus else _ranks(pool):
            try:
                options.append(_option(pool, load(pool.name, count), taken.get(pool.name, 0)))
                refused.pop(pool.name, None)
                break
            except SpecError as error:
                refused[pool.name] = error
    return Choice(options=tuple(sorted(options, key=lambda one: one.order)), refused=refused)


def _too_many(pool: GpuPoolSpec, gpus: int) -> SpecError:
    mistake = Mistake(
        setting="--tensor-parallel",
        problem=f"is more than a node of pool {pool.name} has",
        got=str(gpus),
        allowed=f"1 to {pool.gpus_per_node}, gpusPerNode of the pool",
        next_step="write fewer, or leave it out: the fewest that do are taken",
    )
    return SpecError(pool.name, [mistake])


def _ranks(pool: GpuPoolSpec) -> list[int]:
    return [count for count in RANKS if count <= pool.gpus_per_node]


def _option(pool: GpuPoolSpec, spec: StackSpec, taken: int) -> Option:
    model = spec.models[-1]
    usd, buying = _usd_per_hour(pool, model.tensor_parallel, spec)
    asked = taken + model.replicas.min * model.tensor_parallel
    return Option(
        pool=pool,
        spec=spec,
        usd_per_hour=usd,
        buying=buying,
        free_gpus=pool.most_nodes * pool.gpus_per_node - asked,
    )


def _usd_per_hour(pool: GpuPoolSpec, gpus: int, spec: StackSpec) -> tuple[float | None, str]:
    node = machine(spec.cloud.provider, pool.machine_type)
    price = price_in(spec.cloud.provider, spec.cloud.region, pool.machine_type)
    ways = (("spot", pool.most_spot), ("on-demand", pool.most_on_demand))
    known = [
        (usd * gpus / node.gpu_count, way)
        for way, nodes in ways
        if nodes and (usd := price.usd_per_hour(way)) is not None
    ]
    return min(known, default=(None, ""))
