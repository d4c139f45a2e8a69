"""Node pools of the simulated GKE: what they are, how they grow, and what their nodes are."""

import pytest

from infra.rehearsal.gcp.api.compute.places import Market
from infra.rehearsal.gcp.api.container.addresses import node_prefix, nodes_at_most
from infra.rehearsal.nodes.factory import labels, node
from infra.rehearsal.nodes.groups import Taint
from infra.replies import block, blocks, dig, text
from tests.unit.rehearsal.gcp.cluster_scene import (
    CLUSTER,
    POOLS,
    ZONES,
    ClusterScene,
    cluster_scene,
)
from tests.unit.rehearsal.gcp.pool_scene import NAME, ONE_ZONE, bounds, group, running, with_config
from tests.unit.rehearsal.gcp.services_scene import PROJECT, REGION

GPU_TAINT = Taint("nvidia.com/gpu", "present", "NoSchedule")


def test_a_pool_without_nodes_is_there_at_once_and_grows_by_itself() -> None:
    made = running()
    assert made.settle(made.add())["status"] == "DONE"

    assert made.pool()["status"] == "RUNNING"
    found = group(made)
    assert (found.min, found.max, found.desired, found.scales_itself) == (0, 3, 0, True)

    made.fleet.set_desired("l4-spot", 2)
    assert group(made).desired == 2


def test_a_pool_without_bounds_keeps_its_size() -> None:
    made = running()
    found = group(made, "default-pool")

    assert (found.min, found.max, found.desired, found.scales_itself) == (2, 2, 2, False)


def test_nodes_are_those_of_gke() -> None:
    made = running()
    made.settle(made.add(autoscaling=bounds(1, 3)))
    found = group(made)

    assert (found.capacity, found.kubernetes_version, found.taints) == (
        "spot",
        "1.35",
        (GPU_TAINT,),
    )
    made_labels = labels(found, ZONES[0])
    assert made_labels["cloud.google.com/gke-nodepool"] == "l4-spot"
    assert made_labels["cloud.google.com/gke-accelerator"] == "nvidia-l4"
    assert made_labels["cloud.google.com/gke-gpu-driver-version"] == "latest"
    assert made_labels["cloud.google.com/gke-provisioning"] == "spot"
    assert made_labels["cloud.google.com/gke-spot"] == "true"
    assert made_labels["cloud.google.com/gke-boot-disk"] == "pd-balanced"
    assert made_labels["cloud.google.com/machine-family"] == "g2"
    assert made_labels["cloud.google.com/private-node"] == "true"
    assert made_labels["iam.gke.io/gke-metadata-server-enabled"] == "true"
    assert made_labels["topology.gke.io/zone"] == ZONES[0]
    assert made_labels["topology.kubernetes.io/region"] == REGION
    assert made_labels["tokenworks.dev/pool"] == "l4"
    assert "nvidia.com/gpu.present" not in made_labels
    machine = node(found, 0)
    assert machine["spec"]["providerID"].startswith(f"gce://{PROJECT}/{ZONES[0]}/gke-tokenworks-")
    assert machine["status"]["allocatable"]["cpu"] == "7910m"


def test_nodes_without_gpus_have_no_gpu_taint() -> None:
    assert group(running(), "default-pool").taints == ()


def test_a_pool_begins_with_its_first_nodes_in_every_zone() -> None:
    made = running()
    operation = made.add(initialNodeCount=1)
    assert made.pool()["status"] == "PROVISIONING"

    made.settle(operation)

    assert (made.api.ready["l4-spot"], made.pool()["status"]) == (2, "RUNNING")


def test_a_quota_of_all_regions_is_found_out_by_the_machines() -> None:
    made = running()
    made.compute.quotas.limits = {**made.compute.quotas.limits, "GPUS_ALL_REGIONS": 0}
    operation = made.add(**with_config(spot=None), initialNodeCount=1, locations=ONE_ZONE)

    failure = made.failure(operation)

    assert failure.startswith(
        "Google Compute Engine: Not all instances running in IGM after 14.691006793s. Expected 1, "
        "running 0, transitioning 1. Current errors: [GCE_QUOTA_EXCEEDED]: Instance "
        "'gke-tokenworks-l4-spot-"
    )
    assert failure.endswith(
        "creation failed: Quota 'GPUS_ALL_REGIONS' exceeded.  Limit: 0.0 globally."
    )
    pool = made.pool()
    assert (pool["status"], blocks(pool, "conditions")[0]["code"]) == (
        "ERROR",
        "GCE_QUOTA_EXCEEDED",
    )


def test_a_zone_without_stock_leaves_the_pool_in_error() -> None:
    sold_out = frozenset({(ZONES[0], "g2-standard-8")})
    made = running(Market(offerings={}, sold_out=sold_out))
    operation = made.add(initialNodeCount=1, locations=ONE_ZONE)

    assert "[GCE_STOCKOUT]" in made.failure(operation)
    assert blocks(made.pool(), "conditions")[0]["code"] == "GCE_STOCKOUT"


def test_a_pool_grows_in_the_zone_that_has_machines() -> None:
    sold_out = frozenset({(ZONES[0], "g2-standard-8")})
    made = running(Market(offerings={}, sold_out=sold_out))
    made.settle(made.add())

    made.fleet.set_desired("l4-spot", 2)

    assert group(made).desired == 2
    assert made.compute.machines.running(ZONES[1], _group_name(made, 1)) == 2


def _group_name(made: ClusterScene, index: int) -> str:
    urls = made.pool()["instanceGroupUrls"]
    assert isinstance(urls, list)
    return str(urls[index]).rpartition("/")[2]


def test_a_pool_stops_growing_where_the_quota_ends_and_says_why() -> None:
    made = running()
    made.settle(made.add(**with_config(spot=None), autoscaling=bounds(0, 5)))
    made.fleet.set_desired("l4-spot", 2)

    assert (
        group(made).blocked == f"Quota 'NVIDIA_L4_GPUS' exceeded.  Limit: 2.0 in region {REGION}."
    )
    made.fleet.set_desired("l4-spot", 3)
    assert group(made).desired == 2


@pytest.mark.parametrize(
    ("pods", "prefix"), [(8, 28), (16, 27), (32, 26), (64, 25), (110, 24), (256, 23)]
)
def test_a_node_takes_twice_the_addresses_of_its_pods(pods: int, prefix: int) -> None:
    assert node_prefix(pods) == prefix


def test_a_range_of_pods_is_enough_for_so_many_nodes() -> None:
    assert (nodes_at_most("100.64.0.0/16", 110), nodes_at_most("100.64.0.0/24", 110)) == (256, 1)
    assert nodes_at_most("100.64.0.0/25", 110) == 0


def test_a_range_of_pods_that_is_used_up_leaves_the_pool_without_nodes() -> None:
    made = cluster_scene()
    made.network(pods="100.64.0.0/23")  # two nodes, which the first pool has
    made.settle(made.create())
    operation = made.add(initialNodeCount=1, locations=ONE_ZONE)

    failure = made.failure(operation)

    assert "Current errors: [IP_SPACE_EXHAUSTED]: Instance 'gke-tokenworks-l4-spot-" in failure
    assert f"IP space of 'projects/{PROJECT}/regions/{REGION}/subnetworks/s-pods-" in failure


def test_a_pool_is_gone_with_its_last_node() -> None:
    made = running()
    made.settle(made.add(initialNodeCount=1))
    operation = made.call(f"{POOLS}.delete", name=NAME)
    assert (made.pool()["status"], group(made).desired) == ("STOPPING", 0)
    name = f"{CLUSTER.partition('/clusters/')[0]}/operations/{operation['name']}"
    running_on = made.call("container.projects.locations.operations.get", name=name)
    assert running_on["status"] == "RUNNING"

    assert made.settle(operation)["status"] == "DONE"

    assert made.refusal(f"{POOLS}.get", name=NAME).startswith("googleapi: Error 404")
    left = made.call("compute.instanceTemplates.list", project=PROJECT)
    assert [
        text(one, "name") for one in blocks(left, "items") if "l4-spot" in text(one, "name")
    ] == []


def test_bounds_that_rise_bring_nodes() -> None:
    made = running()
    made.settle(made.add())

    made.settle(made.call(f"{POOLS}.setAutoscaling", {"autoscaling": bounds(2, 4)}, name=NAME))

    found = group(made)
    assert (found.min, found.max, found.desired) == (2, 4, 2)


def test_labels_and_taints_change_in_place_and_a_machine_type_takes_the_nodes_away() -> None:
    made = running()
    made.settle(made.add(initialNodeCount=1))
    made.settle(
        made.call(
            f"{POOLS}.update",
            {"labels": {"labels": {"team": "ml"}}, "taints": {"taints": []}},
            name=NAME,
        )
    )
    assert block(made.pool(), "config.labels") == {"team": "ml"}
    assert dig(made.pool(), "config.taints") == []
    assert made.api.ready["l4-spot"] == 2

    made.call(f"{POOLS}.update", {"machineType": "g2-standard-12"}, name=NAME)
    assert made.api.ready["l4-spot"] == 0
    assert made.fleet.list_groups()[1].machine_types == ("g2-standard-12",)
