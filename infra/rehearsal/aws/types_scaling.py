"""Rows of tags of Auto Scaling groups, and of placement groups."""

from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.scaling_tags import KIND
from infra.rehearsal.aws.table import ResourceType, deleted, retag_ec2
from infra.rehearsal.aws.values import block, blocks, dig, text
from infra.rehearsal.cloud.errors import NotSimulatedError
from infra.rehearsal.cloud.table import Change, updating
from infra.wire import UNKNOWN, Properties, Value

UNKNOWN_GROUP = "InvalidPlacementGroup.Unknown"
TAG_NOT_FOUND = "Tag.NotFound"  # ours: DescribeTags answers with an empty list


def _tag(inputs: Properties) -> Properties:
    """Return the parameters of CreateOrUpdateTags."""
    tag: Properties = {
        **block(inputs, "tag"),
        "resourceId": inputs.get("autoscalingGroupName", UNKNOWN),
        "resourceType": KIND,
    }
    rest = {key: item for key, item in inputs.items() if key not in {"tag", "autoscalingGroupName"}}
    return {**rest, "tags": [tag]}


def _read_tag(region: Region, physical_id: str) -> Properties:
    group, _comma, key = physical_id.partition(",")
    filters: list[Value] = [
        {"Name": "auto-scaling-group", "Values": [group]},
        {"Name": "key", "Values": [key]},
    ]
    found = blocks(region.call("autoscaling", "describe_tags", Filters=filters), "Tags")
    if not found:
        message = f"Auto Scaling group {group!r} has no tag {key!r}"
        raise AwsError(message, "DescribeTags", TAG_NOT_FOUND)
    names = ("Key", "Value", "PropagateAtLaunch")
    tag: Properties = {name: found[0].get(name) for name in names}
    return {"AutoscalingGroupName": group, "Tag": tag}


def _delete_tag(region: Region, physical_id: str, _outputs: Properties) -> None:
    group, _comma, key = physical_id.partition(",")
    tags: list[Value] = [{"ResourceId": group, "ResourceType": KIND, "Key": key}]
    region.call("autoscaling", "delete_tags", Tags=tags)


def _update_tag(region: Region, change: Change) -> None:
    if dig(change.new, "tag.key") != dig(change.old, "tag.key"):
        message = "not simulated: another key of a tag; the real provider replaces the resource"
        raise NotSimulatedError(message)
    group, _comma, key = change.physical_id.partition(",")
    tag: Properties = {
        "ResourceId": group,
        "ResourceType": KIND,
        "Key": key,
        "Value": dig(change.new, "tag.value"),
        "PropagateAtLaunch": dig(change.new, "tag.propagateAtLaunch"),
    }
    region.call("autoscaling", "create_or_update_tags", Tags=[tag])


def _read_group(region: Region, physical_id: str) -> Properties:
    try:
        reply = region.call("ec2", "describe_placement_groups", GroupNames=[physical_id])
    except AwsError as error:
        if error.code == UNKNOWN_GROUP:
            raise AwsError(str(error), error.operation, "InvalidPlacementGroup.NotFound") from error
        raise
    return block(reply, "PlacementGroups.0")


def _retag_group(
    region: Region, physical_id: str, changed: dict[str, str], gone: list[str]
) -> None:
    """Tags of a placement group go by its id, and the resource by its name."""
    retag_ec2(region, text(_read_group(region, physical_id), "GroupId"), changed, gone)


ROWS = (
    ResourceType(
        pulumi_type="aws:autoscaling/tag:Tag",
        service="autoscaling",
        create="create_or_update_tags",
        identity=lambda _reply, inputs: (
            f"{text(inputs, 'autoscalingGroupName')},{text(inputs, 'tag.key')}"
        ),
        read=_read_tag,
        delete=_delete_tag,
        arrange=_tag,
        updates=(updating("tag", source="CreateOrUpdateTags", apply=_update_tag),),
    ),
    ResourceType(
        pulumi_type="aws:ec2/placementGroup:PlacementGroup",
        service="ec2",
        create="create_placement_group",
        identity=lambda reply, _inputs: text(reply, "PlacementGroup.GroupName"),
        read=_read_group,
        delete=deleted("ec2", "delete_placement_group", "GroupName"),
        rename={"name": "GroupName"},
        reading={"name": "GroupName", "placementGroupId": "GroupId", "arn": "GroupArn"},
        autoname="name",
        tags="ec2:placement-group",
        retag=_retag_group,
    ),
)
