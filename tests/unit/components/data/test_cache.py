"""The cache inside the cluster: what a security reviewer and whoever is on call ask."""

import json

import pytest

from components.data.cache import ClusterCache, quota
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.spec.cloud import CloudProvider
from tests.unit.components import examples

each_instance = pytest.mark.parametrize("label", ["responses", "counters"])


def cache(cloud: CloudProvider = CloudProvider.AWS) -> Graph:
    return record_program(
        lambda: ClusterCache(
            "cache",
            examples.CACHE,
            cloud=cloud,
            store=examples.secret_store_ref(),
            kubernetes_version="1.35",
            opts=examples.with_kubernetes(),
        ),
        stack="test",
    )


def inputs(graph: Graph, name: str, kind: str | None = None) -> dict:
    found = graph.named(name, kind) if kind else graph.named(name)
    return json.loads(json.dumps(found.inputs))


def test_what_may_be_evicted_and_what_may_not_are_two_releases() -> None:
    graph = cache()
    releases = {
        label: inputs(graph, f"cache-{label}", "Release") for label in ("responses", "counters")
    }

    assert [release["name"] for release in releases.values()] == [
        "valkey-responses",
        "valkey-counters",
    ]
    assert "maxmemory-policy allkeys-lru" in releases["responses"]["values"]["valkeyConfig"]
    assert "maxmemory-policy noeviction" in releases["counters"]["values"]["valkeyConfig"]


@pytest.mark.parametrize(
    ("cloud", "storage_class"), [(CloudProvider.AWS, "gp3"), (CloudProvider.GCP, "balanced")]
)
def test_only_counters_have_a_disk_of_the_clouds_class(
    cloud: CloudProvider, storage_class: str
) -> None:
    graph = cache(cloud)

    assert inputs(graph, "cache-responses", "Release")["values"]["dataStorage"] == {
        "enabled": False
    }
    disk = inputs(graph, "cache-counters", "Release")["values"]["dataStorage"]
    assert (disk["className"], disk["requestedSize"]) == (storage_class, "1Gi")


def test_only_labelled_namespaces_come_in_and_nothing_goes_out() -> None:
    graph = cache()
    policies = [item for item in graph.resources if item.short_type.endswith("NetworkPolicy")]

    assert {item.name for item in policies} == {"cache-home-default-deny", "cache-clients"}
    clients = inputs(graph, "cache-clients")["spec"]
    assert clients["policyTypes"] == ["Ingress"]
    assert clients["ingress"] == [
        {
            "from": [
                {"namespaceSelector": {"matchLabels": {"tokenworks.dev/cache-clients": "true"}}}
            ],
            "ports": [{"port": 6379, "protocol": "TCP"}],
        }
    ]


def test_its_pods_are_held_to_the_strictest_level() -> None:
    labels = inputs(cache(), "cache-home-namespace")["metadata"]["labels"]

    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"


@each_instance
def test_passwords_are_drawn_in_the_cluster_and_kept_by_the_secret_manager(label: str) -> None:
    graph = cache()
    read = inputs(graph, f"cache-{label}-users-external")["spec"]
    release = inputs(graph, f"cache-{label}", "Release")

    assert {item["secretKey"] for item in read["data"]} == {"default", label}
    assert {item["remoteRef"]["key"] for item in read["data"]} == {
        f"tokenworks/aws-dev/cache-{label}"
    }
    assert not graph.of_type("kubernetes:core/v1:Secret")
    assert release["values"]["auth"]["usersExistingSecret"] == f"valkey-{label}-users"
    assert "password" not in json.dumps(release).lower()


def test_the_quota_has_room_for_a_roll_out_and_not_for_a_second_cache() -> None:
    assert quota(examples.CACHE) == {
        "pods": "4",
        "requests.cpu": "440m",
        "requests.memory": "2560Mi",
        "limits.memory": "2560Mi",
        "persistentvolumeclaims": "1",
    }
