"""Routers, with the NAT gateways that are parts of them."""

from collections.abc import Iterator

from infra.rehearsal.gcp.api.compute.collection import Row, counted, required
from infra.rehearsal.gcp.api.compute.ranges import refused
from infra.rehearsal.gcp.api.compute.references import link_to
from infra.rehearsal.gcp.api.project import Request
from infra.replies import blocks, optional_text, text, texts
from infra.wire import Properties, Value

ALL = "ALL_SUBNETWORKS_ALL_IP_RANGES"
LEAST_PORTS = 32
"""Of a machine, where ports are given out as they are needed (the same issue as below)."""


def _complete(request: Request, router: Properties, _before: Properties) -> None:
    if not router.get("network"):
        field = "network"
        raise required(request, field)
    for number, nat in enumerate(blocks(router, "nats")):
        for field in ("name", "sourceSubnetworkIpRangesToNat", "natIpAllocateOption"):
            if not nat.get(field):
                path = f"nats[{number}].{field}"
                raise required(request, path)
        _complete_nat(request, nat)
        _check_ports(request, number, nat)
        _check_alone(request, router, number, nat)


def _complete_nat(request: Request, nat: Properties) -> None:
    region = f"regions/{request['region']}"
    addresses: list[Value] = [
        link_to(request, address, f"{region}/addresses") for address in texts(nat, "natIps")
    ]
    if addresses:
        nat["natIps"] = addresses
    for subnetwork in blocks(nat, "subnetworks"):
        subnetwork["name"] = link_to(request, text(subnetwork, "name"), f"{region}/subnetworks")
    nat.setdefault("type", "PUBLIC")
    nat.setdefault("enableEndpointIndependentMapping", False)
    nat.setdefault("endpointTypes", ["ENDPOINT_TYPE_VM"])
    nat.setdefault("autoNetworkTier", "PREMIUM")


def _check_ports(request: Request, number: int, nat: Properties) -> None:
    """Refuse what does not go together.

    The rules: terraform-google-modules/terraform-google-cloud-nat#89 (2022-11-22). The words: ours.
    """
    if not nat.get("enableDynamicPortAllocation"):
        return
    if nat["enableEndpointIndependentMapping"]:
        field = f"nats[{number}].enableEndpointIndependentMapping"
        message = "It cannot be enabled together with dynamic port allocation."
        raise refused(request, field, "true", message)
    for name in ("minPortsPerVm", "maxPortsPerVm"):
        ports = nat.get(name)
        if isinstance(ports, int) and (ports < LEAST_PORTS or ports & (ports - 1)):
            field = f"nats[{number}].{name}"
            message = f"Must be a power of two, at least {LEAST_PORTS}."
            raise refused(request, field, ports, message)


def _check_alone(request: Request, router: Properties, number: int, nat: Properties) -> None:
    """Refuse a NAT gateway whose subnetworks another one of the network has in this region."""
    field = f"nats[{number}].sourceSubnetworkIpRangesToNat"
    wanted = text(nat, "sourceSubnetworkIpRangesToNat")
    for other in _other_nats(request, router, nat):
        theirs = text(other, "sourceSubnetworkIpRangesToNat")
        if ALL in (wanted, theirs):
            # google/osv.dev#5629 (2026-07-13)
            message = f"Can not create new Nats since a Nat with option {theirs} exists."
            raise refused(request, field, wanted, message)
        shared = _subnetworks(nat) & _subnetworks(other)
        if shared:
            message = f"Subnetwork {min(shared)} is in Nat {text(other, 'name')} already."
            raise refused(request, field, wanted, message)


def _other_nats(request: Request, router: Properties, nat: Properties) -> Iterator[Properties]:
    yield from (other for other in blocks(router, "nats") if other is not nat)
    wanted = request.project.path("regions", request["region"], "routers/*")
    for _name, other in request.project.store.named(wanted):
        if other["network"] == router["network"] and other["id"] != router["id"]:
            yield from blocks(other, "nats")


def _subnetworks(nat: Properties) -> set[str]:
    return {optional_text(subnetwork, "name") for subnetwork in blocks(nat, "subnetworks")}


ROWS = (
    Row(
        name="routers",
        word="router",
        references={"network": "global/networks"},
        demand=counted("ROUTERS"),
        complete=_complete,
    ),
)
