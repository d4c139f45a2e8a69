"""Rows of ElastiCache's users and their groups, and how everything there is read and tagged."""

from collections.abc import Callable

from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.elasticache_kinds import USER, USERS, Kind
from infra.rehearsal.aws.table import ResourceType, deleted
from infra.rehearsal.aws.values import block, blocks, dig, tag_list, text, texts
from infra.rehearsal.cloud.table import Change, updating
from infra.wire import Properties, Value

SERVICE = "elasticache"


def read_of(kind: Kind) -> Callable[[Region, str], Properties]:
    """Read a thing of a kind by its id, with its tags."""

    def read(region: Region, physical_id: str) -> Properties:
        reply = region.call(SERVICE, kind.describe, **{kind.key: physical_id})
        thing = blocks(reply, kind.listed)[0]
        tags = region.call(SERVICE, "list_tags_for_resource", ResourceName=text(thing, "ARN"))
        return {**thing, "Tags": dig(tags, "TagList")}

    return read


def retag_of(kind: Kind) -> Callable[[Region, str, dict[str, str], list[str]], None]:
    """Set and remove tags of a thing of a kind."""

    def retag(region: Region, physical_id: str, changed: dict[str, str], gone: list[str]) -> None:
        arn = region.arn(SERVICE, f"{kind.in_arn}:{physical_id}")
        if gone:
            keys: list[Value] = [*gone]
            region.call(SERVICE, "remove_tags_from_resource", ResourceName=arn, TagKeys=keys)
        if changed:
            region.call(SERVICE, "add_tags_to_resource", ResourceName=arn, Tags=tag_list(changed))

    return retag


def _user_outputs(_region: Region, _physical_id: str, api: Properties) -> Properties:
    mode = block(api, "Authentication")
    return {
        "arn": text(api, "ARN"),
        "authenticationMode": {
            "type": text(mode, "Type"),
            "passwordCount": dig(mode, "PasswordCount"),
        },
    }


def _modify_user(region: Region, change: Change) -> None:
    mode = block(change.new, "authenticationMode")
    sent: Properties = {"Type": mode.get("type")}
    if mode.get("passwords"):
        sent["Passwords"] = mode["passwords"]
    region.call(
        SERVICE,
        "modify_user",
        UserId=change.physical_id,
        AccessString=change.new.get("accessString"),
        AuthenticationMode=sent,
    )


def _modify_members(region: Region, change: Change) -> None:
    new, old = texts(change.new, "userIds"), texts(change.old, "userIds")
    come: list[Value] = [one for one in new if one not in old]
    go: list[Value] = [one for one in old if one not in new]
    sent: Properties = {}
    if come:
        sent["UserIdsToAdd"] = come
    if go:
        sent["UserIdsToRemove"] = go
    region.call(SERVICE, "modify_user_group", UserGroupId=change.physical_id, **sent)


ROWS = (
    ResourceType(
        pulumi_type="aws:elasticache/user:User",
        service=SERVICE,
        create="create_user",
        identity=lambda reply, _inputs: text(reply, "UserId"),
        read=read_of(USER),
        delete=deleted(SERVICE, USER.delete, USER.key),
        tags="list",
        retag=retag_of(USER),
        kept=frozenset({"passwords", "noPasswordRequired"}),
        updates=(
            updating("accessString", "authenticationMode", source="ModifyUser", apply=_modify_user),
        ),
        outputs=_user_outputs,
        computed_blocks=frozenset({"authenticationMode"}),
    ),
    ResourceType(
        pulumi_type="aws:elasticache/userGroup:UserGroup",
        service=SERVICE,
        create="create_user_group",
        identity=lambda reply, _inputs: text(reply, "UserGroupId"),
        read=read_of(USERS),
        delete=deleted(SERVICE, USERS.delete, USERS.key),
        tags="list",
        retag=retag_of(USERS),
        updates=(updating("userIds", source="ModifyUserGroup", apply=_modify_members),),
        outputs=lambda _region, _physical_id, api: {"arn": text(api, "ARN")},
    ),
)
