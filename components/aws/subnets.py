"""How a network's address range is divided. Pure arithmetic.

Owns the split. Does not own the check of the range itself: the spec has refused a bad one.
Why this split: with the VPC CNI every pod takes an address of the private subnet of its node, so
private subnets get a quarter of the range each and public ones, which hold load balancers and a NAT
gateway, a sixteenth. Zone `n` always gets the same ranges: adding a zone moves nothing.
"""

from dataclasses import dataclass
from ipaddress import IPv4Network
from itertools import islice

PRIVATE_ZONES_MAX = 3
"""A quarter of the range for each of three zones; the public ones share the fourth quarter."""
_QUARTER = 2
_SIXTEENTH = 4


class SubnetPlanError(ValueError):
    """A range that cannot be divided as asked."""


@dataclass(frozen=True)
class SubnetPlan:
    """Address ranges, one of each kind per zone, in the order of the zones."""

    public: tuple[str, ...]
    """Ranges for load balancers and NAT gateways."""
    private: tuple[str, ...]
    """Ranges for nodes and pods."""


def subnet_plan(network_cidr: str, zones: int) -> SubnetPlan:
    """Divide `network_cidr` among `zones` zones.

    Raises:
        SubnetPlanError: with more zones than the split has room for.
    """
    if not 1 <= zones <= PRIVATE_ZONES_MAX:
        message = f"zones: cannot be divided, got {zones}; 1 to {PRIVATE_ZONES_MAX} have room"
        raise SubnetPlanError(message)
    quarters = list(IPv4Network(network_cidr).subnets(prefixlen_diff=_QUARTER))
    sixteenths = quarters[PRIVATE_ZONES_MAX].subnets(prefixlen_diff=_SIXTEENTH - _QUARTER)
    return SubnetPlan(
        public=tuple(str(network) for network in islice(sixteenths, zones)),
        private=tuple(str(network) for network in quarters[:zones]),
    )
