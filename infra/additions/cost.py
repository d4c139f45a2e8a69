"""What an environment costs more in a month with one more model, from dated list prices.

Owns which estimates are compared. A model adds Kubernetes objects, which cost nothing themselves,
and servers that want GPUs: the stacks with nodes are recorded once, and priced for both demands.
"""

import io
from collections.abc import Sequence
from contextlib import redirect_stderr
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from infra.cost.estimate import estimate_graph
from infra.cost.model import Estimate
from infra.cost.text import usd
from infra.extras import missing_packages
from infra.graph.record import record_stack
from infra.spec.environment import Layer
from infra.spec.stack import StackSpec
from policies.rules.budget import change_within_budget


@dataclass(frozen=True, kw_only=True)
class Bill:
    """One stack with nodes, before and after."""

    spec: StackSpec
    before: Estimate
    after: Estimate

    def words(self) -> list[str]:
        """Return what changes, and which caps of the budget are in its way."""
        old, new = self.before.total, self.after.total
        rise = new.expected - old.expected
        sign = "+" if rise >= 0 else ""
        said = (
            f"{sign}{usd(rise)} USD a month expected in {self.spec.name}: {usd(old.expected)}, "
            f"then {usd(new.expected)} ({usd(new.minimum)} to {usd(new.maximum)})"
        )
        lines = [said]
        if rise == 0:
            lines.append("its servers find room on nodes that are counted already")
        if self.after.unpriced:
            names = dict.fromkeys(line.item for line in self.after.unpriced)
            lines.append(f"not in it, for want of a price: {', '.join(names)}")
        return [*lines, *self._over()]

    def _over(self) -> list[str]:
        budget, found = self.spec.budget, []
        cap = budget.monthly_usd
        if cap is not None and self.after.total.expected > cap:
            found.append(
                f"over the budget of {self.spec.name}, monthlyUsd: {cap:g}; `pulumi up` refuses: "
                "raise it with whoever pays"
            )
        broken = change_within_budget(self.before, self.after, budget)
        if broken is not None:
            found.append(broken.message)
        return found


def cost_lines(found: "Sequence[Bill] | str") -> list[str]:
    """Return what is said of bills, or why there are none."""
    return [found] if isinstance(found, str) else [one for bill in found for one in bill.words()]


def bills(
    before: Sequence[StackSpec], after: Sequence[StackSpec], project: Path, day: date
) -> list[Bill] | str:
    """Return the bills of an environment's stacks that have nodes, or why there are none.

    Args:
        before: the stacks of the environment.
        after: the same, one of them with a model more.
        project: folder of `Pulumi.yaml`.
        day: the day that prices and versions are looked at from.
    """
    cloud = str(before[0].cloud.provider)
    if missing := missing_packages(cloud):
        return (
            f"not known here: {', '.join(missing)} is not installed; "
            f"`uv sync --inexact --extra {cloud}` brings it"
        )
    found = []
    for spec in before:
        if Layer.PLATFORM not in spec.layers and Layer.FOUNDATION not in spec.layers:
            continue
        with redirect_stderr(io.StringIO()):  # what is unresolved: `tokenworks estimate` says it
            graph = record_stack(spec.name, folder=project)
        found.append(
            Bill(
                spec=spec,
                before=estimate_graph(graph, before, day),
                after=estimate_graph(graph, after, day),
            )
        )
    return found
