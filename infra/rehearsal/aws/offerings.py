"""Which zones sell a machine type: as recorded by moto, unless the facts of the account say so.

Facts win because zone names are an account's own: `us-east-1a` is another place for each account.
"""

import fnmatch

from infra.rehearsal.aws.account import Account, Region
from infra.rehearsal.aws.values import blocks, text, texts
from infra.wire import Properties, Value

BY_ZONE = "availability-zone"


def install(account: Account) -> None:
    """Serve `DescribeInstanceTypeOfferings` of an account."""
    account.gaps["ec2", "describe_instance_type_offerings"] = offerings


def offerings(region: Region, parameters: Properties) -> Properties:
    """Return moto's reply, with the zones of the facts for the machine types that they name."""
    reply = region.moto("ec2", "describe_instance_type_offerings", parameters)
    facts = region.account.facts.offerings
    if not facts or parameters.get("LocationType") != BY_ZONE:
        return reply
    kept: list[Value] = [
        item
        for item in blocks(reply, "InstanceTypeOfferings")
        if text(item, "InstanceType") not in facts
    ]
    for machine_type, zones in facts.items():
        for zone in zones:
            row = {"instance-type": machine_type, "location": zone}
            if zone.startswith(region.name) and _wanted(row, parameters):
                kept.append(
                    {"InstanceType": machine_type, "LocationType": BY_ZONE, "Location": zone}
                )
    return {**reply, "InstanceTypeOfferings": kept}


def _wanted(row: dict[str, str], parameters: Properties) -> bool:
    return all(
        any(
            fnmatch.fnmatchcase(row.get(text(item, "Name"), ""), pattern)
            for pattern in texts(item, "Values")
        )
        for item in blocks(parameters, "Filters")
    )
