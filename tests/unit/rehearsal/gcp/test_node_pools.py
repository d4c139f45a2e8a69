"""Node pools of the simulated GKE: what they are, what is refused, and what their nodes are."""

import pytest

from infra.rehearsal.gcp.api.compute.places import Market
from infra.rehearsal.gcp.api.container.addresses import node_prefix, nodes_at_most
from infra.rehearsal.nodes.factory import labels, node
from infra.rehearsal.nodes.groups import NodeGroup, Taint
from infra.replies import block, blocks, dig, text
from infra.wire import Properties, Value
from tests.unit.rehearsal.gcp.cluster_scene import (
    CLUSTER,
    POOLS,
    ZONES,
    ClusterScene,
    cluster_scene,
)
from tests.unit.rehearsal.gcp.services_scene import KEY, PROJECT, REGION

NAME = f"{CLUSTER}/nodePools/l4-spot"
GPU_TAINT = Taint("nvidia.com/gpu", "present", "NoSchedule")
ONE_ZONE: list[Value] = [ZONES[0]]


def running(market: Market | None = None) -> ClusterScene:
    made = cluster_scene(market=market)
    made.running()
    return made


def group(made: ClusterScene, name: str = "l4-spot") -> NodeGroup:
    return next(one for one in made.fleet.list_groups() if one.name == name)


def bounds(least: int, most: int) -> Properties:
    return {"enabled": True, "totalMinNodeCount": least, "totalMaxNodeCount": most}


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


def with_config(**config: Value) -> Properties:
    return {"config": config}


def gpus(kind: str, count: int) -> list[Value]:
    return [{"acceleratorType": kind, "acceleratorCount": str(count)}]


FLEX: Properties = {
    "spot": None,
    "flexStart": True,
    "maxRunDuration": "604800s",
    "reservationAffinity": {"consumeReservationType": "NO_RESERVATION"},
}
NO_REPAIR: Properties = {"autoRepair": False, "autoUpgrade": True}
COMPACT: Properties = {"type": "COMPACT"}
RESERVED: Properties = {
    "spot": None,
    "reservationAffinity": {
        "consumeReservationType": "SPECIFIC_RESERVATION",
        "key": "compute.googleapis.com/reservation-name",
        "values": ["l4s"],
    },
}
REFUSED: tuple[tuple[Properties, str], ...] = (
    (
        with_config(machineType="g9-huge-1"),
        f'Invalid machine type "g9-huge-1" in zone "{ZONES[0]}": GCE_NOT_FOUND',
    ),
    (
        {"locations": ["us-central1-f"]},
        'Invalid machine type "g2-standard-8" in zone "us-central1-f": GCE_NOT_FOUND',
    ),
    (
        with_config(accelerators=gpus("nvidia-tesla-t4", 1)),
        "[nvidia-tesla-t4, g2-standard-8] features are not compatible for creating instance.",
    ),
    (
        with_config(accelerators=gpus("nvidia-l4", 2)),
        "Invalid accelerator count 2 for machine type g2-standard-8: it has 1.",
    ),
    (
        with_config(
            machineType="a3-highgpu-1g",
            spot=None,
            accelerators=gpus("nvidia-h100-80gb", 1),
        ),
        "Machine type a3-highgpu-1g is not sold as on-demand; it is sold as flex-start, spot.",
    ),
    (
        with_config(diskType="hyperdisk-balanced"),
        "[hyperdisk-balanced, g2-standard-8] features are not compatible.",
    ),
    (
        with_config(serviceAccount="nobody@x.iam.gserviceaccount.com"),
        'Service account "nobody@x.iam.gserviceaccount.com" does not exist.',
    ),
    (
        with_config(bootDiskKmsKey=KEY),
        f"Cloud KMS error when using key {KEY}: CryptoKey {KEY} not found.",
    ),
    (
        with_config(ephemeralStorageLocalSsdConfig={"localSsdCount": 2}),
        "Invalid number of local SSDs for machine type g2-standard-8, got 2: it takes 1.",
    ),
    (
        with_config(
            ephemeralStorageLocalSsdConfig={"localSsdCount": 1},
            localNvmeSsdBlockConfig={"localSsdCount": 1},
        ),
        "Can not use local SSDs as volumes when using ephemeral storage backed by local SSDs.",
    ),
    (
        {"autoscaling": bounds(3, 1)},
        "Node pool autoscaling: totalMinNodeCount 3 is above totalMaxNodeCount 1.",
    ),
    (
        {"autoscaling": {"enabled": True}},
        "Node pool autoscaling: a maximum number of nodes must be set.",
    ),
    (
        {**with_config(**{**FLEX, "maxRunDuration": "604801s"}), "management": NO_REPAIR},
        "maxRunDuration of flex-start is at most 604800s, got 604801s.",
    ),
    (
        {**with_config(**{**FLEX, "reservationAffinity": None}), "management": NO_REPAIR},
        "Flex_start requires reservation affinity to be set to none",
    ),
    (
        {**with_config(**FLEX), "management": NO_REPAIR, "autoscaling": {}},
        "Flex_start requires autoscaling to be enabled",
    ),
    (with_config(**FLEX), "Flex_start requires node auto-repair to be disabled"),
    (
        {**with_config(**FLEX), "management": NO_REPAIR, "initialNodeCount": 1},
        "Flex_start requires an initial node count of 0",
    ),
    (
        {"placementPolicy": COMPACT},
        "Compact placement is supported in a single zone only.",
    ),
    (
        {
            **with_config(**FLEX),
            "management": NO_REPAIR,
            "placementPolicy": COMPACT,
            "locations": ONE_ZONE,
        },
        (
            "Compact placement with flex-start is only supported for A3 Ultra, A4, and H4D machine "
            "types."
        ),
    ),
    (with_config(**RESERVED), f'Reservation "l4s" not found in zone "{ZONES[0]}".'),
)


@pytest.mark.parametrize(("settings", "message"), REFUSED, ids=[row[1][:50] for row in REFUSED])
def test_what_google_does_not_sell_or_have_is_refused(settings: Properties, message: str) -> None:
    made = running()

    assert made.pool_refusal(**settings) == f"googleapi: Error 400: {message}, badRequest"
    assert made.refusal(f"{POOLS}.get", name=NAME) == (
        f"googleapi: Error 404: Not found: {NAME}., notFound"
    )


def test_flex_start_as_google_sells_it_is_taken() -> None:
    made = running()
    made.settle(made.add(**with_config(**FLEX), management=NO_REPAIR))

    found = group(made)
    assert found.capacity == "flex-start"
    assert labels(found, ZONES[0])["cloud.google.com/gke-flex-start"] == "true"


def test_a_reservation_with_too_few_machines_is_refused() -> None:
    made = running()
    reservation: Properties = {
        "name": "l4s",
        "specificReservation": {
            "count": "1",
            "instanceProperties": {"machineType": "g2-standard-8"},
        },
    }
    made.call("compute.reservations.insert", reservation, project=PROJECT, zone=ZONES[0])
    wanted: Properties = {**with_config(**RESERVED), "locations": ONE_ZONE}

    assert made.pool_refusal(**wanted, initialNodeCount=2) == (
        "googleapi: Error 429: Reservation does not have enough resources for the request: "
        'specific reservation "l4s" is insufficient for node pool "l4-spot" at zone '
        f'"{ZONES[0]}": required 2 and short of 1 VM count of machine type g2-standard-8., '
        "rateLimitExceeded"
    )
    made.settle(made.add(**wanted, initialNodeCount=1))


def test_a_pool_without_workload_identity_on_its_cluster_is_refused() -> None:
    made = cluster_scene()
    made.running(workloadIdentityConfig=None)

    refusal = made.pool_refusal(**with_config(workloadMetadataConfig={"mode": "GKE_METADATA"}))

    assert refusal == (
        "googleapi: Error 400: Workload metadata mode GKE_METADATA needs Workload Identity to be "
        "enabled on the cluster., badRequest"
    )


def test_a_name_that_is_taken_and_a_cluster_that_is_not_there_are_refused() -> None:
    made = cluster_scene()
    assert made.pool_refusal() == f"googleapi: Error 404: Not found: {CLUSTER}., notFound"
    made.running()
    made.settle(made.add())

    assert made.pool_refusal() == f"googleapi: Error 409: Already exists: {NAME}., alreadyExists"


def test_the_quota_of_a_region_is_asked_before_anything_is_made() -> None:
    made = running()

    refusal = made.pool_refusal(
        **with_config(spot=None), initialNodeCount=2, autoscaling=bounds(0, 9)
    )

    assert refusal == (
        "googleapi: Error 403: Insufficient regional quota to satisfy request: resource "
        "\"NVIDIA_L4_GPUS\": request requires '4.0' and is short '2.0'. project has a quota of "
        "'2.0' with '2.0' available. View and manage quotas at "
        f"https://console.cloud.google.com/iam-admin/quotas?usage=USED&project={PROJECT}., "
        "forbidden"
    )


def test_the_cpus_of_all_regions_are_asked_for_before_anything_is_made() -> None:
    made = running()
    quotas = made.compute.quotas
    used = quotas.used("global")["CPUS_ALL_REGIONS"]
    quotas.limits = {**quotas.limits, "CPUS_ALL_REGIONS": used + 6}

    refusal = made.pool_refusal(
        **with_config(machineType="e2-standard-4", spot=None, accelerators=None),
        initialNodeCount=1,
    )

    assert refusal == (
        "googleapi: Error 403: Insufficient project quota to satisfy request: resource "
        "\"CPUS_ALL_REGIONS\": request requires '8.0' and is short '2.0'. project has a quota of "
        f"'{used + 6}.0' with '6.0' available. View and manage quotas at "
        f"https://console.cloud.google.com/iam-admin/quotas?usage=USED&project={PROJECT}., "
        "forbidden"
    )


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
    body: Properties = {"autoscaling": bounds(2, 4)}

    made.settle(made.call(f"{POOLS}.setAutoscaling", body, name=NAME))

    found = group(made)
    assert (found.min, found.max, found.desired) == (2, 4, 2)


def test_labels_and_taints_change_in_place_and_a_machine_type_takes_the_nodes_away() -> None:
    made = running()
    made.settle(made.add(initialNodeCount=1))
    change: Properties = {"labels": {"labels": {"team": "ml"}}, "taints": {"taints": []}}
    made.settle(made.call(f"{POOLS}.update", change, name=NAME))
    assert block(made.pool(), "config.labels") == {"team": "ml"}
    assert dig(made.pool(), "config.taints") == []
    assert made.api.ready["l4-spot"] == 2

    made.call(f"{POOLS}.update", {"machineType": "g2-standard-12"}, name=NAME)
    assert made.api.ready["l4-spot"] == 0
    assert made.fleet.list_groups()[1].machine_types == ("g2-standard-12",)
