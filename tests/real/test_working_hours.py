"""A night and a morning of models with working hours, as the account of their CronJobs makes them.

The clock is not waited for: what the CronJobs run is asked of the API server as their account.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.rehearsal.kubernetes.client import MERGE_PATCH, ApiClient, ApiError
from infra.rehearsal.kubernetes.values import at, mappings, number, text
from infra.rehearsal.ladder import Programs
from infra.wire import Properties
from tests.support.manifests import texts
from tests.support.projects import (
    make_project,
    stack_config,
    with_engine,
    write_program,
    write_stack,
)
from tests.support.stage import Stage, changed_steps, open_stage
from tests.support.standin import wait_for

pytestmark = pytest.mark.real

STACK, MODEL, SPACE = "aws-dev", "qwen2-5-7b", "models"
HOURS = {"hours": "08:00-19:00", "timeZone": "Europe/Berlin"}
FORBIDDEN = 403
SETTLE_SECONDS = 90.0
NEW_ENGINE = "v0.33.0"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    config = {**stack_config(STACK), "tokenworks:workingHours": HOURS}
    return make_project(tmp_path_factory.mktemp("hours") / "it", {STACK: config})


@pytest.fixture(scope="module")
def stage(project: Path, programs: Programs) -> Iterator[Stage]:
    """The stack, up. The tests below run in their order."""
    with open_stage(project, STACK, programs) as opened:
        result = opened.session.up(STACK)
        assert result.ok, result.errors
        yield opened


@pytest.fixture(scope="module")
def account(stage: Stage) -> Iterator[ApiClient]:
    """The API server, as the account of the CronJobs asks it."""
    path = f"/api/v1/namespaces/{SPACE}/serviceaccounts/working-hours/token"
    body = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
    token = text(stage.site.api.request("POST", path, body), "status", "token")
    client = ApiClient(stage.site.plane.endpoint, stage.site.plane.ca_pem, token)
    yield client
    client.close()


def scaled(stage: Stage, job: str) -> dict[str, int]:
    """Return which Deployments a CronJob scales, and to how many servers."""
    body = stage.site.api.get("batch/v1", "CronJob", f"working-hours-{job}", SPACE)
    pod = at(body, "spec", "jobTemplate", "spec", "template", "spec")
    found = {}
    for container in mappings(pod, "containers"):
        arguments = texts(container.get("args"))
        (servers,) = (one.removeprefix("--replicas=") for one in arguments if "replicas" in one)
        names = (one.removeprefix("deployment/") for one in arguments if "deployment/" in one)
        found |= dict.fromkeys(names, int(servers))
    return found


def scale(account: ApiClient, name: str, servers: int, space: str = SPACE) -> None:
    """Do what `kubectl scale` does: look at the Deployment, and patch its scale."""
    path = f"/apis/apps/v1/namespaces/{space}/deployments/{name}"
    account.request("GET", path)
    change = {"spec": {"replicas": servers}}
    account.request(
        "PATCH", f"{path}/scale", change, content_type=MERGE_PATCH, fieldManager="kubectl"
    )


def servers(stage: Stage) -> list[Properties]:
    found = stage.site.api.list_objects("v1", "Pod", SPACE)
    return [one for one in found if text(one, "metadata", "labels", "tokenworks.dev/model")]


def deployment(stage: Stage) -> Properties:
    return stage.site.api.get("apps/v1", "Deployment", MODEL, SPACE)


def test_the_account_closes_the_models_and_may_do_nothing_else(
    stage: Stage, account: ApiClient
) -> None:
    closed = scaled(stage, "close")
    assert closed == {MODEL: 0}

    for name, count in closed.items():
        scale(account, name, count)

    wait_for(lambda: not servers(stage), SETTLE_SECONDS)
    refused = (
        ("GET", f"/api/v1/namespaces/{SPACE}/secrets"),
        ("DELETE", f"/apis/apps/v1/namespaces/{SPACE}/deployments/{MODEL}"),
        ("GET", "/apis/apps/v1/namespaces/gateway/deployments/envoy-gateway"),
    )
    for method, path in refused:
        with pytest.raises(ApiError) as error:
            account.request(method, path)
        assert error.value.status == FORBIDDEN, path


def test_a_model_that_is_closed_is_no_drift(stage: Stage) -> None:
    assert stage.session.preview(STACK, expect_no_changes=True).ok

    refreshed = stage.session.refresh(STACK)

    assert refreshed.ok, refreshed.errors
    assert stage.session.preview(STACK, expect_no_changes=True).ok
    assert not servers(stage)


def test_an_update_at_night_changes_the_servers_that_will_come_and_starts_none(
    stage: Stage, project: Path
) -> None:
    write_program(project, with_engine(NEW_ENGINE))

    moved = stage.session.up(STACK)

    assert moved.ok, moved.errors
    assert [step.type for step in changed_steps(moved)] == ["kubernetes:apps/v1:Deployment"]
    assert number(deployment(stage), "spec", "replicas", default=1) == 0
    assert f":{NEW_ENGINE}" in str(at(deployment(stage), "spec", "template", "spec", "containers"))
    assert not servers(stage)


def test_in_the_morning_each_model_has_its_servers_again(stage: Stage, account: ApiClient) -> None:
    opened = scaled(stage, "open")
    assert opened == {MODEL: 1}

    for name, count in opened.items():
        scale(account, name, count)

    wait_for(lambda: number(deployment(stage), "status", "availableReplicas") == 1, SETTLE_SECONDS)
    assert stage.session.preview(STACK, expect_no_changes=True).ok


def test_a_person_opens_them_at_any_hour_by_a_job_that_the_namespace_lets_in(
    stage: Stage,
) -> None:
    job = stage.site.api.get("batch/v1", "CronJob", "working-hours-open", SPACE)
    body = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "late", "namespace": SPACE},
        "spec": at(job, "spec", "jobTemplate", "spec"),
    }
    stage.site.api.create(body)

    def done() -> bool:
        late = stage.site.api.get("batch/v1", "Job", "late", SPACE)
        return number(late, "status", "succeeded") == 1

    wait_for(done, SETTLE_SECONDS)
    stage.site.api.delete("batch/v1", "Job", "late", SPACE, propagation="Background")


def test_hours_that_are_taken_out_by_day_leave_the_servers_as_they_are(
    stage: Stage, project: Path
) -> None:
    before = {text(one, "metadata", "uid") for one in servers(stage)}
    write_stack(project, STACK, stack_config(STACK))
    stage.session.init_stack(STACK)

    result = stage.session.up(STACK)

    assert result.ok, result.errors
    gone = {step.name for step in changed_steps(result) if step.op == "delete"}
    assert {"working-hours-open", "working-hours-close", "working-hours-role"} <= gone
    assert {text(one, "metadata", "uid") for one in servers(stage)} == before
    assert number(deployment(stage), "spec", "replicas", default=1) == 1
