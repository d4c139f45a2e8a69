"""Alarms of one instance of the managed cache.

Owns what is watched and where it becomes worth a look.
Does not own who is told: an alarm has no action until monitoring has an address for it, and shows
in CloudWatch meanwhile.
Metrics: ElastiCache user guide, "Metrics for Valkey and Redis OSS" and "Which metrics should I
monitor?" (2026). Each is one of a node, by its id `<group>-001`.
"""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.aws.tags import tags
from components.handles import PlatformRef
from components.names import METRIC_ALARM, fit
from infra.spec.cache import CacheInstanceSpec

_PERIOD_SECONDS = 60
_FIRST = 1


@dataclass(frozen=True)
class Watch:
    """One metric of some nodes."""

    name: str
    metric: str
    above: float | None
    """Alarm above this, or, where it is None, below one."""
    minutes: int
    """In a row."""
    says: str
    statistic: str = "Average"
    counters_only: bool = False
    """Responses fill their memory and evict by design."""
    nodes: str = "all"
    """`all`, `first` or `replicas`; which node is the primary changes with a failover."""


WATCHES = (
    Watch(
        name="memory",
        metric="DatabaseMemoryUsagePercentage",
        above=80,
        minutes=5,
        says="counters are refused when memory is used up: raise cache.counters.memoryGib",
        counters_only=True,
    ),
    Watch(
        name="evictions",
        metric="Evictions",
        above=0,
        minutes=1,
        says="counters are evicted, which noeviction rules out: look at the parameter group",
        statistic="Sum",
        counters_only=True,
    ),
    Watch(
        name="cpu",
        metric="CPUUtilization",
        above=80,
        minutes=5,
        says="nodes of two cores answer late from here on: take a larger node",
    ),
    Watch(
        name="replication-lag",
        metric="ReplicationLag",
        above=5,
        minutes=5,
        says="seconds that a failover would lose",
        nodes="all",
    ),
    Watch(
        name="failover",
        metric="IsMaster",
        above=None,
        minutes=1,
        says="the first node is not the primary any more: a replica has taken over",
        statistic="Minimum",
        nodes="first",
    ),
)


def create_alarms(  # noqa: PLR0913  whose alarms they are, each named where it is called
    name: str,
    label: str,
    spec: CacheInstanceSpec,
    *,
    group: aws.elasticache.ReplicationGroup,
    platform: PlatformRef,
    parent: pulumi.Resource,
) -> None:
    """Create the alarms of every node of a replication group."""
    for watch in WATCHES:
        if watch.counters_only and label != "counters":
            continue
        for number in _nodes(watch, spec):
            _create(f"{name}-{watch.name}-{number:03}", watch, number, group, platform, parent)


def _nodes(watch: Watch, spec: CacheInstanceSpec) -> range:
    if watch.nodes == "first":
        return range(_FIRST, 2 if spec.replicas else _FIRST)  # nobody takes over from a lone node
    if watch.metric == "ReplicationLag" and not spec.replicas:
        return range(0)
    return range(_FIRST, spec.replicas + 2)


def _create(  # noqa: PLR0913, PLR0917  one alarm of one node
    name: str,
    watch: Watch,
    number: int,
    group: aws.elasticache.ReplicationGroup,
    platform: PlatformRef,
    parent: pulumi.Resource,
) -> None:
    aws.cloudwatch.MetricAlarm(
        fit(name, METRIC_ALARM),
        alarm_description=watch.says,
        namespace="AWS/ElastiCache",
        metric_name=watch.metric,
        dimensions={"CacheClusterId": pulumi.Output.concat(group.id, f"-{number:03}")},
        statistic=watch.statistic,
        period=_PERIOD_SECONDS,
        evaluation_periods=watch.minutes,
        comparison_operator=(
            "LessThanThreshold" if watch.above is None else "GreaterThanThreshold"
        ),
        threshold=1 if watch.above is None else watch.above,
        # A node that is being replaced reports nothing.
        treat_missing_data="missing",
        tags=tags(platform, name),
        opts=pulumi.ResourceOptions(parent=parent),
    )
