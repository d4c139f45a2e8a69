"""Tempo, who may send it what, and what those who send are told."""

import json
from typing import Any

import pulumi
import pytest

from components.handles import TracesRef
from components.kubernetes import gateway_objects
from components.observability import metrics_values, names, quotas, tempo_values
from components.observability.traces import Traces
from components.serving import vllm
from infra.catalog import releases
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.rehearsal.charts import objects_of
from infra.spec.cloud import CloudProvider
from infra.spec.traces import TracesSpec
from tests.support.graphs import network_policies
from tests.unit.components import examples, makers_observability
from tests.unit.rehearsal.charts.test_charts import by_title

TRACES = makers_observability.TRACES
each_cloud = pytest.mark.parametrize("cloud", [*CloudProvider])


def values(cloud: CloudProvider, spec: TracesSpec = TRACES) -> dict[str, Any]:
    at = tempo_values.Surroundings(cloud=cloud, region="us-east-1", bucket="the-bucket")
    return json.loads(json.dumps(tempo_values.tempo_values(spec, at)))


def installed(cloud: CloudProvider) -> dict[str, dict]:
    pinned = releases.chart("tempo")
    return by_title(objects_of("tempo", pinned.version, "tempo", "traces", values(cloud)))


def graph(cloud: CloudProvider = CloudProvider.AWS) -> Graph:
    def program() -> None:
        Traces(
            "traces",
            TRACES,
            cloud=cloud,
            bucket=TracesRef(bucket=pulumi.Output.from_input("b"), region="us-east-1"),
            kubernetes_version="1.35",
            opts=examples.with_kubernetes(),
        )

    return record_program(program, stack="aws-dev")


def test_blocks_lie_in_the_clouds_bucket_and_no_key_to_it_is_anywhere() -> None:
    aws = values(CloudProvider.AWS)["tempo"]["storage"]["trace"]
    gcp = values(CloudProvider.GCP)["tempo"]["storage"]["trace"]

    assert aws == {
        "backend": "s3",
        "s3": {
            "bucket": "the-bucket",
            "endpoint": "s3.us-east-1.amazonaws.com",
            "region": "us-east-1",
        },
    }
    assert gcp == {"backend": "gcs", "gcs": {"bucket_name": "the-bucket"}}
    assert "access_key" not in json.dumps([aws, gcp])


def test_traces_are_kept_as_long_as_the_stack_says() -> None:
    week = TRACES.model_copy(update={"retention_days": 7})

    assert values(CloudProvider.AWS, week)["tempo"]["retention"] == "168h"


@each_cloud
def test_the_pod_is_restricted_and_fits_its_namespace(cloud: CloudProvider) -> None:
    spec = installed(cloud)["StatefulSet tempo"]["spec"]["template"]["spec"]
    (container,) = spec["containers"]

    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
    }
    assert spec["automountServiceAccountToken"] is False
    assert spec["serviceAccountName"] == names.TEMPO
    assert container["resources"]["limits"] == {"memory": "1024Mi"}
    assert quotas.of_traces(TRACES)["limits.memory"] == "2048Mi"


def test_what_is_not_yet_in_the_bucket_has_somewhere_to_be() -> None:
    spec = installed(CloudProvider.AWS)["StatefulSet tempo"]["spec"]["template"]["spec"]
    (container,) = spec["containers"]
    mounted = {one["mountPath"]: one["name"] for one in container["volumeMounts"]}
    volumes = {one["name"]: one for one in spec["volumes"]}

    assert volumes[mounted["/var/tempo"]]["emptyDir"] == {"sizeLimit": "10Gi"}
    assert values(CloudProvider.AWS)["tempo"]["ingester"] == {"flush_all_on_shutdown": True}


@each_cloud
def test_spans_come_from_proxies_and_servers_and_nothing_else_does(cloud: CloudProvider) -> None:
    found = network_policies(graph(cloud))
    let_in = {
        (
            rule["from"][0]["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"],
            rule["ports"][0]["port"],
        )
        for policy in found.values()
        for rule in policy.get("ingress", [])
    }

    assert let_in == {("gateway", 4317), ("models", 4317), ("monitoring", 3200)}


def test_the_address_that_senders_are_told_is_that_of_the_service() -> None:
    service = installed(CloudProvider.AWS)["Service tempo"]["spec"]
    told = vllm.tracing_arguments(TRACES)

    assert {"name": "grpc-tempo-otlp", "port": 4317, "protocol": "TCP", "targetPort": 4317} in (
        service["ports"]
    )
    assert told == ["--otlp-traces-endpoint=http://tempo.traces.svc.cluster.local:4317"]


def test_a_server_keeps_to_what_the_gateway_drew_and_draws_for_whoever_comes_past_it() -> None:
    tenth = TRACES.model_copy(update={"sample_percent": 10.0})
    said = vllm.tracing_environment(examples.MODEL, tenth)

    assert said["OTEL_TRACES_SAMPLER"] == "parentbased_traceidratio"
    assert said["OTEL_TRACES_SAMPLER_ARG"] == "0.1"


def test_a_server_that_follows_nobody_is_started_as_before() -> None:
    assert vllm.tracing_arguments(None) == []
    assert vllm.tracing_environment(examples.MODEL, None) == {}


@pytest.mark.parametrize(
    ("percent", "parts"), [(0.01, 1), (1.0, 100), (12.5, 1250), (100.0, 10000)]
)
def test_proxies_draw_the_share_that_the_stack_says_whatever_a_caller_asks(
    percent: float, parts: int
) -> None:
    said = gateway_objects.tracing(TRACES.model_copy(update={"sample_percent": percent}))
    sampler = json.loads(json.dumps(said))["provider"]["openTelemetry"]["sampler"]

    assert sampler == {
        # Not `ParentBased…`: a caller would decide.
        "type": "TraceIdRatio",
        "samplingPercentage": {"numerator": parts, "denominator": 10000},
    }


def test_grafana_knows_tempo_only_where_there_is_one() -> None:
    def sources(traces: TracesSpec) -> list[dict]:
        spec = examples.OBSERVABILITY.model_copy(update={"traces": traces})
        chart = metrics_values.metrics_values(spec, makers_observability.AT)
        every = json.loads(json.dumps(chart))["grafana"]["additionalDataSources"]
        return [source for source in every if source["name"] != "Loki"]

    assert sources(TRACES.model_copy(update={"enabled": False})) == []
    (tempo,) = sources(TRACES)
    assert tempo["url"] == "http://tempo.traces.svc.cluster.local:3200"
    assert tempo["type"] == "tempo"
