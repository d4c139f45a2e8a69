"""How many nodes the models of an environment need: GPU requests, packed onto nodes.

Owns which node group runs what, and how many nodes that takes. Does not own what a node costs.
The packing is by GPUs alone; the scheduler also looks at CPU, memory and disk, which sizing and the
rehearsal hold against the nodes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from infra.cost.resources import CostResource, Known, NotKnownError, OtherFormError
from infra.spec.models import WeightsSource
from infra.spec.stack import StackSpec

GPU = "nvidia.com/gpu"
POOL = "tokenworks.dev/pool"
CAPACITY = "tokenworks.dev/capacity"
ON_DEMAND, SPOT, FLEX_START = "on-demand", "spot", "flex-start"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
_BYTES_PER_GB, _BYTES_PER_GIB = 10**9, 2**30


@dataclass(frozen=True, kw_only=True)
class Demand:
    """Servers of one kind that want GPUs of one pool."""

    name: str
    pool: str
    gpus_each: int
    servers: int
    on_demand_only: bool
    """Whether they must stand on on-demand nodes."""
    weights_gb: Decimal | None
    """Size of their weights; None when it is not known."""
    from_hub: bool
    """Whether they read their weights from outside of the cloud."""
    open_share: Decimal = Decimal(1)
    """Share of all hours in which they run, 0 to 1."""


@dataclass(frozen=True, kw_only=True)
class Supply:
    """A node group as the packing sees it."""

    urn: str
    pool: str
    capacity: str
    gpus_per_node: int
    minimum: int
    maximum: int


def of_stacks(stacks: Iterable[StackSpec]) -> tuple[Demand, ...]:
    """Return what the models of stacks want, from their settings."""
    found: list[Demand] = []
    for spec in stacks:
        capacities = {pool.name: pool for pool in spec.gpu_pools}
        for model in spec.models:
            pool = capacities.get(model.pool)
            mixed = pool is not None and pool.on_demand and (pool.spot or pool.flex_start)
            fixed = model.replicas.on_demand if mixed else 0
            for servers, on_demand_only in ((fixed, True), (model.replicas.min - fixed, False)):
                found.append(
                    Demand(
                        name=model.name,
                        pool=model.pool,
                        gpus_each=model.tensor_parallel,
                        servers=servers,
                        on_demand_only=on_demand_only,
                        weights_gb=_gb(model.weights_gib),
                        from_hub=model.weights is WeightsSource.HUB,
                        open_share=spec.working_hours.share,
                    )
                )
    return tuple(one for one in found if one.servers)


def of_resources(resources: Iterable[CostResource]) -> tuple[Demand, ...] | None:
    """Return what Deployments want; None when one of them is not known before the engine runs."""
    found: list[Demand] = []
    for item in resources:
        if item.type != DEPLOYMENT:
            continue
        try:
            demand = _of_deployment(item)
        except (NotKnownError, OtherFormError):
            return None
        if demand is not None and demand.servers:
            found.append(demand)
    return tuple(found)


def nodes(demands: Iterable[Demand], groups: Iterable[Supply]) -> Mapping[str, int]:
    """Return how many nodes each group runs: what the servers need, within its range.

    What must stand on demand is placed first. Everything else fills nodes that run anyway, then
    goes to spot, on demand, flex-start, in that order: the autoscaler takes spot before others.
    """
    wanted, result = list(demands), {}
    by_pool: dict[str, list[Supply]] = {}
    for group in groups:
        by_pool.setdefault(group.pool, []).append(group)
    for pool, members in by_pool.items():
        packed = [_Packed(group, [group.gpus_per_node] * group.minimum) for group in members]
        order = sorted(packed, key=lambda one: _ORDER.index(one.group.capacity))
        mine = sorted((one for one in wanted if one.pool == pool), key=lambda one: -one.gpus_each)
        for fixed in (True, False):
            for demand in mine:
                if demand.on_demand_only is fixed:
                    able = [p for p in order if not fixed or p.group.capacity == ON_DEMAND]
                    for _ in range(demand.servers):
                        _place(demand.gpus_each, able)
        result |= {one.group.urn: len(one.free) for one in packed}
    return result


_ORDER = (SPOT, ON_DEMAND, FLEX_START)


@dataclass
class _Packed:
    group: Supply
    free: list[int]
    """GPUs that are left on each node."""


def _place(gpus: int, able: Sequence[_Packed]) -> None:
    for packed in able:
        for index, free in enumerate(packed.free):
            if free >= gpus:
                packed.free[index] -= gpus
                return
    for packed in able:
        if len(packed.free) < packed.group.maximum and packed.group.gpus_per_node >= gpus:
            packed.free.append(packed.group.gpus_per_node - gpus)
            return


def _of_deployment(item: CostResource) -> Demand | None:
    selector = item.at("spec.template.spec.nodeSelector")
    pool = selector.get(POOL) if isinstance(selector, dict) else None
    gpus, names = 0, set[str]()
    for one in item.items("spec.template.spec.containers"):
        container = item.part("containers", one)
        limits = container.at("resources.limits")
        if isinstance(limits, dict) and GPU in limits:
            gpus += CostResource(
                urn=item.urn, type=item.type, name=item.name, properties={"gpus": limits[GPU]}
            ).whole("gpus")
        names |= {name for name in map(_name, container.items("env")) if name}
    if not gpus or not isinstance(pool, str):
        return None
    return Demand(
        name=item.name,
        pool=pool,
        gpus_each=gpus,
        servers=item.whole("spec.replicas", 1),
        on_demand_only=ON_DEMAND in _required_capacities(item),
        weights_gb=None,
        from_hub="WEIGHTS_URI" not in names,
    )


def _required_capacities(item: CostResource) -> frozenset[str]:
    required = "requiredDuringSchedulingIgnoredDuringExecution"
    path = f"spec.template.spec.affinity.nodeAffinity.{required}.nodeSelectorTerms"
    found: set[str] = set()
    for term in item.items(path):
        for rule in item.part(path, term).items("matchExpressions"):
            expression = item.part(path, rule)
            if expression.text("key", "") == CAPACITY and expression.text("operator") == "In":
                found |= set(expression.texts("values"))
    return frozenset(found)


def _name(variable: Known) -> str | None:
    name = variable.get("name") if isinstance(variable, dict) else None
    return name if isinstance(name, str) else None


def _gb(gib: float) -> Decimal:
    return (Decimal(str(gib)) * _BYTES_PER_GIB / _BYTES_PER_GB).quantize(Decimal("0.01"))
