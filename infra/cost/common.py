"""What both clouds bill in the same way."""

from collections.abc import Callable
from decimal import Decimal
from typing import TypeAlias

from infra.catalog.service_prices import Service
from infra.cost.lines import Context, of_service
from infra.cost.model import Line
from infra.cost.resources import CostResource
from infra.cost.usage import Usage

Pricer: TypeAlias = Callable[[CostResource, Context], list[Line]]

CALLS = 10_000
"""Calls that are billed together."""
QUERIES = 1_000_000
"""The same of DNS queries."""
_KEY_ITEMS = {"aws": ("key", "requests"), "gcp": ("key version", "operations")}


def weights_line(context: Context, resource: CostResource) -> Line:
    """Return what servers that start cost in weights that come through NAT."""
    return of_service(
        context,
        resource,
        "weights of servers that start, through NAT",
        Service.NAT_DATA,
        context.weights_through_nat_gb,
        assumption=f"each server starts on an empty disk {context.usage.cold_starts} times a month",
        usage=True,
    )


def key(resource: CostResource, context: Context) -> list[Line]:
    """Return what a key bills: itself, and its calls."""
    calls = context.usage.key_calls
    item, called = _KEY_ITEMS[context.cloud]
    said = f"{calls} calls of each key"
    return [
        of_service(context, resource, item, Service.KEY, 1),
        of_service(
            context,
            resource,
            called,
            Service.KEY_CALLS,
            calls / CALLS,
            assumption=said,
            usage=True,
        ),
    ]


def zone(resource: CostResource, context: Context) -> list[Line]:
    """Return what a DNS zone bills: itself, and queries."""
    queries = context.usage.dns_queries
    return [
        of_service(context, resource, "DNS zone", Service.DNS_ZONE, 1),
        of_service(
            context,
            resource,
            "DNS queries",
            Service.DNS_QUERIES,
            queries / QUERIES,
            assumption=f"{queries} queries of each zone",
            usage=True,
        ),
    ]


def kept(item: str, service: Service, amount: Callable[[Usage], Decimal]) -> Pricer:
    """Return what prices the GB that are kept in a thing of some kind."""

    def lines(resource: CostResource, context: Context) -> list[Line]:
        gb = amount(context.usage)
        said = f"{gb} GB in each"
        return [of_service(context, resource, item, service, gb, assumption=said, usage=True)]

    return lines
