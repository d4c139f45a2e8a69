"""Node pools as they are declared."""

from collections.abc import Callable

import pytest

from components.gcp.node_pools import GpuNodePool, SystemNodePool
from components.gcp.node_pools_scaling import first_nodes_per_zone
from components.nodes import Capacity
from infra.catalog.notice import SPOT_SECONDS
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.spec.pools import (
    GpuPoolSpec,
    LocalStorage,
    NodeRange,
    ReservationKind,
    ReservationSpec,
)
from infra.wire import Properties, plain_properties
from tests.unit.components import examples_gcp as examples


def gpu_pool(spec: GpuPoolSpec = examples.POOL) -> Graph:
    """Return what a GPU pool declares."""
    return record_program(
        lambda: GpuNodePool(
            "l4",
            spec,
            at=examples.node_home(),
            platform=examples.PLATFORM,
            opts=examples.with_gcp(),
        ),
        stack="gcp-dev",
    )


def system_pool() -> Graph:
    """Return what the system pool declares."""
    return record_program(
        lambda: SystemNodePool(
            "system",
            examples.CLUSTER.system_nodes,
            examples.CLOUD,
            at=examples.node_home(),
            platform=examples.PLATFORM,
            opts=examples.with_gcp(),
        ),
        stack="gcp-dev",
    )


both = pytest.mark.parametrize("pools", [gpu_pool, system_pool])


def _nodes(graph: Graph, name: str) -> Properties:
    config = plain_properties(graph.named(name).inputs)["nodeConfig"]
    assert isinstance(config, dict)
    return config


def _pool(**settings: object) -> GpuPoolSpec:
    return examples.POOL.model_copy(update=settings)


def test_a_pool_is_one_node_pool_for_each_way_of_buying() -> None:
    graph = gpu_pool()

    assert {
        item.name: (nodes.get("spot"), nodes.get("flexStart"))
        for item in graph.of_type("NodePool")
        if (nodes := _nodes(graph, item.name))
    } == {"l4-on-demand": (None, None), "l4-spot": (True, None), "l4-flex-start": (None, True)}


@pytest.mark.parametrize(
    ("absent", "name"),
    [("on_demand", "l4-on-demand"), ("spot", "l4-spot"), ("flex_start", "l4-flex-start")],
)
def test_a_way_of_buying_that_the_pool_does_not_name_has_no_node_pool(
    absent: str, name: str
) -> None:
    names = {item.name for item in gpu_pool(_pool(**{absent: None})).of_type("NodePool")}

    assert len(names) == 2
    assert name not in names


@pytest.mark.parametrize("capacity", Capacity)
def test_gpu_nodes_are_labelled_and_keep_everything_else_away(capacity: Capacity) -> None:
    nodes = _nodes(gpu_pool(), f"l4-{capacity}")

    assert nodes["labels"] == {
        "tokenworks.dev/pool": "l4",
        "tokenworks.dev/capacity": capacity.value,
        "nvidia.com/gpu.present": "true",
    }
    assert nodes["taints"] == [
        {"key": "nvidia.com/gpu", "value": "present", "effect": "NO_SCHEDULE"}
    ]


@pytest.mark.parametrize("capacity", Capacity)
def test_google_installs_the_newest_driver_for_the_gpus_of_the_machine(capacity: Capacity) -> None:
    assert _nodes(gpu_pool(), f"l4-{capacity}")["guestAccelerators"] == [
        {
            "type": "nvidia-l4",
            "count": 1,
            "gpuDriverInstallationConfig": {"gpuDriverVersion": "LATEST"},
        }
    ]


def test_system_nodes_take_everything_and_are_never_spot() -> None:
    graph = system_pool()
    nodes = _nodes(graph, "system-on-demand")

    assert [item.name for item in graph.of_type("NodePool")] == ["system-on-demand"]
    assert not nodes.keys() & {"spot", "flexStart", "taints", "guestAccelerators"}


@both
def test_the_autoscaler_is_never_overruled(pools: Callable[[], Graph]) -> None:
    found = pools().of_type("NodePool")

    assert found
    for item in found:
        assert item.ignore_changes == ("initialNodeCount",)
        assert "nodeCount" not in item.inputs


def test_bounds_hold_over_all_zones_and_only_on_demand_nodes_are_spread() -> None:
    graph = gpu_pool()

    assert {item.name: item.inputs["autoscaling"] for item in graph.of_type("NodePool")} == {
        "l4-on-demand": {
            "totalMinNodeCount": 0,
            "totalMaxNodeCount": 1,
            "locationPolicy": "BALANCED",
        },
        "l4-spot": {"totalMinNodeCount": 0, "totalMaxNodeCount": 2, "locationPolicy": "ANY"},
        "l4-flex-start": {"totalMinNodeCount": 0, "totalMaxNodeCount": 2, "locationPolicy": "ANY"},
    }


@pytest.mark.parametrize(
    ("least", "most", "zones", "each"),
    [(0, 4, 3, 0), (1, 3, 2, 1), (3, 6, 3, 1), (4, 6, 3, 2), (4, 5, 3, 1), (1, 1, 3, 0)],
)
def test_a_pool_starts_with_its_minimum_and_never_above_its_maximum(
    least: int, most: int, zones: int, each: int
) -> None:
    found = first_nodes_per_zone(NodeRange(min=least, max=most), zones)

    assert found == each
    assert found * zones <= most


@both
def test_nodes_have_no_public_address_and_no_identity_for_their_pods(
    pools: Callable[[], Graph],
) -> None:
    graph = pools()

    for item in graph.of_type("NodePool"):
        nodes = _nodes(graph, item.name)
        assert item.inputs["networkConfig"] == {"enablePrivateNodes": True}
        assert nodes["workloadMetadataConfig"] == {"mode": "GKE_METADATA"}
        assert nodes["metadata"] == {"disable-legacy-endpoints": "true"}
        assert nodes["serviceAccount"] == f"nodes@{examples.PROJECT}.iam.gserviceaccount.com"


@both
def test_nodes_boot_what_google_signed_from_disks_under_the_platforms_key(
    pools: Callable[[], Graph],
) -> None:
    graph = pools()

    for item in graph.of_type("NodePool"):
        nodes = _nodes(graph, item.name)
        assert nodes["shieldedInstanceConfig"] == {
            "enableSecureBoot": True,
            "enableIntegrityMonitoring": True,
        }
        assert str(nodes["bootDiskKmsKey"]).endswith("/cryptoKeys/disks")
        assert nodes["imageType"] == "COS_CONTAINERD"


@both
def test_images_stream_and_no_kubelet_is_readable_without_asking(
    pools: Callable[[], Graph],
) -> None:
    graph = pools()

    for item in graph.of_type("NodePool"):
        nodes = _nodes(graph, item.name)
        kubelet = nodes["kubeletConfig"]
        assert nodes["gcfsConfig"] == {"enabled": True}
        assert nodes["gvnic"] == {"enabled": True}
        assert isinstance(kubelet, dict)
        assert kubelet["insecureKubeletReadonlyPortEnabled"] == "FALSE"
        assert kubelet["cpuCfsQuota"] is True, "left out, a tool may switch CPU limits off"


def test_only_spot_nodes_say_how_long_they_take_to_stop() -> None:
    """GKE refuses it elsewhere, and takes 0, 30 and 120 (its discovery document)."""
    graph = gpu_pool()

    assert {
        item.name: kubelet.get("shutdownGracePeriodSeconds")
        for item in graph.of_type("NodePool")
        if isinstance(kubelet := _nodes(graph, item.name)["kubeletConfig"], dict)
    } == {"l4-on-demand": None, "l4-spot": 120, "l4-flex-start": None}


def test_what_is_left_of_it_for_servers_is_what_they_count_on() -> None:
    kubelet = _nodes(gpu_pool(), "l4-spot")["kubeletConfig"]
    assert isinstance(kubelet, dict)
    total, critical = (
        kubelet["shutdownGracePeriodSeconds"],
        kubelet["shutdownGracePeriodCriticalPodsSeconds"],
    )
    assert isinstance(total, (int, float))
    assert isinstance(critical, (int, float))

    assert total - critical == SPOT_SECONDS["gcp"]


def test_flex_start_is_what_google_sells_and_no_more() -> None:
    graph = gpu_pool()
    pool, nodes = graph.named("l4-flex-start"), _nodes(graph, "l4-flex-start")

    assert nodes["maxRunDuration"] == f"{7 * 86400}s"
    assert nodes["reservationAffinity"] == {"consumeReservationType": "NO_RESERVATION"}
    assert pool.inputs["management"] == {"autoRepair": False, "autoUpgrade": True}
    assert "queuedProvisioning" not in pool.inputs, "that is for batch, and servers are none"


@pytest.mark.parametrize("name", ["l4-on-demand", "l4-spot"])
def test_broken_nodes_are_replaced_and_old_ones_upgraded(name: str) -> None:
    assert gpu_pool().named(name).inputs["management"] == {"autoRepair": True, "autoUpgrade": True}


def test_an_update_never_needs_a_spare_gpu_machine() -> None:
    for name in ("l4-on-demand", "l4-spot"):
        assert gpu_pool().named(name).inputs["upgradeSettings"] == {
            "strategy": "SURGE",
            "maxSurge": 0,
            "maxUnavailable": 1,
        }
    assert "upgradeSettings" not in gpu_pool().named("l4-flex-start").inputs, "GKE has its own way"
    assert system_pool().named("system-on-demand").inputs["upgradeSettings"] == {
        "strategy": "SURGE",
        "maxSurge": 1,
        "maxUnavailable": 0,
    }


@both
def test_a_pool_that_goes_drains_within_disruption_budgets(pools: Callable[[], Graph]) -> None:
    for item in pools().of_type("NodePool"):
        assert item.inputs["nodeDrainConfigs"] == [{"respectPdbDuringNodePoolDeletion": True}]


def test_pods_live_on_all_local_ssds_where_the_pool_says_so() -> None:
    spec = _pool(machine_type="a3-highgpu-8g", gpus_per_node=8, local_storage=LocalStorage.RAID0)

    assert _nodes(gpu_pool(spec), "l4-spot")["ephemeralStorageLocalSsdConfig"] == {
        "localSsdCount": 16
    }
    assert "ephemeralStorageLocalSsdConfig" not in _nodes(gpu_pool(), "l4-spot")


def test_the_boot_disk_is_of_a_type_that_the_machine_takes() -> None:
    hyperdisk = _pool(machine_type="g4-standard-48", gpu="RTX-PRO-6000")

    assert _nodes(gpu_pool(hyperdisk), "l4-spot")["diskType"] == "hyperdisk-balanced"
    assert _nodes(gpu_pool(), "l4-spot")["diskType"] == "pd-balanced"


def test_a_reservation_is_used_by_name_in_its_zone_and_only_on_demand() -> None:
    reservation = ReservationSpec(
        id="h100-block", kind=ReservationKind.CAPACITY_RESERVATION, zone="us-central1-b"
    )
    graph = gpu_pool(_pool(reservation=reservation))
    reserved = graph.named("l4-on-demand")

    assert _nodes(graph, "l4-on-demand")["reservationAffinity"] == {
        "consumeReservationType": "SPECIFIC_RESERVATION",
        "key": "compute.googleapis.com/reservation-name",
        "values": ["h100-block"],
    }
    assert reserved.inputs["nodeLocations"] == ["us-central1-b"]
    assert _nodes(graph, "l4-spot")["reservationAffinity"] == {
        "consumeReservationType": "NO_RESERVATION"
    }
    assert graph.named("l4-spot").inputs["nodeLocations"] == [
        *("us-central1-a", "us-central1-b", "us-central1-c")
    ]


def test_nodes_close_together_stand_in_one_zone() -> None:
    for item in gpu_pool(_pool(placement_group=True)).of_type("NodePool"):
        assert item.inputs["placementPolicy"] == {"type": "COMPACT"}
        zones = item.inputs["nodeLocations"]
        assert isinstance(zones, list)
        assert len(zones) == 1
    assert "placementPolicy" not in gpu_pool().named("l4-spot").inputs


@both
def test_machines_carry_the_labels_of_the_platform(pools: Callable[[], Graph]) -> None:
    graph = pools()

    for item in graph.of_type("NodePool"):
        assert _nodes(graph, item.name)["resourceLabels"] == {
            "tokenworks-platform": "gcp-dev",
            "tokenworks-environment": "dev",
            "tokenworks-managed-by": "pulumi",
        }


def test_no_name_is_fixed_so_a_replacement_starts_before_the_end() -> None:
    assert not any("name" in item.inputs for item in gpu_pool().of_type("NodePool"))
