"""What one node of a pool is: machine, image, disks, labels and taints. Plain values.

Owns what only EC2 and EKS say of a node, and how EKS spells each way of buying one; what every
cloud says is in `components.nodes`.
Does not own groups of nodes (`node_pools`) nor launch templates (`node_pools_template`).
"""

from dataclasses import dataclass

import pulumi_aws as aws

from components import labels, nodes
from components.nodes import Capacity
from infra.catalog.machines import AwsMachine, aws_machine

_SPELLING = {Capacity.ON_DEMAND: "ON_DEMAND", Capacity.SPOT: "SPOT"}
"""The ways that EKS knows (botocore 1.44, `CapacityTypes`), but for Capacity Blocks."""


def capacity_type(capacity: Capacity, *, block: bool = False) -> str:
    """Return a way of buying as EKS spells it; a Capacity Block has a word of its own."""
    return "CAPACITY_BLOCK" if block else _SPELLING[capacity]


@dataclass(frozen=True)
class NodeShape(nodes.NodeShape[AwsMachine]):
    """What one node of a pool is on EC2."""

    @staticmethod
    def find_machine(name: str) -> AwsMachine:
        """Return the EC2 instance type of that name."""
        return aws_machine(name)

    @property
    def image(self) -> str:
        """EKS image type. The NVIDIA one brings driver and container toolkit, no device plugin."""
        return "AL2023_x86_64_NVIDIA" if self.machine.gpu else "AL2023_x86_64_STANDARD"

    def labels(self, capacity: Capacity) -> dict[str, str]:
        """Return the node labels, with the one by which the autoscaler waits for GPUs."""
        gpu = self.machine.gpu
        of_gpu = {labels.ACCELERATOR: f"nvidia-{gpu.lower()}"} if gpu else {}
        return {**super().labels(capacity), **of_gpu}

    def taints(self) -> list[aws.eks.NodeGroupTaintArgs] | None:
        """Return the node taints: only what asks for GPUs may take room beside them."""
        if not self.machine.gpu:
            return None
        return [
            aws.eks.NodeGroupTaintArgs(
                key=labels.GPU, value=labels.GPU_TAINT_VALUE, effect="NO_SCHEDULE"
            )
        ]
