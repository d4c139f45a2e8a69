"""What the managed cache of AWS bills: nodes by the hour, and snapshots beyond the first."""

from collections.abc import Mapping
from decimal import Decimal

from infra.catalog.cache_nodes import usd_per_hour
from infra.catalog.service_prices import Service
from infra.cost.common import Pricer
from infra.cost.lines import Context, Rate, of_service, priced, unpriced
from infra.cost.model import HOURS_PER_MONTH, Line, exactly
from infra.cost.resources import CostResource


def node_lines(
    resource: CostResource, context: Context, item: str, name: str, count: int
) -> list[Line]:
    """Return the line of so many nodes of a type."""
    hours = exactly(HOURS_PER_MONTH * count)
    node = usd_per_hour(context.cloud, context.region, name)
    said = f"{count} x {name}"
    if node is None or node.usd_per_hour is None:
        reason = f"no source gives a price of {name} in {context.region}"
        return [unpriced(resource, item, reason, quantity=hours, unit="hour")]
    rate = Rate(
        usd_per_unit=exactly(node.usd_per_hour), source=node.source, source_date=node.source_date
    )
    return [priced(resource, item, hours, "hour", rate, assumption=said)]


def _replication_group(resource: CostResource, context: Context) -> list[Line]:
    found = node_lines(
        resource,
        context,
        "nodes of the cache",
        resource.text("nodeType"),
        resource.whole("numCacheClusters", 1),
    )
    # A snapshot for each active group is free (ElastiCache pricing page, "Backup storage", 2026).
    days = resource.whole("snapshotRetentionLimit", 0)
    if days > 1:
        gb = context.usage.cache_gb * (days - 1)
        found.append(
            of_service(
                context,
                resource,
                f"snapshots of {days} days, less the free one",
                Service.CACHE_BACKUP,
                gb,
                assumption=f"{context.usage.cache_gb} GB in each",
                usage=True,
            )
        )
    return found


def _alarm(resource: CostResource, context: Context) -> list[Line]:
    return [of_service(context, resource, "alarm", Service.ALARM, Decimal(1))]


PRICERS: Mapping[str, Pricer] = {
    "aws:cloudwatch/metricAlarm:MetricAlarm": _alarm,
    "aws:elasticache/replicationGroup:ReplicationGroup": _replication_group,
}
