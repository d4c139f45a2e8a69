"""How roles, their policies, and keys are found."""

from collections.abc import Mapping, Sequence

from infra.aws_api import AwsApi, listed, pages
from infra.recovery.aws.tags import wears
from infra.recovery.candidates import BY_CONTENT, BY_NAME, BY_TAGS, Candidate, Finder, called
from infra.replies import dig, text, texts
from infra.wire import Properties, Value

LEAVING = ("PendingDeletion", "PendingReplicaDeletion")


def _roles(api: AwsApi, inputs: Properties) -> Sequence[Candidate]:
    wanted = text(inputs, "name")
    return [
        _role(api, text(item, "RoleName"), inputs)
        for item in listed(api, "iam", "ListRoles", "Roles")
        if called(item.get("RoleName"), wanted)
    ]


def _role(api: AwsApi, name: str, inputs: Properties) -> Candidate:
    tags = dig(api.call("iam", "GetRole", RoleName=name), "Role.Tags")  # the list has none
    return Candidate(name, ours=wears(tags, inputs), as_made={"name": name})


def _attachments(api: AwsApi, inputs: Properties) -> Sequence[Candidate]:
    role, policy = text(inputs, "role"), text(inputs, "policyArn")
    found = listed(api, "iam", "ListAttachedRolePolicies", "AttachedPolicies", RoleName=role)
    return [Candidate(f"{role}/{policy}") for item in found if item.get("PolicyArn") == policy]


def _inline_policies(api: AwsApi, inputs: Properties) -> Sequence[Candidate]:
    role, wanted = text(inputs, "role"), text(inputs, "name")
    return [
        Candidate(f"{role}:{name}", as_made={"name": name})
        for page in pages(api, "iam", "ListRolePolicies", RoleName=role)
        for name in texts(page, "PolicyNames")
        if called(name, wanted)
    ]


def _keys(api: AwsApi, inputs: Properties) -> Sequence[Candidate]:
    """Find keys by tags; they have no name, and an alias comes later."""
    found = []
    for item in listed(api, "kms", "ListKeys", "Keys"):
        key = text(item, "KeyId")
        described = api.call("kms", "DescribeKey", KeyId=key)
        # Tags of AWS's own keys cannot be listed with ordinary rights, and they are never ours.
        if dig(described, "KeyMetadata.KeyManager") != "CUSTOMER":
            continue
        if dig(described, "KeyMetadata.KeyState") in LEAVING:
            continue
        tags: Value = [*listed(api, "kms", "ListResourceTags", "Tags", KeyId=key)]
        if wears(tags, inputs):
            found.append(Candidate(key))
    return found


def _aliases(api: AwsApi, inputs: Properties) -> Sequence[Candidate]:
    name, target = text(inputs, "name"), text(inputs, "targetKeyId")
    return [
        # The program may name the key by id or by ARN, which ends with the id.
        Candidate(name, ours=target.endswith(text(item, "TargetKeyId")))
        for item in listed(api, "kms", "ListAliases", "Aliases")
        if item.get("AliasName") == name
    ]


FINDERS: Mapping[str, Finder[AwsApi]] = {
    "aws:iam/role:Role": Finder(BY_NAME, _roles),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": Finder(BY_CONTENT, _attachments),
    "aws:iam/rolePolicy:RolePolicy": Finder(BY_CONTENT, _inline_policies),
    "aws:kms/key:Key": Finder(BY_TAGS, _keys),
    "aws:kms/alias:Alias": Finder(BY_CONTENT, _aliases),
}
