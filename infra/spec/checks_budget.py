"""The budget: a month that nobody would be told of, and receivers that nobody would write to."""

import re

from infra.spec.budget import MOST_RECEIVERS, BudgetSpec
from infra.spec.checks_observability import EMAIL_ADDRESS
from infra.spec.draft import Draft
from infra.spec.environment import Layer
from infra.spec.report import Report

_EMAIL = re.compile(EMAIL_ADDRESS)


def check_budget(budget: Draft[BudgetSpec], layers: tuple[Layer, ...], report: Report) -> None:
    """Check the receivers one by one, and that a budget in the cloud has some."""
    if not budget.good("receivers"):
        return
    _check_addresses(budget, report)
    if budget.good("monthlyUsd"):
        _check_somebody_is_told(budget, layers, report)


def _check_addresses(budget: Draft[BudgetSpec], report: Report) -> None:
    receivers = budget.spec.receivers
    for index, address in enumerate(receivers):
        if address in receivers[:index]:
            problem = "is there twice"
        elif not _EMAIL.fullmatch(address):
            problem = "is not an e-mail address"
        else:
            continue
        report.add(
            (*budget.at("receivers"), index),
            problem,
            address,
            allowed="addresses, each once",
            next_step="write for example finance@example.com",
        )
    if len(receivers) > MOST_RECEIVERS:
        report.add(
            budget.at("receivers"),
            "are too many",
            len(receivers),
            allowed=f"at most {MOST_RECEIVERS}, as a budget of Google Cloud",
            next_step="write the address of a mailing list",
        )


def _check_somebody_is_told(
    budget: Draft[BudgetSpec], layers: tuple[Layer, ...], report: Report
) -> None:
    spec, has_foundation = budget.spec, Layer.FOUNDATION in layers
    if spec.monthly_usd is not None and has_foundation and not spec.receivers:
        report.add(
            budget.at("receivers"),
            "is not there: the cloud would watch budget.monthlyUsd, and nobody would be told",
            None,
            allowed=f"one to {MOST_RECEIVERS} e-mail addresses",
            next_step="write for example receivers: [finance@example.com]",
        )
    if spec.receivers and (spec.monthly_usd is None or not has_foundation):
        why = "without monthlyUsd" if spec.monthly_usd is None else "by a stack with no foundation"
        report.add(
            budget.at("receivers"),
            f"are told of nothing: {why} there is no budget in the cloud",
            list(spec.receivers),
            allowed="receivers where monthlyUsd and the layer foundation are",
            next_step="remove them, or write monthlyUsd in the stack of the foundation",
        )
