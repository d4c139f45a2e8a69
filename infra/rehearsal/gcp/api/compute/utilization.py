"""How many addresses of a subnetwork are free, for whoever asks to see it.

Of a primary range what uses it is counted. Secondary ranges are all free: here pods have addresses
of the real control plane, not of the network.
"""

import ipaddress

from infra.rehearsal.gcp.api.compute.collection import Collection
from infra.rehearsal.gcp.api.compute.references import users
from infra.rehearsal.gcp.api.project import Request
from infra.replies import blocks, text
from infra.wire import Properties, Value

VIEW = "WITH_UTILIZATION"
UNUSABLE = 4
"""Of a primary range: network, gateway, the last but one, and broadcast
(cloud.google.com/vpc/docs/subnets, "Unusable addresses in IPv4 subnet ranges", 2026)."""


def get(collection: Collection, request: Request) -> Properties:
    """Return a subnetwork, with what is free in it if that was asked."""
    name, subnetwork = collection.found(request)
    if request.parameters.get("views") != VIEW:
        return subnetwork
    taken = UNUSABLE + len({*users(request.project, name)})
    ranges: list[Value] = [_utilization("", text(subnetwork, "ipCidrRange"), taken)]
    ranges += [
        _utilization(text(one, "rangeName"), text(one, "ipCidrRange"), 0)
        for one in blocks(subnetwork, "secondaryIpRanges")
    ]
    return {**subnetwork, "utilizationDetails": {"ipv4Utilizations": ranges}}


def _utilization(name: str, cidr: str, taken: int) -> Properties:
    free = ipaddress.IPv4Network(cidr).num_addresses - taken
    counts: Properties = {"totalAllocatedIp": str(taken), "totalFreeIp": str(free)}
    return {"rangeName": name, **counts} if name else counts
