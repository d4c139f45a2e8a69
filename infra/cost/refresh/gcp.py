"""What Google says machines cost: the Cloud Billing Catalog, joined by the text of descriptions.

Owns the mapping from a machine type to the SKUs of its parts, explicit and reviewed: a pattern that
guesses is where other tools fail. A type without a mapping has no price here, and is named.
Local SSDs and networks are SKUs of their own; none of the types below has them bundled.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from infra.catalog.machines import gcp_machine
from infra.cost.refresh.quotes import Answer, Quote
from infra.google_api import GoogleApi, listed
from infra.replies import blocks, optional_text, texts
from infra.wire import Properties

COMPUTE_ENGINE = "services/6F81-5844-456A"
SOURCE = "Cloud Billing Catalog, skus of 6F81-5844-456A"
_UNITS = {"core": "h", "ram": "GiBy.h", "gpu": "h"}
_BUYING = {"on-demand": "OnDemand", "spot": "Preemptible"}


@dataclass(frozen=True, kw_only=True)
class Series:
    """How the catalogue describes the parts of a series, before ` running in PLACE`."""

    core: str
    ram: str
    gpu: str = ""
    gpu_as_spot: str = ""

    def descriptions(self, buying: str) -> dict[str, str]:
        """Return the description of each part."""
        spot = "Spot Preemptible " if buying == "spot" else ""
        found = {"core": spot + self.core, "ram": spot + self.ram}
        gpu = self.gpu_as_spot if buying == "spot" else self.gpu
        return {**found, "gpu": gpu} if gpu else found


MAPPING: Mapping[str, Series] = {
    # Descriptions as public copies of the catalogue have them, read 2026-11-26.
    "g2-standard": Series(
        core="G2 Instance Core",
        ram="G2 Instance Ram",
        gpu="Nvidia L4 GPU",
        gpu_as_spot="Nvidia L4 GPU attached to Spot Preemptible VMs",
    ),
    "a2-highgpu": Series(
        core="A2 Instance Core",
        ram="A2 Instance Ram",
        gpu="Nvidia Tesla A100 GPU",
        gpu_as_spot="Nvidia Tesla A100 GPU attached to Spot Preemptible VMs",
    ),
    "e2-standard": Series(core="E2 Instance Core", ram="E2 Instance Ram"),
    "n2-standard": Series(core="N2 Instance Core", ram="N2 Instance Ram"),
}


def ask(api: GoogleApi, machines: Collection[str], now: datetime) -> Answer:
    """Return what these machines cost in the port's region.

    Raises:
        CloudApiError: Google refuses, or does not answer.
    """
    skus = listed(
        api,
        "cloudbilling.services.skus.list",
        "skus",
        parent=COMPUTE_ENGINE,
        currencyCode="USD",
        pageSize=5000,
    )
    here = [sku for sku in skus if api.region in texts(sku, "serviceRegions")]
    return Answer(
        cloud="gcp",
        region=api.region,
        source=SOURCE,
        source_date=now.date().isoformat(),
        quotes=tuple(_quote(name, here) for name in machines),
    )


def _quote(name: str, skus: Iterable[Properties]) -> Quote:
    machine = gcp_machine(name)
    series = MAPPING.get(machine.family)
    if series is None:
        return Quote(machine=name, troubles=(f"no reviewed mapping of {machine.family}",))
    amounts = {
        "core": Decimal(machine.vcpus),
        "ram": Decimal(str(machine.memory_gib)),
        "gpu": Decimal(machine.gpu_count),
    }
    sums: dict[str, Decimal | None] = {}
    parts: dict[str, Decimal] = {}
    troubles: list[str] = []
    for buying in _BUYING:
        found = _rates(series, buying, skus)
        several = [
            f"several SKUs are {buying} {part}" for part, usd in found.items() if len(usd) > 1
        ]
        troubles += several
        rates = {part: next(iter(usd)) for part, usd in found.items() if usd}
        complete = rates.keys() == found.keys()
        sums[buying] = (
            sum((amounts[part] * usd for part, usd in rates.items()), Decimal(0))
            if complete
            else None
        )
        parts |= {f"{buying} {part}": usd for part, usd in rates.items()}
    spot = sums["spot"]
    return Quote(
        machine=name,
        on_demand=sums["on-demand"],
        spot=None if spot is None else (spot, spot, spot),
        parts=parts,
        troubles=tuple(troubles),
    )


def _rates(series: Series, buying: str, skus: Iterable[Properties]) -> dict[str, set[Decimal]]:
    """Return the rates of each part; more than one is for a person to look at."""
    found: dict[str, set[Decimal]] = defaultdict(set)
    for part, description in series.descriptions(buying).items():
        found[part] = set()
        pattern = re.compile(rf"{re.escape(description)} running in .+", re.IGNORECASE)
        for sku in skus:
            fits = pattern.fullmatch(optional_text(sku, "description"))
            if fits and optional_text(sku, "category.usageType") == _BUYING[buying]:
                found[part] |= _rate(sku, _UNITS[part])
    return found


def _rate(sku: Properties, unit: str) -> set[Decimal]:
    """Return the price of a unit; nothing where it is billed by another unit."""
    prices = blocks(sku, "pricingInfo")
    expression = prices[-1] if prices else {}
    if optional_text(expression, "pricingExpression.usageUnit") != unit:
        return set()
    return {
        Decimal(optional_text(tier, "unitPrice.units") or "0")
        + Decimal(_nanos(tier)) / Decimal(10**9)
        for tier in blocks(expression, "pricingExpression.tieredRates")[-1:]
    }


def _nanos(tier: Properties) -> int:
    price = tier.get("unitPrice")
    nanos = price.get("nanos", 0) if isinstance(price, dict) else 0
    return nanos if isinstance(nanos, int) else 0
