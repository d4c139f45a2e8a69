"""Regions that sell our GPU machines, which types, and in which of their zones.

Owns what a region is and the look-ups; the figures are in `region_rows_*`. A region or a type that
is missing there is not known to be sold; it is refused rather than guessed. Whether an account has
quota or the region has capacity is another question.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from infra.catalog import region_rows_aws, region_rows_gcp
from infra.catalog.machines import machines


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
    zone_names: tuple[str, ...]
    """Its zones by name; none on AWS, where a name means another zone in each account."""
    zones_of_machine: Mapping[str, tuple[str, ...]]
    """Machine type to the zones that sell it; empty on AWS, which the account is asked for."""
    source: str
    """Where the facts come from."""
    source_date: str
    """Date of the source, ISO 8601."""


def region(cloud: str, name: str) -> Region | None:
    """Return a region by its name, or None when the catalogue does not have it."""
    return _REGIONS.get((cloud, name))


def zones_selling(cloud: str, region_name: str, machine_type: str) -> tuple[str, ...]:
    """Return the zones of a region that are known to sell a machine type.

    None on AWS, where the name of a zone means another one in each account: there, ask the account.
    """
    known = region(cloud, region_name)
    return known.zones_of_machine.get(machine_type, ()) if known else ()


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
        zone_names=(),
        zones_of_machine={},
        source=region_rows_aws.SOURCE,
        source_date=region_rows_aws.SOURCE_DATE,
    )


def _gcp(name: str, letters: str, sold: Mapping[str, str]) -> Region:
    zones: dict[str, tuple[str, ...]] = {}
    for machine in machines("gcp"):
        everywhere = letters if machine.family in region_rows_gcp.EVERYWHERE else ""
        selling = sold.get(machine.name) or sold.get(machine.family) or everywhere
        if selling:
            zones[machine.name] = tuple(f"{name}-{letter}" for letter in selling)
    return Region(
        cloud="gcp",
        name=name,
        zones=len(letters),
        machine_types=frozenset(zones),
        zone_names=tuple(f"{name}-{letter}" for letter in letters),
        zones_of_machine=zones,
        source=region_rows_gcp.SOURCE,
        source_date=region_rows_gcp.SOURCE_DATE,
    )


_REGIONS = {("aws", row[0]): _aws(*row) for row in region_rows_aws.AWS_ROWS} | {
    ("gcp", row[0]): _gcp(*row) for row in region_rows_gcp.GCP_ROWS
}
