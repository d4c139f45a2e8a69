"""What resources of Google Cloud bill: one function for each type that costs something."""

from collections.abc import Mapping
from decimal import Decimal

from infra.catalog.service_prices import Service
from infra.cost import gcp_cache
from infra.cost.common import Pricer, kept, key, weights_line, zone
from infra.cost.demand import FLEX_START, ON_DEMAND, POOL, SPOT
from infra.cost.lines import Context, of_service, unpriced
from infra.cost.model import HOURS_PER_MONTH, Line, Span, exactly, span
from infra.cost.nodes import Disk, NodeGroup
from infra.cost.resources import CostResource, NotKnownError, OtherFormError

NODE_POOL = "gcp:container/nodePool:NodePool"
CLOUD_NAT = "gcp:compute/routerNat:RouterNat"
_FREE_LOG_DAYS = 30
_NAT_NODES = 32
"""A gateway bills its nodes up to this many; with more it bills as much (0.044 an hour; Cloud NAT
pricing, as in the golden of `compute_router_nat`)."""


def node_group(resource: CostResource) -> NodeGroup:
    """Read a node pool. Raises as `CostResource.text` where what decides is not known."""
    labels = resource.at("nodeConfig.labels")
    pool = labels.get(POOL) if isinstance(labels, dict) else None
    capacity = ON_DEMAND
    if resource.yes("nodeConfig.flexStart") or resource.yes("queuedProvisioning.enabled"):
        capacity = FLEX_START
    elif resource.yes("nodeConfig.spot") or resource.yes("nodeConfig.preemptible"):
        capacity = SPOT
    minimum, maximum = _count(resource)
    disk, unknown = _disk(resource)
    return NodeGroup(
        resource=resource,
        pool=pool if isinstance(pool, str) else "",
        capacity=capacity,
        machine_types=(resource.text("nodeConfig.machineType"),),
        minimum=minimum,
        maximum=maximum,
        disk=disk,
        disk_unknown=unknown,
        local_ssds=sum(
            resource.whole(f"nodeConfig.{path}", 0)
            for path in (
                "ephemeralStorageLocalSsdConfig.localSsdCount",
                "localNvmeSsdBlockConfig.localSsdCount",
                "localSsdCount",
            )
        ),
        attached_gpus=sum(
            resource.part("guestAccelerators", one).whole("count")
            for one in resource.items("nodeConfig.guestAccelerators")
        ),
    )


def _count(resource: CostResource) -> tuple[int, int]:
    """Return how many nodes there are at least and at most; some settings count for each zone."""
    if resource.at("autoscaling") is None:
        nodes = resource.whole("nodeCount") * _zones(resource)
        return nodes, nodes
    if resource.at("autoscaling.totalMaxNodeCount") is not None:
        return (
            resource.whole("autoscaling.totalMinNodeCount", 0),
            resource.whole("autoscaling.totalMaxNodeCount"),
        )
    zones = _zones(resource)
    return (
        resource.whole("autoscaling.minNodeCount", 0) * zones,
        resource.whole("autoscaling.maxNodeCount") * zones,
    )


def _zones(resource: CostResource) -> int:
    zones = resource.items("nodeLocations")
    if not zones:
        message = "nodeLocations is missing: the number of zones decides the number of nodes"
        raise OtherFormError(message)
    return len(zones)


def _disk(resource: CostResource) -> tuple[Disk | None, str]:
    try:
        return (
            Disk(
                type=resource.text("nodeConfig.diskType"),
                gb=resource.whole("nodeConfig.diskSizeGb"),
            ),
            "",
        )
    except NotKnownError as error:
        return None, f"{error}: not known before the engine runs"
    except OtherFormError as error:
        return None, str(error)


def nat_nodes(resource: CostResource, context: Context, nodes: Span) -> Line:
    """Return what NAT bills for the nodes behind it."""
    most = exactly(_NAT_NODES)
    billed = span(
        min(nodes.minimum, most.minimum),
        min(nodes.expected, most.expected),
        min(nodes.maximum, most.maximum),
    )
    item, hours = "nodes behind NAT", billed * HOURS_PER_MONTH
    return of_service(context, resource, item, Service.NAT_NODE, hours)


def _nat(resource: CostResource, context: Context) -> list[Line]:
    """Return what does not depend on the number of nodes."""
    gb, addresses = context.usage.nat_gb, context.usage.nat_addresses
    found = [
        of_service(
            context,
            resource,
            "data through NAT",
            Service.NAT_DATA,
            gb,
            assumption=f"{gb} GB through each gateway",
            usage=True,
        ),
        of_service(
            context,
            resource,
            "NAT addresses",
            Service.NAT_ADDRESS,
            addresses * HOURS_PER_MONTH,
            assumption=f"Google allocates them; {addresses} are taken",
            usage=True,
        ),
    ]
    gateways = context.of_type(CLOUD_NAT)
    if context.weights_through_nat_gb and gateways[0].urn == resource.urn:
        found.append(weights_line(context, resource))
    return found


def _cluster(resource: CostResource, context: Context) -> list[Line]:
    found = [
        of_service(
            context,
            resource,
            "GKE cluster management",
            Service.CONTROL_PLANE,
            HOURS_PER_MONTH,
            assumption="without the monthly credit of 74.40 USD: it is for a zonal or Autopilot "
            "cluster of the billing account",
        )
    ]
    if resource.text("releaseChannel.channel", "") == "EXTENDED":
        reason = "no source gives a price of GKE's Extended channel"
        found.append(unpriced(resource, "extended support", reason))
    return found


def _network(resource: CostResource, context: Context) -> list[Line]:
    gb = context.usage.between_zones_gb
    return [
        of_service(
            context,
            resource,
            "traffic between zones",
            Service.BETWEEN_ZONES,
            gb,
            assumption=f"{gb} GB, billed to the sender",
            usage=True,
        )
    ]


def _logs(resource: CostResource, context: Context, item: str, service: Service, said: str) -> Line:
    gb = context.usage.log_gb
    said = f"{gb} GB a month, {said}"
    return of_service(context, resource, item, service, gb, assumption=said, usage=True)


def _subnetwork(resource: CostResource, context: Context) -> list[Line]:
    """Return what flow logs bill: a price of their own, without a free allowance."""
    if resource.at("logConfig") is None:
        return []
    # Google's page on routing logs says that making them is billed only where they are kept out of
    # Cloud Logging; newer notes say always. The higher of the two is counted.
    made = "billed whether or not they are kept"
    taken = "kept for 30 days at this price"
    return [
        _logs(resource, context, "flow logs made", Service.NETWORK_LOGS_MADE, made),
        _logs(resource, context, "flow logs taken in", Service.NETWORK_LOGS_IN, taken),
    ]


def _log_bucket(resource: CostResource, context: Context) -> list[Line]:
    free = "free allowance not deducted"
    found = [_logs(resource, context, "logs taken in", Service.LOGS_IN, free)]
    days = resource.whole("retentionDays", _FREE_LOG_DAYS)
    if days > _FREE_LOG_DAYS:
        gb = context.usage.log_gb
        kept_gb = (gb * (days - _FREE_LOG_DAYS) / _FREE_LOG_DAYS).quantize(Decimal("0.01"))
        item = f"logs kept for {days} days"
        said = f"{gb} GB a month, the first {_FREE_LOG_DAYS} days in the price of taking them in"
        found.append(
            of_service(
                context, resource, item, Service.LOGS_KEPT, kept_gb, assumption=said, usage=True
            )
        )
    return found


def _secret(resource: CostResource, context: Context) -> list[Line]:
    said = "one version in use; reads beyond the free ones are not counted"
    return [of_service(context, resource, "secret version", Service.SECRET, 1, assumption=said)]


PRICERS: Mapping[str, Pricer] = {
    **gcp_cache.PRICERS,
    "gcp:secretmanager/secret:Secret": _secret,
    "gcp:artifactregistry/repository:Repository": kept(
        "images", Service.IMAGES, lambda usage: usage.image_gb
    ),
    "gcp:compute/network:Network": _network,
    "gcp:dns/managedZone:ManagedZone": zone,
    CLOUD_NAT: _nat,
    "gcp:compute/subnetwork:Subnetwork": _subnetwork,
    "gcp:container/cluster:Cluster": _cluster,
    "gcp:kms/cryptoKey:CryptoKey": key,
    "gcp:logging/projectBucketConfig:ProjectBucketConfig": _log_bucket,
    "gcp:storage/bucket:Bucket": kept(
        "standard storage", Service.OBJECTS, lambda usage: usage.weights_gb
    ),
}
