"""Availability zones that a recording answers with.

Owns names and ids of one account's zones. The letter of a zone differs between accounts, its id
does not; the rows are what the simulated AWS answers, so that both graphs of a stack agree.
Whether a region sells a machine type is the catalogue's business.
"""

from collections.abc import Mapping
from dataclasses import dataclass

SOURCE = "EC2 DescribeAvailabilityZones, recorded in moto 5.2.5"


@dataclass(frozen=True, slots=True)
class Zone:
    """One zone."""

    name: str
    """Name within the account, `us-east-1a`."""
    zone_id: str
    """Id across accounts, `use1-az6`."""


def zones(region: str) -> tuple[Zone, ...]:
    """Return the zones of a region by name. Raises `LookupError` for a region without a row."""
    if region not in _ROWS:
        message = f"region: must be one of {', '.join(_ROWS)}, got {region!r}"
        raise LookupError(message)
    code, pairs = _ROWS[region]
    return tuple(Zone(f"{region}{pair[0]}", f"{code}-az{pair[1]}") for pair in pairs.split())


_ROWS: Mapping[str, tuple[str, str]] = {
    "ap-east-1": ("ape1", "a1 b2 c3"),
    "ap-northeast-1": ("apne1", "a4 c1 d2"),
    "ap-northeast-2": ("apne2", "a1 b2 c3 d4"),
    "ap-northeast-3": ("apne3", "a1 b2 c3"),
    "ap-south-1": ("aps1", "a1 b3 c2"),
    "ap-south-2": ("aps2", "a1 b2 c3"),
    "ap-southeast-1": ("apse1", "a1 b2 c3"),
    "ap-southeast-2": ("apse2", "a1 b3 c2"),
    "ap-southeast-3": ("apse3", "a1 b2 c3"),
    "ap-southeast-5": ("apse5", "a1 b2 c3"),
    "ca-central-1": ("cac1", "a1 b2 d4"),
    "eu-central-1": ("euc1", "a1 b2 c3"),
    "eu-central-2": ("euc2", "a1 b2 c3"),
    "eu-north-1": ("eun1", "a1 b2 c3"),
    "eu-south-2": ("eus2", "a1 b2 c3"),
    "eu-west-1": ("euw1", "a3 b1 c2"),
    "eu-west-2": ("euw2", "a2 b3 c1"),
    "eu-west-3": ("euw3", "a1 b2 c3"),
    "il-central-1": ("ilc1", "a1 b2 c3"),
    "me-central-1": ("mec1", "a1 b2 c3"),
    "sa-east-1": ("sae1", "a1 b2 c3"),
    "us-east-1": ("use1", "a6 b1 c2 d4 e3 f5"),
    "us-east-2": ("use2", "a1 b2 c3"),
    "us-west-1": ("usw1", "a3 b1"),
    "us-west-2": ("usw2", "a2 b1 c3 d4"),
}
"""Region to the code of its zone ids, and each zone's letter with the number of its id."""
