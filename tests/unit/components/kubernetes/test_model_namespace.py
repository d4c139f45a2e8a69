"""The namespace of the models: its bounds, and what whoever ships models may do there."""

import json
from collections.abc import Iterator

import pytest

from components.handles import DeployersRef
from components.kubernetes.deployers import GROUP, ON_EKS
from components.kubernetes.model_namespace import (
    NAMESPACE,
    SERVICE_ACCOUNT,
    ModelNamespace,
    model_quota,
)
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.spec.cloud import CloudProvider
from infra.spec.pools import GpuPoolSpec, NodeRange
from tests.unit.components import examples

QWEN_POOL = examples.POOL
H100_POOL = examples.POOL.model_copy(
    update={
        "name": "h100",
        "machine_type": "p5.48xlarge",
        "gpus_per_node": 8,
        "on_demand": NodeRange(min=0, max=2),
        "spot": None,
    }
)


def _models(
    *pools: GpuPoolSpec,
    cloud: CloudProvider = CloudProvider.AWS,
    deployers: DeployersRef | None = ON_EKS,
) -> Graph:
    return record_program(
        lambda: ModelNamespace(
            "models",
            pools,
            cloud=cloud,
            deployers=deployers,
            kubernetes_version="1.35",
            opts=examples.with_kubernetes(),
        ),
        stack="aws-dev",
    )


def _rules(graph: Graph) -> Iterator[tuple[str, str, str]]:
    """Yield API group, kind and verb of all that deployers may do."""
    for rule in json.loads(json.dumps(graph.named("models-deployer").inputs["rules"])):
        for group in rule["apiGroups"]:
            for kind in rule["resources"]:
                for verb in rule["verbs"]:
                    yield group, kind, verb


def test_the_quota_follows_from_what_the_pools_can_be_at_most() -> None:
    quota = model_quota([QWEN_POOL, H100_POOL], CloudProvider.AWS)

    # Three nodes of one GPU, 8 vCPUs and 32 GiB; two of eight GPUs, 192 vCPUs and 2,048 GiB;
    # twice of each, for servers that drain while their successors wait.
    assert quota["requests.nvidia.com/gpu"] == str(2 * (3 * 1 + 2 * 8))
    assert quota["requests.cpu"] == str(2 * (3 * 8 + 2 * 192))
    assert quota["requests.memory"] == quota["limits.memory"] == f"{2 * (3 * 32 + 2 * 2048)}Gi"


def test_a_model_needs_no_disk_that_would_tie_it_to_a_zone() -> None:
    assert model_quota([QWEN_POOL], CloudProvider.AWS)["persistentvolumeclaims"] == "0"


def test_without_a_gpu_pool_nobody_may_ask_for_a_gpu() -> None:
    assert model_quota([], CloudProvider.AWS)["requests.nvidia.com/gpu"] == "0"


def test_models_are_held_to_the_strictest_level() -> None:
    metadata = examples.body(_models(QWEN_POOL).named("models-home-namespace"), "metadata")

    assert metadata["name"] == NAMESPACE
    assert metadata["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


def test_no_model_may_push_out_what_the_cluster_runs_on() -> None:
    spec = examples.body(_models(QWEN_POOL).named("models-no-system-priority"), "spec")

    assert spec["hard"] == {"pods": "0"}
    assert spec["scopeSelector"]["matchExpressions"] == [
        {
            "scopeName": "PriorityClass",
            "operator": "In",
            "values": ["system-cluster-critical", "system-node-critical"],
        }
    ]


def test_the_account_of_the_servers_brings_no_token_of_the_api_server() -> None:
    account = _models(QWEN_POOL).named("models-server")

    assert examples.body(account, "metadata")["name"] == SERVICE_ACCOUNT
    assert account.inputs["automountServiceAccountToken"] is False


@pytest.mark.parametrize(
    ("cloud", "credentials", "ports_of_credentials"),
    [
        (CloudProvider.AWS, "169.254.170.23/32", [("TCP", 80)]),
        (CloudProvider.GCP, "169.254.169.254/32", [("TCP", 80), ("TCP", 8080)]),
    ],
)
def test_a_pod_reaches_dns_https_and_its_own_credentials_and_nothing_else(
    cloud: CloudProvider, credentials: str, ports_of_credentials: list[tuple[str, int]]
) -> None:
    pool = examples.pool(cloud)
    spec = examples.body(_models(pool, cloud=cloud).named("models-weights"), "spec")
    ports = [(port["protocol"], port["port"]) for rule in spec["egress"] for port in rule["ports"]]

    assert ports == [("UDP", 53), ("TCP", 53), ("TCP", 443), *ports_of_credentials]
    assert spec["egress"][2]["to"] == [{"ipBlock": {"cidr": credentials}}]
    assert "ingress" not in spec


def test_dns_on_gke_is_answered_by_a_cache_on_the_node() -> None:
    pool = examples.pool(CloudProvider.GCP)
    spec = examples.body(_models(pool, cloud=CloudProvider.GCP).named("models-weights"), "spec")
    peers = spec["egress"][0]["to"]

    assert [peer["podSelector"]["matchLabels"]["k8s-app"] for peer in peers[:2]] == [
        "kube-dns",
        "node-local-dns",
    ]
    assert [peer["ipBlock"]["cidr"] for peer in peers[2:]] == [
        "169.254.20.10/32",
        "169.254.169.254/32",
    ]


@pytest.mark.parametrize("cloud", CloudProvider)
def test_the_account_of_the_servers_needs_no_annotation(cloud: CloudProvider) -> None:
    account = _models(examples.pool(cloud), cloud=cloud).named("models-server")

    assert "annotations" not in examples.body(account, "metadata")


SHIPPER = DeployersRef("User", "models@some-project.iam.gserviceaccount.com")


@pytest.mark.parametrize(
    ("deployers", "kind", "name"),
    [(ON_EKS, "Group", GROUP), (SHIPPER, "User", SHIPPER.name)],
    ids=["aws", "gcp"],
)
def test_whoever_ships_models_is_bound_by_name_and_in_this_namespace_alone(
    deployers: DeployersRef, kind: str, name: str
) -> None:
    graph = _models(QWEN_POOL, deployers=deployers)
    binding = graph.named("models-deployer-binding")

    assert binding.inputs["subjects"] == [
        {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": name}
    ]
    assert binding.short_type == "RoleBinding"
    assert not graph.of_type("ClusterRole", "ClusterRoleBinding")


def test_where_nobody_ships_models_nobody_is_bound() -> None:
    graph = _models(QWEN_POOL, deployers=None)

    assert graph.of_type("Role")
    assert not graph.of_type("RoleBinding")


@pytest.mark.parametrize(
    "kind",
    [
        *("namespaces", "resourcequotas", "limitranges", "serviceaccounts"),
        *("roles", "rolebindings", "pods/exec", "pods/ephemeralcontainers"),
    ],
)
def test_whoever_ships_models_cannot_move_the_bounds_or_enter_a_pod(kind: str) -> None:
    may = {verb for _, granted, verb in _rules(_models(QWEN_POOL)) if granted == kind}

    assert may <= {"get", "list", "watch"}


def test_whoever_ships_models_has_no_right_by_wildcard() -> None:
    assert not [rule for rule in _rules(_models(QWEN_POOL)) if "*" in rule]
