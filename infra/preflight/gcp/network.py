"""A network that exists, as Google describes it: what the platform needs to know of it.

Owns asking: five calls that read and change nothing. Does not own the judgement (`network_checks`).
Not asked: firewall policies of an organisation, which the project's own roles may not show.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from infra.cloud_error import CloudApiError
from infra.google_api import GoogleApi, listed
from infra.replies import blocks, number, optional_text, text, texts
from infra.spec.network import NetworkSpec
from infra.wire import Properties, Value

ANYWHERE = "0.0.0.0/0"
INTERNET_GATEWAY = "default-internet-gateway"
PRIMARY = ""
"""How Google calls a subnetwork's primary range where the secondary ones have names."""
_HOPS = (
    *("nextHopGateway", "nextHopInstance", "nextHopIp", "nextHopIlb", "nextHopVpnTunnel"),
    *("nextHopPeering", "nextHopNetwork", "nextHopHub"),
)
"""Members of a route that say where it leads (Compute Engine API reference, Route, 2026)."""
_ALL, _ALL_PRIMARY = "ALL_SUBNETWORKS_ALL_IP_RANGES", "ALL_SUBNETWORKS_ALL_PRIMARY_IP_RANGES"
_EVERY_RANGE, _LISTED_RANGES = "ALL_IP_RANGES", "LIST_OF_SECONDARY_IP_RANGES"


@dataclass(frozen=True)
class AddressRange:
    """One range of a subnetwork."""

    cidr: str
    free: int | None
    """Addresses that nothing has taken yet; None where Google does not say."""


@dataclass(frozen=True)
class Subnetwork:
    """The subnetwork that the stack file names."""

    network: str
    """Name of the network that it belongs to."""
    purpose: str
    """`PRIVATE` is for machines."""
    google_access: bool
    """Whether machines without a public address reach Google's APIs."""
    ranges: Mapping[str, AddressRange]
    """By name; the primary one has none."""
    translated: frozenset[str]
    """Ranges that a Cloud NAT takes to the internet."""


@dataclass(frozen=True)
class WayOut:
    """The default route of a network."""

    hop: str
    """Where it leads: `default-internet-gateway`, the name of a machine, an address."""
    works: bool
    """Whether what it leads to is there."""

    @property
    def needs_nat(self) -> bool:
        """Whether only what has a public address, or a Cloud NAT, comes out this way."""
        return self.hop == INTERNET_GATEWAY


@dataclass(frozen=True)
class EgressRule:
    """A firewall rule about what machines may reach, for all machines of the network."""

    name: str
    priority: int
    """The lowest number wins, and of two that are equal the one that denies."""
    denies: bool
    destinations: tuple[str, ...]


@dataclass(frozen=True)
class Network:
    """What exists of a network that a stack file names."""

    exists: bool
    """Whether the project has it."""
    subnetwork: Subnetwork | None
    """None where the region has none of that name."""
    way_out: WayOut | None
    """None where no route leads anywhere."""
    egress: tuple[EgressRule, ...]
    host_project: str = ""
    """Project whose Shared VPC this one uses; asked only where the network is not there."""


def read_network(api: GoogleApi, spec: NetworkSpec) -> Network:
    """Ask Google about the network of a stack file.

    Raises:
        CloudApiError: Google refuses a call, or does not answer.
    """
    name = spec.vpc_id or ""
    network = _found(api, "compute.networks.get", network=name)
    if not network:
        host = api.call("compute.projects.getXpnHost", project=api.project)
        missing = Network(exists=False, subnetwork=None, way_out=None, egress=())
        return replace(missing, host_project=optional_text(host, "name"))
    link = text(network, "selfLink")
    return Network(
        exists=True,
        subnetwork=_subnetwork(api, spec, link),
        way_out=_way_out(_of_network(api, "routes", link)),
        egress=tuple(_egress(_of_network(api, "firewalls", link))),
    )


def _subnetwork(api: GoogleApi, spec: NetworkSpec, network: str) -> Subnetwork | None:
    found = _found(
        api,
        "compute.subnetworks.get",
        region=api.region,
        subnetwork=spec.private_subnet_ids[0],
        views="WITH_UTILIZATION",
    )
    if not found:
        return None
    routers = listed(api, "compute.routers.list", "items", project=api.project, region=api.region)
    gateways = [
        nat
        for router in routers
        if router.get("network") == network
        for nat in blocks(router, "nats")
    ]
    return Subnetwork(
        network=_last(text(found, "network")),
        purpose=optional_text(found, "purpose"),
        google_access=found.get("privateIpGoogleAccess") is True,
        ranges=_ranges(found),
        translated=frozenset(name for nat in gateways for name in _translated(nat, found)),
    )


def _ranges(subnetwork: Properties) -> dict[str, AddressRange]:
    free = {
        optional_text(one, "rangeName"): int(str(one["totalFreeIp"]))
        for one in blocks(subnetwork, "utilizationDetails.ipv4Utilizations")
        if "totalFreeIp" in one
    }
    cidrs = {
        PRIMARY: text(subnetwork, "ipCidrRange"),
        **{
            text(one, "rangeName"): text(one, "ipCidrRange")
            for one in blocks(subnetwork, "secondaryIpRanges")
        },
    }
    return {name: AddressRange(cidr, free.get(name)) for name, cidr in cidrs.items()}


def _translated(nat: Properties, subnetwork: Properties) -> Iterator[str]:
    """Return the names of a subnetwork's ranges that a Cloud NAT takes."""
    secondary = [text(one, "rangeName") for one in blocks(subnetwork, "secondaryIpRanges")]
    which = optional_text(nat, "sourceSubnetworkIpRangesToNat")
    if which in (_ALL, _ALL_PRIMARY):
        yield from (PRIMARY, *(secondary if which == _ALL else ()))
        return
    for one in blocks(nat, "subnetworks"):
        if optional_text(one, "name") != subnetwork.get("selfLink"):
            continue
        ranges = texts(one, "sourceIpRangesToNat")
        yield from (PRIMARY, *secondary) if _EVERY_RANGE in ranges else ()
        yield from texts(one, "secondaryIpRangeNames") if _LISTED_RANGES in ranges else ()
        yield from (PRIMARY,) if "PRIMARY_IP_RANGE" in ranges else ()


def _way_out(routes: Sequence[Properties]) -> WayOut | None:
    """Return the default route that all machines have; one with tags is for some of them."""
    defaults = [
        route for route in routes if route.get("destRange") == ANYWHERE and not texts(route, "tags")
    ]
    if not defaults:
        return None
    route = min(defaults, key=lambda one: number(one, "priority"))
    hop = next((text(route, name) for name in _HOPS if route.get(name)), "nothing")
    return WayOut(_last(hop), works=not blocks(route, "warnings"))


def _egress(rules: Sequence[Properties]) -> Iterator[EgressRule]:
    for rule in rules:
        targets = texts(rule, "targetTags") or texts(rule, "targetServiceAccounts")
        if rule.get("direction") != "EGRESS" or rule.get("disabled") or targets:
            continue
        yield EgressRule(
            name=text(rule, "name"),
            priority=number(rule, "priority"),
            denies=bool(blocks(rule, "denied")),
            destinations=tuple(texts(rule, "destinationRanges")),
        )


def _of_network(api: GoogleApi, collection: str, network: str) -> list[Properties]:
    found = listed(api, f"compute.{collection}.list", "items", project=api.project)
    return [one for one in found if one.get("network") == network]


def _found(api: GoogleApi, method: str, **place: Value) -> Properties:
    try:
        return api.call(method, None, project=api.project, **place)
    except CloudApiError as error:
        if error.not_found:
            return {}
        raise


def _last(link: str) -> str:
    return link.rpartition("/")[2]
