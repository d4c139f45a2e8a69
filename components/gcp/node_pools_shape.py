"""What one node of a pool is: machine, disks, labels and taints. Plain values.

Owns what the nodes of a pool have in common, and the ways of buying them.
Does not own groups of nodes (`node_pools`) nor the settings that make a node one (`_template`).
"""

from dataclasses import dataclass
from enum import StrEnum

import pulumi_gcp as gcp

from components import labels
from infra.catalog.machines import GcpMachine, gcp_machine
from infra.spec.pools import GpuPoolSpec, LocalStorage

SYSTEM_POOL = "system"
SYSTEM_DISK_GIB = 50
"""Controllers and their images; no weights."""


class Capacity(StrEnum):
    """Ways of buying a node, as our labels and names spell them."""

    ON_DEMAND = "on-demand"
    SPOT = "spot"
    FLEX_START = "flex-start"


@dataclass(frozen=True)
class NodeShape:
    """What one node of a pool is."""

    pool: str
    """Pool name, the value of the pool label."""
    machine: GcpMachine
    """Machine type. With GPUs it decides accelerator, labels and taint."""
    disk_gib: int
    """Boot disk."""
    local_ssds: bool = False
    """Whether pods live on the machine's local SSDs."""

    @classmethod
    def system(cls, machine_type: str) -> "NodeShape":
        """Return the shape of a system node."""
        return cls(SYSTEM_POOL, gcp_machine(machine_type), SYSTEM_DISK_GIB)

    @classmethod
    def gpu(cls, spec: GpuPoolSpec) -> "NodeShape":
        """Return the shape of a GPU pool's node."""
        local_ssds = spec.local_storage is LocalStorage.RAID0
        return cls(spec.name, gcp_machine(spec.machine_type), spec.disk_gib, local_ssds)

    def labels(self, capacity: Capacity) -> dict[str, str]:
        """Return the node labels. GKE adds its own: `cloud.google.com/gke-accelerator` and more."""
        of_gpu = {labels.GPU_NODE: "true"} if self.machine.gpu else {}
        return {labels.POOL: self.pool, labels.CAPACITY: capacity.value, **of_gpu}

    def taints(self) -> list[gcp.container.NodePoolNodeConfigTaintArgs] | None:
        """Return the node taints: only what asks for GPUs may take room beside them.

        GKE's own taint, word for word. It adds it where the cluster has other nodes already; said
        here, it is there whichever pool came first.
        """
        if not self.machine.gpu:
            return None
        return [
            gcp.container.NodePoolNodeConfigTaintArgs(
                key=labels.GPU, value=labels.GPU_TAINT_VALUE, effect="NO_SCHEDULE"
            )
        ]
