"""Logs in the cloud's own store: the way there, and the net before it."""

import json
import re

import pytest

from components.observability import logs_alloy, logs_cloud
from components.observability.logs import Logs
from components.observability.logs_cloud import CloudStore
from components.observability.rules.logs import CLOUD_COMPONENT, log_alerts
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.spec.cloud import CloudProvider
from infra.spec.logs import ElasticsearchSpec, LogStore
from tests.support.graphs import network_policies
from tests.unit.components import examples
from tests.unit.components.makers_observability import SOURCES, monitoring_namespace

LOGS = examples.OBSERVABILITY.logs.model_copy(update={"store": LogStore.CLOUD})
ELASTIC = ElasticsearchSpec(url="https://elastic.example.com:9200/_otlp")
CLUSTER = "tokenworks-aws-dev"
AWS = CloudStore(CloudProvider.AWS, "us-east-1", None, CLUSTER, logs_cloud.log_group(CLUSTER))
GCP = CloudStore(
    CloudProvider.GCP,
    "us-central1",
    "example-llm-dev",
    "tokenworks-gcp-dev",
    logs_cloud.log_name("tokenworks-gcp-dev"),
)
each_cloud = pytest.mark.parametrize("store", [AWS, GCP], ids=["aws", "gcp"])


def graph(store: CloudStore) -> Graph:
    def program() -> None:
        Logs(
            "logs",
            LOGS,
            sources=SOURCES,
            bucket=None,
            cloud=store.provider,
            namespace=monitoring_namespace(),
            store=examples.secret_store_ref(),
            cloud_store=store,
            opts=examples.with_kubernetes(),
        )

    return record_program(program, stack="aws-dev")


@each_cloud
def test_loki_is_left_out_and_alloy_reaches_the_store_and_its_credentials(
    store: CloudStore,
) -> None:
    made = graph(store)
    (policy,) = network_policies(made).values()
    address = {CloudProvider.AWS: "169.254.170.23/32", CloudProvider.GCP: "169.254.169.254/32"}

    assert [item.name for item in made.of_type("Release")] == ["logs-alloy"]
    assert policy["podSelector"]["matchLabels"] == logs_alloy.PODS
    https, credentials = policy["egress"]
    assert https == {"ports": [{"port": 443, "protocol": "TCP"}]}
    assert credentials["to"] == [{"ipBlock": {"cidr": address[store.provider]}}]


@each_cloud
def test_what_may_hold_a_prompt_is_dropped_before_it_leaves_the_cluster(store: CloudStore) -> None:
    text = logs_alloy.configuration(LOGS, SOURCES, store)
    process = text.split('loki.process "pods"')[1]

    assert json.dumps(logs_alloy.PROMPTS) in process
    assert f"forward_to = [{logs_cloud.OUTPUT}]" in process
    assert text.count(logs_cloud.OUTPUT) == 1
    assert "loki.write" not in text


@each_cloud
def test_the_chart_finds_no_template_in_the_configuration(store: CloudStore) -> None:
    text = logs_alloy.configuration(LOGS, SOURCES, store)

    assert "{{" not in text
    assert "}}" not in text
    assert text.count("{") == text.count("}")


@each_cloud
def test_each_part_hands_on_to_one_that_is_there(store: CloudStore) -> None:
    text = logs_alloy.configuration(LOGS, SOURCES, store)
    heads = re.findall(r'^(\S+) "(\S+)" \{', text, re.MULTILINE)
    parts = {f"{kind}.{label}" for kind, label in heads}
    named = set(
        re.findall(r"\b((?:loki|otelcol)\.[a-z0-9_.]+)\.(?:receiver|input|handler)\b", text)
    )

    assert named
    assert named <= parts


def test_cloudwatch_is_told_group_and_stream_and_asked_with_the_pods_own_role() -> None:
    text = logs_alloy.configuration(LOGS, SOURCES, AWS)

    assert 'endpoint = "https://logs.us-east-1.amazonaws.com"' in text
    assert '"x-aws-log-group"  = "/aws/eks/tokenworks-aws-dev/pods"' in text
    assert '"x-aws-log-stream" = "tokenworks-aws-dev"' in text
    assert 'region  = "us-east-1"\n  service = "logs"' in text
    assert "extraArgs" not in logs_alloy.alloy_values(LOGS, SOURCES, AWS)["alloy"]  # ty: ignore[unsupported-operator] - a mapping


def test_an_entry_of_cloud_logging_names_cluster_pod_and_container_as_gkes_own_do() -> None:
    text = logs_alloy.configuration(LOGS, SOURCES, GCP)
    said = re.findall(r'^ +("set.*"),$', text, re.MULTILINE)

    assert [json.loads(one) for one in said] == [
        'set(resource.attributes["k8s.cluster.name"], "tokenworks-gcp-dev")',
        'set(resource.attributes["cloud.region"], "us-central1")',
        'set(resource.attributes["k8s.namespace.name"], attributes["namespace"])',
        'set(resource.attributes["k8s.pod.name"], attributes["pod"])',
        'set(resource.attributes["k8s.container.name"], attributes["container"])',
    ]
    assert 'project = "example-llm-dev"' in text
    assert 'default_log_name = "tokenworks-gcp-dev-pods"' in text
    # Alloy refuses the exporter without it.
    values = json.loads(json.dumps(logs_alloy.alloy_values(LOGS, SOURCES, GCP)))
    assert values["alloy"]["extraArgs"] == ["--feature.community-components.enabled"]


@each_cloud
def test_a_request_is_smaller_than_what_a_store_takes_and_a_full_queue_waits(
    store: CloudStore,
) -> None:
    text = logs_alloy.configuration(LOGS, SOURCES, store)
    (most,) = re.findall(r"max_size +=\s(\d+)", text)

    assert int(most) <= 1_048_576  # PutLogEvents
    assert text.count('sizer             = "bytes"') == text.count('sizer         = "bytes"') == 1
    assert "block_on_overflow = true" in text


def test_elasticsearch_gets_the_same_lines_beside_the_cloud() -> None:
    both = LOGS.model_copy(update={"elasticsearch": ELASTIC})
    text = logs_alloy.configuration(both, SOURCES, AWS)

    assert (
        f"forward_to = [{logs_cloud.OUTPUT}, otelcol.receiver.loki.elasticsearch.receiver]" in text
    )


@each_cloud
def test_alerts_ask_for_what_the_one_exporter_counts(store: CloudStore) -> None:
    spec = examples.OBSERVABILITY.model_copy(update={"logs": LOGS})
    found = log_alerts(spec)
    component = re.findall(r'(otelcol\.exporter\.\w+) "cloud"', logs_cloud.way(store))
    (pattern,) = re.findall(r'component_id=~"(.*)"', CLOUD_COMPONENT)

    assert [one.alert for one in found] == ["LogsStopped", "LogLinesLost"]
    assert all(CLOUD_COMPONENT in one.expr for one in found)
    assert re.fullmatch(pattern.replace("\\\\", "\\"), f"{component[0]}.cloud")
    assert not re.fullmatch(
        pattern.replace("\\\\", "\\"), "otelcol.exporter.otlphttp.elasticsearch"
    )
