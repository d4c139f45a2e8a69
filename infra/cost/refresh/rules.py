"""What is believed of a cloud's answer: each price is taken or refused, with the reason.

Price lists have been wrong in ways that a number does not show: spot above on demand, hosts at 0.0,
a TPU at 700 dollars (SkyPilot's catalogue v9, read 2026-11-20), unused reservations at 0.0.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from infra.catalog.machine_type import MachineType
from infra.catalog.prices import Price
from infra.cost.refresh.quotes import Quote

MOST_JUMP = Decimal("0.25")
"""A price that moves by more is taken only when a person names the machine."""
BAND_USD_PER_GPU_HOUR: Mapping[str, tuple[Decimal, Decimal]] = {
    # Half the lowest and twice the highest price on demand of the catalogue, 2026-11-26.
    "A10G": (Decimal("0.50"), Decimal("8.20")),
    "L4": (Decimal("0.35"), Decimal("6.80")),
    "L40S": (Decimal("0.93"), Decimal("15.20")),
    "A100-40GB": (Decimal("1.37"), Decimal("7.40")),
    "A100-80GB": (Decimal("1.71"), Decimal("10.20")),
    "RTX-PRO-6000": (Decimal("1.68"), Decimal("10.60")),
    "H100": (Decimal("3.44"), Decimal("23.10")),
    "H200": (Decimal("3.95"), Decimal("21.70")),
}
LEAST_SPOT_SHARE = Decimal("0.2")
"""Of the band's lower end: the deepest discount collected is 75 % (a3-megagpu-8g, 2026-07-30)."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """One price that is taken, or the reason why it is not."""

    machine: str
    buying: str
    """`on-demand` or `spot`."""
    old: Decimal | None
    new: Decimal | None
    refused: str = ""
    """Empty for a price that is taken."""


def judge(
    quote: Quote, machine: MachineType, known: Price, *, accepted: Collection[str] = ()
) -> Iterator[Verdict]:
    """Yield what is to be thought of each price of a machine, on demand first.

    Args:
        quote: what the cloud said.
        machine: what the machine is.
        known: what the catalogue says today, in the same region.
        accepted: machines whose jumps a person has looked at.
    """
    jumps = machine.name in accepted
    for buying, new in (("on-demand", quote.on_demand), ("spot", quote.spot and quote.spot[1])):
        before = known.usd_per_hour(buying)
        old = None if before is None else Decimal(str(before))
        if quote.troubles:
            reason = "; ".join(quote.troubles)
        elif new is None:
            reason = "the cloud gives no price"
        else:
            reason = _mistake(quote, machine, known, buying) or ("" if jumps else _jump(old, new))
        yield Verdict(machine=machine.name, buying=buying, old=old, new=new, refused=reason)


def _mistake(quote: Quote, machine: MachineType, known: Price, buying: str) -> str:
    low, high = _ends(quote, buying)
    if low <= 0:
        return f"must be more than 0, got {low}"
    zero = [name for name, usd in quote.parts.items() if usd <= 0 and name.startswith(buying)]
    if zero:
        return f"a part costs nothing: {', '.join(sorted(zero))}"
    if buying == "spot":
        limit = quote.on_demand
        if limit is None and known.on_demand_usd_per_hour is not None:
            limit = Decimal(str(known.on_demand_usd_per_hour))
        if limit is None:
            return "no price on demand to hold it against"
        if high > limit:
            return f"spot must be at most {limit}, the price on demand, got {high}"
    return _outside(machine, low, high, spot=buying == "spot")


def _ends(quote: Quote, buying: str) -> tuple[Decimal, Decimal]:
    if buying == "spot" and quote.spot is not None:
        return quote.spot[0], quote.spot[2]
    price = quote.on_demand or Decimal(0)
    return price, price


def _outside(machine: MachineType, low: Decimal, high: Decimal, *, spot: bool) -> str:
    if not machine.gpu or not machine.gpu_count:  # a part of a GPU has no price per GPU
        return ""
    if machine.gpu not in BAND_USD_PER_GPU_HOUR:
        return f"no band is known for {machine.gpu}"
    least, most = BAND_USD_PER_GPU_HOUR[machine.gpu]
    least *= LEAST_SPOT_SHARE if spot else 1
    for price in (low / machine.gpu_count, high / machine.gpu_count):
        if not least <= price <= most:
            return f"an hour of {machine.gpu} must cost {least} to {most}, got {price:.4f}"
    return ""


def _jump(old: Decimal | None, new: Decimal) -> str:
    if not old or abs(new - old) <= MOST_JUMP * old:
        return ""
    return (
        f"moves by {100 * (new - old) / old:+.1f} %, more than {100 * MOST_JUMP:.0f} %; look, then "
        "--accept it"
    )
