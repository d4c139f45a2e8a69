"""What a stack on Google Cloud needs of a project's quotas, and how the increase is asked for."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components import nodes
from infra.catalog.machines import GcpMachine, gcp_machine, machines
from infra.preflight.facts import load_facts
from infra.preflight.gcp.catalogue import QUOTAS, gpu_quotas, machine_demand
from infra.preflight.gcp.needs import SYSTEM_DISK_GIB
from infra.preflight.quota import UnknownBucketError
from infra.preflight.quotas import increases, needs
from infra.spec.cloud import CloudProvider
from infra.spec.files import load_stack_file, stack_names
from infra.spec.pools import NodeRange
from infra.spec.stack import StackSpec
from tests.unit.spec.stacks import a_gcp_stack, loaded

FRESH = load_facts("fresh-account", CloudProvider.GCP)
TYPICAL = load_facts("typical", CloudProvider.GCP)
MACHINES = [gcp_machine(one.name) for one in machines("gcp")]


def pools(*settings: dict[str, object]) -> StackSpec:
    """Return a stack with these pools, two system nodes and no model."""
    named = [{"name": f"pool-{index}", **pool} for index, pool in enumerate(settings)]
    nodes = {"machineType": "e2-standard-4", "min": 1, "max": 2}
    cluster = {"systemNodes": nodes}
    return loaded(a_gcp_stack(gpuPools=named, cluster=cluster, models=None), "gcp-dev")


def at_maximum(spec: StackSpec) -> dict[str, int]:
    return {need.quota.code: need.at_maximum for need in needs(spec)}


@pytest.mark.parametrize(
    ("pool", "codes"),
    [
        ({"gpu": "L4", "onDemand": {"max": 3}}, {"NVIDIA_L4_GPUS": 3}),
        ({"gpu": "L4", "spot": {"max": 3}}, {"PREEMPTIBLE_NVIDIA_L4_GPUS": 3}),
        ({"gpu": "L4", "flexStart": {"max": 3}}, {"PREEMPTIBLE_NVIDIA_L4_GPUS": 3}),
        (
            {"gpu": "H100", "gpusPerNode": 8, "onDemand": {"max": 2}},
            {"GPUS_PER_GPU_FAMILY/NVIDIA_H100": 16},
        ),
        (
            {"gpu": "H100", "gpusPerNode": 8, "machineType": "a3-megagpu-8g", "spot": {"max": 1}},
            {"PREEMPTIBLE_NVIDIA_H100_MEGA_GPUS": 8},
        ),
        (
            {"gpu": "RTX-PRO-6000", "onDemand": {"max": 1}, "spot": {"max": 2}},
            {
                "GPUS_PER_GPU_FAMILY/NVIDIA_RTX_PRO_6000": 1,
                "PREEMPTIBLE_NVIDIA_RTX_PRO_6000_GPUS": 2,
            },
        ),
        (
            {"gpu": "A100-80GB", "gpusPerNode": 2, "onDemand": {"max": 1}},
            {"NVIDIA_A100_80GB_GPUS": 2},
        ),
    ],
)
def test_gpus_count_by_their_kind_and_way_of_buying_and_over_all_regions(
    pool: dict[str, object], codes: dict[str, int]
) -> None:
    found = at_maximum(pools(pool))

    gpus = {code: count for code, count in found.items() if "GPU" in code}
    assert gpus == {**codes, "GPUS_ALL_REGIONS": sum(codes.values())}


def test_machines_with_gpus_count_no_cpus_and_those_without_count_by_series() -> None:
    spec = pools({"gpu": "L4", "onDemand": {"max": 3}})
    n2 = spec.cluster.system_nodes.model_copy(update={"machine_type": "n2-standard-4"})
    cluster = spec.cluster.model_copy(update={"system_nodes": n2})

    assert at_maximum(spec)["CPUS"] == at_maximum(spec)["CPUS_ALL_REGIONS"] == 3 * 4
    moved = at_maximum(spec.model_copy(update={"cluster": cluster}))
    assert moved["N2_CPUS"] == moved["CPUS_ALL_REGIONS"] == 3 * 4
    assert "CPUS" not in moved


def test_boot_disks_count_by_their_type() -> None:
    found = at_maximum(
        pools(
            {"gpu": "L4", "onDemand": {"max": 2}, "diskGib": 300},
            {"gpu": "RTX-PRO-6000", "spot": {"max": 3}, "diskGib": 400},
        )
    )

    assert found["SSD_TOTAL_GB"] == 2 * 300 + 3 * 50
    assert found["HDB_TOTAL_GB"] == 3 * 400
    assert found["INSTANCES"] == 2 + 3 + 3


def test_the_disk_of_a_system_node_is_the_one_that_the_components_make() -> None:
    assert SYSTEM_DISK_GIB == nodes.SYSTEM_DISK_GIB


def test_local_ssds_that_are_asked_for_count_and_those_in_the_machine_do_not() -> None:
    asked = at_maximum(pools({"gpu": "L4", "onDemand": {"max": 2}, "localStorage": "raid0"}))
    spot = at_maximum(pools({"gpu": "L4", "spot": {"max": 2}, "localStorage": "raid0"}))
    inside = at_maximum(pools({"gpu": "A100-80GB", "onDemand": {"max": 1}}))

    assert asked["LOCAL_SSD_TOTAL_GB"] == spot["PREEMPTIBLE_LOCAL_SSD_GB"] == 2 * 375
    assert not {"LOCAL_SSD_TOTAL_GB", "PREEMPTIBLE_LOCAL_SSD_GB"} & inside.keys()


def test_a_reservation_took_its_quota_when_it_was_made() -> None:
    reservation = {"id": "l4s", "kind": "capacity-reservation", "zone": "us-central1-a"}

    found = at_maximum(pools({"gpu": "L4", "onDemand": {"max": 2}, "reservation": reservation}))

    assert not [code for code in found if "GPU" in code]


def test_a_network_of_our_own_counts_and_a_foreign_one_does_not() -> None:
    spec = pools({"gpu": "L4", "spot": {"max": 1}})
    network = spec.network.model_copy(update={"vpc_id": "shared"})
    codes = {"NETWORKS", "SUBNETWORKS", "ROUTERS", "IN_USE_ADDRESSES"}

    assert codes <= at_maximum(spec).keys()
    assert not codes & at_maximum(spec.model_copy(update={"network": network})).keys()


def test_a_fresh_project_asks_with_one_line_of_gcloud_for_each_quota() -> None:
    spec = pools(
        {"gpu": "H100", "gpusPerNode": 8, "onDemand": {"min": 1, "max": 1}},
        {"gpu": "L4", "spot": {"max": 4}},
    )

    found = {item.quota.code: item for item in increases(spec, FRESH)}

    assert {code: (item.have, item.need) for code, item in found.items()} == {
        "GPUS_ALL_REGIONS": (0, 12),
        "GPUS_PER_GPU_FAMILY/NVIDIA_H100": (0, 8),
        "PREEMPTIBLE_NVIDIA_L4_GPUS": (1, 4),
        "SSD_TOTAL_GB": (500, found["SSD_TOTAL_GB"].need),
    }
    assert found["GPUS_PER_GPU_FAMILY/NVIDIA_H100"].blocks_the_first_up
    assert not found["PREEMPTIBLE_NVIDIA_L4_GPUS"].blocks_the_first_up
    start = "gcloud beta quotas preferences create --project=example-llm-dev "
    start += "--service=compute.googleapis.com --quota-id="
    assert found["GPUS_PER_GPU_FAMILY/NVIDIA_H100"].request(spec.cloud) == (
        f"{start}GPUS-PER-GPU-FAMILY-per-project-region "
        "--dimensions=region=us-central1,gpu_family=NVIDIA_H100 "
        "--preferred-value=8 --email=YOU@EXAMPLE.COM"
    )
    assert found["GPUS_ALL_REGIONS"].request(spec.cloud) == (
        f"{start}GPUS-ALL-REGIONS-per-project --preferred-value=12 --email=YOU@EXAMPLE.COM"
    )


@pytest.mark.parametrize("kind", MACHINES, ids=lambda kind: kind.name)
def test_every_machine_of_the_catalogue_counts_somewhere(kind: GcpMachine) -> None:
    for way in ("on-demand", "spot"):
        assert all(quota.code in QUOTAS for quota in machine_demand(kind, way))


def test_a_gpu_of_which_no_source_says_is_refused() -> None:
    with pytest.raises(UnknownBucketError, match="nvidia-b200 counts as spot"):
        gpu_quotas("nvidia-b200", "spot")


@pytest.mark.parametrize("name", [name for name in stack_names() if name.startswith("gcp-")])
def test_a_typical_project_has_enough_for_every_stack_of_ours(name: str) -> None:
    assert increases(load_stack_file(name), TYPICAL) == []


def test_a_typical_project_has_at_least_what_a_fresh_one_has() -> None:
    assert all(TYPICAL.quota(code) >= FRESH.quota(code) for code in QUOTAS)
    assert all(TYPICAL.quota(code) > 0 for code in QUOTAS)


RANGES = st.tuples(st.integers(0, 20), st.integers(0, 20)).map(
    lambda pair: NodeRange(min=min(pair), max=max(pair))
)


@given(on_demand=st.none() | RANGES, spot=st.none() | RANGES, flex=st.none() | RANGES)
def test_a_project_with_exactly_what_is_needed_must_ask_for_nothing_and_with_less_for_that(
    on_demand: NodeRange | None, spot: NodeRange | None, flex: NodeRange | None
) -> None:
    template = pools({"gpu": "L4", "spot": {"max": 1}})
    pool = template.gpu_pools[0].model_copy(
        update={"on_demand": on_demand, "spot": spot, "flex_start": flex}
    )
    spec = template.model_copy(update={"gpu_pools": (pool,)})
    exact = replace(FRESH, quotas={**dict.fromkeys(QUOTAS, 0), **at_maximum(spec)})

    assert increases(spec, exact) == []
    for need in needs(spec):
        assert 0 <= need.at_minimum <= need.at_maximum
        less = replace(exact, quotas={**exact.quotas, need.quota.code: need.at_maximum - 1})
        (increase,) = increases(spec, less)
        assert (increase.quota, increase.need) == (need.quota, need.at_maximum)


@given(
    on_demand=RANGES, spot=RANGES, flex=RANGES, system=st.integers(2, 90), more=st.integers(0, 9)
)
def test_more_nodes_at_most_never_need_less(
    on_demand: NodeRange, spot: NodeRange, flex: NodeRange, system: int, more: int
) -> None:
    template = pools({"gpu": "L4", "spot": {"max": 1}})

    def sized(extra: int) -> dict[str, int]:
        ways = {"on_demand": on_demand, "spot": spot, "flex_start": flex}
        grown = {name: NodeRange(min=way.min, max=way.max + extra) for name, way in ways.items()}
        pool = template.gpu_pools[0].model_copy(update=grown)
        nodes = template.cluster.system_nodes.model_copy(update={"max": system + extra})
        cluster = template.cluster.model_copy(update={"system_nodes": nodes})
        return at_maximum(template.model_copy(update={"gpu_pools": (pool,), "cluster": cluster}))

    after = sized(more)
    assert all(after[code] >= count for code, count in sized(0).items())
