"""The vector store in a whole stack: Milvus goes and nothing else does; its backup's Jobs can run.

What is shown is what Kubernetes makes of it: no container runs here. That Milvus loses nothing that
was acknowledged, what its log says without its bucket, and that a backup or a restore does its work
is not. The bucket denied: `test_denied.py`.
"""

import time
from collections.abc import Iterator

import pytest

from infra.rehearsal.kubernetes.client import MERGE_PATCH, ApiClient
from infra.rehearsal.ladder import Programs
from tests.support.lost import ready_pods, steps
from tests.support.projects import make_project, stack_config
from tests.support.stage import Stage, open_stage
from tests.support.world import wait

pytestmark = pytest.mark.real

STACK, NAMESPACE = "aws-dev", "vector-store"
STORE = {"mode": "standalone", "cpu": 0.5, "memoryGib": 2.0, "backupDays": 2}
SETTLE_SECONDS = 10.0
"""For controllers to act on what they saw. No probe runs here: that no pod asks for Milvus is what
`tests/unit/manifests/test_vector_store.py` reads out of their declarations."""
DONE = ("Succeeded", "Failed")


@pytest.fixture(scope="module")
def stage(programs: Programs, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A small stack with backups, up."""
    config = {**stack_config(), "tokenworks:vectorStore": STORE}
    project = make_project(tmp_path_factory.mktemp("vectors") / "it", {STACK: config})
    with open_stage(project, STACK, programs) as opened:
        result = opened.session.up(STACK)
        assert result.ok, result.errors
        yield opened


@pytest.fixture(scope="module")
def api(stage: Stage) -> ApiClient:
    """The cluster of it."""
    return stage.site.api


def _unready(api: ApiClient) -> set[str]:
    """Return the pods that are there and not ready; Milvus' own are left out."""
    return {
        f"{pod['metadata']['namespace']} {pod['metadata']['name']}"
        for pod in api.list_objects("v1", "Pod")
        if pod["status"].get("phase") not in DONE
        and pod["metadata"].get("labels", {}).get("app.kubernetes.io/name") != "milvus"
        and not any(
            condition["type"] == "Ready" and condition["status"] == "True"
            for condition in pod["status"].get("conditions", ())
        )
    }


def _endpoints(api: ApiClient) -> list[str]:
    """Return the addresses behind the Service that a stack hands out, if they are ready."""
    slices = api.list_objects(
        "discovery.k8s.io/v1",
        "EndpointSlice",
        NAMESPACE,
        labelSelector="kubernetes.io/service-name=milvus",
    )
    return [
        address
        for item in slices
        for endpoint in item.get("endpoints") or ()
        if endpoint["conditions"].get("ready")
        for address in endpoint["addresses"]
    ]


def _scale(api: ApiClient, replicas: int) -> None:
    path = api.object_path("apps/v1", "Deployment", "milvus-standalone", NAMESPACE)
    api.request("PATCH", path, {"spec": {"replicas": replicas}}, content_type=MERGE_PATCH)


def test_milvus_gone_leaves_its_service_without_endpoints_and_all_else_ready(
    api: ApiClient,
) -> None:
    wait(lambda: _endpoints(api), "Milvus answers")
    wait(lambda: not _unready(api), "everything is ready")

    _scale(api, 0)

    wait(lambda: not _endpoints(api), "no endpoint is ready")
    deadline = time.monotonic() + SETTLE_SECONDS
    while time.monotonic() < deadline:
        assert _unready(api) == set()
        time.sleep(0.5)
    servers = api.list_objects("apps/v1", "Deployment", "models")
    assert servers
    assert all(one["status"].get("readyReplicas") for one in servers)

    _scale(api, 1)
    wait(lambda: _endpoints(api), "Milvus answers again")


@pytest.mark.parametrize(
    ("cron_job", "asked"),
    [("milvus-backup", {}), ("milvus-restore", {"BACKUP_NAME": "backup_1", "SUFFIX": "_restored"})],
)
def test_a_job_that_a_person_makes_of_a_cron_job_is_admitted_and_ends(
    cron_job: str, asked: dict[str, str], api: ApiClient
) -> None:
    """As `kubectl create job --from` and `kubectl set env --local` do it in the runbook."""
    made = api.get("batch/v1", "CronJob", cron_job, NAMESPACE)
    template = made["spec"]["jobTemplate"]
    for variable in template["spec"]["template"]["spec"]["containers"][0]["env"]:
        variable.update({"value": asked[variable["name"]]} if variable["name"] in asked else {})
    name = f"{cron_job}-by-hand"
    metadata = {**template["metadata"], "name": name, "namespace": NAMESPACE}

    api.create(
        {"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": template["spec"]}
    )

    def done() -> bool:
        status = api.get("batch/v1", "Job", name, NAMESPACE).get("status", {})
        return status.get("succeeded") == 1

    wait(done, "the Job has run", seconds=120)
    (pod,) = api.list_objects("v1", "Pod", NAMESPACE, labelSelector=f"job-name={name}")
    (node,) = [
        one
        for one in api.list_objects("v1", "Node")
        if one["metadata"]["name"] == pod["spec"]["nodeName"]
    ]
    assert "nvidia.com/gpu" not in node["status"]["capacity"]


def test_a_restore_never_begins_by_itself(api: ApiClient) -> None:
    suspended = {
        item["metadata"]["name"]: item["spec"]["suspend"]
        for item in api.list_objects("batch/v1", "CronJob", NAMESPACE)
    }

    assert suspended == {"milvus-backup": False, "milvus-restore": True}


def test_a_vector_store_that_is_deleted_whole_is_named_by_a_refresh_and_made_anew(
    stage: Stage, api: ApiClient
) -> None:
    """The last of these tests: etcd's disk goes with the namespace, the bucket stays as it is."""
    before = ready_pods(api, but=[NAMESPACE])

    api.delete("v1", "Namespace", NAMESPACE)
    wait(lambda: api.find("v1", "Namespace", NAMESPACE) is None, "it is gone")
    assert ready_pods(api, but=[NAMESPACE]) == before

    lost = steps(stage.session.refresh(STACK), "delete")
    assert {"vectors-milvus", "vectors-root-external", "vectors-home-namespace"} <= lost
    measured = {"monitors-to-milvus", "monitors-to-etcd-milvus"}  # ways in for Prometheus
    assert all(name.startswith("vectors-") for name in lost - measured)
    assert steps(stage.session.up(STACK), "create") == lost
    wait(lambda: _endpoints(api), "Milvus answers again")
    assert ready_pods(api, but=[NAMESPACE]) == before
