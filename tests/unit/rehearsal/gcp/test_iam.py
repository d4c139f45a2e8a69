"""Policies, roles and service accounts of the simulated project."""

from pathlib import Path

import pytest

from infra.rehearsal.cloud.errors import NotSimulatedError
from infra.rehearsal.cloud.journal import Journal
from infra.rehearsal.gcp.api.iam.names import robot
from infra.replies import blocks, text, texts
from infra.wire import Properties, Value
from tests.unit.rehearsal.gcp.services_scene import OWNER, PROJECT, Scene, scene

PROJECTS = "cloudresourcemanager.projects"
ACCOUNTS = "iam.projects.serviceAccounts"
ROLES = "iam.projects.roles"
PARENT = f"projects/{PROJECT}"
LOGS = "roles/logging.logWriter"


def policy_of(made: Scene) -> Properties:
    return made.call(f"{PROJECTS}.getIamPolicy", {}, resource=PROJECT)


def with_binding(policy: Properties, role: str, *members: str) -> Properties:
    before = policy.get("bindings")
    bound: Properties = {"role": role, "members": [*members]}
    bindings: list[Value] = [*(before if isinstance(before, list) else []), bound]
    return {"policy": {**policy, "bindings": bindings}}


def bind(made: Scene, role: str, *members: str) -> None:
    wanted = with_binding(policy_of(made), role, *members)
    made.call(f"{PROJECTS}.setIamPolicy", wanted, resource=PROJECT)


def refused_binding(made: Scene, role: str, member: str) -> str:
    wanted = with_binding(policy_of(made), role, member)
    return made.refusal(f"{PROJECTS}.setIamPolicy", wanted, resource=PROJECT)


def test_a_new_project_has_its_owner_and_the_agents_of_its_services() -> None:
    made = scene()
    bindings = {
        text(item, "role"): texts(item, "members") for item in blocks(policy_of(made), "bindings")
    }

    assert bindings["roles/owner"] == [OWNER]
    agent = robot(made.project.number, "container-engine-robot")
    assert bindings["roles/container.serviceAgent"] == [f"serviceAccount:{agent}"]


def test_the_project_is_known_by_id_and_number() -> None:
    made = scene()

    found = made.call(f"{PROJECTS}.get", projectId=PROJECT)

    assert found["projectNumber"] == made.project.number
    assert made.refusal(f"{PROJECTS}.get", projectId="another") == (
        "googleapi: Error 403: The caller does not have permission, forbidden"
    )


def test_a_policy_that_changed_since_it_was_read_is_refused() -> None:
    made = scene()
    email = made.account("gke-nodes")
    read = policy_of(made)
    bind(made, LOGS, f"serviceAccount:{email}")
    stale = with_binding(read, "roles/monitoring.viewer", f"serviceAccount:{email}")

    assert made.refusal(f"{PROJECTS}.setIamPolicy", stale, resource=PROJECT) == (
        "googleapi: Error 409: There were concurrent policy changes. Please retry the whole "
        "read-modify-write with exponential backoff., aborted"
    )


def test_members_of_one_role_stand_in_one_binding() -> None:
    made = scene()
    first, second = made.account("gke-nodes"), made.account("deployer")

    bind(made, LOGS, f"serviceAccount:{first}")
    bind(made, LOGS, f"serviceAccount:{second}")

    (found,) = [item for item in blocks(policy_of(made), "bindings") if item["role"] == LOGS]
    assert texts(found, "members") == [f"serviceAccount:{second}", f"serviceAccount:{first}"]


def test_a_service_account_that_is_not_there_gets_no_role() -> None:
    email = f"nobody@{PROJECT}.iam.gserviceaccount.com"

    assert refused_binding(scene(), LOGS, f"serviceAccount:{email}") == (
        f"googleapi: Error 400: Service account {email} does not exist., badRequest"
    )


def test_a_member_without_a_known_kind_is_refused() -> None:
    assert refused_binding(scene(), LOGS, "ada@example.com") == (
        "googleapi: Error 400: The member ada@example.com is of an unknown type. Please set a "
        "valid type prefix., badRequest"
    )


def test_a_workload_gets_no_role_before_the_first_cluster_made_the_pool() -> None:
    made = scene()
    pool = f"projects/{made.project.number}/locations/global/workloadIdentityPools"
    member = (
        f"principal://iam.googleapis.com/{pool}/{PROJECT}.svc.id.goog/subject/ns/models/sa/server"
    )

    assert refused_binding(made, LOGS, member) == (
        f"googleapi: Error 400: Identity Pool does not exist ({PROJECT}.svc.id.goog). Please check "
        "that you specified a valid resource name as returned in the `name` attribute in the "
        "configuration API., badRequest"
    )


@pytest.mark.parametrize(
    ("role", "message"),
    [
        (
            "roles/storage.objectLooker",
            "Role roles/storage.objectLooker is not supported for this resource.",
        ),
        (
            f"{PARENT}/roles/none",
            f"Role ({PARENT}/roles/none) does not exist in the resource's hierarchy.",
        ),
    ],
)
def test_a_role_that_is_not_there_is_refused(role: str, message: str) -> None:
    assert refused_binding(scene(), role, OWNER) == f"googleapi: Error 400: {message}, badRequest"


def test_a_role_of_a_service_that_is_not_listed_is_not_simulated() -> None:
    made = scene()
    wanted = with_binding(policy_of(made), "roles/bigquery.admin", OWNER)

    with pytest.raises(NotSimulatedError, match=r"roles/bigquery\.admin"):
        made.call(f"{PROJECTS}.setIamPolicy", wanted, resource=PROJECT)


@pytest.mark.parametrize("account_id", ["nodes", "n" * 31])
def test_an_account_id_has_6_to_30_characters(account_id: str) -> None:
    body: Properties = {"accountId": account_id}

    assert scene().refusal(f"{ACCOUNTS}.create", body, name=PARENT) == (
        f'googleapi: Error 400: The account ID "{account_id}" does not have a length between 6 and '
        "30., badRequest"
    )


def test_an_account_id_is_taken_once() -> None:
    made = scene()
    made.account("gke-nodes")

    assert made.refusal(f"{ACCOUNTS}.create", {"accountId": "gke-nodes"}, name=PARENT) == (
        "googleapi: Error 409: Service account gke-nodes already exists within project "
        f"projects/{PROJECT}., alreadyExists"
    )


def test_an_account_of_a_name_that_was_deleted_has_none_of_its_rights() -> None:
    made = scene()
    email = made.account("gke-nodes")
    bind(made, LOGS, f"serviceAccount:{email}")
    name = f"{PARENT}/serviceAccounts/{email}"
    unique = made.call(f"{ACCOUNTS}.get", name=name)["uniqueId"]

    made.call(f"{ACCOUNTS}.delete", name=name)
    made.account("gke-nodes")

    (found,) = [item for item in blocks(policy_of(made), "bindings") if item["role"] == LOGS]
    assert texts(found, "members") == [f"deleted:serviceAccount:{email}?uid={unique}"]
    assert made.call(f"{ACCOUNTS}.get", name=name)["uniqueId"] != unique


def test_an_account_that_is_not_there_is_not_found() -> None:
    email = f"nobody@{PROJECT}.iam.gserviceaccount.com"

    assert scene().refusal(f"{ACCOUNTS}.get", name=f"{PARENT}/serviceAccounts/{email}") == (
        f"googleapi: Error 404: Service account {email} does not exist., notFound"
    )


def role(made: Scene, role_id: str = "tokenworksNodes") -> str:
    body: Properties = {
        "roleId": role_id,
        "role": {"title": "Nodes", "includedPermissions": ["logging.logEntries.create"]},
    }
    return text(made.call(f"{ROLES}.create", body, parent=PARENT), "name")


def test_the_id_of_a_deleted_role_stays_taken_and_the_role_can_come_back() -> None:
    made = scene()
    name = role(made)
    made.call(f"{ROLES}.delete", name=name)

    again: Properties = {"roleId": "tokenworksNodes", "role": {}}
    assert made.refusal(f"{ROLES}.create", again, parent=PARENT) == (
        "googleapi: Error 400: You can't create a role_id (tokenworksNodes) which has been marked "
        "for deletion., failedPrecondition"
    )
    assert made.call(f"{ROLES}.get", name=name)["deleted"] is True

    made.call(f"{ROLES}.undelete", {}, name=name)
    assert "deleted" not in made.call(f"{ROLES}.get", name=name)


def test_a_role_id_is_taken_once() -> None:
    made = scene()
    role(made)

    again: Properties = {"roleId": "tokenworksNodes", "role": {}}
    assert made.refusal(f"{ROLES}.create", again, parent=PARENT) == (
        f"googleapi: Error 409: A role named tokenworksNodes in {PARENT} already exists., "
        "alreadyExists"
    )


@pytest.mark.parametrize("permission", ["resourcemanager.projects.list", "storage.objects", "*"])
def test_a_permission_that_a_role_cannot_have_is_refused(permission: str) -> None:
    body: Properties = {"roleId": "broken", "role": {"includedPermissions": [permission]}}

    assert scene().refusal(f"{ROLES}.create", body, parent=PARENT) == (
        f"googleapi: Error 400: Permission {permission} is not valid., badRequest"
    )


def test_only_fields_of_the_mask_change() -> None:
    made = scene()
    name = role(made)

    body: Properties = {"title": "Machines", "description": "ignored"}
    changed = made.call(f"{ROLES}.patch", body, name=name, updateMask="title")

    assert changed["title"] == "Machines"
    assert "description" not in changed


def test_policies_and_accounts_come_back_from_a_journal(tmp_path: Path) -> None:
    first = scene(Journal(tmp_path / "journal"))
    bind(first, LOGS, f"serviceAccount:{first.account('gke-nodes')}")
    role(first)

    second = scene(Journal(tmp_path / "journal"))

    assert policy_of(second) == policy_of(first)
