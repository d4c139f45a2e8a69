"""Rows of CloudWatch: log groups."""

from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.table import Change, ResourceType, deleted, updating
from infra.rehearsal.aws.values import blocks, dig, text
from infra.wire import UNKNOWN, Properties, Value

RETENTION_DAYS = (
    # CloudWatch Logs API reference, PutRetentionPolicy; 0 is the provider's word for "for ever".
    *(0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)


def _retention_is_offered(inputs: Properties) -> list[str]:
    days = inputs.get("retentionInDays", 0)
    if days in (*RETENTION_DAYS, UNKNOWN):
        return []
    return [f"retentionInDays: {days!r} is not one of {', '.join(map(str, RETENTION_DAYS))}"]


def _set_retention(region: Region, physical_id: str, inputs: Properties) -> None:
    days = inputs.get("retentionInDays", 0)
    if days:
        region.call("logs", "put_retention_policy", logGroupName=physical_id, retentionInDays=days)
    else:
        region.call("logs", "delete_retention_policy", logGroupName=physical_id)


def _read(region: Region, physical_id: str) -> Properties:
    reply = region.call("logs", "describe_log_groups", logGroupNamePrefix=physical_id)
    for group in blocks(reply, "logGroups"):
        if dig(group, "logGroupName") == physical_id:
            arn = text(group, "arn").removesuffix(":*")
            tags = region.call("logs", "list_tags_for_resource", resourceArn=arn)
            return {**group, "arn": arn, "tags": dig(tags, "tags")}
    message = "The specified log group does not exist."
    raise AwsError(message, "DescribeLogGroups", "ResourceNotFoundException")


def _delete(region: Region, physical_id: str, outputs: Properties) -> None:
    if not outputs.get("skipDestroy"):
        deleted("logs", "delete_log_group", "logGroupName")(region, physical_id, outputs)


def _retag(region: Region, physical_id: str, changed: dict[str, str], gone: list[str]) -> None:
    arn = region.arn("logs", f"log-group:{physical_id}")
    if gone:
        keys: list[Value] = [*gone]
        region.call("logs", "untag_resource", resourceArn=arn, tagKeys=keys)
    if changed:
        region.call("logs", "tag_resource", resourceArn=arn, tags=dict(changed))


def _update_retention(region: Region, change: Change) -> None:
    _set_retention(region, change.physical_id, change.new)


ROWS = (
    ResourceType(
        pulumi_type="aws:cloudwatch/logGroup:LogGroup",
        service="logs",
        create="create_log_group",
        identity=lambda _reply, inputs: text(inputs, "name"),
        read=_read,
        delete=_delete,
        rename={"name": "logGroupName"},
        reading={"name": "logGroupName"},
        elsewhere=frozenset({"retentionInDays"}),
        settings=frozenset({"skipDestroy"}),
        kept=frozenset({"logGroupClass"}),  # moto does not give it back
        autoname="name",
        name_limit=512,  # CloudWatch Logs API reference, CreateLogGroup
        tags="map",
        retag=_retag,
        checks=(_retention_is_offered,),
        after_create=(_set_retention,),
        updates=(
            updating(
                "retentionInDays",
                source="PutRetentionPolicy, DeleteRetentionPolicy",
                apply=_update_retention,
            ),
        ),
    ),
)
