"""Kubernetes quantities."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.serving.quantities import cpu_quantity, memory_quantity


@pytest.mark.parametrize(
    ("cores", "quantity"), [(4, "4"), (3.5, "3500m"), (0.25, "250m"), (1.0, "1")]
)
def test_cores_are_written_as_the_api_server_writes_them(cores: float, quantity: str) -> None:
    assert cpu_quantity(cores) == quantity


@pytest.mark.parametrize(
    ("gib", "quantity"), [(16, "16Gi"), (24.5, "25088Mi"), (0.5, "512Mi"), (1024, "1Ti")]
)
def test_memory_is_written_as_the_api_server_writes_it(gib: float, quantity: str) -> None:
    assert memory_quantity(gib) == quantity


@given(gib=st.floats(min_value=0.01, max_value=8192))
def test_memory_is_never_rounded_up(gib: float) -> None:
    text = memory_quantity(gib)
    unit = {"Mi": 1 / 1024, "Gi": 1, "Ti": 1024}[text[-2:]]

    assert gib - 1 / 1024 <= float(text[:-2]) * unit <= gib
