"""Pods that kwok overlooked."""

from dataclasses import replace

import pytest

from infra.rehearsal.kubernetes.client import NOT_FOUND, ApiClient, ApiError
from infra.rehearsal.nodes.overlooked import OVERLOOKED_SECONDS, SHOWN_ANNOTATION, Overlooked
from infra.rehearsal.nodes.view import Cluster, NodeView, PodView
from tests.unit.rehearsal.nodes.examples import DAEMON, NODE

NOW = 1000.0
LATER = NOW + OVERLOOKED_SECONDS
PENDING = replace(DAEMON, phase="Pending", ready=False)
DELETING = replace(DAEMON, deleting=True)


class Touched(ApiClient):
    """Notes which paths were patched with what."""

    def __init__(self, error: ApiError | None = None) -> None:
        super().__init__("https://nowhere", "")
        self.patches: list[tuple[str, dict]] = []
        self.error = error

    def object_path(self, api_version: str, kind: str, name: str, namespace: str = "") -> str:
        return f"{api_version}/{kind}/{namespace}/{name}"

    def request(
        self, method: str, path: str, body: object = None, *, content_type: str = "", **_: object
    ) -> dict:
        del method, content_type
        assert isinstance(body, dict)
        self.patches.append((path, body["metadata"]["annotations"]))
        if self.error is not None:
            raise self.error
        return {}


def cluster(pod: PodView, node: NodeView = NODE) -> Cluster:
    return Cluster((), (node,), (pod,))


@pytest.mark.parametrize("pod", [PENDING, DELETING])
def test_a_pod_that_nobody_plays_is_touched_after_a_while_and_not_before(pod: PodView) -> None:
    api = Touched()
    overlooked = Overlooked(api)
    overlooked.step(cluster(pod), NOW)
    overlooked.step(cluster(pod), LATER - 0.1)
    assert api.patches == []
    overlooked.step(cluster(pod), LATER)
    ((path, annotations),) = api.patches
    assert path == "v1/Pod/models/plugin"
    assert list(annotations) == [SHOWN_ANNOTATION]


def test_a_touched_pod_is_given_its_time_again_and_then_touched_with_another_value() -> None:
    api = Touched()
    overlooked = Overlooked(api)
    touched = replace(PENDING, version="2")
    overlooked.step(cluster(PENDING), NOW)
    overlooked.step(cluster(PENDING), LATER)
    overlooked.step(cluster(touched), LATER)
    assert len(api.patches) == 1
    overlooked.step(cluster(touched), LATER + OVERLOOKED_SECONDS)
    first, second = (annotations for _, annotations in api.patches)
    assert first != second


@pytest.mark.parametrize(
    ("pod", "node"),
    [
        (DAEMON, NODE),
        (PENDING, replace(NODE, ready=False)),
        (replace(PENDING, node=""), NODE),
    ],
    ids=["it runs", "its node is not ready", "it has no node"],
)
def test_a_pod_that_kwok_has_nothing_to_do_for_is_left_alone(pod: PodView, node: NodeView) -> None:
    api = Touched()
    overlooked = Overlooked(api)
    overlooked.step(cluster(pod, node), NOW)
    overlooked.step(cluster(pod, node), LATER)
    assert api.patches == []


def test_a_pod_that_is_gone_meanwhile_is_no_trouble_and_any_other_refusal_is() -> None:
    for status in (NOT_FOUND, 403):
        overlooked = Overlooked(Touched(ApiError(status, "no")))
        overlooked.step(cluster(PENDING), NOW)
        if status == NOT_FOUND:
            overlooked.step(cluster(PENDING), LATER)
        else:
            with pytest.raises(ApiError):
                overlooked.step(cluster(PENDING), LATER)
