"""The machine types of AWS: figures as EC2 states them, one line each.

Owns the figures and their sources. What they mean for a node is in `allocatable`.
"""

from dataclasses import dataclass

from infra.catalog.gpus import gpu as gpu_of
from infra.catalog.machine_type import AwsMachine

CLOUD = "aws"
_MANY_VCPUS = 30
_MAX_PODS_FEW_VCPUS = 110
_MAX_PODS_MANY_VCPUS = 250

SOURCE = (
    "aws/karpenter-provider-aws@1d92708 website/content/en/preview/reference/instance-types.md "
    "(vCPUs, memory, GPUs), awslabs/amazon-eks-ami@81fec2e "
    "nodeadm/internal/kubelet/instance-info.jsonl (network interfaces and addresses) and EC2 "
    "DescribeInstanceTypes, recorded in moto 5.2.5 on 2026-10-27 (local NVMe, network cards, EFA, "
    "Capacity Blocks; and every figure of gr6, g7e, p4d, p4de, p5e and p5en)"
)
SOURCE_DATE = "2026-08-21"
"""Date of the oldest of them."""

GPU_OF_FAMILY = {
    "g5": "A10G",
    "g6": "L4",
    "gr6": "L4",
    "g6e": "L40S",
    "g7e": "RTX-PRO-6000",
    "p4d": "A100-40GB",
    "p4de": "A100-80GB",
    "p5": "H100",
    "p5e": "H200",
    "p5en": "H200",
}
"""The GPU in each machine family, by its name in `gpus`."""

CAPACITY_BLOCK_FAMILIES = ("p4d", "p4de", "p5", "p5e", "p5en")
"""Families that EC2 sells as Capacity Blocks too (`SupportedUsageClasses`)."""


@dataclass(frozen=True)
class AwsRow:
    """A row of the table below, in its order."""

    name: str
    vcpus: int
    memory_gib: float
    gpus: int
    interfaces: int
    addresses: int
    nvme_disks: int
    nvme_gb_each: int
    cards: int
    efas: int


# name, vCPUs, memory in GiB, GPUs, network interfaces and IPv4 addresses of each (both counted on
# the default network card only: pods get no address from another card), local NVMe disks and GB of
# each, network cards, EFA interfaces at most. Of machines of one size the one to prefer stands
# first: p5en before p5e, of which Karpenter's price list of 2026-07-20 has no on-demand price.
AWS_ROWS = (
    AwsRow("g5.xlarge", 4, 16, 1, 4, 15, 1, 250, 1, 0),
    AwsRow("g5.2xlarge", 8, 32, 1, 4, 15, 1, 450, 1, 0),
    AwsRow("g5.4xlarge", 16, 64, 1, 8, 30, 1, 600, 1, 0),
    AwsRow("g5.8xlarge", 32, 128, 1, 8, 30, 1, 900, 1, 1),
    AwsRow("g5.16xlarge", 64, 256, 1, 8, 30, 1, 1900, 1, 1),
    AwsRow("g5.12xlarge", 48, 192, 4, 15, 50, 1, 3800, 1, 1),
    AwsRow("g5.24xlarge", 96, 384, 4, 15, 50, 1, 3800, 1, 1),
    AwsRow("g5.48xlarge", 192, 768, 8, 7, 50, 2, 3800, 1, 1),
    AwsRow("g6.xlarge", 4, 16, 1, 4, 15, 1, 250, 1, 0),
    AwsRow("g6.2xlarge", 8, 32, 1, 4, 15, 1, 450, 1, 0),
    AwsRow("g6.4xlarge", 16, 64, 1, 8, 30, 1, 600, 1, 0),
    AwsRow("g6.8xlarge", 32, 128, 1, 8, 30, 2, 450, 1, 1),
    AwsRow("g6.16xlarge", 64, 256, 1, 15, 50, 2, 940, 1, 1),
    AwsRow("g6.12xlarge", 48, 192, 4, 8, 30, 4, 940, 1, 1),
    AwsRow("g6.24xlarge", 96, 384, 4, 15, 50, 4, 940, 1, 1),
    AwsRow("g6.48xlarge", 192, 768, 8, 15, 50, 8, 940, 1, 1),
    AwsRow("gr6.4xlarge", 16, 128, 1, 8, 30, 1, 600, 1, 0),
    AwsRow("gr6.8xlarge", 32, 256, 1, 8, 30, 2, 450, 1, 1),
    AwsRow("g6e.xlarge", 4, 32, 1, 4, 15, 1, 250, 1, 0),
    AwsRow("g6e.2xlarge", 8, 64, 1, 4, 15, 1, 450, 1, 0),
    AwsRow("g6e.4xlarge", 16, 128, 1, 8, 30, 1, 600, 1, 0),
    AwsRow("g6e.8xlarge", 32, 256, 1, 8, 30, 2, 450, 1, 1),
    AwsRow("g6e.16xlarge", 64, 512, 1, 15, 50, 2, 950, 1, 1),
    AwsRow("g6e.12xlarge", 48, 384, 4, 10, 30, 2, 1900, 1, 1),
    AwsRow("g6e.24xlarge", 96, 768, 4, 10, 50, 2, 1900, 2, 2),
    AwsRow("g6e.48xlarge", 192, 1536, 8, 10, 50, 4, 1900, 4, 4),
    AwsRow("g7e.2xlarge", 8, 64, 1, 4, 64, 1, 1900, 1, 0),
    AwsRow("g7e.4xlarge", 16, 128, 1, 8, 64, 1, 1900, 1, 0),
    AwsRow("g7e.8xlarge", 32, 256, 1, 8, 64, 1, 1900, 1, 1),
    AwsRow("g7e.12xlarge", 48, 512, 2, 10, 64, 1, 3800, 1, 1),
    AwsRow("g7e.24xlarge", 96, 1024, 4, 10, 64, 2, 3800, 2, 2),
    AwsRow("g7e.48xlarge", 192, 2048, 8, 10, 64, 4, 3800, 4, 4),
    AwsRow("p4d.24xlarge", 96, 1152, 8, 15, 50, 8, 1000, 4, 4),
    AwsRow("p4de.24xlarge", 96, 1152, 8, 15, 50, 8, 1000, 4, 4),
    AwsRow("p5.4xlarge", 16, 256, 1, 4, 30, 1, 3800, 1, 1),
    AwsRow("p5.48xlarge", 192, 2048, 8, 2, 50, 8, 3800, 32, 32),
    AwsRow("p5en.48xlarge", 192, 2048, 8, 4, 50, 8, 3800, 16, 16),
    AwsRow("p5e.48xlarge", 192, 2048, 8, 2, 50, 8, 3800, 32, 32),
    AwsRow("m6i.large", 2, 8, 0, 3, 10, 0, 0, 1, 0),
    AwsRow("m6i.xlarge", 4, 16, 0, 4, 15, 0, 0, 1, 0),
    AwsRow("m6i.2xlarge", 8, 32, 0, 4, 15, 0, 0, 1, 0),
    AwsRow("m6i.4xlarge", 16, 64, 0, 8, 30, 0, 0, 1, 0),
    AwsRow("m7i.large", 2, 8, 0, 3, 10, 0, 0, 1, 0),
    AwsRow("m7i.xlarge", 4, 16, 0, 4, 15, 0, 0, 1, 0),
    AwsRow("m7i.2xlarge", 8, 32, 0, 4, 15, 0, 0, 1, 0),
    AwsRow("m7i.4xlarge", 16, 64, 0, 8, 30, 0, 0, 1, 0),
    AwsRow("t3.medium", 2, 4, 0, 3, 6, 0, 0, 1, 0),
    AwsRow("t3.large", 2, 8, 0, 3, 12, 0, 0, 1, 0),
)


def machine_of(row: AwsRow) -> AwsMachine:
    """Return the machine type of a row."""
    gpu = GPU_OF_FAMILY.get(row.name.partition(".")[0])
    address_pods = row.interfaces * (row.addresses - 1) + 2
    # Managed node groups cap maxPods: below 30 vCPUs at 110, else at 250, with or without prefix
    # delegation (EKS user guide, "Create a managed node group", awsdocs@4d52b4d, 2024-12-18).
    cap = _MAX_PODS_FEW_VCPUS if row.vcpus < _MANY_VCPUS else _MAX_PODS_MANY_VCPUS
    return AwsMachine(
        cloud=CLOUD,
        name=row.name,
        vcpus=row.vcpus,
        memory_gib=row.memory_gib,
        gpu=gpu,
        gpu_count=row.gpus,
        gpu_memory_gib_each=gpu_of(gpu).memory_gib if gpu else 0.0,
        max_pods=min(address_pods, cap),
        nvme_disks=row.nvme_disks,
        nvme_gb_each=row.nvme_gb_each,
        nvme_costs_extra=False,
        address_pods=address_pods,
        interface_addresses=row.addresses,
        network_cards=row.cards,
        efa_interfaces=row.efas,
        capacity_blocks=row.name.partition(".")[0] in CAPACITY_BLOCK_FAMILIES,
        source=SOURCE,
        source_date=SOURCE_DATE,
    )
