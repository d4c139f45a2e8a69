"""The control plane as it is declared."""

from dataclasses import replace

import pytest

from components.aws.cluster import Cluster, admin_label
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.spec.cluster import ClusterSpec
from infra.spec.environment import Environment
from tests.unit.components import examples


def _cluster(
    spec: ClusterSpec = examples.CLUSTER, environment: Environment = Environment.DEV
) -> Graph:
    return record_program(
        lambda: Cluster(
            "c",
            spec,
            platform=replace(examples.PLATFORM, environment=environment),
            network=examples.network_ref(),
            role=examples.role_ref(),
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


@pytest.mark.parametrize("environment", list(Environment))
def test_only_a_production_cluster_is_protected_from_deletion(environment: Environment) -> None:
    cluster = _cluster(environment=environment).named("c-control-plane")

    assert cluster.inputs["deletionProtection"] is (environment is Environment.PROD)


def test_extended_support_is_never_bought_by_forgetting_an_upgrade() -> None:
    cluster = _cluster().named("c-control-plane")

    assert cluster.inputs["upgradePolicy"] == {"supportType": "STANDARD"}
