"""Traces in the layers: bucket and right below, Tempo above and before the gateway."""

import pytest

from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.layers import build
from infra.spec.environment import Layer
from infra.spec.stack import StackSpec
from infra.wire import Properties
from tests.support.graphs import graph_of, upstream
from tests.unit.components import examples, examples_gcp, makers_observability

FOLLOWED = {
    "observability": examples.OBSERVABILITY.model_copy(
        update={"traces": makers_observability.TRACES}
    )
}
AWS = examples.stack_spec().model_copy(update=FOLLOWED)
GCP = examples_gcp.stack_spec().model_copy(update=FOLLOWED)
GRANTS = {AWS.name: "aws-dev-tempo-role-grants", GCP.name: "gcp-dev-tempo-keeps-traces"}
each_cloud = pytest.mark.parametrize("spec", [AWS, GCP], ids=["aws", "gcp"])


def record(spec: StackSpec, references: dict[str, Properties] | None = None) -> Graph:
    return record_program(lambda: build(spec), stack=spec.name, references=references)


@each_cloud
def test_tempo_has_a_bucket_of_its_own_and_no_right_to_another(spec: StackSpec) -> None:
    graph = record(spec)
    grant = str(graph.named(GRANTS[spec.name]).inputs)

    assert graph.named(f"{spec.name}-traces-traces")
    assert "traces-traces" in grant
    assert "store-weights" not in grant


@each_cloud
def test_a_platform_of_its_own_finds_the_bucket_of_the_stack_below(spec: StackSpec) -> None:
    base = spec.model_copy(update={"layers": (Layer.FOUNDATION,)})
    above = spec.model_copy(
        update={"name": "above", "extends": spec.name, "layers": (Layer.PLATFORM,)}
    )
    below = record(base)
    graph = record(above, {f"organization/tokenworks/{spec.name}": below.outputs})

    bucket = str(below.outputs["tracesBucket"])
    assert bucket in str(graph.named("traces-tempo", "Release").inputs)


def test_where_nobody_is_followed_there_is_neither_bucket_nor_right_nor_tempo() -> None:
    names = {item.name for item in record(examples.stack_spec()).resources}

    assert not [name for name in names if "tempo" in name or "traces" in name]


@pytest.mark.parametrize("stack", ["aws-staging", "gcp-staging"])
def test_tempo_is_there_before_the_proxies_that_name_it(stack: str) -> None:
    """Envoy Gateway refuses a Gateway whose proxies report to a Service that is not there."""
    assert "traces-tempo" in upstream(graph_of(stack), "gateway-envoyproxy")
