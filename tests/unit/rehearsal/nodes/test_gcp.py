"""Names and ids of GKE's nodes."""

from dataclasses import replace

from infra.rehearsal.nodes.clouds import CLOUDS, cloud_of
from infra.rehearsal.nodes.gcp import GcpNodes, instance_group
from infra.rehearsal.nodes.groups import Identity, NodeGroup
from tests.unit.rehearsal.nodes.examples import SPOT

POOL = replace(
    SPOT,
    cluster="tokenworks-prod",
    name="l4-spot",
    machine_types=("g2-standard-8",),
    zones=("us-central1-a", "us-central1-b"),
    cloud="gcp",
    project="acme-llm",
)


def identity(group: NodeGroup, zone: str, digest: str = "0123456789abcdef" * 4) -> Identity:
    return CLOUDS[group.cloud].identity(group, zone, digest, "10.0.0.9")


def test_a_node_is_called_by_its_cluster_its_pool_and_its_instance_group() -> None:
    found = identity(POOL, "us-central1-a")

    group = instance_group("tokenworks-prod", "l4-spot", "us-central1-a")
    assert group.startswith("gke-tokenworks-prod-l4-spot-")
    assert found.name.startswith(f"{group}-")
    assert len(found.name) == len(group) + 5
    assert found.provider_id == f"gce://acme-llm/us-central1-a/{found.name}"


def test_every_zone_has_an_instance_group_of_its_own() -> None:
    assert identity(POOL, "us-central1-a").name != identity(POOL, "us-central1-b").name


def test_long_names_share_the_room_that_a_nodes_name_has() -> None:
    # As seen on real clusters, 2025 and 2026.
    for cluster, pool, start in (
        ("camunda-benchmark", "n2-standard-4-v2", "gke-camunda-benchmar-n2-standard-4-v2-"),
        ("mamichael-cluster-5", "default-pool", "gke-mamichael-cluster-5-default-pool-"),
        ("production-stack", "production-stack-pool", "gke-production-stack-production-stack-"),
    ):
        assert instance_group(cluster, pool, "us-central1-a").startswith(start)


def test_a_region_is_a_zone_without_its_letter() -> None:
    assert GcpNodes().region("europe-west4-b") == "europe-west4"


def test_a_nodes_id_says_its_cloud() -> None:
    assert cloud_of(identity(POOL, "us-central1-a").provider_id) == "gcp"
    assert cloud_of("aws:///us-east-1a/i-0123") == "aws"
    assert cloud_of("kind://docker/kind/node") == ""
