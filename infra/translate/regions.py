"""The region of the other cloud: the nearest that sells all machines of a stack.

Owns which regions are near each other. Distances are those of the cities or states that both clouds
name their regions after (lists of locations of both clouds, read 2026-11).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from infra.catalog.regions import region, region_names
from infra.spec.cloud import CloudProvider

_NEAR_AWS: Mapping[str, tuple[str, ...]] = {
    "ap-east-1": ("asia-east1", "asia-southeast1"),
    "ap-northeast-1": ("asia-northeast1", "asia-northeast3"),
    "ap-northeast-2": ("asia-northeast3", "asia-northeast1"),
    "ap-northeast-3": ("asia-northeast1", "asia-northeast3"),
    "ap-south-1": ("asia-south1", "asia-south2"),
    "ap-south-2": ("asia-south1", "asia-south2"),
    "ap-southeast-1": ("asia-southeast1", "asia-southeast2"),
    "ap-southeast-2": ("australia-southeast1", "asia-southeast1"),
    "ap-southeast-3": ("asia-southeast2", "asia-southeast1"),
    "ap-southeast-5": ("asia-southeast1", "asia-southeast2"),
    "ca-central-1": ("northamerica-northeast1", "northamerica-northeast2", "us-east4"),
    "eu-central-1": ("europe-west3", "europe-west6", "europe-west4"),
    "eu-central-2": ("europe-west6", "europe-west3", "europe-west4"),
    "eu-north-1": ("europe-north1", "europe-west4"),
    "eu-south-2": ("europe-west9", "europe-west1", "europe-west4"),
    "eu-west-1": ("europe-west2", "europe-west4", "europe-west1"),
    "eu-west-2": ("europe-west2", "europe-west4", "europe-west1"),
    "eu-west-3": ("europe-west9", "europe-west1", "europe-west4"),
    "il-central-1": ("me-west1", "europe-west4"),
    "me-central-1": ("me-central2", "asia-south1"),
    "sa-east-1": ("us-east1", "us-east4"),
    "us-east-1": ("us-east4", "us-east5", "us-east1", "us-central1"),
    "us-east-2": ("us-east5", "us-central1", "us-east4"),
    "us-west-1": ("us-west4", "us-west1"),
    "us-west-2": ("us-west1", "us-west4", "us-central1"),
}
_NEAR_GCP: Mapping[str, tuple[str, ...]] = {
    "asia-east1": ("ap-east-1", "ap-northeast-1"),
    "asia-northeast1": ("ap-northeast-1", "ap-northeast-2"),
    "asia-northeast3": ("ap-northeast-2", "ap-northeast-1"),
    "asia-south1": ("ap-south-1", "ap-south-2"),
    "asia-south2": ("ap-south-1", "ap-south-2"),
    "asia-southeast1": ("ap-southeast-1", "ap-southeast-5", "ap-southeast-3"),
    "asia-southeast2": ("ap-southeast-3", "ap-southeast-1"),
    "australia-southeast1": ("ap-southeast-2",),
    "europe-north1": ("eu-north-1",),
    "europe-west1": ("eu-west-3", "eu-west-2", "eu-central-1"),
    "europe-west2": ("eu-west-2", "eu-west-1"),
    "europe-west3": ("eu-central-1", "eu-central-2"),
    "europe-west4": ("eu-central-1", "eu-west-2", "eu-west-3"),
    "europe-west6": ("eu-central-2", "eu-central-1"),
    "europe-west8": ("eu-central-2", "eu-central-1"),
    "europe-west9": ("eu-west-3", "eu-west-2"),
    "me-central2": ("me-central-1",),
    "me-west1": ("il-central-1",),
    "northamerica-northeast1": ("ca-central-1", "us-east-1"),
    "northamerica-northeast2": ("ca-central-1", "us-east-2"),
    "us-central1": ("us-east-2", "us-east-1"),
    "us-east1": ("us-east-1", "us-east-2"),
    "us-east4": ("us-east-1", "us-east-2"),
    "us-east5": ("us-east-2", "us-east-1"),
    "us-south1": ("us-east-2", "us-east-1"),
    "us-west1": ("us-west-2",),
    "us-west3": ("us-west-2",),
    "us-west4": ("us-west-2", "us-west-1"),
}
_AREAS: Mapping[str, str] = {
    "us": "north america",
    "ca": "north america",
    "northamerica": "north america",
    "eu": "europe",
    "europe": "europe",
}
"""Where a region lies, by the first word of its name: data that may not leave an area does not."""


class NoRegionError(ValueError):
    """No region of the other cloud is near and sells what a stack needs."""


@dataclass(frozen=True)
class Choice:
    """A region of the other cloud."""

    name: str
    reason: str


def near(provider: CloudProvider, name: str) -> tuple[str, ...]:
    """Return the regions of the other cloud that are near one of this, the nearest first."""
    table = _NEAR_AWS if provider is CloudProvider.AWS else _NEAR_GCP
    return table.get(name, ())


def choose_region(
    provider: CloudProvider, name: str, other: CloudProvider, wanted: Collection[str], zones: int
) -> Choice:
    """Return the nearest region of the other cloud that sells all machines and has the zones.

    Raises:
        NoRegionError: none does.
    """
    close = near(provider, name)
    area = _area(name)
    same_area = [one for one in region_names(other) if area and _area(one) == area]
    passed: list[str] = []
    for candidate in dict.fromkeys((*close, *same_area)):
        found = region(other, candidate)
        if found is None or found.zones < zones:
            continue
        missing = sorted(set(wanted) - found.machine_types)
        if not missing:
            sells = f"the nearest that sells {', '.join(sorted(wanted))}"
            return Choice(candidate, "; nearer: ".join((sells, *passed[:1])))
        passed.append(f"{candidate} (not known to sell {', '.join(missing)})")
    message = (
        f"cloud.region: no region of {other} near {name} is known to sell "
        f"{', '.join(sorted(wanted))} together: {'; '.join(passed) or 'none is near'}"
    )
    raise NoRegionError(message)


def _area(name: str) -> str:
    return _AREAS.get(name.partition("-")[0], "")
