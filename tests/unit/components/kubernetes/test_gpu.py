"""GPU software: the values that we give to other people's charts."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from components.kubernetes.charts import ChartValue
from components.kubernetes.gpu import GpuSoftware, dcgm_exporter_values, device_plugin_values
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from tests.unit.components import examples

CONTRACTS = Path(__file__).parents[5] / "shared" / "contracts" / "charts"
VALUES = {
    "nvidia-device-plugin": device_plugin_values(),
    "dcgm-exporter": dcgm_exporter_values(),
}


def _gpu() -> Graph:
    return record_program(lambda: GpuSoftware("gpu", examples.with_kubernetes()), stack="aws-dev")


def _leaves(values: Mapping[str, ChartValue], path: str = "") -> Iterator[str]:
    for key, value in values.items():
        here = f"{path}.{key}" if path else key
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, here)
        else:
            yield here


def _is_known(path: str, known: Mapping[str, object]) -> bool:
    """Say whether a chart has a value there, or an open map above it (an empty one by default)."""
    parts = path.split(".")
    above = [".".join(parts[:length]) for length in range(1, len(parts))]
    return path in known or any(known.get(prefix) == {} for prefix in above)


@pytest.mark.parametrize("chart", VALUES)
def test_every_value_that_we_set_exists_in_the_chart(chart: str) -> None:
    """Neither chart has a schema: Helm drops a mistyped key without a word."""
    contract = CONTRACTS / f"{chart}.json"
    if not contract.exists():
        pytest.skip(f"the chart's values are not here: {contract}")
    known = json.loads(contract.read_text(encoding="utf-8"))["values"]

    assert [path for path in _leaves(VALUES[chart]) if not _is_known(path, known)] == []


def test_a_mistyped_value_would_be_found() -> None:
    assert not _is_known("gfd.enable", {"gfd.enabled": False})
    assert not _is_known("gfd", {"gfd.enabled": False})
    assert _is_known("nodeSelector.some/label", {"nodeSelector": {}})


def test_a_cluster_has_exactly_one_device_plugin() -> None:
    charts = [item.inputs["chart"] for item in _gpu().of_type("kubernetes:helm.sh/v3:Release")]

    assert charts == ["nvidia-device-plugin", "dcgm-exporter"]


def test_a_failed_install_leaves_nothing_and_no_release_runs_twice() -> None:
    for release in _gpu().of_type("kubernetes:helm.sh/v3:Release"):
        assert release.inputs["atomic"] is True
        assert release.inputs["cleanupOnFail"] is True
        assert release.inputs["name"] == release.inputs["chart"]
        assert release.inputs["version"]
        assert release.delete_before_replace is True


def test_both_run_on_gpu_nodes_and_tolerate_their_taint_whatever_its_value() -> None:
    for values in VALUES.values():
        assert values["nodeSelector"] == {"nvidia.com/gpu.present": "true"}
        assert values["tolerations"] == [
            {"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}
        ]


def test_their_namespace_allows_what_a_device_plugin_must_do() -> None:
    metadata = _gpu().named("gpu-home-namespace").inputs["metadata"]

    assert isinstance(metadata, dict)
    assert isinstance(labels := metadata["labels"], dict)
    assert labels["pod-security.kubernetes.io/enforce"] == "privileged"
