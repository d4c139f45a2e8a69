"""Amounts as ranges, lines, estimates."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.cost.model import NOTHING, Bucket, Estimate, Line, Span, exactly, span, total

AMOUNTS = st.decimals(min_value=0, max_value=10**6, places=4)
SPANS = st.lists(AMOUNTS, min_size=3, max_size=3).map(lambda three: span(*sorted(three)))


@given(one=SPANS, other=SPANS)
def test_sums_and_products_of_spans_stay_in_order(one: Span, other: Span) -> None:
    for result in (one + other, one * other, one * 3, total([one, other, NOTHING])):
        assert result.minimum <= result.expected <= result.maximum


def test_a_span_out_of_order_is_refused() -> None:
    with pytest.raises(ValueError, match="minimum <= expected <= maximum, got 2, 1, 3"):
        span(2, 1, 3)


def _line(bucket: Bucket, usd: Span | None, gpus: Span | None = None) -> Line:
    return Line(
        urn="urn",
        resource="pool",
        item="g6.2xlarge on demand",
        bucket=bucket,
        unit="hour",
        quantity_per_month=exactly(730),
        usd_per_unit=None,
        usd_per_month=usd,
        gpu="L4" if gpus else None,
        gpus=gpus,
    )


@pytest.mark.parametrize(
    ("bucket", "usd"), [(Bucket.UNPRICED, NOTHING), (Bucket.PRICED, None), (Bucket.USAGE, None)]
)
def test_a_line_without_a_number_is_unpriced_and_no_other(bucket: Bucket, usd: Span | None) -> None:
    with pytest.raises(ValueError, match="unpriced and no number go together"):
        _line(bucket, usd)


def test_an_estimate_sums_what_has_a_number_and_names_the_rest() -> None:
    priced = _line(Bucket.PRICED, span(0, 73, 146), span(0, 1, 2))
    unpriced = _line(Bucket.UNPRICED, None, span(1, 1, 4))
    estimate = Estimate(
        stack="aws-dev",
        cloud="aws",
        region="us-east-1",
        as_of=date(2026, 11, 26),
        lines=(priced, priced, unpriced),
    )

    assert estimate.total == span(0, 146, 292)
    assert estimate.usd_per_hour_at_most == Decimal("0.4")
    assert estimate.unpriced == (unpriced,)
    assert estimate.gpus == {"L4": span(1, 3, 8)}
    assert priced.usd_per_hour_at_most == Decimal("0.2")
    assert unpriced.usd_per_hour_at_most is None
