"""The managed cache on Google Cloud, setting by setting."""

import pytest

from components.gcp.cache import Cache
from components.gcp.cache_alarms import CONNECTIONS
from infra.catalog.cache_nodes import cache_nodes
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.spec.cache import CacheSpec
from tests.unit.components import examples_gcp as examples

NETWORK = f"projects/{examples.PROJECT}/global/networks/the-network"


def _cache(
    spec: CacheSpec = examples.MANAGED_CACHE, *, protected: bool = False, connects: bool = True
) -> Graph:
    def program() -> None:
        Cache(
            "c",
            spec,
            platform=examples.PLATFORM,
            project=examples.project_ref(),
            network=examples.network_ref(),
            connects=connects,
            key=examples.key_ref("cache"),
            protected=protected,
            opts=examples.with_gcp(),
        )

    return record_program(program, stack="gcp-dev")


GRAPH = _cache()


def test_the_counters_have_every_setting_that_keeps_them() -> None:
    inputs = dict(GRAPH.named("c-counters").inputs)
    labels = inputs.pop("labels")

    assert inputs == {
        "instanceId": "gcp-dev-counters",
        "location": "us-central1",
        "mode": "CLUSTER_DISABLED",
        "shardCount": 1,
        "replicaCount": 1,
        "nodeType": "STANDARD_SMALL",
        "engineVersion": "VALKEY_8_0",
        "engineConfigs": {"maxmemory-policy": "noeviction"},
        "authorizationMode": "IAM_AUTH",
        "transitEncryptionMode": "SERVER_AUTHENTICATION",
        "kmsKey": (
            f"projects/{examples.PROJECT}/locations/us-central1/keyRings/ring/cryptoKeys/cache"
        ),
        "zoneDistributionConfig": {"mode": "MULTI_ZONE"},
        "desiredAutoCreatedEndpoints": [{"network": NETWORK, "projectId": examples.PROJECT}],
        "persistenceConfig": {"mode": "AOF", "aofConfig": {"appendFsync": "EVERY_SEC"}},
        "automatedBackupConfig": {
            "fixedFrequencySchedule": {"startTime": {"hours": 5}},
            "retention": "604800s",
        },
        "maintenancePolicy": {
            "weeklyMaintenanceWindows": [{"day": "SUNDAY", "startTime": {"hours": 3, "minutes": 0}}]
        },
        "deletionProtectionEnabled": False,
    }
    assert isinstance(labels, dict)
    assert labels["tokenworks-platform"] == "gcp-dev"


def test_responses_differ_only_where_they_may_be_lost() -> None:
    responses, counters = (
        dict(GRAPH.named(f"c-{label}").inputs) for label in ("responses", "counters")
    )
    different = {name for name in counters if responses.get(name) != counters[name]}

    assert different == {
        *("instanceId", "engineConfigs", "persistenceConfig", "automatedBackupConfig"),
    }
    assert responses["engineConfigs"] == {"maxmemory-policy": "allkeys-lru"}
    assert responses["persistenceConfig"] == {"mode": "DISABLED"}
    assert "automatedBackupConfig" not in responses


def test_memorystore_may_take_addresses_of_the_nodes_subnetwork() -> None:
    policy = GRAPH.named("c-connect").inputs

    assert policy["serviceClass"] == "gcp-memorystore"
    assert policy["network"] == NETWORK
    assert policy["pscConfig"] == {
        "subnetworks": [f"projects/{examples.PROJECT}/regions/us-central1/subnetworks/the-nodes"]
    }


def test_in_somebody_elses_network_no_policy_is_made() -> None:
    graph = _cache(connects=False)

    assert [one for one in graph.resources if "ServiceConnectionPolicy" in one.type] == []
    assert graph.named("c-counters").inputs["authorizationMode"] == "IAM_AUTH"


def test_without_backup_days_there_are_no_backups() -> None:
    graph = _cache(examples.MANAGED_CACHE.model_copy(update={"backup_days": 0}))

    assert "automatedBackupConfig" not in graph.named("c-counters").inputs


@pytest.mark.parametrize("protected", [True, False])
def test_a_protected_cache_refuses_to_be_deleted(protected: bool) -> None:  # noqa: FBT001 - a case
    for label in ("responses", "counters"):
        instance = _cache(protected=protected).named(f"c-{label}")
        assert instance.protect is protected
        assert instance.inputs["deletionProtectionEnabled"] is protected


def _policies(graph: Graph) -> dict[str, dict]:
    return {one.name: dict(one.inputs) for one in graph.resources if "AlertPolicy" in one.type}


def test_counters_are_watched_for_memory_and_evictions_and_both_for_the_rest() -> None:
    assert _policies(GRAPH).keys() == {
        *("c-responses-cpu", "c-responses-connections"),
        *("c-counters-memory", "c-counters-evictions", "c-counters-cpu", "c-counters-connections"),
    }


@pytest.mark.parametrize(
    ("watch", "metric", "threshold", "duration"),
    [
        ("memory", "memory/maximum_utilization", 0.8, "300s"),
        ("evictions", "stats/total_evicted_keys_count", 0, "0s"),
        ("cpu", "cpu/maximum_utilization", 0.8, "300s"),
        ("connections", "clients/maximum_connected_clients", 12800, "300s"),
    ],
)
def test_an_alert_policy_looks_at_one_metric_of_one_instance(
    watch: str, metric: str, threshold: float, duration: str
) -> None:
    policy = _policies(GRAPH)[f"c-counters-{watch}"]
    (condition,) = policy["conditions"]

    assert condition["conditionThreshold"] == {
        "filter": (
            'resource.type = "memorystore.googleapis.com/Instance" AND '
            f'metric.type = "memorystore.googleapis.com/instance/{metric}" AND '
            'resource.labels.location = "us-central1" AND '
            'resource.labels.instance_id = monitoring.regex.full_match("(.*/)?gcp-dev-counters")'
        ),
        "comparison": "COMPARISON_GT",
        "thresholdValue": threshold,
        "duration": duration,
        "aggregations": [{"alignmentPeriod": "60s", "perSeriesAligner": "ALIGN_MAX"}],
    }
    assert policy["combiner"] == "OR"
    assert policy["alertStrategy"] == {"autoClose": "1800s"}
    assert policy["displayName"] == f"c-counters-{watch}"
    assert "notificationChannels" not in policy  # before monitoring has an address
    assert policy["userLabels"]["tokenworks-platform"] == "gcp-dev"


def test_every_alert_policy_says_what_it_means() -> None:
    told = [policy["documentation"] for policy in _policies(GRAPH).values()]

    assert {one["mimeType"] for one in told} == {"text/markdown"}
    assert len({one["content"] for one in told}) == 4


def test_every_type_of_node_has_a_known_number_of_connections() -> None:
    assert CONNECTIONS.keys() == {node.name for node in cache_nodes("gcp")}
