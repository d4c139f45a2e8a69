"""What AWS says machines cost: the Pricing API, and the history of spot prices by zone.

Owns the two calls and how their answers are read. Rows that the filters should have kept out are
left out again here: without `capacitystatus` and `preInstalledSw` one type has many prices, some
0.0 (unused reservations), some with SQL Server (filters of aws/karpenter-provider-aws@1d92708).
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import datetime
from decimal import Decimal, InvalidOperation

from infra.aws_api import TIME_FORMAT, AwsApi, listed, pages
from infra.cost.refresh.quotes import Answer, Quote, Span, median
from infra.replies import block, optional_text, texts
from infra.wire import Properties, Value

PRICING_REGION = "us-east-1"
"""The Pricing API answers for all regions, from three of them."""
SYSTEMS = ("Linux/UNIX", "Linux/UNIX (Amazon VPC)")
"""Both words for Linux: some types are listed under one of them alone."""
SOURCE = "AWS Pricing GetProducts; EC2 DescribeSpotPriceHistory, newest of each zone"
_ATTRIBUTES = {
    "operatingSystem": "Linux",
    "preInstalledSw": "NA",
    "capacitystatus": "Used",
    "marketoption": "OnDemand",
    "tenancy": "Shared",
}


def ask(pricing: AwsApi, ec2: AwsApi, machines: Collection[str], now: datetime) -> Answer:
    """Return what these machines cost in the region of `ec2`.

    Raises:
        CloudApiError: AWS refuses, or does not answer.
    """
    on_demand = _on_demand(pricing, ec2.region, machines)
    spot = _spot(ec2, machines, now)
    return Answer(
        cloud="aws",
        region=ec2.region,
        source=SOURCE,
        source_date=now.date().isoformat(),
        quotes=tuple(_quote(name, on_demand.get(name, set()), spot.get(name)) for name in machines),
    )


def _quote(name: str, prices: set[Decimal], spot: Span | None) -> Quote:
    if len(prices) > 1:
        found = ", ".join(str(price) for price in sorted(prices))
        return Quote(machine=name, spot=spot, troubles=(f"several prices on demand: {found}",))
    return Quote(machine=name, on_demand=next(iter(prices), None), spot=spot)


def _on_demand(api: AwsApi, region: str, machines: Collection[str]) -> dict[str, set[Decimal]]:
    wanted = {**_ATTRIBUTES, "regionCode": region, "productFamily": "Compute Instance"}
    filters: list[Value] = [
        {"Type": "TERM_MATCH", "Field": name, "Value": value} for name, value in wanted.items()
    ]
    found: dict[str, set[Decimal]] = defaultdict(set)
    asked = pages(
        api, "pricing", "GetProducts", ServiceCode="AmazonEC2", Filters=filters, MaxResults=100
    )
    for page in asked:
        for row in texts(page, "PriceList"):  # each is JSON again, as text
            item = json.loads(row)
            attributes = block(item, "product.attributes")
            name = optional_text(attributes, "instanceType")
            expected = {**_ATTRIBUTES, "regionCode": region}
            if name in machines and expected.items() <= attributes.items():
                found[name] |= set(_hourly(item))
    return found


def _hourly(item: Properties) -> Iterator[Decimal]:
    for term in block(item, "terms.OnDemand").values():
        for dimension in block(term, "priceDimensions").values():
            usd = _decimal(optional_text(dimension, "pricePerUnit.USD"))
            if usd and optional_text(dimension, "unit") == "Hrs":
                yield usd


def _spot(api: AwsApi, machines: Collection[str], now: datetime) -> dict[str, Span]:
    zones = {
        optional_text(zone, "ZoneName"): optional_text(zone, "ZoneId")
        for zone in listed(api, "ec2", "DescribeAvailabilityZones", "AvailabilityZones")
    }
    newest: dict[tuple[str, str], tuple[str, Decimal]] = {}
    rows = listed(
        api,
        "ec2",
        "DescribeSpotPriceHistory",
        "SpotPriceHistory",
        InstanceTypes=[*machines],
        ProductDescriptions=[*SYSTEMS],
        StartTime=now.strftime(TIME_FORMAT),
    )
    for row in rows:
        # Names of zones differ between accounts (`us-east-1a` is another place); their ids do not.
        zone = zones.get(optional_text(row, "AvailabilityZone"), "")
        key = (optional_text(row, "InstanceType"), zone)
        stamp, price = optional_text(row, "Timestamp"), _decimal(optional_text(row, "SpotPrice"))
        if zone and price is not None and stamp > newest.get(key, ("", price))[0]:
            newest[key] = (stamp, price)
    by_type: dict[str, list[Decimal]] = defaultdict(list)
    for (name, _zone), (_stamp, price) in newest.items():
        by_type[name].append(price)
    return {name: (min(prices), median(prices), max(prices)) for name, prices in by_type.items()}


def _decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None
