"""The machine table of AWS against EC2's own description; any cloud: `test_machines_any`."""

from collections.abc import Mapping
from typing import Any

import boto3
import pytest
from moto import mock_aws

from infra.catalog.gpus import REFUSED_FAMILIES, gpu_names
from infra.catalog.machines import (
    AwsMachine,
    UnknownMachineError,
    aws_machine,
    machine,
    machine_for,
    machines,
    machines_with,
)

MACHINES = [aws_machine(one.name) for one in machines("aws")]
EC2_NAMES = {"A100-40GB": "A100", "A100-80GB": "A100", "RTX-PRO-6000": "RTX PRO Server 6000"}
"""GPUs that EC2 calls otherwise."""


@pytest.fixture(scope="module")
def described() -> Mapping[str, Mapping[str, Any]]:
    """What EC2 says of our machine types, by name."""
    with mock_aws():
        client = boto3.client(
            "ec2", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
        )
        names = [machine.name for machine in machines("aws")]
        types = client.describe_instance_types(InstanceTypes=names)["InstanceTypes"]
    return {one["InstanceType"]: one for one in types}


@pytest.mark.parametrize("ours", MACHINES, ids=lambda machine: machine.name)
def test_a_machine_is_what_ec2_describes(
    ours: AwsMachine, described: Mapping[str, Mapping[str, Any]]
) -> None:
    theirs = described[ours.name]
    network = theirs["NetworkInfo"]
    card = network["NetworkCards"][network["DefaultNetworkCardIndex"]]
    addresses = card["MaximumNetworkInterfaces"] * (network["Ipv4AddressesPerInterface"] - 1)

    assert ours.vcpus == theirs["VCpuInfo"]["DefaultVCpus"]
    assert ours.memory_gib * 1024 == theirs["MemoryInfo"]["SizeInMiB"]
    assert ours.address_pods == addresses + 2


@pytest.mark.parametrize("ours", MACHINES, ids=lambda machine: machine.name)
def test_a_machines_gpus_are_what_ec2_describes(
    ours: AwsMachine, described: Mapping[str, Mapping[str, Any]]
) -> None:
    gpus = described[ours.name].get("GpuInfo", {}).get("Gpus", [])

    theirs = [(g["Name"], g["Count"], g["MemoryInfo"]["SizeInMiB"] / 1024) for g in gpus]
    name = EC2_NAMES.get(ours.gpu or "", ours.gpu)
    expected = [(name, ours.gpu_count, ours.gpu_memory_gib_each)] if ours.gpu else []
    assert theirs == expected


@pytest.mark.parametrize("ours", MACHINES, ids=lambda machine: machine.name)
def test_a_machines_local_disks_are_what_ec2_describes(
    ours: AwsMachine, described: Mapping[str, Mapping[str, Any]]
) -> None:
    disks = described[ours.name].get("InstanceStorageInfo", {}).get("Disks", [])

    theirs = [(disk["Count"], disk["SizeInGB"]) for disk in disks]
    assert theirs == ([(ours.nvme_disks, ours.nvme_gb_each)] if ours.nvme_disks else [])


@pytest.mark.parametrize("ours", MACHINES, ids=lambda machine: machine.name)
def test_a_machines_network_cards_are_what_ec2_describes(
    ours: AwsMachine, described: Mapping[str, Mapping[str, Any]]
) -> None:
    network = described[ours.name]["NetworkInfo"]

    assert ours.network_cards == network["MaximumNetworkCards"]
    assert ours.efa_interfaces == network.get("EfaInfo", {}).get("MaximumEfaInterfaces", 0)
    # The launch template puts one adapter on each card, the first on the card of the address.
    assert network["DefaultNetworkCardIndex"] == 0
    assert ours.efa_interfaces in {0, ours.network_cards}


@pytest.mark.parametrize("ours", MACHINES, ids=lambda machine: machine.name)
def test_a_machine_is_sold_as_ec2_describes(
    ours: AwsMachine, described: Mapping[str, Mapping[str, Any]]
) -> None:
    theirs = described[ours.name]

    assert ours.capacity_blocks == ("capacity-block" in theirs["SupportedUsageClasses"])
    if ours.gpu:
        assert {"on-demand", "spot"} <= set(theirs["SupportedUsageClasses"])
        assert "cluster" in theirs["PlacementGroupInfo"]["SupportedStrategies"]


def test_managed_node_groups_cap_the_pods_of_a_small_machine_at_110() -> None:
    assert (aws_machine("g6.4xlarge").address_pods, aws_machine("g6.4xlarge").max_pods) == (
        234,
        110,
    )


def test_managed_node_groups_cap_the_pods_of_a_large_machine_at_250() -> None:
    assert (aws_machine("g6.48xlarge").address_pods, aws_machine("g6.48xlarge").max_pods) == (
        737,
        250,
    )


def test_one_l4_means_the_smallest_machine_whose_memory_holds_what_the_gpu_can() -> None:
    assert machine_for("aws", "L4", 1).name == "g6.2xlarge"
    assert machine("aws", "g6.xlarge").memory_gib < machine("aws", "g6.xlarge").gpu_memory_gib_each


def test_of_two_machines_of_one_size_the_one_that_the_region_sells_is_taken() -> None:
    assert machine_for("aws", "H200", 8, {"p5e.48xlarge"}).name == "p5e.48xlarge"
    assert machine_for("aws", "H200", 8, {"g6.xlarge"}).name == "p5en.48xlarge"


def test_local_disks_are_counted_in_gib() -> None:
    assert machine("aws", "g6e.12xlarge").nvme_gib == 3539  # 2 x 1900 GB
    assert machine("aws", "m7i.large").nvme_gib == 0


def test_every_gpu_is_in_some_machine() -> None:
    assert all(any(m.gpu == gpu for m in machines("aws")) for gpu in gpu_names())
    assert {m.gpu for m in machines("gcp")} - {None} <= set(gpu_names())


def test_no_machine_has_three_l4() -> None:
    with pytest.raises(UnknownMachineError, match="none of aws has 3 x L4"):
        machine_for("aws", "L4", 3)
    assert machines_with("aws", "L4", 3) == ()


def test_an_unknown_machine_is_refused_by_name() -> None:
    with pytest.raises(UnknownMachineError, match=r"'g99\.large'"):
        machine("aws", "g99.large")


def test_families_that_the_node_images_cannot_drive_are_not_in_the_catalogue() -> None:
    assert not {m.family for m in machines("aws")} & REFUSED_FAMILIES.keys()


def test_every_row_has_a_source_and_a_date() -> None:
    assert all(m.source and m.source_date >= "2026" for m in machines("aws"))
