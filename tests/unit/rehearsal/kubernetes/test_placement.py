"""Why pods do not run, in words for the person who declared them."""

import pytest

from infra.rehearsal.kubernetes.client import ApiClient
from infra.rehearsal.kubernetes.placement import describe, look_at_pods
from infra.rehearsal.nodes.view import ASKED_AGAIN
from infra.wire import Properties, Value

WORDS = "0/1 nodes are available: 1 Insufficient nvidia.com/gpu."


class Listing(ApiClient):
    """An API server with this one pod."""

    def __init__(self, pod: dict) -> None:
        super().__init__("https://nowhere", "")
        self.pod = pod

    def list_objects(
        self, api_version: str, kind: str, namespace: str | None = None, **query: str | int | bool
    ) -> list[dict]:
        del api_version, namespace, query
        return [self.pod] if kind == "Pod" else []


def refused_pod(words: str, **requests: Value) -> Properties:
    container: Properties = {"name": "vllm", "resources": {"requests": requests}}
    refused: Properties = {"type": "PodScheduled", "status": "False", "message": words}
    return {
        "metadata": {
            "name": "qwen-1",
            "namespace": "models",
            "labels": {"tokenworks.dev/model": "qwen"},
        },
        "spec": {"nodeSelector": {"tokenworks.dev/pool": "l4"}, "containers": [container]},
        "status": {"phase": "Pending", "conditions": [refused]},
    }


def node(**allocatable: Value) -> Properties:
    return {"metadata": {"name": "node-1"}, "status": {"allocatable": allocatable}}


def test_a_pod_without_a_place_is_described_with_what_it_asks_and_what_there_is() -> None:
    pod = refused_pod("Insufficient nvidia.com/gpu", **{"cpu": "4", "nvidia.com/gpu": "2"})
    has = node(**{"cpu": "7910m", "nvidia.com/gpu": "1", "pods": "58"})

    text = describe(pod, "the pool is at its maximum", has)

    assert text == (
        "pod models/qwen-1 of model qwen fits on no node (tokenworks.dev/pool=l4); "
        "it asks for vllm: cpu=4 nvidia.com/gpu=2; "
        "node node-1 has cpu=7910m nvidia.com/gpu=1 allocatable; "
        "the scheduler says: Insufficient nvidia.com/gpu; "
        "the pool is at its maximum"
    )


def test_the_disk_is_shown_that_the_scheduler_misses() -> None:
    pod = refused_pod("1 Insufficient ephemeral-storage", **{"ephemeral-storage": "120Gi"})

    text = describe(pod, "", node(**{"ephemeral-storage": "89Gi"}))

    assert "it asks for vllm: ephemeral-storage=120Gi;" in text
    assert "node node-1 has ephemeral-storage=89Gi allocatable;" in text


@pytest.mark.parametrize("words", [WORDS, ASKED_AGAIN + WORDS], ids=["fresh", "asked again"])
def test_only_the_schedulers_own_words_are_quoted(words: str) -> None:
    pod = refused_pod(words)
    workload: Properties = {
        "metadata": {"namespace": "models", "uid": "it"},
        "spec": {"selector": {"matchLabels": {"app": "qwen"}}},
    }

    assert f"; the scheduler says: {WORDS}; at its maximum" in describe(pod, "at its maximum", {})
    assert describe(pod, WORDS, {}).count(WORDS) == 1
    assert look_at_pods(Listing(pod), workload).waiting == f"qwen-1: {WORDS}"
