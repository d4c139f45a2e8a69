"""How many servers of a model run where, and how they are replaced. Pure.

Owns the sets of servers, one Deployment each, how long each has to drain, and whether a set may
start a new server before it stops an old one. Does not own the objects (`model_server`), nor when
nodes come (the autoscaler).
Why two sets: a Deployment has one kind of pod. The servers that must outlive a reclaim of spot
nodes stand on on-demand nodes only, and drain as long as the model says; the others take what is
there, spot first, and must be done within the notice of a reclaim.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from components import labels
from components.serving import vllm
from infra.catalog.notice import SPOT_SECONDS
from infra.spec.cloud import CloudProvider
from infra.spec.models import ModelSpec
from infra.spec.pools import GpuPoolSpec


class Nodes(StrEnum):
    """Which nodes of its pool a server may stand on; the value of the label of its set."""

    ANY = "any"
    ON_DEMAND = "on-demand"


@dataclass(frozen=True)
class ServerSet:
    """Servers of one model that are replaced together."""

    nodes: Nodes
    """Where they may stand."""
    replicas: int
    """How many."""
    prefers: tuple[str, ...]
    """How the nodes are bought that they rather stand on: they leave on-demand nodes to those that
    need them. Values of `labels.CAPACITY`."""
    drain_seconds: int
    """How long each finishes requests in flight before it stops."""
    surges: bool
    """Whether a new server starts before an old one stops. False where it might wait for ever for
    the GPU that the old one holds."""


def server_sets(
    model: ModelSpec, pool: GpuPoolSpec, on_pool: Sequence[ModelSpec], cloud: CloudProvider
) -> tuple[ServerSet, ...]:
    """Return the sets of a model's servers.

    Args:
        model: the model.
        pool: its pool.
        on_pool: every model on that pool, this one among them.
        cloud: the cloud, which says how long before a spot node goes away.
    """
    floor = model.replicas.on_demand if pool.buys_both_ways else 0
    sets = []
    if floor:
        surges = has_spare(model, pool, pool.most_on_demand, on_pool)
        drain = vllm.drain_seconds(model, None)
        sets.append(
            ServerSet(Nodes.ON_DEMAND, floor, prefers=(), surges=surges, drain_seconds=drain)
        )
    rest = model.replicas.min - floor
    if rest or not floor:
        surges = has_spare(model, pool, pool.most_nodes, on_pool)
        drain = vllm.drain_seconds(model, SPOT_SECONDS[cloud] if pool.most_spot else None)
        sets.append(
            ServerSet(
                Nodes.ANY,
                rest,
                prefers=_preferred(pool),
                surges=surges,
                drain_seconds=drain,
            )
        )
    return tuple(sets)


def has_spare(
    model: ModelSpec, pool: GpuPoolSpec, nodes: int, on_pool: Sequence[ModelSpec]
) -> bool:
    """Say whether one more server of `model` certainly fits on one of `nodes` nodes.

    However the scheduler has placed the others: a node has room unless its servers hold at least
    `blocking_gpus`, so fewer GPUs in use than that on each node leave a node with room. One server
    more of every other set is counted: a new engine replaces the servers of all models at once.
    Servers of other stacks on the same pool are not known here.
    """
    used = sum(other.replicas.max * other.tensor_parallel for other in on_pool)
    surging = sum(other.tensor_parallel * _sets_of(other, pool) for other in on_pool)
    sizes = {other.tensor_parallel for other in on_pool}
    blocking = blocking_gpus(model.tensor_parallel, pool.gpus_per_node, sizes)
    return used + surging - model.tensor_parallel < nodes * blocking


def blocking_gpus(size: int, gpus_per_node: int, sizes: set[int]) -> int:
    """Return the least GPUs in use on one node that leave no room for a server of `size`.

    Args:
        size: GPUs of the server.
        gpus_per_node: GPUs of a node; 0 is the answer when `size` is more than that.
        sizes: GPUs of each kind of server that stands there, `size` among them.
    """
    in_use = {0}
    for _ in range(gpus_per_node):
        in_use |= {used + more for used in in_use for more in sizes if used + more <= gpus_per_node}
    return min(used for used in in_use if gpus_per_node - used < size)


def _preferred(pool: GpuPoolSpec) -> tuple[str, ...]:
    """Return the ways of buying whose nodes a server takes before an on-demand node."""
    if not pool.buys_both_ways:
        return ()
    most = {labels.SPOT: pool.most_spot, labels.FLEX_START: pool.most_flex_start}
    return tuple(how for how, nodes in most.items() if nodes)


def _sets_of(model: ModelSpec, pool: GpuPoolSpec) -> int:
    """Return how many sets of a model there are, at most."""
    return 2 if model.replicas.on_demand and pool.buys_both_ways else 1
