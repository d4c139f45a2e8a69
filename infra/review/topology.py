"""A platform as boxes: network, cluster, pools with their nodes, and what runs on them.

Owns the reading of specs into what a report draws. Does not draw, and does not know where a
scheduler puts a pod: a model stands on its pool.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from infra.spec.pools import GpuPoolSpec, NodeRange
from infra.spec.stack import StackSpec

MOST_SQUARES = 12
"""Squares of one kind that a report draws; the rest is a number."""


@dataclass(frozen=True, kw_only=True)
class Nodes:
    """The nodes of one way to buy them."""

    kind: str
    least: int
    most: int

    @property
    def squares(self) -> tuple[bool, ...]:
        """One for each node that is drawn; true for those that are always there."""
        return tuple(index < self.least for index in range(min(self.most, MOST_SQUARES)))

    @property
    def more(self) -> int:
        """Nodes that are not drawn."""
        return max(0, self.most - MOST_SQUARES)


@dataclass(frozen=True, kw_only=True)
class Pods:
    """The servers of one model."""

    model: str
    servers: str
    gpus: int
    """GPUs of one server."""
    note: str = ""
    """What is seen of them, in a rehearsal."""


@dataclass(frozen=True, kw_only=True)
class Pool:
    """One pool of GPU nodes."""

    name: str
    gpu: str
    gpus_per_node: int
    machine: str
    nodes: tuple[Nodes, ...]
    pods: tuple[Pods, ...]
    change: str = ""
    """What happens to it."""

    @property
    def most_gpus(self) -> int:
        """GPUs with every node there."""
        return self.gpus_per_node * sum(one.most for one in self.nodes)


@dataclass(frozen=True, kw_only=True)
class Platform:
    """One cluster with everything on it."""

    name: str
    cloud: str
    region: str
    zones: str
    version: str
    pools: tuple[Pool, ...]
    stacks: tuple[str, ...] = field(default=())


def platforms(
    specs: Sequence[StackSpec],
    pool_changes: Mapping[tuple[str, str], str],
    notes: Mapping[str, str],
) -> tuple[Platform, ...]:
    """Return the platforms of specs, each once with the models of all its stacks.

    Args:
        specs: stacks, in any order.
        pool_changes: platform and pool to what happens to it.
        notes: model to what is seen of it.
    """
    grouped: dict[str, list[StackSpec]] = {}
    for spec in specs:
        grouped.setdefault(spec.platform_name, []).append(spec)
    return tuple(_platform(name, group, pool_changes, notes) for name, group in grouped.items())


def _platform(
    name: str,
    specs: Sequence[StackSpec],
    pool_changes: Mapping[tuple[str, str], str],
    notes: Mapping[str, str],
) -> Platform:
    ground = specs[0]
    return Platform(
        name=name,
        cloud="AWS" if ground.cloud.provider == "aws" else "Google Cloud",
        region=ground.cloud.region,
        zones=str(ground.cloud.zones),
        version=str(ground.cluster.kubernetes_version),
        pools=tuple(
            _pool(pool, specs, pool_changes.get((name, pool.name), ""), notes)
            for pool in ground.gpu_pools
        ),
        stacks=tuple(spec.name for spec in specs),
    )


def _pool(
    pool: GpuPoolSpec, specs: Iterable[StackSpec], change: str, notes: Mapping[str, str]
) -> Pool:
    kinds: Mapping[str, NodeRange | None] = {
        "on demand": pool.on_demand,
        "spot": pool.spot,
        "flex-start": pool.flex_start,
    }
    return Pool(
        name=pool.name,
        gpu=pool.gpu,
        gpus_per_node=pool.gpus_per_node,
        machine=pool.machine_type,
        nodes=tuple(
            Nodes(kind=kind, least=one.min, most=one.max) for kind, one in kinds.items() if one
        ),
        pods=tuple(
            Pods(
                model=model.name,
                servers=_range(model.replicas.min, model.replicas.max),
                gpus=model.tensor_parallel,
                note=notes.get(model.name, ""),
            )
            for spec in specs
            for model in spec.models
            if model.pool == pool.name
        ),
        change=change,
    )


def _range(least: int, most: int) -> str:
    return str(least) if least == most else f"{least}-{most}"
