"""Machines of node pools: what zones sell, what quotas allow, and what waits."""

import pytest

from infra.catalog.machine_type import GcpMachine
from infra.catalog.machines import machines
from infra.google_discovery import schema
from infra.rehearsal.gcp.api.compute.demand import demand_of_machine
from infra.rehearsal.gcp.api.compute.machines import BUYING
from infra.rehearsal.gcp.api.compute.places import Market
from infra.replies import blocks, dig, number, text, texts
from infra.wire import Properties, Value
from tests.unit.rehearsal.gcp.scene import LIMITS, PROJECT, REGION, ZONE, Scene, scene

GROUP = {"zone": ZONE, "instanceGroupManager": "g"}


def template(kind: str, model: str = "STANDARD") -> Properties:
    return {
        "name": "t",
        "properties": {"machineType": kind, "scheduling": {"provisioningModel": model}},
    }


def group(world: Scene, size: int, kind: str = "g2-standard-8", model: str = "STANDARD") -> None:
    """Make a group of that many machines."""
    world.call("instanceTemplates.insert", template(kind, model))
    body: Properties = {
        "name": "g",
        "baseInstanceName": "g",
        "instanceTemplate": "t",
        "targetSize": size,
    }
    world.call("instanceGroupManagers.insert", body, zone=ZONE)


def reasons(world: Scene) -> list[str]:
    """Return why machines of the group wait."""
    errors = blocks(world.call("instanceGroupManagers.listErrors", **GROUP), "items")
    return [text(blocks(error, "error.errors")[0], "message") for error in errors] or [
        text(error, "error.message") for error in errors
    ]


def test_a_group_gets_the_machines_that_the_quota_allows() -> None:
    world = scene()
    group(world, 3)

    assert world.compute.machines.running(ZONE, "g") == 2
    shown = world.call("instanceGroupManagers.get", **GROUP)
    assert (shown["currentActions"], shown["status"]) == (
        {"creating": 1, "none": 2},
        {"isStable": False},
    )
    error = blocks(world.call("instanceGroupManagers.listErrors", **GROUP), "items")[0]
    assert text(error, "error.code") == "QUOTA_EXCEEDED"
    assert text(error, "error.message") == (
        f"Quota 'NVIDIA_L4_GPUS' exceeded.  Limit: 2.0 in region {REGION}."
    )


def test_machines_that_go_make_room_for_those_that_wait() -> None:
    world = scene()
    group(world, 2)
    body: Properties = {"name": "h", "instanceTemplate": "t", "targetSize": 1}
    world.call("instanceGroupManagers.insert", body, zone=ZONE)
    assert world.compute.machines.running(ZONE, "h") == 0

    world.call("instanceGroupManagers.resize", size=1, **GROUP)

    assert world.compute.machines.running(ZONE, "h") == 1


def test_spot_machines_have_a_quota_of_their_own() -> None:
    world = scene()
    group(world, 1, model="SPOT")

    refusal = world.compute.machines.waiting(ZONE, "g")
    assert refusal is not None
    assert refusal.message == (
        f"Quota 'PREEMPTIBLE_NVIDIA_L4_GPUS' exceeded.  Limit: 0.0 in region {REGION}."
    )


def test_newer_gpus_share_a_quota_with_a_family() -> None:
    world = scene(**{"GPUS_PER_GPU_FAMILY/NVIDIA_H100": 0})
    group(world, 1, "a3-highgpu-8g")

    refusal = world.compute.machines.waiting(ZONE, "g")
    assert refusal is not None
    assert refusal.message == (
        f"Quota 'GPUS_PER_GPU_FAMILY' exceeded.  Limit: 0.0 in region {REGION}."
    )
    assert dig(refusal.details, "quotaInfo.dimensions") == {
        "region": REGION,
        "gpu_family": "NVIDIA_H100",
    }


def test_local_ssds_have_a_quota_of_their_own() -> None:
    world = scene(LOCAL_SSD_TOTAL_GB=374)
    local = template("g2-standard-8")
    properties = local["properties"]
    assert isinstance(properties, dict)
    disks: Value = [{"boot": True}, {"type": "SCRATCH", "interface": "NVME"}]
    world.call("instanceTemplates.insert", {**local, "properties": {**properties, "disks": disks}})
    body: Properties = {"name": "g", "instanceTemplate": "t", "targetSize": 1}
    world.call("instanceGroupManagers.insert", body, zone=ZONE)

    refusal = world.compute.machines.waiting(ZONE, "g")
    assert refusal is not None
    assert refusal.message.startswith("Quota 'LOCAL_SSD_TOTAL_GB' exceeded.  Limit: 374.0")


def test_a_fresh_project_has_no_gpu_anywhere() -> None:
    world = scene(GPUS_ALL_REGIONS=0)
    group(world, 1)

    refusal = world.compute.machines.waiting(ZONE, "g")
    assert refusal is not None
    assert refusal.message == "Quota 'GPUS_ALL_REGIONS' exceeded.  Limit: 0.0 globally."


def test_a_zone_may_be_sold_out() -> None:
    world = scene(Market(offerings={}, sold_out=frozenset({(ZONE, "g2-standard-8")})))
    group(world, 1)

    error = blocks(world.call("instanceGroupManagers.listErrors", **GROUP), "items")[0]
    assert text(error, "error.code") == "ZONE_RESOURCE_POOL_EXHAUSTED"
    assert text(error, "error.message") == (
        f"The zone 'projects/{PROJECT}/zones/{ZONE}' does not have enough resources available to "
        "fulfill the request. '(resource type:compute)'."
    )


def test_what_is_not_sold_that_way_is_refused() -> None:
    world = scene()

    assert world.refusal("instanceTemplates.insert", template("a3-highgpu-1g")) == (
        "googleapi: Error 400: Invalid value for field 'resource.properties.machineType': "
        "'a3-highgpu-1g'. Machine type a3-highgpu-1g is not sold as on-demand; it is sold as "
        "flex-start, spot., invalid"
    )
    world.call("instanceTemplates.insert", template("a3-highgpu-1g", "FLEX_START"))


def test_a_machine_type_that_nobody_knows_is_refused() -> None:
    assert scene().refusal("instanceTemplates.insert", template("g9-huge-1")) == (
        "googleapi: Error 400: Invalid value for field 'resource.properties.machineType': "
        "'g9-huge-1'. The referenced machineType resource cannot be found., invalid"
    )


@pytest.mark.parametrize(
    ("kind", "zone", "sold"),
    [("g2-standard-8", "us-central1-a", True), ("g2-standard-8", "us-central1-f", False)],
)
def test_a_zone_shows_what_it_sells(kind: str, zone: str, *, sold: bool) -> None:
    listed = blocks(scene().call("machineTypes.list", zone=zone), "items")

    assert (kind in [text(one, "name") for one in listed]) is sold


def test_a_machine_type_has_its_gpus() -> None:
    found = scene().call("machineTypes.get", zone=ZONE, machineType="a2-highgpu-2g")

    assert found["accelerators"] == [
        {"guestAcceleratorType": "nvidia-tesla-a100", "guestAcceleratorCount": 2}
    ]
    assert (found["guestCpus"], found["memoryMb"]) == (24, 170 * 1024)


def test_a_machine_type_that_a_zone_does_not_sell_is_not_there() -> None:
    assert scene().refusal(
        "machineTypes.get", zone="us-central1-f", machineType="g2-standard-8"
    ) == (
        f"googleapi: Error 404: The resource 'projects/{PROJECT}/zones/us-central1-f/machineTypes/"
        "g2-standard-8' was not found, notFound"
    )


def test_facts_say_where_a_machine_type_is_sold() -> None:
    world = scene(Market(offerings={"g2-standard-8": ("us-central1-f",)}))

    world.call("machineTypes.get", zone="us-central1-f", machineType="g2-standard-8")
    assert "404" in world.refusal("machineTypes.get", zone=ZONE, machineType="g2-standard-8")


def test_quotas_are_shown_with_what_is_used() -> None:
    world = scene()
    world.network()
    group(world, 1)

    of_region = blocks(world.call("regions.get", region=REGION), "quotas")
    of_project = blocks(world.call("projects.get"), "quotas")
    used = {text(one, "metric"): number(one, "usage") for one in (*of_region, *of_project)}
    assert (used["NVIDIA_L4_GPUS"], used["GPUS_ALL_REGIONS"], used["NETWORKS"]) == (1, 1, 1)
    assert "NETWORKS" not in [text(one, "metric") for one in of_region]


def test_groups_and_instances_of_all_zones_are_found() -> None:
    world = scene()
    group(world, 1)
    world.call("instances.insert", {"name": "g-x1y2"}, zone=ZONE)

    everywhere = world.call("instances.aggregatedList")
    assert [
        text(one, "name") for one in blocks(dig(everywhere, "items"), f"zones/{ZONE}.instances")
    ]
    managed = world.call("instanceGroupManagers.listManagedInstances", **GROUP)
    assert [
        text(one, "instance").rpartition("/")[2] for one in blocks(managed, "managedInstances")
    ] == ["g-x1y2"]


def test_every_metric_has_a_name_of_the_api() -> None:
    known = schema("compute", "Quota")
    used = {
        metric
        for kind in machines("gcp")
        if isinstance(kind, GcpMachine)
        for buying in BUYING.values()
        for metric in demand_of_machine(kind, buying, "pd-balanced", 100)
    }

    # Newer GPUs are in the Cloud Quotas API alone: `infra.preflight.gcp.catalogue`.
    newer = {
        *(metric for metric in used if "/" in metric),
        *(f"PREEMPTIBLE_NVIDIA_{gpu}_GPUS" for gpu in ("H100_MEGA", "H200", "RTX_PRO_6000")),
    }
    assert (used - newer) | set(LIMITS) <= set(texts(known, "properties.metric.enum"))
