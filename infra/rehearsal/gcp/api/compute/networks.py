"""Networks, their subnetworks, and firewall rules."""

from infra.rehearsal.cloud.errors import NotSimulatedError
from infra.rehearsal.gcp.api.compute import utilization
from infra.rehearsal.gcp.api.compute.collection import Collection, Row, counted, required
from infra.rehearsal.gcp.api.compute.ranges import check, network_range, refused
from infra.rehearsal.gcp.api.errors import Reason
from infra.rehearsal.gcp.api.names import COMPUTE
from infra.rehearsal.gcp.api.project import Project, Request
from infra.replies import blocks, optional_text, text, texts
from infra.wire import Properties, Value

MTU_BYTES = 1460
"""Of a network that does not say (compute API v1, revision 20261106, `Network.mtu`)."""
PRIORITY = 1000
"""Of a firewall rule that does not say (compute API v1, revision 20261106, `Firewall.priority`)."""
ANYWHERE = "0.0.0.0/0"
MOST_SECONDARY_RANGES = 30
"""elastic/cloud-on-k8s#2617 (2020-02-25)."""


def _complete_network(request: Request, network: Properties, _before: Properties) -> None:
    if network.get("autoCreateSubnetworks"):
        message = "not simulated: a network in auto mode; set autoCreateSubnetworks to false"
        raise NotSimulatedError(message)
    network["autoCreateSubnetworks"] = False
    network.setdefault("mtu", MTU_BYTES)
    network.setdefault("networkFirewallPolicyEnforcementOrder", "AFTER_CLASSIC_FIREWALL")
    network.setdefault("routingConfig", {"routingMode": "REGIONAL"})
    by_id = request.project.path("global/networks", text(network, "id"))
    network["selfLinkWithId"] = COMPUTE + by_id


def _shown_network(project: Project, name: str, network: Properties) -> Properties:
    """Return it with the links of its subnetworks."""
    links: list[Value] = [one["selfLink"] for one in subnetworks_of(project, COMPUTE + name)]
    return {**network, "subnetworks": links} if links else network


def subnetworks_of(project: Project, network: str) -> list[Properties]:
    """Return the subnetworks of a network, by its link."""
    found = project.store.named(project.path("regions/*/subnetworks/*"))
    return [subnetwork for _name, subnetwork in found if subnetwork["network"] == network]


def _complete_subnetwork(request: Request, subnetwork: Properties, before: Properties) -> None:
    for field in ("network", "ipCidrRange"):
        if not subnetwork.get(field):
            raise required(request, field)
    _check_secondary(request, subnetwork, before)
    of_network = subnetworks_of(request.project, text(subnetwork, "network"))
    others = [other for other in of_network if other["id"] != subnetwork["id"]]
    check(request, subnetwork, others)
    primary = network_range(request, "ipCidrRange", subnetwork["ipCidrRange"])
    subnetwork["gatewayAddress"] = str(primary.network_address + 1)
    subnetwork.setdefault("privateIpGoogleAccess", False)
    subnetwork.setdefault("privateIpv6GoogleAccess", "DISABLE_GOOGLE_ACCESS")
    subnetwork.setdefault("purpose", "PRIVATE")
    subnetwork.setdefault("stackType", "IPV4_ONLY")


def _check_secondary(request: Request, subnetwork: Properties, before: Properties) -> None:
    ranges = blocks(subnetwork, "secondaryIpRanges")
    for number, secondary in enumerate(ranges):
        if not secondary.get("rangeName"):
            field = f"secondaryIpRanges[{number}].rangeName"
            raise required(request, field)
    if len(ranges) > MOST_SECONDARY_RANGES:
        message = (
            "Exceeded maximum supported number of secondary ranges per subnetwork: "
            f"{MOST_SECONDARY_RANGES}."
        )
        raise request.refusal(Reason.INVALID, message)
    now, then = _secondary_cidrs(subnetwork), _secondary_cidrs(before)
    added, removed = sorted(now - then), sorted(then - now)
    if added and removed:
        # terraform-google-modules/terraform-google-project-factory#75 (2018-12-04)
        message = (
            "Cannot add and remove secondary IP ranges in the same request. "
            f"Added ranges: [{', '.join(added)}]. Removed ranges: [{', '.join(removed)}]."
        )
        raise refused(request, "secondaryIpRanges", "", message)


def _secondary_cidrs(subnetwork: Properties) -> set[str]:
    return {text(one, "ipCidrRange") for one in blocks(subnetwork, "secondaryIpRanges")}


def _expand(collection: Collection, request: Request) -> Properties:
    name, subnetwork = collection.found(request)
    field = "ipCidrRange"
    asked = network_range(request, field, request.body.get(field))
    held = network_range(request, field, subnetwork[field])
    if not held.subnet_of(asked):
        message = f"The new range must contain the current one, {held}."
        raise refused(request, field, str(asked), message)
    return collection.change("expandIpCidrRange", request, name, {**subnetwork, field: str(asked)})


def _set_google_access(collection: Collection, request: Request) -> Properties:
    name, subnetwork = collection.found(request)
    field = "privateIpGoogleAccess"
    changed = {**subnetwork, field: bool(request.body.get(field))}
    return collection.change("setPrivateIpGoogleAccess", request, name, changed)


def _complete_firewall(request: Request, firewall: Properties, _before: Properties) -> None:
    allowed, denied = blocks(firewall, "allowed"), blocks(firewall, "denied")
    if bool(allowed) == bool(denied):
        message = "Exactly one of allowed or denied must be set."
        raise refused(request, "allowed", "", message)
    firewall.setdefault("direction", "INGRESS")
    firewall.setdefault("priority", PRIORITY)
    firewall.setdefault("disabled", False)
    firewall.setdefault("logConfig", {"enable": False})
    inwards = firewall["direction"] == "INGRESS"
    ranges = "sourceRanges" if inwards else "destinationRanges"
    selected = inwards and (firewall.get("sourceTags") or firewall.get("sourceServiceAccounts"))
    if not firewall.get(ranges) and not selected:
        firewall[ranges] = [ANYWHERE]
    for number, written in enumerate(texts(firewall, ranges)):
        if ":" not in written:  # an IPv6 range
            network_range(request, f"{ranges}[{number}]", written)
    for number, rule in enumerate([*allowed, *denied]):
        if not optional_text(rule, "IPProtocol"):
            field = f"{'allowed' if allowed else 'denied'}[{number}].IPProtocol"
            raise required(request, field)


ROWS = (
    Row(
        name="networks",
        word="network",
        demand=counted("NETWORKS"),
        quota_later=True,
        in_use_later=True,
        complete=_complete_network,
        shown=_shown_network,
    ),
    Row(
        name="subnetworks",
        word="subnetwork",
        references={"network": "global/networks"},
        demand=counted("SUBNETWORKS"),
        fingerprinted=True,
        complete=_complete_subnetwork,
        actions={
            "expandIpCidrRange": _expand,
            "get": utilization.get,
            "setPrivateIpGoogleAccess": _set_google_access,
        },
    ),
    Row(
        name="firewalls",
        word="firewall",
        references={"network": "global/networks"},
        demand=counted("FIREWALLS"),
        complete=_complete_firewall,
    ),
)
