"""What nodes cost now, from our own list prices, and when that is more than the budget.

Owns the series of prices and of spend. A price that the catalogue does not have is no series: its
nodes are counted apart, never as free.
"""

from components import labels
from components.observability.rules.recording import NODES
from components.observability.rules.rule import AlertRule, RecordingRule, Severity
from components.observability.thresholds import Thresholds
from infra.catalog.prices import price_in
from infra.spec.stack import StackSpec

PRICE = "tokenworks_node_usd_per_hour"
"""Labels `instance_type` and `capacity_type`, one of the words of `labels.CAPACITY`."""
SPEND = "tokenworks:cluster_usd_per_hour:sum"
TOTAL = "tokenworks:cluster_usd_per_hour:total"
BUDGET = "tokenworks_budget_usd_per_month"
"""What the stack file allows; no series where it allows anything."""
UNPRICED = "tokenworks:nodes_without_price:count"
_HOURS_A_MONTH = 730
_BOUGHT = (labels.ON_DEMAND, labels.SPOT)


def price_recordings(spec: StackSpec) -> tuple[RecordingRule, ...]:
    """Return what each node of the stack costs an hour, and what all together do."""
    keys = "instance_type, capacity_type"
    return (
        *(
            RecordingRule(PRICE, f"vector({usd})", {"instance_type": machine, "capacity_type": how})
            for machine in _machines(spec)
            for how in _BOUGHT
            if (usd := _usd_per_hour(spec, machine, how)) is not None
        ),
        RecordingRule(
            SPEND,
            f"sum by (pool, {keys}) ({NODES} * on ({keys}) group_left () {PRICE})",
        ),
        # One series that never ends: the average over hours counts the time before a node came.
        RecordingRule(TOTAL, f"sum({SPEND})"),
        *_budget(spec),
        RecordingRule(UNPRICED, f"count by (pool, {keys}) ({NODES} unless on ({keys}) {PRICE})"),
    )


def _budget(spec: StackSpec) -> tuple[RecordingRule, ...]:
    budget = spec.budget.monthly_usd
    return () if budget is None else (RecordingRule(BUDGET, f"vector({budget:.10g})"),)


def cost_alerts(spec: StackSpec, thresholds: Thresholds) -> tuple[AlertRule, ...]:
    """Return the alert on the budget of the month, where the stack has one."""
    budget = spec.budget.monthly_usd
    if budget is None:
        return ()
    over, hours = thresholds.budget_over_percent, spec.working_hours.are_kept
    window, brief, said = ("1w", "week", "week") if hours else ("6h", "6 h", "6 hours")
    rate = f"avg_over_time({TOTAL}[{window}]) * {_HOURS_A_MONTH}"
    # Of a week that has not passed the nights are missing.
    a_week = f" and on () ({TOTAL} offset 6d)" if hours else ""
    return (
        AlertRule(
            "BudgetBurn",
            f"{rate} > on () {1 + over / 100:g} * {BUDGET}{a_week}",
            for_seconds=3600,
            severity=Severity.TICKET,
            summary="Nodes cost more than the budget",
            description=f"At the rate of the last {said} a month costs {{{{ $value | humanize }}}} "
            f"USD in nodes alone; the budget is {budget:g} USD.",
            when=f"a month of nodes at the rate of the last {brief} costs {over} % more than "
            "budget.monthlyUsd",
        ),
    )


def _machines(spec: StackSpec) -> list[str]:
    pools = [
        name for pool in spec.gpu_pools for name in (pool.machine_type, *pool.spot_machine_types)
    ]
    return sorted({spec.cluster.system_nodes.machine_type, *pools})


def _usd_per_hour(spec: StackSpec, machine: str, how: str) -> float | None:
    return price_in(spec.cloud.provider.value, spec.cloud.region, machine).usd_per_hour(how)
