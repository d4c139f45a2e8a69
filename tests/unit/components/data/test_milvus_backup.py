"""Backups of the vector store: what runs, as whom, and what it is told."""

import json

import pulumi
import pytest

from components.data.milvus import VectorStore, quota
from components.data.milvus_backup import Copies, settings
from components.data.milvus_values import Surroundings, milvus_values
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.spec.cloud import CloudProvider
from infra.spec.vector_store import VectorStoreMode
from infra.wire import Value
from tests.unit.components import examples
from tests.unit.components.serving.declared import at

SPEC = examples.VECTOR_STORES[VectorStoreMode.CLUSTER]
CREATE, RESTORE = "vectors-backup-cron-job", "vectors-backup-restore-cron-job"
each_job = pytest.mark.parametrize("job", [CREATE, RESTORE])
each_cloud = pytest.mark.parametrize("cloud", CloudProvider)


def _surroundings(cloud: CloudProvider) -> Surroundings:
    return Surroundings(
        cloud=cloud,
        region="some-region",
        bucket="vectors",
        storage_class="fast",
        password_secret="milvus-root",
    )


def _told(cloud: CloudProvider) -> dict:
    bucket = pulumi.Output.from_input("copies")
    told = settings(_surroundings(cloud), Copies(bucket, "milvus.example"))
    told["backup"] = {"storage": {"bucketName": "copies", "rootPath": "backup"}}
    return json.loads(json.dumps(told))


@pytest.fixture(scope="module", name="graph")
def _graph() -> Graph:
    return record_program(
        lambda: VectorStore(
            "vectors",
            SPEC,
            cloud=CloudProvider.AWS,
            bucket=examples.vectors_ref(),
            store=examples.secret_store_ref(),
            kubernetes_version="1.35",
            opts=examples.with_kubernetes(),
        ),
        stack="test",
    )


def _job(graph: Graph, job: str) -> Value:
    return at(graph.named(job).inputs, "spec", "jobTemplate", "spec")


def _pod(graph: Graph, job: str) -> Value:
    return at(_job(graph, job), "template", "spec")


def _container(graph: Graph, job: str) -> Value:
    return at(_pod(graph, job), "containers", 0)


@each_cloud
def test_it_looks_for_the_data_where_milvus_puts_it(cloud: CloudProvider) -> None:
    told = _told(cloud)["milvus"]["storage"]
    milvus = json.loads(json.dumps(milvus_values(SPEC, _surroundings(cloud))))["externalS3"]

    assert (told["bucketName"], told["rootPath"], told["address"], told["provider"]) == (
        milvus["bucketName"],
        milvus["rootPath"],
        milvus["host"],
        milvus["cloudProvider"],
    )


@each_cloud
def test_copies_go_to_a_bucket_of_their_own_with_the_identity_of_the_pod(
    cloud: CloudProvider,
) -> None:
    told = _told(cloud)

    assert told["backup"]["storage"]["bucketName"] != told["milvus"]["storage"]["bucketName"]
    assert told["milvus"]["storage"]["auth"] == {"type": "iam"}
    assert "password" not in json.dumps(told)


def test_a_backup_is_made_every_night_and_never_two_at_once(graph: Graph) -> None:
    spec = graph.named(CREATE).inputs["spec"]

    assert (at(spec, "schedule"), at(spec, "timeZone")) == ("17 2 * * *", "Etc/UTC")
    assert (at(spec, "suspend"), at(spec, "concurrencyPolicy")) == (False, "Forbid")
    deadline = at(_job(graph, CREATE), "activeDeadlineSeconds")
    assert isinstance(deadline, int | float)
    assert deadline < 24 * 3600


def test_a_restore_begins_only_when_a_person_makes_its_job(graph: Graph) -> None:
    assert at(graph.named(RESTORE).inputs, "spec", "suspend") is True
    assert at(_job(graph, RESTORE), "backoffLimit") == 0


def test_a_restore_without_a_name_names_no_backup(graph: Graph) -> None:
    """`--name=` is refused by the program: "backup name is required"."""
    variables = at(_container(graph, RESTORE), "env")
    arguments = at(_container(graph, RESTORE), "args")

    assert isinstance(variables, list)
    assert isinstance(arguments, list)
    assert {"name": "BACKUP_NAME", "value": ""} in variables
    assert "--name=$(BACKUP_NAME)" in arguments
    assert not any("drop" in str(argument) for argument in arguments)


def test_copies_are_files_of_milvus_with_its_users_and_roles(graph: Graph) -> None:
    """In the other format Milvus writes into the bucket, and needs the right to it."""
    assert at(_container(graph, CREATE), "args") == [
        *("create", "--format=binlog", "--rbac", "--config=/etc/milvus-backup/backup.yaml")
    ]


@each_job
def test_the_password_comes_from_the_secret_and_from_nowhere_else(graph: Graph, job: str) -> None:
    assert at(_container(graph, job), "env", 0) == {
        "name": "MILVUS_PASSWORD",
        "valueFrom": {"secretKeyRef": {"name": "milvus-root", "key": "root-password"}},
    }
    assert "assword" not in str(at(_container(graph, job), "args"))
    assert "assword" not in str(graph.named("vectors-backup-settings").inputs["data"])


def test_whoever_copies_is_not_whoever_restores(graph: Graph) -> None:
    accounts = {job: at(_pod(graph, job), "serviceAccountName") for job in (CREATE, RESTORE)}

    assert accounts == {CREATE: "milvus-backup", RESTORE: "milvus"}


@each_job
def test_a_service_named_milvus_does_not_overrule_its_settings(graph: Graph, job: str) -> None:
    """zilliztech/milvus-backup#617: `MILVUS_PORT` of the Service took the place of the port."""
    assert at(_pod(graph, job), "enableServiceLinks") is False


@each_job
def test_its_pods_are_not_taken_for_milvus(graph: Graph, job: str) -> None:
    labels = at(_job(graph, job), "template", "metadata", "labels")

    assert isinstance(labels, dict)
    assert labels["app.kubernetes.io/name"] == "milvus-backup"


def test_they_reach_the_buckets_and_nobody_reaches_them(graph: Graph) -> None:
    policy = graph.named("vectors-backup-buckets").inputs["spec"]

    assert at(policy, "podSelector", "matchLabels") == {"app.kubernetes.io/name": "milvus-backup"}
    assert isinstance(policy, dict)
    assert not policy.get("ingress")


def test_the_quota_has_room_for_a_backup() -> None:
    without = quota(SPEC.model_copy(update={"backup_days": 0}))

    assert int(quota(SPEC)["pods"]) == int(without["pods"]) + 2
    assert float(quota(SPEC)["requests.cpu"]) > float(without["requests.cpu"])


def test_without_days_there_are_no_backups() -> None:
    graph = record_program(
        lambda: VectorStore(
            "vectors",
            examples.VECTOR_STORES[VectorStoreMode.STANDALONE],
            cloud=CloudProvider.AWS,
            bucket=examples.vectors_ref(backups=False),
            store=examples.secret_store_ref(),
            kubernetes_version="1.35",
            opts=examples.with_kubernetes(),
        ),
        stack="test",
    )

    assert graph.of_type("kubernetes:batch/v1:CronJob") == ()
