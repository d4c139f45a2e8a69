"""The floor of a stack bought for a term: to the cent, and never cheaper than it is."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.catalog.commitments import Term, commitment_rate
from infra.catalog.prices import price_in
from infra.cost.age import MACHINE, limit_of
from infra.cost.as_json import as_json
from infra.cost.commitment import Commitment, commit
from infra.cost.model import Estimate, Span, total
from infra.cost.text import text
from tests.unit.cost.bills import NAMES, bill, estimated
from tests.unit.cost.test_estimate import a_group, a_pool, of

BILLS = (("aws-zones", Term.ONE_YEAR), ("gcp-h100", Term.THREE_YEARS), ("gcp-ssd", Term.ONE_YEAR))
_CENT = Decimal("0.01")


def _committed(name: str, term: Term) -> Estimate:
    return commit(estimated(name), term)


def _bought(found: Estimate) -> Commitment:
    assert found.commitment is not None
    return found.commitment


def _cents(amount: Span) -> tuple[Decimal, ...]:
    return tuple(one.quantize(_CENT) for one in (amount.minimum, amount.expected, amount.maximum))


@pytest.mark.parametrize(("name", "term"), BILLS)
def test_a_committed_floor_is_the_bill_that_was_worked_by_hand(name: str, term: Term) -> None:
    machines = {
        (line.resource, line.item): line
        for line in _committed(name, term).lines
        if line.on_demand_machine
    }
    rows = {(row.resource, row.item): row for row in bill(f"committed/{name}-{term.value}")}

    assert machines.keys() == rows.keys()
    for key, row in rows.items():
        line = machines[key]
        assert (key, line.quantity_per_month) == (key, row.quantity)
        assert (key, line.usd_per_unit) == (key, row.usd_per_unit)
        assert (key, line.unit, line.source_date) == (key, row.unit, row.source_date)
        assert row.usd_per_unit is not None
        assert row.usd_per_month == row.quantity * row.usd_per_unit


@pytest.mark.parametrize(("name", "term"), BILLS)
def test_the_sum_is_the_bill_to_the_cent(name: str, term: Term) -> None:
    others = total(
        line.usd_per_month
        for line in estimated(name).lines
        if line.usd_per_month and not line.on_demand_machine
    )
    by_hand = total(
        row.usd_per_month
        for row in bill(f"committed/{name}-{term.value}")
        if row.usd_per_month is not None
    )

    assert _cents(_committed(name, term).total) == _cents(others + by_hand)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("term", Term)
def test_nothing_but_the_floor_on_demand_is_touched(name: str, term: Term) -> None:
    before = [line for line in estimated(name).lines if not line.on_demand_machine]
    after = [line for line in _committed(name, term).lines if not line.on_demand_machine]

    assert after == before
    assert _committed(name, term).gpus == estimated(name).gpus


def test_spot_is_never_committed() -> None:
    found = commit(of(a_group("SPOT", "g6.xlarge", least=1, most=2)), Term.ONE_YEAR)

    assert _bought(found).committed == ()
    assert _bought(found).without_rate == ()
    assert found.lines == of(a_group("SPOT", "g6.xlarge", least=1, most=2)).lines


@pytest.mark.parametrize(
    ("found", "term"),
    [
        (of(a_group("ON_DEMAND", "p5.48xlarge", least=1, most=2)), Term.ONE_YEAR),
        (of(a_group("ON_DEMAND", "g6.xlarge", least=1, most=2)), Term.THREE_YEARS),
        (of(a_pool("a2-ultragpu-1g"), cloud="gcp"), Term.ONE_YEAR),
        (of(a_group("ON_DEMAND", "g6.xlarge", least=1), region="eu-west-1"), Term.ONE_YEAR),
    ],
)
def test_a_machine_without_a_known_rate_stays_on_demand_and_is_named(
    found: Estimate, term: Term
) -> None:
    after = commit(found, term)

    assert after.lines == found.lines
    priced = [line for line in found.lines if line.on_demand_machine]
    assert _bought(after).without_rate == tuple(
        f"{line.resource}, {line.on_demand_machine}" for line in priced
    )


@given(
    least=st.integers(0, 50),
    more=st.integers(0, 50),
    machine=st.sampled_from(["g5.xlarge", "g6.48xlarge", "g6e.12xlarge", "p4d.24xlarge"]),
)
def test_a_commitment_saves_the_same_whatever_runs_beyond_it(
    least: int, more: int, machine: str
) -> None:
    before = of(a_group("ON_DEMAND", machine, least=least, most=least + more))
    after = commit(before, Term.ONE_YEAR)

    saved = _bought(after).saved_usd_per_month
    assert saved >= 0
    for end in ("minimum", "expected", "maximum"):
        assert getattr(before.total, end) - getattr(after.total, end) == saved
    assert after.gpus == before.gpus


@pytest.mark.parametrize(
    ("cloud", "region", "machines"),
    [
        ("aws", "us-east-1", ("g6.xlarge", "g6e.48xlarge", "p4de.24xlarge")),
        ("gcp", "us-central1", ("g2-standard-8", "g2-standard-96", "a3-highgpu-4g")),
        ("gcp", "us-central1", ("e2-standard-2", "n2-standard-4")),
    ],
)
def test_a_committed_hour_costs_less_than_one_on_demand_and_not_a_tenth(
    cloud: str, region: str, machines: tuple[str, ...]
) -> None:
    """A row of another size or in another unit would."""
    for machine in machines:
        rate = commitment_rate(cloud, region, machine, Term.ONE_YEAR)
        on_demand = price_in(cloud, region, machine).usd_per_hour("on-demand")
        assert rate is not None
        assert on_demand is not None
        hourly = float(rate.usd) / (730 if rate.unit == "month" else 1)
        assert 0.4 < hourly / on_demand < 0.8, machine


def test_the_text_says_what_is_owed_what_is_saved_and_from_when_it_is_worth_it() -> None:
    said = text(_committed("aws-zones", Term.ONE_YEAR))

    assert (
        "  1 x g6e.12xlarge (l40s-on-demand) for 1 year: 4,825.56 a month, saves 2,834.06; worth "
        "it where a node runs 63% of its hours"
    ) in said
    assert "  no rate for 1 year is known of system-on-demand, m7i.xlarge: on demand" in said
    assert "owed, used or not: 4,825.56 a month, 57,906.75 in 1 year" in said


def test_json_has_the_commitment_and_null_without_one() -> None:
    assert '"commitment": null' in as_json(estimated("aws-zones"))
    assert '"breaksEvenAt": "0.6300"' in as_json(_committed("aws-zones", Term.ONE_YEAR))


def test_a_committed_price_ages_as_that_of_a_machine() -> None:
    lines = _committed("aws-zones", Term.ONE_YEAR).lines
    (line,) = [line for line in lines if " committed for " in line.item]

    assert limit_of(line) is MACHINE
