"""The machines of every cloud: against the collected price list, and which one a GPU means."""

import csv
from pathlib import Path

import pytest

from infra.catalog.machines import machine_for, machines

PRICE_NAMES = {
    "NVIDIA A100 40GB": "A100-40GB",
    "NVIDIA A100 80GB": "A100-80GB",
    "NVIDIA H100 80GB": "H100",
    "NVIDIA H200 141GB": "H200",
    "NVIDIA RTX PRO 6000 Blackwell Server": "RTX-PRO-6000",
}
"""GPUs that the price list calls otherwise."""
PRICES = Path(__file__).parents[4] / "shared" / "data" / "gpu_instances.csv"


@pytest.mark.skipif(not PRICES.exists(), reason="../shared/data/gpu_instances.csv is not here")
@pytest.mark.parametrize("place", [("aws", "us-east-1"), ("gcp", "us-central1")])
def test_gpu_machines_agree_with_the_collected_price_list(place: tuple[str, str]) -> None:
    with PRICES.open(encoding="utf-8", newline="") as file:
        listed = {
            row["instance_type"]: row
            for row in csv.DictReader(file)
            if (row["cloud"], row["region"]) == place
        }
    ours = [m for m in machines(place[0]) if m.gpu]

    assert {m.name for m in ours} <= listed.keys()
    for m in ours:
        row = listed[m.name]
        model = row["gpu_model"]
        assert PRICE_NAMES.get(model, model.removeprefix("NVIDIA ")) == m.gpu
        assert int(row["gpu_count"]) == m.gpu_count
        if place[0] == "aws":  # of Google's L4 the list has the nominal 24 GB
            stated = float(row["gpu_memory_gib_each"])
            assert stated == pytest.approx(m.gpu_memory_gib_each, abs=0.01)
        assert (int(row["vcpus"]), float(row["memory_gib"])) == (m.vcpus, m.memory_gib)


@pytest.mark.parametrize(
    ("cloud", "gpu", "count", "expected"),
    [
        ("aws", "L4", 4, "g6.12xlarge"),
        ("aws", "L4", 8, "g6.48xlarge"),
        ("aws", "L40S", 1, "g6e.2xlarge"),
        ("aws", "L40S", 4, "g6e.12xlarge"),
        ("aws", "A10G", 1, "g5.2xlarge"),
        ("aws", "H100", 1, "p5.4xlarge"),
        ("aws", "H100", 8, "p5.48xlarge"),
        ("aws", "A100-80GB", 8, "p4de.24xlarge"),
        ("aws", "RTX-PRO-6000", 1, "g7e.4xlarge"),
        ("aws", "H200", 8, "p5en.48xlarge"),
        ("gcp", "L4", 1, "g2-standard-8"),
        ("gcp", "L4", 2, "g2-standard-24"),
        ("gcp", "L4", 8, "g2-standard-96"),
        ("gcp", "RTX-PRO-6000", 1, "g4-standard-48"),
        ("gcp", "RTX-PRO-6000", 2, "g4-standard-96"),
        ("gcp", "A100-40GB", 1, "a2-highgpu-1g"),
        ("gcp", "A100-40GB", 16, "a2-megagpu-16g"),
        ("gcp", "A100-80GB", 4, "a2-ultragpu-4g"),
        ("gcp", "H100", 1, "a3-highgpu-1g"),
        ("gcp", "H100", 8, "a3-highgpu-8g"),
        ("gcp", "H200", 8, "a3-ultragpu-8g"),
    ],
)
def test_a_gpu_and_a_count_mean_one_machine(
    cloud: str, gpu: str, count: int, expected: str
) -> None:
    assert machine_for(cloud, gpu, count).name == expected
