"""Alert policies of one instance of the managed cache.

Owns what is watched and where it becomes worth a look.
Does not own who is told: a policy has no notification channel until monitoring has an address for
it, and its incidents show in Cloud Monitoring meanwhile.
Metrics: Memorystore for Valkey, "Supported monitoring metrics" (read 2026-11-27 in part: that of
evictions as a public project's list of metrics has it). Each is one of the whole instance: Google
takes the maximum over its nodes. 80 % of the memory: its FAQ (read 2026-11-27).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from components.gcp.tags import labels
from components.handles import PlatformRef
from components.names import ALERT_POLICY, fit
from infra.spec.cache import CacheInstanceSpec

CONNECTIONS: Mapping[str, int] = {
    "SHARED_CORE_NANO": 5000,
    "STANDARD_SMALL": 16000,
    "HIGHMEM_MEDIUM": 32000,
    "HIGHMEM_XLARGE": 64000,
}
"""Clients that one node takes, by its type (Memorystore for Valkey, "Quotas and limits", default
number of client connections; read 2026-11-27)."""
_WORTH_A_LOOK = 0.8
_PERIOD = "60s"
_SOON = "1800s"
"""An instance that says nothing more has no open incident after that; it is the least that Cloud
Monitoring allows, half an hour (as remembered)."""
_METRICS = "memorystore.googleapis.com/instance"
_threshold = gcp.monitoring.AlertPolicyConditionConditionThresholdArgs


@dataclass(frozen=True)
class Watch:
    """One metric of an instance."""

    name: str
    metric: str
    above: float
    minutes: int
    """In a row; with 0 a single one is enough."""
    says: str
    counters_only: bool = False
    """Responses fill their memory and evict by design."""
    of_connections: bool = False
    """`above` is a share of the clients that a node takes."""


WATCHES = (
    Watch(
        name="memory",
        metric="memory/maximum_utilization",
        above=_WORTH_A_LOOK,
        minutes=5,
        says="counters are refused when memory is used up: raise cache.counters.memoryGib",
        counters_only=True,
    ),
    Watch(
        name="evictions",
        metric="stats/total_evicted_keys_count",
        above=0,
        minutes=0,
        says="counters are evicted, which noeviction rules out: look at maxmemory-policy",
        counters_only=True,
    ),
    Watch(
        name="cpu",
        metric="cpu/maximum_utilization",
        above=_WORTH_A_LOOK,
        minutes=5,
        says="a node answers late from here on: take a larger one",
    ),
    Watch(
        name="connections",
        metric="clients/maximum_connected_clients",
        above=_WORTH_A_LOOK,
        minutes=5,
        says="new clients are refused when a node has no connection left: look for a client "
        "that does not close its own, or take a larger node",
        of_connections=True,
    ),
)


def create_alarms(  # noqa: PLR0913  whose alarms they are, each named where it is called
    name: str,
    label: str,
    spec: CacheInstanceSpec,
    *,
    instance: gcp.memorystore.Instance,
    platform: PlatformRef,
    parent: pulumi.Resource,
) -> None:
    """Create the alert policies of an instance."""
    for watch in WATCHES:
        if watch.counters_only and label != "counters":
            continue
        limit = CONNECTIONS[str(spec.node_type)] if watch.of_connections else 1
        _create(f"{name}-{watch.name}", watch, watch.above * limit, instance, platform, parent)


def _create(  # noqa: PLR0913, PLR0917  one policy of one instance
    name: str,
    watch: Watch,
    threshold: float,
    instance: gcp.memorystore.Instance,
    platform: PlatformRef,
    parent: pulumi.Resource,
) -> None:
    found = pulumi.Output.format(
        'resource.type = "memorystore.googleapis.com/Instance" AND metric.type = "{0}" AND '
        'resource.labels.location = "{1}" AND '
        # The label has the short name or the full one: public notes say the former, and an
        # alert that matches nothing is silent.
        'resource.labels.instance_id = monitoring.regex.full_match("(.*/)?{2}")',
        f"{_METRICS}/{watch.metric}",
        platform.region,
        instance.instance_id,
    )
    gcp.monitoring.AlertPolicy(
        name,
        display_name=fit(name, ALERT_POLICY),
        combiner="OR",
        conditions=[
            gcp.monitoring.AlertPolicyConditionArgs(
                display_name=watch.name,
                condition_threshold=_threshold(
                    filter=found,
                    comparison="COMPARISON_GT",
                    threshold_value=threshold,
                    duration=f"{watch.minutes * 60}s",
                    # Takes gauges and deltas (Monitoring API v3, discovery document). The count of
                    # evictions is a delta of Redis Cluster (Google's list of metrics, a public
                    # copy, read 2026-11-27); of Valkey it was not read.
                    aggregations=[
                        gcp.monitoring.AlertPolicyConditionConditionThresholdAggregationArgs(
                            alignment_period=_PERIOD, per_series_aligner="ALIGN_MAX"
                        )
                    ],
                ),
            )
        ],
        documentation=gcp.monitoring.AlertPolicyDocumentationArgs(
            content=watch.says, mime_type="text/markdown"
        ),
        alert_strategy=gcp.monitoring.AlertPolicyAlertStrategyArgs(auto_close=_SOON),
        user_labels=labels(platform),
        opts=pulumi.ResourceOptions(parent=parent),
    )
