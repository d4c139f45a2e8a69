"""Managed services of staging and production on Google Cloud, setting by setting.

A hand wrote them: a setting that goes, comes or changes must be changed here, too.
"""

from dataclasses import dataclass

import pytest

from infra.wire import Properties, Value
from tests.support.graphs import graph_of
from tests.unit.layers.managed_services import asked

DAY_SECONDS = 86400


@dataclass(frozen=True)
class Stack:
    """What differs between the stacks."""

    name: str
    project: str
    node_type: str
    connections: float
    """80 % of what a node of that type takes."""
    cache_days: int
    """For which backups of counters are kept."""
    backup_days: int
    """Of the vector store."""
    key_days: int
    """For which a key that is destroyed can be brought back."""
    protected: bool

    @property
    def network(self) -> str:
        """Full name of the network."""
        return f"projects/{self.project}/global/networks/${{{self.name}-network-vpc.name}}"


STACKS = [
    Stack("gcp-staging", "example-llm-staging", "SHARED_CORE_NANO", 4000, 3, 3, 7, protected=False),
    Stack("gcp-prod", "example-llm-prod", "STANDARD_SMALL", 12800, 7, 14, 30, protected=True),
]
each_stack = pytest.mark.parametrize("stack", STACKS, ids=lambda stack: stack.name)
EVICTION = {"responses": "allkeys-lru", "counters": "noeviction"}


def _instance(stack: Stack, label: str) -> Properties:
    window: Properties = {"day": "SUNDAY", "startTime": {"hours": 3, "minutes": 0}}
    keeps: Properties = {
        "persistenceConfig": {"mode": "AOF", "aofConfig": {"appendFsync": "EVERY_SEC"}},
        "automatedBackupConfig": {
            "fixedFrequencySchedule": {"startTime": {"hours": 5}},
            "retention": f"{stack.cache_days * DAY_SECONDS}s",
        },
    }
    return {
        "instanceId": f"{stack.name}-{label}",
        "location": "us-central1",
        "mode": "CLUSTER_DISABLED",
        "shardCount": 1,
        "nodeType": stack.node_type,
        "engineVersion": "VALKEY_8_0",
        "engineConfigs": {"maxmemory-policy": EVICTION[label]},
        # a primary and a replica, in different zones
        "replicaCount": 1,
        "zoneDistributionConfig": {"mode": "MULTI_ZONE"},
        # who comes in, and how
        "authorizationMode": "IAM_AUTH",
        "transitEncryptionMode": "SERVER_AUTHENTICATION",
        "desiredAutoCreatedEndpoints": [{"network": stack.network, "projectId": stack.project}],
        # what is kept, and under which key
        "kmsKey": f"${{{stack.name}-encryption-cache.id}}",
        **(keeps if label == "counters" else {"persistenceConfig": {"mode": "DISABLED"}}),
        "maintenancePolicy": {"weeklyMaintenanceWindows": [window]},
        "deletionProtectionEnabled": stack.protected,
        "protect": stack.protected,
    }


@each_stack
def test_the_cache_has_every_setting_that_was_decided_and_no_other(stack: Stack) -> None:
    nodes = f"projects/{stack.project}/regions/us-central1/subnetworks"

    assert asked(graph_of(stack.name), "memorystore", "networkconnectivity") == {
        **{f"cache-{label}": _instance(stack, label) for label in EVICTION},
        "cache-connect": {
            "location": "us-central1",
            "serviceClass": "gcp-memorystore",
            "network": stack.network,
            "pscConfig": {"subnetworks": [f"{nodes}/${{{stack.name}-network-nodes.name}}"]},
            "protect": False,
        },
    }


@each_stack
def test_the_key_of_the_cache_turns_over_and_memorystore_alone_uses_it(stack: Stack) -> None:
    keys = asked(graph_of(stack.name), "kms")

    assert {name: keys[name] for name in keys if "-cache" in name} == {
        "encryption-cache": {
            "keyRing": f"${{{stack.name}-encryption-ring.id}}",
            "purpose": "ENCRYPT_DECRYPT",
            "rotationPeriod": f"{90 * DAY_SECONDS}s",
            "destroyScheduledDuration": f"{stack.key_days * DAY_SECONDS}s",
            "protect": stack.protected,
        },
        "encryption-cache-use": {
            "cryptoKeyId": f"${{{stack.name}-encryption-cache.id}}",
            "role": "roles/cloudkms.cryptoKeyEncrypterDecrypter",
            "member": (
                f"serviceAccount:service-${{{stack.project}.number}}"
                "@gcp-sa-memorystore.iam.gserviceaccount.com"
            ),
            "protect": False,
        },
    }


BOTH = ("responses", "counters")
WATCHED = [
    # name, of which instances, metric, threshold (None: the stack's connections), duration
    ("memory", ("counters",), "memory/maximum_utilization", 0.8, "300s"),
    ("evictions", ("counters",), "stats/total_evicted_keys_count", 0, "0s"),
    ("cpu", BOTH, "cpu/maximum_utilization", 0.8, "300s"),
    ("connections", BOTH, "clients/maximum_connected_clients", None, "300s"),
]


@each_stack
def test_the_alert_policies_are_those_that_were_decided_and_no_others(stack: Stack) -> None:
    found = asked(graph_of(stack.name), "monitoring/alertPolicy")
    told = {name: one.pop("documentation") for name, one in found.items()}

    def condition(name: str, label: str, metric: str, above: Value, duration: str) -> Properties:
        instance = f"{stack.name}-{label}"
        return {
            "displayName": name,
            "conditionThreshold": {
                "filter": (
                    'resource.type = "memorystore.googleapis.com/Instance" AND '
                    f'metric.type = "memorystore.googleapis.com/instance/{metric}" AND '
                    'resource.labels.location = "us-central1" AND '
                    f'resource.labels.instance_id = monitoring.regex.full_match("(.*/)?{instance}")'
                ),
                "comparison": "COMPARISON_GT",
                "thresholdValue": stack.connections if above is None else above,
                "duration": duration,
                "aggregations": [{"alignmentPeriod": "60s", "perSeriesAligner": "ALIGN_MAX"}],
            },
        }

    assert found == {
        f"cache-{label}-{name}": {
            "displayName": f"{stack.name}-cache-{label}-{name}",
            "combiner": "OR",
            "conditions": [condition(name, label, metric, above, duration)],
            "alertStrategy": {"autoClose": "1800s"},
            "protect": False,
        }
        for name, labels, metric, above, duration in WATCHED
        for label in labels
    }
    assert all(told.values())


def _bucket(stack: Stack, old_days: int, days: int = 0, cold_days: int = 0) -> Properties:
    rules: list[Value] = [
        {"condition": {"age": 7}, "action": {"type": "AbortIncompleteMultipartUpload"}},
        {
            "condition": {"withState": "ARCHIVED", "daysSinceNoncurrentTime": old_days},
            "action": {"type": "Delete"},
        },
    ]
    if days:
        rules.append(
            {"condition": {"withState": "LIVE", "age": days}, "action": {"type": "Delete"}}
        )
    if cold_days:
        condition: Value = {
            "age": cold_days,
            "matchesPrefixes": ["fake/"],
            "matchesStorageClasses": ["STANDARD"],
        }
        move: Value = {"type": "SetStorageClass", "storageClass": "NEARLINE"}
        rules.append({"condition": condition, "action": move})
    return {
        "location": "US-CENTRAL1",
        "storageClass": "STANDARD",
        "uniformBucketLevelAccess": True,
        "publicAccessPrevention": "enforced",
        "encryption": {"defaultKmsKeyName": f"${{{stack.name}-encryption-weights.id}}"},
        "versioning": {"enabled": True},
        "softDeletePolicy": {"retentionDurationSeconds": 7 * DAY_SECONDS if stack.protected else 0},
        "lifecycleRules": rules,
        "forceDestroy": not stack.protected,
        "protect": stack.protected,
    }


@each_stack
def test_the_buckets_have_every_setting_that_was_decided_and_no_other(stack: Stack) -> None:
    found = asked(graph_of(stack.name), "storage")

    assert {name: one for name, one in found.items() if "member" not in one} == {
        "store-weights": _bucket(stack, old_days=30),
        "vector-store-vectors": _bucket(stack, old_days=7),
        "vector-backup-copies": _bucket(stack, old_days=7, days=stack.backup_days),
        "traces-traces": _bucket(stack, old_days=1, days=9),
        "log-store-logs": _bucket(stack, old_days=1, days=37, cold_days=7),
    }
