"""What exists in the simulated account that did not exist at the start.

Owns: the list with which a rehearsal proves that destroy left nothing. Things that come and go with
their VPC (its default security group, ACL and main route table) are part of it and not listed.
Does not own: objects inside the cluster.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from infra.rehearsal.aws.account import Account, Region
from infra.rehearsal.aws.eks_state import EksState
from infra.rehearsal.aws.values import blocks, dig, optional_text, tag_map, text
from infra.wire import Properties, Value


@dataclass(frozen=True, order=True)
class Thing:
    """One thing in the account."""

    kind: str
    identifier: str
    name: str


@dataclass(frozen=True)
class Listing:
    """One call that lists one kind."""

    kind: str
    operation: str
    at: str
    key: str
    name: str = ""


EC2 = (
    Listing("vpc", "describe_vpcs", "Vpcs", "VpcId"),
    Listing("subnet", "describe_subnets", "Subnets", "SubnetId"),
    Listing(
        "internet gateway", "describe_internet_gateways", "InternetGateways", "InternetGatewayId"
    ),
    Listing("elastic IP", "describe_addresses", "Addresses", "AllocationId", "PublicIp"),
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
    Listing("volume", "describe_volumes", "Volumes", "VolumeId"),
    Listing("VPC endpoint", "describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId"),
)


class Inventory:
    """Compares the account with what it was at the start."""

    def __init__(self, account: Account, state: EksState) -> None:
        """Remember what exists now: default VPCs, managed policies, the rehearsal's user."""
        self._account = account
        self._state = state
        self._before: dict[str, set[Thing]] = {}
        self._global_before = set(_global_things(account.region("us-east-1")))

    def watch(self, region: str) -> None:
        """Begin to watch a region; before anything is made there."""
        with self._account.lock:
            if region not in self._before:
                self._before[region] = set(_regional_things(self._account.region(region)))

    def things(self) -> list[Thing]:
        """Return what was made since, sorted."""
        with self._account.lock:
            found = set(_global_things(self._account.region("us-east-1"))) - self._global_before
            for region, before in self._before.items():
                found |= set(_regional_things(self._account.region(region))) - before
            return sorted(found | set(self._eks_things()))

    def _eks_things(self) -> Iterator[Thing]:
        for (region, cluster), record in self._state.records.items():
            yield Thing("cluster", cluster, f"{cluster} in {region}")
            for name in record.node_groups:
                yield Thing("node group", f"{cluster}:{name}", name)
            for principal in record.entries:
                yield Thing("access entry", f"{cluster}:{principal}", principal)


def _regional_things(region: Region) -> Iterator[Thing]:
    for listing in EC2:
        for item in blocks(region.call("ec2", listing.operation), listing.at):
            if not _part_of_vpc(listing.kind, item):
                name = optional_text(item, listing.name) if listing.name else ""
                tags = tag_map(item.get("Tags"))
                yield Thing(listing.kind, text(item, listing.key), name or tags.get("Name", ""))
    for group in blocks(region.call("logs", "describe_log_groups"), "logGroups"):
        yield Thing("log group", text(group, "logGroupName"), text(group, "logGroupName"))


def _part_of_vpc(kind: str, item: Properties) -> bool:
    if kind == "route table":
        return any(dig(one, "Main") for one in blocks(item, "Associations"))
    if kind == "security group":
        return dig(item, "GroupName") == "default"
    return kind == "NAT gateway" and dig(item, "State") == "deleted"


def _global_things(region: Region) -> Iterator[Thing]:
    for role in blocks(region.call("iam", "list_roles"), "Roles"):
        yield Thing("IAM role", text(role, "RoleName"), text(role, "RoleName"))
    local: Value = "Local"
    for policy in blocks(region.call("iam", "list_policies", Scope=local), "Policies"):
        yield Thing("IAM policy", text(policy, "Arn"), text(policy, "PolicyName"))
    for profile in blocks(region.call("iam", "list_instance_profiles"), "InstanceProfiles"):
        name = text(profile, "InstanceProfileName")
        yield Thing("instance profile", name, name)
