"""What only Google Cloud bills, or bills in its own way."""

from decimal import Decimal

import pytest

from infra.cost.model import exactly
from tests.unit.cost.test_estimate import a, a_pool, of, only

BUCKET = "gcp:logging/projectBucketConfig:ProjectBucketConfig"


def test_flow_logs_are_billed_for_making_and_for_keeping_and_not_as_ordinary_logs() -> None:
    network = a("gcp:compute/subnetwork:Subnetwork", logConfig={"flowSampling": 0.5})

    found = of(network, cloud="gcp")

    assert {line.item: line.usd_per_unit for line in found.lines} == {
        "flow logs made": exactly(Decimal("0.25")),
        "flow logs taken in": exactly(Decimal("0.25")),
    }


def test_a_subnetwork_without_flow_logs_costs_nothing() -> None:
    assert of(a("gcp:compute/subnetwork:Subnetwork"), cloud="gcp").lines == ()


@pytest.mark.parametrize(("days", "gb_months"), [(30, None), (31, "0.33"), (365, "111.67")])
def test_logs_cost_more_for_what_is_kept_beyond_thirty_days(
    days: int, gb_months: str | None
) -> None:
    lines = of(a(BUCKET, retentionDays=days), cloud="gcp").lines
    kept = [line for line in lines if line.item.startswith("logs kept")]

    if gb_months is None:
        assert kept == []
    else:
        assert kept[0].quantity_per_month == exactly(Decimal(gb_months))
        assert kept[0].usd_per_unit == exactly(Decimal("0.01"))


def test_what_sustained_use_takes_off_is_said_and_not_deducted() -> None:
    machines = only(of(a_pool("n2-standard-4"), cloud="gcp").lines, "n2-standard-4")

    assert "sustained use, 20 % of a whole month, is not deducted" in machines.assumption
    assert machines.usd_per_unit == exactly(Decimal("0.194236"))


@pytest.mark.parametrize(
    ("machine_type", "config"),
    [("e2-standard-4", {}), ("g2-standard-8", {}), ("n2-standard-4", {"spot": True})],
)
def test_machines_that_have_no_sustained_use_say_nothing_of_it(
    machine_type: str, config: dict[str, bool]
) -> None:
    machines = of(a_pool(machine_type, **config), cloud="gcp").lines[0]

    assert "sustained use" not in machines.assumption


def test_an_alert_policy_has_no_price_that_a_source_gives() -> None:
    (line,) = of(a("gcp:monitoring/alertPolicy:AlertPolicy"), cloud="gcp").lines

    assert line.usd_per_month is None
    assert (line.quantity_per_month, line.unit) == (exactly(1), "condition-month")
