"""Logs in the cloud's own store, in the layers: what keeps them below, and Alloy's right first."""

import pytest

from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.layers import build
from infra.spec.environment import Layer
from infra.spec.logs import LogStore
from infra.spec.stack import StackSpec
from infra.wire import Properties
from tests.support.graphs import upstream
from tests.unit.components import examples, examples_gcp

IN_CLOUD = {
    "observability": examples.OBSERVABILITY.model_copy(
        update={"logs": examples.OBSERVABILITY.logs.model_copy(update={"store": LogStore.CLOUD})}
    )
}
AWS = examples.stack_spec().model_copy(update=IN_CLOUD)
GCP = examples_gcp.stack_spec().model_copy(update=IN_CLOUD)
MADE = {
    AWS.name: {"aws-dev-pod-logs-stream", "aws-dev-alloy-association", "aws-dev-alloy-role-grants"},
    GCP.name: {"gcp-dev-pod-logs-sink", "gcp-dev-pod-logs-writes-logs"},
}
each_cloud = pytest.mark.parametrize("spec", [AWS, GCP], ids=["aws", "gcp"])


def record(spec: StackSpec, references: dict[str, Properties] | None = None) -> Graph:
    return record_program(lambda: build(spec), stack=spec.name, references=references)


@each_cloud
def test_alloy_starts_once_it_may_write_and_there_is_neither_loki_nor_its_bucket(
    spec: StackSpec,
) -> None:
    graph = record(spec)
    names = {item.name for item in graph.resources}

    assert upstream(graph, "logs-alloy") >= MADE[spec.name]
    assert not [name for name in names if "loki" in name or "log-store" in name]
    assert "logsBucket" not in graph.outputs


@each_cloud
def test_a_platform_of_its_own_writes_to_the_store_of_the_stack_below(spec: StackSpec) -> None:
    below = record(spec.model_copy(update={"layers": (Layer.FOUNDATION,)}))
    above = spec.model_copy(
        update={"name": "above", "extends": spec.name, "layers": (Layer.PLATFORM,)}
    )
    graph = record(above, {f"organization/tokenworks/{spec.name}": below.outputs})

    assert {item.name for item in below.resources} >= MADE[spec.name]
    assert f"tokenworks-{spec.name}" in str(graph.named("logs-alloy", "Release").inputs)


def test_the_key_lets_cloudwatch_encrypt_the_group_and_an_endpoint_leads_to_it() -> None:
    network = examples.NETWORK.model_copy(update={"interface_endpoints": True})
    graph = record(AWS.model_copy(update={"network": network}))

    assert "/aws/eks/tokenworks-aws-dev/pods" in str(graph.named("aws-dev-encryption-key").inputs)
    assert graph.named("aws-dev-network-endpoints-logs")


def test_where_loki_keeps_them_none_of_it_is_there() -> None:
    for spec in (examples.stack_spec(), examples_gcp.stack_spec()):
        names = {item.name for item in record(spec).resources}
        assert not [name for name in names if "pod-logs" in name or name.endswith("endpoints-logs")]
