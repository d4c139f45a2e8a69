"""Functions of the AWS package that look at a network which exists already."""

from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.values import blocks, dig, tag_map, text
from infra.rehearsal.cloud.projection import from_api
from infra.wire import Properties, Value

VPC_ATTRIBUTES = (
    "enableDnsHostnames",
    "enableDnsSupport",
    "enableNetworkAddressUsageMetrics",
)
NOT_SET = {
    "assignIpv6AddressOnCreation": False,
    "customerOwnedIpv4Pool": "",
    "enableDns64": False,
    "enableLniAtDeviceIndex": 0,
    "ipv6CidrBlock": "",
    "ipv6CidrBlockAssociationId": "",
    "ipv6Native": False,
    "mapCustomerOwnedIpOnLaunch": False,
    "outpostArn": "",
}
"""What a subnet without IPv6 and Outposts has (pulumi-aws 7.51.1, GetSubnetResult)."""


def vpc(region: Region, arguments: Properties) -> Properties:
    """`aws.ec2.get_vpc` by id."""
    vpc_id = text(arguments, "id")
    found = _only(region, "vpc", vpc_id)
    inside: list[Value] = [
        {"Name": "vpc-id", "Values": [vpc_id]},
        {"Name": "association.main", "Values": ["true"]},
    ]
    tables = region.call("ec2", "describe_route_tables", Filters=inside)
    outputs: Properties = {
        "id": vpc_id,
        "arn": region.arn("ec2", f"vpc/{vpc_id}"),
        "cidrBlock": dig(found, "CidrBlock"),
        "cidrBlockAssociations": [
            {
                "associationId": dig(item, "AssociationId"),
                "cidrBlock": dig(item, "CidrBlock"),
                "state": dig(item, "CidrBlockState.State"),
            }
            for item in blocks(found, "CidrBlockAssociationSet")
        ],
        "default": dig(found, "IsDefault") is True,
        "dhcpOptionsId": dig(found, "DhcpOptionsId"),
        "instanceTenancy": dig(found, "InstanceTenancy"),
        "ipv6AssociationId": "",
        "ipv6CidrBlock": "",
        "ipv6CidrBlockAssociations": [],
        "mainRouteTableId": dig(tables, "RouteTables.0.RouteTableId"),
        "ownerId": dig(found, "OwnerId"),
        "region": region.name,
        "state": dig(found, "State"),
        "tags": dict(tag_map(found.get("Tags"))),
    }
    for name in VPC_ATTRIBUTES:
        reply = region.call("ec2", "describe_vpc_attribute", VpcId=vpc_id, Attribute=name)
        outputs[name] = dig(reply, f"{name[0].upper()}{name[1:]}.Value") is True
    return outputs


def subnet(region: Region, arguments: Properties) -> Properties:
    """`aws.ec2.get_subnet` by id."""
    subnet_id = text(arguments, "id")
    found = _only(region, "subnet", subnet_id)
    names = {
        "availabilityZone": "str",
        "availabilityZoneId": "str",
        "availableIpAddressCount": "int",
        "cidrBlock": "str",
        "defaultForAz": "bool",
        "mapPublicIpOnLaunch": "bool",
        "ownerId": "str",
        "state": "str",
        "vpcId": "str",
    }
    projected = from_api({**names}, found, {})
    return {
        **NOT_SET,
        "enableResourceNameDnsARecordOnLaunch": False,
        "enableResourceNameDnsAaaaRecordOnLaunch": False,
        "privateDnsHostnameTypeOnLaunch": "ip-name",  # EC2's default for IPv4 subnets
        **(projected if isinstance(projected, dict) else {}),
        "id": subnet_id,
        "arn": region.arn("ec2", f"subnet/{subnet_id}"),
        "region": region.name,
        "tags": dict(tag_map(found.get("Tags"))),
    }


def _only(region: Region, kind: str, asked: str) -> Properties:
    """Return the thing of an id, or the real provider's words for none."""
    operation, key, at = {
        "vpc": ("describe_vpcs", "VpcIds", "Vpcs"),
        "subnet": ("describe_subnets", "SubnetIds", "Subnets"),
    }[kind]
    ids: list[Value] = [asked]
    found = blocks(region.call("ec2", operation, **{key: ids}), at)
    if not found:
        message = f"The {kind} ID '{asked}' does not exist"
        raise AwsError(message, operation, "NotFound")
    return found[0]
