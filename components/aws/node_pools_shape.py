"""What one node of a pool is: machine, image, disks, labels and taints. Plain values.

Owns what the nodes of a pool have in common, and how each way of buying them is spelt.
Does not own groups of nodes (`node_pools`) nor launch templates (`node_pools_template`).
"""

from dataclasses import dataclass
from enum import StrEnum

import pulumi_aws as aws

from components import labels
from infra.catalog.machines import AwsMachine, aws_machine
from infra.spec.pools import GpuPoolSpec, LocalStorage

SYSTEM_POOL = "system"
SYSTEM_DISK_GIB = 50
"""Controllers and their images; no weights."""


class Capacity(StrEnum):
    """Ways of buying a node, as our labels and names spell them."""

    ON_DEMAND = "on-demand"
    SPOT = "spot"

    def api_value(self, *, block: bool = False) -> str:
        """Return the way EKS spells it; machines of a Capacity Block have a word of their own."""
        return "CAPACITY_BLOCK" if block else self.value.replace("-", "_").upper()


@dataclass(frozen=True)
class NodeShape:
    """What one node of a pool is."""

    pool: str
    """Pool name, the value of the pool label."""
    machine: AwsMachine
    """EC2 instance type. With GPUs it decides image, labels and taint."""
    disk_gib: int
    """Root disk."""
    raid0: bool = False
    """Whether pods live on the machine's own NVMe disks."""

    @classmethod
    def system(cls, machine_type: str) -> "NodeShape":
        """Return the shape of a system node."""
        return cls(SYSTEM_POOL, aws_machine(machine_type), SYSTEM_DISK_GIB)

    @classmethod
    def gpu(cls, spec: GpuPoolSpec) -> "NodeShape":
        """Return the shape of a GPU pool's node."""
        raid0 = spec.local_storage is LocalStorage.RAID0
        return cls(spec.name, aws_machine(spec.machine_type), spec.disk_gib, raid0)

    @property
    def image(self) -> str:
        """EKS image type. The NVIDIA one brings driver and container toolkit, no device plugin."""
        return "AL2023_x86_64_NVIDIA" if self.machine.gpu else "AL2023_x86_64_STANDARD"

    def labels(self, capacity: Capacity) -> dict[str, str]:
        """Return the node labels."""
        gpu = self.machine.gpu
        of_gpu = (
            {labels.GPU_NODE: "true", labels.ACCELERATOR: f"nvidia-{gpu.lower()}"} if gpu else {}
        )
        return {labels.POOL: self.pool, labels.CAPACITY: capacity.value, **of_gpu}

    def taints(self) -> list[aws.eks.NodeGroupTaintArgs] | None:
        """Return the node taints: only what asks for GPUs may take room beside them."""
        if not self.machine.gpu:
            return None
        return [
            aws.eks.NodeGroupTaintArgs(
                key=labels.GPU, value=labels.GPU_TAINT_VALUE, effect="NO_SCHEDULE"
            )
        ]
