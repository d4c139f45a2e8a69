"""Provider functions that the program may call, with deterministic answers.

Owns one table. A function that is not in it is refused when the program calls it: an answer that
nobody thought about would be None everywhere. To add one: the token, a function of arguments and
region, and the source of the shape in the docstring.
"""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from infra.graph.symbolic import ACCOUNT_ID
from infra.graph.zones import zones
from infra.wire import Properties, Value

Answer: TypeAlias = Callable[[Properties, str], Properties]


def _zones(arguments: Properties, region: str) -> Properties:
    """EC2 DescribeAvailabilityZones: all are available, none needs an opt-in."""
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


def _list(arguments: Properties, name: str) -> list[Value]:
    value = arguments.get(name)
    return value if isinstance(value, list) else []


def _caller(arguments: Properties, region: str) -> Properties:
    """STS GetCallerIdentity."""
    del region
    return arguments | {
        "id": ACCOUNT_ID,
        "accountId": ACCOUNT_ID,
        "arn": f"arn:aws:iam::{ACCOUNT_ID}:user/recorder",
        "userId": "AIDACKCEVSQ6C2EXAMPLE",  # the example of AWS's documentation
    }


def _partition(arguments: Properties, region: str) -> Properties:
    """The commercial partition; the project names no other."""
    del region
    return arguments | {
        "id": "aws",
        "partition": "aws",
        "dnsSuffix": "amazonaws.com",
        "reverseDnsPrefix": "com.amazonaws",
    }


def _region(arguments: Properties, region: str) -> Properties:
    """The provider's own region."""
    return arguments | {
        "id": region,
        "region": region,
        "name": region,
        "description": region,
        "endpoint": f"ec2.{region}.amazonaws.com",
    }


ANSWERS: Mapping[str, Answer] = {
    "aws:index/getAvailabilityZones:getAvailabilityZones": _zones,
    "aws:index/getCallerIdentity:getCallerIdentity": _caller,
    "aws:index/getPartition:getPartition": _partition,
    "aws:index/getRegion:getRegion": _region,
}
