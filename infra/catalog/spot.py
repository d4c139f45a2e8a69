"""Machine types that may stand in for one another in a group of spot nodes.

Owns the choice. Does not own prices, nor which type the cloud then starts: EKS lets EC2 pick by
price and spare capacity together (`price-capacity-optimized`, EKS user guide, "Managed node group
capacity types", awsdocs@15e4649), so more types mean fewer reclaimed nodes.
"""

from infra.catalog.allocatable import allocatable
from infra.catalog.machines import MachineType, machine, machines_with
from infra.catalog.regions import region as region_of

MOST_TYPES = 5
"""A GPU costs more the larger the machine around it is: an L4 in the fifth type, gr6.8xlarge, 2.5
times as much as in g6.2xlarge (on demand, us-east-1, Karpenter's price list of 2026-07-20). EKS
takes 20."""


def spot_machine_types(cloud: str, name: str, region: str) -> tuple[str, ...]:
    """Return the types of a spot group, the named one first, then the smallest.

    All have the same GPUs, are sold in the region, and leave pods at least the room that the named
    one leaves: the autoscaler takes every node of a group for one of the first type.

    Raises:
        UnknownMachineError: The catalogue does not have the named type.
    """
    first = machine(cloud, name)
    # A node pool of GKE has one machine type.
    if first.gpu is None or cloud == "gcp":
        return (name,)
    known = region_of(cloud, region)
    sold = known.machine_types if known else frozenset[str]()
    others = [
        other.name
        for other in machines_with(cloud, first.gpu, first.gpu_count)
        if other.name != name and other.name in sold and can_stand_in(other, first)
    ]
    return (name, *others[: MOST_TYPES - 1])


def can_stand_in(other: MachineType, first: MachineType) -> bool:
    """Return whether a node of one type has room for whatever fits on a node of the other."""
    if (other.gpu, other.gpu_count) != (first.gpu, first.gpu_count):
        return False
    ours, theirs = allocatable(first, raid0=True), allocatable(other, raid0=True)
    return (
        theirs.cpu_millicores >= ours.cpu_millicores
        and theirs.memory_mib >= ours.memory_mib
        and theirs.ephemeral_storage_gib >= ours.ephemeral_storage_gib
        and theirs.pods >= ours.pods
    )
