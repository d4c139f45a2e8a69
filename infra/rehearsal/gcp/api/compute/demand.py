"""What a machine counts against quotas: the codes of the project's own catalogue of them.

Owns nothing but the way there: what counts where is `infra.preflight.gcp.catalogue`, by which a
preflight says what a project must ask for.
"""

from infra.catalog.machine_type import GcpMachine
from infra.preflight.gcp.catalogue import disk_demand, local_ssd_demand, machine_demand
from infra.rehearsal.nodes.groups import Capacity


def demand_of_machine(
    kind: GcpMachine, buying: Capacity, disk_type: str, disk_gib: int, *, local_ssds: bool = False
) -> dict[str, int]:
    """Return what one machine counts, with its boot disk and perhaps local SSDs."""
    counted = machine_demand(kind, buying) | disk_demand(disk_type, disk_gib)
    if local_ssds:
        counted |= local_ssd_demand(kind, buying)
    return {quota.code: count for quota, count in counted.items()}
