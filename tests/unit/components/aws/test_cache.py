"""The managed cache on AWS, setting by setting."""

import pytest

from components.aws.cache import Cache
from components.aws.cache_alarms import WATCHES
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.spec.cache import CacheSpec
from infra.spec.week_day import WeekDay
from tests.unit.components import examples

KEY = "arn:aws:kms:us-east-1:123456789012:key/some"


def _cache(spec: CacheSpec = examples.MANAGED_CACHE, *, protected: bool = False) -> Graph:
    def program() -> None:
        Cache(
            "c",
            spec,
            platform=examples.PLATFORM,
            network=examples.network_ref(),
            cluster_security_group_id=examples.key_arn().apply(lambda _: "sg-cluster"),
            key_arn=examples.key_arn(),
            log_retention_days=30,
            protected=protected,
            opts=examples.with_aws(),
        )

    return record_program(program, stack="aws-dev")


GRAPH = _cache()


def test_the_counters_have_every_setting_that_keeps_them() -> None:
    inputs = dict(GRAPH.named("c-counters-group").inputs)
    logs = inputs.pop("logDeliveryConfigurations")
    tags = inputs.pop("tags")

    assert inputs == {
        "replicationGroupId": "aws-dev-counters",
        "description": "counters of tokenworks-aws-dev",
        "engine": "valkey",
        "engineVersion": "8.0",
        "autoMinorVersionUpgrade": True,
        "nodeType": "cache.t4g.small",
        "numCacheClusters": 2,
        "automaticFailoverEnabled": True,
        "multiAzEnabled": True,
        "parameterGroupName": "${c-counters-parameters.name}",
        "port": 6379,
        "subnetGroupName": "${c-subnets.name}",
        "securityGroupIds": ["${c-valkey.id}"],
        "transitEncryptionEnabled": True,
        "transitEncryptionMode": "required",
        "atRestEncryptionEnabled": True,
        "kmsKeyId": KEY,
        "userGroupIds": ["aws-dev-counters"],
        "snapshotRetentionLimit": 7,
        "snapshotWindow": "05:00-06:00",
        "maintenanceWindow": "sun:03:00-sun:04:00",
        "applyImmediately": True,
    }
    assert isinstance(logs, list)
    assert [one["logType"] for one in logs if isinstance(one, dict)] == ["slow-log", "engine-log"]
    assert isinstance(tags, dict)
    assert tags["tokenworks.dev/platform"] == "aws-dev"


def test_responses_differ_only_where_they_may_be_lost() -> None:
    responses, counters = (
        dict(GRAPH.named(f"c-{label}-group").inputs) for label in ("responses", "counters")
    )
    different = {name for name in counters if responses[name] != counters[name]}

    assert different == {
        *("replicationGroupId", "description", "nodeType", "parameterGroupName", "userGroupIds"),
        *("snapshotRetentionLimit", "logDeliveryConfigurations", "tags"),
    }
    assert responses["snapshotRetentionLimit"] == 0


@pytest.mark.parametrize(
    ("label", "policy"), [("responses", "allkeys-lru"), ("counters", "noeviction")]
)
def test_what_may_be_evicted_is_evicted_and_nothing_else(label: str, policy: str) -> None:
    group = GRAPH.named(f"c-{label}-parameters").inputs

    assert group["family"] == "valkey8"
    assert group["parameters"] == [{"name": "maxmemory-policy", "value": policy}]


@pytest.mark.parametrize("label", ["responses", "counters"])
def test_a_user_comes_in_by_iam_and_administers_nothing(label: str) -> None:
    user = GRAPH.named(f"c-{label}-user").inputs
    users = GRAPH.named(f"c-{label}-users").inputs

    assert user["userId"] == user["userName"] == f"aws-dev-{label}"
    assert user["authenticationMode"] == {"type": "iam"}
    assert user["accessString"] == "on ~* &* +@all -@admin -@dangerous"
    assert user["engine"] == users["engine"] == "valkey"
    assert users["userIds"] == [f"aws-dev-{label}"]


def test_only_nodes_of_the_cluster_reach_it_and_it_stands_in_private_subnets() -> None:
    rules = [one for one in GRAPH.resources if "IngressRule" in one.type]
    (rule,) = rules

    assert rule.inputs["referencedSecurityGroupId"] == "sg-cluster"
    assert (rule.inputs["fromPort"], rule.inputs["toPort"]) == (6379, 6379)
    assert "cidrIpv4" not in rule.inputs
    assert [one for one in GRAPH.resources if "EgressRule" in one.type] == []
    assert GRAPH.named("c-subnets").inputs["subnetIds"] == ["subnet-2", "subnet-3"]


def test_logs_are_sealed_with_our_key_and_end() -> None:
    groups = [one for one in GRAPH.resources if one.type.endswith(":LogGroup")]

    assert {str(one.inputs["name"]) for one in groups} == {
        f"/aws/elasticache/tokenworks-aws-dev/{label}/{kind}"
        for label in ("responses", "counters")
        for kind in ("slow-log", "engine-log")
    }
    assert {(one.inputs["kmsKeyId"], one.inputs["retentionInDays"]) for one in groups} == {
        (KEY, 30)
    }


def _alarms(graph: Graph) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in graph.resources:
        if one.type.endswith(":MetricAlarm"):
            label = one.name.split("-")[1]
            found.setdefault(f"{label} {one.inputs['metricName']}", []).append(
                str(one.inputs["dimensions"])
            )
    return found


def test_counters_are_watched_for_memory_and_evictions_and_both_for_the_rest() -> None:
    alarms = _alarms(GRAPH)

    assert {name: len(nodes) for name, nodes in alarms.items()} == {
        "responses CPUUtilization": 2,
        "responses ReplicationLag": 2,
        "responses IsMaster": 1,
        "counters DatabaseMemoryUsagePercentage": 2,
        "counters Evictions": 2,
        "counters CPUUtilization": 2,
        "counters ReplicationLag": 2,
        "counters IsMaster": 1,
    }
    assert alarms["counters Evictions"] == [
        "{'CacheClusterId': '${c-counters-group.id}-001'}",
        "{'CacheClusterId': '${c-counters-group.id}-002'}",
    ]


def test_every_alarm_says_what_it_means_and_when() -> None:
    for watch in WATCHES:
        if watch.name == "failover":
            continue
        alarm = GRAPH.named(f"c-counters-{watch.name}-001").inputs
        assert alarm["alarmDescription"] == watch.says
        assert alarm["comparisonOperator"] == "GreaterThanThreshold"
        assert alarm["threshold"] == watch.above
    failover = GRAPH.named("c-counters-failover-001").inputs
    assert (failover["comparisonOperator"], failover["threshold"]) == ("LessThanThreshold", 1)


@pytest.mark.parametrize(
    ("watch", "statistic", "minutes"),
    [
        ("memory", "Average", 5),
        ("evictions", "Sum", 1),
        ("cpu", "Average", 5),
        ("replication-lag", "Average", 5),
        ("failover", "Minimum", 1),
    ],
)
def test_an_alarm_looks_at_one_node_of_elasticache_every_minute(
    watch: str, statistic: str, minutes: int
) -> None:
    alarm = GRAPH.named(f"c-counters-{watch}-001").inputs

    assert (alarm["namespace"], alarm["statistic"]) == ("AWS/ElastiCache", statistic)
    assert (alarm["period"], alarm["evaluationPeriods"]) == (60, minutes)
    assert alarm["treatMissingData"] == "missing"
    assert {name for name in alarm if name.endswith("Actions")} == set()


@pytest.mark.parametrize(
    ("name", "threshold"),
    [("memory", 80), ("evictions", 0), ("cpu", 80), ("replication-lag", 5), ("failover", 1)],
)
def test_an_alarm_goes_off_where_the_documentation_says(name: str, threshold: int) -> None:
    assert GRAPH.named(f"c-counters-{name}-001").inputs["threshold"] == threshold


def test_a_lone_node_has_nobody_to_fail_over_to() -> None:
    lone = examples.MANAGED_CACHE.counters.model_copy(update={"replicas": 0})
    graph = _cache(examples.MANAGED_CACHE.model_copy(update={"counters": lone}))
    inputs = graph.named("c-counters-group").inputs

    assert inputs["numCacheClusters"] == 1
    assert (inputs["automaticFailoverEnabled"], inputs["multiAzEnabled"]) == (False, False)
    assert "counters IsMaster" not in _alarms(graph)
    assert "counters ReplicationLag" not in _alarms(graph)


@pytest.mark.parametrize("protected", [True, False])
def test_a_protected_cache_refuses_destroy(protected: bool) -> None:  # noqa: FBT001 - a case
    graph = _cache(protected=protected)

    assert {one.protect for one in graph.resources if one.type.endswith(":ReplicationGroup")} == {
        protected
    }


def test_late_hours_run_over_midnight() -> None:
    late = examples.MANAGED_CACHE.model_copy(
        update={"maintenance_hour_utc": 21, "maintenance_day": WeekDay.WEDNESDAY}
    )
    inputs = _cache(late).named("c-counters-group").inputs

    assert inputs["maintenanceWindow"] == "wed:21:00-wed:22:00"
    assert inputs["snapshotWindow"] == "23:00-00:00"
