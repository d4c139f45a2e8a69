"""What the stand-in waits for, and when it stops waiting."""

import threading
import time

import grpc
import pytest
from google.protobuf import empty_pb2

from infra.rehearsal.kubernetes.client import ApiClient
from infra.wire import Properties, decode
from tests.support.standin import (
    DEPLOYMENT,
    POOL_LABEL,
    Engine,
    deployment,
    partial_failure,
    section,
    wait_for,
)

pytestmark = pytest.mark.real


def test_a_pod_without_a_place_fails_its_deployment_at_once_and_says_why(
    engine: Engine, api: ApiClient, namespace: str, node: str
) -> None:
    def play_the_node_controller() -> None:
        pods: list[dict] = []

        def unschedulable() -> bool:
            pods[:] = api.list_objects("v1", "Pod", namespace)
            conditions = [c for pod in pods for c in pod["status"].get("conditions", [])]
            return any(c.get("reason") == "Unschedulable" for c in conditions)

        wait_for(unschedulable)
        metadata = pods[0]["metadata"]
        api.create(
            {
                "apiVersion": "v1",
                "kind": "Event",
                "metadata": {"name": f"{metadata['name']}.1", "namespace": namespace},
                "involvedObject": {
                    "kind": "Pod",
                    "name": metadata["name"],
                    "namespace": namespace,
                    "uid": metadata["uid"],
                },
                "reason": "NotTriggerScaleUp",
                "message": "every matching pool is at its maximum",
                "type": "Normal",
            }
        )

    player = threading.Thread(target=play_the_node_controller)
    player.start()
    began = time.monotonic()
    with pytest.raises(grpc.RpcError) as error:
        engine.create(DEPLOYMENT, deployment(namespace, node, cpu="8"), timeout_seconds=60)
    player.join()

    failure = partial_failure(error)
    assert time.monotonic() - began < 30
    assert failure.id == f"{namespace}/server"
    (reason,) = failure.reasons
    for part in ("model server", f"{POOL_LABEL}={node}", "cpu=8", "cpu=4", "Insufficient cpu"):
        assert part in reason
    assert "every matching pool is at its maximum" in reason


def test_a_cancelled_wait_ends_soon_and_keeps_what_was_made(engine: Engine, namespace: str) -> None:
    threading.Timer(1.0, lambda: engine.stub.Cancel(empty_pb2.Empty())).start()
    began = time.monotonic()

    with pytest.raises(grpc.RpcError) as error:
        engine.create(DEPLOYMENT, deployment(namespace, "no-such-pool"), timeout_seconds=60)

    assert time.monotonic() - began < 5
    failure = partial_failure(error)
    assert "cancelled" in failure.reasons[0]
    assert section(decode(failure.properties), "metadata")["uid"]


def test_a_failed_job_is_replaced_by_the_next_update(
    engine: Engine, api: ApiClient, namespace: str
) -> None:
    pod: Properties = {
        "restartPolicy": "Never",
        "containers": [{"name": "main", "image": "work:1"}],
    }
    job: Properties = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "work", "namespace": namespace},
        "spec": {"template": {"spec": pod}, "activeDeadlineSeconds": 1, "backoffLimit": 0},
    }

    with pytest.raises(grpc.RpcError) as error:
        engine.create(("batch/v1", "Job"), job)

    failure = partial_failure(error)
    assert "DeadlineExceeded" in failure.reasons[0] or "deadline" in failure.reasons[0]
    difference = engine.diff(("batch/v1", "Job"), job, decode(failure.properties), job)
    assert list(difference.replaces) == ["spec"]
    assert api.find("batch/v1", "Job", "work", namespace) is not None
