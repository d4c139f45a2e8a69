"""Rows of Cost Anomaly Detection.

What changes in place is what the provider changes so (hashicorp/terraform-provider-aws@0509e60 and
@050ac11, internal/service/ce/anomaly_{monitor,subscription}.go, read 2026-11-27).
"""

import json
from collections.abc import Callable, Mapping

from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.anomalies import MONITOR, SERVICE, SUBSCRIPTION, Kind
from infra.rehearsal.aws.table import ResourceType
from infra.rehearsal.aws.values import blocks, dig, tag_list, text
from infra.rehearsal.cloud.table import Change, updating
from infra.wire import UNKNOWN, Properties, Value

IMPACT = ("ANOMALY_TOTAL_IMPACT_ABSOLUTE", "ANOMALY_TOTAL_IMPACT_PERCENTAGE")
"""What a threshold may be about (API reference, 2026)."""


def _read(kind: Kind) -> Callable[[Region, str], Properties]:
    def read(region: Region, physical_id: str) -> Properties:
        arns: list[Value] = [physical_id]
        operation = f"get_anomaly_{kind.word.lower()}s"
        reply = region.call(SERVICE, operation, **{f"{kind.key}List": arns})
        tags = region.call(SERVICE, "list_tags_for_resource", ResourceArn=physical_id)
        return {**blocks(reply, f"{kind.member}s")[0], "Tags": dig(tags, "ResourceTags")}

    return read


def _delete(kind: Kind) -> Callable[[Region, str, Properties], None]:
    def delete(region: Region, physical_id: str, _outputs: Properties) -> None:
        operation = f"delete_anomaly_{kind.word.lower()}"
        region.call(SERVICE, operation, **{kind.key: physical_id})

    return delete


def _retag(region: Region, physical_id: str, changed: dict[str, str], gone: list[str]) -> None:
    if gone:
        keys: list[Value] = [*gone]
        region.call(SERVICE, "untag_resource", ResourceArn=physical_id, ResourceTagKeys=keys)
    if changed:
        tags = tag_list(changed)
        region.call(SERVICE, "tag_resource", ResourceArn=physical_id, ResourceTags=tags)


def _monitor(inputs: Properties) -> Properties:
    """Say what is watched as the API does: the expression is JSON text in the provider."""
    monitor = _spelled(inputs, {"name": "monitorName"})
    wanted = monitor.pop("monitorSpecification", None)
    if isinstance(wanted, str) and wanted != UNKNOWN:
        monitor["monitorSpecification"] = json.loads(wanted)
    return {"anomalyMonitor": monitor}


def _spelled(inputs: Properties, words: Mapping[str, str]) -> Properties:
    return {words.get(name, name): value for name, value in inputs.items()}


def _is_custom(inputs: Properties) -> list[str]:
    wanted = inputs.get("monitorSpecification")
    if wanted == UNKNOWN:
        return []
    if inputs.get("monitorType") == "CUSTOM" and not _is_expression(wanted):
        return ["monitorSpecification: must be an expression in JSON where monitorType is CUSTOM"]
    return []


def _is_expression(wanted: Value) -> bool:
    try:
        return isinstance(wanted, str) and isinstance(json.loads(wanted), dict)
    except ValueError:
        return False


def _monitor_outputs(_region: Region, physical_id: str, api: Properties) -> Properties:
    found = api.get("MonitorSpecification")
    shown = {"monitorSpecification": json.dumps(found)} if found is not None else {}
    return {"arn": physical_id, "name": text(api, "MonitorName"), **shown}


def _rename(region: Region, change: Change) -> None:
    region.call(
        SERVICE,
        "update_anomaly_monitor",
        MonitorArn=change.physical_id,
        MonitorName=change.new.get("name"),
    )


def _subscription(inputs: Properties) -> Properties:
    words = {"name": "subscriptionName", "monitorArnLists": "monitorArnList"}
    subscription = _spelled(inputs, words)
    if "thresholdExpression" in subscription:
        subscription["thresholdExpression"] = _expression(subscription["thresholdExpression"])
    return {"anomalySubscription": subscription}


def _expression(wanted: Value) -> Value:
    """Say the one dimension of a threshold in the API's words."""
    if not isinstance(wanted, dict) or not isinstance(wanted.get("dimension"), dict):
        return wanted
    one = wanted["dimension"]
    found: Properties = {
        "Key": dig(one, "key"),
        "Values": dig(one, "values"),
        "MatchOptions": dig(one, "matchOptions"),
    }
    return {"Dimensions": found}


def _threshold_is_simulated(inputs: Properties) -> list[str]:
    wanted = inputs.get("thresholdExpression")
    if wanted is None or wanted == UNKNOWN:
        return []
    key = dig(wanted, "dimension.key")
    if not isinstance(wanted, dict) or set(wanted) != {"dimension"}:
        return ["thresholdExpression: not simulated: anything but one dimension"]
    if key not in (*IMPACT, UNKNOWN):
        return [f"thresholdExpression.dimension.key: {key!r} is not one of {', '.join(IMPACT)}"]
    return []


def _mail_is_not_at_once(inputs: Properties) -> list[str]:
    """Alerts at once go to a topic (API reference, `Frequency`, 2026)."""
    mailed = any(dig(one, "type") == "EMAIL" for one in blocks(inputs, "subscribers"))
    if mailed and inputs.get("frequency") == "IMMEDIATE":
        return ["frequency: IMMEDIATE is for SNS subscribers; mail is DAILY or WEEKLY"]
    return []


def _subscription_outputs(_region: Region, physical_id: str, api: Properties) -> Properties:
    one = dig(api, "ThresholdExpression.Dimensions")
    dimension: Properties = {
        "key": dig(one, "Key"),
        "values": dig(one, "Values"),
        "matchOptions": dig(one, "MatchOptions"),
    }
    shown: Properties = {} if one is None else {"thresholdExpression": {"dimension": dimension}}
    return {
        "arn": physical_id,
        "name": text(api, "SubscriptionName"),
        "monitorArnLists": dig(api, "MonitorArnList"),
        **shown,
    }


def _change(region: Region, change: Change) -> None:
    sent: Properties = {
        "Frequency": change.new.get("frequency"),
        "MonitorArnList": change.new.get("monitorArnLists"),
        "Subscribers": [
            {"Type": dig(one, "type"), "Address": dig(one, "address")}
            for one in blocks(change.new, "subscribers")
        ],
    }
    if "thresholdExpression" in change.new:
        sent["ThresholdExpression"] = _expression(change.new["thresholdExpression"])
    region.call(SERVICE, "update_anomaly_subscription", SubscriptionArn=change.physical_id, **sent)


ROWS = (
    ResourceType(
        pulumi_type="aws:costexplorer/anomalyMonitor:AnomalyMonitor",
        service=SERVICE,
        create="create_anomaly_monitor",
        identity=lambda reply, _inputs: text(reply, MONITOR.key),
        read=_read(MONITOR),
        delete=_delete(MONITOR),
        arrange=_monitor,
        autoname="name",
        name_limit=1024,  # Cost Explorer API reference, AnomalyMonitor
        tags="resource list",
        retag=_retag,
        checks=(_is_custom,),
        updates=(updating("name", source="UpdateAnomalyMonitor", apply=_rename),),
        outputs=_monitor_outputs,
    ),
    ResourceType(
        pulumi_type="aws:costexplorer/anomalySubscription:AnomalySubscription",
        service=SERVICE,
        create="create_anomaly_subscription",
        identity=lambda reply, _inputs: text(reply, SUBSCRIPTION.key),
        read=_read(SUBSCRIPTION),
        delete=_delete(SUBSCRIPTION),
        arrange=_subscription,
        autoname="name",
        name_limit=1024,  # Cost Explorer API reference, AnomalySubscription
        tags="resource list",
        retag=_retag,
        checks=(_threshold_is_simulated, _mail_is_not_at_once),
        updates=(
            updating(
                *("frequency", "monitorArnLists", "subscribers", "thresholdExpression"),
                source="UpdateAnomalySubscription",
                apply=_change,
            ),
        ),
        outputs=_subscription_outputs,
    ),
)
