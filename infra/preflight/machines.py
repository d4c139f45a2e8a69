"""The machines that a stack names, and where they are reserved: what any cloud is asked of."""

from infra.preflight.verdict import Row, not_asked
from infra.spec.pools import GpuPoolSpec, ReservationSpec
from infra.spec.stack import StackSpec


def machine_types(spec: StackSpec) -> dict[str, tuple[str, ...]]:
    """Return each machine type of a stack, and the settings that name it first.

    A type that a spot group on AWS may take beside the first is not among them: where it is not
    sold, the group goes without it.
    """
    groups = [("cluster.systemNodes", spec.cluster.system_nodes.machine_type)]
    groups += [(f"gpuPools[{pool.name}]", pool.machine_type) for pool in spec.gpu_pools]
    return {
        kind: tuple(setting for setting, other in groups if other == kind) for _name, kind in groups
    }


def reserved_zones(spec: StackSpec, machine_type: str) -> list[str]:
    """Return the zones in which a stack has machines of a type reserved."""
    return [
        pool.reservation.zone
        for pool in spec.gpu_pools
        if pool.reservation and pool.machine_type == machine_type
    ]


def reservation_row(pool: GpuPoolSpec, reservation: ReservationSpec) -> Row:
    """Return the row of a pool's reservation, not asked yet."""
    need = f"{pool.most_on_demand} x {pool.machine_type} in {reservation.zone}"
    return not_asked("capacity", f"{pool.name}: reservation {reservation.id}", need)
