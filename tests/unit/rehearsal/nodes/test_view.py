"""What is read from Node and Pod objects."""

import pytest

from infra.rehearsal.nodes.factory import node
from infra.rehearsal.nodes.quantity import Resources
from infra.rehearsal.nodes.view import ASKED_AGAIN, node_view, pod_requests, pod_view
from tests.unit.rehearsal.nodes.examples import SPOT


def pod(**status: object) -> dict:
    return {
        "metadata": {"namespace": "models", "name": "qwen", "uid": "u", "resourceVersion": "7"},
        "spec": {"containers": [{"name": "vllm"}]},
        "status": {"phase": "Pending", **status},
    }


def scheduled(status: str, reason: str = "", message: str = "") -> list[dict[str, str]]:
    return [
        {
            "type": "PodScheduled",
            "status": status,
            "reason": reason,
            "message": message,
            "lastTransitionTime": "2026-11-21T07:00:00Z",
        }
    ]


def test_a_new_node_is_read_back_as_it_was_made() -> None:
    seen = node_view(node(SPOT, 3))
    assert (seen.group, seen.machine, seen.serial) == ("l4-spot", "g6.2xlarge", 3)
    assert seen.allocatable.cpu_millicores == 7910
    assert seen.gpus is None
    assert not seen.ready


@pytest.mark.parametrize(
    ("status", "taints", "ready"),
    [
        ("True", [], True),
        ("False", [], False),
        ("Unknown", [], False),
        ("True", [{"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}], False),
    ],
)
def test_a_node_is_ready_once_the_scheduler_may_use_it(
    status: str, taints: list[dict[str, str]], *, ready: bool
) -> None:
    body = node(SPOT, 0)
    body["spec"]["taints"] += taints
    body["status"]["conditions"] = [
        {"type": "Ready", "status": status, "lastTransitionTime": "2026-11-21T07:00:00Z"}
    ]
    assert node_view(body).ready is ready


def test_zero_announced_gpus_differ_from_none_announced() -> None:
    body = node(SPOT, 0)
    body["status"]["allocatable"]["nvidia.com/gpu"] = "0"
    assert node_view(body).gpus == 0


def test_a_refusal_is_read_with_the_schedulers_words() -> None:
    seen = pod_view(pod(conditions=scheduled("False", "Unschedulable", "0/1 nodes")))
    assert (seen.refused, seen.words, seen.asked_again) == (True, "0/1 nodes", False)


def test_a_pod_that_was_asked_about_again_keeps_the_old_words() -> None:
    seen = pod_view(pod(conditions=scheduled("False", "Unschedulable", ASKED_AGAIN + "0/1 nodes")))
    assert (seen.refused, seen.words, seen.asked_again) == (True, "0/1 nodes", True)


@pytest.mark.parametrize(
    "conditions",
    [[], scheduled("True"), scheduled("False", "SchedulingGated")],
    ids=["unjudged", "placed", "gated"],
)
def test_nothing_else_is_a_refusal(conditions: list[dict[str, str]]) -> None:
    assert not pod_view(pod(conditions=conditions)).refused


def test_a_pod_asks_for_its_containers_together_and_its_largest_init_container() -> None:
    def container(cpu: str, **more: str) -> dict:
        return {"resources": {"requests": {"cpu": cpu}}, **more}

    spec = {
        "initContainers": [container("3"), container("100m", restartPolicy="Always")],
        "containers": [container("1"), container("500m")],
    }
    assert pod_requests(spec) == Resources(cpu_millicores=3000)
    spec["initContainers"][0] = container("1")
    assert pod_requests(spec) == Resources(cpu_millicores=1600)


def test_a_limit_without_a_request_counts_as_one() -> None:
    declared = {"limits": {"nvidia.com/gpu": "2", "cpu": "2"}, "requests": {"cpu": "1"}}
    assert pod_requests({"containers": [{"resources": declared}]}) == Resources(1000, 0, 2)
