"""Node objects of node groups."""

from collections import Counter
from dataclasses import replace

import pytest

from infra.catalog.machines import UnknownMachineError
from infra.rehearsal.nodes.factory import labels, node
from tests.unit.rehearsal.nodes.examples import SPOT, SYSTEM


def test_a_node_has_the_size_of_its_machine_and_no_gpu_yet() -> None:
    status = node(SPOT, 0)["status"]
    assert status["capacity"]["cpu"] == "8"
    assert status["allocatable"]["cpu"] == "7910m"
    assert status["allocatable"]["pods"] == "58"
    assert "nvidia.com/gpu" not in status["capacity"] | status["allocatable"]
    # Capacity is what the kernel sees; a node never offers all of it.
    assert int(status["allocatable"]["memory"][:-2]) < int(status["capacity"]["memory"][:-2])


def test_a_larger_disk_leaves_more_storage() -> None:
    small, large = (
        node(replace(SPOT, disk_gib=size), 0)["status"]["allocatable"]["ephemeral-storage"]
        for size in (20, 200)
    )
    assert int(small.removesuffix("Gi")) < 20 < int(large.removesuffix("Gi")) < 200


def test_on_raid_0_the_node_has_the_size_of_its_local_disks() -> None:
    status = node(replace(SPOT, disk_gib=100, raid0=True), 0)["status"]  # g6.2xlarge, 450 GB NVMe
    assert status["capacity"]["ephemeral-storage"] == "419Gi"
    assert status["allocatable"]["ephemeral-storage"] == "376Gi"


def test_a_node_carries_the_labels_of_a_managed_node_and_of_its_group() -> None:
    found = node(SPOT, 0)["metadata"]["labels"]
    assert found["kubernetes.io/hostname"] == node(SPOT, 0)["metadata"]["name"]
    assert found["node.kubernetes.io/instance-type"] == "g6.2xlarge"
    assert found["topology.kubernetes.io/region"] == "us-east-1"
    assert found["eks.amazonaws.com/nodegroup"] == "l4-spot"
    assert found["eks.amazonaws.com/capacityType"] == "SPOT"
    assert found["tokenworks.dev/pool"] == "l4"


@pytest.mark.parametrize(
    ("version", "present"), [("1.34", None), ("1.35", "true"), ("1.36", "true")]
)
def test_the_gpu_label_comes_from_boot_since_1_35(version: str, present: str | None) -> None:
    group = replace(SPOT, kubernetes_version=version)
    assert labels(group, "us-east-1a").get("nvidia.com/gpu.present") == present


def test_a_machine_without_gpus_has_no_gpu_label() -> None:
    assert "nvidia.com/gpu.present" not in labels(SYSTEM, "us-east-1a")


def test_a_groups_own_label_wins_over_the_clouds() -> None:
    group = replace(SPOT, labels={"nvidia.com/gpu.present": "false"})
    assert labels(group, "us-east-1a")["nvidia.com/gpu.present"] == "false"


def test_nodes_spread_evenly_over_zones() -> None:
    zones = Counter(
        node(SPOT, serial)["metadata"]["labels"]["topology.kubernetes.io/zone"]
        for serial in range(10)
    )
    assert zones == {"us-east-1a": 5, "us-east-1b": 5}


def test_machines_differ_in_name_address_and_instance() -> None:
    made = [node(SPOT, serial) for serial in range(3)] + [node(SYSTEM, 0)]
    assert len({item["metadata"]["name"] for item in made}) == 4
    assert len({item["spec"]["providerID"] for item in made}) == 4
    assert len({item["status"]["addresses"][0]["address"] for item in made}) == 4


def test_a_name_outside_the_first_region_says_its_region() -> None:
    group = replace(SPOT, zones=("eu-central-1a",))
    assert node(group, 0)["metadata"]["name"].endswith(".eu-central-1.compute.internal")
    assert node(SPOT, 0)["metadata"]["name"].endswith(".ec2.internal")


def test_taints_are_those_of_the_group() -> None:
    assert node(SPOT, 0)["spec"]["taints"] == [
        {"key": "nvidia.com/gpu", "value": "present", "effect": "NoSchedule"}
    ]


def test_a_machine_that_the_catalogue_does_not_have_is_refused() -> None:
    with pytest.raises(UnknownMachineError, match=r"g6\.huge"):
        node(replace(SPOT, machine_types=("g6.huge",)), 0)
