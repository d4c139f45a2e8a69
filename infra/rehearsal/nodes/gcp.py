"""A node of GKE: its labels, its name and its id.

Owns what follows from the node pool's name, its machine type and its way of buying. What follows
from other settings of the pool (accelerators, boot disk, metadata server) comes with the group as
`cloud_labels`, from the simulated GKE.

Sources:
- labels of a node of GKE 1.36.3 (n2-standard-4, Spot), `kubectl describe node` in the notes of a
  load test, camunda/camunda, 2026-10-08;
- names and values of labels: GKE's own autoscaler, `labels.go`, Copyright 2026 Google LLC. It says
  too that `gke-accelerator-count` is a label of Autopilot clusters, so that no node here has it;
- names of nodes: the same node, and those of vllm-project/production-stack's GKE tutorial, 2025-05.

Not simulated: labels for old clients (`beta.kubernetes.io/…`, `failure-domain.beta…`), which types
of disk a machine takes (`disk-type.gke.io/…`), and where in a rack it stands (`gce-topology-…`).
"""

import hashlib

from infra.catalog.machines import MachineType
from infra.rehearsal.nodes.groups import Capacity, Identity, NodeGroup

POOL_LABEL = "cloud.google.com/gke-nodepool"
PROVISIONING: dict[Capacity, str] = {
    "on-demand": "standard",
    "spot": "spot",
    "flex-start": "flex-start",
}
_OWN_LABEL: dict[Capacity, str] = {
    "spot": "cloud.google.com/gke-spot",
    "flex-start": "cloud.google.com/gke-flex-start",
}
_NAMES_TOGETHER = 32
"""Characters that the names of cluster and pool have together in the name of a node; each has at
least half of them. Seen: `gke-camunda-benchmar-n2-standard-4-v2-d2beeabd-qtvs` (16 and 16) and
`gke-mamichael-cluster-5-default-pool-5592f664-mkrr` (19 and 12)."""
_SUFFIX = "0123456789abcdefghijklmnopqrstuvwxyz"


class GcpNodes:
    """Nodes of node pools."""

    scheme = "gce"

    def region(self, zone: str) -> str:
        """Return the region of a zone: `us-central1` of `us-central1-a`."""
        return zone.rpartition("-")[0]

    def labels(self, group: NodeGroup, kind: MachineType, zone: str) -> dict[str, str]:
        """Return the labels that GKE sets."""
        found = {
            POOL_LABEL: group.name,
            "cloud.google.com/gke-container-runtime": "containerd",
            "cloud.google.com/gke-cpu-scaling-level": str(kind.vcpus),
            "cloud.google.com/gke-memory-gb-scaling-level": f"{kind.memory_gib:.0f}",
            "cloud.google.com/gke-os-distribution": "cos",
            "cloud.google.com/gke-provisioning": PROVISIONING[group.capacity],
            "cloud.google.com/gke-stack-type": "IPV4",
            "cloud.google.com/machine-family": kind.name.partition("-")[0],
            "topology.gke.io/zone": zone,
            **group.cloud_labels,
        }
        if group.capacity in _OWN_LABEL:
            found[_OWN_LABEL[group.capacity]] = "true"
        if group.raid0:
            found["cloud.google.com/gke-ephemeral-storage-local-ssd"] = "true"
        return found

    def identity(self, group: NodeGroup, zone: str, digest: str, address: str) -> Identity:
        """Return the instance's name, which is the node's too, and its id."""
        del address
        name = f"{instance_group(group.cluster, group.name, zone)}-{_suffix(digest)}"
        return Identity(name, f"gce://{group.project}/{zone}/{name}")


def instance_group(cluster: str, pool: str, zone: str) -> str:
    """Return what the names of a pool's nodes in a zone begin with.

    The name of the managed instance group has `-grp` after it.
    """
    digest = hashlib.sha256(f"{cluster}/{pool}/{zone}".encode()).hexdigest()[:8]
    half = _NAMES_TOGETHER // 2
    first = cluster[: max(half, _NAMES_TOGETHER - len(pool))]
    second = pool[: max(half, _NAMES_TOGETHER - len(cluster))]
    return f"gke-{first}-{second}-{digest}"


def _suffix(digest: str) -> str:
    number = int(digest[8:16], 16)
    letters: list[str] = []
    for _ in range(4):
        number, rest = divmod(number, len(_SUFFIX))
        letters.append(_SUFFIX[rest])
    return "".join(letters)
