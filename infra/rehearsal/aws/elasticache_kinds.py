"""The kinds of things that ElastiCache has, by their calls, and where they are kept."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.errors import AwsError
from infra.wire import Properties


@dataclass(frozen=True)
class Kind:
    """One kind, as the API names its parts (botocore 1.44)."""

    key: str
    """Parameter and member with the id."""
    describe: str
    delete: str
    listed: str
    """Member of a describe call's reply."""
    wrapped: str
    """Member of other replies; empty where the thing is the reply."""
    in_arn: str
    code: str
    """Of errors: `<code>NotFound…`."""
    fault: str = ""
    """End of the codes of errors, which some have."""


SUBNETS = Kind(
    key="CacheSubnetGroupName",
    describe="describe_cache_subnet_groups",
    delete="delete_cache_subnet_group",
    listed="CacheSubnetGroups",
    wrapped="CacheSubnetGroup",
    in_arn="subnetgroup",
    code="CacheSubnetGroup",
    fault="Fault",
)
PARAMETERS = Kind(
    key="CacheParameterGroupName",
    describe="describe_cache_parameter_groups",
    delete="delete_cache_parameter_group",
    listed="CacheParameterGroups",
    wrapped="CacheParameterGroup",
    in_arn="parametergroup",
    code="CacheParameterGroup",
)
USER = Kind(
    key="UserId",
    describe="describe_users",
    delete="delete_user",
    listed="Users",
    wrapped="",
    in_arn="user",
    code="User",
)
USERS = Kind(
    key="UserGroupId",
    describe="describe_user_groups",
    delete="delete_user_group",
    listed="UserGroups",
    wrapped="",
    in_arn="usergroup",
    code="UserGroup",
)
GROUP = Kind(
    key="ReplicationGroupId",
    describe="describe_replication_groups",
    delete="delete_replication_group",
    listed="ReplicationGroups",
    wrapped="ReplicationGroup",
    in_arn="replicationgroup",
    code="ReplicationGroup",
    fault="Fault",
)
KINDS = (SUBNETS, PARAMETERS, USER, USERS, GROUP)


@dataclass
class Store:
    """Everything that one account has of ElastiCache, by region, kind and id."""

    things: dict[tuple[str, str, str], Properties] = field(default_factory=dict)
    parameters: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    """Values that were set, by region and parameter group."""
    nodes: dict[tuple[str, str], Properties] = field(default_factory=dict)
    """What only nodes show, by region and replication group."""
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    """By ARN."""

    def put(self, region: Region, kind: Kind, name: str, thing: Properties) -> None:
        """Keep a thing; each id is there once."""
        key = (region.name, kind.key, name)
        if key in self.things:
            message = f"{kind.code} {name} already exists."
            raise AwsError(message, f"Create{kind.code}", f"{kind.code}AlreadyExists")
        self.things[key] = thing

    def get(self, region: Region, kind: Kind, name: str) -> Properties | None:
        """Return a thing, or None."""
        return self.things.get((region.name, kind.key, name))

    def found(self, region: Region, kind: Kind, name: str, operation: str) -> Properties:
        """Return a thing.

        Raises:
            AwsError: there is none of that id.
        """
        thing = self.get(region, kind, name)
        if thing is None:
            message = f"{kind.code} {name} not found."
            raise AwsError(message, operation, f"{kind.code}NotFound{kind.fault}")
        return thing

    def all_of(self, region: Region, kind: Kind) -> Iterator[tuple[str, Properties]]:
        """Return every thing of a kind with its id."""
        for (place, key, name), thing in self.things.items():
            if place == region.name and key == kind.key:
                yield name, thing

    def drop(self, region: Region, kind: Kind, name: str) -> None:
        """Forget a thing and what hangs on it."""
        thing = self.things.pop((region.name, kind.key, name))
        self.tags.pop(str(thing.get("ARN")), None)
        self.parameters.pop((region.name, name), None) if kind is PARAMETERS else None
        self.nodes.pop((region.name, name), None) if kind is GROUP else None
