"""How a pool buys its machines: what follows from the catalogue, and what is refused."""

from dataclasses import replace

import pytest

from infra.catalog.machines import machine
from infra.spec import checks_capacity
from infra.spec.mistakes import Mistake
from infra.spec.pools import GpuPoolSpec, LocalStorage, ReservationKind
from tests.unit.spec.stacks import Config, a_stack, loaded, mistakes, only

RESERVATION = {"id": "cr-0123456789abcdef0", "kind": "capacity-reservation", "zone": "us-east-1a"}
BLOCK = {**RESERVATION, "kind": "capacity-block"}
H100 = {"gpu": "H100", "gpusPerNode": 8}


def a_bare_pool(**settings: object) -> Config:
    """Return a stack with one pool, and no model on it; None leaves a setting out."""
    pool = {"name": "p", "gpu": "L4", **settings}
    named = {key: value for key, value in pool.items() if value is not None}
    return a_stack(gpuPools=[named], models=None)


def the_pool(config: Config) -> GpuPoolSpec:
    return loaded(config).gpu_pools[0]


def test_spot_types_follow_from_machine_and_region() -> None:
    assert the_pool(a_bare_pool(spot={"max": 1})).spot_machine_types == (
        "g6.2xlarge",
        "g6.4xlarge",
        "gr6.4xlarge",
        "g6.8xlarge",
        "gr6.8xlarge",
    )


def test_a_region_that_sells_fewer_types_gets_fewer() -> None:
    config = a_bare_pool(spot={"max": 1})
    config["tokenworks:cloud"] = {"provider": "aws", "region": "me-central-1"}
    config["tokenworks:cluster"] = {}

    assert "gr6.4xlarge" not in the_pool(config).spot_machine_types


def test_a_pool_without_spot_has_no_spot_types() -> None:
    assert the_pool(a_bare_pool(onDemand={"max": 1})).spot_machine_types == ()


def test_written_spot_types_stay() -> None:
    written = ["g6.2xlarge", "g6.4xlarge"]

    pool = the_pool(a_bare_pool(spot={"max": 1}, spotMachineTypes=written))

    assert pool.spot_machine_types == tuple(written)


def test_with_efa_a_spot_group_buys_one_type() -> None:
    pool = the_pool(a_bare_pool(machineType="g6.8xlarge", spot={"max": 1}, efa=True))

    assert pool.spot_machine_types == ("g6.8xlarge",)


def test_local_disks_are_used_where_a_machine_has_some() -> None:
    assert the_pool(a_bare_pool(spot={"max": 1})).local_storage is LocalStorage.RAID0
    off = a_bare_pool(spot={"max": 1}, localStorage="none")
    assert the_pool(off).local_storage is LocalStorage.NONE


def test_of_two_machines_the_one_that_the_region_sells_is_derived() -> None:
    h200 = {"gpu": "H200", "gpusPerNode": 8, "onDemand": {"max": 1}}
    config = a_bare_pool(**h200)
    assert the_pool(config).machine_type == "p5en.48xlarge"

    config["tokenworks:cloud"] = {"provider": "aws", "region": "eu-west-2"}

    assert the_pool(config).machine_type == "p5e.48xlarge"


@pytest.mark.parametrize(
    ("types", "setting", "problem", "got"),
    [
        (["g6.4xlarge"], "spotMachineTypes", "does not begin with machineType", '["g6.4xlarge"]'),
        ([], "spotMachineTypes", "does not begin with machineType", "[]"),
        (
            ["g6.2xlarge", "g6e.2xlarge"],
            "spotMachineTypes[1]",
            "does not have 1 x L4",
            '"g6e.2xlarge, which has 1 x L40S"',
        ),
        (
            ["g6.2xlarge", "g6.12xlarge"],
            "spotMachineTypes[1]",
            "does not have 1 x L4",
            '"g6.12xlarge, which has 4 x L4"',
        ),
        (
            ["g6.2xlarge", "m7i.2xlarge"],
            "spotMachineTypes[1]",
            "does not have 1 x L4",
            '"m7i.2xlarge, which has no GPU"',
        ),
        (
            ["g6.2xlarge", "g6.xlarge"],
            "spotMachineTypes[1]",
            "leaves less room than g6.2xlarge",
            '"g6.xlarge"',
        ),
        (
            ["g6.2xlarge", "g6.4xlarge", "g6.4xlarge"],
            "spotMachineTypes[2]",
            "is named twice",
            '"g6.4xlarge"',
        ),
        (
            ["g6.2xlarge", "g6.4xlrge"],
            "spotMachineTypes[1]",
            "unknown machine type",
            '"g6.4xlrge"',
        ),
    ],
)
def test_spot_types_that_could_not_stand_in_are_refused(
    types: list[str], setting: str, problem: str, got: str
) -> None:
    mistake = only(a_bare_pool(spot={"max": 1}, spotMachineTypes=types))

    assert (mistake.setting, mistake.problem, mistake.got) == (
        f"gpuPools[p].{setting}",
        problem,
        got,
    )


def test_a_misspelt_spot_type_is_corrected() -> None:
    types = ["g6.2xlarge", "g6.4xlrge"]

    mistake = only(a_bare_pool(spot={"max": 1}, spotMachineTypes=types))

    assert "g6.4xlarge" in mistake.next_step


def test_a_spot_type_that_the_region_does_not_sell_is_refused() -> None:
    config = a_bare_pool(spot={"max": 1}, spotMachineTypes=["g6.2xlarge", "gr6.4xlarge"])
    config["tokenworks:cloud"] = {"provider": "aws", "region": "me-central-1"}

    assert only(config).problem == "is not known to be sold in me-central-1"


def test_spot_types_without_spot_are_refused() -> None:
    mistake = only(a_bare_pool(onDemand={"max": 1}, spotMachineTypes=["g6.2xlarge"]))

    assert mistake.problem == "means nothing without spot"


def test_local_disks_that_a_machine_does_not_have_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Every GPU machine of the catalogue has some today.
    bare = replace(machine("aws", "g6.2xlarge"), nvme_disks=0, nvme_gb_each=0)
    monkeypatch.setattr(checks_capacity, "machine", lambda _cloud, _name: bare)

    mistake = only(a_bare_pool(onDemand={"max": 1}, localStorage="raid0"))

    assert (mistake.problem, mistake.allowed) == ("g6.2xlarge has no local disk", "none")


def test_efa_on_a_machine_without_it_is_refused() -> None:
    mistake = only(a_bare_pool(spot={"max": 1}, efa=True))

    assert mistake.problem == "g6.2xlarge has no Elastic Fabric Adapter"
    assert mistake.allowed == "false, or one of: g6.8xlarge, gr6.8xlarge, g6.16xlarge"
    assert mistake.next_step == "write machineType: g6.8xlarge"


def test_efa_with_several_spot_types_is_refused() -> None:
    types = ["g6e.12xlarge", "g6e.24xlarge"]  # one network card, and two
    config = a_bare_pool(
        gpu="L40S", gpusPerNode=4, spot={"max": 1}, spotMachineTypes=types, efa=True
    )

    assert only(config).setting == "gpuPools[p].spotMachineTypes"


def test_a_reservation_is_for_on_demand_nodes() -> None:
    good = a_bare_pool(onDemand={"max": 1}, reservation=RESERVATION)
    reservation = the_pool(good).reservation
    assert reservation is not None
    assert reservation.kind is ReservationKind.CAPACITY_RESERVATION

    mistake = only(a_bare_pool(onDemand={"max": 1}, spot={"max": 1}, reservation=RESERVATION))

    assert mistake.problem == "cannot be used by spot nodes"


@pytest.mark.parametrize(
    ("spoilt", "setting", "problem"),
    [
        ({"id": "0123"}, "reservation.id", "is not the id of a capacity reservation"),
        ({"zone": "us-west-2a"}, "reservation.zone", "is not a zone of us-east-1"),
        ({"zone": "us-east-1"}, "reservation.zone", "is not a zone of us-east-1"),
        ({"kind": "odcr"}, "reservation.kind", "is not a choice"),
    ],
)
def test_a_reservation_that_nobody_has_is_refused(
    spoilt: dict[str, str], setting: str, problem: str
) -> None:
    mistake = only(a_bare_pool(onDemand={"max": 1}, reservation={**RESERVATION, **spoilt}))

    assert (mistake.setting, mistake.problem) == (f"gpuPools[p].{setting}", problem)


def test_a_reservation_in_a_placement_group_of_ours_is_refused() -> None:
    config = a_bare_pool(onDemand={"max": 1}, reservation=RESERVATION, placementGroup=True)

    assert only(config).setting == "gpuPools[p].placementGroup"


@pytest.mark.parametrize("least", [0, 2])
def test_a_capacity_block_may_begin_without_nodes(least: int) -> None:
    bounds = {"min": least, "max": 2}
    assert mistakes(a_bare_pool(**H100, onDemand=bounds, reservation=BLOCK)) == ()


def test_a_machine_that_is_not_sold_in_blocks_is_refused() -> None:
    mistake = only(a_bare_pool(onDemand={"min": 1, "max": 1}, reservation=BLOCK))

    assert mistake.problem == "g6.2xlarge is not sold in Capacity Blocks"
    assert "p5.48xlarge" in mistake.allowed


@pytest.mark.parametrize("environment", ["staging", "prod"])
def test_outside_of_dev_system_nodes_span_two_zones(environment: str) -> None:
    nodes = {"machineType": "m7i.large", "min": 1, "max": 3}

    mistake = only(a_stack(environment=environment, cluster={"systemNodes": nodes}))

    assert (mistake.setting, mistake.next_step) == (
        "cluster.systemNodes.min",
        "write min: 2, or remove it",
    )


def _parts(mistake: Mistake) -> tuple[str, ...]:
    return mistake.setting, mistake.problem, mistake.got, mistake.allowed, mistake.next_step


def test_mistakes_of_a_pool_come_all_at_once_with_five_parts_each() -> None:
    config = a_bare_pool(
        onDemand={"min": 0, "max": 2},
        spot={"max": 1},
        spotMachineTypes=["g6e.2xlarge"],
        efa=True,
        placementGroup=True,
        reservation={"id": "x", "kind": "capacity-block", "zone": "nowhere"},
    )

    found = mistakes(config)

    assert len(found) == 8
    assert all(all(_parts(mistake)) for mistake in found)
