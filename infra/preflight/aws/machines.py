"""Which zones sell the machines of a stack, asked of EC2.

Owns the question and its judgement. Which zones a stack of its own network stands in is decided as
`components.aws.network` does it: the first ones that every account has and EKS accepts.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from infra.aws_api import AwsApi, listed
from infra.preflight.aws.network_checks import ZONES_WITHOUT_EKS
from infra.preflight.machines import machine_types, reserved_zones
from infra.preflight.verdict import Row, Verdict, not_asked
from infra.replies import optional_text, text
from infra.spec.stack import StackSpec

if TYPE_CHECKING:
    from infra.wire import Value


def zones_of(api: AwsApi, spec: StackSpec) -> tuple[str, ...]:
    """Return the zones that a stack's network stands in, by name.

    Raises:
        CloudApiError: AWS refuses the call, or does not answer.
    """
    if spec.network.is_foreign:
        ids: list[Value] = [*spec.network.private_subnet_ids]
        by_id: list[Value] = [{"Name": "subnet-id", "Values": ids}]
        found = listed(api, "ec2", "DescribeSubnets", "Subnets", Filters=by_id)
        return tuple(sorted({text(one, "AvailabilityZone") for one in found}))
    default: list[Value] = [{"Name": "opt-in-status", "Values": ["opt-in-not-required"]}]
    found = listed(api, "ec2", "DescribeAvailabilityZones", "AvailabilityZones", Filters=default)
    names = [
        text(one, "ZoneName")
        for one in found
        if optional_text(one, "State") == "available"
        and optional_text(one, "ZoneId") not in ZONES_WITHOUT_EKS
    ]
    return tuple(sorted(names)[: spec.cloud.zones])


def offerings(api: AwsApi, names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the zones of the region that sell each machine type; none for one that is not sold.

    Raises:
        CloudApiError: AWS refuses the call, or does not answer.
    """
    wanted: list[Value] = [{"Name": "instance-type", "Values": [*names]}]
    found = listed(
        api,
        "ec2",
        "DescribeInstanceTypeOfferings",
        "InstanceTypeOfferings",
        LocationType="availability-zone",
        Filters=wanted,
    )
    return {
        name: tuple(
            sorted(text(one, "Location") for one in found if text(one, "InstanceType") == name)
        )
        for name in names
    }


def machine_rows(
    spec: StackSpec, sold: Mapping[str, Sequence[str]], zones: Sequence[str]
) -> Iterator[Row]:
    """Yield a row for each machine type: whether a zone of the stack's network sells it."""
    for name, settings in machine_types(spec).items():
        there = sorted(sold.get(name, ()))
        wanted = reserved_zones(spec, name) or zones  # a reservation is in one zone alone
        row = not_asked("machine", name, f"sold in {' or '.join(wanted)}")
        if set(there) & set(wanted):
            yield row.said(", ".join(there), Verdict.ENOUGH)
            continue
        lookup = (
            f"aws ec2 describe-instance-type-offerings --region {spec.cloud.region} "
            f"--location-type availability-zone --filters Name=instance-type,Values={name}"
        )
        have = ", ".join(there) or f"not sold in {spec.cloud.region}"
        change = "choose another machine type, another region, or zones that sell it"
        yield row.said(have, Verdict.SHORT, f"{', '.join(settings)}: {change}", lookup)
