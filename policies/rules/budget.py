"""The budget of a stack: the month, the hour, what has no price, and what a change adds.

The caps are the stack file's own, section `budget`. What is not known before the update, or has no
price, is never counted as nothing: a cap that cannot be held against the whole bill fails.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from infra.cost.model import Estimate, Line
from infra.spec.budget import BudgetSpec, OnUnknown
from policies.bill import bill
from policies.rule import Family, Finding, Level, StackRule, Subject, Violation
from policies.scene import Scene

_SHOWN = 5
_CHANGE = "change-within-budget"


def _month(subjects: Sequence[Subject], scene: Scene) -> Iterator[Finding]:
    cap = scene.spec.budget.monthly_usd
    if cap is None:
        return
    estimate = bill(subjects, scene)
    yield from _uncountable(estimate, "monthlyUsd")
    if estimate.total.expected > Decimal(str(cap)):
        yield Violation(
            f"the expected month costs {_usd(estimate.total.expected)}, the budget of "
            f"{scene.spec.name} is {_usd(Decimal(str(cap)))}. Dearest: {_dearest(estimate)}. Lower "
            "those, or raise budget.monthlyUsd with whoever pays."
        )


def _hour(subjects: Sequence[Subject], scene: Scene) -> Iterator[Finding]:
    cap = scene.spec.budget.hourly_usd
    if cap is None:
        return
    estimate = bill(subjects, scene)
    yield from _uncountable(estimate, "hourlyUsd")
    if estimate.usd_per_hour_at_most > Decimal(str(cap)):
        yield Violation(
            f"with every pool at its maximum an hour costs {_usd(estimate.usd_per_hour_at_most)}, "
            f"the budget of {scene.spec.name} is {_usd(Decimal(str(cap)))}. Lower the `max` of a "
            "pool, or raise budget.hourlyUsd with whoever pays."
        )


def _uncountable(estimate: Estimate, cap: str) -> Iterator[Finding]:
    """A cap cannot be held against what nobody can read, whatever `onUnknown` says."""
    unknown = [line for line in estimate.unpriced if line.unread]
    if unknown:
        yield Violation(
            f"budget.{cap} cannot be held: {_named(unknown)}. Write these values into the program "
            "instead of computing them from other resources."
        )


def _priced(subjects: Sequence[Subject], scene: Scene) -> Iterator[Finding]:
    if scene.spec.budget.on_unknown is OnUnknown.FAIL:
        yield from _without_price(subjects, scene)


def _named_at_least(subjects: Sequence[Subject], scene: Scene) -> Iterator[Finding]:
    if scene.spec.budget.on_unknown is OnUnknown.WARN:
        yield from _without_price(subjects, scene)


def _without_price(subjects: Sequence[Subject], scene: Scene) -> Iterator[Finding]:
    found = bill(subjects, scene).unpriced
    if found:
        yield Violation(
            f"costs money and has no known price: {_named(found)}. Add the price with its source "
            "to infra/catalog, or accept it: budget.onUnknown: warn."
        )


def change_within_budget(before: Estimate, after: Estimate, budget: BudgetSpec) -> Violation | None:
    """Return the violation when a change raises the expected month by more than the budget takes.

    Not a rule of the pack: a policy never sees what a stack was before. The review of a change is
    the place where both are known.
    """
    if budget.change_usd is None:
        return None
    rise = after.total.expected - before.total.expected
    if rise <= Decimal(str(budget.change_usd)):
        return None
    return Violation(
        f"{_CHANGE}: the expected month rises by {_usd(rise)}, the budget takes "
        f"{_usd(Decimal(str(budget.change_usd)))} in one change. Split it, or raise "
        "budget.changeUsd with whoever pays."
    )


def _named(lines: Sequence[Line]) -> str:
    shown = "; ".join(f"{line.resource}: {line.assumption}" for line in lines[:_SHOWN])
    more = len(lines) - _SHOWN
    return f"{shown}; and {more} more" if more > 0 else shown


def _dearest(estimate: Estimate) -> str:
    priced = [(line.usd_per_month.expected, line) for line in estimate.lines if line.usd_per_month]
    top = sorted(priced, key=lambda pair: pair[0], reverse=True)[:3]
    return ", ".join(f"{line.resource} {_usd(usd)}" for usd, line in top)


def _usd(amount: Decimal) -> str:
    return f"{amount:,.2f} USD"


RULES = (
    StackRule(
        name="month-within-budget",
        family=Family.COST,
        level=Level.MANDATORY,
        why="`budget.monthlyUsd` of the stack file caps the expected month, at list prices.",
        check=_month,
    ),
    StackRule(
        name="hour-within-budget",
        family=Family.COST,
        level=Level.MANDATORY,
        why="`budget.hourlyUsd` caps the dearest hour: every pool scaled out, spot at its highest.",
        check=_hour,
    ),
    StackRule(
        name="everything-has-a-price",
        family=Family.COST,
        level=Level.MANDATORY,
        why="What nobody can price is not bought unseen, unless the stack says `onUnknown: warn`.",
        check=_priced,
    ),
    StackRule(
        name="what-has-no-price-is-named",
        family=Family.COST,
        level=Level.ADVISORY,
        why="A sum without what has no price looks like the whole bill.",
        check=_named_at_least,
    ),
)
