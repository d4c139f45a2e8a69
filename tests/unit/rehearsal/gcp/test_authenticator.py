"""Who comes into the simulated GKE cluster, and as whom."""

import pytest

from infra.rehearsal.gcp.authenticator import Authenticator
from infra.rehearsal.gcp.tokens import BadTokenError, ForeignTokenError, Tokens
from infra.wire import Properties, Value
from tests.unit.rehearsal.gcp.cluster_scene import ClusterScene, cluster_scene
from tests.unit.rehearsal.gcp.services_scene import OWNER, PROJECT

TOKENS = Tokens("secret")


def status(made: ClusterScene, token: str) -> dict:
    asked = Authenticator(made.gke, made.policies, made.roles, TOKENS)
    return asked.review({"spec": {"token": token}})["status"]


def with_binding(policy: Properties, role: str, email: Value) -> Properties:
    before = policy["bindings"]
    bound: Properties = {"role": role, "members": [f"serviceAccount:{email}"]}
    bindings: list[Value] = [*(before if isinstance(before, list) else []), bound]
    return {"policy": {**policy, "bindings": bindings}}


def test_whoever_owns_the_project_is_administrator() -> None:
    made = cluster_scene()
    made.running()
    email = OWNER.removeprefix("user:")

    assert status(made, TOKENS.issue(email)) == {
        "authenticated": True,
        "user": {"username": email, "uid": email, "groups": ["system:masters"]},
    }


def test_a_service_account_without_rights_comes_in_as_itself() -> None:
    made = cluster_scene()
    made.running()
    email = made.account("deployer")

    assert status(made, TOKENS.issue(email)) == {
        "authenticated": True,
        "user": {"username": email, "uid": email, "groups": []},
    }


def test_a_custom_role_that_may_bind_anything_makes_an_administrator() -> None:
    made = cluster_scene()
    made.running()
    email = made.account("deployer")
    role: Properties = {
        "roleId": "clusterAdmins",
        "role": {"includedPermissions": ["container.clusterRoleBindings.create"]},
    }
    made.call("iam.projects.roles.create", role, parent=f"projects/{PROJECT}")
    projects = "cloudresourcemanager.projects"
    policy = made.call(f"{projects}.getIamPolicy", {}, resource=PROJECT)
    wanted = with_binding(policy, f"projects/{PROJECT}/roles/clusterAdmins", email)
    made.call(f"{projects}.setIamPolicy", wanted, resource=PROJECT)

    assert status(made, TOKENS.issue(email))["user"]["groups"] == ["system:masters"]


def test_nobody_reaches_a_cluster_that_is_not_there() -> None:
    assert status(cluster_scene(), TOKENS.issue("ada@example.com")) == {
        "authenticated": False,
        "error": "no cluster exists, so nobody may reach one",
    }


def test_a_token_of_another_rehearsal_is_refused_with_what_to_do() -> None:
    made = cluster_scene()
    made.running()

    assert status(made, Tokens("other").issue("ada@example.com")) == {
        "authenticated": False,
        "error": "token: signed by another rehearsal; set GOOGLE_OAUTH_ACCESS_TOKEN anew",
    }


def test_a_token_of_a_pod_is_the_api_servers_own_matter() -> None:
    made = cluster_scene()
    made.running()

    assert status(made, "eyJhbGciOi.pod.token") == {"authenticated": False}
    with pytest.raises(ForeignTokenError):
        TOKENS.owner("eyJhbGciOi.pod.token")


def test_a_token_tells_its_owner_and_cannot_be_forged() -> None:
    token = TOKENS.issue("ada@example.com")
    assert TOKENS.owner(token) == "ada@example.com"

    prefix, _owner, signature = token.rsplit(".", 2)
    stolen = TOKENS.issue("eve@example.com").rsplit(".", 2)[1]
    with pytest.raises(BadTokenError, match="signed by another rehearsal"):
        TOKENS.owner(f"{prefix}.{stolen}.{signature}")
