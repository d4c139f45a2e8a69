"""The placeholders of the charts that keep and collect what pods print."""

import json

import pytest
import yaml

from components.observability import logs_alloy, logs_loki
from infra.catalog import releases
from infra.rehearsal.charts import ChartValueError, objects_of
from infra.rehearsal.charts.values import merged
from infra.spec.cloud import CloudProvider
from infra.wire import Properties
from tests.unit.components import examples
from tests.unit.components.makers_observability import KEPT, SOURCES

LOGS = examples.OBSERVABILITY.logs


def _objects(chart: str, ours: object, values: Properties) -> list[Properties]:
    wanted = merged(json.loads(json.dumps(ours)), values)
    return objects_of(chart, releases.chart(chart).version, chart, "monitoring", wanted)


def loki(
    replicas: int = 1, cloud: CloudProvider = CloudProvider.AWS, values: object = None
) -> dict:
    spec = LOGS.model_copy(update={"replicas": replicas})
    at = logs_loki.Kept(cloud, KEPT.region, KEPT.bucket, KEPT.storage_class)
    made = _objects("loki", logs_loki.loki_values(spec, at), json.loads(json.dumps(values or {})))
    return {f"{one['kind']} {one['metadata']['name']}": one for one in json.loads(json.dumps(made))}


def alloy(**values: object) -> list[dict]:
    ours = logs_alloy.alloy_values(LOGS, SOURCES)
    return json.loads(json.dumps(_objects("alloy", ours, json.loads(json.dumps(values)))))


def test_loki_is_one_program_with_a_disk_under_the_name_that_lines_are_sent_to() -> None:
    found = loki()

    assert set(found) == {
        "ConfigMap loki",
        "ConfigMap loki-runtime",
        "Service loki",
        "Service loki-headless",
        "Service loki-memberlist",
        "StatefulSet loki",
    }
    pod = found["StatefulSet loki"]["spec"]["template"]["spec"]
    assert pod["serviceAccountName"] == logs_loki.ACCOUNT
    assert pod["automountServiceAccountToken"] is False
    (claim,) = found["StatefulSet loki"]["spec"]["volumeClaimTemplates"]
    assert claim["spec"]["storageClassName"] == "gp3"


def test_three_of_them_have_a_budget_and_one_has_none() -> None:
    budget = loki(replicas=3)["PodDisruptionBudget loki-single-binary"]["spec"]

    assert budget["maxUnavailable"] == 1
    assert not [title for title in loki() if title.startswith("PodDisruptionBudget")]


@pytest.mark.parametrize(
    ("cloud", "storage"),
    [
        (CloudProvider.AWS, {"s3": {"bucketnames": "logs-bucket", "region": "us-east-1"}}),
        (CloudProvider.GCP, {"gcs": {"bucket_name": "logs-bucket"}}),
    ],
)
def test_lokis_own_file_names_its_bucket(cloud: CloudProvider, storage: dict) -> None:
    text = yaml.safe_load(loki(cloud=cloud)["ConfigMap loki"]["data"]["config.yaml"])

    assert text["common"]["storage"] == storage


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"gateway": {"enabled": True}}, r"gateway\.enabled"),
        ({"write": {"replicas": 3}}, r"write\.replicas"),
        ({"loki": {"storage": {"bucketNames": {"chunks": ""}}}}, r"bucketNames\.chunks"),
        ({"loki": {"nothing": 1}}, "no such value"),
    ],
)
def test_loki_is_refused_where_nobody_knows_what_it_would_run(
    values: dict[str, object], named: str
) -> None:
    with pytest.raises(ChartValueError, match=named):
        loki(values=values)


def test_alloy_has_a_role_in_each_namespace_and_none_in_the_cluster() -> None:
    found = alloy()
    roles = [one for one in found if one["kind"] == "Role"]

    assert [one["metadata"]["namespace"] for one in roles] == list(SOURCES.namespaces)
    assert not [one for one in found if one["kind"].startswith("Cluster")]


def test_a_changed_configuration_is_a_new_pod() -> None:
    def checksum(**values: object) -> str:
        (made,) = (one for one in alloy(**values) if one["kind"] == "Deployment")
        return made["spec"]["template"]["metadata"]["annotations"]["checksum/config"]

    assert checksum() != checksum(alloy={"configMap": {"content": "logging {}"}})


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"controller": {"type": "daemonset"}}, r"controller\.type"),
        ({"rbac": {"namespaces": []}}, "rights in the whole cluster"),
        ({"alloy": {"configMap": {"content": "{{ .Values }}"}}}, "nor for a template"),
        ({"alloy": {"mounts": {"varlog": True}}}, r"mounts\.varlog"),
    ],
)
def test_alloy_is_refused_where_nobody_knows_what_it_would_run(
    values: dict[str, object], named: str
) -> None:
    with pytest.raises(ChartValueError, match=named):
        alloy(**values)
