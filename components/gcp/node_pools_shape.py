"""What one node of a pool is: machine, disks, labels and taints. Plain values.

Owns what only Google Cloud says of a node; what every cloud says is in `components.nodes`.
Does not own groups of nodes (`node_pools`) nor the settings that make a node one (`_template`).
"""

from dataclasses import dataclass

import pulumi_gcp as gcp

from components import labels, nodes
from infra.catalog.machines import GcpMachine, gcp_machine


@dataclass(frozen=True)
class NodeShape(nodes.NodeShape[GcpMachine]):
    """What one node of a pool is; GKE adds labels: `cloud.google.com/gke-accelerator` and more."""

    @staticmethod
    def find_machine(name: str) -> GcpMachine:
        """Return the machine type of that name."""
        return gcp_machine(name)

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
