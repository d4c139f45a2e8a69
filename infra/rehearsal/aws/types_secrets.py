"""Rows of Secrets Manager: secrets, without their values."""

from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.table import ResourceType
from infra.rehearsal.aws.values import tag_list, text
from infra.rehearsal.cloud.table import Change, updating
from infra.wire import UNKNOWN, Properties, Value

LEAST_WINDOW_DAYS, LONGEST_WINDOW_DAYS = 7, 30
"""secretsmanager:DeleteSecret, `RecoveryWindowInDays` (API reference, 2026); 0 is the provider's
word for `ForceDeleteWithoutRecovery`."""


def _window_is_offered(inputs: Properties) -> list[str]:
    days = inputs.get("recoveryWindowInDays", LONGEST_WINDOW_DAYS)
    offered = (0, *range(LEAST_WINDOW_DAYS, LONGEST_WINDOW_DAYS + 1), UNKNOWN)
    return [] if days in offered else [f"recoveryWindowInDays: {days!r} is not 0 or from 7 to 30"]


def _read(region: Region, physical_id: str) -> Properties:
    found = region.call("secretsmanager", "describe_secret", SecretId=physical_id)
    if found.get("DeletedDate"):  # there until its window is over, and gone for the provider
        message = "Secrets Manager can't find the specified secret."
        raise AwsError(message, "DescribeSecret", "ResourceNotFoundException")
    return found


def _delete(region: Region, physical_id: str, outputs: Properties) -> None:
    days = outputs.get("recoveryWindowInDays", LONGEST_WINDOW_DAYS)
    how: Properties = (
        {"RecoveryWindowInDays": days} if days else {"ForceDeleteWithoutRecovery": True}
    )
    region.call("secretsmanager", "delete_secret", SecretId=physical_id, **how)


def _retag(region: Region, physical_id: str, changed: dict[str, str], gone: list[str]) -> None:
    if gone:
        keys: list[Value] = [*gone]
        region.call("secretsmanager", "untag_resource", SecretId=physical_id, TagKeys=keys)
    if changed:
        region.call("secretsmanager", "tag_resource", SecretId=physical_id, Tags=tag_list(changed))


def _update(region: Region, change: Change) -> None:
    wanted: Properties = {
        parameter: change.new[name]
        for name, parameter in (("description", "Description"), ("kmsKeyId", "KmsKeyId"))
        if name in change.new
    }
    region.call("secretsmanager", "update_secret", SecretId=change.physical_id, **wanted)


ROWS = (
    ResourceType(
        pulumi_type="aws:secretsmanager/secret:Secret",
        service="secretsmanager",
        create="create_secret",
        identity=lambda reply, _inputs: text(reply, "ARN"),
        read=_read,
        delete=_delete,
        reading={"arn": "ARN"},
        settings=frozenset({"recoveryWindowInDays", "forceOverwriteReplicaSecret"}),
        autoname="name",
        name_limit=512,  # Secrets Manager API reference, CreateSecret
        tags="list",
        retag=_retag,
        checks=(_window_is_offered,),
        updates=(updating("description", "kmsKeyId", source="UpdateSecret", apply=_update),),
    ),
)
