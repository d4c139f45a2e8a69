"""The machine table against two witnesses: EC2's own description, and the collected price list."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from infra.catalog.gpus import REFUSED_FAMILIES, gpu_names
from infra.catalog.machines import (
    MachineType,
    UnknownMachineError,
    machine,
    machine_for,
    machines,
    machines_with,
)

PRICES = Path(__file__).parents[4] / "shared" / "data" / "gpu_instances.csv"


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


@pytest.mark.parametrize("ours", machines("aws"), ids=lambda machine: machine.name)
def test_a_machine_is_what_ec2_describes(
    ours: MachineType, described: Mapping[str, Mapping[str, Any]]
) -> None:
    theirs = described[ours.name]
    network = theirs["NetworkInfo"]
    card = network["NetworkCards"][network["DefaultNetworkCardIndex"]]
    addresses = card["MaximumNetworkInterfaces"] * (network["Ipv4AddressesPerInterface"] - 1)

    assert ours.vcpus == theirs["VCpuInfo"]["DefaultVCpus"]
    assert ours.memory_gib * 1024 == theirs["MemoryInfo"]["SizeInMiB"]
    assert ours.address_pods == addresses + 2


@pytest.mark.parametrize("ours", machines("aws"), ids=lambda machine: machine.name)
def test_a_machines_gpus_are_what_ec2_describes(
    ours: MachineType, described: Mapping[str, Mapping[str, Any]]
) -> None:
    gpus = described[ours.name].get("GpuInfo", {}).get("Gpus", [])

    theirs = [(g["Name"], g["Count"], g["MemoryInfo"]["SizeInMiB"] / 1024) for g in gpus]
    expected = [(ours.gpu, ours.gpu_count, ours.gpu_memory_gib_each)] if ours.gpu else []
    assert theirs == expected


@pytest.mark.skipif(not PRICES.exists(), reason="../shared/data/gpu_instances.csv is not here")
def test_gpu_machines_agree_with_the_collected_price_list() -> None:
    listed = {}
    with PRICES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["cloud"] == "aws" and row["region"] == "us-east-1":
                listed[row["instance_type"]] = row

    ours = [m for m in machines("aws") if m.gpu]

    assert {m.name for m in ours} <= listed.keys()
    for m in ours:
        row = listed[m.name]
        assert row["gpu_model"].removeprefix("NVIDIA ").removesuffix(" 80GB") == m.gpu
        assert int(row["gpu_count"]) == m.gpu_count
        assert float(row["gpu_memory_gib_each"]) == pytest.approx(m.gpu_memory_gib_each, abs=0.01)
        assert (int(row["vcpus"]), float(row["memory_gib"])) == (m.vcpus, m.memory_gib)


def test_managed_node_groups_cap_the_pods_of_a_small_machine_at_110() -> None:
    assert (machine("aws", "g6.4xlarge").address_pods, machine("aws", "g6.4xlarge").max_pods) == (
        234,
        110,
    )


def test_managed_node_groups_cap_the_pods_of_a_large_machine_at_250() -> None:
    assert (machine("aws", "g6.48xlarge").address_pods, machine("aws", "g6.48xlarge").max_pods) == (
        737,
        250,
    )


def test_one_l4_means_the_smallest_machine_whose_memory_holds_what_the_gpu_can() -> None:
    assert machine_for("aws", "L4", 1).name == "g6.2xlarge"
    assert machine("aws", "g6.xlarge").memory_gib < machine("aws", "g6.xlarge").gpu_memory_gib_each


@pytest.mark.parametrize(
    ("gpu", "count", "expected"),
    [
        ("L4", 4, "g6.12xlarge"),
        ("L4", 8, "g6.48xlarge"),
        ("L40S", 1, "g6e.2xlarge"),
        ("L40S", 4, "g6e.12xlarge"),
        ("A10G", 1, "g5.2xlarge"),
        ("H100", 1, "p5.4xlarge"),
        ("H100", 8, "p5.48xlarge"),
    ],
)
def test_a_gpu_and_a_count_mean_one_machine(gpu: str, count: int, expected: str) -> None:
    assert machine_for("aws", gpu, count).name == expected


def test_every_gpu_is_in_some_machine() -> None:
    assert all(any(m.gpu == gpu for m in machines("aws")) for gpu in gpu_names())


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
