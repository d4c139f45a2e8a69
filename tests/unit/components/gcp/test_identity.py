"""Who nodes and people are."""

import re

import pytest

from components.gcp.identity import ClusterAccess, Identity, member_label
from components.names import SERVICE_ACCOUNT, service_account_email, service_account_id
from infra.graph.model import Graph, Resource
from infra.graph.recorder import record_program
from tests.unit.components import examples_gcp as examples

CLUSTER = f"projects/{examples.PROJECT}/locations/us-central1/clusters/tokenworks-gcp-dev"


def _identity() -> Graph:
    return record_program(
        lambda: Identity(
            "i",
            platform=examples.PLATFORM,
            project=examples.project_ref(),
            opts=examples.with_gcp(),
        ),
        stack="gcp-dev",
    )


def _access(admins: tuple[str, ...] = (), deployers: tuple[str, ...] = ()) -> Graph:
    return record_program(
        lambda: ClusterAccess(
            "a",
            admins=admins,
            deployers=deployers,
            platform=examples.PLATFORM,
            project=examples.project_ref(),
            drawn=examples.keys_ref().drawn,
            opts=examples.with_gcp(),
        ),
        stack="gcp-dev",
    )


def test_nodes_are_an_account_of_their_own_with_the_roles_that_gke_asks_for() -> None:
    graph = _identity()
    (account,), grants = graph.of_type("Account"), graph.of_type("IAMMember")

    assert account.inputs["accountId"] == service_account_id("nodes", "gcp-dev")
    assert {grant.inputs["role"] for grant in grants} == {
        "roles/container.defaultNodeServiceAccount",
        "roles/serviceusage.serviceUsageConsumer",
    }
    assert {grant.inputs["member"] for grant in grants} == {"serviceAccount:${i-nodes.email}"}


@pytest.mark.parametrize("purpose", ["nodes", "models"])
@pytest.mark.parametrize("platform", ["gcp-dev", "s" * 30])
def test_ids_of_accounts_are_what_google_takes_whatever_the_stack_is_called(
    purpose: str, platform: str
) -> None:
    account_id = service_account_id(purpose, platform)

    assert 6 <= len(account_id) <= SERVICE_ACCOUNT.limit
    assert re.fullmatch(r"[a-z]([-a-z0-9]*[a-z0-9])", account_id)
    email = service_account_email(purpose, platform, "p")
    assert email == f"{account_id}@p.iam.gserviceaccount.com"


def test_two_platforms_of_one_project_have_accounts_of_their_own() -> None:
    assert service_account_id("nodes", "gcp-dev") != service_account_id("nodes", "gcp-prod")


def _permissions(graph: Graph) -> dict[object, object]:
    return {
        item.inputs["roleId"]: item.inputs["permissions"] for item in graph.of_type("IAMCustomRole")
    }


def _condition(grant: Resource) -> object:
    condition = grant.inputs["condition"]
    assert isinstance(condition, dict)
    return condition["expression"]


def test_an_administrator_gets_the_way_to_this_cluster_and_nothing_in_the_project() -> None:
    graph = _access(admins=("user:eve@example.com",))
    (grant,) = graph.of_type("gcp:projects/iAMMember:IAMMember")

    assert _permissions(graph) == {
        "tokenworks_reach_cluster_0a1b2c3": ["container.clusters.connect", "container.clusters.get"]
    }
    assert grant.inputs["member"] == "user:eve@example.com"
    role = f"projects/{examples.PROJECT}/roles/tokenworks_reach_cluster_0a1b2c3"
    assert grant.inputs["role"] == role
    assert _condition(grant) == f'resource.name == "{CLUSTER}"'
    assert not graph.of_type("Account")


def test_deployers_take_on_an_account_that_only_reaches_the_cluster() -> None:
    graph = _access(deployers=("group:models@example.com", "serviceAccount:ci@p.iam"))
    takers = graph.of_type("gcp:serviceaccount/iAMMember:IAMMember")
    (reach,) = graph.of_type("gcp:projects/iAMMember:IAMMember")

    assert {item.inputs["member"] for item in takers} == {
        "group:models@example.com",
        "serviceAccount:ci@p.iam",
    }
    assert {item.inputs["serviceAccountId"] for item in takers} == {"${a-deployer.name}"}
    assert _permissions(graph)["tokenworks_take_on_0a1b2c3"] == [
        "iam.serviceAccounts.getAccessToken"
    ]
    assert reach.inputs["member"] == "serviceAccount:${a-deployer.email}"
    assert _condition(reach) == f'resource.name == "{CLUSTER}"'


def test_removing_a_member_renames_no_other() -> None:
    both = ("user:a@example.com", "user:b@example.com")

    def names(members: tuple[str, ...]) -> set[str]:
        return {item.name for item in _access(admins=members).of_type("IAMMember")}

    assert names(both[1:]) < names(both)
    assert member_label(both[0]).startswith("a-")


def test_a_role_that_was_deleted_does_not_block_the_next_one() -> None:
    """Google keeps the id of a deleted role for 37 days; its end is drawn with the key ring."""
    role_ids = _permissions(_access(admins=("user:a@example.com",))).keys()

    assert all(str(role_id).endswith("_0a1b2c3") for role_id in role_ids)
