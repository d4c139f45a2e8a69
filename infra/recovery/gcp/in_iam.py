"""How service accounts, roles of our own, and grants are found.

A grant is a member of a binding in the policy of what it is about: it has no name of its own.
"""

from collections.abc import Callable, Mapping, Sequence

from infra.google_api import GoogleApi, listed
from infra.recovery.candidates import BY_CONTENT, BY_NAME, Candidate, Finder, same
from infra.recovery.gcp.marks import last, location_of, project_of
from infra.replies import block, blocks, optional_text, text, texts
from infra.wire import Properties

WITH_CONDITIONS = 3
"""Version of a policy that shows conditions (IAM API, description of `requestedPolicyVersion`)."""
CASE_MATTERS = ("principal:", "principalSet:", "principalHierarchy:")
"""Kinds of member whose name the provider leaves as it is (terraform-provider-google,
NormalizeIamPrincipalCasing; 2026-08)."""
CONDITION = ("title", "description", "expression")

Policy = Callable[[GoogleApi, Properties], tuple[str, Properties]]
"""What a grant is about, as the provider has it in ids, and its policy."""


def _accounts(api: GoogleApi, inputs: Properties) -> Sequence[Candidate]:
    """Find a service account by its id; a project's accounts all end alike."""
    name = f"projects/{project_of(api, inputs)}"
    return [
        Candidate(text(item, "name"), ours=same(item, inputs, {"displayName": "displayName"}))
        for item in listed(api, "iam.projects.serviceAccounts.list", "accounts", name=name)
        if text(item, "email").partition("@")[0] == inputs.get("accountId")
    ]


def _roles(api: GoogleApi, inputs: Properties) -> Sequence[Candidate]:
    """Find a role of the project by its id.

    A deleted one keeps it for weeks, and is not what a create made: the provider's next create
    brings it back (terraform-provider-google, resource_google_project_iam_custom_role.go, 2026-08).
    """
    name = f"projects/{project_of(api, inputs)}/roles/{text(inputs, 'roleId')}"
    found = api.call("iam.projects.roles.get", name=name)
    if found.get("deleted") is True:
        return []
    return [Candidate(name, ours=same(found, inputs, {"title": "title"}))]


def _grants(policy: Policy) -> Finder[GoogleApi]:
    def search(api: GoogleApi, inputs: Properties) -> Sequence[Candidate]:
        about, found = policy(api, inputs)
        role, member = text(inputs, "role"), _normal(text(inputs, "member"))
        condition = _condition(block(inputs, "condition"))
        end = f"/{'/'.join(condition)}" if any(condition) else ""
        return [
            Candidate(f"{about}/{role}/{member}{end}")
            for binding in blocks(found, "bindings")
            if binding.get("role") == role
            and _condition(block(binding, "condition")) == condition
            and member in map(_normal, texts(binding, "members"))
        ]

    return Finder(BY_CONTENT, search)


def _condition(found: Properties) -> tuple[str, ...]:
    return tuple(optional_text(found, part) for part in CONDITION)


def _normal(member: str) -> str:
    kind, colon, name = member.partition(":")
    return member if member.startswith(CASE_MATTERS) else f"{kind}{colon}{name.lower()}"


def _of_project(api: GoogleApi, inputs: Properties) -> tuple[str, Properties]:
    about = text(inputs, "project")
    body: Properties = {"options": {"requestedPolicyVersion": WITH_CONDITIONS}}
    method = "cloudresourcemanager.projects.getIamPolicy"
    return about, api.call(method, body, resource=last(about))


def _of_account(api: GoogleApi, inputs: Properties) -> tuple[str, Properties]:
    return _policy(api, "iam.projects.serviceAccounts", text(inputs, "serviceAccountId"))


def _of_key(api: GoogleApi, inputs: Properties) -> tuple[str, Properties]:
    method = "cloudkms.projects.locations.keyRings.cryptoKeys"
    return _policy(api, method, text(inputs, "cryptoKeyId"))


def _of_repository(api: GoogleApi, inputs: Properties) -> tuple[str, Properties]:
    place = f"projects/{project_of(api, inputs)}/locations/{location_of(inputs)}"
    about = f"{place}/repositories/{last(text(inputs, 'repository'))}"
    return _policy(api, "artifactregistry.projects.locations.repositories", about)


def _of_secret(api: GoogleApi, inputs: Properties) -> tuple[str, Properties]:
    about = f"projects/{project_of(api, inputs)}/secrets/{last(text(inputs, 'secretId'))}"
    return _policy(api, "secretmanager.projects.secrets", about)


def _of_bucket(api: GoogleApi, inputs: Properties) -> tuple[str, Properties]:
    bucket = text(inputs, "bucket").removeprefix("b/")
    reply = api.call(
        "storage.buckets.getIamPolicy", bucket=bucket, optionsRequestedPolicyVersion=WITH_CONDITIONS
    )
    return f"b/{bucket}", reply


def _of_zone(api: GoogleApi, inputs: Properties) -> tuple[str, Properties]:
    zone = last(text(inputs, "managedZone"))
    about = f"projects/{project_of(api, inputs)}/managedZones/{zone}"
    body: Properties = {"options": {"requestedPolicyVersion": WITH_CONDITIONS}}
    return about, api.call("dns.managedZones.getIamPolicy", body, resource=about)


def _policy(api: GoogleApi, collection: str, about: str) -> tuple[str, Properties]:
    """Return the policy of a thing with a full name."""
    version: Properties = {"options.requestedPolicyVersion": WITH_CONDITIONS}
    return about, api.call(f"{collection}.getIamPolicy", None, resource=about, **version)


FINDERS: Mapping[str, Finder[GoogleApi]] = {
    "gcp:serviceaccount/account:Account": Finder(BY_NAME, _accounts),
    "gcp:projects/iAMCustomRole:IAMCustomRole": Finder(BY_NAME, _roles),
    "gcp:projects/iAMMember:IAMMember": _grants(_of_project),
    "gcp:serviceaccount/iAMMember:IAMMember": _grants(_of_account),
    "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember": _grants(_of_key),
    "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember": _grants(_of_repository),
    "gcp:secretmanager/secretIamMember:SecretIamMember": _grants(_of_secret),
    "gcp:storage/bucketIAMMember:BucketIAMMember": _grants(_of_bucket),
    "gcp:dns/dnsManagedZoneIamMember:DnsManagedZoneIamMember": _grants(_of_zone),
}
