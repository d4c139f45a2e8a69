"""What AWS watches of a platform's bill."""

import json

from components.aws.budget import Budget
from components.budget_rules import anomaly_usd
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.replies import blocks, dig, text, texts
from tests.unit.components import examples

TOLD = ("ada@example.com", "bob@example.com")


def _graph() -> Graph:
    return record_program(
        lambda: Budget("bill", 1234.5, TOLD, platform=examples.PLATFORM, opts=examples.with_aws()),
        stack="aws-dev",
    )


def test_the_budget_counts_what_bears_the_platforms_tag_and_tells_everybody_of_each_share() -> None:
    month = _graph().named("bill-month").inputs

    assert (month["limitAmount"], month["limitUnit"]) == ("1234.50", "USD")
    assert dig(month, "costFilters.0.values") == [
        f"user:tokenworks.dev/platform${examples.PLATFORM.name}"
    ]
    told = [
        (text(one, "notificationType"), dig(one, "threshold"))
        for one in blocks(month, "notifications")
    ]
    assert told == [("ACTUAL", 50), ("ACTUAL", 80), ("ACTUAL", 100), ("FORECASTED", 100)]
    for one in blocks(month, "notifications"):
        assert tuple(texts(one, "subscriberEmailAddresses")) == TOLD


def test_unusual_days_of_the_same_tag_are_mailed_from_a_twentieth_of_the_month_on() -> None:
    graph = _graph()
    watched = json.loads(text(graph.named("bill-days").inputs, "monitorSpecification"))
    mail = graph.named("bill-days-mail").inputs

    tag = {"Key": "user:tokenworks.dev/platform", "Values": [examples.PLATFORM.name]}
    assert watched == {"Tags": tag}
    assert [text(one, "address") for one in blocks(mail, "subscribers")] == [*TOLD]
    assert dig(mail, "thresholdExpression.dimension.values") == ["62"]


def test_the_least_that_a_day_may_deviate_is_a_dollar() -> None:
    assert (anomaly_usd(1), anomaly_usd(1000)) == (1, 50)
