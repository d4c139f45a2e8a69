"""What a node of a machine type leaves for pods: capacity minus what system and kubelet keep.

Owns the arithmetic of the node image (EKS AL2023, nodeadm). Does not own what our own DaemonSets
then take of it: that is `DAEMONSET_RESERVE`, which the defaults of a model subtract.

Sources:
- CPU, memory, ephemeral storage and eviction: `nodeadm/internal/kubelet/config.go` of
  awslabs/amazon-eks-ami@81fec2e, 2026-07-23.
- Local NVMe as RAID 0 carries kubelet, containerd and pod logs in place of the root volume:
  `setup-local-disks` of the same image. Its size is what EC2 states, in GB, as Karpenter counts it
  (aws/karpenter-provider-aws pkg/providers/instancetype/types.go, `ephemeralStorage`). What XFS
  keeps for itself is not subtracted: no source gives it.
- Memory that the hypervisor keeps: Karpenter's default `vm-memory-overhead-percent` of 0.075
  (aws/karpenter-provider-aws@1d92708, 2026-08-21). It errs on the safe side: g6.4xlarge nodes were
  measured at 58981 MiB allocatable (pytorch/ci-infra pull request 1082, 2026-09-16), this gives
  57691.
"""

import math
from dataclasses import dataclass

from infra.catalog.machines import MachineType

_HYPERVISOR_SHARE = 0.075
_RESERVED_MEMORY_MIB = 255
_RESERVED_MEMORY_MIB_PER_POD = 11
_EVICTION_MEMORY_MIB = 100
_RESERVED_STORAGE_GIB = 1
_EVICTION_STORAGE_SHARE = 0.10
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
    """What our own DaemonSets request on every GPU node."""

    cpu_millicores: int
    """CPU, in thousandths of a core."""
    memory_mib: int
    """Memory, in MiB."""


DAEMONSET_RESERVE = DaemonSetReserve(cpu_millicores=500, memory_mib=1024)
"""Left free on a GPU node by the default size of a model server.

Requests of today's DaemonSets: kube-proxy 100m; aws-node 50m (two containers of 25m); device plugin
and GPU feature discovery none (chart 0.20.0 sets no resources); NFD worker 5m and 64Mi (chart
0.19.0); DCGM exporter 100m and 256Mi; EBS CSI node 30m and 120Mi; EKS node monitoring agent 10m and
30Mi; Pod Identity agent none. About 300m and 470Mi; the rest is for a log shipper and a node
exporter, which come with the monitoring layer.
"""


def allocatable(machine: MachineType, disk_gib: int = 100, *, raid0: bool = False) -> Allocatable:
    """Return what a node of the type, with a root volume of that size, leaves for pods.

    Args:
        machine: the machine type.
        disk_gib: its root volume.
        raid0: whether its local NVMe disks, where it has any, carry pods as RAID 0.
    """
    return Allocatable(
        cpu_millicores=machine.vcpus * 1000 - reserved_cpu_millicores(machine.vcpus),
        memory_mib=_allocatable_memory_mib(machine),
        ephemeral_storage_gib=_allocatable_storage_gib(
            node_disk_gib(machine, disk_gib, raid0=raid0)
        ),
        pods=machine.max_pods,
        gpus=machine.gpu_count,
    )


def node_disk_gib(machine: MachineType, disk_gib: int, *, raid0: bool) -> int:
    """Return the size of the disk that images, container layers and `emptyDir` share, in GiB."""
    return machine.nvme_gib if raid0 and machine.nvme_disks else disk_gib


def scratch_gib(machine: MachineType, disk_gib: int, *, raid0: bool) -> int:
    """Return the part of a node's disk that weights and caches of all its servers may fill, in GiB.

    Half. The other half holds the image (downloaded and unpacked side by side), logs, the tenth
    that the kubelet keeps free and, on a root volume, the system.
    """
    return node_disk_gib(machine, disk_gib, raid0=raid0) // 2


def capacity_memory_mib(machine: MachineType) -> int:
    """Return the memory that the operating system of a node sees, in MiB."""
    stated = machine.memory_gib * 1024
    return math.floor(stated - math.ceil(stated * _HYPERVISOR_SHARE))


def reserved_cpu_millicores(vcpus: int) -> int:
    """Return what kubelet keeps of a node's CPU: 6 % of the first core, then less and less."""
    total = vcpus * 1000
    return sum(
        (min(total, total if end is None else end) - start) * share // 10_000
        for start, end, share in _RESERVED_CPU_RANGES
        if total > start
    )


def _allocatable_memory_mib(machine: MachineType) -> int:
    # nodeadm counts pods by network addresses here, not by the managed node group's lower cap.
    reserved = _RESERVED_MEMORY_MIB + _RESERVED_MEMORY_MIB_PER_POD * machine.address_pods
    return capacity_memory_mib(machine) - reserved - _EVICTION_MEMORY_MIB


def _allocatable_storage_gib(disk_gib: int) -> int:
    eviction_gib = math.ceil(disk_gib * _EVICTION_STORAGE_SHARE)
    return max(0, disk_gib - eviction_gib - _RESERVED_STORAGE_GIB)
