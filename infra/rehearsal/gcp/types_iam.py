"""Rows of IAM: grants on each kind of resource, custom roles, service accounts.

What changes in place is what the provider changes so (terraform-provider-google@e03b762,
2026-08-21, resource_google_service_account.go and resource_google_project_iam_custom_role.go).
"""

import re
from collections.abc import Mapping

from infra.rehearsal.cloud.errors import ProviderError
from infra.rehearsal.cloud.table import Pending
from infra.rehearsal.gcp.api.errors import GoogleError, Reason
from infra.rehearsal.gcp.forms import Form
from infra.rehearsal.gcp.members import Resource, member_row
from infra.rehearsal.gcp.place import Place
from infra.rehearsal.gcp.table import STEERING, ResourceType, deleted, patched, served
from infra.replies import optional_text, text
from infra.wire import UNKNOWN, Properties

ROLES = "iam.projects.roles"
ROLES_CREATE = f"{ROLES}.create"
ROLES_GET = f"{ROLES}.get"
ACCOUNTS = "iam.projects.serviceAccounts"
ROLE = Form("projects/{project}/roles/{roleId}", name="roleId")
ACCOUNT = Form("projects/{project}/serviceAccounts/{email}", name="email")
ACCOUNT_ID = re.compile(r"[a-z](?:[-a-z0-9]{4,28}[a-z0-9])")


def _make_role(
    place: Place, inputs: Properties, _labels: Mapping[str, str]
) -> tuple[str, Pending | None]:
    """Make a role, or bring a deleted one of its id back, as the provider does."""
    physical_id = ROLE.id_of(place, inputs)
    role: Properties = {
        "title": inputs["title"],
        "description": optional_text(inputs, "description"),
        "includedPermissions": inputs["permissions"],
        "stage": optional_text(inputs, "stage") or "GA",
    }
    try:
        before = place.call(ROLES_GET, name=physical_id)
    except GoogleError as error:
        if not error.not_found:
            raise
        body: Properties = {"roleId": inputs["roleId"], "role": role}
        place.call(ROLES_CREATE, body, parent=physical_id.partition("/roles/")[0])
        return physical_id, None
    if not before.get("deleted"):
        message = f"Custom project role {physical_id} already exists and must be imported"
        raise ProviderError(message)
    place.call(f"{ROLES}.undelete", {}, name=physical_id)
    place.call(f"{ROLES}.patch", role, name=physical_id)
    return physical_id, None


def _read_role(place: Place, physical_id: str) -> Properties:
    """A role that is marked for deletion is gone for the provider."""
    found = place.call(ROLES_GET, name=physical_id)
    if found.get("deleted"):
        message = f"The role {physical_id} is marked for deletion."
        raise GoogleError(ROLES_GET, Reason.NOT_FOUND, message)
    return found


def _role_outputs(_place: Place, physical_id: str, _api: Properties) -> Properties:
    return {"name": physical_id, "deleted": False}


def _make_account(
    place: Place, inputs: Properties, _labels: Mapping[str, str]
) -> tuple[str, Pending | None]:
    project = place.field(inputs, "project")
    kept = {key: inputs[key] for key in ("displayName", "description") if key in inputs}
    body: Properties = {"accountId": inputs["accountId"], "serviceAccount": kept}
    reply = place.call(f"{ACCOUNTS}.create", body, name=f"projects/{project}")
    return text(reply, "name"), None


def _account_outputs(_place: Place, physical_id: str, api: Properties) -> Properties:
    email = text(api, "email")
    return {
        "accountId": email.partition("@")[0],
        "name": physical_id,
        "member": f"serviceAccount:{email}",
        "disabled": bool(api.get("disabled")),
    }


def _account_id_fits(inputs: Properties) -> list[str]:
    """The provider's own check (validate_gcp_name.go, `ValidateRFC1035Name(6, 30)`)."""
    found = inputs.get("accountId")
    if not isinstance(found, str) or found == UNKNOWN or ACCOUNT_ID.fullmatch(found):
        return []
    return [f'"account_id" ("{found}") doesn\'t match regexp "^{ACCOUNT_ID.pattern}$"']


def _described(inputs: Properties) -> Properties:
    return {"serviceAccount": inputs, "updateMask": ",".join(sorted(inputs))}


def _secret_id(place: Place, inputs: Properties) -> str:
    """The provider takes the id of a secret, or its whole name."""
    name = text(inputs, "secretId").rpartition("/")[2]
    return f"projects/{place.field(inputs, 'project')}/secrets/{name}"


def _repository_id(place: Place, inputs: Properties) -> str:
    project, location = (place.field(inputs, part) for part in ("project", "location"))
    name = text(inputs, "repository").rpartition("/")[2]
    return f"projects/{project}/locations/{location}/repositories/{name}"


ROWS = (
    ResourceType(
        pulumi_type="gcp:projects/iAMCustomRole:IAMCustomRole",
        form=ROLE,
        create=ROLES_CREATE,
        make=_make_role,
        read=_read_role,
        delete=deleted(f"{ROLES}.delete", ROLE),
        reading={"permissions": "includedPermissions"},
        updates=(
            patched(
                *("title", "description", "permissions", "stage"),
                by=f"{ROLES}.patch",
                form=ROLE,
                rename={"permissions": "includedPermissions"},
            ),
        ),
        outputs=_role_outputs,
        autoname=None,
    ),
    ResourceType(
        pulumi_type="gcp:serviceaccount/account:Account",
        **served(ACCOUNTS, ACCOUNT),
        make=_make_account,
        settings=STEERING | {"createIgnoreAlreadyExists"},
        updates=(
            patched(
                *("displayName", "description"),
                by=f"{ACCOUNTS}.patch",
                form=ACCOUNT,
                arrange=_described,
            ),
        ),
        outputs=_account_outputs,
        checks=(_account_id_fits,),
        autoname=None,
    ),
    member_row(
        "gcp:projects/iAMMember:IAMMember",
        Resource(
            "cloudresourcemanager.projects",
            id_of=lambda place, inputs: place.field(inputs, "project"),
            shown=lambda resource: {"project": resource},
        ),
    ),
    member_row(
        "gcp:serviceaccount/iAMMember:IAMMember",
        Resource(
            ACCOUNTS,
            id_of=lambda _place, inputs: text(inputs, "serviceAccountId"),
            shown=lambda resource: {"serviceAccountId": resource},
        ),
    ),
    member_row(
        "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember",
        Resource(
            "cloudkms.projects.locations.keyRings.cryptoKeys",
            id_of=lambda _place, inputs: text(inputs, "cryptoKeyId"),
            shown=lambda resource: {"cryptoKeyId": resource},
        ),
    ),
    member_row(
        "gcp:storage/bucketIAMMember:BucketIAMMember",
        Resource(
            "storage.buckets",
            id_of=lambda _place, inputs: f"b/{text(inputs, 'bucket').removeprefix('b/')}",
            parameter="bucket",
            asked=lambda resource: resource.removeprefix("b/"),
            shown=lambda resource: {"bucket": resource},
            whole=True,
        ),
    ),
    member_row(
        "gcp:secretmanager/secretIamMember:SecretIamMember",
        Resource(
            "secretmanager.projects.secrets",
            id_of=_secret_id,
            shown=lambda resource: {
                "project": resource.split("/")[1],
                "secretId": resource,
            },
        ),
    ),
    member_row(
        "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember",
        Resource(
            "artifactregistry.projects.locations.repositories",
            id_of=_repository_id,
            shown=lambda resource: {
                "project": resource.split("/")[1],
                "location": resource.split("/")[3],
                "repository": resource,
            },
        ),
    ),
)
