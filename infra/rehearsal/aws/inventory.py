"""What exists in the simulated account that did not exist at the start.

Owns: the list with which a rehearsal proves that destroy left nothing. Things that come and go with
their VPC (its default security group, ACL and main route table) are part of it and not listed, nor
are rules, routes and attachments: they are parts of the group, table or role that they are in.
Does not own: objects inside the cluster.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from infra.rehearsal.aws.account import Account, Region
from infra.rehearsal.aws.eks_state import EksState
from infra.rehearsal.aws.values import blocks, dig, optional_text, tag_map, text
from infra.rehearsal.cloud.inventory import Thing
from infra.wire import Properties


@dataclass(frozen=True)
class Listing:
    """One call that lists one kind."""

    kind: str
    operation: str
    at: str
    key: str
    name: str = ""
    service: str = "ec2"
    scope: str = ""
    """Parameter `Scope`, where the call has it."""


TOKENS = {
    "ec2": ("NextToken", "NextToken"),
    "logs": ("nextToken", "nextToken"),
    "amp": ("nextToken", "nextToken"),
    "iam": ("Marker", "Marker"),
    "kms": ("Marker", "NextMarker"),
    "s3": ("ContinuationToken", "ContinuationToken"),
    "ecr": ("nextToken", "nextToken"),
    "elb": ("Marker", "NextMarker"),
    "elbv2": ("Marker", "NextMarker"),
    "elasticache": ("Marker", "Marker"),
    "cloudwatch": ("NextToken", "NextToken"),
    "route53": ("Marker", "NextMarker"),
    "budgets": ("NextToken", "NextToken"),
    "ce": ("NextPageToken", "NextPageToken"),
    "secretsmanager": ("NextToken", "NextToken"),
}
"""What the next page is asked with, in request and in reply (botocore 1.44, paginators)."""
ZONE_PATH = "/hostedzone/"
"""What Route 53 puts before the ids of zones."""
KEY = "KMS key"
OWN_KEY = "Default master key that protects my "
"""How AWS describes the keys that it makes for its services."""
REGIONAL = (
    Listing("vpc", "describe_vpcs", "Vpcs", "VpcId"),
    Listing("subnet", "describe_subnets", "Subnets", "SubnetId"),
    Listing(
        "internet gateway", "describe_internet_gateways", "InternetGateways", "InternetGatewayId"
    ),
    Listing("elastic IP", "describe_addresses", "Addresses", "AllocationId"),
    Listing("NAT gateway", "describe_nat_gateways", "NatGateways", "NatGatewayId"),
    Listing("route table", "describe_route_tables", "RouteTables", "RouteTableId"),
    Listing("security group", "describe_security_groups", "SecurityGroups", "GroupId", "GroupName"),
    Listing(
        "launch template",
        "describe_launch_templates",
        "LaunchTemplates",
        "LaunchTemplateId",
        "LaunchTemplateName",
    ),
    Listing(
        "placement group",
        "describe_placement_groups",
        "PlacementGroups",
        "GroupName",
        "GroupName",
    ),
    Listing("volume", "describe_volumes", "Volumes", "VolumeId"),
    Listing(
        "load balancer",
        "describe_load_balancers",
        "LoadBalancerDescriptions",
        "LoadBalancerName",
        "LoadBalancerName",
        "elb",
    ),
    Listing(
        "network load balancer",
        "describe_load_balancers",
        "LoadBalancers",
        "LoadBalancerArn",
        "LoadBalancerName",
        "elbv2",
    ),
    Listing(
        "target group",
        "describe_target_groups",
        "TargetGroups",
        "TargetGroupArn",
        "TargetGroupName",
        "elbv2",
    ),
    Listing("VPC endpoint", "describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId"),
    Listing(
        "network interface",
        "describe_network_interfaces",
        "NetworkInterfaces",
        "NetworkInterfaceId",
        "Description",
    ),
    Listing(
        "log group", "describe_log_groups", "logGroups", "logGroupName", "logGroupName", "logs"
    ),
    Listing("metrics workspace", "list_workspaces", "workspaces", "workspaceId", "alias", "amp"),
    Listing("flow log", "describe_flow_logs", "FlowLogs", "FlowLogId"),
    Listing(
        "image repository",
        "describe_repositories",
        "repositories",
        "repositoryName",
        service="ecr",
    ),
    Listing(
        "image cache rule",
        "describe_pull_through_cache_rules",
        "pullThroughCacheRules",
        "ecrRepositoryPrefix",
        service="ecr",
    ),
    *(
        Listing(kind, f"describe_{plural}", listed, key, key, service="elasticache")
        for kind, plural, listed, key in (
            ("cache", "replication_groups", "ReplicationGroups", "ReplicationGroupId"),
            (
                "cache subnet group",
                "cache_subnet_groups",
                "CacheSubnetGroups",
                "CacheSubnetGroupName",
            ),
            (
                "cache parameter group",
                "cache_parameter_groups",
                "CacheParameterGroups",
                "CacheParameterGroupName",
            ),
            ("cache user", "users", "Users", "UserId"),
            ("cache user group", "user_groups", "UserGroups", "UserGroupId"),
        )
    ),
    Listing("alarm", "describe_alarms", "MetricAlarms", "AlarmName", "AlarmName", "cloudwatch"),
    Listing("secret", "list_secrets", "SecretList", "ARN", "Name", "secretsmanager"),
    Listing(KEY, "list_keys", "Keys", "KeyId", service="kms"),
    Listing("KMS alias", "list_aliases", "Aliases", "AliasName", "AliasName", "kms"),
)
GLOBAL = (
    Listing("bucket", "list_buckets", "Buckets", "Name", service="s3"),
    Listing("DNS zone", "list_hosted_zones", "HostedZones", "Id", "Name", "route53"),
    Listing("budget", "describe_budgets", "Budgets", "BudgetName", service="budgets"),
    *(
        Listing(
            f"anomaly {word}",
            f"get_anomaly_{word}s",
            f"Anomaly{word.capitalize()}s",
            f"{word.capitalize()}Arn",
            f"{word.capitalize()}Name",
            "ce",
        )
        for word in ("monitor", "subscription")
    ),
    Listing("IAM role", "list_roles", "Roles", "RoleName", "RoleName", "iam"),
    Listing("IAM policy", "list_policies", "Policies", "Arn", "PolicyName", "iam", "Local"),
    Listing(
        "instance profile",
        "list_instance_profiles",
        "InstanceProfiles",
        "InstanceProfileName",
        "InstanceProfileName",
        "iam",
    ),
)


class Inventory:
    """Compares the account with what it was at the start."""

    def __init__(self, account: Account, state: EksState) -> None:
        """Remember what exists now: default VPCs, managed policies, the rehearsal's user."""
        self._account = account
        self._state = state
        self._before: dict[str, set[Thing]] = {}
        self._global_before = set(_listed(account.region("us-east-1"), GLOBAL))
        account.on_new_region.append(self.watch)
        for region in account.regions:
            self.watch(region)

    def watch(self, region: str) -> None:
        """Begin to watch a region; before anything is made there."""
        with self._account.lock:
            if region not in self._before:
                self._before[region] = set(_listed(self._account.region(region), REGIONAL))

    def accept(self, region: str) -> None:
        """Take what is in a region now for what was there before: somebody else made it."""
        with self._account.lock:
            self._before[region] = set(_listed(self._account.region(region), REGIONAL))

    def things(self) -> list[Thing]:
        """Return what was made since, sorted."""
        with self._account.lock:
            found = set(_listed(self._account.region("us-east-1"), GLOBAL)) - self._global_before
            for region, before in self._before.items():
                found |= set(_listed(self._account.region(region), REGIONAL)) - before
            return sorted(found | set(self._eks_things()))

    def _eks_things(self) -> Iterator[Thing]:
        for (region, cluster), record in self._state.records.items():
            yield Thing("cluster", cluster, f"{cluster} in {region}")
            for name in record.node_groups:
                yield Thing("node group", f"{cluster}:{name}", name)
            for principal in record.entries:
                yield Thing("access entry", f"{cluster}:{principal}", principal)
            for name in record.addons:
                yield Thing("add-on", f"{cluster}:{name}", name)
            for identifier, item in record.associations.items():
                name = f"{item.namespace}/{item.account}"
                yield Thing("Pod Identity association", identifier, name)


def _listed(region: Region, listings: tuple[Listing, ...]) -> Iterator[Thing]:
    for listing in listings:
        for item in _items(region, listing):
            if not (_part_of_vpc(listing.kind, item) or _free_key(region, listing.kind, item)):
                name = optional_text(item, listing.name) if listing.name else ""
                tags = tag_map(item.get("Tags")) or _tags_of_key(region, listing.kind, item)
                thing = text(item, listing.key).removeprefix(ZONE_PATH)
                if listing.service == "budgets":  # as the provider's ids have it
                    thing = f"{region.account.account_id}:{thing}"
                yield Thing(listing.kind, thing, name or tags.get("Name", ""))


def _items(region: Region, listing: Listing) -> Iterator[Properties]:
    """Read every page: of 130 roles the first has 100, of 70 log groups 50."""
    asked, answered = TOKENS[listing.service]
    scope: Properties = {"Scope": listing.scope} if listing.scope else {}
    if listing.service == "budgets":  # the one that asks whose they are
        scope["AccountId"] = region.account.account_id
    page = region.call(listing.service, listing.operation, **scope)
    yield from blocks(page, listing.at)
    while page.get(answered):
        token = page[answered]
        page = region.call(listing.service, listing.operation, **scope, **{asked: token})
        yield from blocks(page, listing.at)


def _part_of_vpc(kind: str, item: Properties) -> bool:
    if kind == "route table":
        return any(dig(one, "Main") for one in blocks(item, "Associations"))
    if kind == "security group":
        return dig(item, "GroupName") == "default"
    return kind == "NAT gateway" and dig(item, "State") == "deleted"


def _tags_of_key(region: Region, kind: str, item: Properties) -> dict[str, str]:
    """A listed key shows its id alone."""
    if kind != KEY:
        return {}
    tags = blocks(region.call("kms", "list_resource_tags", KeyId=text(item, "KeyId")), "Tags")
    return {text(tag, "TagKey"): text(tag, "TagValue") for tag in tags}


def _free_key(region: Region, kind: str, item: Properties) -> bool:
    """A key whose deletion is scheduled costs nothing and goes by itself.

    Nor does AWS's own key for volumes, which is made when it is first used and stays. moto does not
    say that it is AWS's.
    """
    if kind != KEY:
        return False
    described = region.call("kms", "describe_key", KeyId=text(item, "KeyId"))
    return text(described, "KeyMetadata.KeyState") == "PendingDeletion" or optional_text(
        described, "KeyMetadata.Description"
    ).startswith(OWN_KEY)
