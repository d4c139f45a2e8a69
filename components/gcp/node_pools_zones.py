"""Where the nodes of a pool stand: in the zones of the region that sell their machine.

Owns the choice of zones. Does not own which zone sells what: the catalogue says it, as a zone of
Google Cloud has one name for everybody, while on AWS each account must be asked.
GKE refuses a pool with a zone that does not have its machine or its accelerator.
"""

from dataclasses import dataclass

from components.nodes import SYSTEM_POOL, SYSTEM_ZONES, NoZoneError, Wish
from infra.catalog.regions import zones_selling
from infra.spec.cloud import CloudProvider, CloudSpec


@dataclass(frozen=True, kw_only=True)
class Stand(Wish):
    """What a pool asks of the zones of its region."""

    machine_type: str
    """Machine type, which every zone must sell."""
    most_zones: int | None = None
    """Zones that it takes at most; None: all that sell the machine."""

    def choose(self, region: str) -> list[str]:
        """Return the zones that are used.

        Raises:
            NoZoneError: Too few sell the machine.
        """
        selling = zones_selling(CloudProvider.GCP, region, self.machine_type)
        kept = [zone for zone in selling if self.takes(zone)][: self.most_zones]
        if len(kept) < self.least_zones:
            raise self._refusal(region, selling)
        return kept

    def _refusal(self, region: str, selling: tuple[str, ...]) -> NoZoneError:
        return self.refusal(
            self.machine_type,
            f"got region {region}, where it is sold in {', '.join(selling) or 'no zone'}",
            "change cloud.region, or choose another machine",
        )


def system_zones(cloud: CloudSpec, machine_type: str) -> list[str]:
    """Return the zones of the cluster's own nodes: as many as the stack names."""
    stand = Stand(
        pool=SYSTEM_POOL,
        machine_type=machine_type,
        least_zones=max(cloud.zones, SYSTEM_ZONES),
        most_zones=cloud.zones,
    )
    return stand.choose(cloud.region)
