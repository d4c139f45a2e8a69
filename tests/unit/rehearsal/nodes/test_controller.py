"""The loop of the node controller."""

import logging
import threading
from dataclasses import replace

import pytest

from infra.rehearsal.kubernetes.client import ApiClient, ApiError
from infra.rehearsal.nodes.controller import NodeController
from tests.unit.rehearsal.nodes.examples import SPOT, ListedGroups


class Failing(ApiClient):
    """Cannot be reached a few times, then has nothing, and counts how often it was asked."""

    def __init__(self, failures: int) -> None:
        super().__init__("https://nowhere", "")
        self.failures = failures
        self.worked = threading.Event()

    def list_objects(
        self, api_version: str, kind: str, namespace: str | None = None, **query: str | int | bool
    ) -> list[dict]:
        del api_version, kind, namespace, query
        self.failures -= 1
        if self.failures >= 0:
            raise ApiError(0, "cannot be reached")
        return []

    def create(self, body: dict, query: object = None) -> dict:
        del body, query
        self.worked.set()
        return {}

    def resource(self, api_version: str, kind: str, *, refresh: bool = False) -> tuple[str, bool]:
        del api_version, refresh
        return f"{kind.lower()}s", False


def test_the_loop_outlives_an_api_server_that_is_away_and_says_so_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    api = Failing(failures=2)
    controller = NodeController(api, ListedGroups(replace(SPOT, desired=1)))
    with caplog.at_level(logging.WARNING):
        controller.start()
        assert api.worked.wait(10)
        controller.stop()
    assert [record.getMessage() for record in caplog.records] == [
        "node controller: unreachable: cannot be reached"
    ]


def test_a_group_of_an_unknown_machine_gets_no_nodes_and_holds_up_nobody(
    caplog: pytest.LogCaptureFixture,
) -> None:
    unknown = replace(SPOT, name="odd", machine_types=("g6.huge",), desired=1)
    api = Failing(failures=0)
    with caplog.at_level(logging.WARNING):
        NodeController(api, ListedGroups(unknown, replace(SPOT, desired=1))).step()
    assert api.worked.is_set()
    assert "node group odd gets no nodes" in caplog.text


def test_a_stopped_loop_has_ended() -> None:
    controller = NodeController(Failing(failures=0), ListedGroups())
    controller.start()
    controller.stop()
    assert "node-controller" not in [thread.name for thread in threading.enumerate()]
