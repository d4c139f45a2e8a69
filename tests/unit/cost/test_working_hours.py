"""Models that are closed at night, on the bill."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from infra.cost.demand import Demand
from infra.cost.estimate import estimate, estimate_graph
from infra.cost.model import Estimate, span
from infra.spec.stacks import load_environment
from tests.support.graphs import graph_of
from tests.unit.cost.bills import TODAY
from tests.unit.cost.test_estimate import a_group, only

A_WEEK = Decimal(55) / 168
"""08:00 to 19:00 on five days."""


def bill(share: Decimal, servers: int = 2, least: int = 0, most: int = 4) -> Estimate:
    group = a_group("ON_DEMAND", "g6.2xlarge", least=least, most=most)
    group = replace(group, properties={**group.properties, "labels": {"tokenworks.dev/pool": "l4"}})
    asked = Demand(
        name="m",
        pool="l4",
        gpus_each=1,
        servers=servers,
        on_demand_only=False,
        weights_gb=None,
        from_hub=False,
        open_share=share,
    )
    return estimate(
        [group],
        stack="test",
        cloud="aws",
        region="us-east-1",
        as_of=TODAY,
        pods=[asked],
    )


def test_what_models_need_is_paid_for_the_hours_in_which_they_run() -> None:
    line = only(bill(A_WEEK).lines, "g6.2xlarge")

    assert line.quantity_per_month is not None
    # Two nodes for 55 of 168 hours of a month of 730; most of the time there may be four.
    assert line.quantity_per_month == span(0, 2 * A_WEEK * 730, 4 * 730)
    assert line.gpus == span(0, 2, 4), "GPUs are counted by day"
    assert line.assumption == (
        "expected: nodes for the 2 GPUs that servers of the pool ask for, in 33% of all hours"
    )


def test_a_disk_goes_with_its_node() -> None:
    always, closed = bill(Decimal(1)), bill(Decimal("0.5"))

    def disks(found: Estimate) -> Decimal:
        line = only(found.lines, "boot disks")
        assert line.usd_per_month is not None
        return line.usd_per_month.expected

    assert disks(closed) * 2 == disks(always) > 0


@given(
    share=st.decimals(min_value=0, max_value=1, places=4),
    less=st.decimals(min_value=0, max_value=1, places=4),
    servers=st.integers(min_value=1, max_value=9),
    least=st.integers(min_value=0, max_value=3),
)
def test_fewer_hours_never_cost_more_and_touch_neither_end(
    share: Decimal, less: Decimal, servers: int, least: int
) -> None:
    few = bill(share * less, servers, least).total
    many = bill(share, servers, least).total
    always = bill(Decimal(1), servers, least).total

    assert few.expected <= many.expected <= always.expected
    assert few.minimum == many.minimum == always.minimum
    assert few.maximum == many.maximum == always.maximum


def test_staging_is_priced_with_its_hours() -> None:
    specs = load_environment("aws-staging")
    hours = specs[0].working_hours.model_copy(update={"hours": None})
    always = [spec.model_copy(update={"working_hours": hours}) for spec in specs]
    graph = graph_of("aws-staging")

    closed = estimate_graph(graph, specs, TODAY).total
    open_all_day = estimate_graph(graph, always, TODAY).total

    assert closed.expected * 2 < open_all_day.expected
    assert (closed.minimum, closed.maximum) == (open_all_day.minimum, open_all_day.maximum)
