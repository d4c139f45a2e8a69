"""What a rehearsal does differently for each cloud."""

from collections.abc import Mapping
from typing import cast

import pytest

from infra.rehearsal.clouds import CloudDoor, gcp, rehearsed_cloud
from infra.rehearsal.engine import EngineError, EngineSession
from infra.replies import dig
from infra.spec.cloud import CloudProvider
from infra.wire import Properties, Value

STATES: Mapping[CloudProvider, Mapping[str, str]] = {
    CloudProvider.AWS: {"accessKeyId": "AKIAMARKER", "secretAccessKey": "marker"},
    CloudProvider.GCP: {"accessToken": "marker", "project": "acme-llm"},
}
ELSEWHERE: Mapping[CloudProvider, tuple[str, ...]] = {
    CloudProvider.AWS: ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"),
    CloudProvider.GCP: ("CLOUDSDK_CONFIG",),
}
"""Variables that say where a user's own credentials lie."""


class _Session:
    """An engine that has a state to take and to give."""

    def __init__(self, resources: list[Value]) -> None:
        self.state: Properties = {"deployment": {"resources": resources}}

    def export(self, stack: str) -> Properties:
        assert stack == "gcp-prod"
        return self.state

    def replace_state(self, stack: str, state: Properties) -> None:
        assert stack == "gcp-prod"
        self.state = state


def _door(provider: CloudProvider) -> CloudDoor:
    return CloudDoor("http://127.0.0.1:1", STATES[provider], "somewhere1")


def _lift(session: _Session) -> None:
    cloud, door = rehearsed_cloud(CloudProvider.GCP), _door(CloudProvider.GCP)
    cloud.lift_protection("gcp-prod", "llm", door, cast("EngineSession", session))


def _resource(kind: str, name: str) -> Properties:
    held: Properties = {"name": name, "deletionProtection": True}
    return {"type": kind, "inputs": {**held}, "outputs": {**held}}


@pytest.mark.parametrize("provider", CloudProvider)
def test_each_cloud_has_a_program_of_its_own(provider: CloudProvider) -> None:
    cloud = rehearsed_cloud(provider)

    assert cloud.provider == provider
    assert cloud.module == f"infra.rehearsal.{provider}"
    assert cloud.program == f"simulated-{provider}"
    assert cloud.not_proven


@pytest.mark.parametrize("provider", CloudProvider)
def test_nothing_finds_credentials_but_the_markers(provider: CloudProvider) -> None:
    given = rehearsed_cloud(provider).credentials(_door(provider))

    assert "marker" in given.values()
    assert {given[name] for name in ELSEWHERE[provider]} == {"/dev/null"}


def test_a_door_does_not_show_its_secrets() -> None:
    assert "marker" not in repr(_door(CloudProvider.AWS))


def test_the_protection_of_a_gke_cluster_is_lifted_in_the_state_and_of_that_cluster_alone() -> None:
    cluster = "gcp:container/cluster:Cluster"
    session = _Session([_resource(cluster, "llm"), _resource(cluster, "other")])

    _lift(session)

    lifted = [dig(session.state, f"deployment.resources.{number}") for number in (0, 1)]
    assert [dig(one, "inputs.deletionProtection") for one in lifted] == [False, True]
    assert [dig(one, "outputs.deletionProtection") for one in lifted] == [False, True]


def test_the_protection_of_caches_is_lifted_where_it_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[str, Properties | None, Value]] = []

    class _Api:
        def call(self, method: str, body: Properties | None, **parameters: Value) -> Properties:
            asked.append((method, body, parameters["name"]))
            return {}

    monkeypatch.setattr(gcp, "api", lambda _door: _Api())
    caches: list[Value] = [
        {"type": gcp.CACHE, "id": name, "outputs": {gcp.PROTECTION: protected}}
        for name, protected in (("kept", True), ("open", False))
    ]

    _lift(_Session([_resource(gcp.CLUSTER, "llm"), *caches]))

    assert asked == [(f"{gcp.CACHES}.patch", {gcp.PROTECTION: False}, "kept")]


def test_a_state_without_the_cluster_is_an_error() -> None:
    with pytest.raises(EngineError, match="has no cluster llm"):
        _lift(_Session([_resource("gcp:compute/network:Network", "llm")]))
