"""What production needs of its quotas, worked out by hand from the stack files and compared.

Each line is an addition that a reader can do. Where the numbers come from:

aws-prod (three zones)
  system nodes  3 to 6 x m7i.xlarge, 4 vCPUs each; while a version rolls out EKS starts up to two in
                each of three zones beside them: 6 more
  l40s          on demand 1 to 3 x g6e.12xlarge, 48 vCPUs each;
                spot 0 to 4 nodes, of g6e.12xlarge (48) or g6e.24xlarge (96): the larger counts
  h100          on demand 0 to 2 x p5.48xlarge, 192 vCPUs each; GPU groups roll out without surge

gcp-prod
  system nodes  3 to 6 x n2-standard-4, 4 vCPUs and 50 GB of pd-balanced each; 1 more in a rollout
  l4            on demand 2 to 4, spot 0 to 4 x g2-standard-8, 1 GPU and 200 GB of pd-balanced each
  rtx6000       on demand 1 to 2, spot 0 to 2 x g4-standard-48, 1 GPU and 300 GB of hyperdisk each
  h100          on demand 0 to 2 x a3-highgpu-8g, 8 GPUs and 200 GB of SSD disk each
  a100          flex-start 0 to 1 x a2-ultragpu-4g, 4 preemptible GPUs and 200 GB of SSD disk
"""

import pytest

from components.gcp.cluster import CHANNEL
from infra.preflight.gcp import survey
from infra.preflight.quotas import needs
from infra.spec.files import load_stack_file
from tests.support.graphs import graph_of

AWS_PROD = {
    # code: (at once, at most)
    "L-1216C47A": (3 * 4, (6 + 2 * 3) * 4),  # standard, on demand: system nodes and their surge
    "L-DB2E81BA": (1 * 48, 3 * 48),  # G, on demand: l40s
    "L-3819A6DF": (0, 4 * 96),  # G, spot, its own quota: l40s
    "L-417A185B": (0, 2 * 192),  # P, on demand: h100; no spot, so nothing of L-C4BD4855
    "L-F678F1CE": (1, 1),  # one VPC
    "L-0263D0A3": (3, 3),  # a NAT gateway with an address in each of three zones
    "L-FE5A380F": (1, 1),  # and one of them in a zone
    "L-29B6F2EB": (7, 7),  # private endpoints of production
    "L-1194D53C": (1, 1),  # one cluster
    "L-6D54EA21": (4, 4),  # system, l40s on demand, l40s spot, h100 on demand
    "L-BD136A63": (3, 6),  # the largest group is that of the system nodes
}
GCP_PROD = {
    "GPUS_ALL_REGIONS": (2 + 1, (4 + 4) + (2 + 2) + 2 * 8 + 1 * 4),
    "NVIDIA_L4_GPUS": (2, 4),
    "PREEMPTIBLE_NVIDIA_L4_GPUS": (0, 4),
    "GPUS_PER_GPU_FAMILY/NVIDIA_RTX_PRO_6000": (1, 2),
    "PREEMPTIBLE_NVIDIA_RTX_PRO_6000_GPUS": (0, 2),
    "GPUS_PER_GPU_FAMILY/NVIDIA_H100": (0, 2 * 8),
    "PREEMPTIBLE_NVIDIA_A100_80GB_GPUS": (0, 1 * 4),
    "CPUS_ALL_REGIONS": (3 * 4, (6 + 1) * 4),  # machines with GPUs count no CPUs
    "N2_CPUS": (3 * 4, (6 + 1) * 4),
    "INSTANCES": (3 + 2 + 1, (6 + 1) + (4 + 4) + (2 + 2) + 2 + 1),
    "SSD_TOTAL_GB": (3 * 50 + 2 * 200, (6 + 1) * 50 + (4 + 4) * 200 + 2 * 200 + 1 * 200),
    "HDB_TOTAL_GB": (1 * 300, (2 + 2) * 300),
    "NETWORKS": (1, 1),
    "SUBNETWORKS": (1, 1),
    "ROUTERS": (1, 1),
    "IN_USE_ADDRESSES": (1, 1),
}


@pytest.mark.parametrize(("stack", "table"), [("aws-prod", AWS_PROD), ("gcp-prod", GCP_PROD)])
def test_the_needs_of_production_equal_those_worked_out_by_hand(
    stack: str, table: dict[str, tuple[int, int]]
) -> None:
    found = {need.quota.code: need for need in needs(load_stack_file(stack))}

    assert {code: (need.at_minimum, need.at_maximum) for code, need in found.items()} == table


@pytest.mark.parametrize("stack", ["aws-prod-models", "gcp-prod-models"])
def test_the_stack_of_the_models_adds_nothing(stack: str) -> None:
    assert needs(load_stack_file(stack)) == []


def test_only_system_nodes_of_eks_roll_out_with_more_machines_than_their_maximum() -> None:
    """The table above takes it for granted; this is what the components declare."""
    groups = graph_of("aws-prod").of_type("aws:eks/nodeGroup:NodeGroup")

    surging = {one.name for one in groups if _strategy(one.inputs["updateConfig"]) != "MINIMAL"}

    assert surging == {"system-on-demand"}


def test_only_system_nodes_of_gke_roll_out_with_one_more() -> None:
    pools = graph_of("gcp-prod").of_type("gcp:container/nodePool:NodePool")

    surge = {one.name: _surge(one.inputs.get("upgradeSettings")) for one in pools}

    assert {name for name, more in surge.items() if more} == {"system-on-demand"}
    assert max(surge.values()) == 1


def test_the_channel_that_is_asked_about_is_the_clusters() -> None:
    assert survey.CHANNEL == CHANNEL


def _strategy(settings: object) -> object:
    assert isinstance(settings, dict)
    return settings["updateStrategy"]


def _surge(settings: object) -> int:
    if settings is None:  # a flex-start pool is replaced as its nodes end by themselves
        return 0
    assert isinstance(settings, dict)
    return int(settings["maxSurge"])
