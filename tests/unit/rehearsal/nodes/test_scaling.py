"""Events and questions of the autoscaler, against an API server that only takes notes."""

from dataclasses import replace

import pytest

from infra.rehearsal.kubernetes.client import ApiClient, ApiError
from infra.rehearsal.nodes.autoscaler import Patience
from infra.rehearsal.nodes.scaling import REASON, Scaling
from infra.rehearsal.nodes.view import Cluster, PodView
from tests.unit.rehearsal.nodes.examples import AUTOSCALER, NODE, POD, SPOT, ListedGroups

FULL = replace(SPOT, desired=0, max=0)


class Notes(ApiClient):
    """Writes down what is sent; answers with an error where it is told to."""

    def __init__(self, conflict_on: str = "") -> None:
        super().__init__("https://nowhere", "")
        self.sent: list[tuple[str, str]] = []
        self.events: dict[str, str] = {}
        self.conflict_on = conflict_on

    def resource(self, api_version: str, kind: str, *, refresh: bool = False) -> tuple[str, bool]:
        del api_version, refresh
        return f"{kind.lower()}s", kind != "Node"

    def _exchange(
        self, method: str, path: str, body: object, content_type: str, query: object
    ) -> dict:
        del content_type, query
        self.sent.append((method, path))
        if self.conflict_on and path.endswith(self.conflict_on):
            raise ApiError(409, "changed")
        if isinstance(body, dict) and body.get("kind") == "Event":
            assert body["reason"] == REASON
            self.events[body["metadata"]["name"]] = body["message"]
        if method == "DELETE":
            self.events.pop(path.rpartition("/")[2], None)
        return {}


def step(
    scaling: Scaling, groups: ListedGroups, pod: PodView, now: float, *, nodes: int = 0
) -> None:
    made = tuple(replace(NODE, name=f"node-{index}") for index in range(nodes))
    scaling.step(Cluster(tuple(groups.list_groups()), made, (pod, AUTOSCALER)), now)


def test_one_event_is_written_however_often_the_verdict_is_the_same() -> None:
    api, groups = Notes(), ListedGroups(FULL)
    scaling = Scaling(api, groups, Patience())
    for second in range(3):
        step(scaling, groups, POD, float(second))
    assert len([path for method, path in api.sent if method == "POST"]) == 1
    (message,) = api.events.values()
    assert POD.words in message


def test_an_event_is_taken_back_when_the_pool_may_grow_again() -> None:
    api, groups = Notes(), ListedGroups(FULL)
    scaling = Scaling(api, groups, Patience())
    step(scaling, groups, POD, 0.0)
    groups.by_name["l4-spot"] = replace(FULL, max=1)
    step(scaling, groups, POD, 1.0)
    assert api.events == {}
    assert groups.desired() == {"l4-spot": 1}


def test_other_words_of_the_scheduler_replace_the_event() -> None:
    api, groups = Notes(), ListedGroups(FULL)
    scaling = Scaling(api, groups, Patience())
    step(scaling, groups, POD, 0.0)
    step(scaling, groups, replace(POD, words="1 Insufficient cpu"), 1.0)
    (message,) = api.events.values()
    assert "1 Insufficient cpu" in message


def test_asking_again_marks_the_pod_and_nudges_the_scheduler() -> None:
    api, groups = Notes(), ListedGroups(replace(SPOT, desired=1))
    step(Scaling(api, groups, Patience()), groups, POD, 0.0, nodes=1)
    assert api.sent == [
        ("PATCH", "/api/v1/namespaces/models/pods/qwen-0/status"),
        ("POST", "/api/v1/namespaces/kube-system/pods"),
        ("DELETE", "/api/v1/namespaces/kube-system/pods/rehearsal-nudge"),
    ]


def test_a_pod_that_changed_meanwhile_is_asked_about_anew() -> None:
    api, groups = Notes(conflict_on="/status"), ListedGroups(replace(SPOT, desired=1))
    scaling = Scaling(api, groups, Patience())
    for second in range(2):
        step(scaling, groups, POD, float(second), nodes=1)
    assert len([path for _, path in api.sent if path.endswith("/status")]) == 2


def test_a_refusing_api_server_is_reported_not_swallowed() -> None:
    api, groups = Notes(conflict_on="/events"), ListedGroups(FULL)
    Scaling(api, groups, Patience()).step(Cluster((FULL,), (), (POD,)), 0.0)  # it is there already

    class Broken(Notes):
        def _exchange(
            self, method: str, path: str, body: object, content_type: str, query: object
        ) -> dict:
            del method, path, body, content_type, query
            raise ApiError(500, "broken")

    with pytest.raises(ApiError, match="broken"):
        Scaling(Broken(), groups, Patience()).step(Cluster((FULL,), (), (POD,)), 0.0)
