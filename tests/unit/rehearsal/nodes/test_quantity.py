"""Quantities of Kubernetes as numbers."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.rehearsal.nodes.quantity import QuantityError, Resources, quantity, resources


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", "1"),
        ("250m", "0.25"),
        ("1.5", "1.5"),
        ("128Mi", str(128 * 1024**2)),
        ("129M", "129000000"),
        ("1e3", "1000"),
        ("2Gi", str(2 * 1024**3)),
        ("100n", "1E-7"),
        (2, "2"),
    ],
)
def test_a_quantity_is_read_as_kubernetes_reads_it(text: str | int, number: str) -> None:
    assert quantity(text) == Decimal(number)


@pytest.mark.parametrize("text", ["", "many", "1 Gi", "1gi", "Gi", "1.2.3"])
def test_what_is_no_quantity_is_refused_with_the_text(text: str) -> None:
    with pytest.raises(QuantityError, match="not a Kubernetes quantity"):
        quantity(text)


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 16), st.integers(0, 10**6))
def test_resources_survive_writing_and_reading(cpu: int, memory: int, gpus: int, disk: int) -> None:
    amounts = {
        "cpu": f"{cpu}m",
        "memory": f"{memory}Mi",
        "nvidia.com/gpu": str(gpus),
        "ephemeral-storage": f"{disk}Mi",
    }
    assert resources(amounts) == Resources(cpu, memory, gpus, disk)


def test_every_resource_is_added_and_compared_by_itself() -> None:
    small_disk, large_disk = Resources(4, 30, 2, 100), Resources(1, 60, 1, 400)
    assert small_disk + large_disk == Resources(5, 90, 3, 500)
    assert small_disk.at_least(large_disk) == Resources(4, 60, 2, 400)


def test_a_fraction_of_a_unit_counts_as_a_whole_one() -> None:
    amounts = {"cpu": "100u", "memory": "1", "ephemeral-storage": "1"}
    assert resources(amounts) == Resources(1, 1, 0, 1)
