"""Checks of how a pool of Google Cloud buys its machines: ways of buying, zones, reservations.

Owns what only Google Cloud asks. Local disks are checked for both clouds in `checks_capacity`.
"""

import re

from infra.catalog.machines import GcpMachine, machines
from infra.catalog.regions import region, zones_selling
from infra.spec.cloud import CloudSpec
from infra.spec.draft import Draft
from infra.spec.pools import GpuPoolSpec, ReservationKind
from infra.spec.refusals import is_without_spot, refuse_placement_beside_reservation
from infra.spec.report import Report
from infra.spec.suggest import did_you_mean

_NAME = re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?")
"""Compute Engine API v1, `Reservation.name` (RFC 1035)."""
WAYS = {"onDemand": "on-demand", "spot": "spot", "flexStart": "flex-start"}
"""Setting of a pool to the way of buying."""
_LIST = "copy it from `gcloud compute reservations list`"


def check_gcp_capacity(
    pool: Draft[GpuPoolSpec], found: GcpMachine, cloud: Draft[CloudSpec], report: Report
) -> None:
    """Check a pool's ways of buying against what its machine is sold as."""
    _check_ways(pool, found, report)
    if pool.good("spotMachineTypes", "spot"):
        _check_spot_types(pool, found, report)
    if pool.good("placementGroup") and pool.spec.placement_group and not found.compact_placement:
        placed = [m.name for m in machines("gcp") if isinstance(m, GcpMachine) and _can_place(m)]
        report.add(
            pool.at("placementGroup"),
            f"{found.name} takes no compact placement",
            True,  # noqa: FBT003 - the value as it is written
            allowed=f"false, or one of: {', '.join(placed)}",
            next_step="remove it",
        )
    _check_reservation(pool, found, cloud, report)


def _can_place(machine: GcpMachine) -> bool:
    return machine.gpu is not None and machine.compact_placement


def _check_ways(pool: Draft[GpuPoolSpec], found: GcpMachine, report: Report) -> None:
    bounds = {
        "onDemand": pool.spec.on_demand,
        "spot": pool.spec.spot,
        "flexStart": pool.spec.flex_start,
    }
    reserved = pool.good("reservation") and pool.spec.reservation is not None
    for setting, way in WAYS.items():
        nodes = bounds[setting]
        if not pool.good(setting) or nodes is None or way in found.sold_as:
            continue
        if setting == "onDemand" and (reserved or not pool.good("reservation")):
            continue  # a reservation is a way of its own
        sold = [name for name, other in WAYS.items() if other in found.sold_as]
        report.add(
            pool.at(setting),
            f"{found.name} is not sold {way}",
            nodes.model_dump(),
            allowed=f"{' and '.join(sold)} for this machine",
            next_step=_instead(found, way, sold),
        )


def _instead(found: GcpMachine, way: str, sold: list[str]) -> str:
    larger = [
        m.name
        for m in machines("gcp")
        if isinstance(m, GcpMachine) and m.gpu == found.gpu and way in m.sold_as
    ]
    other = f", or name {larger[0]}, which is" if larger else ""
    return f"write `{sold[-1]}: {{max: 1}}` instead{other}"


def _check_spot_types(pool: Draft[GpuPoolSpec], found: GcpMachine, report: Report) -> None:
    names = pool.spec.spot_machine_types
    if not is_without_spot(pool, report) and names != (found.name,):
        report.add(
            pool.at("spotMachineTypes"),
            "names other machines than machineType: a node pool of GKE has one machine type",
            list(names),
            allowed=f"[{found.name}]",
            next_step="remove it; a second pool may have another machine",
        )


def _check_reservation(
    pool: Draft[GpuPoolSpec], found: GcpMachine, cloud: Draft[CloudSpec], report: Report
) -> None:
    reservation = pool.spec.reservation
    if reservation is None or not pool.good("reservation"):
        return
    if not _NAME.fullmatch(reservation.id):
        report.add(
            pool.at("reservation.id"),
            "is not the name of a reservation",
            reservation.id,
            allowed="1 to 63 lower-case letters, digits and hyphens, a letter first",
            next_step=_LIST,
        )
    if reservation.kind is ReservationKind.CAPACITY_BLOCK:
        report.add(
            pool.at("reservation.kind"),
            "is not for gcp: Capacity Blocks are sold by EC2",
            reservation.kind.value,
            allowed=ReservationKind.CAPACITY_RESERVATION.value,
            next_step=f"write kind: {ReservationKind.CAPACITY_RESERVATION}; or flexStart, which "
            "waits for capacity and keeps it for up to 7 days",
        )
    _check_zone(pool, found, cloud, report)
    for setting, bounds in (("spot", pool.spec.spot), ("flexStart", pool.spec.flex_start)):
        if pool.good(setting, "onDemand") and bounds is not None:
            report.add(
                pool.at("reservation"),
                f"cannot be used by {WAYS[setting]} nodes",
                reservation.id,
                allowed="a pool with onDemand alone",
                next_step=f"remove {setting}, or put those nodes into a pool of their own",
            )
    # A reservation is matched by its own placement policy (Compute Engine documentation, "Consume
    # reservations", as remembered), and GKE makes a new one for the pool.
    refuse_placement_beside_reservation(pool, "policy", "remove it", report)


def _check_zone(
    pool: Draft[GpuPoolSpec], found: GcpMachine, cloud: Draft[CloudSpec], report: Report
) -> None:
    reservation = pool.spec.reservation
    known = region("gcp", cloud.spec.region) if cloud.good("region") else None
    if reservation is None or known is None or found.name not in known.machine_types:
        return
    selling = zones_selling("gcp", known.name, found.name)
    if reservation.zone in selling:
        return
    of_region = reservation.zone in known.zone_names
    report.add(
        pool.at("reservation.zone"),
        f"is not known to sell {found.name}" if of_region else f"is not a zone of {known.name}",
        reservation.zone,
        allowed=f"one of: {', '.join(selling)}",
        next_step=_LIST if of_region else did_you_mean(reservation.zone, selling, _LIST),
    )
