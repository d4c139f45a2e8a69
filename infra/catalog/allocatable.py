"""What a node of a machine type leaves for pods: capacity minus what system and kubelet keep.

Owns what is the same on both clouds; what a cloud's node image keeps is in `allocatable_eks` and
`allocatable_gke`. Does not own what DaemonSets then take of it: that is `daemonset_reserve`, which
the defaults of a model subtract.

CPU: both clouds keep the same shares (nodeadm/internal/kubelet/config.go of
awslabs/amazon-eks-ami@81fec2e, 2026-07-23; cloudpilot-ai/karpenter-provider-gcp@417f047,
pkg/utils/utils.go, 2026-08-06, after GKE's "Plan node sizes").
"""

from dataclasses import dataclass

from infra.catalog import allocatable_eks, allocatable_gke
from infra.catalog.machines import AwsMachine, GcpMachine, MachineType

# Millicores from, millicores to, and the share of that range that is kept, in 1/10000.
_RESERVED_CPU_RANGES = ((0, 1000, 600), (1000, 2000, 100), (2000, 4000, 50), (4000, None, 25))


@dataclass(frozen=True, kw_only=True)
class Allocatable:
    """Resources of one node that pods may request."""

    cpu_millicores: int
    """CPU, in thousandths of a core."""
    memory_mib: int
    """Memory, in MiB."""
    ephemeral_storage_gib: int
    """Room for images, container layers and `emptyDir`, in GiB."""
    pods: int
    """Pods at most."""
    gpus: int
    """GPUs, once a device plugin has announced them."""


@dataclass(frozen=True, kw_only=True)
class DaemonSetReserve:
    """What DaemonSets, the cloud's and our own, request on every GPU node."""

    cpu_millicores: int
    """CPU, in thousandths of a core."""
    memory_mib: int
    """Memory, in MiB."""


# AWS: kube-proxy 100m; aws-node 50m (two containers of 25m); device plugin and GPU feature
# discovery none (chart 0.20.0 sets no resources); NFD worker 5m and 64Mi (chart 0.19.0); DCGM
# exporter 100m and 256Mi; EBS CSI node 30m and 120Mi; EKS node monitoring agent 10m and 30Mi; Pod
# Identity agent none. About 300m and 470Mi; the rest is for a log shipper and a node exporter,
# which come with the monitoring layer.
# Google Cloud, GKE's own: anetd 205m and 164Mi, device plugin 150m and 80Mi, fluentbit 105m and
# 230Mi, metadata server 100m and 100Mi, node-local-dns 30m and 50Mi, metrics agent 21m and 145Mi,
# GCS FUSE 15m and 20Mi, PD CSI 10m and 20Mi, IP masquerade agent 10m and 16Mi, netd 8m and 65Mi,
# Prometheus collector 5m and 36Mi (nodes of GKE 1.36.3 in a camunda load test, 2026-10-08; anetd
# and device plugin: vllm-project/production-stack's GKE tutorial and lists of GKE's DaemonSets,
# 2025; GCS FUSE: its driver@f8d07ed). With a DCGM exporter of ours about 760m and 1180Mi.
_DAEMONSET_RESERVES = {
    "aws": DaemonSetReserve(cpu_millicores=500, memory_mib=1024),
    "gcp": DaemonSetReserve(cpu_millicores=1000, memory_mib=1536),
}


def daemonset_reserve(cloud: str) -> DaemonSetReserve:
    """Return what the default size of a model server leaves free on a GPU node of a cloud."""
    return _DAEMONSET_RESERVES[cloud]


def allocatable(machine: MachineType, disk_gib: int = 100, *, raid0: bool = False) -> Allocatable:
    """Return what a node of the type, with a root volume of that size, leaves for pods.

    Args:
        machine: the machine type.
        disk_gib: its root volume.
        raid0: whether its local NVMe disks, where it has any, carry pods in place of it.
    """
    room_gib = node_disk_gib(machine, disk_gib, raid0=raid0)
    if isinstance(machine, GcpMachine):
        reserved = allocatable_gke.reserved_memory_mib(machine)
        on_ssd = raid0 and machine.nvme_disks
        kept_gib = (
            allocatable_gke.reserved_ssd_gib(machine.nvme_disks, room_gib)
            if on_ssd
            else allocatable_gke.reserved_boot_gib(disk_gib)
        )
    else:
        reserved = allocatable_eks.reserved_memory_mib(_aws(machine))
        kept_gib = allocatable_eks.reserved_storage_gib(room_gib)
    return Allocatable(
        cpu_millicores=machine.vcpus * 1000 - _reserved_cpu(machine),
        memory_mib=capacity_memory_mib(machine) - reserved,
        ephemeral_storage_gib=max(0, room_gib - kept_gib),
        pods=machine.max_pods,
        gpus=machine.gpu_count,
    )


def node_disk_gib(machine: MachineType, disk_gib: int, *, raid0: bool) -> int:
    """Return the size of the disk that images, container layers and `emptyDir` share, in GiB."""
    if raid0 and machine.nvme_disks:
        return machine.nvme_gib
    return allocatable_gke.boot_disk_gib(disk_gib) if isinstance(machine, GcpMachine) else disk_gib


def scratch_gib(machine: MachineType, disk_gib: int, *, raid0: bool) -> int:
    """Return the part of a node's disk that weights and caches of all its servers may fill, in GiB.

    Half of the disk. The other half holds the image (downloaded and unpacked side by side), logs,
    the tenth that the kubelet keeps free and, on a root volume, the system. GKE keeps more of a
    root volume for itself: there it is half of what pods may have.
    """
    room = node_disk_gib(machine, disk_gib, raid0=raid0)
    if isinstance(machine, GcpMachine):
        room = allocatable(machine, disk_gib, raid0=raid0).ephemeral_storage_gib
    return room // 2


def capacity_memory_mib(machine: MachineType) -> int:
    """Return the memory that the operating system of a node sees, in MiB."""
    if isinstance(machine, GcpMachine):
        return allocatable_gke.capacity_memory_mib(machine)
    return allocatable_eks.capacity_memory_mib(_aws(machine))


def _reserved_cpu(machine: MachineType) -> int:
    usual = reserved_cpu_millicores(machine.vcpus)
    return allocatable_gke.SHARED_CORE_MILLICORES.get(machine.name, usual)


def reserved_cpu_millicores(vcpus: int) -> int:
    """Return what kubelet keeps of a node's CPU: 6 % of the first core, then less and less."""
    total = vcpus * 1000
    return sum(
        (min(total, total if end is None else end) - start) * share // 10_000
        for start, end, share in _RESERVED_CPU_RANGES
        if total > start
    )


def _aws(machine: MachineType) -> AwsMachine:
    if not isinstance(machine, AwsMachine):
        message = f"allocatable: no arithmetic for nodes of {machine.cloud}, got {machine.name}"
        raise TypeError(message)
    return machine
