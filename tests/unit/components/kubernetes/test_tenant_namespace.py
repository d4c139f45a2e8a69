"""The namespace of a tenant: its bounds and its ways."""

from components.kubernetes.tenant_namespace import TenantNamespace, quota
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.spec.cloud import CloudProvider
from infra.spec.tenants import TenantNamespaceSpec
from tests.unit.components import examples

SPEC = TenantNamespaceSpec(cpu=0.5, memory_gib=1.5, pods=7)


def home(tenant: str = "search") -> Graph:
    return record_program(
        lambda: TenantNamespace(
            "it",
            tenant,
            SPEC,
            cloud=CloudProvider.AWS,
            kubernetes_version="1.35",
            opts=examples.with_kubernetes(),
        ),
        stack="aws-dev",
    )


def test_it_is_called_after_the_tenant_and_held_to_the_strictest_level() -> None:
    metadata = examples.body(home("models").named("it-home-namespace"), "metadata")

    assert metadata["name"] == "tenant-models"
    assert metadata["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert not [key for key in metadata["labels"] if key.startswith("tokenworks.dev/")], (
        "a label that opens models or the cache"
    )


def test_it_holds_what_the_stack_file_says_and_neither_gpu_nor_disk() -> None:
    assert quota(SPEC) == {
        "requests.cpu": "500m",
        "requests.memory": "1536Mi",
        "limits.memory": "1536Mi",
        "pods": "7",
        "requests.nvidia.com/gpu": "0",
        "persistentvolumeclaims": "0",
    }


def test_a_container_that_asks_for_nothing_counts_nevertheless() -> None:
    (limit,) = examples.body(home().named("it-defaults"), "spec")["limits"]

    assert set(limit["defaultRequest"]) == {"cpu", "memory"}
    assert limit["default"] == {"memory": limit["defaultRequest"]["memory"]}


def test_no_pod_of_a_tenant_pushes_out_a_model_or_what_the_cluster_runs_on() -> None:
    spec = examples.body(home().named("it-no-priority"), "spec")
    (scope,) = spec["scopeSelector"]["matchExpressions"]

    assert spec["hard"] == {"pods": "0"}
    assert set(scope["values"]) == {
        "system-cluster-critical",
        "system-node-critical",
        "tokenworks-model-floor",
        "tokenworks-model-server",
    }


def test_its_account_brings_no_token_and_has_no_right() -> None:
    graph = home()

    assert graph.named("it-account").inputs["automountServiceAccountToken"] is False
    assert not graph.of_type("Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding")
