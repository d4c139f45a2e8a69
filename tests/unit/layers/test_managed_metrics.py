"""A store of the cloud's for samples, in the layers: below, with Prometheus' right to write."""

from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.layers import build
from infra.spec.environment import Layer
from infra.spec.stack import StackSpec
from infra.wire import Properties
from tests.support.graphs import upstream
from tests.unit.components import examples

OBSERVABILITY = examples.OBSERVABILITY
AWS = examples.stack_spec().model_copy(
    update={
        "observability": OBSERVABILITY.model_copy(
            update={"metrics": OBSERVABILITY.metrics.model_copy(update={"managed": True})}
        )
    }
)
CHART = "monitoring-kube-prometheus-stack"


def record(spec: StackSpec, references: dict[str, Properties] | None = None) -> Graph:
    return record_program(lambda: build(spec), stack=spec.name, references=references)


def test_prometheus_starts_once_the_store_is_there_and_it_may_write() -> None:
    graph = record(AWS)
    association = graph.named("aws-dev-prometheus-association").inputs

    assert upstream(graph, CHART) >= {
        "aws-dev-metrics-workspace",
        "aws-dev-prometheus-association",
        "aws-dev-prometheus-role-grants",
    }
    assert association["namespace"] == "monitoring"
    assert association["serviceAccount"] == "monitoring-prometheus"
    assert "/api/v1/remote_write" in str(graph.named(CHART, "Release").inputs)


def test_a_platform_of_its_own_writes_to_the_store_of_the_stack_below() -> None:
    below = record(AWS.model_copy(update={"layers": (Layer.FOUNDATION,)}))
    above = AWS.model_copy(
        update={"name": "above", "extends": AWS.name, "layers": (Layer.PLATFORM,)}
    )
    graph = record(above, {f"organization/tokenworks/{AWS.name}": below.outputs})

    workspace = str(below.outputs["metricsWorkspace"])
    assert f"/workspaces/{workspace}/api/v1/remote_write" in str(
        graph.named(CHART, "Release").inputs
    )


def test_an_endpoint_leads_to_it_where_the_network_has_any() -> None:
    network = examples.NETWORK.model_copy(update={"interface_endpoints": True})

    assert record(AWS.model_copy(update={"network": network})).named(
        "aws-dev-network-endpoints-aps-workspaces"
    )


def test_where_nobody_asks_for_it_there_is_neither_store_nor_right() -> None:
    graph = record(examples.stack_spec())

    assert not graph.of_type("Workspace", "MetricsStore")
    assert not [item.name for item in graph.resources if "-prometheus-role" in item.name]
    assert "metricsWorkspace" not in graph.outputs
