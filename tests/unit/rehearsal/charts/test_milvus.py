"""The placeholder of Milvus: what the chart would run under our values, and what is refused."""

import json

import pytest

from components.data.milvus_values import Surroundings, milvus_values
from infra.catalog import releases
from infra.rehearsal.charts import ChartValueError, objects_of
from infra.rehearsal.nodes.view import pod_requests
from infra.spec.cloud import CloudProvider
from infra.spec.vector_store import VectorStoreMode
from infra.wire import Properties
from tests.unit.components import examples

STANDALONE, CLUSTER = VectorStoreMode.STANDALONE, VectorStoreMode.CLUSTER
each_mode = pytest.mark.parametrize("mode", [STANDALONE, CLUSTER])


def values(mode: VectorStoreMode) -> dict:
    made = milvus_values(
        examples.VECTOR_STORES[mode],
        Surroundings(
            cloud=CloudProvider.AWS,
            region="us-east-1",
            bucket="vectors",
            storage_class="gp3",
            password_secret="milvus-root",
        ),
    )
    return json.loads(json.dumps(made))


def made(mode: VectorStoreMode) -> dict[str, dict]:
    return by_title(values(mode))


def by_title(with_values: Properties) -> dict[str, dict]:
    version = releases.chart("milvus").version
    bodies = objects_of("milvus", version, "milvus", "vector-store", with_values)
    plain = json.loads(json.dumps(bodies))
    return {f"{body['kind']} {body['metadata']['name']}": body for body in plain}


def pods(mode: VectorStoreMode) -> list[dict]:
    return [
        body["spec"]["template"]["spec"]
        for body in made(mode).values()
        if "template" in body.get("spec", {})
    ]


def test_one_server_is_a_deployment_beside_one_member_of_etcd() -> None:
    assert list(made(STANDALONE)) == [
        "ConfigMap milvus",
        "Service milvus",
        "Deployment milvus-standalone",
        "Service milvus-etcd",
        "Service milvus-etcd-headless",
        "StatefulSet milvus-etcd",
    ]


def test_a_cluster_is_a_deployment_for_each_program_and_three_members_behind_a_budget() -> None:
    found = made(CLUSTER)

    assert {title for title in found if title.startswith("Deployment")} == {
        f"Deployment milvus-{name}"
        for name in ("mixcoord", "proxy", "querynode", "datanode", "streamingnode")
    }
    assert found["StatefulSet milvus-etcd"]["spec"]["replicas"] == 3
    assert found["PodDisruptionBudget milvus-etcd"]["spec"]["minAvailable"] == "51%"


@each_mode
def test_every_container_says_what_it_asks_for_and_is_restricted(mode: VectorStoreMode) -> None:
    for pod in pods(mode):
        (container,) = pod["containers"]
        security = container["securityContext"]
        assert pod_requests(pod).cpu_millicores > 0
        assert container["resources"]["limits"]["memory"]
        assert security["allowPrivilegeEscalation"] is False
        assert security["capabilities"] == {"drop": ["ALL"]}
        confined = {**pod["securityContext"], **security}
        assert confined["runAsNonRoot"] is True
        assert confined["seccompProfile"] == {"type": "RuntimeDefault"}


@each_mode
def test_only_milvus_runs_as_the_account_with_the_bucket(mode: VectorStoreMode) -> None:
    accounts = {pod["containers"][0]["name"]: pod["serviceAccountName"] for pod in pods(mode)}

    assert accounts.pop("etcd") == "milvus-etcd"
    assert set(accounts.values()) == {"milvus"}


def test_each_member_of_etcd_has_a_disk_of_our_class_on_a_node_of_its_own() -> None:
    spec = made(CLUSTER)["StatefulSet milvus-etcd"]["spec"]
    (claim,) = spec["volumeClaimTemplates"]
    apart = spec["template"]["spec"]["affinity"]["podAntiAffinity"]

    assert claim["spec"] == {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": "10Gi"}},
        "storageClassName": "gp3",
    }
    assert apart.keys() == {"requiredDuringSchedulingIgnoredDuringExecution"}


def test_a_lone_server_is_stopped_before_the_new_one_starts() -> None:
    assert made(STANDALONE)["Deployment milvus-standalone"]["spec"]["strategy"] == {
        "type": "Recreate"
    }


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"minio": {"enabled": True}}, "minio.enabled"),
        ({"pulsarv3": {"enabled": True}}, "pulsarv3.enabled"),
        ({"woodpecker": {"enabled": True}}, "woodpecker.enabled"),
        ({"serviceAccount": {"create": True}}, "serviceAccount.create"),
        ({"externalS3": {"bucketName": ""}}, "externalS3.bucketName"),
        ({"etcd": {"auth": {"rbac": {"create": True}}}}, "etcd.auth.rbac.create"),
        ({"queryNode": {"replica": 2}}, "queryNode.replica"),
    ],
)
def test_what_is_not_played_and_what_the_chart_does_not_have_is_refused(
    change: Properties, path: str
) -> None:
    with pytest.raises(ChartValueError, match=f"milvus: {path}: "):
        by_title({**values(CLUSTER), **change})


def test_the_charts_own_defaults_are_refused_because_they_bring_minio() -> None:
    with pytest.raises(ChartValueError, match=r"minio\.enabled"):
        by_title({})
