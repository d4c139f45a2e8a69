"""What EC2 says of its capacity: reservations, Capacity Blocks, chances of spot.

Owns the questions. A reservation is a fact: enough or not. A spot placement score and an offer of a
Capacity Block are of this moment and promise nothing, so that they are signals and no verdicts.
"""

from collections.abc import Iterator

from infra.aws_api import AwsApi, listed
from infra.cloud_error import CloudApiError
from infra.preflight.machines import reservation_row
from infra.preflight.verdict import Row, Verdict, asked, not_asked
from infra.replies import dig, number, optional_text, text
from infra.spec.pools import GpuPoolSpec, ReservationSpec
from infra.spec.stack import StackSpec
from infra.wire import Value

BLOCK_HOURS = 24
"""The shortest Capacity Block (EC2 user guide, "Capacity Blocks for ML", 2026)."""
_IN_BLOCKS = ("p4", "p5", "p6")
"""Families that Capacity Blocks have (the same page)."""


def capacity_rows(api: AwsApi, spec: StackSpec) -> list[Row]:
    """Return what EC2 says of the capacity for each GPU pool.

    Raises:
        PreflightError: there are no credentials.
    """
    rows: list[Row] = []
    for pool in spec.gpu_pools:
        if reservation := pool.reservation:
            row = reservation_row(pool, reservation)
            rows += asked(
                row,
                lambda pool=pool, reservation=reservation: _reservation(api, pool, reservation),
            )
        elif pool.on_demand is not None and pool.machine_type.startswith(_IN_BLOCKS):
            row = _offered(pool)
            rows += asked(row, lambda pool=pool, row=row: _block(api, pool, row))
        if pool.most_spot:
            row = _scored(pool)
            rows += asked(row, lambda pool=pool, row=row: _score(api, pool, row))
    return rows


def _reservation(api: AwsApi, pool: GpuPoolSpec, reservation: ReservationSpec) -> Iterator[Row]:
    row = reservation_row(pool, reservation)
    ids: list[Value] = [reservation.id]
    found = _reservations(api, ids)
    if not found:
        yield row.said("not there", Verdict.SHORT, "check its id, account and region")
        return
    (one,) = found
    total, state = number(one, "TotalInstanceCount"), text(one, "State")
    kind, zone = text(one, "InstanceType"), text(one, "AvailabilityZone")
    fits = (kind, zone) == (pool.machine_type, reservation.zone)
    enough = fits and state == "active" and total >= pool.most_on_demand
    have = f"{total} x {kind} in {zone}, {state}"
    if enough:
        yield row.said(have, Verdict.ENOUGH)
        return
    change = (
        f"aws ec2 modify-capacity-reservation --capacity-reservation-id {reservation.id} "
        f"--instance-count {pool.most_on_demand}, or lower gpuPools[{pool.name}].onDemand"
    )
    yield row.said(have, Verdict.SHORT, change)


def _reservations(api: AwsApi, ids: list[Value]) -> list[dict[str, Value]]:
    try:
        return listed(
            api,
            "ec2",
            "DescribeCapacityReservations",
            "CapacityReservations",
            CapacityReservationIds=ids,
        )
    except CloudApiError as error:
        if error.not_found:
            return []
        raise


def _offered(pool: GpuPoolSpec) -> Row:
    nodes = pool.most_on_demand
    return not_asked(
        "capacity",
        f"{pool.name}: Capacity Block",
        f"{nodes} x {pool.machine_type} for {BLOCK_HOURS} h",
    )


def _block(api: AwsApi, pool: GpuPoolSpec, row: Row) -> Iterator[Row]:
    found = listed(
        api,
        "ec2",
        "DescribeCapacityBlockOfferings",
        "CapacityBlockOfferings",
        InstanceType=pool.machine_type,
        InstanceCount=max(pool.most_on_demand, 1),
        CapacityDurationHours=BLOCK_HOURS,
    )
    offers = sorted(optional_text(one, "StartDate") for one in found)
    have = f"offered from {offers[0]}" if offers else "none offered; on demand is another stock"
    yield row.said(have, Verdict.SIGNAL)


def _scored(pool: GpuPoolSpec) -> Row:
    need = f"{pool.most_spot} nodes, as spot"
    return not_asked("capacity", f"{pool.name}: spot placement score", need)


def _score(api: AwsApi, pool: GpuPoolSpec, row: Row) -> Iterator[Row]:
    kinds: list[Value] = [*(pool.spot_machine_types or (pool.machine_type,))]
    places: list[Value] = [api.region]
    found = listed(
        api,
        "ec2",
        "GetSpotPlacementScores",
        "SpotPlacementScores",
        InstanceTypes=kinds,
        TargetCapacity=pool.most_spot,
        SingleAvailabilityZone=False,
        RegionNames=places,
    )
    scores = [score for one in found if isinstance(score := dig(one, "Score"), int)]
    if not scores:
        yield row.said("unknown", Verdict.UNKNOWN, "EC2 gives no score")
        return
    yield row.said(f"{max(scores)} of 10 at this moment", Verdict.SIGNAL)
