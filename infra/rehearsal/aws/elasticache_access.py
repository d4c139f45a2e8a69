"""Who comes in to ElastiCache: users, their groups; and the tags of everything there."""

from infra.rehearsal.aws import rules_elasticache as rules
from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.elasticache_kinds import USER, USERS, Kind, Store
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.values import blocks, tag_list, text, texts
from infra.wire import Properties, Value


class Access:
    """Operations on users, groups of users and tags, by the names and shapes of the API."""

    def __init__(self) -> None:
        """Start without anything."""
        self.store = Store()

    def create_user(self, region: Region, parameters: Properties) -> Properties:
        """Make a user; its passwords are not shown again."""
        rules.user(parameters)
        shown = ("UserId", "UserName", "Engine", "AccessString")
        user: Properties = {
            **{name: parameters.get(name) for name in shown},
            "Status": "active",
            "MinimumEngineVersion": "7.2",
            "UserGroupIds": [],
            "Authentication": rules.authentication(parameters),
        }
        return self.made(region, USER, text(parameters, "UserId"), user, parameters)

    def modify_user(self, region: Region, parameters: Properties) -> Properties:
        """Give a user other rights or another way in."""
        user = self.store.found(region, USER, text(parameters, "UserId"), "ModifyUser")
        if "AuthenticationMode" in parameters:
            rules.user({**user, **parameters})
            user["Authentication"] = rules.authentication(parameters)
        for name in ("AccessString", "Engine"):
            user[name] = parameters.get(name, user[name])
        return dict(user)

    def create_user_group(self, region: Region, parameters: Properties) -> Properties:
        """Make a group of users that exist."""
        name = text(parameters, "UserGroupId")
        members = texts(parameters, "UserIds")
        rules.members(self.store, region, text(parameters, "Engine"), members)
        ids: list[Value] = [*members]
        group: Properties = {
            "UserGroupId": name,
            "Engine": parameters.get("Engine"),
            "Status": "active",
            "UserIds": ids,
            "MinimumEngineVersion": "7.2",
            "ReplicationGroups": [],
        }
        return self.made(region, USERS, name, group, parameters)

    def modify_user_group(self, region: Region, parameters: Properties) -> Properties:
        """Say who comes and who goes."""
        name = text(parameters, "UserGroupId")
        group = self.store.found(region, USERS, name, "ModifyUserGroup")
        gone = texts(parameters, "UserIdsToRemove")
        kept = [one for one in texts(group, "UserIds") if one not in gone]
        members: list[Value] = [*kept, *texts(parameters, "UserIdsToAdd")]
        rules.members(self.store, region, text(group, "Engine"), [str(one) for one in members])
        group["UserIds"] = members
        return dict(group)

    def list_tags_for_resource(self, region: Region, parameters: Properties) -> Properties:
        """Return the tags of a thing."""
        del region
        return {"TagList": tag_list(self._tags(parameters))}

    def add_tags_to_resource(self, region: Region, parameters: Properties) -> Properties:
        """Set tags."""
        del region
        tags = self._tags(parameters)
        tags |= _tags_in(parameters)
        return {"TagList": tag_list(tags)}

    def remove_tags_from_resource(self, region: Region, parameters: Properties) -> Properties:
        """Take tags away."""
        del region
        tags = self._tags(parameters)
        for key in texts(parameters, "TagKeys"):
            tags.pop(key, None)
        return {"TagList": tag_list(tags)}

    def made(
        self, region: Region, kind: Kind, name: str, thing: Properties, parameters: Properties
    ) -> Properties:
        """Keep a new thing with its tags, and return what the create call answers."""
        thing["ARN"] = region.arn("elasticache", f"{kind.in_arn}:{name}")
        self.store.put(region, kind, name, thing)
        self.store.tags[text(thing, "ARN")] = _tags_in(parameters)
        return {kind.wrapped: dict(thing)} if kind.wrapped else dict(thing)

    def _tags(self, parameters: Properties) -> dict[str, str]:
        arn = text(parameters, "ResourceName")
        if arn not in self.store.tags:
            message = f"{arn} is either not present or not available."
            raise AwsError(message, "ListTagsForResource", "InvalidARN")
        return self.store.tags[arn]


def _tags_in(parameters: Properties) -> dict[str, str]:
    return {text(tag, "Key"): text(tag, "Value") for tag in blocks(parameters, "Tags")}
