"""The row of CloudWatch alarms."""

from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.table import ResourceType
from infra.rehearsal.aws.values import blocks, dig, tag_list, text
from infra.rehearsal.cloud.table import Change, updating
from infra.wire import Properties, Value

SERVICE = "cloudwatch"
CHANGED = {
    "actionsEnabled": "ActionsEnabled",
    "alarmDescription": "AlarmDescription",
    "comparisonOperator": "ComparisonOperator",
    "evaluationPeriods": "EvaluationPeriods",
    "metricName": "MetricName",
    "namespace": "Namespace",
    "period": "Period",
    "statistic": "Statistic",
    "threshold": "Threshold",
    "treatMissingData": "TreatMissingData",
}
"""Input to parameter: PutMetricAlarm overwrites the whole alarm of a name."""


def _arranged(inputs: Properties) -> Properties:
    """Say dimensions as the API does: a list of names and values."""
    wanted = inputs.get("dimensions")
    if not isinstance(wanted, dict):
        return inputs
    listed: list[Value] = [{"name": key, "value": wanted[key]} for key in sorted(wanted)]
    return {**inputs, "dimensions": listed}


def _has_a_limit(inputs: Properties) -> list[str]:
    if "threshold" in inputs or "thresholdMetricId" in inputs:
        return []
    return ["threshold: one of threshold, thresholdMetricId must be given"]


def _read(region: Region, physical_id: str) -> Properties:
    names: list[Value] = [physical_id]
    found = blocks(region.call(SERVICE, "describe_alarms", AlarmNames=names), "MetricAlarms")
    if not found:
        message = f"Alarm {physical_id} does not exist"
        raise AwsError(message, "DescribeAlarms", "ResourceNotFound")
    tags = region.call(SERVICE, "list_tags_for_resource", ResourceARN=text(found[0], "AlarmArn"))
    dimensions: Properties = {
        text(one, "Name"): dig(one, "Value") for one in blocks(found[0], "Dimensions")
    }
    return {**found[0], "Dimensions": dimensions, "Tags": dig(tags, "Tags")}


def _delete(region: Region, physical_id: str, _outputs: Properties) -> None:
    names: list[Value] = [physical_id]
    region.call(SERVICE, "delete_alarms", AlarmNames=names)


def _retag(region: Region, physical_id: str, changed: dict[str, str], gone: list[str]) -> None:
    arn = region.arn(SERVICE, f"alarm:{physical_id}")
    if gone:
        keys: list[Value] = [*gone]
        region.call(SERVICE, "untag_resource", ResourceARN=arn, TagKeys=keys)
    if changed:
        region.call(SERVICE, "tag_resource", ResourceARN=arn, Tags=tag_list(changed))


def _put(region: Region, change: Change) -> None:
    sent: Properties = {
        member: change.new[name] for name, member in CHANGED.items() if name in change.new
    }
    dimensions = change.new.get("dimensions")
    if isinstance(dimensions, dict):
        sent["Dimensions"] = [{"Name": key, "Value": dimensions[key]} for key in sorted(dimensions)]
    region.call(SERVICE, "put_metric_alarm", AlarmName=change.physical_id, **sent)


def _outputs(region: Region, physical_id: str, api: Properties) -> Properties:
    return {
        "arn": region.arn(SERVICE, f"alarm:{physical_id}"),
        "name": physical_id,
        # moto does not give it back where it is what CloudWatch takes by itself
        "treatMissingData": dig(api, "TreatMissingData") or "missing",
    }


ROWS = (
    ResourceType(
        pulumi_type="aws:cloudwatch/metricAlarm:MetricAlarm",
        service=SERVICE,
        create="put_metric_alarm",
        identity=lambda _reply, inputs: text(inputs, "name"),
        read=_read,
        delete=_delete,
        arrange=_arranged,
        rename={"name": "AlarmName"},
        reading={"name": "AlarmName"},
        autoname="name",
        name_limit=255,  # CloudWatch API reference, PutMetricAlarm
        tags="list",
        retag=_retag,
        checks=(_has_a_limit,),
        updates=(updating(*CHANGED, "dimensions", source="PutMetricAlarm", apply=_put),),
        outputs=_outputs,
    ),
)
