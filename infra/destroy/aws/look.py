"""What an AWS account has of a platform. Reads only.

Owns which calls are asked, and what says that a thing is ours: our tag, or the mark of our cluster
that its controllers put on what they make. Names prove nothing: somebody else's VPC may have ours.
One exception: EKS makes its log group anew while it goes, without tags, under a fixed name.

Sources of marks: `components/aws/tags.py`; those of controllers as in `infra/rehearsal/aws`
(`network_balancer_marks`, `side_effects`), with their sources there.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from infra.aws_api import AwsApi, listed
from infra.destroy.found import Found, Left, Look, Marks, plural
from infra.replies import blocks, optional_text, tag_map, text

if TYPE_CHECKING:
    from infra.wire import Properties, Value

PLATFORM_TAG = "tokenworks.dev/platform"
CLUSTER_TAG = "kubernetes.io/cluster/"
BALANCER_TAG = "elbv2.k8s.aws/cluster"
DISK_TAG = "CSIVolumeName"
OWNED = "owned"
TAGS_AT_ONCE = 20
"""Load balancers that `DescribeTags` takes (Elastic Load Balancing API reference, 2026)."""
GOING = ("deleting", "deleted", "terminated", "shutting-down")
MADE_BY_CONTROLLERS = ("load balancer", "target group", "volume")
REMADE = "EKS makes it anew while it goes: `aws logs delete-log-group --log-group-name {name}`"
INDEXED = "as the index of tags has it, which may be minutes late"
DESCRIBED = ("ec2", "elasticloadbalancing")
"""Services of which the index is not believed: they are asked themselves."""


@dataclass(frozen=True)
class Listing:
    """A call of EC2 that lists one kind with its tags."""

    kind: str
    operation: str
    at: str
    key: str
    tags: str = "Tags"


LISTINGS = (
    Listing("volume", "DescribeVolumes", "Volumes", "VolumeId"),
    Listing(
        "network interface",
        "DescribeNetworkInterfaces",
        "NetworkInterfaces",
        "NetworkInterfaceId",
        "TagSet",
    ),
    Listing("address", "DescribeAddresses", "Addresses", "AllocationId"),
    Listing("NAT gateway", "DescribeNatGateways", "NatGateways", "NatGatewayId"),
    Listing("VPC endpoint", "DescribeVpcEndpoints", "VpcEndpoints", "VpcEndpointId"),
    Listing("security group", "DescribeSecurityGroups", "SecurityGroups", "GroupId"),
    Listing("subnet", "DescribeSubnets", "Subnets", "SubnetId"),
    Listing("route table", "DescribeRouteTables", "RouteTables", "RouteTableId"),
    Listing(
        "internet gateway", "DescribeInternetGateways", "InternetGateways", "InternetGatewayId"
    ),
    Listing("VPC", "DescribeVpcs", "Vpcs", "VpcId"),
    Listing("launch template", "DescribeLaunchTemplates", "LaunchTemplates", "LaunchTemplateId"),
)


def look_in(api: AwsApi) -> Look:
    """Return the look at an account in one region."""
    return partial(look, api)


def look(api: AwsApi, marks: Marks) -> Found:
    """Return what there is of a platform."""
    found = Found()
    for listing in LISTINGS:
        with found.asking(plural(listing.kind), f"ec2:{listing.operation}"):
            items = listed(api, "ec2", listing.operation, listing.at)
            tagged = (
                (text(item, listing.key), tag_map(item.get(listing.tags)))
                for item in items
                if optional_text(item, "State") not in GOING
            )
            found.left += _ours(listing.kind, tagged, marks)
    with found.asking("instances", "ec2:DescribeInstances"):
        found.left += _ours("instance", _instances(api), marks)
    for kind, tagged in _balancing(api).items():
        with found.asking(plural(kind), f"elasticloadbalancing:{PERMISSIONS[kind]}"):
            found.left += _ours(kind, tagged(), marks)
    with found.asking("log groups of the cluster", "logs:DescribeLogGroups"):
        found.left += _log_groups(api, marks)
    with found.asking("all that the index of tags has", "tag:GetResources"):
        found.left += _indexed(api, marks)
    return found


PERMISSIONS: Mapping[str, str] = {
    "classic load balancer": "DescribeLoadBalancers, DescribeTags",
    "load balancer": "DescribeLoadBalancers, DescribeTags",
    "target group": "DescribeTargetGroups, DescribeTags",
}
Tagged = Iterable[tuple[str, dict[str, str]]]


def why_ours(tags: Mapping[str, str], marks: Marks) -> str:
    """Return what says that a thing with these tags is the platform's; empty for nothing."""
    if tags.get(BALANCER_TAG) == marks.cluster:
        return f"tag {BALANCER_TAG}"
    if tags.get(f"{CLUSTER_TAG}{marks.cluster}") == OWNED:  # `shared`: somebody else's subnet
        return f"tag {CLUSTER_TAG}{marks.cluster}"
    return f"tag {PLATFORM_TAG}" if tags.get(PLATFORM_TAG) == marks.platform else ""


def _ours(kind: str, tagged: Tagged, marks: Marks) -> list[Left]:
    return [
        Left(kind, physical_id, why, holds=_holds(kind, tags, why))
        for physical_id, tags in tagged
        if (why := why_ours(tags, marks))
    ]


def _holds(kind: str, tags: Mapping[str, str], why: str) -> bool:
    """Say whether a controller made it: the disks of nodes go with their nodes."""
    made = kind.endswith(MADE_BY_CONTROLLERS) and not why.endswith(PLATFORM_TAG)
    return made and (kind != "volume" or DISK_TAG in tags)


def _instances(api: AwsApi) -> Tagged:
    for reservation in listed(api, "ec2", "DescribeInstances", "Reservations"):
        for item in blocks(reservation, "Instances"):
            if optional_text(item, "State.Name") not in GOING:
                yield text(item, "InstanceId"), tag_map(item.get("Tags"))


def _balancing(api: AwsApi) -> Mapping[str, Callable[[], Tagged]]:
    classic = ("elb", "DescribeLoadBalancers", "LoadBalancerDescriptions", "LoadBalancerName")
    balancers = ("elbv2", "DescribeLoadBalancers", "LoadBalancers", "LoadBalancerArn")
    groups = ("elbv2", "DescribeTargetGroups", "TargetGroups", "TargetGroupArn")
    return {
        "classic load balancer": partial(_tags_apart, api, classic, "LoadBalancerNames"),
        "load balancer": partial(_tags_apart, api, balancers, "ResourceArns"),
        "target group": partial(_tags_apart, api, groups, "ResourceArns"),
    }


def _tags_apart(api: AwsApi, what: tuple[str, str, str, str], asked_by: str) -> Tagged:
    """Return what a call lists, with the tags of a second call."""
    service, operation, at, key = what
    names = [text(item, key) for item in listed(api, service, operation, at)]
    for start in range(0, len(names), TAGS_AT_ONCE):
        asked: dict[str, Value] = {asked_by: [*names[start : start + TAGS_AT_ONCE]]}
        reply = api.call(service, "DescribeTags", **asked)
        for item in blocks(reply, "TagDescriptions"):
            name = optional_text(item, "ResourceArn") or optional_text(item, "LoadBalancerName")
            yield name, tag_map(item.get("Tags"))


def _log_groups(api: AwsApi, marks: Marks) -> Sequence[Left]:
    prefix = f"/aws/eks/{marks.cluster}/"
    groups = listed(api, "logs", "DescribeLogGroups", "logGroups", logGroupNamePrefix=prefix)
    names = [text(group, "logGroupName") for group in groups]
    return [Left("log group", name, "its name", REMADE.format(name=name)) for name in names]


def _indexed(api: AwsApi, marks: Marks) -> Sequence[Left]:
    wanted: list[Value] = [{"Key": PLATFORM_TAG, "Values": [marks.platform]}]
    service = "resourcegroupstaggingapi"
    items = listed(api, service, "GetResources", "ResourceTagMappingList", TagFilters=wanted)
    arns = [text(item, "ResourceARN") for item in items]
    return [
        Left(_kind(arn), arn, f"tag {PLATFORM_TAG}", INDEXED)
        for arn in arns
        if _service(arn) not in DESCRIBED
        and f"/aws/eks/{marks.cluster}/" not in arn
        and not _ends_by_itself(api, arn)
    ]


def _ends_by_itself(api: AwsApi, arn: str) -> bool:
    """Say whether it waits for its end, and costs nothing until then: a key, a secret."""
    if _service(arn) == "kms":
        key: Properties = api.call("kms", "DescribeKey", KeyId=arn)
        return optional_text(key, "KeyMetadata.KeyState") == "PendingDeletion"
    if _service(arn) == "secretsmanager":
        return "DeletedDate" in api.call("secretsmanager", "DescribeSecret", SecretId=arn)
    return False


def _service(arn: str) -> str:
    return arn.split(":")[2]


def _kind(arn: str) -> str:
    """Return `kms key` of `arn:aws:kms:us-east-1:1:key/x`; a bucket's ARN has no type."""
    resource = arn.split(":", 5)[5]
    kind = resource.replace("/", ":").partition(":")[0] if {":", "/"} & set(resource) else ""
    return f"{_service(arn)} {kind}".strip()
