"""Ranges of addresses: their form, and which of them overlap in one network.

Sources of Google's words: terraform-google-modules/terraform-google-network#20 (2018-12-13) and
tranquilitybase-io/tb-gcp#160 (2020-02-28) for an overlap; for what is no range
cloudflare/terraform-provider-cloudflare#86 (2018-07-06), of a firewall rule. No source has those
for a range that is too small: they are ours.
"""

import ipaddress
from collections.abc import Iterator

from infra.rehearsal.gcp.api.errors import Reason
from infra.rehearsal.gcp.api.names import last
from infra.rehearsal.gcp.api.project import Request
from infra.replies import blocks, optional_text, text
from infra.wire import Properties, Value

SMALLEST_PREFIX = 29
"""Of primary and secondary ranges (cloud.google.com/vpc/docs/subnets, as quoted in
ckabalan/visualsubnetcalc#48, 2026-02-26)."""


def check(request: Request, subnetwork: Properties, others: list[Properties]) -> None:
    """Refuse a subnetwork whose ranges do not stand beside those of its network.

    Args:
        request: the call.
        subnetwork: as it would be.
        others: the network's other subnetworks.

    Raises:
        GoogleError: Google's refusal.
    """
    taken = [(part, other) for other in others for _field, part in ranges(other)]
    for field, written in ranges(subnetwork):
        asked = network_range(request, field, written)
        if asked.prefixlen > SMALLEST_PREFIX:
            message = f"Invalid IPCidrRange: {written} is smaller than /{SMALLEST_PREFIX}."
            raise refused(request, field, written, message)
        for part, owner in taken:
            if asked.overlaps(ipaddress.ip_network(part)):
                where = f"'{text(owner, 'name')}' in region '{last(text(owner, 'region'))}'"
                message = (
                    f"Invalid IPCidrRange: {written} conflicts with existing subnetwork {where}."
                )
                raise refused(request, field, written, message)
        taken.append((written, subnetwork))


def ranges(subnetwork: Properties) -> Iterator[tuple[str, str]]:
    """Return the field and the range of each range of a subnetwork, the primary one first."""
    yield "ipCidrRange", optional_text(subnetwork, "ipCidrRange")
    for number, secondary in enumerate(blocks(subnetwork, "secondaryIpRanges")):
        field = f"secondaryIpRanges[{number}].ipCidrRange"
        yield field, optional_text(secondary, "ipCidrRange")


def network_range(request: Request, field: str, written: Value) -> ipaddress.IPv4Network:
    """Return a range as it is written in a field.

    Raises:
        GoogleError: it is none.
    """
    try:
        return ipaddress.IPv4Network(str(written))
    except ValueError as error:
        message = "Must be a valid IPV4 CIDR address range."
        raise refused(request, field, written, message) from error


def refused(request: Request, field: str, got: Value, why: str) -> Exception:
    """Return Google's refusal of the value of a field."""
    return request.refusal(
        Reason.INVALID, f"Invalid value for field 'resource.{field}': '{got}'. {why}"
    )
