"""ElastiCache and alarms of the simulated AWS."""

import pytest

from infra.wire import Properties, Value
from tests.unit.rehearsal.aws.harness import Simulation
from tests.unit.rehearsal.aws.scene import (
    ALARM,
    CACHE_GROUP,
    CACHE_PARAMETERS,
    CACHE_SUBNETS,
    CACHE_USER,
    CACHE_USERS,
    GROUP,
    KEY,
    LOGS,
    Network,
    Scene,
)
from tests.unit.rehearsal.cloud.wire import Made, RefusedError

TAGS: Value = {"Name": "ours"}
ALARM_INPUTS: Properties = {
    "name": "memory",
    "namespace": "AWS/ElastiCache",
    "metricName": "Evictions",
    "dimensions": {"CacheClusterId": "counters-001"},
    "statistic": "Sum",
    "period": 60,
    "evaluationPeriods": 1,
    "comparisonOperator": "GreaterThanThreshold",
    "threshold": 0,
    "treatMissingData": "missing",
}


def group_inputs(scene: Scene, network: Network, tags: Value = TAGS) -> Properties:
    """Return the inputs of a replication group, and make what it stands on."""
    subnets = scene.make(
        CACHE_SUBNETS, name="private", description="d", subnetIds=network.subnet_ids, tags=tags
    )
    values: Value = [{"name": "maxmemory-policy", "value": "noeviction"}]
    parameters = scene.make(
        CACHE_PARAMETERS, name="counters", family="valkey8", parameters=values, tags=tags
    )
    user = scene.make(CACHE_USER, **_user("counters"), tags=tags)
    users = scene.make(
        CACHE_USERS,
        userGroupId="counters",
        engine="valkey",
        userIds=[user.physical_id],
        tags=tags,
    )
    guard = scene.make(GROUP, vpcId=network.vpc.physical_id, description="d", tags=tags)
    key = scene.make(KEY, description="ours", deletionWindowInDays=7, tags={"Name": "of a cache"})
    logs = scene.make(LOGS, name="/aws/elasticache/counters/slow-log", tags=tags)
    return {
        "replicationGroupId": "counters",
        "description": "counters",
        "engine": "valkey",
        "engineVersion": "8.0",
        "nodeType": "cache.t4g.small",
        "numCacheClusters": 2,
        "automaticFailoverEnabled": True,
        "multiAzEnabled": True,
        "parameterGroupName": parameters["name"],
        "port": 6379,
        "subnetGroupName": subnets["name"],
        "securityGroupIds": [guard.physical_id],
        "transitEncryptionEnabled": True,
        "transitEncryptionMode": "required",
        "atRestEncryptionEnabled": True,
        "kmsKeyId": key["arn"],
        "userGroupIds": [users.physical_id],
        "snapshotRetentionLimit": 7,
        "snapshotWindow": "05:00-06:00",
        "maintenanceWindow": "sun:03:00-sun:04:00",
        "applyImmediately": True,
        "logDeliveryConfigurations": [
            {
                "destination": logs["name"],
                "destinationType": "cloudwatch-logs",
                "logFormat": "json",
                "logType": "slow-log",
            }
        ],
    }


def _user(name: str, **inputs: Value) -> Properties:
    return {
        "userId": name,
        "userName": name,
        "engine": "valkey",
        "accessString": "on ~* +@all",
        "authenticationMode": {"type": "iam"},
        **inputs,
    }


@pytest.fixture
def inputs(scene: Scene, network: Network) -> Properties:
    """Inputs of a replication group that can be made."""
    return group_inputs(scene, network)


@pytest.fixture
def group(scene: Scene, inputs: Properties) -> Made:
    """A replication group."""
    return scene.make(CACHE_GROUP, **inputs, tags=TAGS)


def test_a_group_comes_back_as_it_was_declared(
    scene: Scene, group: Made, inputs: Properties
) -> None:
    for name, value in inputs.items():
        assert group[name] == value, name
    assert group["memberClusters"] == ["counters-001", "counters-002"]
    assert str(group["primaryEndpointAddress"]).startswith("master.counters.")
    assert scene.engine.read(group) == group


def test_everything_of_a_cache_is_read_as_it_was_made(scene: Scene, group: Made) -> None:
    del group
    for thing in scene.made:
        assert scene.engine.read(thing) == thing, thing.physical_id


def test_settings_change_in_place_and_what_is_baked_in_replaces(scene: Scene, group: Made) -> None:
    changes: Properties = {
        "nodeType": "cache.m7g.large",
        "snapshotRetentionLimit": 3,
        "maintenanceWindow": "mon:03:00-mon:04:00",
    }
    assert list(scene.engine.diff(group, **changes).replaces) == []

    changed = scene.engine.update(group, preview=False, **changes)

    assert {name: changed[name] for name in changes} == changes
    for name, value in (("kmsKeyId", None), ("subnetGroupName", "other"), ("port", 6380)):
        assert list(scene.engine.diff(changed, **{name: value}).replaces) == [name]


def test_parameters_users_and_subnets_change_in_place(scene: Scene, group: Made) -> None:
    del group
    by_type = {thing.urn.split("::")[2].rpartition("$")[2]: thing for thing in scene.made}
    other: Value = [{"name": "maxmemory-policy", "value": "allkeys-lru"}]
    changed = scene.engine.update(by_type[CACHE_PARAMETERS], parameters=other)
    assert changed["parameters"] == other
    user = scene.engine.update(by_type[CACHE_USER], accessString="off")
    assert user["accessString"] == "off"
    subnets = by_type[CACHE_SUBNETS]["subnetIds"]
    assert isinstance(subnets, list)
    fewer: Value = subnets[:1]
    assert scene.engine.update(by_type[CACHE_SUBNETS], subnetIds=fewer)["subnetIds"] == fewer


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"numCacheClusters": 1}, "InvalidParameterValue: Must specify at least two cache"),
        (
            {"automaticFailoverEnabled": False},
            "InvalidParameterCombination: Must enable automatic failover",
        ),
        ({"nodeType": "cache.x9.tiny"}, "InvalidParameterValue: Invalid Cache Node Type"),
        ({"parameterGroupName": "nobody"}, "CacheParameterGroupNotFound: "),
        ({"subnetGroupName": "nobody"}, "CacheSubnetGroupNotFoundFault: "),
        ({"userGroupIds": ["nobody"]}, "UserGroupNotFound: "),
        (
            {"transitEncryptionEnabled": False, "transitEncryptionMode": None},
            "InvalidParameterCombination: User group based access control requires",
        ),
        (
            {"atRestEncryptionEnabled": False},
            "InvalidParameterCombination: KMS key can only be specified",
        ),
        (
            {"kmsKeyId": "arn:aws:kms:us-east-1:123456789012:key/none"},
            "InvalidKMSKeyFault: ",
        ),
        ({"snapshotRetentionLimit": 36}, "InvalidParameterValue: SnapshotRetentionLimit"),
    ],
)
def test_a_group_that_elasticache_would_not_take_is_refused(
    scene: Scene, inputs: Properties, wrong: Properties, reason: str
) -> None:
    asked = {key: item for key, item in (inputs | wrong).items() if item is not None}
    with pytest.raises(RefusedError, match=rf"^CreateReplicationGroup: {reason}"):
        scene.make(CACHE_GROUP, **asked)


def test_logs_go_to_a_group_that_is_there(scene: Scene, inputs: Properties) -> None:
    logs = inputs["logDeliveryConfigurations"]
    assert isinstance(logs, list)
    assert isinstance(logs[0], dict)
    elsewhere: Value = [{**logs[0], "destination": "/nowhere"}]
    with pytest.raises(RefusedError, match="Destination /nowhere does not exist"):
        scene.make(CACHE_GROUP, **inputs | {"logDeliveryConfigurations": elsewhere})


def test_what_a_group_stands_on_cannot_be_deleted(scene: Scene, group: Made) -> None:
    codes = {
        CACHE_SUBNETS: "CacheSubnetGroupInUse",
        CACHE_PARAMETERS: "InvalidCacheParameterGroupState",
        CACHE_USERS: "InvalidUserGroupState",
    }
    for thing in [one for one in scene.made if one is not group]:
        kind = thing.urn.split("::")[2].rpartition("$")[2]
        if kind in codes:
            with pytest.raises(RefusedError, match=codes[kind]):
                scene.engine.delete(thing)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"userName": "another"}, "User Id and User name must be same"),
        (
            {"authenticationMode": {"type": "no-password-required"}},
            "No password required is not supported",
        ),
    ],
)
def test_a_user_of_valkey_proves_who_he_is(scene: Scene, wrong: Properties, reason: str) -> None:
    with pytest.raises(RefusedError, match=reason):
        scene.make(CACHE_USER, **_user("somebody", **wrong))


def test_a_group_of_redis_needs_a_default_user_and_one_of_valkey_does_not(scene: Scene) -> None:
    user = scene.make(CACHE_USER, **_user("one"))
    ids: Value = [user.physical_id]
    scene.make(CACHE_USERS, userGroupId="valkey", engine="valkey", userIds=ids)
    with pytest.raises(RefusedError, match="DefaultUserRequired: "):
        scene.make(CACHE_USERS, userGroupId="redis", engine="redis", userIds=ids)


def test_a_second_thing_of_a_name_exists_already(scene: Scene) -> None:
    scene.make(CACHE_USER, **_user("twin"))
    with pytest.raises(RefusedError, match=r"^CreateUser: UserAlreadyExists: "):
        scene.make(CACHE_USER, **_user("twin"))


def test_an_alarm_comes_back_changes_in_place_and_goes(
    scene: Scene, simulation: Simulation
) -> None:
    alarm = scene.make(ALARM, **ALARM_INPUTS, tags=TAGS)

    assert {name: alarm[name] for name in ALARM_INPUTS} == ALARM_INPUTS
    assert scene.engine.read(alarm) == alarm
    changed = scene.engine.update(alarm, threshold=5, tags={"Name": "theirs"})
    assert changed["threshold"] == 5
    assert changed["tagsAll"] == {"Name": "theirs"}
    assert scene.engine.read(changed) == changed
    scene.drop(alarm)
    assert simulation.report("/inventory") == []
