"""Managed services of staging and production on AWS, setting by setting, as a hand wrote them.

A setting that goes, comes or changes must be changed here, too.
"""

from dataclasses import dataclass

import pytest

from infra.wire import Properties, Value
from tests.support.graphs import graph_of
from tests.unit.layers.managed_services import asked


@dataclass(frozen=True)
class Stack:
    """What differs between the stacks."""

    name: str
    nodes: tuple[str, str]
    """Types of the nodes of responses and of counters."""
    zones: int
    snapshot_days: int
    log_days: int
    backup_days: int
    """Of the vector store."""
    protected: bool

    @property
    def key(self) -> str:
        """The platform's key."""
        return f"arn:aws:kms:us-east-1:123456789012:key/${{{self.name}-encryption-key}}"


STACKS = [
    Stack("aws-staging", ("cache.t4g.small", "cache.t4g.small"), 2, 3, 30, 3, protected=False),
    Stack("aws-prod", ("cache.m7g.large", "cache.t4g.small"), 3, 7, 90, 14, protected=True),
]
each_stack = pytest.mark.parametrize("stack", STACKS, ids=lambda stack: stack.name)
EVICTION = {"responses": "allkeys-lru", "counters": "noeviction"}


def _group(stack: Stack, label: str) -> Properties:
    logs: list[Value] = [
        {
            "destination": f"/aws/elasticache/tokenworks-{stack.name}/{label}/{kind}",
            "destinationType": "cloudwatch-logs",
            "logFormat": "json",
            "logType": kind,
        }
        for kind in ("slow-log", "engine-log")
    ]
    return {
        "replicationGroupId": f"{stack.name}-{label}",
        "description": f"{label} of tokenworks-{stack.name}",
        "engine": "valkey",
        "engineVersion": "8.0",
        "autoMinorVersionUpgrade": True,
        "applyImmediately": True,
        "nodeType": stack.nodes[label == "counters"],
        # a primary and a replica, in different zones
        "numCacheClusters": 2,
        "automaticFailoverEnabled": True,
        "multiAzEnabled": True,
        # who comes in, and how
        "port": 6379,
        "subnetGroupName": f"${{{stack.name}-cache-subnets.name}}",
        "securityGroupIds": [f"${{{stack.name}-cache-valkey.id}}"],
        "userGroupIds": [f"{stack.name}-{label}"],
        "transitEncryptionEnabled": True,
        "transitEncryptionMode": "required",
        # what is kept, and under which key
        "atRestEncryptionEnabled": True,
        "kmsKeyId": stack.key,
        "snapshotRetentionLimit": stack.snapshot_days if label == "counters" else 0,
        "snapshotWindow": "05:00-06:00",
        "maintenanceWindow": "sun:03:00-sun:04:00",
        "parameterGroupName": f"${{{stack.name}-cache-{label}-parameters.name}}",
        "logDeliveryConfigurations": logs,
        "protect": stack.protected,
    }


def _user(stack: Stack, label: str) -> Properties:
    return {
        "userId": f"{stack.name}-{label}",
        "userName": f"{stack.name}-{label}",
        "engine": "valkey",
        "authenticationMode": {"type": "iam"},
        "accessString": "on ~* &* +@all -@admin -@dangerous",
        "protect": False,
    }


def _cache(stack: Stack) -> dict[str, Properties]:
    private: list[Value] = [
        f"${{{stack.name}-network-private-{number}.id}}" for number in range(1, stack.zones + 1)
    ]
    parts: dict[str, Properties] = {
        "cache-subnets": {
            "description": f"Private subnets of tokenworks-{stack.name}",
            "subnetIds": private,
            "protect": False,
        }
    }
    for label, eviction in EVICTION.items():
        parts[f"cache-{label}-group"] = _group(stack, label)
        parts[f"cache-{label}-user"] = _user(stack, label)
        parts[f"cache-{label}-users"] = {
            "userGroupId": f"{stack.name}-{label}",
            "userIds": [f"{stack.name}-{label}"],
            "engine": "valkey",
            "protect": False,
        }
        parts[f"cache-{label}-parameters"] = {
            "description": f"{label} of tokenworks-{stack.name}",
            "family": "valkey8",
            "parameters": [{"name": "maxmemory-policy", "value": eviction}],
            "protect": False,
        }
    return parts


@each_stack
def test_the_cache_has_every_setting_that_was_decided_and_no_other(stack: Stack) -> None:
    assert asked(graph_of(stack.name), "elasticache") == _cache(stack)


@each_stack
def test_the_cache_is_reached_by_nodes_of_the_cluster_alone(stack: Stack) -> None:
    rules = asked(graph_of(stack.name), "ec2", "vpc")

    assert {name: rules[name] for name in rules if name.startswith("cache-")} == {
        "cache-valkey": {
            "vpcId": f"${{{stack.name}-network-vpc.id}}",
            "description": "The cache: reached by the nodes of the cluster",
            "protect": False,
        },
        "cache-valkey-from-cluster": {
            "securityGroupId": f"${{{stack.name}-cache-valkey.id}}",
            "referencedSecurityGroupId": (
                f"${{{stack.name}-cluster-control-plane.vpcConfig.clusterSecurityGroupId}}"
            ),
            "description": "Valkey over TLS from the nodes of the cluster",
            "ipProtocol": "tcp",
            "fromPort": 6379,
            "toPort": 6379,
            "protect": False,
        },
    }


@each_stack
def test_the_logs_of_the_cache_are_sealed_and_end(stack: Stack) -> None:
    logs = asked(graph_of(stack.name), "cloudwatch")

    assert {name: logs[name] for name in logs if "cache" in name and "-log" in name} == {
        f"cache-{label}-{kind}": {
            "name": f"/aws/elasticache/tokenworks-{stack.name}/{label}/{kind}",
            "kmsKeyId": stack.key,
            "retentionInDays": stack.log_days,
            "protect": False,
        }
        for label in EVICTION
        for kind in ("slow-log", "engine-log")
    }


WATCHED = [
    # name, of which instances, metric, statistic, above or below, threshold, minutes, nodes
    ("memory", ("counters",), "DatabaseMemoryUsagePercentage", "Average", ">", 80, 5, 2),
    ("evictions", ("counters",), "Evictions", "Sum", ">", 0, 1, 2),
    ("cpu", ("counters", "responses"), "CPUUtilization", "Average", ">", 80, 5, 2),
    ("replication-lag", ("counters", "responses"), "ReplicationLag", "Average", ">", 5, 5, 2),
    ("failover", ("counters", "responses"), "IsMaster", "Minimum", "<", 1, 1, 1),
]
COMPARED = {">": "GreaterThanThreshold", "<": "LessThanThreshold"}


@each_stack
def test_the_alarms_are_those_that_were_decided_and_no_others(stack: Stack) -> None:
    alarms = {
        name: {key: value for key, value in one.items() if key != "alarmDescription"}
        for name, one in asked(graph_of(stack.name), "cloudwatch").items()
        if "metricName" in one
    }

    assert alarms == {
        f"cache-{label}-{name}-{node:03}": {
            "namespace": "AWS/ElastiCache",
            "metricName": metric,
            "dimensions": {
                "CacheClusterId": f"${{{stack.name}-cache-{label}-group.id}}-{node:03}",
            },
            "statistic": statistic,
            "period": 60,
            "evaluationPeriods": minutes,
            "comparisonOperator": COMPARED[compared],
            "threshold": threshold,
            "treatMissingData": "missing",
            "protect": False,
        }
        for name, labels, metric, statistic, compared, threshold, minutes, nodes in WATCHED
        for label in labels
        for node in range(1, nodes + 1)
    }


def _bucket(  # noqa: PLR0913, PLR0917 - what differs between buckets
    stack: Stack, prefix: str, bucket: str, old_days: int, days: int = 0, cold_days: int = 0
) -> dict:
    name = f"${{{stack.name}-{bucket}.bucket}}"
    arn = f"arn:aws:s3:::${{{stack.name}-{bucket}}}"
    rules: list[Properties] = [
        {"id": "unfinished-uploads", "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7}},
        {"id": "old-versions", "noncurrentVersionExpiration": {"noncurrentDays": old_days}},
        {"id": "delete-markers", "expiration": {"expiredObjectDeleteMarker": True}},
    ]
    if days:
        rules.append({"id": "objects", "expiration": {"days": days}})
    if cold_days:
        moves: Value = [{"days": cold_days, "storageClass": "GLACIER_IR"}]
        rules.append({"id": "colder", "filter": {"prefix": "fake/"}, "transitions": moves})
    seal: Properties = {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": stack.key}
    parts: dict[str, Properties] = {
        "versions": {"versioningConfiguration": {"status": "Enabled"}},
        "encryption": {
            "rules": [{"applyServerSideEncryptionByDefault": seal, "bucketKeyEnabled": True}]
        },
        "public-access": {
            "blockPublicAcls": True,
            "blockPublicPolicy": True,
            "ignorePublicAcls": True,
            "restrictPublicBuckets": True,
        },
        "ownership": {"rule": {"objectOwnership": "BucketOwnerEnforced"}},
        "policy": {
            "policy": '{"Version": "2012-10-17", "Statement": [{"Sid": "TlsOnly", "Effect": "Deny"'
            f', "Principal": "*", "Action": ["s3:*"], "Resource": ["{arn}", "{arn}/*"], '
            '"Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}'
        },
        "lifecycle": {
            "rules": [{"filter": {"prefix": ""}, **rule, "status": "Enabled"} for rule in rules]
        },
    }
    return {
        bucket: {"forceDestroy": not stack.protected, "protect": stack.protected},
        **{
            f"{prefix}-{part}": {"bucket": name, **settings, "protect": False}
            for part, settings in parts.items()
        },
    }


@each_stack
def test_the_buckets_have_every_setting_that_was_decided_and_no_other(stack: Stack) -> None:
    assert asked(graph_of(stack.name), "s3") == {
        **_bucket(stack, "store", "store-weights", old_days=30),
        **_bucket(stack, "vector-store", "vector-store-vectors", old_days=7),
        **_bucket(
            stack, "vector-backup", "vector-backup-copies", old_days=7, days=stack.backup_days
        ),
        **_bucket(stack, "traces", "traces-traces", old_days=1, days=9),
        **_bucket(stack, "log-store", "log-store-logs", old_days=1, days=37, cold_days=7),
    }
