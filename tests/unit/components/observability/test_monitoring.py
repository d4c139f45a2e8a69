"""Prometheus, Alertmanager and Grafana: their release, and what surrounds it."""

import json
from dataclasses import replace
from typing import Any

import pulumi
import pytest

from components.handles import MetricsRef
from components.observability import metrics_values as values
from components.observability import names
from components.observability.monitoring import Monitoring
from components.observability.targets import KEPT_LABELS
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.spec.cloud import CloudProvider
from infra.spec.environment import Environment
from infra.spec.observability import (
    AdaptedSpec,
    EmailSpec,
    MetricsSpec,
    ObservabilitySpec,
    RemoteWriteSpec,
    SlackSpec,
    Wanted,
)
from tests.support.graphs import network_policies
from tests.unit.components import examples, makers_observability

AT = makers_observability.AT
SLACK = examples.OBSERVABILITY.model_copy(
    update={"slack": SlackSpec(channel=None, alerts=Wanted.ALL)}
)
REMOTE = examples.OBSERVABILITY.model_copy(
    update={"remote_write": RemoteWriteSpec(url="https://m.example.com/push", token=True)}
)


MANAGED = examples.OBSERVABILITY.model_copy(
    update={"metrics": examples.OBSERVABILITY.metrics.model_copy(update={"managed": True})}
)
STORE = MetricsRef(pulumi.Output.from_input("ws-1"), "us-east-1")


def chart(
    spec: ObservabilitySpec = examples.OBSERVABILITY, environment: Environment = Environment.DEV
) -> dict[str, Any]:
    at = replace(AT, environment=environment)
    return json.loads(json.dumps(values.metrics_values(spec, at)))


def graph(spec: ObservabilitySpec = examples.OBSERVABILITY) -> Graph:
    def program() -> None:
        Monitoring(
            "monitoring",
            spec,
            at=AT,
            cloud=CloudProvider.AWS,
            ports=[("models", 8000), ("models", 8000), ("gateway", 19001)],
            store=examples.secret_store_ref(),
            kubernetes_version="1.35",
            opts=examples.with_kubernetes(),
        )

    return record_program(program, stack="aws-dev")


def test_nobody_chose_the_password_of_grafana_and_the_chart_has_none() -> None:
    admin = chart()["grafana"]["admin"]
    pushed = graph().named("monitoring-grafana-admin-push").inputs

    assert admin["existingSecret"] == values.GRAFANA_SECRET
    assert "adminPassword" not in json.dumps(chart())
    assert '"generatorRef"' in json.dumps(pushed)


def test_grafana_knows_its_user_beside_the_drawn_password() -> None:
    spec = json.loads(json.dumps(graph().named("monitoring-grafana-admin-external").inputs))["spec"]

    assert spec["target"]["template"]["data"] == {"admin-user": "admin"}
    assert spec["target"]["template"]["mergePolicy"] == "Merge"
    assert [one["secretKey"] for one in spec["data"]] == ["admin-password"]


def test_no_rule_and_no_dashboard_of_the_charts_own_is_installed() -> None:
    found = chart()

    assert found["defaultRules"] == {"create": False}
    assert found["grafana"]["defaultDashboardsEnabled"] is False


def test_prometheus_reads_monitors_and_rules_of_our_namespaces_alone() -> None:
    spec = chart()["prometheus"]["prometheusSpec"]

    for kind in ("serviceMonitor", "podMonitor", "rule", "probe", "scrapeConfig"):
        assert spec[f"{kind}SelectorNilUsesHelmValues"] is False
        (rule,) = spec[f"{kind}NamespaceSelector"]["matchExpressions"]
        of_models = ["models"] if kind == "rule" else []
        assert rule["values"] == [names.NAMESPACE, names.NODE_NAMESPACE, *of_models]


def test_samples_go_before_the_disk_is_full() -> None:
    metrics = MetricsSpec(
        replicas=2, cpu=1, memory_gib=2, retention_days=30, storage_gib=100, managed=False
    )
    spec = chart(examples.OBSERVABILITY.model_copy(update={"metrics": metrics}))["prometheus"]

    claim = spec["prometheusSpec"]["storageSpec"]["volumeClaimTemplate"]["spec"]
    assert spec["prometheusSpec"]["retention"] == "30d"
    assert claim["resources"]["requests"]["storage"] == "100Gi"
    assert int(spec["prometheusSpec"]["retentionSize"].removesuffix("B")) == 90 * 1024**3
    assert spec["podDisruptionBudget"] == {"enabled": True}


def test_production_has_two_that_tell_people_and_others_one() -> None:
    for environment, count in ((Environment.PROD, 2), (Environment.DEV, 1)):
        found = chart(environment=environment)["alertmanager"]
        assert found["alertmanagerSpec"]["replicas"] == count
        assert found["podDisruptionBudget"]["enabled"] is (count > 1)


def test_what_could_list_secrets_does_not() -> None:
    assert {"secrets", "configmaps"} <= {*chart()["kube-state-metrics"]["collectorsExclude"]}


def test_node_labels_that_rules_and_costs_use_are_asked_for() -> None:
    kept = dict(
        one.removesuffix("]").split("=[")
        for one in chart()["kube-state-metrics"]["metricLabelsAllowlist"]
    )

    for label in ("node.kubernetes.io/instance-type", "eks.amazonaws.com/capacityType"):
        assert label in kept["nodes"]
    assert "tokenworks.dev/model" in kept["pods"]
    assert kept.keys() == KEPT_LABELS.keys()


def test_ways_to_people_are_optional_files_of_alertmanager() -> None:
    spec = chart(SLACK)["alertmanager"]["alertmanagerSpec"]

    assert spec["volumes"][0]["secret"]["optional"] is True
    assert spec["volumeMounts"][0]["readOnly"] is True
    assert "volumes" not in chart()["alertmanager"]["alertmanagerSpec"]


def test_alertmanager_reaches_people_only_where_there_are_any() -> None:
    email = EmailSpec(
        to="a@example.com",
        sender="b@example.com",
        smarthost="smtp.example.com:2525",
        username=None,
        alerts=Wanted.ALL,
    )
    mail = SLACK.model_copy(update={"email": email})
    ways = network_policies(graph(mail))["receivers"]
    ports = [port["port"] for rule in ways["egress"] for port in rule["ports"]]

    assert "receivers" not in network_policies(graph())
    assert ports == [443, 2525]
    assert ways["podSelector"] == {"matchLabels": names.ALERTMANAGER_PODS}


def test_alertmanager_reaches_an_adapter_in_the_cluster_only_where_one_is_asked_for() -> None:
    adapted = examples.OBSERVABILITY.model_copy(update={"feishu": AdaptedSpec(alerts=Wanted.ALL)})
    _, rule = network_policies(graph(adapted))["receivers"]["egress"]

    assert [port["port"] for port in rule["ports"]] == [8080]
    assert rule["to"][0]["namespaceSelector"]["matchLabels"] == {
        "kubernetes.io/metadata.name": "alert-adapter"
    }
    assert len(network_policies(graph(SLACK))["receivers"]["egress"]) == 1


def test_prometheus_reaches_each_port_once_and_https_only_to_write() -> None:
    def ports(spec: ObservabilitySpec) -> list[list[int]]:
        ways = network_policies(graph(spec))["measured"]["egress"]
        return [[port["port"] for port in rule["ports"]] for rule in ways]

    assert ports(examples.OBSERVABILITY) == [[10250, 9100], [19001], [8000]]
    assert ports(REMOTE) == [[10250, 9100], [19001], [8000], [443]]


def test_prometheus_signs_what_it_writes_to_a_store_of_aws_with_its_own_role() -> None:
    at = replace(AT, managed=STORE)
    found: list[dict[str, Any]] = []

    def program() -> None:
        written = values.metrics_values(MANAGED, at)
        pulumi.Output.from_input(written).apply(lambda said: found.append(dict(said)))

    record_program(program, stack="aws-dev")
    spec = found[0]["prometheus"]["prometheusSpec"]
    (write,) = spec["remoteWrite"]
    assert spec["podMetadata"]["annotations"], "one that runs already would have no role"
    assert write == {
        "url": "https://aps-workspaces.us-east-1.amazonaws.com/workspaces/ws-1/api/v1/remote_write",
        "sigv4": {"region": "us-east-1"},
    }
    assert not {"remoteWrite", "podMetadata"} & chart()["prometheus"]["prometheusSpec"].keys()
    # Two servers write the same: the store keeps what one of a cluster's replicas says.
    assert spec["replicaExternalLabelName"] == "__replica__"
    assert spec["externalLabels"]["cluster"] == AT.platform
    assert "cluster" not in chart()["prometheus"]["prometheusSpec"]["externalLabels"]


def test_prometheus_reaches_the_store_and_what_hands_it_the_credentials() -> None:
    *_measured, https, credentials = network_policies(graph(MANAGED))["measured"]["egress"]

    assert https == {"ports": [{"port": 443, "protocol": "TCP"}]}
    assert credentials["to"] == [{"ipBlock": {"cidr": "169.254.170.23/32"}}]


def test_a_token_of_another_store_is_named_and_waited_for() -> None:
    (write,) = chart(REMOTE)["prometheus"]["prometheusSpec"]["remoteWrite"]
    waits = graph(REMOTE).named("monitoring-remote-write-token-external").inputs["metadata"]

    assert write == {
        "url": "https://m.example.com/push",
        "authorization": {"credentials": {"name": "remote-write-token", "key": "token"}},
    }
    assert "condition=Ready" in json.dumps(waits)


@pytest.mark.parametrize("kind", ["Prometheus", "Alertmanager"])
def test_two_of_a_kind_are_never_on_one_node(kind: str) -> None:
    spec = chart()[kind.lower()][f"{kind.lower()}Spec"]

    assert spec["podAntiAffinity"] == "hard"
