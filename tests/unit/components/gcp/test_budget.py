"""What Google Cloud watches of a platform's bill."""

from dataclasses import replace

import pulumi
import pytest

from components.gcp.account import NoBillingAccountError, ProjectRef
from components.gcp.budget import Budget
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.replies import blocks, dig, text
from tests.unit.components import examples_gcp as examples

TOLD = ("ada@example.com", "bob@example.com")


def _graph(usd: float = 1234.5, project: ProjectRef | None = None) -> Graph:
    return record_program(
        lambda: Budget(
            "bill",
            usd,
            TOLD,
            project=project or examples.project_ref(),
            platform=examples.PLATFORM,
            opts=examples.with_gcp(),
        ),
        stack="gcp-dev",
    )


def test_the_budget_is_the_paying_accounts_and_counts_what_bears_the_platforms_label() -> None:
    month = _graph().named("bill-month").inputs

    assert month["billingAccount"] == examples.PAYER
    amount = {"currencyCode": "USD", "units": "1234", "nanos": 500_000_000}
    assert dig(month, "amount.specifiedAmount") == amount
    assert dig(month, "budgetFilter.labels") == {"tokenworks-platform": examples.PLATFORM.name}
    assert dig(month, "budgetFilter.projects") == [f"projects/{examples.NUMBER}"]
    shares = [
        (text(one, "spendBasis"), dig(one, "thresholdPercent"))
        for one in blocks(month, "thresholdRules")
    ]
    assert shares == [
        ("CURRENT_SPEND", 0.5),
        ("CURRENT_SPEND", 0.8),
        ("CURRENT_SPEND", 1.0),
        ("FORECASTED_SPEND", 1.0),
    ]


def test_every_receiver_has_a_channel() -> None:
    graph = _graph()
    mails = [graph.named(f"bill-mail-{number}").inputs for number in (1, 2)]

    assert [dig(mail, "labels.email_address") for mail in mails] == [*TOLD]
    channels = dig(
        graph.named("bill-month").inputs, "allUpdatesRule.monitoringNotificationChannels"
    )
    assert isinstance(channels, list)
    assert len(channels) == len(TOLD)


def test_the_budgets_calls_count_against_the_project_whoever_makes_them() -> None:
    provider = _graph().named("bill-gcp").inputs

    assert provider["billingProject"] == examples.PROJECT
    assert provider["userProjectOverride"] in (True, "true")


def test_a_project_of_which_nobody_says_who_pays_gets_no_budget() -> None:
    unpaid = replace(examples.project_ref(), payer=pulumi.Output.from_input(""))

    with pytest.raises(NoBillingAccountError, match="must be known, got none"):
        _graph(project=unpaid)
