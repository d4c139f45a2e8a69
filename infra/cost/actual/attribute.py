"""Whose each dollar is: by pool, model and tenant. What is nobody's has a reason, and still counts.

Money is `Decimal` US dollars of the window. Every row's amounts are exact; text rounds.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from infra.cost.actual.opencost import Allocation, Node
from infra.cost.actual.tokens import Tokens
from infra.cost.demand import FLEX_START, ON_DEMAND, SPOT
from infra.cost.groups import group_of
from infra.cost.model import HOURS_PER_MONTH, Estimate, Span, total

MILLION = Decimal(1_000_000)
_BOUGHT = tuple(f"-{how}" for how in (ON_DEMAND, SPOT, FLEX_START))
"""What the name of a group of nodes has after its pool's."""


class Reason(StrEnum):
    """Why a dollar is nobody's."""

    UNKNOWN_COST = "OpenCost knows no cost"
    UNKNOWN_NODE = "ran on a node that OpenCost does not list"
    SHARED_GPU = "a GPU that several pods share: OpenCost counts what each asks for"
    IDLE = "idle: paid, and given to no pod"
    UNALLOCATED = "OpenCost itself allocates it to nobody"
    PLATFORM = "pods of the platform, of no model"
    NO_TOKENS = "a model of which no tokens were counted"
    NO_TENANT = "tokens without a tenant's name"


@dataclass(frozen=True)
class PoolCost:
    """A pool, estimated and actual."""

    pool: str
    estimate: Span | None
    """Of the window; None where the estimate has no such pool, or no price of it."""
    actual: Decimal | None
    """None: OpenCost lists no node of it, or knows the cost of none."""
    unknown_nodes: int = 0
    """Nodes of it whose cost OpenCost does not know: then `actual` is at least so much."""


@dataclass(frozen=True)
class ModelCost:
    """A model."""

    model: str
    usd: Decimal
    tokens: Decimal | None
    """None: none were counted."""

    @property
    def usd_per_million(self) -> Decimal | None:
        """US dollars for a million tokens; None where none were counted."""
        return self.usd / self.tokens * MILLION if self.tokens else None


@dataclass(frozen=True)
class TenantCost:
    """What one tenant used of one model."""

    tenant: str
    model: str
    tokens: Decimal
    usd: Decimal | None
    """None: tokens were counted of a model that OpenCost lists no pod of."""


@dataclass(frozen=True)
class Actual:
    """What a window cost."""

    days: int
    pools: tuple[PoolCost, ...]
    models: tuple[ModelCost, ...]
    tenants: tuple[TenantCost, ...]
    unattributed: Mapping[Reason, Decimal]
    """To no model; what is of a model and of no tenant is in it, too."""
    unknown: Mapping[Reason, tuple[str, ...]]
    """What has no number at all, by name."""
    nodes_usd: Decimal
    """All nodes of which a cost is known."""
    allocated_usd: Decimal
    """All allocations of which a cost is known."""


def attribute(  # noqa: PLR0913  what was measured, and what it is held against
    given: Sequence[Allocation],
    had: Sequence[Node],
    counted: Tokens,
    *,
    days: int,
    estimate: Estimate | None = None,
    names: Mapping[str, str] | None = None,
) -> Actual:
    """Return whose the cost of a window is.

    Args:
        given: what pods were given.
        had: nodes.
        counted: tokens by model and tenant.
        days: length of the window.
        estimate: of the stack, for a month.
        names: value of the label of a model to its name, where they differ.
    """
    money = _Money(names or {}, frozenset(node.name for node in had))
    for one in given:
        money.take(one)
    nobody = money.nobody
    models = tuple(_models(money.models, counted))
    tenants = tuple(_tenants(models, counted, nobody))
    unknown = {reason: tuple(sorted(found)) for reason, found in money.unknown.items()}
    return Actual(
        days=days,
        pools=tuple(_pools(had, estimate, days)),
        models=models,
        tenants=tenants,
        unattributed={reason: nobody[reason] for reason in Reason if nobody.get(reason)},
        unknown=unknown,
        nodes_usd=_known(node.usd for node in had),
        allocated_usd=_known(one.usd for one in given),
    )


@dataclass
class _Money:
    """Allocations, one after the other."""

    names: Mapping[str, str]
    nodes: frozenset[str]
    models: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    nobody: dict[Reason, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    unknown: dict[Reason, set[str]] = field(default_factory=lambda: defaultdict(set))

    def take(self, one: Allocation) -> None:
        """Give an allocation to a model, or to a reason."""
        if one.usd is None:
            self.unknown[Reason.UNKNOWN_COST].add(one.name)
            return
        if one.kind:
            self.nobody[Reason.IDLE if one.kind == "idle" else Reason.UNALLOCATED] += one.usd
            return
        if one.node not in self.nodes:
            self.nobody[Reason.UNKNOWN_NODE] += one.usd
            return
        rest = one.usd
        if one.shares_gpu:
            if one.gpu_usd is None:
                self.unknown[Reason.SHARED_GPU].add(one.name)
                self.nobody[Reason.SHARED_GPU] += one.usd
                return
            self.nobody[Reason.SHARED_GPU] += one.gpu_usd
            rest -= one.gpu_usd
        if one.model:
            self.models[self.names.get(one.model, one.model)] += rest
        else:
            self.nobody[Reason.PLATFORM] += rest


def _models(usd: Mapping[str, Decimal], counted: Tokens) -> Iterable[ModelCost]:
    by_model: dict[str, Decimal] = defaultdict(Decimal)
    for (model, _tenant), count in counted.items():
        by_model[model] += count
    for model in sorted(usd):
        yield ModelCost(model, usd[model], by_model.get(model))


def _tenants(
    models: Sequence[ModelCost], counted: Tokens, nobody: dict[Reason, Decimal]
) -> Iterable[TenantCost]:
    """Share each model's cost out by tokens; what has none, or no name, is nobody's."""
    costs = {one.model: one for one in models}
    for one in models:
        if not one.tokens:
            nobody[Reason.NO_TOKENS] += one.usd
    for (model, tenant), count in sorted(counted.items()):
        cost = costs.get(model)
        share = cost.usd * count / cost.tokens if cost and cost.tokens else None
        if not tenant and share is not None:
            nobody[Reason.NO_TENANT] += share
        yield TenantCost(tenant, model, count, share)


def _pools(had: Sequence[Node], estimate: Estimate | None, days: int) -> Iterable[PoolCost]:
    actual: dict[str, Decimal] = {}
    without: dict[str, int] = defaultdict(int)
    for node in had:
        if node.usd is None:
            without[node.pool] += 1
        else:
            actual[node.pool] = actual.get(node.pool, Decimal(0)) + node.usd
    expected = _estimated(estimate, days) if estimate else {}
    for pool in sorted({*actual, *without, *expected}):
        yield PoolCost(pool, expected.get(pool), actual.get(pool), without.get(pool, 0))


def _estimated(estimate: Estimate, days: int) -> dict[str, Span | None]:
    """Return the nodes of each pool for a window; None where one of its prices is not known."""
    window = Decimal(days * 24) / HOURS_PER_MONTH
    found: dict[str, list[Span | None]] = defaultdict(list)
    for line in estimate.lines:
        if group_of(line) == "nodes":
            pool = line.resource
            for how in _BOUGHT:
                pool = pool.removesuffix(how)
            found[pool].append(line.usd_per_month)
    return {
        pool: total(span for span in spans if span is not None) * window
        if all(span is not None for span in spans)
        else None
        for pool, spans in found.items()
    }


def _known(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((amount for amount in amounts if amount is not None), Decimal(0))
