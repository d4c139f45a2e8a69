"""How networks, templates and what belongs to them are found.

Most types have no name of their own: their tags are looked for, and what the create asked for must
fit. Parts of a table or a group have the table or group, and their content.
"""

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from infra.aws_api import AwsApi, listed
from infra.recovery.aws.tags import wears
from infra.recovery.candidates import (
    BY_CONTENT,
    BY_NAME,
    BY_TAGS,
    Candidate,
    Condition,
    Finder,
    called,
    same,
)
from infra.replies import blocks, dig, optional_text, tag_map, text
from infra.wire import Properties, Value

GONE = ("deleting", "deleted")
CONDITIONS = {"pending": Condition.COMING, "failed": Condition.FAILED}
"""States of NAT gateways and endpoints (EC2 API reference, 2026); every other one is ready."""


@dataclass(frozen=True)
class Listing:
    """A call that lists one kind of thing."""

    operation: str
    at: str
    key: str
    """Member that is the id in the state."""
    content: Mapping[str, str] = field(default_factory=dict)
    """Member of the reply by input: what must fit besides the tags."""


def _tagged(listing: Listing) -> Finder[AwsApi]:
    def search(api: AwsApi, inputs: Properties) -> Sequence[Candidate]:
        return [
            Candidate(text(item, listing.key), _condition(item))
            for item in listed(api, "ec2", listing.operation, listing.at)
            if wears(item.get("Tags"), inputs)
            and same(item, inputs, listing.content)
            and _state(item) not in GONE
        ]

    return Finder(BY_TAGS, search)


def _named(listing: Listing, name: str) -> Finder[AwsApi]:
    """Find by a name that EC2 gives only once; tags say whether it is ours."""

    def search(api: AwsApi, inputs: Properties) -> Sequence[Candidate]:
        return [
            Candidate(
                text(item, listing.key),
                ours=wears(item.get("Tags"), inputs),
                as_made={"name": text(item, name)},
            )
            for item in listed(api, "ec2", listing.operation, listing.at)
            if called(dig(item, name), text(inputs, "name"))
            and same(item, inputs, listing.content)
            and _state(item) not in GONE
        ]

    return Finder(BY_NAME, search)


def _state(item: Properties) -> str:
    return optional_text(item, "State").lower()


def _condition(item: Properties) -> Condition:
    return CONDITIONS.get(_state(item), Condition.READY)


DESTINATIONS = {
    "destinationCidrBlock": "DestinationCidrBlock",
    "destinationIpv6CidrBlock": "DestinationIpv6CidrBlock",
    "destinationPrefixListId": "DestinationPrefixListId",
}


def _table(api: AwsApi, inputs: Properties) -> Properties:
    table = text(inputs, "routeTableId")
    reply = api.call("ec2", "DescribeRouteTables", RouteTableIds=[table])
    return blocks(reply, "RouteTables")[0]


def _routes(api: AwsApi, inputs: Properties) -> Sequence[Candidate]:
    """Find a route: a table has one for a destination."""
    table, destination = (
        text(inputs, "routeTableId"),
        next(text(inputs, name) for name in DESTINATIONS if inputs.get(name)),
    )
    # The id is the provider's own: `r-`, table, CRC-32 of the destination (terraform-provider-aws,
    # internal/service/ec2, routeCreateID; 2026).
    physical_id = f"r-{table}{zlib.crc32(destination.encode())}"
    return [
        Candidate(physical_id)
        for route in blocks(_table(api, inputs), "Routes")
        if same(route, inputs, DESTINATIONS)
    ]


def _associations(api: AwsApi, inputs: Properties) -> Sequence[Candidate]:
    return [
        Candidate(text(item, "RouteTableAssociationId"))
        for item in blocks(_table(api, inputs), "Associations")
        if dig(item, "SubnetId") == inputs.get("subnetId")
    ]


RULE = {
    "securityGroupId": "GroupId",
    "ipProtocol": "IpProtocol",
    "fromPort": "FromPort",
    "toPort": "ToPort",
    "cidrIpv4": "CidrIpv4",
    "cidrIpv6": "CidrIpv6",
    "prefixListId": "PrefixListId",
    "referencedSecurityGroupId": "ReferencedGroupInfo.GroupId",
}


def _rules(*, egress: bool) -> Callable[[AwsApi, Properties], Sequence[Candidate]]:
    """Find rules of a group: EC2 refuses a second one of the same content."""

    def search(api: AwsApi, inputs: Properties) -> Sequence[Candidate]:
        group: Value = {"Name": "group-id", "Values": [text(inputs, "securityGroupId")]}
        found = listed(
            api, "ec2", "DescribeSecurityGroupRules", "SecurityGroupRules", Filters=[group]
        )
        return [
            Candidate(
                text(rule, "SecurityGroupRuleId"),
                ours=not tag_map(inputs.get("tags")) or wears(rule.get("Tags"), inputs),
            )
            for rule in found
            if rule.get("IsEgress") is egress and same(rule, inputs, RULE)
        ]

    return search


FINDERS: Mapping[str, Finder[AwsApi]] = {
    "aws:ec2/vpc:Vpc": _tagged(
        Listing("DescribeVpcs", "Vpcs", "VpcId", {"cidrBlock": "CidrBlock"})
    ),
    "aws:ec2/subnet:Subnet": _tagged(
        Listing(
            "DescribeSubnets",
            "Subnets",
            "SubnetId",
            {"vpcId": "VpcId", "cidrBlock": "CidrBlock", "availabilityZone": "AvailabilityZone"},
        )
    ),
    # Made first and attached by a second call: a kill between the two leaves one without a VPC.
    "aws:ec2/internetGateway:InternetGateway": _tagged(
        Listing("DescribeInternetGateways", "InternetGateways", "InternetGatewayId")
    ),
    "aws:ec2/eip:Eip": _tagged(Listing("DescribeAddresses", "Addresses", "AllocationId")),
    "aws:ec2/natGateway:NatGateway": _tagged(
        Listing(
            "DescribeNatGateways",
            "NatGateways",
            "NatGatewayId",
            {"subnetId": "SubnetId", "allocationId": "NatGatewayAddresses.0.AllocationId"},
        )
    ),
    "aws:ec2/routeTable:RouteTable": _tagged(
        Listing("DescribeRouteTables", "RouteTables", "RouteTableId", {"vpcId": "VpcId"})
    ),
    "aws:ec2/vpcEndpoint:VpcEndpoint": _tagged(
        Listing(
            "DescribeVpcEndpoints",
            "VpcEndpoints",
            "VpcEndpointId",
            {"vpcId": "VpcId", "serviceName": "ServiceName"},
        )
    ),
    "aws:ec2/flowLog:FlowLog": _tagged(
        Listing("DescribeFlowLogs", "FlowLogs", "FlowLogId", {"vpcId": "ResourceId"})
    ),
    "aws:ec2/securityGroup:SecurityGroup": _named(
        Listing("DescribeSecurityGroups", "SecurityGroups", "GroupId", {"vpcId": "VpcId"}),
        "GroupName",
    ),
    "aws:ec2/launchTemplate:LaunchTemplate": _named(
        Listing("DescribeLaunchTemplates", "LaunchTemplates", "LaunchTemplateId"),
        "LaunchTemplateName",
    ),
    # Here the name is the id in the state.
    "aws:ec2/placementGroup:PlacementGroup": _named(
        Listing("DescribePlacementGroups", "PlacementGroups", "GroupName"), "GroupName"
    ),
    "aws:ec2/route:Route": Finder(BY_CONTENT, _routes),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": Finder(BY_CONTENT, _associations),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": Finder(
        BY_CONTENT, _rules(egress=False)
    ),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": Finder(
        BY_CONTENT, _rules(egress=True)
    ),
}
