"""Placeholder workloads of charts."""

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from infra.catalog import releases
from infra.rehearsal.charts import (
    ChartValueError,
    UnknownChartError,
    dcgm_exporter,
    nvidia_device_plugin,
    objects_of,
)
from infra.rehearsal.charts.values import defaults, leaf_paths, merged
from infra.rehearsal.nodes.quantity import Resources
from infra.rehearsal.nodes.view import pod_requests
from infra.wire import Properties, Value

CONTRACTS = Path(__file__).parents[5] / "shared" / "contracts" / "charts"
TOLERATION: Value = {"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}


def plugin(**values: Value) -> dict[str, dict]:
    """Return the device plugin's objects by kind and name."""
    return plugin_in("gpu-system", values)


def plugin_in(namespace: str, values: Properties) -> dict[str, dict]:
    made = objects_of("nvidia-device-plugin", "0.20.0", "gpu", namespace, values)
    return by_title(made)


def exporter(**values: Value) -> dict[str, dict]:
    return by_title(objects_of("dcgm-exporter", "4.8.3", "dcgm-exporter", "gpu-system", values))


def by_title(made: list[Properties]) -> dict[str, dict]:
    titled: dict[str, dict] = {}
    for body in made:
        plain: dict = json.loads(json.dumps(body))
        title = f"{plain['kind']} {plain['metadata']['name']}"
        assert title not in titled
        titled[title] = plain
    return titled


def pod_spec(body: dict) -> dict:
    return body["spec"]["template"]["spec"]


@pytest.mark.parametrize("chart", ["nvidia-device-plugin", "dcgm-exporter"])
def test_the_pinned_version_has_a_placeholder(chart: str) -> None:
    assert objects_of(chart, releases.chart(chart).version, "r", "gpu-system", {})


def test_a_chart_that_is_not_known_is_refused_with_those_that_are() -> None:
    with pytest.raises(
        UnknownChartError, match="'redis'; one of ai-gateway-crds-helm, ai-gateway-helm, alloy"
    ):
        objects_of("redis", "1.0.0", "redis", "cache", {})


def test_another_version_is_refused_because_it_may_run_other_things() -> None:
    with pytest.raises(UnknownChartError, match=r"got '0\.99\.0'; 0\.20\.0"):
        objects_of("nvidia-device-plugin", "0.99.0", "gpu", "gpu-system", {})


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"toleration": []}, "toleration"),
        ({"gfd": {"enable": True}}, "gfd.enable"),
        ({"nfd": {"worker": {"resource": {}}}}, "nfd.worker.resource"),
        ({"image": {"tag": {"value": "v1"}}}, "image.tag.value"),
    ],
)
def test_a_value_that_the_chart_does_not_have_is_refused_with_its_path(
    values: Properties, path: str
) -> None:
    with pytest.raises(ChartValueError, match=f"nvidia-device-plugin: {path}: "):
        plugin(**values)


def test_the_device_plugin_alone_asks_for_nothing_and_announces_gpus() -> None:
    made = plugin()
    assert list(made) == [
        "ServiceAccount gpu-nvidia-device-plugin-service-account",
        "DaemonSet gpu-nvidia-device-plugin",
        "DaemonSet gpu-nvidia-device-plugin-mps-control-daemon",
    ]
    daemon = made["DaemonSet gpu-nvidia-device-plugin"]
    annotations = daemon["spec"]["template"]["metadata"]["annotations"]
    assert annotations == {"tokenworks.dev/advertises": "nvidia.com/gpu"}
    assert pod_requests(pod_spec(daemon)) == Resources()


def test_only_the_device_plugin_announces_gpus() -> None:
    announcing = [
        title
        for title, body in (plugin(gfd={"enabled": True}) | exporter()).items()
        if "annotations" in body.get("spec", {}).get("template", {}).get("metadata", {})
    ]
    assert announcing == ["DaemonSet gpu-nvidia-device-plugin"]
    assert plugin(devicePlugin={"enabled": False}).keys() == {
        "ServiceAccount gpu-nvidia-device-plugin-service-account"
    }


def test_gpu_feature_discovery_brings_node_feature_discovery_along() -> None:
    made = plugin(gfd={"enabled": True})
    name = "gpu-node-feature-discovery"
    worker = made[f"DaemonSet {name}-worker"]
    assert pod_requests(pod_spec(worker)) == Resources(5, 64)
    assert pod_requests(pod_spec(made[f"Deployment {name}-master"])) == Resources(100, 128)
    assert pod_requests(pod_spec(made[f"Deployment {name}-gc"])) == Resources(10, 128)
    assert "DaemonSet gpu-nvidia-device-plugin-gpu-feature-discovery" in made
    # The worker's default toleration fits the taint's value `present`, and no other.
    assert pod_spec(worker)["tolerations"][1] == {
        "key": "nvidia.com/gpu",
        "operator": "Equal",
        "value": "present",
        "effect": "NoSchedule",
    }


@pytest.mark.parametrize(
    ("gfd", "nfd", "present"),
    [(True, None, True), (False, None, False), (True, False, False), (False, True, True)],
)
def test_the_subchart_follows_its_own_switch_then_feature_discoverys(
    *, gfd: bool, nfd: bool | None, present: bool
) -> None:
    made = plugin(gfd={"enabled": gfd}, nfd={"enabled": nfd})
    assert any("node-feature-discovery" in title for title in made) is present


def test_what_the_release_sets_replaces_the_charts_own() -> None:
    made = plugin(
        tolerations=[TOLERATION],
        nodeSelector={"nvidia.com/gpu.present": "true"},
        resources={"requests": {"cpu": "50m"}},
        affinity={
            "nodeAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": []}
            }
        },
    )
    spec = pod_spec(made["DaemonSet gpu-nvidia-device-plugin"])
    assert spec["tolerations"] == [TOLERATION]
    assert spec["nodeSelector"] == {"nvidia.com/gpu.present": "true"}
    assert pod_requests(spec) == Resources(50)
    required = spec["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    assert required["nodeSelectorTerms"] == []


@pytest.mark.parametrize(
    "values",
    [
        {"config": {"map": {"shared": "sharing: {timeSlicing: {}}"}}},
        {"config": {"name": "mine"}},
        {"migStrategy": "mixed"},
        {"gfd": {"enabled": True}, "nfd": {"topologyUpdater": {"enable": True}}},
    ],
)
def test_what_would_change_gpus_or_pods_without_being_played_is_refused(
    values: Properties,
) -> None:
    with pytest.raises(ChartValueError):
        plugin(**values)


def test_the_default_namespace_is_refused_as_the_chart_refuses_it() -> None:
    with pytest.raises(ChartValueError, match="the chart refuses 'default'"):
        plugin_in("default", {})
    assert plugin_in("default", {"allowDefaultNamespace": True})


def test_the_exporter_runs_on_no_gpu_node_unless_it_is_told_to_tolerate_the_taint() -> None:
    keys = [item["key"] for item in pod_spec(exporter()["DaemonSet dcgm-exporter"])["tolerations"]]
    assert keys == ["node-role.kubernetes.io/control-plane"]


def test_the_exporters_requests_are_merged_as_helm_merges_maps() -> None:
    values: Properties = {"requests": {"memory": "256Mi"}, "limits": {"memory": "1Gi"}}
    spec = pod_spec(exporter(resources=values)["DaemonSet dcgm-exporter"])
    assert spec["containers"][0]["resources"] == {
        "requests": {"cpu": "100m", "memory": "256Mi"},
        "limits": {"cpu": "200m", "memory": "1Gi"},
    }


def test_a_service_monitor_is_declared_by_default_and_can_be_switched_off() -> None:
    on, off = exporter(), exporter(serviceMonitor={"enabled": False})
    assert on.keys() - off.keys() == {"ServiceMonitor dcgm-exporter"}
    monitor = on["ServiceMonitor dcgm-exporter"]
    assert monitor["apiVersion"] == "monitoring.coreos.com/v1"
    service = on["Service dcgm-exporter"]
    assert (
        monitor["spec"]["selector"]["matchLabels"].items() <= service["metadata"]["labels"].items()
    )


def test_every_pod_belongs_to_its_workloads_selector_and_account() -> None:
    made = plugin(gfd={"enabled": True}) | exporter()
    accounts = {
        body["metadata"]["name"] for body in made.values() if body["kind"] == "ServiceAccount"
    }
    for body in made.values():
        if body["kind"] not in ("DaemonSet", "Deployment"):
            continue
        template = body["spec"]["template"]
        selector = body["spec"]["selector"]["matchLabels"]
        assert selector.items() <= template["metadata"]["labels"].items()
        assert template["spec"]["serviceAccountName"] in accounts
        assert body["metadata"]["namespace"] == "gpu-system"


def test_a_release_name_that_makes_two_objects_one_is_refused() -> None:
    assert objects_of("nvidia-device-plugin", "0.20.0", "r" * 24, "gpu-system", {})
    with pytest.raises(ChartValueError, match="two objects would both be DaemonSet rrr"):
        objects_of("nvidia-device-plugin", "0.20.0", "r" * 53, "gpu-system", {})


def test_null_removes_a_default_and_lists_are_replaced() -> None:
    default: Properties = {"a": {"b": 1, "c": 2}, "d": [1, 2]}
    assert merged(default, {"a": {"b": None}, "d": [3]}) == {"a": {"c": 2}, "d": [3]}


json_values = st.recursive(
    st.integers() | st.text(max_size=3),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=6,
)
trees = st.dictionaries(st.sampled_from("abc"), json_values, max_size=3)


@given(trees, trees)
def test_what_is_set_wins_and_nothing_else_changes(default: Properties, values: Properties) -> None:
    joined = merged(default, values)
    flat = dict.fromkeys(leaf_paths(joined))
    assert all(path in flat for path in leaf_paths(values) if lookup(values, path) != {})
    assert merged(joined, values) == joined
    assert merged(default, {}) == default


@pytest.mark.parametrize(
    ("chart", "ours"),
    [
        ("nvidia-device-plugin", nvidia_device_plugin.default_values()),
        ("dcgm-exporter", dcgm_exporter.default_values()),
    ],
)
def test_the_value_tables_agree_with_the_offline_contracts(chart: str, ours: Properties) -> None:
    contract = CONTRACTS / f"{chart}.json"
    if not contract.exists():
        pytest.skip(f"{contract.name} of the offline contracts is not there")
    theirs = json.loads(contract.read_text(encoding="utf-8"))
    differing = {path for path, value in theirs["values"].items() if lookup(ours, path) != value}
    # The contract was taken at 4.8.2, the placeholder at 4.8.3.
    newer = {
        "arguments",
        "image.tag",
        "serviceMonitor.interval",
        "serviceMonitor.scrapeTimeout",
    }
    assert differing == (newer if chart == "dcgm-exporter" else set())


def test_a_table_is_not_changed_by_those_who_read_it() -> None:
    changed = defaults("dcgm-exporter")
    changed["resources"] = {}
    assert defaults("dcgm-exporter")["resources"] != {}


def test_objects_can_be_written_as_yaml() -> None:
    made = plugin(gfd={"enabled": True})
    assert yaml.safe_load(yaml.safe_dump(made)) == made


def lookup(values: Properties, path: str) -> Value:
    here: Value = values
    for part in path.split("."):
        if not isinstance(here, dict) or part not in here:
            return f"(no {path})"
        here = here[part]
    return here
