"""Where the nodes of a pool stand: in the subnets whose zone sells their machine.

Owns the choice of subnets, and of the spot machine types that are sold there. Does not own subnets.
EKS refuses a group whose machine none of its zones sells, and an Auto Scaling group that spans a
zone without the machine tries there again and again.

The cloud is asked at each preview. When a zone of the network begins to sell a machine, the preview
shows groups that are replaced: the new one comes up before the old one is drained.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.aws.handles import NetworkRef
from components.nodes import NoZoneError, Wish


@dataclass(frozen=True, kw_only=True)
class Stand(Wish):
    """What a pool asks of the zones of its network."""

    machine_types: tuple[str, ...]
    """Machine types; every zone must sell the first."""
    one_zone: bool = False
    """Whether it stands in one zone only, as machines that talk to each other fast do."""

    def choose(self, zones: Sequence[str], sold: Mapping[str, Collection[str]]) -> list[int]:
        """Return which zones of the network are used, as indices.

        Args:
            zones: Zone of each subnet of the network.
            sold: For each machine type, the zones of the region that sell it.

        Raises:
            NoZoneError: Too few are left.
        """
        first = self.machine_types[0]
        selling = sold.get(first, ())
        kept = [index for index, zone in enumerate(zones) if zone in selling and self.takes(zone)]
        if len({zones[index] for index in kept}) < self.least_zones:
            raise self._refusal(zones, selling)
        return kept[:1] if self.one_zone else kept

    def types_in(self, zones: Collection[str], sold: Mapping[str, Collection[str]]) -> list[str]:
        """Return the machine types that at least one of these zones sells."""
        return [name for name in self.machine_types if set(sold.get(name, ())) & set(zones)]

    def _refusal(self, zones: Sequence[str], selling: Collection[str]) -> NoZoneError:
        return self.refusal(
            self.machine_types[0],
            f"got a network in {', '.join(sorted(set(zones))) or 'no zone'}; "
            f"in this region it is sold in {', '.join(sorted(selling)) or 'no zone'}",
            "raise cloud.zones, name subnets in those zones, or choose another machine",
        )


@dataclass(frozen=True, eq=False)
class Place:
    """Where a pool stands."""

    subnet_ids: pulumi.Output[list[str]]
    """Its subnets."""
    machine_types: pulumi.Output[list[str]]
    """Its machine types, without those that none of its zones sells."""


def find_place(stand: Stand, network: NetworkRef, parent: pulumi.Resource) -> Place:
    """Ask the cloud which zones sell the machines of a pool, and return what is left of a network.

    Where nothing is left the preview fails with `NoZoneError`: zones are known before subnets are.
    """
    offers = aws.ec2.get_instance_type_offerings_output(
        location_type="availability-zone",
        filters=[
            aws.ec2.GetInstanceTypeOfferingsFilterArgs(
                name="instance-type", values=list(stand.machine_types)
            )
        ],
        opts=pulumi.InvokeOutputOptions(parent=parent),
    )
    sold = offers.apply(lambda found: by_type(found.instance_types, found.locations))
    zones = pulumi.Output.all(*network.private_zones)
    chosen = pulumi.Output.all(zones, sold).apply(lambda known: stand.choose(*known))
    subnets = pulumi.Output.all(*network.private_subnet_ids)
    return Place(
        subnet_ids=pulumi.Output.all(subnets, chosen).apply(
            lambda known: [known[0][index] for index in known[1]]
        ),
        machine_types=pulumi.Output.all(zones, sold, chosen).apply(
            lambda known: stand.types_in([known[0][index] for index in known[2]], known[1])
        ),
    )


def by_type(types: Sequence[str], locations: Sequence[str]) -> dict[str, list[str]]:
    """Return the zones that sell each machine type, from two lists of equal length."""
    found: dict[str, list[str]] = {}
    for name, location in zip(types, locations, strict=True):
        found.setdefault(name, []).append(location)
    return found
