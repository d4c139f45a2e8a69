"""Checks of how a GPU pool buys its machines and what it uses of them.

Owns local disks of both clouds, and for AWS spot machine types, reservations, placement groups and
network adapters; those of Google Cloud are in `checks_capacity_gcp`. What a
setting follows from is checked first, in `checks_pools`.
"""

import re

from infra.catalog.machines import (
    AwsMachine,
    GcpMachine,
    MachineType,
    UnknownMachineError,
    machine,
    machines,
)
from infra.catalog.spot import can_stand_in, spot_machine_types
from infra.spec.checks_capacity_gcp import check_gcp_capacity
from infra.spec.checks_cluster import check_offered
from infra.spec.cloud import CloudProvider, CloudSpec
from infra.spec.draft import Draft
from infra.spec.mistakes import Path
from infra.spec.pools import GpuPoolSpec, LocalStorage, ReservationKind
from infra.spec.refusals import is_without_spot, refuse_placement_beside_reservation
from infra.spec.report import Report
from infra.spec.suggest import did_you_mean

# EC2 API reference, CapacityReservationId; old ids have 8 digits.
_RESERVATION = re.compile(r"cr-([0-9a-f]{8}|[0-9a-f]{17})")


def check_capacity(pool: Draft[GpuPoolSpec], cloud: Draft[CloudSpec], report: Report) -> None:
    """Check a pool's machines beyond their name."""
    if not cloud.good("provider"):
        return
    if cloud.spec.provider is CloudProvider.AWS:
        _check_reservation(pool, cloud, report)
    if not pool.good("machineType"):
        return
    try:
        found = machine(cloud.spec.provider, pool.spec.machine_type)
    except UnknownMachineError:
        return  # reported where it was made
    if found.gpu is None:
        return
    _check_local_storage(pool, found, report)
    if isinstance(found, GcpMachine):
        check_gcp_capacity(pool, found, cloud, report)
    if not isinstance(found, AwsMachine):
        return
    if pool.good("spotMachineTypes", "spot"):
        _check_spot_types(pool, found, cloud, report)
    _check_efa(pool, found, report)
    _check_block(pool, found, report)


def _check_spot_types(
    pool: Draft[GpuPoolSpec], first: MachineType, cloud: Draft[CloudSpec], report: Report
) -> None:
    if is_without_spot(pool, report):
        return
    path, names = pool.at("spotMachineTypes"), pool.spec.spot_machine_types
    allowed = _standing_in(first, cloud)
    if not names or names[0] != first.name:
        report.add(
            path,
            "does not begin with machineType",
            list(names),
            allowed=f"{first.name} first; {allowed}",
            next_step=f"write [{first.name}, ...], or remove it",
        )
    for index, name in enumerate(names):
        place = (*path, index)
        if name in names[:index]:
            report.add(
                place,
                "is named twice",
                name,
                allowed="each machine type once",
                next_step="remove one of the two",
            )
        elif name != first.name:
            _check_spot_type(place, name, first, cloud, report)


def _check_spot_type(
    path: Path, name: str, first: MachineType, cloud: Draft[CloudSpec], report: Report
) -> None:
    allowed = _standing_in(first, cloud)
    try:
        other = machine(first.cloud, name)
    except UnknownMachineError:
        names = [m.name for m in machines(first.cloud) if can_stand_in(m, first)]
        report.add(
            path,
            "unknown machine type",
            name,
            allowed=allowed,
            next_step=did_you_mean(name, names, "remove it"),
        )
        return
    if (other.gpu, other.gpu_count) != (first.gpu, first.gpu_count):
        has = f"{other.gpu_count} x {other.gpu}" if other.gpu else "no GPU"
        problem = f"does not have {first.gpu_count} x {first.gpu}"
        got = f"{name}, which has {has}"
    elif not can_stand_in(other, first):
        problem, got = f"leaves less room than {first.name}", name
    else:
        check_offered(path, other, cloud, report)
        return
    report.add(path, problem, got, allowed=allowed, next_step="remove it")


def _standing_in(first: MachineType, cloud: Draft[CloudSpec]) -> str:
    names = [m.name for m in machines(first.cloud) if can_stand_in(m, first)]
    if cloud.good("region"):
        names = [*spot_machine_types(first.cloud, first.name, cloud.spec.region)]
    return f"machines with the same GPUs and at least its room: {', '.join(names)}"


def _check_local_storage(pool: Draft[GpuPoolSpec], found: MachineType, report: Report) -> None:
    if not pool.good("localStorage") or pool.spec.local_storage is not LocalStorage.RAID0:
        return
    if not found.nvme_disks:
        report.add(
            pool.at("localStorage"),
            f"{found.name} has no local disk",
            LocalStorage.RAID0.value,
            allowed=LocalStorage.NONE.value,
            next_step="remove it",
        )


def _check_efa(pool: Draft[GpuPoolSpec], found: AwsMachine, report: Report) -> None:
    if not pool.good("efa") or not pool.spec.efa:
        return
    if not found.efa_interfaces:
        with_efa = [
            m.name
            for m in machines(found.cloud)
            if isinstance(m, AwsMachine)
            and m.efa_interfaces
            and (m.gpu, m.gpu_count) == (found.gpu, found.gpu_count)
        ]
        report.add(
            pool.at("efa"),
            f"{found.name} has no Elastic Fabric Adapter",
            True,  # noqa: FBT003 - the value as it is written
            allowed=f"false, or one of: {', '.join(with_efa)}" if with_efa else "false",
            next_step=f"write machineType: {with_efa[0]}" if with_efa else "remove it",
        )
    elif pool.good("spotMachineTypes", "spot") and set(pool.spec.spot_machine_types) - {found.name}:
        report.add(
            pool.at("spotMachineTypes"),
            "has several machine types, and efa fits the network cards of one",
            list(pool.spec.spot_machine_types),
            allowed=f"[{found.name}] with efa",
            next_step="remove it; with efa the default is machineType alone",
        )


def _check_reservation(pool: Draft[GpuPoolSpec], cloud: Draft[CloudSpec], report: Report) -> None:
    reservation = pool.spec.reservation
    if reservation is None or not pool.good("reservation.id", "reservation.zone"):
        return
    if not _RESERVATION.fullmatch(reservation.id):
        report.add(
            pool.at("reservation.id"),
            "is not the id of a capacity reservation",
            reservation.id,
            allowed="cr- and 17 hexadecimal digits",
            next_step="copy it: `aws ec2 describe-capacity-reservations`",
        )
    if cloud.good("region") and not re.fullmatch(
        re.escape(cloud.spec.region) + "[a-z]", reservation.zone
    ):
        report.add(
            pool.at("reservation.zone"),
            f"is not a zone of {cloud.spec.region}",
            reservation.zone,
            allowed=f"the reservation's zone, such as {cloud.spec.region}a",
            next_step="copy it: `aws ec2 describe-capacity-reservations`",
        )
    if pool.good("spot", "onDemand") and pool.spec.spot is not None:
        report.add(
            pool.at("reservation"),
            "cannot be used by spot nodes",
            reservation.id,
            allowed="a pool with onDemand and without spot",
            next_step="remove spot, or put the spot nodes into a pool of their own",
        )
    # A reservation is made in a placement group or never is in one (EC2 user guide, cr-cpg), and a
    # Capacity Block needs none (capacity-blocks-using); both read 2026-11.
    next_step = "remove it; EC2 places the machines of a Capacity Block close together"
    refuse_placement_beside_reservation(pool, "group", next_step, report)


def _check_block(pool: Draft[GpuPoolSpec], found: AwsMachine, report: Report) -> None:
    reservation = pool.spec.reservation
    if reservation is None or not pool.good("reservation.kind"):
        return
    if reservation.kind is not ReservationKind.CAPACITY_BLOCK:
        return
    if not found.capacity_blocks:
        sold = [m.name for m in machines("aws") if isinstance(m, AwsMachine) and m.capacity_blocks]
        report.add(
            pool.at("reservation.kind"),
            f"{found.name} is not sold in Capacity Blocks",
            reservation.kind.value,
            allowed=f"{ReservationKind.CAPACITY_RESERVATION}, or one of: {', '.join(sold)}",
            next_step=f"write kind: {ReservationKind.CAPACITY_RESERVATION}",
        )
