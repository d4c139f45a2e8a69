"""Regions that sell our GPU machines, and which types.

Owns what EC2 said about offerings when it was recorded. A region or a type that is missing here is
not known to be sold; it is refused rather than guessed. Whether an account has quota or the region
has capacity is another question.
"""

from dataclasses import dataclass

from infra.catalog.machines import machines

_SOURCE = "EC2 DescribeInstanceTypeOfferings, recorded in moto 5.2.5 (instance_type_offerings)"
_SOURCE_DATE = "2026-10-27"


@dataclass(frozen=True, kw_only=True)
class Region:
    """One region of one cloud."""

    cloud: str
    """Cloud, `aws`."""
    name: str
    """The cloud's name for it, `us-east-1`."""
    zones: int
    """Availability zones."""
    machine_types: frozenset[str]
    """Machine types of the catalogue that the region sells."""
    source: str
    """Where the facts come from."""
    source_date: str
    """Date of the source, ISO 8601."""


def region(cloud: str, name: str) -> Region | None:
    """Return a region by its name, or None when the catalogue does not have it."""
    return _REGIONS.get((cloud, name))


def region_names(cloud: str) -> tuple[str, ...]:
    """Return the names of a cloud's regions."""
    return tuple(name for owner, name in _REGIONS if owner == cloud)


def _aws(name: str, zones: int, sold: str) -> Region:
    parts = sold.split()
    return Region(
        cloud="aws",
        name=name,
        zones=zones,
        machine_types=frozenset(
            machine.name
            for machine in machines("aws")
            if machine.family in parts or machine.name in parts
        ),
        source=_SOURCE,
        source_date=_SOURCE_DATE,
    )


# name, zones, machine families sold whole, and single types where the family is not sold whole.
_AWS_ROWS = (
    ("ap-east-1", 3, "g5 m6i m7i t3"),
    ("ap-northeast-1", 3, "g5 g6 g6e g7e gr6 m6i m7i p4d p4de p5 p5en t3"),
    ("ap-northeast-2", 4, "g5 g6 g6e g7e gr6 m6i m7i p4d p5.48xlarge p5en t3"),
    ("ap-northeast-3", 3, "g6e m6i m7i t3"),
    ("ap-south-1", 3, "g5 g6 g6e g7e gr6 m6i m7i p4d p5 p5en t3"),
    ("ap-south-2", 3, "g6 g6e m6i m7i t3"),
    ("ap-southeast-1", 3, "m6i m7i p4de t3"),
    ("ap-southeast-2", 3, "g5 g6 gr6 m6i m7i p4d p5 p5e t3"),
    ("ap-southeast-3", 3, "g5 g7e m6i m7i p5 p5e p5en t3"),
    ("ap-southeast-5", 3, "g6 gr6 m6i m7i t3"),
    ("ca-central-1", 3, "g5 g6 gr6 m6i m7i p4d p5.48xlarge t3"),
    ("eu-central-1", 3, "g5 g6 g6e g7e gr6 m6i m7i p4d p4de t3"),
    ("eu-central-2", 3, "g6 gr6 m6i m7i t3"),
    ("eu-north-1", 3, "g5 g6 g6e g7e gr6 m6i m7i p4d p5 p5e p5en t3"),
    ("eu-south-2", 3, "g5 g6 g6e g7e gr6 m7i p5en t3"),
    ("eu-west-1", 3, "g5 m6i m7i p4d t3"),
    ("eu-west-2", 3, "g5 g6 g7e gr6 m6i m7i p4d p5 p5e t3"),
    ("eu-west-3", 3, "g5 g6 gr6 m6i m7i t3"),
    ("il-central-1", 3, "g5 m6i m7i p4de t3"),
    ("me-central-1", 3, "g5 g6 g6e m6i m7i p5en"),
    ("sa-east-1", 3, "g5 g6 gr6 m6i m7i p4d p5 p5e t3"),
    ("us-east-1", 6, "g5 g6 g6e g7e gr6 m6i m7i p4d p4de p5 p5en t3"),
    ("us-east-2", 3, "g5 g6 g6e g7e gr6 m6i m7i p4d p5 p5e p5en t3"),
    ("us-west-1", 2, "m6i m7i p5.48xlarge p5en t3"),
    ("us-west-2", 4, "g5 g6 g6e g7e gr6 m6i m7i p4d p4de p5 p5e p5en t3"),
)

_REGIONS = {("aws", row[0]): _aws(*row) for row in _AWS_ROWS}
