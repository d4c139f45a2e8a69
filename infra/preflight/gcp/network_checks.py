"""Is a network of Google Cloud that exists fit for the platform?

Owns what the platform needs of a network: facts and a stack's spec in, findings out. Does not own
asking Google (`network`).
Why a network of another project (Shared VPC) is refused: its subnetworks, routes and rules are that
project's, and so are the roles that GKE's agents need there; nothing here looks after them.
"""

from collections.abc import Iterator
from ipaddress import IPv4Network

from infra.google_api import GoogleApi
from infra.preflight.findings import Finding, finding
from infra.preflight.gcp.network import (
    ANYWHERE,
    PRIMARY,
    AddressRange,
    EgressRule,
    Network,
    Subnetwork,
    read_network,
)
from infra.spec.stack import StackSpec

ADDRESSES_OF_A_NODE = 256
"""A node of 110 pods takes a /24 of the pods' range (container API v1, revision 20261027,
`podCidrOverprovisionConfig`)."""
CONTROL_PLANE_ADDRESSES = 1
"""The control plane's endpoint in the subnetwork (GKE documentation, "About network isolation", as
remembered)."""
WIDEST_SERVICE_PREFIX = 16
"""GKE refuses wider ones: "Services CIDR range is smaller than minimum (14 < 16)"
(rancher/rancher#32413, 2021-04-27)."""
LONGEST_SERVICE_PREFIX = 27
"""GKE documentation, "VPC-native clusters": the smallest range for Services, as public Terraform
code quotes it, read 2026-11-26."""
MACHINES = "PRIVATE"


def network_findings(api: GoogleApi, spec: StackSpec) -> list[Finding]:
    """Return what is wrong with the network that a stack names; nothing where it makes its own.

    Raises:
        CloudApiError: Google refuses a call, or does not answer.
    """
    if not spec.network.is_foreign:
        return []
    return check_network(read_network(api, spec.network), spec)


def check_network(network: Network, spec: StackSpec) -> list[Finding]:
    """Return what is wrong with a network for a stack; nothing when it is fit."""
    if not network.exists:
        return [_missing_network(network, spec)]
    subnetwork = network.subnetwork
    if subnetwork is None:
        return [_missing_subnetwork(spec), *_egress(network, spec)]
    return [
        *_place(subnetwork, spec),
        *_google_access(subnetwork, spec),
        *_way_out(network, subnetwork, spec),
        *_egress(network, spec),
        *_room_for_nodes(subnetwork, spec),
        *_secondary(subnetwork, spec),
        *_overlaps(subnetwork, spec),
    ]


def nodes_at_most(spec: StackSpec) -> int:
    """Return a stack's nodes with every group at its maximum."""
    return spec.cluster.system_nodes.max + sum(pool.most_nodes for pool in spec.gpu_pools)


def _missing_network(network: Network, spec: StackSpec) -> Finding:
    if network.host_project:
        return finding(
            "network.vpcId",
            f"is not in the project, which uses the Shared VPC of {network.host_project}: a "
            "network of another project is not built",
            spec.network.vpc_id or "",
            f"a network of {spec.cloud.project} itself",
            "name one, or leave vpcId out: then the stack makes its own",
        )
    return finding(
        "network.vpcId",
        f"{spec.cloud.project} has no such network",
        spec.network.vpc_id or "",
        "the name of a network of the project",
        f"`gcloud compute networks list --project {spec.cloud.project}`",
    )


def _missing_subnetwork(spec: StackSpec) -> Finding:
    return finding(
        "network.privateSubnetIds",
        f"{spec.cloud.region} has no such subnetwork in the project",
        _subnetwork_name(spec),
        f"a subnetwork of {spec.network.vpc_id} in {spec.cloud.region}",
        f"`gcloud compute networks subnets list --network {spec.network.vpc_id} "
        f"--regions {spec.cloud.region}`",
    )


def _place(subnetwork: Subnetwork, spec: StackSpec) -> Iterator[Finding]:
    if subnetwork.network != spec.network.vpc_id:
        yield finding(
            "network.privateSubnetIds",
            f"is in {subnetwork.network}",
            _subnetwork_name(spec),
            f"a subnetwork of {spec.network.vpc_id}",
            "name the network that it is in, or another subnetwork",
        )
    if subnetwork.purpose not in ("", MACHINES):
        yield finding(
            "network.privateSubnetIds",
            f"is for {subnetwork.purpose}: no machine can stand in it",
            _subnetwork_name(spec),
            f"a subnetwork for machines ({MACHINES})",
            "name another subnetwork",
        )


def _google_access(subnetwork: Subnetwork, spec: StackSpec) -> Iterator[Finding]:
    if not subnetwork.google_access:
        name = _subnetwork_name(spec)
        yield finding(
            "network.privateSubnetIds",
            "has no Private Google Access: nodes would reach Google's own services only through "
            "their way out",
            name,
            "a subnetwork with Private Google Access",
            f"`gcloud compute networks subnets update {name} --region {spec.cloud.region} "
            "--enable-private-ip-google-access`; it costs nothing",
        )


def _way_out(network: Network, subnetwork: Subnetwork, spec: StackSpec) -> Iterator[Finding]:
    problem = _no_way_out(network, subnetwork)
    if problem:
        yield finding(
            "network.vpcId",
            problem,
            spec.network.vpc_id or "",
            f"a default route, and where it leads to the internet a Cloud NAT in "
            f"{spec.cloud.region} that takes {_subnetwork_name(spec)}",
            "ask the network's owner for a Cloud NAT on a Cloud Router of the region",
        )
    elif _lacks_pods(network, subnetwork, spec):
        yield finding(
            "network.podRange",
            "is not among the ranges that the Cloud NAT takes: pods come out only with the "
            "addresses of their nodes",
            spec.network.pod_range or "",
            "a Cloud NAT for all ranges of the subnetwork",
            "ask the network's owner; GKE translates pods' addresses where nobody turned that off",
            blocks=False,
        )


def _no_way_out(network: Network, subnetwork: Subnetwork) -> str:
    way_out = network.way_out
    if way_out is None:
        return "has no default route: nodes could pull no image but from Google"
    if not way_out.works:
        return f"has a default route to {way_out.hop}, which is gone"
    if way_out.needs_nat and PRIMARY not in subnetwork.translated:
        return "has no Cloud NAT for the subnetwork: its nodes have no public address"
    return ""


def _lacks_pods(network: Network, subnetwork: Subnetwork, spec: StackSpec) -> bool:
    through_nat = network.way_out is not None and network.way_out.needs_nat
    return through_nat and spec.network.pod_range not in subnetwork.translated


def _egress(network: Network, spec: StackSpec) -> Iterator[Finding]:
    """Find rules that keep nodes from everything outside, and what is let through before them."""
    denying = [rule for rule in network.egress if rule.denies and _is_everywhere(rule)]
    for rule in denying:
        before = [
            other for other in network.egress if not other.denies and other.priority < rule.priority
        ]
        if any(_is_everywhere(other) for other in before):
            continue
        let_out = ", ".join(sorted({place for one in before for place in one.destinations}))
        yield finding(
            "network.vpcId",
            f"has the firewall rule {rule.name}, which denies all egress"
            + (f" but to {let_out}" if let_out else ""),
            spec.network.vpc_id or "",
            "egress of nodes to the control plane, each other, Google's APIs and registries",
            "ask the network's owner for a rule of a lower number that allows it",
            blocks=not before,
        )


def _is_everywhere(rule: EgressRule) -> bool:
    return ANYWHERE in rule.destinations


def _room_for_nodes(subnetwork: Subnetwork, spec: StackSpec) -> Iterator[Finding]:
    free, needed = subnetwork.ranges[PRIMARY].free, nodes_at_most(spec) + CONTROL_PLANE_ADDRESSES
    name = _subnetwork_name(spec)
    if free is None:
        yield finding(
            "network.privateSubnetIds",
            "has room that Google does not tell",
            name,
            f"{needed} free addresses",
            "look at its addresses in the console",
            blocks=False,
        )
    elif free < needed:
        yield finding(
            "network.privateSubnetIds",
            "has too few free addresses for all nodes at the pools' maximum",
            f"{name} with {free}",
            f"at least {needed}: one for each node, and one for the control plane",
            "name a larger subnetwork, or lower the maximum of the pools",
        )


def _secondary(subnetwork: Subnetwork, spec: StackSpec) -> Iterator[Finding]:
    names = {"podRange": spec.network.pod_range, "serviceRange": spec.network.service_range}
    for setting, name in names.items():
        found = subnetwork.ranges.get(name or PRIMARY)
        if not name or found is None:
            known = ", ".join(sorted(subnetwork.ranges.keys() - {PRIMARY}))
            yield finding(
                f"network.{setting}",
                f"{_subnetwork_name(spec)} has no secondary range of that name",
                name or "",
                known or "none: the subnetwork has no secondary range",
                "correct the name, or ask the network's owner for the range",
            )
        elif setting == "podRange":
            yield from _room_for_pods(name, found, spec)
        else:
            yield from _services(name, found)


def _services(name: str, found: AddressRange) -> Iterator[Finding]:
    prefix = IPv4Network(found.cidr).prefixlen
    if WIDEST_SERVICE_PREFIX <= prefix <= LONGEST_SERVICE_PREFIX:
        return
    yield finding(
        "network.serviceRange",
        f"is too {'large' if prefix < WIDEST_SERVICE_PREFIX else 'small'} for Services",
        f"{name}, {found.cidr}",
        f"a range from /{WIDEST_SERVICE_PREFIX} to /{LONGEST_SERVICE_PREFIX}",
        "name another range",
    )


def _room_for_pods(name: str, found: AddressRange, spec: StackSpec) -> Iterator[Finding]:
    free = IPv4Network(found.cidr).num_addresses if found.free is None else found.free
    room, nodes = free // ADDRESSES_OF_A_NODE, nodes_at_most(spec)
    if room < nodes:
        yield finding(
            "network.podRange",
            f"has room for the pods of {room} nodes, and the stack may have {nodes}",
            f"{name}, {found.cidr} with {free} free",
            f"{ADDRESSES_OF_A_NODE} addresses for each node at the pools' maximum",
            "name a wider range, or lower the maximum of the pools",
        )


def _overlaps(subnetwork: Subnetwork, spec: StackSpec) -> Iterator[Finding]:
    used = [PRIMARY, spec.network.pod_range or PRIMARY, spec.network.service_range or PRIMARY]
    found = [(name, subnetwork.ranges[name].cidr) for name in used if name in subnetwork.ranges]
    for index, (name, cidr) in enumerate(found):
        for other, other_cidr in found[:index]:
            if name != other and IPv4Network(cidr).overlaps(IPv4Network(other_cidr)):
                yield finding(
                    "network.podRange"
                    if name == spec.network.pod_range
                    else "network.serviceRange",
                    f"overlaps {other or 'the range of nodes'}",
                    f"{name}, {cidr}",
                    f"a range outside of {other_cidr}",
                    "name another range",
                )


def _subnetwork_name(spec: StackSpec) -> str:
    return spec.network.private_subnet_ids[0]
