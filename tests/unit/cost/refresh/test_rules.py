"""What is believed of a price: every rule, broken once."""

from dataclasses import replace
from decimal import Decimal

import pytest

from infra.catalog.machines import machine
from infra.catalog.prices import Price
from infra.cost.refresh.quotes import Quote
from infra.cost.refresh.rules import BAND_USD_PER_GPU_HOUR, judge

MACHINE = machine("aws", "g6.xlarge")
KNOWN = Price(
    on_demand_usd_per_hour=0.8048, spot_usd_per_hour=0.3618, source="s", source_date="2026-07-20"
)
GOOD = Quote(
    machine="g6.xlarge",
    on_demand=Decimal("0.85"),
    spot=(Decimal("0.30"), Decimal("0.36"), Decimal("0.85")),
)


def _reasons(quote: Quote, *, known: Price = KNOWN, accepted: tuple[str, ...] = ()) -> list[str]:
    return [one.refused for one in judge(quote, MACHINE, known, accepted=accepted)]


def _spot(low: str, middle: str, high: str) -> Quote:
    return replace(GOOD, spot=(Decimal(low), Decimal(middle), Decimal(high)))


def test_sane_prices_are_taken_spot_at_the_price_on_demand_too() -> None:
    assert _reasons(GOOD) == ["", ""]


def test_a_price_of_nothing_is_refused() -> None:
    assert _reasons(replace(GOOD, on_demand=Decimal(0), spot=None)) == [
        "must be more than 0, got 0",
        "the cloud gives no price",
    ]
    assert _reasons(_spot("0", "0.36", "0.4"))[1] == "must be more than 0, got 0"


def test_spot_above_on_demand_is_refused_in_any_zone() -> None:
    assert _reasons(_spot("0.30", "0.36", "0.86")) == [
        "",
        "spot must be at most 0.85, the price on demand, got 0.86",
    ]


def test_spot_is_held_against_the_price_that_is_known_when_the_cloud_gives_none() -> None:
    quote = replace(_spot("0.3", "0.36", "0.81"), on_demand=None)

    assert _reasons(quote)[1] == "spot must be at most 0.8048, the price on demand, got 0.81"
    assert _reasons(quote, known=replace(KNOWN, on_demand_usd_per_hour=None))[1] == (
        "no price on demand to hold it against"
    )


def test_a_price_out_of_its_gpus_band_is_refused_though_it_was_accepted() -> None:
    dear = replace(GOOD, on_demand=Decimal("700.0"))
    cheap = _spot("0.01", "0.36", "0.4")

    assert _reasons(dear, accepted=("g6.xlarge",))[0] == (
        "an hour of L4 must cost 0.35 to 6.80, got 700.0000"
    )
    assert _reasons(cheap)[1] == "an hour of L4 must cost 0.070 to 6.80, got 0.0100"


def test_a_gpu_without_a_band_is_refused() -> None:
    new = replace(MACHINE, gpu="B300")
    (first, _) = judge(GOOD, new, KNOWN)

    assert first.refused == "no band is known for B300"


def test_a_part_at_nothing_is_refused_by_its_name() -> None:
    quote = replace(GOOD, parts={"on-demand core": Decimal(0), "on-demand gpu": Decimal("0.85")})

    assert _reasons(quote) == ["a part costs nothing: on-demand core", ""]


@pytest.mark.parametrize("usd", ["0.59", "1.02"])
def test_a_jump_over_a_quarter_is_refused_until_a_person_accepts_it(usd: str) -> None:
    quote = replace(GOOD, on_demand=Decimal(usd), spot=None)

    assert "more than 25 %; look, then --accept it" in _reasons(quote)[0]
    assert _reasons(quote, accepted=("g6.xlarge",))[0] == ""


def test_a_price_that_was_unknown_is_no_jump() -> None:
    assert _reasons(GOOD, known=replace(KNOWN, spot_usd_per_hour=None)) == ["", ""]


def test_what_could_not_be_read_refuses_the_machine() -> None:
    assert _reasons(replace(GOOD, troubles=("several prices",))) == ["several prices"] * 2


def test_every_price_of_the_catalogue_is_within_its_gpus_band() -> None:
    """The bands are those of the present prices: one outside would refuse the next refresh."""
    from infra.catalog.machines import machines  # noqa: PLC0415
    from infra.catalog.prices import price  # noqa: PLC0415

    outside = {}
    for cloud in ("aws", "gcp"):
        for one in machines(cloud):
            usd = price(cloud, one.name).on_demand_usd_per_hour
            if usd is not None and one.gpu and one.gpu_count:
                least, most = BAND_USD_PER_GPU_HOUR[one.gpu]
                if not least <= Decimal(str(usd)) / one.gpu_count <= most:
                    outside[one.name] = usd
    assert outside == {}
