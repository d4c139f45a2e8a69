"""What of a cluster no state knows: found, deleted, waited for."""

from typing import TYPE_CHECKING

import pytest

from infra.destroy.cluster import ClusterError, Stranger, clear, see
from tests.unit.destroy.examples import FakeCluster, body

if TYPE_CHECKING:
    from infra.wire import Properties

OURS = frozenset({"models", "gateway"})
SHOP = body("Service", "shop", type="LoadBalancer")
CLAIM = body("PersistentVolumeClaim", "data")


def asleep(_seconds: float) -> None:
    """Let no time pass."""


def test_only_what_holds_something_in_the_account_and_no_state_knows_is_a_stranger() -> None:
    cluster = FakeCluster(
        SHOP,
        CLAIM,
        body("Service", "inside", type="ClusterIP"),
        body("Service", "envoy", "gateway", type="LoadBalancer"),
        body("PersistentVolumeClaim", "milvus", "models"),
        body("Ingress", "shop"),
        body("Gateway", "shop"),
    )

    seen = see(cluster, OURS)

    assert [str(one) for one in seen.strangers] == [
        "Gateway default/shop",
        "Ingress default/shop",
        "PersistentVolumeClaim default/data",
        "Service default/shop",
    ]
    assert cluster.deleted == []


def test_the_names_of_load_balancers_come_from_their_services() -> None:
    service = body("Service", "shop", type="LoadBalancer")
    service["metadata"] = {"name": "shop", "uid": "0f5e1c9a-1111-2222-3333-444455556666"}

    assert see(FakeCluster(service), OURS).balancers == {"a0f5e1c9a111122223333444455556666"[:32]}


def test_a_volume_that_outlives_its_claim_is_somebodys_data() -> None:
    csi: Properties = {"driver": "ebs.csi.aws.com", "volumeHandle": "vol-1"}
    claim: Properties = {"name": "data", "namespace": "default"}
    kept = body(
        "PersistentVolume", "pv-1", csi=csi, claimRef=claim, persistentVolumeReclaimPolicy="Retain"
    )
    gone = body("PersistentVolume", "pv-2", csi=csi, persistentVolumeReclaimPolicy="Delete")
    local = body("PersistentVolume", "pv-3", persistentVolumeReclaimPolicy="Retain")

    seen = see(FakeCluster(kept, gone, local), OURS)

    assert seen.kept_volumes == ["pv-1 of claim default/data (disk vol-1)"]


def test_strangers_are_asked_to_go_once_and_nothing_else_is() -> None:
    envoy = body("Service", "envoy", "gateway", type="LoadBalancer")
    cluster = FakeCluster(SHOP, CLAIM, envoy)

    assert clear(cluster, OURS, sleep=asleep) == ()
    assert cluster.deleted == ["PersistentVolumeClaim default/data", "Service default/shop"]
    assert cluster.bodies == [envoy]


def test_one_that_does_not_go_is_named_and_not_asked_again() -> None:
    cluster = FakeCluster(CLAIM, held=["data"])

    left = clear(cluster, OURS, sleep=asleep, seconds=5)

    assert left == [Stranger("v1", "PersistentVolumeClaim", "default", "data")]
    assert cluster.deleted == ["PersistentVolumeClaim default/data"]


def test_a_cluster_that_cannot_be_reached_says_so() -> None:
    with pytest.raises(ClusterError, match="no route"):
        see(FakeCluster(broken="no route"), OURS)
