"""OpenCost: what it may read, whom it asks, who asks it, and what a stack without it has of it."""

import json
from typing import Any

import pytest

from components.observability import cost_values, names, quotas
from components.observability.cost import Cost
from components.observability.pages import pages
from components.observability.targets import KEPT_LABELS, required_targets
from components.secrets import PRICE_KEY
from infra.catalog import releases
from infra.cost.actual import opencost
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.layers import build
from infra.layers.platform_secrets import secrets_of
from infra.rehearsal.charts import ChartValueError, objects_of
from infra.spec.cloud import CloudProvider
from infra.spec.observed_cost import ObservedCostSpec
from infra.spec.stack import StackSpec
from tests.support.graphs import network_policies
from tests.unit.components import examples, examples_gcp
from tests.unit.components.makers_observability import monitoring_namespace
from tests.unit.rehearsal.charts.test_charts import by_title

MEASURED = {
    "observability": examples.OBSERVABILITY.model_copy(
        update={"cost": ObservedCostSpec(enabled=True)}
    )
}
AWS, GCP = examples.stack_spec(), examples_gcp.stack_spec()
each_cloud = pytest.mark.parametrize("cloud", [*CloudProvider])
each_stack = pytest.mark.parametrize("spec", [AWS, GCP], ids=["aws", "gcp"])


def values(cloud: CloudProvider) -> dict[str, Any]:
    return json.loads(json.dumps(cost_values.cost_values("aws-dev", cloud)))


def installed(cloud: CloudProvider) -> dict[str, dict]:
    version = releases.chart("opencost").version
    return by_title(objects_of("opencost", version, "opencost", "opencost", values(cloud)))


def container(cloud: CloudProvider) -> dict:
    (found,) = installed(cloud)["Deployment opencost"]["spec"]["template"]["spec"]["containers"]
    return found


def variables(cloud: CloudProvider) -> dict[str, Any]:
    return {one["name"]: one.get("value", one.get("valueFrom")) for one in container(cloud)["env"]}


def graph(cloud: CloudProvider) -> Graph:
    def program() -> None:
        Cost(
            "cost",
            platform=examples.PLATFORM,
            cloud=cloud,
            monitoring=monitoring_namespace(),
            store=examples.secret_store_ref(),
            kubernetes_version="1.35",
            opts=examples.with_kubernetes(),
        )

    return record_program(program, stack="aws-dev")


@each_cloud
def test_it_asks_the_platforms_own_prometheus(cloud: CloudProvider) -> None:
    address = "http://monitoring-prometheus.monitoring.svc.cluster.local:9090"

    assert variables(cloud)["PROMETHEUS_SERVER_ENDPOINT"] == address


@each_cloud
def test_it_says_nothing_a_second_time_that_kube_state_metrics_says(cloud: CloudProvider) -> None:
    """Rules join on `kube_pod_labels` and `kube_node_labels`: two of each would break the join."""
    said = variables(cloud)

    assert said["EMIT_KSM_V1_METRICS"] == said["EMIT_KSM_V1_METRICS_ONLY"] == "false"


def test_kube_state_metrics_keeps_the_labels_that_costs_are_told_apart_by() -> None:
    assert opencost.POOL in KEPT_LABELS["nodes"]
    assert opencost.MODEL in KEPT_LABELS["pods"]


@each_cloud
def test_it_has_no_page_for_people_and_no_server_for_agents(cloud: CloudProvider) -> None:
    found = installed(cloud)

    assert set(found) == {"ServiceAccount opencost", "Service opencost", "Deployment opencost"}
    assert found["Service opencost"]["spec"]["ports"] == [
        {"name": "http", "port": 9003, "targetPort": 9003}
    ]
    assert variables(cloud)["MCP_SERVER_ENABLED"] == "false"


@each_cloud
def test_the_pod_is_restricted_writes_into_empty_folders_and_fits_its_namespace(
    cloud: CloudProvider,
) -> None:
    pod = installed(cloud)["Deployment opencost"]["spec"]["template"]["spec"]
    one = container(cloud)

    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert one["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
    }
    empty = {volume["name"] for volume in pod["volumes"] if "emptyDir" in volume}
    assert {mount["mountPath"]: mount["name"] in empty for mount in one["volumeMounts"]} == {
        "/var/configs": True,
        "/tmp": True,  # noqa: S108 - a volume
    }
    assert one["resources"]["limits"] == {"memory": "1024Mi"}
    assert quotas.of_cost()["limits.memory"] == "2048Mi"
    assert quotas.of_cost()["pods"] == "2"


def test_the_image_is_held_by_its_digest() -> None:
    assert "@sha256:" in container(CloudProvider.AWS)["image"]


def test_the_key_of_googles_price_list_is_a_secret_and_in_no_value() -> None:
    key = variables(CloudProvider.GCP)[cost_values.KEY_VARIABLE]

    assert key == {"secretKeyRef": {"name": "google-price-key", "key": "key"}}
    assert cost_values.KEY_VARIABLE not in variables(CloudProvider.AWS)
    assert [one.name for one in graph(CloudProvider.AWS).resources if "price-key" in one.name] == []


@each_cloud
def test_it_reads_no_secret_and_the_configmaps_of_its_own_namespace_alone(
    cloud: CloudProvider,
) -> None:
    found = {
        item.type.rpartition(":")[2]: json.loads(json.dumps(item.inputs))["rules"]
        for item in graph(cloud).resources
        if item.type.endswith((":ClusterRole", ":Role"))
    }
    cluster = {kind for rule in found["ClusterRole"] for kind in rule["resources"]}

    assert {"nodes", "pods", "persistentvolumes"} < cluster
    assert not {"secrets", "configmaps", "*"} & cluster
    assert [rule["resources"] for rule in found["Role"]] == [["configmaps"]]
    verbs = {verb for rules in found.values() for rule in rules for verb in rule["verbs"]}
    assert verbs == {"get", "list", "watch"}


def _asked(rule: dict) -> str | None:
    for peer in rule.get("to", []):
        labels = peer.get("namespaceSelector", {}).get("matchLabels", {})
        if labels and "podSelector" not in peer:
            return labels["kubernetes.io/metadata.name"]
    return None


@each_cloud
def test_prometheus_lets_it_in_and_nobody_else_comes_to_it_by_this(cloud: CloudProvider) -> None:
    found = network_policies(graph(cloud))
    (rule,) = found["asked-by-opencost"]["ingress"]
    (peer,) = rule["from"]

    assert rule["ports"] == [{"port": 9090, "protocol": "TCP"}]
    assert found["asked-by-opencost"]["podSelector"]["matchLabels"] == names.PROMETHEUS_PODS
    assert peer["podSelector"]["matchLabels"] == names.OPENCOST_PODS
    assert "monitoring" in {_asked(one) for one in found["prices-and-prometheus"]["egress"]}
    assert "ingress" not in found["prices-and-prometheus"]


@each_stack
def test_a_stack_that_asks_for_it_measures_it_and_misses_it(spec: StackSpec) -> None:
    with_it = spec.model_copy(update=MEASURED)

    assert "opencost" in {one.job for one in pages(with_it)}
    assert "opencost" in {one.job for one in required_targets(with_it)}
    assert (PRICE_KEY in secrets_of(with_it)) is (spec is GCP)


@each_stack
def test_a_stack_that_does_not_ask_for_it_has_nothing_of_it(spec: StackSpec) -> None:
    def found(of: StackSpec) -> list[str]:
        recorded = record_program(lambda: build(of), stack=of.name)
        return [item.name for item in recorded.resources if "opencost" in str(item.inputs)]

    assert found(spec) == []
    assert "cost-opencost" in found(spec.model_copy(update=MEASURED))


@pytest.mark.parametrize(
    ("section", "reason"),
    [
        ({"opencost": {"ui": {"enabled": True}}}, r"ui\.enabled"),
        ({"rbac": {"enabled": True}}, r"rbac\.enabled"),
        ({"opencost": {"exporter": {"cloudProviderApiKey": "k"}}}, "cloudProviderApiKey"),
        ({"service": {"type": "LoadBalancer"}}, r"service\.type"),
        ({"opencost": {"exportr": {}}}, "the chart has no such value"),
    ],
)
def test_the_chart_is_refused_where_nobody_knows_what_it_would_run(
    section: dict[str, Any], reason: str
) -> None:
    version = releases.chart("opencost").version
    off = {"rbac": {"enabled": False}, "opencost": {"ui": {"enabled": False}}}
    wanted = {**off, **section}
    wanted["opencost"] = {
        "mcp": {"enabled": False},
        "ui": {"enabled": False},
        **wanted["opencost"],
    }

    with pytest.raises(ChartValueError, match=reason):
        objects_of("opencost", version, "opencost", "opencost", wanted)
