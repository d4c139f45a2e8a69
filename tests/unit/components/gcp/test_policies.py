"""What no grant may say."""

import pulumi
import pytest

from components.gcp import policies
from components.gcp.policies import (
    ADD_BACKUPS,
    FILL_SECRETS,
    KEEP_LOGS,
    KEEP_TRACES,
    KEEP_VECTORS,
    LOAD_WEIGHTS,
    OWN_ON_PROJECT,
    POINT_HOSTS,
    PROVE_DOMAIN,
    READ_SECRETS,
    WRITE_LOGS,
    CustomRole,
    PolicyError,
    checked_member,
    checked_role,
    only_cluster,
)
from infra.graph.recorder import record_program
from infra.wire import plain
from tests.support.graphs import graph_of
from tests.support.stacks import GCP_STACKS

OURS = [item for item in vars(policies).values() if isinstance(item, CustomRole)]
FILLING = {
    LOAD_WEIGHTS.purpose: {"create", "delete"},
    KEEP_VECTORS.purpose: {"create", "delete", "abort", "listParts"},
    KEEP_TRACES.purpose: {"create", "delete"},
    KEEP_LOGS.purpose: {"create", "delete"},
    ADD_BACKUPS.purpose: {"create", "abort", "listParts"},
    PROVE_DOMAIN.purpose: {"create", "delete", "update"},
    POINT_HOSTS.purpose: {"create", "delete", "update"},
    READ_SECRETS.purpose: {"access"},
    FILL_SECRETS.purpose: {"access", "add"},
    WRITE_LOGS.purpose: {"create"},
}
"""Role to what it may do to the one bucket, zone or secret it is granted on, besides looking; one
that writes log entries adds them to any log, and changes none."""


@pytest.mark.parametrize("role", policies.PRIMITIVE)
def test_primitive_roles_are_refused(role: str) -> None:
    with pytest.raises(PolicyError, match=r"primitive, got roles/.*custom role"):
        checked_role(role)


def test_a_role_that_nobody_explained_is_refused() -> None:
    with pytest.raises(PolicyError, match=r"not explained, got roles/container\.admin.*PREDEFINED"):
        checked_role("roles/container.admin")


@pytest.mark.parametrize("member", policies.EVERYBODY)
def test_everybody_is_no_member(member: str) -> None:
    with pytest.raises(PolicyError, match=f"everybody, got {member}"):
        checked_member(member)


def test_a_permission_with_a_wildcard_is_refused() -> None:
    with pytest.raises(PolicyError, match=r"wildcard in permissions, got container\.\*"):
        CustomRole("all", "All", ("container.*",))


def test_our_own_roles_are_small_and_change_nothing_in_a_project() -> None:
    assert OURS
    for role in OURS:
        assert 1 <= len(role.permissions) <= 8
        verbs = {permission.rpartition(".")[2] for permission in role.permissions}
        allowed = {"get", "list", "connect", "getAccessToken"}
        assert verbs <= allowed | FILLING.get(role.purpose, set())


def test_a_grant_is_held_to_one_cluster_by_its_name() -> None:
    condition = only_cluster("projects/p/locations/l/clusters/c")

    assert condition["expression"] == 'resource.name == "projects/p/locations/l/clusters/c"'


@pytest.mark.parametrize("stack", GCP_STACKS)
def test_every_grant_of_a_stack_is_in_the_table_or_a_role_of_our_own(stack: str) -> None:
    grants = [item for item in graph_of(stack).resources if "role" in item.inputs]

    for item in grants:
        role = str(plain(item.inputs["role"]))
        assert role in policies.PREDEFINED or role.startswith("projects/"), item.name
        assert plain(item.inputs["member"]) not in policies.EVERYBODY


@pytest.mark.parametrize("stack", GCP_STACKS)
def test_on_a_project_nobody_gets_more_than_what_nodes_need_or_the_way_to_a_cluster(
    stack: str,
) -> None:
    for item in graph_of(stack).of_type("gcp:projects/iAMMember:IAMMember"):
        lists = any(
            f"/tokenworks_{one.purpose}_" in str(item.inputs["role"]) for one in OWN_ON_PROJECT
        )
        known = item.inputs["role"] in policies.ON_PROJECT or lists
        assert known or "condition" in item.inputs, item.name


def test_members_that_an_update_only_knows_are_checked_too() -> None:
    def program() -> None:
        pulumi.export("member", pulumi.Output.from_input("allUsers").apply(checked_member))

    with pytest.raises(PolicyError):
        record_program(program, stack="gcp-dev")
