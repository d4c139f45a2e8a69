"""The control plane as it is declared."""

from collections.abc import Callable

import pulumi
import pytest

from components.aws.cluster import Cluster, GroupMember, admin_label
from components.aws.handles import RoleRef
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.spec.cluster import ClusterSpec
from tests.unit.components import examples


def _cluster(
    spec: ClusterSpec = examples.CLUSTER, deployer: Callable[[], GroupMember | None] = lambda: None
) -> Graph:
    return record_program(
        lambda: Cluster(
            "c",
            spec,
            platform=examples.PLATFORM,
            network=examples.network_ref(),
            role=examples.role_ref(),
            key_arn=examples.key_arn(),
            models_deployer=deployer(),
            opts=examples.with_aws(),
        ),
        stack="aws-dev",
    )


def _network_settings(graph: Graph) -> dict[str, object]:
    settings = graph.named("c-control-plane").inputs["vpcConfig"]
    assert isinstance(settings, dict)
    return dict(settings)


def test_the_endpoint_is_public_for_the_listed_ranges_only() -> None:
    settings = _network_settings(_cluster())

    assert settings["endpointPublicAccess"] is True
    assert settings["publicAccessCidrs"] == ["203.0.113.0/24"]


def test_without_listed_ranges_the_endpoint_is_private() -> None:
    spec = examples.CLUSTER.model_copy(update={"endpoint_access": ()})

    settings = _network_settings(_cluster(spec))

    assert settings["endpointPublicAccess"] is False
    assert settings["endpointPrivateAccess"] is True
    assert "publicAccessCidrs" not in settings


def test_access_is_by_access_entries_and_each_admin_has_one() -> None:
    admins = ("arn:aws:iam::123456789012:role/Admin", "arn:aws:iam::999999999999:role/Admin")
    graph = _cluster(examples.CLUSTER.model_copy(update={"admins": admins}))

    access = graph.named("c-control-plane").inputs["accessConfig"]
    entries = {item.inputs["principalArn"] for item in graph.of_type("AccessEntry")}
    granted = {item.inputs["principalArn"] for item in graph.of_type("AccessPolicyAssociation")}

    assert access == {
        "authenticationMode": "API",
        "bootstrapClusterCreatorAdminPermissions": True,
    }
    assert entries == granted == set(admins)


def test_removing_an_admin_renames_no_other() -> None:
    both = ("arn:aws:iam::123456789012:role/A", "arn:aws:iam::123456789012:role/B")

    def names(admins: tuple[str, ...]) -> set[str]:
        graph = _cluster(examples.CLUSTER.model_copy(update={"admins": admins}))
        return {item.name for item in graph.of_type("AccessEntry")}

    assert names(both[1:]) < names(both)
    assert admin_label(both[0]).startswith("A-")


def test_the_log_group_is_ours_before_eks_makes_one_that_stays() -> None:
    graph = _cluster()
    logs, cluster = graph.named("c-logs"), graph.named("c-control-plane")

    assert logs.inputs["name"] == f"/aws/eks/{cluster.inputs['name']}/cluster"
    assert logs.urn in cluster.dependencies


@pytest.mark.parametrize("protected", [True, False])
def test_a_protected_cluster_refuses_deletion_and_replacement(*, protected: bool) -> None:
    spec = examples.CLUSTER.model_copy(update={"deletion_protection": protected})

    cluster = _cluster(spec).named("c-control-plane")

    assert cluster.inputs["deletionProtection"] is protected
    assert bool(cluster.protect) is protected


def test_secrets_and_logs_are_encrypted_with_the_platforms_key() -> None:
    graph = _cluster()
    key = "arn:aws:kms:us-east-1:123456789012:key/some"

    assert graph.named("c-control-plane").inputs["encryptionConfig"] == {
        "provider": {"keyArn": key},
        "resources": ["secrets"],
    }
    assert graph.named("c-logs").inputs["kmsKeyId"] == key


def test_every_log_of_the_control_plane_is_kept_as_long_as_the_stack_says() -> None:
    graph = _cluster(examples.CLUSTER.model_copy(update={"log_retention_days": 90}))

    assert graph.named("c-logs").inputs["retentionInDays"] == 90
    assert graph.named("c-control-plane").inputs["enabledClusterLogTypes"] == [
        *("api", "audit", "authenticator", "controllerManager", "scheduler")
    ]


def test_eks_installs_nothing_by_itself() -> None:
    assert _cluster().named("c-control-plane").inputs["bootstrapSelfManagedAddons"] is False


def test_a_deployer_of_models_comes_in_as_a_member_of_its_group_and_with_no_policy() -> None:
    arn = "arn:aws:iam::123456789012:role/deployer"

    def deployer() -> GroupMember:
        role = RoleRef(arn=pulumi.Output.from_input(arn), permissions=())
        return GroupMember(role, "tokenworks:model-deployers")

    graph = _cluster(examples.CLUSTER.model_copy(update={"admins": ()}), deployer)
    (entry,) = graph.of_type("AccessEntry")

    assert entry.inputs["principalArn"] == arn
    assert entry.inputs["kubernetesGroups"] == ["tokenworks:model-deployers"]
    assert not graph.of_type("AccessPolicyAssociation")


def test_extended_support_is_never_bought_by_forgetting_an_upgrade() -> None:
    cluster = _cluster().named("c-control-plane")

    assert cluster.inputs["upgradePolicy"] == {"supportType": "STANDARD"}
