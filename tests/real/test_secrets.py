"""Secrets of a whole stack on their way: put by a person or drawn in the cluster, never by Pulumi.

The tests of one cloud share a stack that is up, and the last one takes it down: their order counts.
"""

import base64
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from components.secrets import (
    GRAFANA_ADMIN,
    HUB_TOKEN,
    MILVUS_ROOT,
    PlatformSecret,
    cache_users,
    place,
)
from infra.rehearsal.client_keys import sync_now
from infra.rehearsal.kubernetes.client import ApiClient
from infra.rehearsal.kubernetes.values import condition, text
from infra.rehearsal.ladder import Programs
from infra.rehearsal.leftovers import cluster_objects
from infra.rehearsal.secrecy import Secrecy
from infra.rehearsal.secret_scan import find_in_files
from infra.rehearsal.secrets_seen import SyncedSecret, synced_secrets
from tests.support.projects import make_project, stack_config, write_stack
from tests.support.stage import Stage, open_stage

pytestmark = pytest.mark.real

SETTLE_SECONDS = 60.0
POLL_SECONDS = 0.25
TOKEN = b"marker-of-a-hub-token"
NO_VALUE = "could not get secret data from provider"
WAITS = {
    name: SyncedSecret(name, arrived=False, words=NO_VALUE)
    for name in ("models/hub-token", "models/api-keys")
}
"""What a person puts."""
GENERATED = {
    "cache/valkey-responses-users": cache_users("responses"),
    "cache/valkey-counters-users": cache_users("counters"),
    "vector-store/milvus-root": MILVUS_ROOT,
}
ADMIN = "monitoring/grafana-admin"
"""Drawn, too; beside it is the name of the user, which is no secret."""


@dataclass(frozen=True)
class Up:
    """A stack that is up."""

    stack: str
    project: Path
    stage: Stage

    @property
    def api(self) -> ApiClient:
        return self.stage.site.api

    def place(self, secret: PlatformSecret) -> str:
        return place(self.stage.site.cloud.provider, self.stack, secret)

    def put(self, secret: PlatformSecret, value: bytes) -> None:
        self.stage.site.cloud.put_secret(self.stage.site.door, self.place(secret), value)

    def kept(self, secret: PlatformSecret) -> bytes:
        return self.stage.site.cloud.secret_values(self.stage.site.door)[self.place(secret)]

    def arrived(self, name: str) -> set[bytes]:
        """Return the values of a Secret of the cluster, or nothing where there is none."""
        namespace, _, label = name.partition("/")
        found = self.api.find("v1", "Secret", label, namespace) or {"data": {}}
        return {base64.b64decode(value) for value in found["data"].values()}


@pytest.fixture(scope="module", params=["aws-dev", pytest.param("gcp-dev", marks=pytest.mark.slow)])
def up(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, programs: Programs
) -> Iterator[Up]:
    """One of the stacks, up, with nothing put into its secrets."""
    stack = request.param
    project = make_project(tmp_path_factory.mktemp(stack) / "it", {stack: stack_config(stack)})
    with open_stage(project, stack, programs) as stage:
        result = stage.session.up(stack)
        assert result.ok, result.errors
        yield Up(stack, project, stage)


def test_a_token_that_nobody_put_is_named_in_the_operators_words_and_models_run(up: Up) -> None:
    found = {one.name: one for one in synced_secrets(up.api)}

    assert {name: found.pop(name) for name in WAITS} == WAITS
    assert found.keys() == {*GENERATED, ADMIN}
    assert all(one.arrived for one in found.values())
    events = up.api.list_objects("v1", "Event", "models", fieldSelector="reason=UpdateFailed")
    assert any(up.place(HUB_TOKEN) in event["message"] for event in events)
    _settle(lambda: _models_ready(up.api))


def test_what_was_drawn_is_in_the_secret_manager_and_in_the_cluster_alone(up: Up) -> None:
    for name, secret in GENERATED.items():
        value = up.kept(secret)
        assert len(value) == 43
        assert up.arrived(name) == {value}
    assert up.arrived(ADMIN) == {up.kept(GRAFANA_ADMIN), b"admin"}
    secrets = Secrecy.learn(up.stage.site)

    known = {one.name for one in secrets.secrets}
    assert {
        f"the value of {up.place(one)} in the secret manager" for one in GENERATED.values()
    } <= (known)
    assert secrets.in_cluster == ()
    assert list(find_in_files(up.stage.site.folders.root, secrets.secrets)) == []


def test_a_second_run_draws_nothing_and_changes_nothing(up: Up) -> None:
    before = {name: up.arrived(name) for name in GENERATED}

    result = up.stage.session.up(up.stack)

    assert result.ok, result.errors
    assert result.changed == {}
    assert {name: up.arrived(name) for name in GENERATED} == before


def test_a_token_that_is_put_late_arrives_and_so_does_its_successor(up: Up) -> None:
    for token in (TOKEN, TOKEN + b"-2"):
        up.put(HUB_TOKEN, token)
        sync_now(up.api, "models", "hub-token")
        _settle(lambda: up.arrived("models/hub-token") == {token})  # noqa: B023

    waiting = {one.name for one in synced_secrets(up.api) if not one.arrived}
    assert waiting == WAITS.keys() - {"models/hub-token"}


def test_a_generated_value_that_a_person_rotates_arrives_and_is_left_alone(up: Up) -> None:
    rotated = b"marker-of-a-rotated-password"
    up.put(cache_users("responses"), rotated)
    sync_now(up.api, "cache", "valkey-responses-users")

    _settle(lambda: up.arrived("cache/valkey-responses-users") == {rotated})
    result = up.stage.session.up(up.stack)
    assert result.ok, result.errors
    assert up.kept(cache_users("responses")) == rotated


def test_a_refresh_sees_nothing_of_all_that(up: Up) -> None:
    """The operator writes labels, versions and statuses; none of it is drift."""
    result = up.stage.session.refresh(up.stack)

    assert result.ok, result.errors
    moved = {
        f"{step.op} {step.type}" for step in result.steps if step.op not in ("same", "refresh")
    }
    # Pools that grew for pods are no drift of ours.
    assert {one for one in moved if "kubernetes" in one or "secret" in one} == set()


def test_a_destroy_leaves_nothing_of_it(up: Up) -> None:
    result = up.stage.session.destroy(up.stack)

    assert result.ok, result.errors
    left = cluster_objects(up.api) - up.stage.before
    assert [str(thing) for thing in left if "secret" in str(thing).lower()] == []
    assert up.stage.site.cloud.secret_values(up.stage.site.door) == {}


@pytest.mark.slow
def test_a_token_that_is_required_and_missing_fails_in_time_with_what_to_do(
    tmp_path: Path, programs: Programs
) -> None:
    config = stack_config()
    project = make_project(tmp_path / "it", {"aws-dev": config})
    write_stack(project, "aws-dev", {**config, "tokenworks:hub": {"token": True}})
    with open_stage(project, "aws-dev", programs) as stage:
        up = Up("aws-dev", project, stage)
        result = stage.session.up("aws-dev")

        assert not result.ok
        assert any(NO_VALUE in error for error in result.errors), result.errors
        said = [one.message for one in result.diagnostics]
        assert any(
            "put-secret-value --secret-id tokenworks/aws-dev/hub-token" in one for one in said
        )

        up.put(HUB_TOKEN, TOKEN)
        result = stage.session.up("aws-dev")
        assert result.ok, result.errors
        assert up.arrived("models/hub-token") == {TOKEN}


def _models_ready(api: ApiClient) -> bool:
    pods = api.list_objects("v1", "Pod", "models", labelSelector="tokenworks.dev/model")
    return bool(pods) and all(text(condition(pod, "Ready"), "status") == "True" for pod in pods)


def _settle(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SETTLE_SECONDS
    while not done():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(POLL_SECONDS)
