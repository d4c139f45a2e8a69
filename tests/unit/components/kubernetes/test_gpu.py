"""GPU software: the values that we give to other people's charts.

That each value exists is checked for every chart at once, in `tests/unit/manifests`.
"""

import ipaddress
import json

from components.kubernetes.gpu import (
    PROGRAMS_THAT_ASK_THE_API_SERVER,
    GpuSoftware,
    dcgm_exporter_values,
    device_plugin_values,
)
from infra.catalog import releases
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.rehearsal.charts import objects_of
from tests.unit.components import examples

VALUES = {
    "nvidia-device-plugin": device_plugin_values(),
    "dcgm-exporter": dcgm_exporter_values(),
}


def _gpu() -> Graph:
    return record_program(
        lambda: GpuSoftware("gpu", kubernetes_version="1.35", opts=examples.with_kubernetes()),
        stack="aws-dev",
    )


def _templates() -> list[dict]:
    """Return the pod templates of all workloads that the charts bring, under our values."""
    made = [
        body
        for chart, values in VALUES.items()
        for body in objects_of(
            chart,
            releases.chart(chart).version,
            chart,
            "gpu-system",
            json.loads(json.dumps(values)),
        )
    ]
    plain = json.loads(json.dumps(made))
    return [item["spec"]["template"] for item in plain if "template" in item.get("spec", {})]


def test_every_container_of_the_gpu_software_says_what_it_asks_for() -> None:
    """A pod that asks for nothing is the first to go when a node's memory is short."""
    containers = [item for template in _templates() for item in template["spec"]["containers"]]

    assert {item["name"] for item in containers} == {
        *("nvidia-device-plugin-ctr", "gpu-feature-discovery-ctr", "mps-control-daemon-ctr"),
        *("master", "worker", "gc", "exporter"),
    }
    for item in containers:
        assert item["resources"]["requests"].keys() >= {"cpu", "memory"}, item["name"]
        assert "memory" in item["resources"]["limits"], item["name"]


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


def test_only_what_asks_the_api_server_has_a_way_to_it_and_nothing_one_to_the_internet() -> None:
    spec = examples.body(_gpu().named("gpu-api"), "spec")

    assert spec["podSelector"] == {
        "matchExpressions": [
            {
                "key": "app.kubernetes.io/name",
                "operator": "In",
                "values": ["node-feature-discovery", "dcgm-exporter"],
            }
        ]
    }
    (rule,) = spec["egress"]
    ranges = [ipaddress.ip_network(peer["ipBlock"]["cidr"]) for peer in rule["to"]]
    assert ranges
    assert not any(item.is_global for item in ranges)
    assert spec["policyTypes"] == ["Ingress", "Egress"]
    assert "ingress" not in spec


def test_the_programs_that_a_policy_names_run_under_that_name() -> None:
    """A selector that fits no pod opens nothing, and nobody says so."""
    names = {item["metadata"]["labels"]["app.kubernetes.io/name"] for item in _templates()}

    assert set(PROGRAMS_THAT_ASK_THE_API_SERVER) <= names


def test_a_release_goes_before_the_way_to_the_api_server_that_its_clean_up_job_needs() -> None:
    graph = _gpu()

    for release in graph.of_type("kubernetes:helm.sh/v3:Release"):
        assert graph.named("gpu-api").urn in release.dependencies


def test_nobody_in_the_namespace_of_the_gpu_software_takes_a_gpu() -> None:
    spec = examples.body(_gpu().named("gpu-home-quota"), "spec")

    assert spec["hard"]["requests.nvidia.com/gpu"] == "0"
