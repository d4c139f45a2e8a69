"""The estimate comes to the bills that were worked by hand, to the cent."""

from decimal import Decimal

import pytest

from infra.cost.model import Span
from tests.unit.cost.bills import NAMES, bill, estimated

_CENT = Decimal("0.01")


def _cents(amount: Span) -> tuple[Decimal, ...]:
    return tuple(one.quantize(_CENT) for one in (amount.minimum, amount.expected, amount.maximum))


@pytest.mark.parametrize("name", NAMES)
def test_every_row_of_a_bill_is_the_product_of_its_quantity_and_its_rate(name: str) -> None:
    for row in bill(name):
        if row.usd_per_unit is None:
            assert row.usd_per_month is None
        else:
            assert row.usd_per_month == row.quantity * row.usd_per_unit, row.item


@pytest.mark.parametrize("name", NAMES)
def test_an_estimate_has_the_lines_of_the_bill_and_no_other(name: str) -> None:
    found = {(line.resource, line.item): line for line in estimated(name).lines}
    rows = {(row.resource, row.item): row for row in bill(name)}

    assert found.keys() == rows.keys()
    for key, row in rows.items():
        line = found[key]
        assert (key, line.bucket) == (key, row.bucket)
        assert (key, line.quantity_per_month) == (key, row.quantity)
        assert (key, line.usd_per_unit) == (key, row.usd_per_unit)
        assert (key, line.source_date) == (key, row.source_date)


@pytest.mark.parametrize("name", NAMES)
def test_an_estimate_is_the_bill_to_the_cent(name: str) -> None:
    sums = [row.usd_per_month for row in bill(name) if row.usd_per_month is not None]
    expected = tuple(
        sum(ends, Decimal(0)).quantize(_CENT)
        for ends in zip(*((one.minimum, one.expected, one.maximum) for one in sums), strict=True)
    )

    assert _cents(estimated(name).total) == expected
