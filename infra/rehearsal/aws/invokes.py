"""The functions of the AWS package that the rehearsal answers."""

from collections.abc import Mapping
from functools import cache

from botocore.session import get_session

from infra.rehearsal.aws.account import PARTITION, Region
from infra.rehearsal.aws.invokes_network import subnet, vpc
from infra.rehearsal.aws.values import blocks, dig, optional_text, text, texts
from infra.rehearsal.cloud.errors import NotSimulatedError
from infra.rehearsal.cloud.functions import Function
from infra.wire import Properties, Value


@cache
def region_names() -> Mapping[str, str]:
    """Return the regions of the commercial partition and their names, from botocore's own data."""
    partitions = get_session().get_data("endpoints")["partitions"]
    regions = next(item["regions"] for item in partitions if item["partition"] == PARTITION)
    return {name: facts["description"] for name, facts in regions.items()}


def _availability_zones(region: Region, arguments: Properties) -> Properties:
    parameters: Properties = {}
    if arguments.get("allAvailabilityZones") is not None:
        parameters["AllAvailabilityZones"] = arguments["allAvailabilityZones"]
    filters: list[Value] = [
        {"Name": text(item, "name"), "Values": [*texts(item, "values")]}
        for item in blocks(arguments, "filters")
    ]
    if arguments.get("state") is not None:
        filters.append({"Name": "state", "Values": [text(arguments, "state")]})
    # moto 5.2.5 ignores opt-in-status: none of its zones is a Local Zone, all are opted in.
    known = [item for item in filters if optional_text(item, "Name") != "opt-in-status"]
    reply = region.call("ec2", "describe_availability_zones", Filters=known, **parameters)
    zones = [zone for zone in blocks(reply, "AvailabilityZones") if _wanted(zone, arguments)]
    names: list[Value] = [text(zone, "ZoneName") for zone in zones]
    ids: list[Value] = [text(zone, "ZoneId") for zone in zones]
    return {
        **arguments,
        "id": region.name,
        "region": region.name,
        "names": names,
        "zoneIds": ids,
        "groupNames": [region.name],
    }


def _wanted(zone: Properties, arguments: Properties) -> bool:
    for item in blocks(arguments, "filters"):
        if dig(item, "name") == "opt-in-status" and "opt-in-not-required" not in texts(
            item, "values"
        ):
            return False
    return dig(zone, "ZoneName") not in texts(arguments, "excludeNames") and dig(
        zone, "ZoneId"
    ) not in texts(arguments, "excludeZoneIds")


def _offerings(region: Region, arguments: Properties) -> Properties:
    filters: list[Value] = [
        {"Name": text(item, "name"), "Values": [*texts(item, "values")]}
        for item in blocks(arguments, "filters")
    ]
    reply = region.call(
        "ec2",
        "describe_instance_type_offerings",
        LocationType=arguments.get("locationType") or "region",
        Filters=filters,
    )
    offers = blocks(reply, "InstanceTypeOfferings")
    types: list[Value] = [dig(item, "InstanceType") for item in offers]
    locations: list[Value] = [dig(item, "Location") for item in offers]
    location_types: list[Value] = [dig(item, "LocationType") for item in offers]
    return {
        **arguments,
        "id": region.name,
        "region": region.name,
        "instanceTypes": types,
        "locations": locations,
        "locationTypes": location_types,
    }


def _caller_identity(region: Region, _arguments: Properties) -> Properties:
    reply = region.call("sts", "get_caller_identity")
    account_id = text(reply, "Account")
    return {
        "id": account_id,
        "accountId": account_id,
        "arn": text(reply, "Arn"),
        "userId": text(reply, "UserId"),
    }


def _partition(_region: Region, _arguments: Properties) -> Properties:
    return {
        "id": PARTITION,
        "partition": PARTITION,
        "dnsSuffix": "amazonaws.com",
        "reverseDnsPrefix": "com.amazonaws",
    }


def _region(region: Region, arguments: Properties) -> Properties:
    wanted = optional_text(arguments, "region") or optional_text(arguments, "name") or region.name
    if wanted not in region_names():
        message = f"not simulated: getRegion of {wanted!r}; it is no region of {PARTITION!r}"
        raise NotSimulatedError(message)
    return {
        "id": wanted,
        "name": wanted,
        "region": wanted,
        "description": region_names()[wanted],
        "endpoint": f"ec2.{wanted}.amazonaws.com",
    }


FUNCTIONS: Mapping[str, Function[Region]] = {
    "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": Function(
        _offerings, frozenset({"filters", "locationType"})
    ),
    "aws:ec2/getSubnet:getSubnet": Function(subnet, frozenset({"id"})),
    "aws:ec2/getVpc:getVpc": Function(vpc, frozenset({"id"})),
    "aws:index/getAvailabilityZones:getAvailabilityZones": Function(
        _availability_zones,
        frozenset({"allAvailabilityZones", "excludeNames", "excludeZoneIds", "filters", "state"}),
    ),
    "aws:index/getCallerIdentity:getCallerIdentity": Function(_caller_identity),
    "aws:index/getPartition:getPartition": Function(_partition),
    "aws:index/getRegion:getRegion": Function(_region, frozenset({"region", "name"})),
}
