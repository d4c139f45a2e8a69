"""What a stack needs of the quotas of a Google Cloud project.

Owns the sums, pure.

Counted with it: the node that GKE starts beside a full pool of system nodes while it upgrades one.
GPU pools have none: there the old node goes first (`components.gcp.node_pools`).
A rollout of a model's servers needs no quota of its own: it stays within the maximum of its pool.
Not counted: addresses that Cloud NAT adds when many nodes talk to one server; and nodes in a
reservation, whose quota was taken when the reservation was made (Compute Engine documentation,
"Reservations of Compute Engine zonal resources", as remembered).
"""

from collections.abc import Iterator

from infra.catalog.machines import gcp_machine
from infra.preflight.gcp import catalogue
from infra.preflight.gcp.catalogue import (
    Buying,
    disk_demand,
    local_ssd_demand,
    machine_demand,
)
from infra.preflight.quota import Part
from infra.spec.pools import GpuPoolSpec, LocalStorage, NodeRange
from infra.spec.stack import StackSpec

SYSTEM_DISK_GIB = 50
"""Boot disk of a system node (`components.gcp.node_pools_shape`; a test compares)."""
SYSTEM_SURGE = 1
"""Nodes that GKE starts before it ends old ones (`max_surge` in `components.gcp.node_pools`; a test
compares)."""


def parts(spec: StackSpec) -> Iterator[Part]:
    """Return what each setting of a stack needs of each quota.

    Raises:
        UnknownMachineError: the catalogue lacks a machine type.
        UnknownBucketError: no source says against which quota a machine type counts.
    """
    system = spec.cluster.system_nodes
    sizes = NodeRange(min=system.min, max=system.max)
    yield from _nodes(
        "cluster.systemNodes", system.machine_type, "on-demand", sizes, SYSTEM_DISK_GIB
    )
    yield from _nodes(
        "cluster.systemNodes while a version rolls out",
        system.machine_type,
        "on-demand",
        NodeRange(min=0, max=SYSTEM_SURGE),
        SYSTEM_DISK_GIB,
    )
    for pool in spec.gpu_pools:
        yield from _pool(pool)
    if not spec.network.is_foreign:
        because = "the network of the stack"
        yield Part(catalogue.NETWORKS, 1, 1, because)
        yield Part(catalogue.SUBNETWORKS, 1, 1, because)
        yield Part(catalogue.ROUTERS, 1, 1, f"{because}: the router of Cloud NAT")
        yield Part(catalogue.IN_USE_ADDRESSES, 1, 1, f"{because}: an address of Cloud NAT")


def _pool(pool: GpuPoolSpec) -> Iterator[Part]:
    setting = f"gpuPools[{pool.name}]"
    ways: tuple[tuple[str, Buying, NodeRange | None], ...] = (
        ("onDemand", "on-demand", None if pool.reservation else pool.on_demand),
        ("spot", "spot", pool.spot),
        ("flexStart", "flex-start", pool.flex_start),
    )
    local_ssds = pool.local_storage is LocalStorage.RAID0
    for name, buying, nodes in ways:
        if nodes is not None:
            yield from _nodes(
                f"{setting}.{name}",
                pool.machine_type,
                buying,
                nodes,
                pool.disk_gib,
                local_ssds=local_ssds,
            )


def _nodes(  # noqa: PLR0913 - what a group of nodes is
    setting: str,
    machine_type: str,
    buying: Buying,
    nodes: NodeRange,
    disk_gib: int,
    *,
    local_ssds: bool = False,
) -> Iterator[Part]:
    kind = gcp_machine(machine_type)
    demand = machine_demand(kind, buying) | disk_demand(kind.boot_disks[0], disk_gib)
    if local_ssds:
        demand |= local_ssd_demand(kind, buying)
    for quota, each in demand.items():
        unit = quota.unit if each == 1 or quota.unit == "GB" else f"{quota.unit}s"
        because = f"{setting}: {nodes.max} x {machine_type}"
        if quota is not catalogue.INSTANCES:
            because += f" with {each} {unit}"
        yield Part(quota, nodes.min * each, nodes.max * each, because)
