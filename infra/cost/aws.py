"""What resources of AWS bill: one function for each type that costs something."""

from collections.abc import Mapping
from decimal import Decimal

from infra.catalog.kubernetes_versions import kubernetes_versions
from infra.catalog.service_prices import Service
from infra.cost import aws_cache
from infra.cost.common import CALLS, Pricer, kept, key, weights_line, zone
from infra.cost.demand import ON_DEMAND, POOL, SPOT
from infra.cost.lines import Context, Rate, of_service, priced, unpriced
from infra.cost.model import HOURS_PER_MONTH, Line, span
from infra.cost.nodes import Disk, NodeGroup
from infra.cost.resources import CostResource, NotKnownError, OtherFormError

NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
_ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
_NAT = "aws:ec2/natGateway:NatGateway"
_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
_CAPACITIES = {"ON_DEMAND": ON_DEMAND, "SPOT": SPOT, "CAPACITY_BLOCK": "capacity-block"}
_DAYS = 30

# EKS's own: a node group without a launch template has 20 GiB (API reference, CreateNodegroup).
_DEFAULT_DISK_GB = 20


def node_group(resource: CostResource, context: Context) -> NodeGroup:
    """Read a node group. Raises as `CostResource.text` where what decides is not known."""
    labels = resource.at("labels")
    pool = labels.get(POOL) if isinstance(labels, dict) else None
    capacity = resource.text("capacityType", "ON_DEMAND")
    disk, unknown = _disk(resource, context)
    return NodeGroup(
        resource=resource,
        pool=pool if isinstance(pool, str) else "",
        capacity=_CAPACITIES.get(capacity, capacity),
        machine_types=resource.texts("instanceTypes"),
        minimum=resource.whole("scalingConfig.minSize"),
        maximum=resource.whole("scalingConfig.maxSize"),
        disk=disk,
        disk_unknown=unknown,
    )


def _disk(resource: CostResource, context: Context) -> tuple[Disk | None, str]:
    """Return the boot disk, or why it is not known."""
    try:
        return _known_disk(resource, context), ""
    except NotKnownError as error:
        return None, f"{error}: not known before the engine runs"
    except OtherFormError as error:
        return None, str(error)


def _known_disk(resource: CostResource, context: Context) -> Disk:
    if "launchTemplate" not in resource.properties:
        return Disk(type="gp3", gb=resource.whole("diskSize", _DEFAULT_DISK_GB))
    templates = [
        context.resources[urn]
        for urn in resource.dependencies.get("launchTemplate", ())
        if urn in context.resources and context.resources[urn].type == _TEMPLATE
    ]
    if len(templates) != 1:
        message = "its launch template is not known"
        raise OtherFormError(message)
    (template,) = templates
    mappings = template.items("blockDeviceMappings")
    if len(mappings) != 1:
        message = f"its launch template has {len(mappings)} disks, not one"
        raise OtherFormError(message)
    ebs = template.part("blockDeviceMappings", mappings[0])
    return Disk(
        type=ebs.text("ebs.volumeType", "gp3"),
        gb=ebs.whole("ebs.volumeSize"),
        iops=ebs.whole("ebs.iops", 0),
        mb_per_second=ebs.whole("ebs.throughput", 0),
    )


def _cluster(resource: CostResource, context: Context) -> list[Line]:
    version = resource.text("version")
    standard, extended = (
        context.rate(Service.CONTROL_PLANE),
        context.rate(Service.CONTROL_PLANE_EXTENDED),
    )
    item = "EKS control plane"
    if standard is None or extended is None:
        reason = f"no source gives a price of the control plane in {context.region}"
        return [unpriced(resource, item, reason)]
    hours = span(HOURS_PER_MONTH, HOURS_PER_MONTH, HOURS_PER_MONTH)
    ends = {row.minor: row.standard_support_ends for row in kubernetes_versions("aws")}
    end = ends.get(version)
    upgraded = resource.text("upgradePolicy.supportType", "EXTENDED") == "STANDARD"
    if upgraded or (end is not None and context.as_of <= end):
        until = f"standard support of {version} ends on {end}" if end else ""
        then = "AWS upgrades the cluster then" if upgraded else "six times the price afterwards"
        said = f"{until}; {then}" if until else f"{version}: when standard support ends, {then}"
        return [
            priced(resource, f"{item}, standard support", hours, "hour", standard, assumption=said)
        ]
    if end is not None:
        said = f"standard support of {version} ended on {end}"
        return [
            priced(resource, f"{item}, extended support", hours, "hour", extended, assumption=said)
        ]
    # Known to be allowed and without a date: new. Not in the table at all: old.
    low, high = standard.usd_per_unit.expected, extended.usd_per_unit.expected
    between = Rate(
        usd_per_unit=span(low, low if version in ends else high, high),
        source=extended.source,
        source_date=extended.source_date,
    )
    said = f"when standard support of {version} ends is not known: standard to extended"
    return [priced(resource, item, hours, "hour", between, assumption=said)]


def _nat(resource: CostResource, context: Context) -> list[Line]:
    usage = context.usage
    found = [
        of_service(context, resource, "NAT gateway", Service.NAT_GATEWAY, HOURS_PER_MONTH),
        of_service(
            context,
            resource,
            "data through NAT",
            Service.NAT_DATA,
            usage.nat_gb,
            assumption=f"{usage.nat_gb} GB through each gateway",
            usage=True,
        ),
    ]
    gateways = context.of_type(_NAT)
    if context.weights_through_nat_gb and gateways and gateways[0].urn == resource.urn:
        found.append(weights_line(context, resource))
    return found


def has_s3_gateway(context: Context) -> bool:
    """Return whether the bucket of weights is reached past NAT."""
    try:
        return any(
            endpoint.text("vpcEndpointType", "Gateway") == "Gateway"
            and endpoint.text("serviceName", "").endswith(".s3")
            for endpoint in context.of_type(_ENDPOINT)
        )
    except (NotKnownError, OtherFormError):
        return False


def _endpoint(resource: CostResource, context: Context) -> list[Line]:
    kind = resource.text("vpcEndpointType", "Gateway")
    if kind == "Gateway":
        return []
    if kind != "Interface":
        return [unpriced(resource, f"{kind} endpoint", f"no source gives a price of {kind}")]
    zones = len(resource.items("subnetIds"))
    gb = context.usage.endpoint_gb
    return [
        of_service(
            context,
            resource,
            f"interface endpoint in {zones} zones",
            Service.INTERFACE_ENDPOINT,
            HOURS_PER_MONTH * zones,
        ),
        of_service(
            context,
            resource,
            "data through the endpoint",
            Service.INTERFACE_ENDPOINT_DATA,
            gb,
            assumption=f"{gb} GB through each endpoint",
            usage=True,
        ),
    ]


def _samples(resource: CostResource, _context: Context) -> list[Line]:
    reason = "AWS bills by the sample, and nobody counted those of a platform"
    return [unpriced(resource, "samples taken in, kept and asked for", reason)]


def _log_group(resource: CostResource, context: Context) -> list[Line]:
    gb = context.usage.log_gb
    taken = of_service(
        context,
        resource,
        "logs taken in",
        Service.LOGS_IN,
        gb,
        assumption=f"{gb} GB into each log group",
        usage=True,
    )
    days = resource.whole("retentionInDays", 0)
    if not days:
        reason = "kept for ever: it grows every month"
        return [taken, unpriced(resource, "logs kept", reason)]
    kept = (gb * days / _DAYS).quantize(Decimal("0.01"))
    return [
        taken,
        of_service(
            context,
            resource,
            f"logs kept for {days} days",
            Service.LOGS_KEPT,
            kept,
            assumption=f"{gb} GB a month",
            usage=True,
        ),
    ]


def _address(resource: CostResource, context: Context) -> list[Line]:
    return [
        of_service(context, resource, "public IPv4 address", Service.PUBLIC_IPV4, HOURS_PER_MONTH)
    ]


def _network(resource: CostResource, context: Context) -> list[Line]:
    gb = context.usage.between_zones_gb
    return [
        of_service(
            context,
            resource,
            "traffic between zones",
            Service.BETWEEN_ZONES,
            gb * 2,
            assumption=f"{gb} GB, billed at both ends",
            usage=True,
        )
    ]


def _secret(resource: CostResource, context: Context) -> list[Line]:
    calls = context.usage.secret_calls
    return [
        of_service(context, resource, "secret", Service.SECRET, 1),
        of_service(
            context,
            resource,
            "reads",
            Service.SECRET_CALLS,
            calls / CALLS,
            assumption=f"{calls} reads of each secret",
            usage=True,
        ),
    ]


PRICERS: Mapping[str, Pricer] = {
    "aws:secretsmanager/secret:Secret": _secret,
    **aws_cache.PRICERS,
    "aws:amp/workspace:Workspace": _samples,
    "aws:cloudwatch/logGroup:LogGroup": _log_group,
    "aws:ec2/eip:Eip": _address,
    _NAT: _nat,
    "aws:ec2/vpc:Vpc": _network,
    _ENDPOINT: _endpoint,
    "aws:ecr/pullThroughCacheRule:PullThroughCacheRule": kept(
        "cached images", Service.IMAGES, lambda usage: usage.image_gb
    ),
    "aws:ecr/repository:Repository": kept("images", Service.IMAGES, lambda usage: usage.image_gb),
    "aws:eks/cluster:Cluster": _cluster,
    "aws:kms/key:Key": key,
    "aws:route53/zone:Zone": zone,
    "aws:s3/bucket:Bucket": kept(
        "standard storage", Service.OBJECTS, lambda usage: usage.weights_gb
    ),
}
