"""The vector store in the layers: bucket and right below, Milvus above, also in two stacks."""

import pytest

from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.layers import build
from infra.spec.environment import Layer
from infra.spec.stack import StackSpec
from infra.spec.vector_store import VectorStoreMode
from infra.wire import Properties
from tests.unit.components import examples, examples_gcp

CLUSTER = {"vector_store": examples.VECTOR_STORES[VectorStoreMode.CLUSTER]}
AWS = examples.stack_spec().model_copy(update=CLUSTER)
GCP = examples_gcp.stack_spec().model_copy(update=CLUSTER)
GRANTS = {AWS.name: "aws-dev-milvus-role-grants", GCP.name: "gcp-dev-milvus-keeps-vectors"}
each_cloud = pytest.mark.parametrize("spec", [AWS, GCP], ids=["aws", "gcp"])


def record(spec: StackSpec, references: dict[str, Properties] | None = None) -> Graph:
    return record_program(lambda: build(spec), stack=spec.name, references=references)


@each_cloud
def test_milvus_has_a_bucket_of_its_own_and_no_right_to_the_weights(spec: StackSpec) -> None:
    graph = record(spec)
    grant = str(graph.named(GRANTS[spec.name]).inputs)

    assert graph.named(f"{spec.name}-vector-store-vectors")
    assert "vector-store-vectors" in grant
    assert "store-weights" not in grant


@each_cloud
def test_clients_find_the_address_and_no_password_in_the_outputs(spec: StackSpec) -> None:
    outputs = record(spec).outputs

    assert outputs["vectorStore"] == "http://milvus.vector-store.svc.cluster.local:19530"
    assert "vectorsBucket" in outputs


@each_cloud
def test_a_platform_of_its_own_finds_the_buckets_of_the_stack_below(spec: StackSpec) -> None:
    base = spec.model_copy(update={"layers": (Layer.FOUNDATION,)})
    above = spec.model_copy(
        update={"name": "above", "extends": spec.name, "layers": (Layer.PLATFORM,)}
    )
    below = record(base)
    graph = record(above, {f"organization/tokenworks/{spec.name}": below.outputs})

    bucket = str(below.outputs["vectorsBucket"])
    assert bucket in str(graph.named("vectors-milvus", "Release").inputs)
    told = str(graph.named("vectors-backup-settings").inputs["data"])
    assert bucket in told
    assert str(below.outputs["vectorBackupsBucket"]) in told


@each_cloud
def test_without_days_there_is_no_bucket_for_backups_and_no_job(spec: StackSpec) -> None:
    store = spec.vector_store.model_copy(update={"backup_days": 0})
    graph = record(spec.model_copy(update={"vector_store": store}))

    assert "vectorBackupsBucket" not in graph.outputs
    assert [item.name for item in graph.resources if "backup" in item.name] == []


def test_without_a_vector_store_there_is_neither_bucket_nor_right() -> None:
    names = {item.name for item in record(examples.stack_spec()).resources}

    assert not [name for name in names if "milvus" in name or "vector" in name]
