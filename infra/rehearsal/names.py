"""Whether the hosts of the models point at the gateway, as the zone of the simulated cloud says.

Owns which hosts should. Does not own who writes the records: external-dns, or nobody where the
platform keeps no zone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from infra.rehearsal.site import Site
from infra.rehearsal.way_in import WayIn
from infra.spec.environment import Layer
from infra.spec.stack import StackSpec


@dataclass(frozen=True)
class Names:
    """Hosts, and where they point."""

    points: Mapping[str, bool]
    """Host to whether it points at the gateway."""

    @property
    def missing(self) -> list[str]:
        """Return the hosts that do not."""
        return sorted(host for host, is_there in self.points.items() if not is_there)

    @property
    def text(self) -> str:
        """Return it in a line."""
        there = len(self.points) - len(self.missing)
        line = f"{there} of {len(self.points)} hosts point at the gateway"
        return "; ".join([line, *(f"{host} does not" for host in self.missing)])


def names(site: Site, stacks: Sequence[StackSpec], gateway: WayIn | None) -> Names | None:
    """Return where the gateway's hosts point; None where no zone says it.

    Raises:
        CloudApiError: the simulated cloud does not answer, or there is no such zone.
    """
    zones = [spec.gateway.zone for spec in stacks if Layer.FOUNDATION in spec.layers]
    domain = next((zone for zone in zones if zone), None)
    if gateway is None or domain is None:
        return None
    found = site.cloud.host_targets(site.door, domain)
    wanted = gateway.address
    return Names({host: wanted in found.get(host, ()) for host in gateway.hosts})
