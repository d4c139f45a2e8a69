"""Rows of KMS: keys and their aliases.

A key is never deleted at once: its deletion is scheduled, and from then on it is as good as gone.
"""

from infra.rehearsal.aws import rules_kms as rules
from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.rules_iam import is_json
from infra.rehearsal.aws.table import ResourceType, deleted
from infra.rehearsal.aws.values import block, blocks, dig, text
from infra.rehearsal.cloud.table import Change, updating
from infra.wire import Properties, Value

DEFAULT_WINDOW_DAYS = 30  # KMS API reference, ScheduleKeyDeletion
POLICY_NAME = "default"  # the only name that KMS has for a key policy


def _read_key(region: Region, physical_id: str) -> Properties:
    found = block(region.call("kms", "describe_key", KeyId=physical_id), "KeyMetadata")
    if text(found, "KeyState") == rules.PENDING:
        message = f"Key '{text(found, 'Arn')}' is pending deletion"
        raise AwsError(message, "DescribeKey", "NotFoundException")
    tags = region.call("kms", "list_resource_tags", KeyId=physical_id)
    return {**found, "Tags": dig(tags, "Tags")}


def _key_outputs(region: Region, physical_id: str, api: Properties) -> Properties:
    policy = region.call("kms", "get_key_policy", KeyId=physical_id, PolicyName=POLICY_NAME)
    rotation = region.call("kms", "get_key_rotation_status", KeyId=physical_id)
    return {
        "policy": dig(policy, "Policy"),
        "enableKeyRotation": dig(rotation, "KeyRotationEnabled"),
        "isEnabled": dig(api, "Enabled"),
    }


def _switch(region: Region, physical_id: str, inputs: Properties) -> None:
    """Set what CreateKey does not take: rotation, and whether the key may be used."""
    if inputs.get("enableKeyRotation"):
        period = inputs.get("rotationPeriodInDays")
        days: Properties = {"RotationPeriodInDays": period} if period else {}
        region.call("kms", "enable_key_rotation", KeyId=physical_id, **days)
    if inputs.get("isEnabled") is False:
        region.call("kms", "disable_key", KeyId=physical_id)


def _switch_again(region: Region, change: Change) -> None:
    key_id = change.physical_id
    region.call("kms", "enable_key", KeyId=key_id)  # rotation of a disabled key cannot change
    if not change.new.get("enableKeyRotation"):
        region.call("kms", "disable_key_rotation", KeyId=key_id)
    _switch(region, key_id, change.new)


def _describe_again(region: Region, change: Change) -> None:
    words = change.new.get("description", "")
    region.call("kms", "update_key_description", KeyId=change.physical_id, Description=words)


def _put_policy(region: Region, change: Change) -> None:
    rules.key_policy(region, change.new)
    region.call(
        "kms",
        "put_key_policy",
        KeyId=change.physical_id,
        PolicyName=POLICY_NAME,
        Policy=change.new["policy"],
    )


def _schedule_deletion(region: Region, physical_id: str, outputs: Properties) -> None:
    region.call(
        "kms",
        "schedule_key_deletion",
        KeyId=physical_id,
        PendingWindowInDays=outputs.get("deletionWindowInDays", DEFAULT_WINDOW_DAYS),
    )


def _retag(region: Region, physical_id: str, changed: dict[str, str], gone: list[str]) -> None:
    if gone:
        keys: list[Value] = [*gone]
        region.call("kms", "untag_resource", KeyId=physical_id, TagKeys=keys)
    if changed:
        tags: list[Value] = [{"TagKey": key, "TagValue": item} for key, item in changed.items()]
        region.call("kms", "tag_resource", KeyId=physical_id, Tags=tags)


def _read_alias(region: Region, physical_id: str) -> Properties:
    for alias in blocks(region.call("kms", "list_aliases"), "Aliases"):
        if dig(alias, "AliasName") == physical_id:
            return alias
    message = f"Alias {region.arn('kms', physical_id)} is not found."
    raise AwsError(message, "ListAliases", "NotFoundException")


def _alias_outputs(region: Region, _physical_id: str, api: Properties) -> Properties:
    key = text(api, "TargetKeyId")
    return {
        "arn": text(api, "AliasArn"),
        "targetKeyId": key,
        "targetKeyArn": region.arn("kms", f"key/{key}"),
    }


def _point(region: Region, change: Change) -> None:
    rules.alias_target(region, change.new)
    region.call(
        "kms",
        "update_alias",
        AliasName=change.physical_id,
        TargetKeyId=change.new["targetKeyId"],
    )


ROWS = (
    ResourceType(
        pulumi_type="aws:kms/key:Key",
        service="kms",
        create="create_key",
        identity=lambda reply, _inputs: text(reply, "KeyMetadata.KeyId"),
        read=_read_key,
        delete=_schedule_deletion,
        elsewhere=frozenset({"enableKeyRotation", "isEnabled", "rotationPeriodInDays"}),
        settings=frozenset({"deletionWindowInDays"}),
        kept=frozenset(
            # The first is never given back; moto drops the second, GetKeyRotationStatus has it.
            {"bypassPolicyLockoutSafetyCheck", "rotationPeriodInDays"}
        ),
        tags="kms",
        retag=_retag,
        checks=(is_json("policy"), rules.key_inputs),
        rules=(rules.key_policy,),
        after_create=(_switch,),
        updates=(
            updating("description", source="UpdateKeyDescription", apply=_describe_again),
            updating(
                "policy",
                "bypassPolicyLockoutSafetyCheck",
                source="PutKeyPolicy",
                apply=_put_policy,
            ),
            updating(
                *("enableKeyRotation", "rotationPeriodInDays", "isEnabled"),
                source="EnableKeyRotation, DisableKeyRotation, EnableKey, DisableKey",
                apply=_switch_again,
            ),
        ),
        outputs=_key_outputs,
    ),
    ResourceType(
        pulumi_type="aws:kms/alias:Alias",
        service="kms",
        create="create_alias",
        identity=lambda _reply, inputs: text(inputs, "name"),
        read=_read_alias,
        delete=deleted("kms", "delete_alias", "AliasName"),
        rename={"name": "AliasName"},
        reading={"name": "AliasName"},
        autoname="name",
        autoname_prefix=rules.ALIAS_PREFIX,
        name_limit=256,  # KMS API reference, CreateAlias
        checks=(rules.alias_inputs,),
        rules=(rules.alias_target,),
        updates=(updating("targetKeyId", source="UpdateAlias", apply=_point),),
        outputs=_alias_outputs,
    ),
)
