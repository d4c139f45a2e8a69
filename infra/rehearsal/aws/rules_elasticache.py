"""What ElastiCache refuses, with its own codes.

Words: quoted in issues of hashicorp/terraform-provider-aws and terraform-aws-modules where a number
stands beside them (read 2026-11-27), else as remembered: the code is what a test may rely on.
"""

from infra.catalog.cache_nodes import cache_node
from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.elasticache_kinds import (
    GROUP,
    PARAMETERS,
    SUBNETS,
    USER,
    USERS,
    Kind,
    Store,
)
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.rules_kms import unusable_key
from infra.rehearsal.aws.values import block, blocks, optional_text, text, texts
from infra.wire import Properties, Value

FAMILIES = ("valkey7", "valkey8", "redis6.x", "redis7")
POLICIES = (
    *("volatile-lru", "allkeys-lru", "volatile-lfu", "allkeys-lfu", "volatile-random"),
    *("allkeys-random", "volatile-ttl", "noeviction"),
)
MOST_SNAPSHOT_DAYS = 35
CREATE = "CreateReplicationGroup"


def subnets(region: Region, ids: list[str], operation: str) -> Properties:
    """Return the members of a subnet group; its subnets exist, in one network."""
    asked: list[Value] = [*ids]
    try:
        found = blocks(region.call("ec2", "describe_subnets", SubnetIds=asked), "Subnets")
    except AwsError as error:
        message = f"Some input subnets in :{ids} are invalid."
        raise AwsError(message, operation, "InvalidSubnet") from error
    networks = {text(one, "VpcId") for one in found}
    if len(networks) != 1:
        message = "Subnets must belong to the same VPC."
        raise AwsError(message, operation, "InvalidSubnet")
    members: list[Value] = [
        {
            "SubnetIdentifier": text(one, "SubnetId"),
            "SubnetAvailabilityZone": {"Name": text(one, "AvailabilityZone")},
        }
        for one in found
    ]
    return {"VpcId": networks.pop(), "Subnets": members}


def parameter_family(parameters: Properties) -> None:
    """The family exists."""
    family = text(parameters, "CacheParameterGroupFamily")
    if family not in FAMILIES:
        message = f"CacheParameterGroupFamily {family} is not a valid parameter group family."
        raise AwsError(message, "CreateCacheParameterGroup", "InvalidParameterValue")


def parameter(name: str, value: str) -> None:
    """A value is one that the parameter takes; only that of evictions is known here."""
    if name == "maxmemory-policy" and value not in POLICIES:
        message = f"The parameter {name} must be one of: {','.join(POLICIES)}. Got {value}"
        raise AwsError(message, "ModifyCacheParameterGroup", "InvalidParameterValue")


def user(parameters: Properties) -> None:
    """IAM wants one name twice, and Valkey wants every user to prove who he is."""
    way = optional_text(parameters, "AuthenticationMode.Type")
    operation = "CreateUser"
    if way == "iam" and text(parameters, "UserId") != text(parameters, "UserName"):
        # terraform-aws-modules/terraform-aws-elasticache#65, 2026-01
        message = "User Id and User name must be same for authentication type: iam"
        raise AwsError(message, operation, "InvalidParameterCombination")
    open_to_all = way == "no-password-required" or parameters.get("NoPasswordRequired") is True
    if open_to_all and text(parameters, "Engine").lower() == "valkey":
        message = "No password required is not supported for engine: valkey"
        raise AwsError(message, operation, "InvalidParameterCombination")
    if way == "password" and not texts(parameters, "AuthenticationMode.Passwords"):
        message = "A user with Authentication Mode: password, must have at least one password"
        raise AwsError(message, operation, "InvalidParameterCombination")


def authentication(parameters: Properties) -> Properties:
    """Return what the API shows of a way in: never a password."""
    mode = block(parameters, "AuthenticationMode")
    passwords = texts(parameters, "Passwords") or texts(mode, "Passwords")
    kind = optional_text(mode, "Type") or ("password" if passwords else "no-password")
    return {"Type": kind, "PasswordCount": len(passwords)}


def members(store: Store, region: Region, engine: str, ids: list[str]) -> None:
    """Users exist, and a group of Redis has one that is called `default`."""
    operation = "CreateUserGroup"
    users = [store.found(region, USER, one, operation) for one in ids]
    names = [text(one, "UserName") for one in users]
    if engine.lower() == "redis" and "default" not in names:
        # hashicorp/terraform-provider-aws#25593
        message = "User group needs to contain a user with the user name default."
        raise AwsError(message, operation, "DefaultUserRequired")
    if len(set(names)) != len(names):
        message = "A user with the same username already exists in this user group."
        raise AwsError(message, operation, "DuplicateUserName")


def replication_group(
    store: Store, region: Region, parameters: Properties, *, new: bool = True
) -> None:
    """What a group stands on exists, and its settings go together."""
    operation = CREATE if new else "ModifyReplicationGroup"
    for kind, member in (
        (SUBNETS, "CacheSubnetGroupName"),
        (PARAMETERS, "CacheParameterGroupName"),
    ):
        named = optional_text(parameters, member)
        if named and not named.startswith("default"):
            store.found(region, kind, named, operation)
    for one in (*texts(parameters, "UserGroupIds"), *texts(parameters, "UserGroupIdsToAdd")):
        store.found(region, USERS, one, operation)
    _node_type(parameters, operation)
    _failover(parameters, operation)
    _encryption(region, parameters, operation)
    days = parameters.get("SnapshotRetentionLimit")
    if isinstance(days, int) and days > MOST_SNAPSHOT_DAYS:
        message = f"SnapshotRetentionLimit must be between 0 and {MOST_SNAPSHOT_DAYS}."
        raise AwsError(message, operation, "InvalidParameterValue")
    _logs(region, parameters, operation)


def not_in_use(store: Store, region: Region, kind: Kind, name: str) -> None:
    """Nothing stands on a thing that is deleted."""
    operation = "".join(word.capitalize() for word in kind.delete.split("_"))
    for group, nodes in list(store.nodes.items()):
        if group[0] != region.name:
            continue
        if kind is SUBNETS and nodes.get("CacheSubnetGroupName") == name:
            message = f"Cache subnet group {name} is currently in use by a cache cluster."
            raise AwsError(message, operation, "CacheSubnetGroupInUse")
        if kind is PARAMETERS and nodes.get("CacheParameterGroupName") == name:
            message = (
                "One or more cache clusters are still members of this parameter group "
                f"{name}, so the group cannot be deleted."
            )
            raise AwsError(message, operation, "InvalidCacheParameterGroupState")
    if kind is USERS:
        for _name, group in store.all_of(region, GROUP):
            if name in texts(group, "UserGroupIds"):
                message = f"User group {name} is associated to a replication group."
                raise AwsError(message, operation, "InvalidUserGroupState")


def _node_type(parameters: Properties, operation: str) -> None:
    name = optional_text(parameters, "CacheNodeType")
    if name and cache_node("aws", name) is None:
        message = f"Invalid Cache Node Type: {name}."  # or one that the catalogue does not have
        raise AwsError(message, operation, "InvalidParameterValue")


def _failover(parameters: Properties, operation: str) -> None:
    count = int(str(parameters.get("NumCacheClusters") or 1))
    failover = parameters.get("AutomaticFailoverEnabled") is True
    if failover and count < 2:  # noqa: PLR2004 - a primary and a replica
        message = "Must specify at least two cache clusters in order to auto failover."
        raise AwsError(message, operation, "InvalidParameterValue")
    if (
        parameters.get("MultiAZEnabled") is True
        and parameters.get("AutomaticFailoverEnabled") is False
    ):
        message = "Must enable automatic failover to enable Multi-AZ."
        raise AwsError(message, operation, "InvalidParameterCombination")


def _encryption(region: Region, parameters: Properties, operation: str) -> None:
    key = optional_text(parameters, "KmsKeyId")
    if key and parameters.get("AtRestEncryptionEnabled") is not True:
        message = "KMS key can only be specified when at-rest encryption is enabled."
        raise AwsError(message, operation, "InvalidParameterCombination")
    if key and unusable_key(region, key):
        message = f"The KMS key {key} is not accessible."
        raise AwsError(message, operation, "InvalidKMSKeyFault")
    users = texts(parameters, "UserGroupIds") or texts(parameters, "UserGroupIdsToAdd")
    if users and parameters.get("TransitEncryptionEnabled", True) is not True:
        # hashicorp/terraform-provider-aws#42966; its code as remembered
        message = (
            "User group based access control requires encryption-in-transit to be enabled on the "
            "replication group."
        )
        raise AwsError(message, operation, "InvalidParameterCombination")


def _logs(region: Region, parameters: Properties, operation: str) -> None:
    for one in blocks(parameters, "LogDeliveryConfigurations"):
        name = optional_text(one, "DestinationDetails.CloudWatchLogsDetails.LogGroup")
        if not name:
            continue
        found = blocks(
            region.call("logs", "describe_log_groups", logGroupNamePrefix=name), "logGroups"
        )
        if name not in [text(group, "logGroupName") for group in found]:
            message = f"Destination {name} does not exist."
            raise AwsError(message, operation, "InvalidParameterValue")
