"""Administrators where RBAC says who they are."""

import pytest

from components.kubernetes.admins import ClusterAdmins, UnknownMemberError
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.wire import plain_properties
from tests.unit.components import examples


def _admins(*members: str) -> Graph:
    return record_program(
        lambda: ClusterAdmins("admins", members, examples.with_kubernetes()), stack="gcp-dev"
    )


@pytest.mark.parametrize(
    ("member", "kind", "name"),
    [
        ("user:eve@example.com", "User", "eve@example.com"),
        ("serviceAccount:ci@p.iam.gserviceaccount.com", "User", "ci@p.iam.gserviceaccount.com"),
        ("group:sre@example.com", "Group", "sre@example.com"),
    ],
)
def test_a_member_administers_the_cluster_as_the_api_server_knows_it(
    member: str, kind: str, name: str
) -> None:
    (binding,) = _admins(member).of_type("ClusterRoleBinding")
    inputs = plain_properties(binding.inputs)

    assert inputs["subjects"] == [
        {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": name}
    ]
    assert inputs["roleRef"] == {
        "apiGroup": "rbac.authorization.k8s.io",
        "kind": "ClusterRole",
        "name": "cluster-admin",
    }


def test_removing_a_member_renames_no_other() -> None:
    def names(*members: str) -> set[str]:
        return {item.name for item in _admins(*members).of_type("ClusterRoleBinding")}

    assert names("user:b@example.com") < names("user:a@example.com", "user:b@example.com")


@pytest.mark.parametrize("member", ["domain:example.com", "allAuthenticatedUsers", "eve"])
def test_whoever_no_api_server_knows_is_refused(member: str) -> None:
    with pytest.raises(UnknownMemberError, match=f"got '{member}'"):
        _admins(member)
