"""Pods that a quota or admission keeps out, as the API server shows them."""

from datetime import UTC, datetime, timedelta

import pytest

from infra.rehearsal.kubernetes.client import ApiClient
from infra.rehearsal.nodes.refused import RefusedPods, RefusedPodsError


class Cluster(ApiClient):
    """An API server with these sets of replicas and events."""

    def __init__(self, replica_sets: list[dict], events: list[dict]) -> None:
        super().__init__("https://nowhere", "")
        self.objects = {"ReplicaSet": replica_sets, "Event": events}
        self.asked = 0

    def list_objects(
        self, api_version: str, kind: str, namespace: str | None = None, **query: str | int | bool
    ) -> list[dict]:
        del api_version, namespace, query
        self.asked += 1
        return list(self.objects[kind])


def replica_set(since_seconds: float, status: str = "True") -> dict:
    since = datetime.now(UTC) - timedelta(seconds=since_seconds)
    condition = {
        "type": "ReplicaFailure",
        "status": status,
        "reason": "FailedCreate",
        "message": 'error looking up service account models/qwen: "qwen" not found',
        "lastTransitionTime": since.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    metadata = {"namespace": "models", "name": "qwen-7c9d", "uid": "u"}
    return {"metadata": metadata, "status": {"conditions": [condition]}}


def event(at: str, message: str) -> dict:
    return {"involvedObject": {"uid": "u"}, "message": message, "lastTimestamp": at}


def test_pods_refused_for_long_end_the_operation_with_the_newest_words() -> None:
    newest = event("2026-11-26T01:45:32Z", "exceeded quota: requested: requests.cpu=64")
    oldest = event("2026-11-26T01:44:51Z", "service account not found")

    with pytest.raises(RefusedPodsError) as refusal:
        RefusedPods(Cluster([replica_set(60)], [newest, oldest])).check()

    assert "models/qwen-7c9d: exceeded quota: requested: requests.cpu=64" in str(refusal.value)


def test_a_refusal_that_may_still_end_is_waited_for() -> None:
    RefusedPods(Cluster([replica_set(3)], [])).check()


def test_a_refusal_that_has_ended_is_none() -> None:
    RefusedPods(Cluster([replica_set(60, status="False")], [])).check()


def test_the_api_server_is_not_asked_at_every_turn_of_the_loop() -> None:
    cluster = Cluster([], [])
    watch = RefusedPods(cluster)

    watch.check()
    watch.check()

    assert cluster.asked == 1
