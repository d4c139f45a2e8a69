"""When an object is ready, judged from what the API server says; and who may wait how long."""

import itertools
import threading

import pytest

from infra.rehearsal.kubernetes.await_ready import readiness
from infra.rehearsal.kubernetes.errors import CancelledError, FailedForGoodError
from infra.rehearsal.kubernetes.operation import LONGEST_PAUSE_SECONDS, Operation
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


class PlayedTime(threading.Event):
    """Time that passes only while somebody waits for the event, which comes when told."""

    def __init__(self, comes_after_seconds: float = float("inf")) -> None:
        super().__init__()
        self.seconds = 0.0
        self._comes_after_seconds = comes_after_seconds

    def now(self) -> float:
        return self.seconds

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None
        assert 0 < timeout <= LONGEST_PAUSE_SECONDS
        comes = self.seconds + timeout >= self._comes_after_seconds
        self.seconds = self._comes_after_seconds if comes else self.seconds + timeout
        return comes


def test_a_wait_ends_when_its_time_is_over() -> None:
    time = PlayedTime()
    operation = Operation("urn", timeout_seconds=10, cancelled=time, clock=time.now)

    looks = [time.seconds for _ in itertools.islice(operation.waits(60), 100)]

    assert looks[0] == 0  # at once
    assert looks[-2] < 10 <= looks[-1]  # and once more when the time is over


def test_a_kinds_own_time_counts_for_a_resource_without_one() -> None:
    time = PlayedTime()
    operation = Operation("urn", cancelled=time, clock=time.now)

    looks = [time.seconds for _ in itertools.islice(operation.waits(60), 1000)]

    assert looks[-2] < 60 <= looks[-1]


def test_a_wait_ends_at_once_when_it_is_cancelled() -> None:
    time = PlayedTime(comes_after_seconds=7.25)
    operation = Operation("urn", cancelled=time, clock=time.now)

    with pytest.raises(CancelledError):
        list(itertools.islice(operation.waits(60), 1000))

    assert time.seconds == 7.25


def test_the_same_text_is_told_once() -> None:
    told: list[str] = []
    operation = Operation("urn", tell=told.append)

    for text in ("one", "one", "two", "one"):
        operation.say(text)

    assert told == ["one", "two", "one"]
