"""Functions of AWS's provider that the program may call, with deterministic answers."""

import zlib
from collections.abc import Mapping

from infra.catalog.regions import region as catalogue_region
from infra.graph.invoked import Answer, Place
from infra.graph.symbolic_aws import ACCOUNT_ID
from infra.graph.zones_aws import zones
from infra.wire import Properties, Value


def _zones(arguments: Properties, place: Place) -> Properties:
    """EC2 DescribeAvailabilityZones: all are available, none needs an opt-in."""
    region = place.region
    kept = [
        zone
        for zone in zones(region)
        if zone.name not in _list(arguments, "excludeNames")
        and zone.zone_id not in _list(arguments, "excludeZoneIds")
    ]
    names: list[Value] = [zone.name for zone in kept]
    zone_ids: list[Value] = [zone.zone_id for zone in kept]
    return arguments | {
        "id": region,
        "names": names,
        "zoneIds": zone_ids,
        "groupNames": [region],
        "region": region,
    }


def _offerings(arguments: Properties, place: Place) -> Properties:
    """EC2 DescribeInstanceTypeOfferings by zone: what a region sells, all of its zones sell.

    In the real cloud some zones sell less; which ones is the simulated AWS's knowledge.
    """
    region = place.region
    known = catalogue_region("aws", region)
    sold = known.machine_types if known else frozenset[str]()
    wanted = [
        name
        for item in _list(arguments, "filters")
        if isinstance(item, dict) and item.get("name") == "instance-type"
        for name in _list(item, "values")
        if name in sold
    ]
    offers = [(name, zone.name) for name in wanted for zone in zones(region)]
    types: list[Value] = [name for name, _zone in offers]
    locations: list[Value] = [zone for _name, zone in offers]
    location_types: list[Value] = [arguments.get("locationType")] * len(offers)
    return arguments | {
        "id": region,
        "region": region,
        "instanceTypes": types,
        "locations": locations,
        "locationTypes": location_types,
    }


def _list(arguments: Properties, name: str) -> list[Value]:
    value = arguments.get(name)
    return value if isinstance(value, list) else []


def _caller(arguments: Properties, place: Place) -> Properties:
    """STS GetCallerIdentity."""
    del place
    return arguments | {
        "id": ACCOUNT_ID,
        "accountId": ACCOUNT_ID,
        "arn": f"arn:aws:iam::{ACCOUNT_ID}:user/recorder",
        "userId": "AIDACKCEVSQ6C2EXAMPLE",  # the example of AWS's documentation
    }


def _partition(arguments: Properties, place: Place) -> Properties:
    """The commercial partition; the project names no other."""
    del place
    return arguments | {
        "id": "aws",
        "partition": "aws",
        "dnsSuffix": "amazonaws.com",
        "reverseDnsPrefix": "com.amazonaws",
    }


def _region(arguments: Properties, place: Place) -> Properties:
    """The provider's own region."""
    region = place.region
    return arguments | {
        "id": region,
        "region": region,
        "name": region,
        "description": region,
        "endpoint": f"ec2.{region}.amazonaws.com",
    }


def _vpc(arguments: Properties, place: Place) -> Properties:
    """EC2 DescribeVpcs: any id exists, with the range that AWS gives its default networks."""
    region = place.region
    vpc_id = _asked_id(arguments, "vpc")
    return arguments | {
        "id": vpc_id,
        "arn": f"arn:aws:ec2:{region}:{ACCOUNT_ID}:vpc/{vpc_id}",
        "cidrBlock": "172.31.0.0/16",
        "cidrBlockAssociations": [],
        "default": False,
        "dhcpOptionsId": f"${{{vpc_id}.dhcpOptionsId}}",
        "enableDnsHostnames": True,
        "enableDnsSupport": True,
        "enableNetworkAddressUsageMetrics": False,
        "instanceTenancy": "default",
        "ipv6AssociationId": "",
        "ipv6CidrBlock": "",
        "ipv6CidrBlockAssociations": [],
        "mainRouteTableId": f"${{{vpc_id}.mainRouteTableId}}",
        "ownerId": ACCOUNT_ID,
        "region": region,
        "state": "available",
        "tags": {},
    }


def _subnet(arguments: Properties, place: Place) -> Properties:
    """EC2 DescribeSubnets: any id exists; the same one always lies in the same zone."""
    region = place.region
    subnet_id = _asked_id(arguments, "subnet")
    known = zones(region)
    zone = known[zlib.crc32(subnet_id.encode()) % len(known)]
    return arguments | {
        "id": subnet_id,
        "arn": f"arn:aws:ec2:{region}:{ACCOUNT_ID}:subnet/{subnet_id}",
        "assignIpv6AddressOnCreation": False,
        "availabilityZone": zone.name,
        "availabilityZoneId": zone.zone_id,
        "availableIpAddressCount": 4091,
        "cidrBlock": f"${{{subnet_id}.cidrBlock}}",
        "customerOwnedIpv4Pool": "",
        "defaultForAz": False,
        "enableDns64": False,
        "enableLniAtDeviceIndex": 0,
        "enableResourceNameDnsARecordOnLaunch": False,
        "enableResourceNameDnsAaaaRecordOnLaunch": False,
        "ipv6CidrBlock": "",
        "ipv6CidrBlockAssociationId": "",
        "ipv6Native": False,
        "mapCustomerOwnedIpOnLaunch": False,
        "mapPublicIpOnLaunch": False,
        "outpostArn": "",
        "ownerId": ACCOUNT_ID,
        "privateDnsHostnameTypeOnLaunch": "ip-name",
        "region": region,
        "state": "available",
        "tags": {},
        "vpcId": f"${{{subnet_id}.vpcId}}",
    }


def _asked_id(arguments: Properties, kind: str) -> str:
    asked = arguments.get("id")
    return asked if isinstance(asked, str) else f"{kind}-of-the-account"


ANSWERS: Mapping[str, Answer] = {
    "aws:ec2/getSubnet:getSubnet": _subnet,
    "aws:ec2/getVpc:getVpc": _vpc,
    "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": _offerings,
    "aws:index/getAvailabilityZones:getAvailabilityZones": _zones,
    "aws:index/getCallerIdentity:getCallerIdentity": _caller,
    "aws:index/getPartition:getPartition": _partition,
    "aws:index/getRegion:getRegion": _region,
}
