"""What stacks need of an account's quotas: sums that a person can do by hand, and properties."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.aws.endpoints import INTERFACES
from infra.catalog.machines import MachineType, machine, machines
from infra.preflight.aws.catalogue import QUOTAS, vcpu_quota
from infra.preflight.aws.needs import PRIVATE_ENDPOINTS
from infra.preflight.facts import load_facts
from infra.preflight.quota import UnknownBucketError
from infra.preflight.quotas import increases, needs
from infra.spec.cloud import CloudProvider
from infra.spec.network import NatGateways
from infra.spec.pools import GpuPoolSpec, NodeRange, ReservationKind, ReservationSpec
from infra.spec.stack import StackSpec
from tests.unit.spec.stacks import a_stack, loaded

AWS = CloudProvider.AWS

FRESH = load_facts("fresh-account", AWS)
ENOUGH = replace(FRESH, quotas=dict.fromkeys(QUOTAS, 10**9))


def pools(*settings: dict[str, object]) -> StackSpec:
    """Return a stack with these GPU pools, and no model."""
    named = [{"name": f"pool-{number}", **pool} for number, pool in enumerate(settings)]
    return loaded(a_stack(gpuPools=named, models=None, layers=["foundation", "platform"]))


def at_maximum(spec: StackSpec) -> dict[str, int]:
    """Return the needs of a stack at its maximum, by quota code."""
    return {need.quota.code: need.at_maximum for need in needs(spec)}


@pytest.mark.parametrize(
    ("machine_type", "on_demand", "spot"),
    [
        ("g6e.12xlarge", "L-DB2E81BA", "L-3819A6DF"),
        ("gr6.4xlarge", "L-DB2E81BA", "L-3819A6DF"),
        ("p4d.24xlarge", "L-417A185B", "L-7212CCBC"),
        ("p5.48xlarge", "L-417A185B", "L-C4BD4855"),
        ("p5en.48xlarge", "L-417A185B", "L-C4BD4855"),
        ("m7i.large", "L-1216C47A", "L-34B43A08"),
        ("im4gn.large", "L-1216C47A", "L-34B43A08"),
    ],
)
def test_a_machine_counts_against_the_quota_of_its_family_and_way_of_buying(
    machine_type: str, on_demand: str, spot: str
) -> None:
    assert vcpu_quota(machine_type, "on-demand").code == on_demand
    assert vcpu_quota(machine_type, "spot").code == spot


@pytest.mark.parametrize("machine_type", ["inf2.xlarge", "trn1.2xlarge", "hpc7a.12xlarge", ""])
def test_a_family_that_has_a_quota_of_its_own_is_not_taken_for_another(machine_type: str) -> None:
    with pytest.raises(UnknownBucketError):
        vcpu_quota(machine_type, "on-demand")


def test_where_sources_disagree_nobody_guesses() -> None:
    with pytest.raises(UnknownBucketError, match=r"p6-b200\.48xlarge counts when bought as spot"):
        vcpu_quota("p6-b200.48xlarge", "spot")


@pytest.mark.parametrize("kind", machines("aws"), ids=lambda kind: kind.name)
def test_every_machine_of_the_catalogue_counts_somewhere(kind: MachineType) -> None:
    assert vcpu_quota(kind.name, "on-demand") != vcpu_quota(kind.name, "spot")


def test_the_sums_of_two_pools_of_one_family_are_one_need_that_names_both() -> None:
    spec = pools(
        {"gpu": "L4", "machineType": "g6.xlarge", "onDemand": {"min": 1, "max": 3}},
        {"gpu": "L40S", "machineType": "g6e.2xlarge", "onDemand": {"min": 0, "max": 2}},
    )

    (need,) = [need for need in needs(spec) if need.quota.code == "L-DB2E81BA"]

    assert (need.at_minimum, need.at_maximum) == (4, 3 * 4 + 2 * 8)
    assert need.because == (
        "gpuPools[pool-0].onDemand: 3 x g6.xlarge with 4 vCPUs",
        "gpuPools[pool-1].onDemand: 2 x g6e.2xlarge with 8 vCPUs",
    )


def test_a_fresh_account_must_ask_for_each_family_and_way_of_buying_apart() -> None:
    spec = pools(
        {"gpu": "L40S", "machineType": "g6e.12xlarge", "gpusPerNode": 4, "onDemand": {"max": 1}},
        {"gpu": "H100", "gpusPerNode": 8, "onDemand": {"min": 1, "max": 1}, "spot": {"max": 2}},
    )

    found = {item.quota.code: item for item in increases(spec, FRESH)}

    assert {code: (item.have, item.need) for code, item in found.items()} == {
        "L-DB2E81BA": (0, 48),
        "L-417A185B": (0, 192),
        "L-C4BD4855": (0, 384),
        "L-1216C47A": (5, found["L-1216C47A"].need),
    }
    assert found["L-417A185B"].blocks_the_first_up
    assert not found["L-DB2E81BA"].blocks_the_first_up
    assert found["L-C4BD4855"].request(loaded(a_stack()).cloud) == (
        "aws service-quotas request-service-quota-increase --region us-east-1 "
        "--service-code ec2 --quota-code L-C4BD4855 --desired-value 384"
    )


def test_a_stack_that_stands_on_another_needs_nothing_itself() -> None:
    base = a_stack(models=None, layers=["foundation", "platform"])
    spec = loaded(
        {
            "tokenworks:extends": "aws-base",
            "tokenworks:layers": ["models"],
            "tokenworks:models": a_stack()["tokenworks:models"],
        },
        "aws-base-models",
        aws_base=base,
    )

    assert needs(spec) == []


def test_a_network_needs_an_address_for_its_way_out_and_the_cluster_a_group_a_way() -> None:
    spec = pools({"gpu": "L4", "onDemand": {"max": 1}, "spot": {"max": 7}})

    found = at_maximum(spec)

    assert {code: found[code] for code in ("L-F678F1CE", "L-0263D0A3", "L-FE5A380F")} == {
        "L-F678F1CE": 1,
        "L-0263D0A3": 1,
        "L-FE5A380F": 1,
    }
    assert (found["L-1194D53C"], found["L-6D54EA21"], found["L-BD136A63"]) == (1, 3, 7)


def test_a_spot_group_needs_room_for_the_largest_of_its_types_in_each_quota_they_count_in() -> None:
    spec = pools({"gpu": "L4", "machineType": "g6.xlarge", "spot": {"max": 3}})
    mixed = spec.gpu_pools[0].model_copy(
        update={"spot_machine_types": ("g6.xlarge", "g6.4xlarge", "p5.4xlarge")}
    )

    found = at_maximum(spec.model_copy(update={"gpu_pools": (mixed,)}))

    assert (found["L-3819A6DF"], found["L-C4BD4855"]) == (3 * 16, 3 * 16)


def test_a_capacity_block_needs_no_on_demand_quota_and_a_reservation_does() -> None:
    spec = pools({"gpu": "H100", "gpusPerNode": 8, "onDemand": {"max": 1}})

    def reserved(kind: ReservationKind) -> dict[str, int]:
        reservation = ReservationSpec(id="cr-0123456789abcdef0", kind=kind, zone="us-east-1a")
        pool = spec.gpu_pools[0].model_copy(update={"reservation": reservation})
        return at_maximum(spec.model_copy(update={"gpu_pools": (pool,)}))

    assert "L-417A185B" not in reserved(ReservationKind.CAPACITY_BLOCK)
    assert reserved(ReservationKind.CAPACITY_RESERVATION)["L-417A185B"] == 192


def test_a_gateway_in_each_zone_needs_an_address_each_and_a_foreign_network_nothing() -> None:
    spec = pools({"gpu": "L4", "spot": {"max": 1}})
    cloud = spec.cloud.model_copy(update={"zones": 3})

    def with_network(**settings: object) -> dict[str, int]:
        network = spec.network.model_copy(update=settings)
        return at_maximum(spec.model_copy(update={"cloud": cloud, "network": network}))

    per_zone = with_network(nat_gateways=NatGateways.PER_ZONE)
    assert (per_zone["L-0263D0A3"], per_zone["L-FE5A380F"]) == (3, 1)
    foreign = with_network(vpc_id="vpc-0123456789abcdef0")
    assert not {"L-F678F1CE", "L-0263D0A3", "L-FE5A380F"} & foreign.keys()


ranges = st.tuples(st.integers(0, 40), st.integers(0, 40)).map(
    lambda pair: NodeRange(min=min(pair), max=max(pair))
)
gpu_machines = st.sampled_from([kind for kind in machines("aws") if kind.gpu])


@st.composite
def specs(draw: st.DrawFn) -> StackSpec:
    """Draw a stack with some pools of some machines."""
    drawn = []
    template = pools({"gpu": "L4", "spot": {"max": 1}})
    for number in range(draw(st.integers(0, 4))):
        kind = draw(gpu_machines)
        settings = {
            "name": f"p{number}",
            "gpu": kind.gpu,
            "gpus_per_node": kind.gpu_count,
            "machine_type": kind.name,
            "spot_machine_types": (kind.name,),
            "on_demand": draw(st.none() | ranges),
            "spot": draw(st.none() | ranges),
        }
        drawn.append(template.gpu_pools[0].model_copy(update=settings))
    return template.model_copy(update={"gpu_pools": tuple(drawn)})


@given(specs())
def test_all_machines_are_counted_once_and_in_some_quota(spec: StackSpec) -> None:
    counted = sum(need.at_maximum for need in needs(spec) if need.quota.unit == "vCPU")

    system = spec.cluster.system_nodes
    beside = 2 * spec.cloud.zones  # EKS's own, while a version rolls out
    wanted = (system.max + beside) * machine("aws", system.machine_type).vcpus
    for pool in spec.gpu_pools:
        nodes = sum(way.max for way in (pool.on_demand, pool.spot) if way)
        wanted += nodes * machine("aws", pool.machine_type).vcpus
    assert counted == wanted


@given(specs())
def test_a_need_at_the_minimum_is_never_above_the_one_at_the_maximum(spec: StackSpec) -> None:
    assert all(0 <= need.at_minimum <= need.at_maximum for need in needs(spec))


@given(specs())
def test_an_account_with_exactly_what_is_needed_must_ask_for_nothing_and_with_one_less_for_that(
    spec: StackSpec,
) -> None:
    exact = replace(ENOUGH, quotas={**ENOUGH.quotas, **at_maximum(spec)})
    assert increases(spec, exact) == []

    for need in needs(spec):
        less = replace(exact, quotas={**exact.quotas, need.quota.code: need.at_maximum - 1})
        (increase,) = increases(spec, less)
        assert (increase.quota, increase.need) == (need.quota, need.at_maximum)
        assert increase.have == need.at_maximum - 1


@given(specs(), st.integers(0, 3))
def test_a_larger_pool_never_needs_less(spec: StackSpec, more: int) -> None:
    def grown(pool: GpuPoolSpec) -> GpuPoolSpec:
        return pool.model_copy(
            update={
                name: NodeRange(min=way.min, max=way.max + more)
                for name, way in (("on_demand", pool.on_demand), ("spot", pool.spot))
                if way
            }
        )

    system = spec.cluster.system_nodes
    nodes = system.model_copy(update={"max": system.max + more})
    cluster = spec.cluster.model_copy(update={"system_nodes": nodes})
    larger = spec.model_copy(
        update={"gpu_pools": tuple(map(grown, spec.gpu_pools)), "cluster": cluster}
    )

    before, after = at_maximum(spec), at_maximum(larger)
    assert all(after[code] >= count for code, count in before.items())


def test_private_endpoints_are_counted_where_a_network_has_them() -> None:
    def needed(*, interface_endpoints: bool) -> int | None:
        network = {"interfaceEndpoints": interface_endpoints}
        return at_maximum(loaded(a_stack(network=network))).get("L-29B6F2EB")

    assert needed(interface_endpoints=True) == PRIVATE_ENDPOINTS == len(INTERFACES)
    assert needed(interface_endpoints=False) is None


def test_one_more_endpoint_is_counted_for_each_store_of_aws_that_pods_write_to() -> None:
    def needed(observability: object) -> int:
        stack = a_stack(network={"interfaceEndpoints": True}, observability=observability)
        return at_maximum(loaded(stack))["L-29B6F2EB"]

    logs, metrics = {"logs": {"store": "cloud"}}, {"metrics": {"managed": True}}
    assert needed(logs) == needed(metrics) == len(INTERFACES) + 1
    assert needed(logs | metrics) == len(INTERFACES) + 2
