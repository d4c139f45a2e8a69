"""Layers: what a stack builds, in which order, and two stacks that share a cluster."""

from collections.abc import Mapping

import pytest

from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.layers import LayerError, build
from infra.spec.environment import Layer
from infra.spec.hub import HubSpec
from infra.spec.stack import StackSpec
from infra.wire import Properties
from tests.support.graphs import upstream
from tests.unit.components.examples import CLUSTER, MODEL, NETWORK, POOL, stack_spec

BASE = stack_spec("aws-prod", layers=(Layer.FOUNDATION, Layer.PLATFORM))
MODELS_ONLY = stack_spec("aws-prod-models", extends="aws-prod", layers=(Layer.MODELS,))


_RECORDED: dict[str, Graph] = {}

OBSERVING = ("Monitoring", "Monitors", "Probe", "Logs", "Rules", "Dashboards")
"""Components that measure a platform, in the order in which they come."""


def _record(spec: StackSpec, references: Mapping[str, Properties] | None = None) -> Graph:
    """Record a spec once: a graph is frozen, and most tests look at the same few."""
    key = repr((spec, references))
    if key not in _RECORDED:
        _RECORDED[key] = record_program(lambda: build(spec), stack=spec.name, references=references)
    return _RECORDED[key]


def test_one_stack_builds_all_three_layers() -> None:
    graph = _record(stack_spec())
    components = [item.type for item in graph.resources if not item.custom and not item.parent]

    assert components == [
        "tokenworks:aws:Encryption",
        "tokenworks:aws:Network",
        "tokenworks:aws:Identity",
        "tokenworks:aws:Registry",
        "tokenworks:aws:Cluster",
        "tokenworks:aws:NodeAddons",
        "tokenworks:aws:SystemNodePool",
        "tokenworks:aws:ClusterAddons",
        "tokenworks:aws:GpuNodePool",
        "tokenworks:aws:ObjectStore",
        "tokenworks:aws:Secrets",
        *("tokenworks:aws:WorkloadRole",) * 4,
        *("tokenworks:aws:ObjectStore", "tokenworks:aws:WorkloadRole"),
        "tokenworks:kubernetes:BlockStorage",
        "tokenworks:kubernetes:PriorityClasses",
        "tokenworks:kubernetes:Autoscaling",
        "tokenworks:kubernetes:ExternalSecrets",
        "tokenworks:kubernetes:ModelNamespace",
        "tokenworks:kubernetes:SyncedSecret",
        "tokenworks:kubernetes:GpuSoftware",
        "tokenworks:data:ClusterCache",
        *(f"tokenworks:observability:{one}" for one in OBSERVING),
        "tokenworks:serving:WeightsJob",
        "tokenworks:serving:StartScript",
        "tokenworks:serving:ModelServer",
        "tokenworks:observability:Rules",
    ]


def test_two_stacks_share_a_cluster_through_a_stack_reference() -> None:
    base = _record(BASE)
    models = _record(MODELS_ONLY, {"organization/tokenworks/aws-prod": base.outputs})

    (reference,) = models.of_type("pulumi:pulumi:StackReference")
    ours, theirs = (graph.named("aws-prod-kubernetes") for graph in (base, models))

    assert reference.inputs["name"] == "organization/tokenworks/aws-prod"
    assert theirs.inputs == ours.inputs
    assert not [item for item in models.resources if item.package == "aws"]
    assert models.outputs == {
        "modelUrls": {"qwen2.5-7b": "http://qwen2-5-7b.models.svc.cluster.local:8000"}
    }


def test_a_base_stack_exports_no_models_and_a_models_stack_no_cluster() -> None:
    base = _record(BASE)

    assert set(base.outputs) == {
        *("clusterName", "clusterRegion", "clusterEndpoint", "clusterCertificateAuthority"),
        *("weightsBucket", "logsBucket", "imageRepositories", "secretNames"),
        *("responsesCache", "countersCache"),
    }


def test_servers_stream_from_the_bucket_of_their_own_stack_or_of_the_one_below() -> None:
    base = _record(BASE)
    bucket = base.outputs["weightsBucket"]
    models = _record(MODELS_ONLY, {"organization/tokenworks/aws-prod": base.outputs})

    for graph, name in ((_record(stack_spec()), "${"), (models, str(bucket))):
        deployment = str(graph.named("qwen2-5-7b-deployment").inputs)
        assert f"'s3://{name}" in deployment
        assert "/Qwen/Qwen2.5-7B-Instruct/main'" in deployment


def test_no_secret_is_made_by_pulumi_and_the_token_is_awaited_where_it_is_asked_for() -> None:
    asked = HubSpec(endpoints=("https://huggingface.co",), token=True)
    graphs = {
        token: _record(stack_spec().model_copy(update={"hub": hub}))
        for token, hub in ((True, asked), (False, stack_spec().hub))
    }

    for token, graph in graphs.items():
        external = graph.named("hub-token-external")
        assert ("waitFor" in str(external.inputs)) is token
        assert "models-home-namespace" in upstream(graph, "hub-token-external")
        assert "external-secrets-external-secrets" in upstream(graph, "hub-token-external")
        assert "hub-token-external" in upstream(graph, "qwen2-5-7b-deployment")
        assert not graph.of_type("kubernetes:core/v1:Secret")


def test_layers_without_a_cluster_to_stand_on_are_refused() -> None:
    with pytest.raises(LayerError, match=r"got models without `extends`.*add the layer"):
        _record(stack_spec(layers=(Layer.MODELS,)))


def test_a_model_goes_before_the_nodes_the_access_and_the_gpu_software_it_needs() -> None:
    """Deleting in the other order leaves pods on nodes that are gone, and finalizers waiting."""
    before = upstream(_record(stack_spec()), "qwen2-5-7b-deployment")

    assert before >= {
        "l4-on-demand",
        "l4-spot",
        "system-on-demand",
        "gpu-nvidia-device-plugin",
        "models-home-namespace",
        "autoscaling-cluster-autoscaler",
        "models-weights",
        "priorities-model-server",
        "aws-dev-cluster-control-plane",
    }
    assert any(name.startswith("aws-dev-cluster-admin-") for name in before)


def test_nodes_come_after_the_way_out_and_their_permissions() -> None:
    before = upstream(_record(stack_spec()), "l4-spot")

    assert before >= {
        "aws-dev-network-private-1-out",
        "aws-dev-network-private-2-out",
        "aws-dev-network-public-out",
        "aws-dev-network-nat-1",
        "aws-dev-network-endpoints-s3",
        "aws-dev-identity-nodes-AmazonEKSWorkerNodePolicy",
        "aws-dev-identity-nodes-AmazonEC2ContainerRegistryPullOnly",
    }


def test_nodes_come_after_pod_networking_and_its_rights() -> None:
    """A node without them is ready for nothing; one that outlives them cannot be drained."""
    graph = _record(stack_spec())

    for group in ("system-on-demand", "l4-on-demand", "l4-spot"):
        assert upstream(graph, group) >= {
            "aws-dev-node-addons-vpc-cni",
            "aws-dev-node-addons-vpc-cni-AmazonEKS_CNI_Policy",
            "aws-dev-node-addons-kube-proxy",
            "aws-dev-node-addons-eks-pod-identity-agent",
        }


def test_addons_that_need_a_node_wait_for_system_nodes_and_not_for_gpus() -> None:
    before = upstream(_record(stack_spec()), "aws-dev-addons-coredns")

    assert "system-on-demand" in before
    assert not {"l4-on-demand", "l4-spot"} & before


def test_a_model_starts_when_dns_and_its_right_to_the_weights_are_there() -> None:
    assert upstream(_record(stack_spec()), "qwen2-5-7b-deployment") >= {
        "aws-dev-addons-coredns",
        "aws-dev-addons-aws-ebs-csi-driver",
        "aws-dev-model-server-association",
        "aws-dev-model-server-role-grants",
        "aws-dev-cluster-autoscaler-association",
    }


@pytest.mark.thorough
def test_a_foreign_network_is_used_and_nothing_is_made_in_it() -> None:
    network = NETWORK.model_copy(
        update={
            "vpc_id": "vpc-0a1",
            "private_subnet_ids": ("subnet-0a", "subnet-0b"),
            "flow_logs": True,
            "interface_endpoints": True,
        }
    )
    graph = _record(stack_spec().model_copy(update={"network": network}))
    config = graph.named("aws-dev-cluster-control-plane").inputs["vpcConfig"]
    made = {item.short_type for item in graph.resources if item.type.startswith("aws:ec2/")}

    assert isinstance(config, dict)
    assert config["subnetIds"] == ["subnet-0a", "subnet-0b"]
    assert made == {"LaunchTemplate"}
    assert not graph.of_type("Network", "FlowLogs", "SecurityGroupIngressRule")


@pytest.mark.thorough
def test_flow_logs_are_made_where_the_stack_asks_for_them() -> None:
    network = NETWORK.model_copy(update={"flow_logs": True})
    asked = _record(stack_spec().model_copy(update={"network": network}))

    assert asked.named("aws-dev-flow-logs-log", "FlowLog")
    assert not _record(stack_spec()).of_type("FlowLog")


def test_a_role_ships_models_only_where_somebody_may_take_it_on() -> None:
    deployers = ("arn:aws:iam::123456789012:role/ci",)
    cluster = CLUSTER.model_copy(update={"model_deployers": deployers})
    graph = _record(stack_spec().model_copy(update={"cluster": cluster}))
    (entry,) = (item for item in graph.of_type("AccessEntry") if "kubernetesGroups" in item.inputs)

    assert entry.inputs["principalArn"] == graph.outputs["modelsDeployerRole"]
    assert not _record(stack_spec()).of_type("ModelsDeployer")


def test_the_control_plane_comes_after_its_permissions_and_its_log_group() -> None:
    before = upstream(_record(stack_spec()), "aws-dev-cluster-control-plane")

    assert before >= {
        "aws-dev-cluster-logs",
        "aws-dev-identity-control-plane-AmazonEKSClusterPolicy",
    }


@pytest.mark.thorough
def test_a_stack_without_gpu_pools_gets_no_gpu_software() -> None:
    spec = stack_spec(layers=(Layer.FOUNDATION, Layer.PLATFORM), pools=())

    assert not _record(spec).of_type("GpuSoftware")


@pytest.mark.thorough
def test_the_longest_names_that_a_stack_file_may_use_fit_everywhere() -> None:
    pool = POOL.model_copy(update={"name": "p" * 30})
    model = MODEL.model_copy(update={"name": "m" * 45, "pool": pool.name})
    spec = stack_spec("s" * 30, pools=(pool,)).model_copy(update={"models": (model,)})

    graph = _record(spec)

    assert graph.named("m" * 45)
    assert max(len(item.name) for item in graph.of_type("Role")) <= 64 - 8
    assert max(len(item.name) for item in graph.of_type("NodeGroup")) <= 63 - 8
