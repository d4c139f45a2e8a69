"""Alerts on nodes: pods that wait for GPUs, spot that does not come back, nodes and who makes them.

All are for the next working day: where they leave a model without a server, that one wakes.
"""

from components.observability.rules.recording import POOL_NODES, pending_for_gpus
from components.observability.rules.rule import AlertRule, Severity
from components.observability.thresholds import Thresholds
from infra.spec.cloud import CloudProvider

_MINUTE = 60


def capacity_alerts(cloud: CloudProvider, thresholds: Thresholds) -> tuple[AlertRule, ...]:
    """Return the alerts on nodes; the autoscaler of GKE is Google's, and shows nothing."""
    ours = (_autoscaler(thresholds),) if cloud is CloudProvider.AWS else ()
    return (_pending(thresholds), _spot(thresholds), _not_ready(thresholds), *ours)


def _pending(thresholds: Thresholds) -> AlertRule:
    return AlertRule(
        "PodsPendingForGpus",
        f"count by (model) ({pending_for_gpus()}) > 0",
        for_seconds=thresholds.pending_seconds,
        severity=Severity.TICKET,
        summary="Servers of {{ $labels.model }} wait for GPUs",
        description="{{ $value }} pods are pending.",
        when="a server waits for GPUs",
    )


def _spot(thresholds: Thresholds) -> AlertRule:
    spot = f'{POOL_NODES}{{capacity_type="spot"}}'
    most = f"max_over_time({spot}[2h])"
    # The last node of a pool takes its series along.
    return AlertRule(
        "SpotNotBack",
        f"{most} - on (pool) (sum by (pool) ({spot}) or sum by (pool) ({most}) * 0) > 0"
        " and on () (sum(tokenworks:pods_pending_for_gpus:count) > 0)",
        for_seconds=thresholds.spot_back_seconds,
        severity=Severity.TICKET,
        summary="Spot nodes of pool {{ $labels.pool }} are gone and not back",
        description="{{ $value }} nodes fewer than within the last two hours, and servers wait for "
        "GPUs.",
        when="a pool has fewer spot nodes than within two hours while servers wait for GPUs",
    )


def _not_ready(thresholds: Thresholds) -> AlertRule:
    return AlertRule(
        "NodeNotReady",
        'max by (node) (kube_node_status_condition{condition="Ready",status="true"}) == 0',
        for_seconds=thresholds.not_ready_seconds,
        severity=Severity.TICKET,
        summary="{{ $labels.node }} is not ready",
        description="Its kubelet reports a problem, or nothing at all.",
        when="a node is not ready",
    )


def _autoscaler(thresholds: Thresholds) -> AlertRule:
    idle = (
        'time() - max(cluster_autoscaler_last_activity{activity="main"})'
        f" > {thresholds.autoscaler_seconds}"
    )
    return AlertRule(
        "AutoscalerStuck",
        f"({idle}) or (max(cluster_autoscaler_cluster_safe_to_autoscale) == 0)"
        " or (sum(increase(cluster_autoscaler_failed_scale_ups_total[15m])) > 2)",
        for_seconds=10 * _MINUTE,
        severity=Severity.TICKET,
        summary="The autoscaler makes no nodes",
        description="Its loop stands still, it takes the cluster for unhealthy, or the cloud "
        "refuses what it asks for.",
        when="the autoscaler's loop stands still, it takes the cluster for unhealthy, or the cloud "
        "refused it nodes three times in 15 min",
    )
