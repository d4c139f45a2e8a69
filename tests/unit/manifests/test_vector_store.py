"""Nothing of a stack waits for the vector store: it may be gone, and the rest serves."""

import json

import pytest

from tests.support.manifests import Pod, pods_of
from tests.support.stacks import STACKS

HOME = "vector-store"
WORDS = ("milvus", "vector-store", "19530")


def _names_it(pod: Pod) -> bool:
    text = json.dumps(pod.spec).lower()
    return any(word in text for word in WORDS)


@pytest.mark.parametrize("stack", STACKS)
def test_no_pod_outside_of_its_namespace_names_milvus(stack: str) -> None:
    """Neither a probe nor an address, so none becomes unready or ends when it is gone."""
    elsewhere = [pod for pod in pods_of(stack) if pod.owner.namespace != HOME]

    assert elsewhere
    assert [pod.owner.title for pod in elsewhere if _names_it(pod)] == []


def test_a_pod_that_names_it_would_be_seen() -> None:
    inside = [pod for pod in pods_of("aws-prod") if pod.owner.namespace == HOME]

    assert len(inside) > 2
    assert all(_names_it(pod) for pod in inside)
