"""When an object is ready, judged from what the API server says; and who may wait how long."""

import threading
import time

import pytest

from infra.rehearsal.kubernetes.await_ready import readiness
from infra.rehearsal.kubernetes.errors import CancelledError, FailedForGoodError
from infra.rehearsal.kubernetes.operation import Operation
from infra.rehearsal.kubernetes.placement import describe
from infra.wire import Properties

DECLARED: Properties = {"spec": {"replicas": 2}}
DONE: Properties = {"replicas": 2, "updatedReplicas": 2, "availableReplicas": 2}


def workload(kind: str, spec: Properties, status: Properties, *, seen: int = 2) -> Properties:
    return {
        "apiVersion": "batch/v1" if kind == "Job" else "apps/v1",
        "kind": kind,
        "metadata": {"name": "it", "generation": 2},
        "spec": spec,
        "status": {"observedGeneration": seen, **status},
    }


def deployment(status: Properties, *, seen: int = 2) -> Properties:
    return workload("Deployment", {"replicas": 2}, status, seen=seen)


def test_a_deployment_is_ready_with_all_new_replicas_available_and_no_old_one_left() -> None:
    assert readiness(deployment(DONE), DECLARED).ready


@pytest.mark.parametrize(
    ("status", "missing"),
    [
        ({**DONE, "availableReplicas": 1}, "1 of 2 replicas available"),
        ({**DONE, "updatedReplicas": 1, "replicas": 3}, "2 old ones still there"),
        ({**DONE, "replicas": 3}, "1 old ones still there"),
        ({}, "0 of 2 replicas available"),
    ],
)
def test_a_deployment_that_is_not_ready_says_what_is_missing(
    status: Properties, missing: str
) -> None:
    state = readiness(deployment(status), DECLARED)

    assert not state.ready
    assert missing in state.missing


def test_a_deployment_is_not_judged_by_a_status_from_before_the_change() -> None:
    deadline: Properties = {"type": "Progressing", "reason": "ProgressDeadlineExceeded"}

    state = readiness(deployment({**DONE, "conditions": [deadline]}, seen=1), DECLARED)

    assert not state.ready


def test_one_available_replica_is_enough_where_somebody_else_scales() -> None:
    status: Properties = {"replicas": 2, "updatedReplicas": 2, "availableReplicas": 1}

    assert readiness(deployment(status), {"spec": {}}).ready
    assert not readiness(deployment(status), DECLARED).ready


def test_a_deployment_over_its_deadline_fails_with_its_own_words() -> None:
    deadline: Properties = {
        "type": "Progressing",
        "reason": "ProgressDeadlineExceeded",
        "message": "timed out progressing",
    }

    with pytest.raises(FailedForGoodError, match="timed out progressing"):
        readiness(deployment({"conditions": [deadline]}), DECLARED)


def test_pods_that_may_not_be_made_are_told_in_the_servers_words() -> None:
    refused: Properties = {
        "type": "ReplicaFailure",
        "status": "True",
        "message": "forbidden: exceeded quota",
    }

    state = readiness(deployment({"conditions": [refused]}), DECLARED)

    assert "forbidden: exceeded quota" in state.missing


@pytest.mark.parametrize(
    ("status", "ready"),
    [
        ({"desiredNumberScheduled": 0}, True),
        ({"desiredNumberScheduled": 1}, False),
        (
            {
                "desiredNumberScheduled": 1,
                "numberAvailable": 1,
                "updatedNumberScheduled": 1,
            },
            True,
        ),
        ({"desiredNumberScheduled": 1, "numberAvailable": 1}, False),
    ],
)
def test_a_daemon_set_is_ready_when_every_node_that_wants_it_has_the_new_pod(
    status: Properties, *, ready: bool
) -> None:
    assert readiness(workload("DaemonSet", {}, status), {}).ready is ready


@pytest.mark.parametrize(
    ("spec", "status", "ready"),
    [
        ({"replicas": 2}, {"readyReplicas": 2, "updatedReplicas": 2}, True),
        ({"replicas": 2}, {"readyReplicas": 2, "updatedReplicas": 1}, False),
        (
            {"replicas": 2, "updateStrategy": {"rollingUpdate": {"partition": 1}}},
            {"readyReplicas": 2, "updatedReplicas": 1},
            True,
        ),
        (
            {"replicas": 2, "updateStrategy": {"type": "OnDelete"}},
            {"readyReplicas": 2},
            True,
        ),
    ],
)
def test_a_stateful_set_is_ready_as_its_update_strategy_says(
    spec: Properties, status: Properties, *, ready: bool
) -> None:
    assert readiness(workload("StatefulSet", spec, status), {}).ready is ready


def test_a_job_is_ready_when_complete_and_fails_for_good_when_failed() -> None:
    complete: Properties = {"conditions": [{"type": "Complete", "status": "True"}]}
    failed: Properties = {
        "conditions": [{"type": "Failed", "status": "True", "message": "too many"}]
    }

    assert readiness(workload("Job", {}, complete), {}).ready
    assert not readiness(workload("Job", {}, {"active": 1}), {}).ready
    with pytest.raises(FailedForGoodError, match="too many"):
        readiness(workload("Job", {}, failed), {})


def test_a_fresh_definition_whose_conditions_are_null_is_not_ready() -> None:
    definition: Properties = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "status": {"conditions": None},
    }

    assert not readiness(definition, {}).ready


def test_a_kind_that_nobody_awaits_is_ready() -> None:
    assert readiness({"apiVersion": "v1", "kind": "Service"}, {}).ready


def test_a_wait_ends_when_its_time_is_over() -> None:
    began = time.monotonic()

    rounds = len(list(Operation("urn", timeout_seconds=0.2).waits(60)))

    assert 0.2 <= time.monotonic() - began < 2
    assert rounds >= 2


def test_a_wait_ends_at_once_when_it_is_cancelled() -> None:
    operation = Operation("urn")
    threading.Timer(0.3, operation.cancelled.set).start()
    began = time.monotonic()

    with pytest.raises(CancelledError):
        list(operation.waits(60))

    assert time.monotonic() - began < 2


def test_the_same_text_is_told_once() -> None:
    told: list[str] = []
    operation = Operation("urn", tell=told.append)

    for text in ("one", "one", "two", "one"):
        operation.say(text)

    assert told == ["one", "two", "one"]


def test_a_pod_without_a_place_is_described_with_what_it_asks_and_what_there_is() -> None:
    pod: Properties = {
        "metadata": {
            "name": "qwen-1",
            "namespace": "models",
            "labels": {"tokenworks.dev/model": "qwen"},
        },
        "spec": {
            "nodeSelector": {"tokenworks.dev/pool": "l4"},
            "containers": [
                {"name": "vllm", "resources": {"requests": {"cpu": "4", "nvidia.com/gpu": "2"}}}
            ],
        },
        "status": {
            "conditions": [
                {
                    "type": "PodScheduled",
                    "status": "False",
                    "message": "Insufficient nvidia.com/gpu",
                }
            ]
        },
    }
    node: Properties = {
        "metadata": {"name": "node-1"},
        "status": {"allocatable": {"cpu": "7910m", "nvidia.com/gpu": "1", "pods": "58"}},
    }

    text = describe(pod, "the pool is at its maximum", node)

    assert text == (
        "pod models/qwen-1 of model qwen fits on no node (tokenworks.dev/pool=l4); "
        "it asks for vllm: cpu=4 nvidia.com/gpu=2; "
        "node node-1 has cpu=7910m nvidia.com/gpu=1 allocatable; "
        "the scheduler says: Insufficient nvidia.com/gpu; "
        "the pool is at its maximum"
    )
