"""The vector store: what a security reviewer and whoever is on call ask."""

import json

import pytest
import yaml

from components.data.milvus import VectorStore
from components.data.milvus_values import Surroundings, milvus_values, sizes
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.spec.cloud import CloudProvider
from infra.spec.vector_store import VectorStoreMode
from tests.unit.components import examples

STANDALONE, CLUSTER = VectorStoreMode.STANDALONE, VectorStoreMode.CLUSTER
each_mode = pytest.mark.parametrize("mode", [STANDALONE, CLUSTER])
each_cloud = pytest.mark.parametrize("cloud", CloudProvider)


def values(mode: VectorStoreMode = CLUSTER, cloud: CloudProvider = CloudProvider.AWS) -> dict:
    made = milvus_values(
        examples.VECTOR_STORES[mode],
        Surroundings(
            cloud=cloud,
            region="some-region",
            bucket="vectors",
            storage_class="fast",
            password_secret="milvus-root",
        ),
    )
    return json.loads(json.dumps(made))


def store(mode: VectorStoreMode = CLUSTER, cloud: CloudProvider = CloudProvider.AWS) -> Graph:
    return record_program(
        lambda: VectorStore(
            "vectors",
            examples.VECTOR_STORES[mode],
            cloud=cloud,
            bucket=examples.vectors_ref(),
            store=examples.secret_store_ref(),
            kubernetes_version="1.35",
            opts=examples.with_kubernetes(),
        ),
        stack="test",
    )


def programs(mode: VectorStoreMode) -> list[str]:
    return [name for name in sizes(examples.VECTOR_STORES[mode]) if name != "etcd"]


@each_mode
def test_nothing_that_brings_disks_or_frozen_images_of_its_own_is_installed(
    mode: VectorStoreMode,
) -> None:
    found = values(mode)

    for name in ("minio", "pulsarv3", "kafka", "attu"):
        assert found[name] == {"enabled": False}
    assert found["streaming"]["woodpecker"]["embedded"] is True
    assert yaml.safe_load(found["extraConfigFiles"]["user.yaml"])["mq"]["type"] == "woodpecker"


@each_mode
def test_whoever_comes_without_a_password_is_refused(mode: VectorStoreMode) -> None:
    settings = yaml.safe_load(values(mode)["extraConfigFiles"]["user.yaml"])

    assert settings["common"]["security"]["authorizationEnabled"] is True


@each_mode
def test_every_program_takes_the_password_of_root_from_the_secret(mode: VectorStoreMode) -> None:
    for name in programs(mode):
        assert values(mode)[name]["extraEnv"] == [
            {
                "name": "COMMON_SECURITY_DEFAULTROOTPASSWORD",
                "valueFrom": {"secretKeyRef": {"name": "milvus-root", "key": "root-password"}},
            }
        ]


@each_cloud
def test_the_bucket_is_reached_with_the_identity_of_the_pod(cloud: CloudProvider) -> None:
    found = values(cloud=cloud)["externalS3"]

    assert (found["useIAM"], found["useSSL"], found["cloudProvider"]) == (True, True, cloud.value)
    assert "accessKey" not in found
    assert "secretKey" not in found
    assert found["host"] in {"s3.some-region.amazonaws.com", "storage.googleapis.com"}


def test_etcd_of_a_cluster_outlives_the_loss_of_a_node_and_of_a_zone() -> None:
    etcd = values(CLUSTER)["etcd"]

    assert (etcd["replicaCount"], etcd["pdb"], etcd["podAntiAffinityPreset"]) == (
        3,
        {"create": True},
        "hard",
    )
    assert etcd["topologySpreadConstraints"][0]["whenUnsatisfiable"] == "DoNotSchedule"
    assert etcd["persistence"] == {"enabled": True, "storageClass": "fast", "size": "10Gi"}


def test_a_single_member_of_etcd_has_no_budget_that_would_block_every_drain() -> None:
    etcd = values(STANDALONE)["etcd"]

    assert (etcd["replicaCount"], etcd["pdb"]) == (1, {"create": False})


def test_a_cluster_has_no_program_in_the_way_of_requests_only_once() -> None:
    found = values(CLUSTER)

    once = [name for name in programs(CLUSTER) if found[name]["replicas"] == 1]
    assert once == ["dataNode"]
    assert found["mixCoordinator"]["activeStandby"] == {"enabled": True}


@each_mode
def test_the_quota_has_room_for_a_roll_out_and_not_for_a_second_store(
    mode: VectorStoreMode,
) -> None:
    hard = store(mode).named("vectors-home-quota").inputs["spec"]
    spec = examples.VECTOR_STORES[mode]
    running = sum(size.replicas for size in sizes(spec).values()) + int(spec.has_backups)

    assert isinstance(hard, dict)
    quota = json.loads(json.dumps(hard["hard"]))
    assert int(quota["pods"]) == 2 * running
    assert quota["services.loadbalancers"] == "0"
    assert quota["limits.memory"] == quota["requests.memory"]


def test_no_account_gets_a_token_of_the_api_server() -> None:
    graph = store()

    for account in ("milvus", "milvus-etcd"):
        assert (
            graph.named(f"vectors-{account}-account").inputs["automountServiceAccountToken"]
            is False
        )


def test_only_milvus_reaches_the_bucket_and_only_labelled_namespaces_reach_milvus() -> None:
    graph = store()
    bucket = json.loads(json.dumps(graph.named("vectors-bucket").inputs["spec"]))
    clients = json.loads(json.dumps(graph.named("vectors-clients").inputs["spec"]))

    milvus = {"matchLabels": {"app.kubernetes.io/name": "milvus"}}
    assert bucket["podSelector"] == clients["podSelector"] == milvus
    assert clients["ingress"] == [
        {
            "from": [
                {
                    "namespaceSelector": {
                        "matchLabels": {"tokenworks.dev/vector-store-clients": "true"}
                    }
                }
            ],
            "ports": [{"port": 19530, "protocol": "TCP"}],
        }
    ]


def test_the_password_is_drawn_in_the_cluster_and_kept_by_the_secret_manager() -> None:
    push = store().named("vectors-root-push").inputs
    read = store().named("vectors-root-external").inputs

    assert "'remoteKey': 'tokenworks/aws-dev/milvus-root'" in str(push)
    assert "'secretKey': 'root-password'" in str(read)
    assert not store().of_type("kubernetes:core/v1:Secret")
