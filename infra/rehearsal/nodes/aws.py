"""A node of EKS: its labels, its name and its id.

Labels: EKS user guide, "Create a managed node group". `nvidia.com/gpu.present` from boot since
Kubernetes 1.35: awslabs/amazon-eks-ami@81fec2e, nodeadm/internal/kubelet/config.go, 2026-07-23.
Not simulated: the label `eks.amazonaws.com/nodegroup-image` (no image is chosen).
"""

from infra.catalog.machines import MachineType
from infra.rehearsal.nodes.groups import Identity, NodeGroup

_CAPACITY = {"on-demand": "ON_DEMAND", "spot": "SPOT"}
_GPU_LABEL_FROM_BOOT_SINCE = (1, 35)


class AwsNodes:
    """Nodes of managed node groups."""

    scheme = "aws"

    def region(self, zone: str) -> str:
        """Return the region of a zone: `us-east-1` of `us-east-1a`."""
        return zone.rstrip("abcdef")

    def labels(self, group: NodeGroup, kind: MachineType, zone: str) -> dict[str, str]:
        """Return the labels that EKS and its node image set; the same in every zone."""
        del zone
        found = {
            "eks.amazonaws.com/nodegroup": group.name,
            "eks.amazonaws.com/capacityType": _CAPACITY[group.capacity],
        }
        if kind.gpu_count and _version(group.kubernetes_version) >= _GPU_LABEL_FROM_BOOT_SINCE:
            found["nvidia.com/gpu.present"] = "true"
        return found

    def identity(self, group: NodeGroup, zone: str, digest: str, address: str) -> Identity:
        """Return the private DNS name and the instance id."""
        del group
        region = self.region(zone)
        domain = "ec2.internal" if region == "us-east-1" else f"{region}.compute.internal"
        name = f"ip-{address.replace('.', '-')}.{domain}"
        return Identity(name, f"aws:///{zone}/i-{digest[:17]}")


def _version(minor: str) -> tuple[int, ...]:
    return tuple(int(part) for part in minor.split("."))
