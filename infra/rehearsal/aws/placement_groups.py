"""Placement groups of EC2, which moto 5.2.5 does not have.

Owns the groups and their tags: moto takes no tags for ids that it does not know.
Not simulated: that a group with machines in it stays (`InvalidPlacementGroup.InUse`).
"""

from dataclasses import dataclass, field

from infra.rehearsal.aws.account import Account, Gap, Region
from infra.rehearsal.aws.chance import chance
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.values import blocks, text, texts
from infra.rehearsal.cloud.errors import NotSimulatedError
from infra.wire import Properties, Value

_ID_PREFIX = "pg-"


def install(account: Account) -> None:
    """Serve placement groups of an account."""
    groups = PlacementGroups()
    served: tuple[Gap, ...] = (
        groups.create_placement_group,
        groups.describe_placement_groups,
        groups.delete_placement_group,
        groups.create_tags,
        groups.delete_tags,
    )
    for operation in served:
        account.gaps["ec2", operation.__name__] = operation


@dataclass
class _Group:
    """One placement group."""

    region: str
    facts: Properties
    tags: dict[str, Value] = field(default_factory=dict)

    def shown(self) -> Properties:
        """Return it as the API does."""
        tags: list[Value] = [{"Key": key, "Value": value} for key, value in self.tags.items()]
        return {**self.facts, "Tags": tags}


class PlacementGroups:
    """Operations on placement groups, by the names and shapes of the EC2 API."""

    def __init__(self) -> None:
        """Start without groups."""
        self._groups: dict[tuple[str, str], _Group] = {}
        """Region and name to group."""

    def create_placement_group(self, region: Region, parameters: Properties) -> Properties:
        """Make a group; names are unique in a region."""
        name = text(parameters, "GroupName")
        if (region.name, name) in self._groups:
            message = f"The placement group '{name}' already exists."
            raise AwsError(message, "CreatePlacementGroup", "InvalidPlacementGroup.Duplicate")
        facts: Properties = {
            "GroupName": name,
            "GroupId": f"{_ID_PREFIX}{chance.new_hex(17)}",
            "GroupArn": region.arn("ec2", f"placement-group/{name}"),
            "State": "available",
            "Strategy": parameters.get("Strategy", "cluster"),
        }
        group = _Group(region.name, facts)
        _tag(group, blocks(parameters, "TagSpecifications.0.Tags"))
        self._groups[region.name, name] = group
        return {"PlacementGroup": group.shown()}

    def describe_placement_groups(self, region: Region, parameters: Properties) -> Properties:
        """Return the groups of a region, or those that are named."""
        if "Filters" in parameters:
            message = "not simulated: filters of DescribePlacementGroups"
            raise NotSimulatedError(message)
        here = {name: item for (place, name), item in self._groups.items() if place == region.name}
        wanted = texts(parameters, "GroupNames") or sorted(here)
        for name in wanted:
            if name not in here:
                raise _unknown(name, "DescribePlacementGroups")
        found: list[Value] = [here[name].shown() for name in wanted]
        return {"PlacementGroups": found}

    def delete_placement_group(self, region: Region, parameters: Properties) -> Properties:
        """Delete a group."""
        name = text(parameters, "GroupName")
        if self._groups.pop((region.name, name), None) is None:
            raise _unknown(name, "DeletePlacementGroup")
        return {}

    def create_tags(self, region: Region, parameters: Properties) -> Properties:
        """Tag placement groups here, and everything else in moto."""
        rest = self._others(parameters)
        reply = region.moto("ec2", "create_tags", rest) if rest else {}
        for group in self._named(region, parameters, "CreateTags"):
            _tag(group, blocks(parameters, "Tags"))
        return reply

    def delete_tags(self, region: Region, parameters: Properties) -> Properties:
        """Remove tags of placement groups here, and of everything else in moto."""
        rest = self._others(parameters)
        reply = region.moto("ec2", "delete_tags", rest) if rest else {}
        for group in self._named(region, parameters, "DeleteTags"):
            for tag in blocks(parameters, "Tags"):
                group.tags.pop(text(tag, "Key"), None)
        return reply

    def _named(self, region: Region, parameters: Properties, operation: str) -> list[_Group]:
        by_id = {
            text(group.facts, "GroupId"): group
            for group in self._groups.values()
            if group.region == region.name
        }
        wanted = [one for one in texts(parameters, "Resources") if one.startswith(_ID_PREFIX)]
        for one in wanted:
            if one not in by_id:
                raise _unknown(one, operation)
        return [by_id[one] for one in wanted]

    def _others(self, parameters: Properties) -> Properties:
        named = texts(parameters, "Resources")
        others: list[Value] = [one for one in named if not one.startswith(_ID_PREFIX)]
        return {**parameters, "Resources": others} if others or not named else {}


def _tag(group: _Group, tags: list[Properties]) -> None:
    group.tags |= {text(tag, "Key"): tag.get("Value") for tag in tags}


def _unknown(name: str, operation: str) -> AwsError:
    message = f"The placement group '{name}' is unknown."
    return AwsError(message, operation, "InvalidPlacementGroup.Unknown")
