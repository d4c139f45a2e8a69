"""The package `gcp` as the engine speaks to it: Memorystore, and its way into a network."""

from collections.abc import Iterator

import pytest

from infra.rehearsal.gcp.api.stores.caches import ROBOT
from infra.replies import dig
from infra.wire import Properties, Value
from tests.unit.rehearsal.cloud.wire import Made, RefusedError
from tests.unit.rehearsal.gcp.provider_scene import (
    NETWORK,
    PROJECT,
    REGION,
    SUBNETWORK,
    Scene,
    scene,
)
from tests.unit.rehearsal.gcp.test_store_rows import KEY, RING, let_use, unchanged

POLICY = "gcp:networkconnectivity/serviceConnectionPolicy:ServiceConnectionPolicy"
INSTANCE = "gcp:memorystore/instance:Instance"


@pytest.fixture(scope="module")
def running() -> Iterator[Scene]:
    """A simulated Google Cloud."""
    with scene() as made:
        yield made


@pytest.fixture(scope="module")
def network(running: Scene) -> Made:
    """A network with a subnetwork."""
    made = running.engine.create(NETWORK, {"autoCreateSubnetworks": False}, name="caches")
    at: Properties = {"network": made.physical_id, "region": REGION, "ipCidrRange": "10.9.0.0/20"}
    running.engine.create(SUBNETWORK, {**at, "name": "caches-nodes"})
    return made


def policy_inputs(network: str) -> Properties:
    """Return the inputs of a policy for a network, with its subnetwork of nodes."""
    return {
        "location": REGION,
        "serviceClass": "gcp-memorystore",
        "network": f"projects/{PROJECT}/global/networks/{network}",
        "labels": {"tier": "one"},
    }


def instance_inputs(network: str, **more: Value) -> Properties:
    """Return the inputs of an instance in a network."""
    return {
        "instanceId": "counters",
        "location": REGION,
        "mode": "CLUSTER_DISABLED",
        "shardCount": 1,
        "replicaCount": 1,
        "nodeType": "STANDARD_SMALL",
        "engineVersion": "VALKEY_8_0",
        "engineConfigs": {"maxmemory-policy": "noeviction"},
        "authorizationMode": "IAM_AUTH",
        "transitEncryptionMode": "SERVER_AUTHENTICATION",
        "zoneDistributionConfig": {"mode": "MULTI_ZONE"},
        "desiredAutoCreatedEndpoints": [
            {"network": f"projects/{PROJECT}/global/networks/{network}", "projectId": PROJECT}
        ],
        "persistenceConfig": {"mode": "AOF", "aofConfig": {"appendFsync": "EVERY_SEC"}},
        "automatedBackupConfig": {
            "fixedFrequencySchedule": {"startTime": {"hours": 5}},
            "retention": "604800s",
        },
        "maintenancePolicy": {
            "weeklyMaintenanceWindows": [{"day": "SUNDAY", "startTime": {"hours": 3, "minutes": 0}}]
        },
        "labels": {"tier": "one"},
        **more,
    }


@pytest.fixture(scope="module")
def policy(running: Scene, network: Made) -> Made:
    """What lets Memorystore into the network."""
    nodes = f"projects/{PROJECT}/regions/{REGION}/subnetworks/caches-nodes"
    inputs: Properties = {
        **policy_inputs(str(network["name"])),
        "pscConfig": {"subnetworks": [nodes]},
    }
    return running.engine.create(POLICY, inputs, name="connect")


def test_a_policy_names_subnetworks_that_exist(running: Scene, network: Made) -> None:
    inputs: Properties = {
        **policy_inputs(str(network["name"])),
        "serviceClass": "gcp-memorystore-redis",
        "pscConfig": {"subnetworks": [f"projects/{PROJECT}/regions/{REGION}/subnetworks/none"]},
    }
    with pytest.raises(RefusedError, match="subnetworks/none was not found"):
        running.engine.create(POLICY, inputs, name="nowhere")


@pytest.fixture
def instance(running: Scene, network: Made, policy: Made) -> Iterator[Made]:
    """An instance."""
    del policy
    made = running.engine.create(INSTANCE, instance_inputs(str(network["name"])))
    yield made
    running.engine.delete(made)


def test_an_instance_comes_back_as_it_was_declared(running: Scene, instance: Made) -> None:
    for name, value in instance.inputs.items():
        if name in instance_inputs("x"):
            assert instance[name] == value, name
    unchanged(running, instance)


def test_it_has_an_address_for_the_primary_and_one_for_replicas(instance: Made) -> None:
    connections = dig(instance.outputs, "endpoints.0.connections")
    assert isinstance(connections, list)
    addresses = [dig(one, "pscAutoConnection.ipAddress") for one in connections]

    assert len(set(map(str, addresses))) == 2
    assert dig(connections[0], "pscAutoConnection.connectionType") == "CONNECTION_TYPE_PRIMARY"


def test_settings_change_in_place_and_what_is_baked_in_replaces(
    running: Scene, instance: Made
) -> None:
    changes: Properties = {
        "engineConfigs": {"maxmemory-policy": "allkeys-lru"},
        "nodeType": "HIGHMEM_MEDIUM",
        "replicaCount": 2,
    }
    assert list(running.engine.diff(instance, **changes).replaces) == []
    changed = running.engine.update(instance, preview=False, **changes)
    assert {name: changed[name] for name in changes} == changes
    for name, value in (("authorizationMode", "AUTH_DISABLED"), ("mode", "CLUSTER")):
        assert list(running.engine.diff(changed, **{name: value}).replaces) == [name]


def test_a_network_without_a_policy_lets_nobody_in(running: Scene) -> None:
    running.engine.create(NETWORK, {"autoCreateSubnetworks": False}, name="closed")
    with pytest.raises(RefusedError, match="has no service connection policy"):
        running.engine.create(INSTANCE, instance_inputs("closed", instanceId="locked-out"))


def test_a_network_has_one_policy_for_a_class_of_services(
    running: Scene, network: Made, policy: Made
) -> None:
    unchanged(running, policy)
    with pytest.raises(RefusedError, match="has a policy for gcp-memorystore"):
        running.engine.create(POLICY, policy_inputs(str(network["name"])), name="second")


def test_a_policy_in_use_stays(running: Scene, policy: Made, instance: Made) -> None:
    with pytest.raises(RefusedError, match=f"is used by {instance.physical_id}"):
        running.engine.delete(policy)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"shardCount": 2}, "shard_count must be 1"),
        ({"engineVersion": "VALKEY_1_0"}, "engine_version VALKEY_1_0 is not supported"),
        ({"nodeType": "HUGE"}, "nodeType: must be one of"),
        ({"instanceId": "no"}, "invalid instance id"),
    ],
)
def test_what_memorystore_would_not_take_is_refused(
    running: Scene, network: Made, policy: Made, wrong: Properties, reason: str
) -> None:
    del policy
    inputs = {**instance_inputs(str(network["name"])), "instanceId": "refused", **wrong}
    with pytest.raises(RefusedError, match=reason):
        running.engine.create(INSTANCE, inputs)


def test_a_protected_instance_stays_until_the_protection_goes(
    running: Scene, network: Made, policy: Made
) -> None:
    del policy
    inputs = instance_inputs(str(network["name"]), instanceId="kept")
    made = running.engine.create(INSTANCE, {**inputs, "deletionProtectionEnabled": True})
    with pytest.raises(RefusedError, match="has deletion protection enabled"):
        running.engine.delete(made)
    running.engine.delete(
        running.engine.update(made, preview=False, deletionProtectionEnabled=False)
    )
    assert running.engine.read(made) is None


def test_a_key_that_memorystore_may_not_use_is_refused(
    running: Scene, network: Made, policy: Made
) -> None:
    del policy
    ring = running.engine.create(RING, {"location": REGION, "name": "cache-ring"})
    key = running.engine.create(KEY, {"keyRing": ring.physical_id}, name="cache")
    inputs = instance_inputs(str(network["name"]), instanceId="sealed", kmsKey=key.physical_id)
    with pytest.raises(RefusedError):
        running.engine.create(INSTANCE, inputs)

    let_use(running, key.physical_id, ROBOT)
    made = running.engine.create(INSTANCE, inputs)
    assert made["kmsKey"] == key.physical_id
    running.engine.delete(made)
