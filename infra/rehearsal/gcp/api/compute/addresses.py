"""Reserved addresses of a region and global ones."""

import ipaddress

from infra.rehearsal.gcp.api.compute.collection import Row, required
from infra.rehearsal.gcp.api.compute.ranges import network_range
from infra.rehearsal.gcp.api.compute.references import users
from infra.rehearsal.gcp.api.names import COMPUTE, full_name
from infra.rehearsal.gcp.api.project import Project, Request
from infra.replies import optional_text, text
from infra.wire import Properties, Value

EXTERNAL_BLOCK = ipaddress.IPv4Network("198.18.0.0/15")
"""Where external addresses of the simulation are from: nobody has one of these (RFC 2544)."""
FIRST_USABLE = 2
"""In a subnetwork: the network's own address and the gateway come before."""


def _complete(request: Request, address: Properties, _before: Properties) -> None:
    address.setdefault("addressType", "EXTERNAL")
    address.setdefault("networkTier", "PREMIUM")
    address.setdefault("status", "RESERVED")
    if address.get("address"):
        return
    if address["addressType"] == "EXTERNAL":
        offset = int(request.project.chance.new_number(5))
        address["address"] = str(EXTERNAL_BLOCK.network_address + offset)
    elif "region" in request.parameters:
        address["address"] = _inside(request, address)


def _inside(request: Request, address: Properties) -> str:
    """Return a free address of the subnetwork that an internal one is asked in."""
    link = optional_text(address, "subnetwork")
    if not link:
        field = "subnetwork"
        raise required(request, field)
    subnetwork = request.project.store.get(full_name(link, request.project.project))
    block = network_range(request, "subnetwork", (subnetwork or {}).get("ipCidrRange"))
    taken = {
        other.get("address")
        for _name, other in request.project.store.named(
            request.project.path("regions/*/addresses/*")
        )
    }
    free = (str(block[number]) for number in range(FIRST_USABLE, block.num_addresses))
    return next(one for one in free if one not in taken)


def _shown(project: Project, name: str, address: Properties) -> Properties:
    """Return it with what uses it."""
    links: list[Value] = [COMPUTE + user for user in users(project, name, *_aliases(address))]
    return {**address, "users": links, "status": "IN_USE"} if links else address


def _aliases(address: Properties) -> tuple[str, ...]:
    """Forwarding rules and instances have the address itself."""
    return (text(address, "address"),) if address.get("address") else ()


def _demand(address: Properties) -> dict[str, int]:
    outside = address["addressType"] == "EXTERNAL" and "region" in address
    return {"STATIC_ADDRESSES": 1} if outside else {}


ROWS = tuple(
    Row(
        name=name,
        word="address",
        references=references,
        labelled=True,
        demand=demand,
        quota_later=True,
        complete=_complete,
        shown=_shown,
        aliases=_aliases,
    )
    for name, demand, references in (
        (
            "addresses",
            _demand,
            {"network": "global/networks", "subnetwork": "regions/{region}/subnetworks"},
        ),
        # Both look at all that is kept under `addresses`: what counts is counted by the other one.
        ("globalAddresses", None, {"network": "global/networks"}),
    )
)
