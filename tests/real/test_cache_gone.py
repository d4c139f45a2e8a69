"""The cache is gone: models go on serving, nothing else notices, and an update brings it back."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from infra.rehearsal.clouds import aws, gcp
from infra.rehearsal.clouds.port import CloudDoor
from infra.rehearsal.engine import OperationResult
from infra.rehearsal.ladder import Programs
from infra.rehearsal.nodes.report import CacheServer, cache_servers
from tests.support.projects import make_project, stack_config
from tests.support.stage import Stage, open_stage

pytestmark = pytest.mark.real

SETTLE_SECONDS = 60.0
POLL_SECONDS = 0.25
SERVERS = [CacheServer(f"valkey-{name}", running=True) for name in ("counters", "responses")]


@pytest.fixture(scope="module")
def inside(tmp_path_factory: pytest.TempPathFactory, programs: Programs) -> Iterator[Stage]:
    """aws-dev, whose cache runs in the cluster, up."""
    folder = tmp_path_factory.mktemp("inside") / "it"
    yield from _up(make_project(folder, {"aws-dev": stack_config()}), "aws-dev", programs)


@dataclass(frozen=True)
class Managed:
    """A cloud's service that runs the cache."""

    stack: str
    type: str
    lose: Callable[[CloudDoor, str], object]
    """Deletes the instance of a stack that has the counters."""


def _lose_group(door: CloudDoor, stack: str) -> None:
    api = aws.api(door)
    api.call("elasticache", "DeleteReplicationGroup", ReplicationGroupId=f"{stack}-counters")


def _lose_instance(door: CloudDoor, stack: str) -> None:
    api = gcp.api(door)
    name = f"projects/{api.project}/locations/{api.region}/instances/{stack}-counters"
    api.call("memorystore.projects.locations.instances.delete", name=name)


MANAGED = [
    Managed("aws-dev", "aws:elasticache/replicationGroup:ReplicationGroup", _lose_group),
    Managed("gcp-dev", "gcp:memorystore/instance:Instance", _lose_instance),
]


@pytest.fixture(scope="module", params=MANAGED, ids=["aws", "gcp"])
def service(request: pytest.FixtureRequest) -> Managed:
    """A managed service."""
    return request.param


@pytest.fixture(scope="module")
def managed(
    service: Managed, tmp_path_factory: pytest.TempPathFactory, programs: Programs
) -> Iterator[Stage]:
    """A small stack with a managed cache, up."""
    config = stack_config(service.stack)
    config["tokenworks:cache"] = {"place": "managed"}
    folder = tmp_path_factory.mktemp(service.stack) / "it"
    yield from _up(make_project(folder, {service.stack: config}), service.stack, programs)


def _up(project: Path, stack: str, programs: Programs) -> Iterator[Stage]:
    with open_stage(project, stack, programs) as opened:
        result = opened.session.up(stack)
        assert result.ok, result.errors
        yield opened


def test_servers_of_the_cache_that_are_killed_come_back_and_nobody_else_notices(
    inside: Stage,
) -> None:
    api, before = inside.site.api, _ready_elsewhere(inside)
    killed = api.list_objects("v1", "Pod", "cache")

    for pod in killed:
        api.delete("v1", "Pod", pod["metadata"]["name"], "cache")
    assert _ready_elsewhere(inside) == before

    _settle(lambda: cache_servers(api) == SERVERS and not _uids(killed) & _uids_in(inside))
    assert _ready_elsewhere(inside) == before
    assert any("qwen" in name for name in before)
    result = inside.session.preview("aws-dev", expect_no_changes=True)
    assert result.ok, result.errors


def test_a_cache_that_is_deleted_whole_is_named_by_a_refresh_and_made_anew(inside: Stage) -> None:
    """After the test above: its namespace goes, with passwords and disk."""
    api, before = inside.site.api, _ready_elsewhere(inside)

    api.delete("v1", "Namespace", "cache")
    _settle(lambda: api.find("v1", "Namespace", "cache") is None)
    assert _ready_elsewhere(inside) == before

    lost = _steps(inside.session.refresh("aws-dev"), "delete")
    assert {"cache-responses", "cache-counters", "cache-home-namespace"} <= lost
    measured = {"monitors-to-valkey"}  # the way in for Prometheus, which stood there, too
    assert all(name.startswith("cache-") for name in lost - measured)
    assert _steps(inside.session.preview("aws-dev"), "create") == lost
    assert _steps(inside.session.up("aws-dev"), "create") == lost
    assert cache_servers(api) == SERVERS
    assert _ready_elsewhere(inside) == before


@pytest.mark.slow
def test_a_managed_instance_that_is_deleted_is_missed_by_no_pod_and_made_anew(
    service: Managed, managed: Stage
) -> None:
    before, stack = _ready_elsewhere(managed), service.stack
    assert any("qwen" in name for name in before)

    service.lose(managed.site.door, stack)

    assert _ready_elsewhere(managed) == before
    assert _steps(managed.session.refresh(stack), "delete", service.type) == {
        f"{stack}-cache-counters{'-group' if 'aws' in stack else ''}"
    }
    assert len(_steps(managed.session.preview(stack), "create", service.type)) == 1
    assert len(_steps(managed.session.up(stack), "create", service.type)) == 1
    assert managed.session.preview(stack, expect_no_changes=True).ok
    assert _ready_elsewhere(managed) == before


def _ready_elsewhere(stage: Stage) -> Mapping[str, str]:
    """Return every pod outside the cache that is ready and stays, by its name: its uid."""
    return {
        f"{pod['metadata']['namespace']}/{pod['metadata']['name']}": pod["metadata"]["uid"]
        for pod in stage.site.api.list_objects("v1", "Pod")
        if pod["metadata"]["namespace"] != "cache" and _is_ready(pod) and not _ends(pod)
    }


def _ends(pod: dict) -> bool:
    """Say whether it is of a Job, which ends by itself."""
    return any(owner["kind"] == "Job" for owner in pod["metadata"].get("ownerReferences") or [])


def _is_ready(pod: dict) -> bool:
    conditions = pod["status"].get("conditions") or []
    return any((one["type"], one["status"]) == ("Ready", "True") for one in conditions)


def _uids(pods: list[dict]) -> set[str]:
    return {pod["metadata"]["uid"] for pod in pods}


def _uids_in(stage: Stage) -> set[str]:
    return _uids(stage.site.api.list_objects("v1", "Pod", "cache"))


def _steps(result: OperationResult, operation: str, type_: str = "") -> set[str]:
    """Return the names of what an operation creates or deletes, without our components."""
    assert result.ok, result.errors
    return {
        step.name
        for step in result.steps
        if step.op == operation
        and not step.type.startswith("tokenworks:")
        and (not type_ or step.type == type_)
    }


def _settle(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SETTLE_SECONDS
    while not done():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(POLL_SECONDS)
