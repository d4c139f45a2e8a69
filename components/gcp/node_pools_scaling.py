"""Between which bounds a pool's nodes come and go. Plain values.

Owns what GKE's own autoscaler is told of a pool. Does not own the autoscaler, nor its profile
(`cluster_settings`). GKE knows labels, taints and room of a pool without a node by itself, so there
are no hints as on AWS.
"""

import pulumi_gcp as gcp

from components.nodes import Capacity
from infra.spec.pools import NodeRange


def bounds_of(
    bounds: NodeRange, capacity: Capacity, *, reserved: bool
) -> gcp.container.NodePoolAutoscalingArgs:
    """Return the bounds over all zones together, and how zones are chosen between.

    Nodes bought on demand are spread, so that a lost zone takes a part of them only. Others go
    where there are any: in the zone of a reservation, where spot machines are reclaimed the least,
    where a flex-start request is served first.
    """
    spread = capacity is Capacity.ON_DEMAND and not reserved
    return gcp.container.NodePoolAutoscalingArgs(
        total_min_node_count=bounds.min,
        total_max_node_count=bounds.max,
        location_policy="BALANCED" if spread else "ANY",
    )


def first_nodes_per_zone(bounds: NodeRange, zones: int) -> int:
    """Return how many nodes a pool starts with in each zone, as GKE counts them.

    At least the minimum over all zones, unless that many in each zone were more than the maximum:
    then the autoscaler adds what is missing.
    """
    enough = -(-bounds.min // zones)
    return enough if enough * zones <= bounds.max else bounds.min // zones
