"""Rows of logs: log groups and their streams, and flow logs of networks."""

from infra.rehearsal.aws import rules_logs as rules
from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.table import ResourceType, deleted, described, retag_ec2
from infra.rehearsal.aws.values import blocks, dig, text
from infra.rehearsal.cloud.table import Change, updating
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


def _change_key(region: Region, change: Change) -> None:
    rules.key_serves_group(region, change.new)
    key, group = change.new.get("kmsKeyId"), change.physical_id
    if key:
        region.call("logs", "associate_kms_key", logGroupName=group, kmsKeyId=key)
    else:
        region.call("logs", "disassociate_kms_key", logGroupName=group)


def _read_stream(region: Region, physical_id: str) -> Properties:
    """Find a stream by its name, which is all that its id says: ours are named after clusters."""
    for group in blocks(region.call("logs", "describe_log_groups"), "logGroups"):
        name = text(group, "logGroupName")
        reply = region.call(
            "logs", "describe_log_streams", logGroupName=name, logStreamNamePrefix=physical_id
        )
        for stream in blocks(reply, "logStreams"):
            if stream.get("logStreamName") == physical_id:
                return {**stream, "logGroupName": name}
    message = "The specified log stream does not exist."
    raise AwsError(message, "DescribeLogStreams", "ResourceNotFoundException")


def _delete_stream(region: Region, physical_id: str, outputs: Properties) -> None:
    group = text(outputs, "logGroupName")
    region.call("logs", "delete_log_stream", logGroupName=group, logStreamName=physical_id)


WATCHED = {
    "vpcId": "VPC",
    "subnetId": "Subnet",
    "eniId": "NetworkInterface",
}
"""Input to `ResourceType` (EC2 API reference, CreateFlowLogs)."""


def _watched(inputs: Properties) -> Properties:
    """Name what is watched as EC2 does: a type and a list of ids."""
    rest = {key: item for key, item in inputs.items() if key not in WATCHED}
    for name, kind in WATCHED.items():
        if name in inputs:
            return {**rest, "resourceType": kind, "resourceIds": [inputs[name]]}
    return rest


def _watches_one_thing(inputs: Properties) -> list[str]:
    given = [name for name in WATCHED if name in inputs]
    return [] if len(given) == 1 else [f"one of {', '.join(WATCHED)} must be given (got {given})"]


def _flow_log_id(reply: Properties, _inputs: Properties) -> str:
    """Return the id; CreateFlowLogs refuses in its reply what it cannot deliver to."""
    for refused in blocks(reply, "Unsuccessful"):
        code, message = text(refused, "Error.Code"), text(refused, "Error.Message")
        raise AwsError(message, "CreateFlowLogs", code)
    return text(reply, "FlowLogIds.0")


def _flow_log_outputs(region: Region, physical_id: str, api: Properties) -> Properties:
    watched = text(api, "ResourceId")
    kinds = {"vpc-": "vpcId", "subnet-": "subnetId", "eni-": "eniId"}
    name = next(name for prefix, name in kinds.items() if watched.startswith(prefix))
    return {"arn": region.arn("ec2", f"vpc-flow-log/{physical_id}"), name: watched}


def _delete_flow_log(region: Region, physical_id: str, _outputs: Properties) -> None:
    region.call("ec2", "delete_flow_logs", FlowLogIds=[physical_id])


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
        rules=(rules.key_serves_group,),
        after_create=(_set_retention,),
        updates=(
            updating(
                "retentionInDays",
                source="PutRetentionPolicy, DeleteRetentionPolicy",
                apply=_update_retention,
            ),
            updating("kmsKeyId", source="AssociateKmsKey, DisassociateKmsKey", apply=_change_key),
        ),
    ),
    ResourceType(
        pulumi_type="aws:cloudwatch/logStream:LogStream",
        service="logs",
        create="create_log_stream",
        identity=lambda _reply, inputs: text(inputs, "name"),
        read=_read_stream,
        delete=_delete_stream,
        rename={"name": "logStreamName"},
        reading={"name": "logStreamName"},
        autoname="name",
        name_limit=512,  # CloudWatch Logs API reference, CreateLogStream
    ),
    ResourceType(
        pulumi_type="aws:ec2/flowLog:FlowLog",
        service="ec2",
        create="create_flow_logs",
        identity=_flow_log_id,
        read=described(
            "ec2", "describe_flow_logs", "FlowLogIds", "FlowLogs", "InvalidFlowLogId.NotFound"
        ),
        delete=_delete_flow_log,
        arrange=_watched,
        rename={"iamRoleArn": "deliverLogsPermissionArn"},
        reading={"iamRoleArn": "deliverLogsPermissionArn"},
        tags="ec2:vpc-flow-log",
        retag=retag_ec2,
        checks=(_watches_one_thing,),
        rules=(rules.flow_log_role,),
        outputs=_flow_log_outputs,
    ),
)
