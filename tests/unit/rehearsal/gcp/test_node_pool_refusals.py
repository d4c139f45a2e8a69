"""Node pools that the simulated GKE refuses before anything is made."""

import pytest

from infra.rehearsal.nodes.factory import labels
from infra.wire import Properties, Value
from tests.unit.rehearsal.gcp.cluster_scene import (
    CLUSTER,
    POOLS,
    ZONES,
    cluster_scene,
)
from tests.unit.rehearsal.gcp.pool_scene import NAME, ONE_ZONE, bounds, group, running, with_config
from tests.unit.rehearsal.gcp.services_scene import KEY, PROJECT


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
