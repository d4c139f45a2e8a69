"""Rows of Cloud Router and of Cloud NAT, whose gateways are parts of a router.

A gateway is made, changed and deleted by patches of its router, each with all gateways in it: the
provider holds a lock on the router meanwhile, and so does this.
"""

from collections.abc import Mapping

from infra.rehearsal.cloud.errors import ProviderError
from infra.rehearsal.cloud.table import Change, Pending, updating
from infra.rehearsal.gcp.api.errors import GoogleError, Reason
from infra.rehearsal.gcp.forms import Form
from infra.rehearsal.gcp.place import Place
from infra.rehearsal.gcp.table import ResourceType, converted, patched, served
from infra.rehearsal.gcp.waiting import pending
from infra.replies import blocks, text
from infra.wire import Properties, Value

ROUTER = Form("projects/{project}/regions/{region}/routers/{name}")
NAT = Form("{project}/{region}/{router}/{name}")
READ = "compute.routers.get"
PATCH = "compute.routers.patch"
CHANGEABLE = (
    *("autoNetworkTier", "drainNatIps", "enableDynamicPortAllocation"),
    *("enableEndpointIndependentMapping", "icmpIdleTimeoutSec", "logConfig", "maxPortsPerVm"),
    *("minPortsPerVm", "nat64Subnetworks", "natIpAllocateOption", "natIps", "rules"),
    *("sourceSubnetworkIpRangesToNat", "sourceSubnetworkIpRangesToNat64", "subnetworks"),
    *("tcpEstablishedIdleTimeoutSec", "tcpTimeWaitTimeoutSec", "tcpTransitoryIdleTimeoutSec"),
    "udpIdleTimeoutSec",
)
"""All but name, place, type and endpoint types (magic-modules@d577844, RouterNat.yaml)."""
PLACED = ("project", "region", "router", "deletionPolicy", "initialNatIps")


def nat_body(inputs: Properties) -> tuple[Properties, list[str]]:
    """Return a gateway as the router has it, and the paths of inputs that it does not have."""
    own = {key: item for key, item in inputs.items() if key not in PLACED}
    nats: list[Value] = [own]
    body, left = converted(PATCH, "", {"nats": nats}, {})
    found = blocks(body, "nats")
    return (found[0] if found else {}), left


def _nat_problems(inputs: Properties) -> list[str]:
    _body, left = nat_body(inputs)
    return [
        f"{path.removeprefix('nats.')}: not simulated: no step of the rehearsal's NAT uses it"
        for path in left
    ]


def _make_nat(
    place: Place, inputs: Properties, _labels: Mapping[str, str]
) -> tuple[str, Pending | None]:
    physical_id = NAT.id_of(place, inputs)
    others = _gateways(place, physical_id)
    name = text(inputs, "name")
    if any(one.get("name") == name for one in others):
        # Before it patches, in words that all parts of routers share (terraform-provider-google
        # @e03b762, 2026-08-21, resource_compute_router_nat.go, `PatchCreateEncoder`).
        message = f"Unable to create RouterNat, existing object already found: map[name:{name}]"
        raise ProviderError(message)
    body, _left = nat_body(inputs)
    return physical_id, _patch(place, physical_id, [*others, body], "Creating RouterNat")


def _read_nat(place: Place, physical_id: str) -> Properties:
    name = NAT.parts(physical_id)["name"]
    for one in _gateways(place, physical_id):
        if one.get("name") == name:
            return one
    message = f"No nested resource found for NAT {physical_id}"
    raise GoogleError(READ, Reason.NOT_FOUND, message)


def _change_nat(place: Place, change: Change) -> Pending | None:
    body, _left = nat_body(change.new)
    others = [
        {**one, **body} if one.get("name") == body.get("name") else one
        for one in _gateways(place, change.physical_id)
    ]
    return _patch(place, change.physical_id, others, "Updating RouterNat")


def _delete_nat(place: Place, physical_id: str, _outputs: Properties) -> Pending | None:
    name = NAT.parts(physical_id)["name"]
    others = [one for one in _gateways(place, physical_id) if one.get("name") != name]
    return _patch(place, physical_id, others, "Deleting RouterNat")


def _gateways(place: Place, physical_id: str) -> list[Properties]:
    router = place.call(READ, **_router_of(physical_id))
    return blocks(router, "nats")


def _patch(
    place: Place, physical_id: str, gateways: list[Properties], doing: str
) -> Pending | None:
    nats: list[Value] = [*gateways]
    reply = place.call(PATCH, {"nats": nats}, **_router_of(physical_id))
    return pending(place, PATCH, reply, doing)


def _router_of(physical_id: str) -> dict[str, str]:
    parts = NAT.parts(physical_id)
    return {key: parts[key] for key in ("project", "region", "router")}


ROWS = (
    ResourceType(
        pulumi_type="gcp:compute/router:Router",
        **served("compute.routers", ROUTER, "insert"),
        updates=(patched("bgp", "description", by=PATCH, form=ROUTER),),
    ),
    ResourceType(
        pulumi_type="gcp:compute/routerNat:RouterNat",
        form=NAT,
        create=PATCH,
        make=_make_nat,
        read=_read_nat,
        delete=_delete_nat,
        checks=(_nat_problems,),
        updates=(updating(*CHANGEABLE, source=PATCH, apply=_change_nat),),
        computed_blocks=frozenset({"logConfig"}),
    ),
)
