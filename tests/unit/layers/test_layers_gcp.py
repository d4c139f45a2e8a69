"""Layers on Google Cloud: what a stack builds, in which order, and two that share a cluster."""

from collections.abc import Mapping
from functools import cache

import pytest

from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.layers import build
from infra.spec.checks_names_gcp import MOST_OF_POOL, MOST_OF_STACK
from infra.spec.environment import Layer
from infra.spec.stack import StackSpec
from infra.wire import Properties
from tests.support.graphs import upstream
from tests.unit.components.examples_gcp import CLUSTER, NETWORK, POOL, stack_spec

PEOPLE = CLUSTER.model_copy(
    update={
        "admins": ("user:admin@example.com",),
        "model_deployers": ("serviceAccount:ci@example-llm-dev.iam.gserviceaccount.com",),
    }
)

OBSERVING = ("Monitoring", "Monitors", "Probe", "Logs", "Rules", "Dashboards")
"""Components that measure a platform, in the order in which they come."""


def _record(spec: StackSpec, references: Mapping[str, Properties] | None = None) -> Graph:
    return record_program(lambda: build(spec), stack=spec.name, references=references)


@cache
def _whole() -> Graph:
    return _record(stack_spec().model_copy(update={"cluster": PEOPLE}))


def test_one_stack_builds_all_three_layers() -> None:
    found = [item.type for item in _whole().resources if not item.custom and not item.parent]

    assert found == [
        *("tokenworks:gcp:Encryption", "tokenworks:gcp:Network", "tokenworks:gcp:Logs"),
        *("tokenworks:gcp:Identity", "tokenworks:gcp:Registry", "tokenworks:gcp:Cluster"),
        "tokenworks:gcp:ClusterAccess",
        *("tokenworks:gcp:SystemNodePool", "tokenworks:gcp:GpuNodePool"),
        *("tokenworks:gcp:ObjectStore", "tokenworks:gcp:Secrets"),
        "tokenworks:gcp:SecretRights",
        *("tokenworks:gcp:WorkloadRole",) * 2,
        *("tokenworks:gcp:ObjectStore", "tokenworks:gcp:WorkloadRole"),
        *("tokenworks:kubernetes:BlockStorage", "tokenworks:kubernetes:PriorityClasses"),
        *("tokenworks:kubernetes:ClusterAdmins", "tokenworks:kubernetes:ExternalSecrets"),
        *("tokenworks:kubernetes:ModelNamespace", "tokenworks:kubernetes:SyncedSecret"),
        "tokenworks:kubernetes:GpuSoftware",
        "tokenworks:data:ClusterCache",
        *(f"tokenworks:observability:{one}" for one in OBSERVING),
        *("tokenworks:serving:WeightsJob", "tokenworks:serving:StartScript"),
        *("tokenworks:serving:ModelServer", "tokenworks:observability:Rules"),
    ]


def test_outputs_have_the_names_that_they_have_on_aws() -> None:
    assert set(_whole().outputs) == {
        *("clusterName", "clusterRegion", "clusterEndpoint", "clusterCertificateAuthority"),
        *("weightsBucket", "imageRepositories", "secretNames", "modelsDeployerRole", "modelUrls"),
        *("responsesCache", "countersCache", "logsBucket"),
    }


def test_two_stacks_share_a_cluster_and_the_second_needs_nothing_of_google_cloud() -> None:
    base = _record(
        stack_spec("gcp-prod").model_copy(
            update={"layers": (Layer.FOUNDATION, Layer.PLATFORM), "models": ()}
        )
    )
    models = _record(
        stack_spec("gcp-prod-models").model_copy(
            update={"extends": "gcp-prod", "layers": (Layer.MODELS,)}
        ),
        {"organization/tokenworks/gcp-prod": base.outputs},
    )
    ours, theirs = (graph.named("gcp-prod-kubernetes") for graph in (base, models))

    assert theirs.inputs == ours.inputs
    assert not [item for item in models.resources if item.package == "gcp"]


def test_nodes_come_after_the_way_out_their_rights_and_the_key_of_their_disks() -> None:
    for pool in ("system-on-demand", "l4-spot", "l4-flex-start"):
        assert upstream(_whole(), pool) >= {
            "gcp-dev-network-nat",
            "gcp-dev-network-refuse",
            "gcp-dev-identity-nodes-role",
            "gcp-dev-registry-images-nodes",
            "gcp-dev-registry-docker-hub-nodes",
            "gcp-dev-encryption-disks-use",
            "gcp-dev-cluster-control-plane",
        }


def test_the_control_plane_comes_after_googles_right_to_the_key_of_its_secrets() -> None:
    assert upstream(_whole(), "gcp-dev-cluster-control-plane") >= {
        "gcp-dev-encryption-secrets-use",
        "gcp-dev-encryption-disks-use",
        "gcp-dev-identity-nodes-role",
    }


def test_a_model_goes_before_the_nodes_the_rights_and_the_gpu_software_it_needs() -> None:
    before = upstream(_whole(), "qwen2-5-7b-deployment")

    assert before >= {
        "l4-on-demand",
        "l4-spot",
        "l4-flex-start",
        "system-on-demand",
        "models-home-namespace",
        "gcp-dev-model-server-reads-weights",
        "gcp-dev-cluster-control-plane",
    }


def test_buckets_and_logs_come_after_googles_right_to_their_keys() -> None:
    assert "gcp-dev-encryption-weights-use" in upstream(_whole(), "gcp-dev-store-weights")
    assert "gcp-dev-encryption-logs-use" in upstream(_whole(), "gcp-dev-logs-bucket")


@pytest.mark.thorough
def test_people_are_let_in_only_where_a_stack_names_any() -> None:
    graph = _record(stack_spec())

    assert not graph.of_type("ClusterAccess", "ClusterAdmins")
    assert "modelsDeployerRole" not in graph.outputs


def test_whoever_ships_models_is_the_account_that_rbac_knows() -> None:
    bindings = _whole().of_type("RoleBinding")

    assert any(str(_whole().outputs["modelsDeployerRole"]) in str(item.inputs) for item in bindings)


@pytest.mark.thorough
def test_a_foreign_network_is_used_and_nothing_is_made_in_it() -> None:
    network = NETWORK.model_copy(
        update={
            "vpc_id": "shared",
            "private_subnet_ids": ("gpus",),
            "pod_range": "gpus-pods",
            "service_range": "gpus-services",
            "flow_logs": True,
        }
    )
    graph = _record(stack_spec().model_copy(update={"network": network}))
    cluster = graph.named("gcp-dev-cluster-control-plane").inputs

    assert (cluster["network"], cluster["subnetwork"]) == ("shared", "gpus")
    assert cluster["ipAllocationPolicy"] == {
        "clusterSecondaryRangeName": "gpus-pods",
        "servicesSecondaryRangeName": "gpus-services",
    }
    assert not [item for item in graph.resources if item.type.startswith("gcp:compute/")]


@pytest.mark.thorough
def test_a_stack_without_gpu_pools_gets_no_gpu_software() -> None:
    spec = stack_spec().model_copy(
        update={"gpu_pools": (), "models": (), "layers": (Layer.FOUNDATION, Layer.PLATFORM)}
    )

    assert not _record(spec).of_type("GpuSoftware")


@pytest.mark.thorough
def test_the_longest_names_that_a_stack_file_may_use_fit_everywhere() -> None:
    pool = POOL.model_copy(update={"name": "p" * MOST_OF_POOL})
    spec = stack_spec("s" * MOST_OF_STACK).model_copy(
        update={"gpu_pools": (pool,), "models": (), "cluster": PEOPLE}
    )

    graph = _record(spec)

    assert max(len(item.name) for item in graph.of_type("NodePool")) == 40 - 8
    assert len(str(graph.outputs["clusterName"])) == 40
