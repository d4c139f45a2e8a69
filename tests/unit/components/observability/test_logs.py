"""Logs: which lines are read, what is kept of them, and by whom."""

import json
import re
from typing import Any

import pytest

from components.observability import logs_alloy, logs_loki
from components.observability.logs import Logs
from components.observability.logs_sources import sources
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.spec.cloud import CloudProvider
from infra.spec.files import load_stack_file
from infra.spec.logs import ElasticsearchSpec, LogsSpec, LogStore
from tests.support.graphs import network_policies
from tests.support.manifests import pods_of
from tests.unit.components import examples
from tests.unit.components.makers_observability import (
    KEPT,
    SOURCES,
    logs_bucket,
    monitoring_namespace,
)

LOGS = examples.OBSERVABILITY.logs
ELASTIC = ElasticsearchSpec(url="https://elastic.example.com:9200/_otlp")
BOTH = LOGS.model_copy(update={"elasticsearch": ELASTIC})
ELASTIC_ALONE = BOTH.model_copy(update={"store": LogStore.NONE})
SAID = (
    # What vLLM's source writes with --enable-log-requests, -outputs, and VLLM_LOGGING_LEVEL=DEBUG.
    "Received request chatcmpl-1: prompt: 'who am I', params: SamplingParams(n=1), prompt_tok",
    "INFO 11-27 10:00:00 [logger.py:40] Received request cmpl-2-0: params: SamplingParams(n=1)",
    "DEBUG Request cmpl-2 details: prompt: 'who am I', prompt_token_ids: [1, 2], prompt_embeds",
    "Generated response cmpl-2: output: 'you are', output_token_ids: [3], finish_reason: stop",
    '{"model": "qwen", "messages": [{"role": "user", "content": "who am I"}]}',
    "1 validation error: [type=list_type, input_value='who am I', input_type=str]",
    "[{'type': 'missing', 'loc': ('body', 'model'), 'msg': 'Field required', 'input': {'a': 1}}]",
)
USUAL = (
    "Engine 000: Avg prompt throughput: 10.0 tokens/s, Running: 1 reqs, GPU KV cache usage: 0.1%",
    'INFO:     10.0.3.4:55264 - "POST /v1/chat/completions HTTP/1.1" 200 OK',
    "vllm.engine.arg_utils: enable_prompt_tokens_details=True, enable_prompt_embeds=False",
    "ERROR EngineCore died: CUDA out of memory. Tried to allocate 2.00 GiB",
    '{"level":"info","msg":"received updates from the API server"}',
)


def graph(spec: LogsSpec = LOGS, cloud: CloudProvider = CloudProvider.AWS) -> Graph:
    def program() -> None:
        Logs(
            "logs",
            spec,
            sources=SOURCES,
            bucket=logs_bucket() if spec.has_loki else None,
            cloud=cloud,
            namespace=monitoring_namespace(),
            store=examples.secret_store_ref(),
            opts=examples.with_kubernetes(),
        )

    return record_program(program, stack="aws-dev")


def values(spec: LogsSpec = LOGS) -> dict[str, Any]:
    return json.loads(json.dumps(logs_alloy.alloy_values(spec, SOURCES)))


def dropped(line: str) -> bool:
    """Say whether the expression of the configuration itself finds something in a line."""
    text = logs_alloy.configuration(LOGS, SOURCES)
    (found,) = re.findall(r'expression +=\s+("(?:[^"\\]|\\.)*")', text)
    return re.search(json.loads(found), line) is not None


@pytest.mark.parametrize("line", SAID)
def test_a_line_that_may_hold_what_a_user_wrote_is_not_kept(line: str) -> None:
    assert dropped(line)


@pytest.mark.parametrize("line", USUAL)
def test_what_servers_say_on_any_day_is_kept(line: str) -> None:
    assert not dropped(line)


def test_lines_are_dropped_before_they_go_anywhere() -> None:
    text = logs_alloy.configuration(BOTH, SOURCES)
    reads = text.split('loki.source.kubernetes "pods"')[1].split("}")[0]
    process = text.split('loki.process "pods"')[1]

    assert "forward_to = [loki.process.pods.receiver]" in reads
    assert text.count("loki.process.pods.receiver") == 1
    first, second = "loki.write.loki.receiver", "otelcol.receiver.loki.elasticsearch.receiver"
    assert f"forward_to = [{first}, {second}]" in process
    assert text.count(first) == text.count(second) == 1


@pytest.mark.parametrize("stack", ["aws-dev", "aws-staging", "gcp-prod-models"])
def test_no_model_server_is_told_to_print_requests(stack: str) -> None:
    servers = [pod for pod in pods_of(stack) if pod.owner.namespace == "models"]
    text = json.dumps([[*pod.containers] for pod in servers])

    assert "--max-model-len" in text
    assert "log-requests" not in text
    assert "log-outputs" not in text
    assert "VLLM_LOGGING_LEVEL" not in text


def test_a_stream_is_named_by_what_there_are_few_of() -> None:
    text = logs_alloy.configuration(LOGS, SOURCES)
    kept = json.loads(re.findall(r"label_keep \{\n +values = (\[.*\])", text)[0])

    assert kept == ["cluster", "namespace", "app", "container", "model"]
    assert 'stage.structured_metadata {\n    values = { pod = "", node = "" }' in text
    # Metadata is taken from labels, so that must come before the labels go.
    assert text.index("stage.structured_metadata") < text.index("stage.label_keep")


def test_the_chart_finds_no_template_in_the_configuration() -> None:
    assert "{{" not in logs_alloy.configuration(BOTH, SOURCES)
    assert "}}" not in logs_alloy.configuration(BOTH, SOURCES)


def test_alloy_reads_pods_of_named_namespaces_and_may_do_nothing_else() -> None:
    found = values()["rbac"]

    assert found["namespaces"] == list(SOURCES.namespaces)
    assert found["clusterRules"] == []
    assert found["rules"] == [
        {"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list", "watch"]},
        {"apiGroups": [""], "resources": ["pods/log"], "verbs": ["get"]},
    ]


def test_what_tenants_run_is_read_by_nobody() -> None:
    spec = load_stack_file("aws-prod")
    found = sources(spec).namespaces

    assert {"models", "gateway", "monitoring", "vector-store", "kube-system"} <= set(found)
    assert not [name for name in found if name.startswith("tenant-")]
    assert "kube-system" not in sources(load_stack_file("gcp-prod")).namespaces


def test_alloy_is_no_root_and_sees_no_file_of_its_node() -> None:
    found = values()

    assert found["global"]["podSecurityContext"]["runAsNonRoot"]
    assert found["alloy"]["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert found["controller"]["volumes"]["extra"] == [
        {"name": "storage", "emptyDir": {"sizeLimit": "256Mi"}}
    ]


def test_the_key_of_elasticsearch_is_in_no_configuration() -> None:
    made = graph(BOTH)
    text = logs_alloy.configuration(BOTH, SOURCES)

    assert 'Authorization = "ApiKey " + sys.env("ELASTIC_API_KEY")' in text
    assert 'endpoint = "https://elastic.example.com:9200/_otlp"' in text
    (variable,) = values(BOTH)["alloy"]["extraEnv"]
    assert variable["valueFrom"]["secretKeyRef"] == {
        "name": "logs-elasticsearch",
        "key": "api-key",
    }
    (rule,) = network_policies(made)["logs-elasticsearch"]["egress"]
    assert rule == {"ports": [{"port": 9200, "protocol": "TCP"}]}


def test_elasticsearch_may_be_the_only_place() -> None:
    made = graph(ELASTIC_ALONE)

    assert [item.name for item in made.of_type("Release")] == ["logs-alloy"]
    assert "loki.write" not in logs_alloy.configuration(ELASTIC_ALONE, SOURCES)


def test_loki_deletes_after_the_days_that_the_stack_says() -> None:
    loki: dict[str, Any] = json.loads(json.dumps(logs_loki.loki_values(LOGS, KEPT)))["loki"]

    assert loki["limits_config"]["retention_period"] == "720h"
    assert loki["compactor"] == {"retention_enabled": True, "delete_request_store": "s3"}
    assert loki["storage"]["bucketNames"] == {"chunks": "logs-bucket"}


@pytest.mark.parametrize(("replicas", "copies"), [(1, 1), (3, 3), (5, 3)])
def test_a_line_is_on_as_many_servers_as_outlive_the_loss_of_one(
    replicas: int, copies: int
) -> None:
    spec = LOGS.model_copy(update={"replicas": replicas})
    found: dict[str, Any] = json.loads(json.dumps(logs_loki.loki_values(spec, KEPT)))

    assert found["loki"]["commonConfig"] == {"replication_factor": copies}
    assert found["singleBinary"]["replicas"] == replicas


def test_loki_reaches_its_bucket_and_has_no_token_of_the_api_server() -> None:
    made = graph()

    assert network_policies(made).keys() == {"logs-bucket"}
    account = made.named("logs-account", "ServiceAccount").inputs
    assert account["automountServiceAccountToken"] is False
