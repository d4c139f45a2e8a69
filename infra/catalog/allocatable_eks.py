"""What the node image of EKS (AL2023, nodeadm) keeps of a node.

Sources:
- Memory, ephemeral storage and eviction: `nodeadm/internal/kubelet/config.go` of
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

from infra.catalog.machine_type import AwsMachine

_HYPERVISOR_SHARE = 0.075
_RESERVED_MEMORY_MIB = 255
_RESERVED_MEMORY_MIB_PER_POD = 11
_EVICTION_MEMORY_MIB = 100
_RESERVED_STORAGE_GIB = 1
_EVICTION_STORAGE_SHARE = 0.10


def capacity_memory_mib(machine: AwsMachine) -> int:
    """Return the memory that the operating system of a node sees, in MiB."""
    stated = machine.memory_gib * 1024
    return math.floor(stated - math.ceil(stated * _HYPERVISOR_SHARE))


def reserved_memory_mib(machine: AwsMachine) -> int:
    """Return the memory that system, kubelet and the eviction threshold keep, in MiB."""
    # nodeadm counts pods by network addresses here, not by the managed node group's lower cap.
    per_pod = _RESERVED_MEMORY_MIB_PER_POD * machine.address_pods
    return _RESERVED_MEMORY_MIB + per_pod + _EVICTION_MEMORY_MIB


def reserved_storage_gib(disk_gib: int) -> int:
    """Return the disk that system and the eviction threshold keep, in GiB."""
    return math.ceil(disk_gib * _EVICTION_STORAGE_SHARE) + _RESERVED_STORAGE_GIB
