"""Rows of IAM: roles, policies, their attachments, instance profiles."""

import json

from infra.rehearsal.aws import rules_iam as rules
from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.table import ResourceType, got
from infra.rehearsal.aws.values import block, blocks, dig, tag_list, text
from infra.rehearsal.cloud.table import Change, updating
from infra.wire import Properties, Value

LARGEST_NUMBER_OF_VERSIONS = 5  # IAM quotas: versions of a managed policy


def _retag(kind: str, key: str):  # noqa: ANN202 - the row names the type of its field
    def retag(region: Region, physical_id: str, changed: dict[str, str], gone: list[str]) -> None:
        if gone:
            keys: list[Value] = [*gone]
            region.call("iam", f"untag_{kind}", **{key: physical_id}, TagKeys=keys)
        if changed:
            region.call("iam", f"tag_{kind}", **{key: physical_id}, Tags=tag_list(changed))

    return retag


def _role_outputs(_region: Region, _physical_id: str, api: Properties) -> Properties:
    return {"assumeRolePolicy": json.dumps(api["AssumeRolePolicyDocument"])}


def _update_trust(region: Region, change: Change) -> None:
    rules.trust_policy(region, change.new)
    region.call(
        "iam",
        "update_assume_role_policy",
        RoleName=change.physical_id,
        PolicyDocument=change.new["assumeRolePolicy"],
    )


def _update_role(region: Region, change: Change) -> None:
    region.call(
        "iam",
        "update_role",
        RoleName=change.physical_id,
        Description=change.new.get("description", ""),
        MaxSessionDuration=change.new.get("maxSessionDuration", 3600),
    )


def _delete_role(region: Region, physical_id: str, outputs: Properties) -> None:
    if outputs.get("forceDetachPolicies"):
        attached = region.call("iam", "list_attached_role_policies", RoleName=physical_id)
        for policy in blocks(attached, "AttachedPolicies"):
            region.call(
                "iam",
                "detach_role_policy",
                RoleName=physical_id,
                PolicyArn=text(policy, "PolicyArn"),
            )
    region.call("iam", "delete_role", RoleName=physical_id)


def _read_attachment(region: Region, physical_id: str) -> Properties:
    role, _slash, policy_arn = physical_id.partition("/")
    reply = region.call("iam", "list_attached_role_policies", RoleName=role)
    if any(dig(item, "PolicyArn") == policy_arn for item in blocks(reply, "AttachedPolicies")):
        return {"RoleName": role, "PolicyArn": policy_arn}
    message = f"policy {policy_arn} is not attached to role {role}"
    raise AwsError(message, "ListAttachedRolePolicies", "NoSuchEntity")


def _detach(region: Region, physical_id: str, _outputs: Properties) -> None:
    role, _slash, policy_arn = physical_id.partition("/")
    region.call("iam", "detach_role_policy", RoleName=role, PolicyArn=policy_arn)


def _read_inline(region: Region, physical_id: str) -> Properties:
    role, _colon, name = physical_id.partition(":")
    return region.call("iam", "get_role_policy", RoleName=role, PolicyName=name)


def _inline_outputs(_region: Region, _physical_id: str, api: Properties) -> Properties:
    return {"policy": json.dumps(api["PolicyDocument"])}


def _update_inline(region: Region, change: Change) -> None:
    role, _colon, name = change.physical_id.partition(":")
    document = change.new["policy"]
    region.call("iam", "put_role_policy", RoleName=role, PolicyName=name, PolicyDocument=document)


def _delete_inline(region: Region, physical_id: str, _outputs: Properties) -> None:
    role, _colon, name = physical_id.partition(":")
    region.call("iam", "delete_role_policy", RoleName=role, PolicyName=name)


def _policy_outputs(region: Region, physical_id: str, api: Properties) -> Properties:
    version = region.call(
        "iam",
        "get_policy_version",
        PolicyArn=physical_id,
        VersionId=text(api, "DefaultVersionId"),
    )
    return {"policy": json.dumps(dig(version, "PolicyVersion.Document"))}


def _new_policy_version(region: Region, change: Change) -> None:
    arn = change.physical_id
    versions = blocks(region.call("iam", "list_policy_versions", PolicyArn=arn), "Versions")
    if len(versions) >= LARGEST_NUMBER_OF_VERSIONS:  # the real provider drops the oldest
        oldest = min(
            (item for item in versions if not dig(item, "IsDefaultVersion")),
            key=lambda item: int(text(item, "VersionId")[1:]),
        )
        region.call(
            "iam", "delete_policy_version", PolicyArn=arn, VersionId=text(oldest, "VersionId")
        )
    region.call(
        "iam",
        "create_policy_version",
        PolicyArn=arn,
        PolicyDocument=change.new["policy"],
        SetAsDefault=True,
    )


def _delete_policy(region: Region, physical_id: str, _outputs: Properties) -> None:
    versions = region.call("iam", "list_policy_versions", PolicyArn=physical_id)
    for version in blocks(versions, "Versions"):
        if not dig(version, "IsDefaultVersion"):
            region.call(
                "iam",
                "delete_policy_version",
                PolicyArn=physical_id,
                VersionId=text(version, "VersionId"),
            )
    region.call("iam", "delete_policy", PolicyArn=physical_id)


def _add_role(region: Region, physical_id: str, inputs: Properties) -> None:
    if "role" in inputs:
        region.call(
            "iam",
            "add_role_to_instance_profile",
            InstanceProfileName=physical_id,
            RoleName=inputs["role"],
        )


def _remove_roles(region: Region, physical_id: str) -> None:
    found = region.call("iam", "get_instance_profile", InstanceProfileName=physical_id)
    for role in blocks(block(found, "InstanceProfile"), "Roles"):
        region.call(
            "iam",
            "remove_role_from_instance_profile",
            InstanceProfileName=physical_id,
            RoleName=text(role, "RoleName"),
        )


def _change_role(region: Region, change: Change) -> None:
    _remove_roles(region, change.physical_id)
    _add_role(region, change.physical_id, change.new)


def _delete_profile(region: Region, physical_id: str, _outputs: Properties) -> None:
    _remove_roles(region, physical_id)
    region.call("iam", "delete_instance_profile", InstanceProfileName=physical_id)


def _profile_outputs(_region: Region, _physical_id: str, api: Properties) -> Properties:
    return {"role": dig(api, "Roles.0.RoleName")}


ROWS = (
    ResourceType(
        pulumi_type="aws:iam/role:Role",
        service="iam",
        create="create_role",
        identity=lambda reply, _inputs: text(reply, "Role.RoleName"),
        read=got("iam", "get_role", "RoleName", "Role"),
        delete=_delete_role,
        rename={"name": "RoleName", "assumeRolePolicy": "AssumeRolePolicyDocument"},
        reading={"name": "RoleName", "uniqueId": "RoleId"},
        settings=frozenset({"forceDetachPolicies"}),
        autoname="name",
        name_limit=64,  # IAM quotas: role name
        tags="list",
        retag=_retag("role", "RoleName"),
        checks=(rules.is_json("assumeRolePolicy"),),
        rules=(rules.trust_policy,),
        updates=(
            updating("assumeRolePolicy", source="UpdateAssumeRolePolicy", apply=_update_trust),
            updating("description", "maxSessionDuration", source="UpdateRole", apply=_update_role),
        ),
        outputs=_role_outputs,
    ),
    ResourceType(
        pulumi_type="aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        service="iam",
        create="attach_role_policy",
        identity=lambda _reply, inputs: f"{inputs['role']}/{inputs['policyArn']}",
        read=_read_attachment,
        delete=_detach,
        rename={"role": "RoleName"},
        reading={"role": "RoleName"},
    ),
    ResourceType(
        pulumi_type="aws:iam/rolePolicy:RolePolicy",
        service="iam",
        create="put_role_policy",
        identity=lambda _reply, inputs: f"{inputs['role']}:{inputs['name']}",
        read=_read_inline,
        delete=_delete_inline,
        rename={"role": "RoleName", "name": "PolicyName", "policy": "PolicyDocument"},
        reading={"role": "RoleName", "name": "PolicyName"},
        autoname="name",
        name_limit=128,  # IAM API reference, PutRolePolicy
        checks=(rules.is_json("policy"),),
        rules=(rules.inline_name_is_free,),
        updates=(updating("policy", source="PutRolePolicy", apply=_update_inline),),
        outputs=_inline_outputs,
    ),
    ResourceType(
        pulumi_type="aws:iam/policy:Policy",
        service="iam",
        create="create_policy",
        identity=lambda reply, _inputs: text(reply, "Policy.Arn"),
        read=got("iam", "get_policy", "PolicyArn", "Policy"),
        delete=_delete_policy,
        rename={"name": "PolicyName", "policy": "PolicyDocument"},
        reading={"name": "PolicyName"},
        kept=frozenset({"description"}),  # GetPolicy has it, moto drops it
        autoname="name",
        name_limit=128,  # IAM quotas: policy name
        tags="list",
        retag=_retag("policy", "PolicyArn"),
        checks=(rules.is_json("policy"),),
        delete_rules=(rules.policy_is_unattached,),
        updates=(updating("policy", source="CreatePolicyVersion", apply=_new_policy_version),),
        outputs=_policy_outputs,
    ),
    ResourceType(
        pulumi_type="aws:iam/instanceProfile:InstanceProfile",
        service="iam",
        create="create_instance_profile",
        identity=lambda reply, _inputs: text(reply, "InstanceProfile.InstanceProfileName"),
        read=got("iam", "get_instance_profile", "InstanceProfileName", "InstanceProfile"),
        delete=_delete_profile,
        rename={"name": "InstanceProfileName"},
        reading={"name": "InstanceProfileName", "uniqueId": "InstanceProfileId"},
        elsewhere=frozenset({"role"}),
        autoname="name",
        name_limit=128,  # IAM quotas: instance profile name
        tags="list",
        retag=_retag("instance_profile", "InstanceProfileName"),
        after_create=(_add_role,),
        updates=(
            updating(
                "role",
                source="RemoveRoleFromInstanceProfile, AddRoleToInstanceProfile",
                apply=_change_role,
            ),
        ),
        outputs=_profile_outputs,
    ),
)
