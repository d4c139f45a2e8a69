"""GPU software: the values that we give to other people's charts.

That each value exists is checked for every chart at once, in `tests/unit/manifests`.
"""

import ipaddress
import json

import pytest

from components.kubernetes.dcgm import dcgm_exporter_values
from components.kubernetes.gpu import (
    CHARTS,
    PROGRAMS_THAT_ASK_THE_API_SERVER,
    GpuSoftware,
    device_plugin_values,
)
from infra.catalog import releases
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.rehearsal.charts import objects_of
from infra.spec.cloud import CloudProvider
from tests.unit.components import examples

AWS, GCP = CloudProvider.AWS, CloudProvider.GCP
VALUES = {
    AWS: {
        "nvidia-device-plugin": device_plugin_values(),
        "dcgm-exporter": dcgm_exporter_values(AWS),
    },
    GCP: {"dcgm-exporter": dcgm_exporter_values(GCP)},
}
CONTAINERS = {
    AWS: {
        *("nvidia-device-plugin-ctr", "gpu-feature-discovery-ctr", "mps-control-daemon-ctr"),
        *("master", "worker", "gc", "exporter"),
    },
    GCP: {"exporter"},
}
each_cloud = pytest.mark.parametrize("cloud", CloudProvider)


def _gpu(cloud: CloudProvider = AWS) -> Graph:
    return record_program(
        lambda: GpuSoftware(
            "gpu",
            [examples.pool(cloud)],
            cloud=cloud,
            kubernetes_version="1.35",
            opts=examples.with_kubernetes(),
        ),
        stack="test",
    )


def _templates(cloud: CloudProvider) -> list[dict]:
    """Return the pod templates of all workloads that the charts bring, under our values."""
    made = [
        body
        for chart, values in VALUES[cloud].items()
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


@each_cloud
def test_every_container_of_the_gpu_software_says_what_it_asks_for(cloud: CloudProvider) -> None:
    """A pod that asks for nothing is the first to go when a node's memory is short."""
    containers = [item for template in _templates(cloud) for item in template["spec"]["containers"]]

    assert {item["name"] for item in containers} == CONTAINERS[cloud]
    for item in containers:
        assert item["resources"]["requests"].keys() >= {"cpu", "memory"}, item["name"]
        assert "memory" in item["resources"]["limits"], item["name"]


@pytest.mark.parametrize(
    ("cloud", "installed"),
    [(AWS, ["nvidia-device-plugin", "dcgm-exporter"]), (GCP, ["dcgm-exporter"])],
)
def test_a_cluster_has_exactly_one_device_plugin(
    cloud: CloudProvider, installed: list[str]
) -> None:
    """GKE brings its own; node feature discovery comes with ours alone."""
    charts = [item.inputs["chart"] for item in _gpu(cloud).of_type("kubernetes:helm.sh/v3:Release")]

    assert charts == installed == list(CHARTS[cloud])


@each_cloud
def test_a_failed_install_leaves_nothing_and_no_release_runs_twice(cloud: CloudProvider) -> None:
    for release in _gpu(cloud).of_type("kubernetes:helm.sh/v3:Release"):
        assert release.inputs["atomic"] is True
        assert release.inputs["cleanupOnFail"] is True
        assert release.inputs["name"] == release.inputs["chart"]
        assert release.inputs["version"]
        assert release.delete_before_replace is True


def test_both_run_on_gpu_nodes_of_eks() -> None:
    for values in VALUES[AWS].values():
        assert values["nodeSelector"] == {"nvidia.com/gpu.present": "true"}


def test_the_exporter_runs_on_gpu_nodes_of_gke_whatever_a_pool_calls_them() -> None:
    (template,) = _templates(GCP)

    assert "nodeSelector" not in template["spec"]
    assert template["spec"]["affinity"]["nodeAffinity"] == {
        "requiredDuringSchedulingIgnoredDuringExecution": {
            "nodeSelectorTerms": [
                {
                    "matchExpressions": [
                        {"key": "cloud.google.com/gke-accelerator", "operator": "Exists"}
                    ]
                }
            ]
        }
    }


def test_the_exporter_finds_driver_and_devices_of_a_gke_node() -> None:
    (template,) = _templates(GCP)
    (exporter,) = template["spec"]["containers"]

    assert {"name": "nvidia-driver", "hostPath": {"path": "/home/kubernetes/bin/nvidia"}} in (
        template["spec"]["volumes"]
    )
    assert {
        "name": "nvidia-driver",
        "mountPath": "/usr/local/nvidia",
        "readOnly": True,
    } in exporter["volumeMounts"]
    assert {"name": "LD_LIBRARY_PATH", "value": "/usr/local/nvidia/lib64"} in exporter["env"]
    assert exporter["securityContext"]["privileged"] is True
    # The API server refuses a privileged container that may not gain privileges.
    assert exporter["securityContext"]["allowPrivilegeEscalation"] is True


@each_cloud
def test_the_exporter_reads_the_list_of_metrics_that_its_chart_mounts(cloud: CloudProvider) -> None:
    """A list of ours takes the place of the chart's own."""
    (exporter,) = [
        item
        for template in _templates(cloud)
        for item in template["spec"]["containers"]
        if item["name"] == "exporter"
    ]

    assert "/etc/dcgm-exporter/default-counters.csv" in {
        mount["mountPath"] for mount in exporter["volumeMounts"]
    }


@each_cloud
def test_all_of_it_tolerates_the_taint_of_gpu_nodes_whatever_its_value(
    cloud: CloudProvider,
) -> None:
    for values in VALUES[cloud].values():
        assert values["tolerations"] == [
            {"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}
        ]


@each_cloud
def test_their_namespace_allows_what_a_device_plugin_must_do(cloud: CloudProvider) -> None:
    metadata = _gpu(cloud).named("gpu-home-namespace").inputs["metadata"]

    assert isinstance(metadata, dict)
    assert isinstance(labels := metadata["labels"], dict)
    assert labels["pod-security.kubernetes.io/enforce"] == "privileged"


@pytest.mark.parametrize(
    ("cloud", "programs"),
    [(AWS, ["node-feature-discovery", "dcgm-exporter"]), (GCP, ["dcgm-exporter"])],
)
def test_only_what_asks_the_api_server_has_a_way_to_it_and_nothing_one_to_the_internet(
    cloud: CloudProvider, programs: list[str]
) -> None:
    spec = examples.body(_gpu(cloud).named("gpu-api"), "spec")

    assert spec["podSelector"] == {
        "matchExpressions": [
            {
                "key": "app.kubernetes.io/name",
                "operator": "In",
                "values": programs,
            }
        ]
    }
    (rule,) = spec["egress"]
    ranges = [ipaddress.ip_network(peer["ipBlock"]["cidr"]) for peer in rule["to"]]
    assert ranges
    assert not any(item.is_global for item in ranges)
    assert spec["policyTypes"] == ["Ingress", "Egress"]
    assert "ingress" not in spec


@each_cloud
def test_the_programs_that_a_policy_names_run_under_that_name(cloud: CloudProvider) -> None:
    """A selector that fits no pod opens nothing, and nobody says so."""
    names = {item["metadata"]["labels"]["app.kubernetes.io/name"] for item in _templates(cloud)}
    asking = {name for chart in CHARTS[cloud] for name in PROGRAMS_THAT_ASK_THE_API_SERVER[chart]}

    assert asking <= names


def test_a_release_goes_before_the_way_to_the_api_server_that_its_clean_up_job_needs() -> None:
    graph = _gpu()

    for release in graph.of_type("kubernetes:helm.sh/v3:Release"):
        assert graph.named("gpu-api").urn in release.dependencies


def test_nobody_in_the_namespace_of_the_gpu_software_takes_a_gpu() -> None:
    spec = examples.body(_gpu().named("gpu-home-quota"), "spec")

    assert spec["hard"]["requests.nvidia.com/gpu"] == "0"


def test_a_critical_pod_outside_of_kube_system_has_a_quota_that_names_it_on_gke() -> None:
    """GKE's API server refuses it else, and the chart gives the exporter that priority."""
    graph = _gpu(GCP)
    quota = graph.named("gpu-critical-pods")
    spec = examples.body(quota, "spec")
    (template,) = _templates(GCP)
    (scope,) = spec["scopeSelector"]["matchExpressions"]

    assert template["spec"]["priorityClassName"] in scope["values"]
    assert (scope["scopeName"], scope["operator"]) == ("PriorityClass", "In")
    # Three nodes at most, and as many beside them while they are upgraded.
    assert spec["hard"] == {"pods": "6"}
    for release in graph.of_type("kubernetes:helm.sh/v3:Release"):
        assert quota.urn in release.dependencies
    assert not [item for item in _gpu(AWS).resources if item.name == "gpu-critical-pods"]
