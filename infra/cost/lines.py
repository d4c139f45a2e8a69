"""How a line of a bill is made: its price from the catalogue, or the reason why there is none."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from infra.catalog.service_prices import Service, service_price
from infra.cost.model import Bucket, Line, Span, exactly
from infra.cost.resources import CostResource
from infra.cost.usage import Usage


@dataclass(frozen=True, kw_only=True)
class Rate:
    """A price with its origin; several places make a range."""

    usd_per_unit: Span
    source: str
    source_date: str


@dataclass(frozen=True, kw_only=True)
class Context:
    """What the pricing of one resource may look at besides the resource."""

    cloud: str
    region: str
    as_of: date
    usage: Usage
    resources: Mapping[str, CostResource]
    """All resources by URN."""
    open_share: Decimal = Decimal(1)
    """Share of a month's hours in which models run, 0 to 1."""
    weights_through_nat_gb: Decimal = Decimal(0)
    """Weights that servers pull from outside of the cloud in a month."""

    def rate(self, service: Service) -> Rate | None:
        """Return the price of a service where the stack stands; None when none is known."""
        found = service_price(self.cloud, self.region, service)
        if found is None:
            return None
        return Rate(
            usd_per_unit=exactly(found.usd), source=found.source, source_date=found.source_date
        )

    def of_type(self, *types: str) -> tuple[CostResource, ...]:
        """Return the resources of some types, in the order of the program."""
        return tuple(item for item in self.resources.values() if item.type in types)


def priced(  # noqa: PLR0913 - a line has that many parts
    resource: CostResource,
    item: str,
    quantity: Span,
    unit: str,
    rate: Rate,
    *,
    assumption: str = "",
    usage: bool = False,
    on_demand_machine: str = "",
    gpu: str | None = None,
    gpus: Span | None = None,
) -> Line:
    """Return a line with a number; `usage` says that it depends on use."""
    return Line(
        urn=resource.urn,
        resource=resource.name,
        item=item,
        bucket=Bucket.USAGE if usage else Bucket.PRICED,
        unit=unit,
        quantity_per_month=quantity,
        usd_per_unit=rate.usd_per_unit,
        usd_per_month=quantity * rate.usd_per_unit,
        on_demand_machine=on_demand_machine,
        gpu=gpu,
        gpus=gpus,
        assumption=assumption,
        source=rate.source,
        source_date=rate.source_date,
    )


def unpriced(  # noqa: PLR0913 - a line has that many parts
    resource: CostResource,
    item: str,
    reason: str,
    *,
    quantity: Span | None = None,
    unit: str = "",
    gpu: str | None = None,
    gpus: Span | None = None,
) -> Line:
    """Return a line that costs money and has no number, with the reason."""
    return Line(
        urn=resource.urn,
        resource=resource.name,
        item=item,
        bucket=Bucket.UNPRICED,
        unit=unit,
        quantity_per_month=quantity,
        usd_per_unit=None,
        usd_per_month=None,
        gpu=gpu,
        gpus=gpus,
        assumption=reason,
    )


def of_service(  # noqa: PLR0913 - a line has that many parts
    context: Context,
    resource: CostResource,
    item: str,
    service: Service,
    quantity: Span | Decimal | int,
    *,
    assumption: str = "",
    usage: bool = False,
) -> Line:
    """Return the line of a service: priced where the stack stands, or unpriced by name."""
    amount = quantity if isinstance(quantity, Span) else exactly(quantity)
    rate = context.rate(service)
    if rate is None:
        reason = f"no source gives a price of {service.value} in {context.region}"
        return unpriced(resource, item, reason, quantity=amount)
    found = service_price(context.cloud, context.region, service)
    unit = found.unit if found else ""
    return priced(resource, item, amount, unit, rate, assumption=assumption, usage=usage)
