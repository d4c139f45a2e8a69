"""Where pools stand: only where their machine is sold, and a clear word when that is nowhere."""

from dataclasses import replace

import pytest

from components.aws.node_pools_zones import Stand, by_type
from components.nodes import NoZoneError
from infra.graph import invokes
from infra.graph.invoked import Place
from infra.wire import Properties
from tests.unit.components import examples
from tests.unit.components.aws.pools import gpu_pool, system_pool

SOLD = {"g6e.12xlarge": ["us-east-1a", "us-east-1c"], "g6e.24xlarge": ["us-east-1b"]}
ZONES = ("us-east-1a", "us-east-1b", "us-east-1c")
STAND = Stand(pool="l40s", machine_types=("g6e.12xlarge", "g6e.24xlarge"))


def test_only_zones_that_sell_the_machine_are_used() -> None:
    assert STAND.choose(ZONES, SOLD) == [0, 2]


def test_a_pool_in_one_zone_takes_the_first_that_sells_the_machine() -> None:
    assert replace(STAND, one_zone=True).choose(ZONES[1:], SOLD) == [1]


def test_a_reservation_decides_the_zone() -> None:
    assert replace(STAND, zone="us-east-1c").choose(ZONES, SOLD) == [2]


def test_a_type_that_none_of_the_chosen_zones_sells_is_left_out() -> None:
    assert STAND.types_in(["us-east-1a", "us-east-1c"], SOLD) == ["g6e.12xlarge"]
    assert STAND.types_in(ZONES, SOLD) == ["g6e.12xlarge", "g6e.24xlarge"]


@pytest.mark.parametrize(
    ("stand", "zones", "needs"),
    [
        (STAND, ["us-east-1b"], "needs a zone that sells g6e.12xlarge, got"),
        (
            replace(STAND, least_zones=2),
            ["us-east-1a", "us-east-1b"],
            "needs 2 zones that sell g6e",
        ),
        (
            replace(STAND, least_zones=2),
            ["us-east-1a", "us-east-1a"],
            "needs 2 zones that sell g6e",
        ),
        (
            replace(STAND, zone="us-east-1b"),
            ZONES,
            "in the zone of its reservation, us-east-1b, got",
        ),
        (replace(STAND, machine_types=("p9.large",)), ZONES, "it is sold in no zone"),
    ],
)
def test_a_pool_that_can_stand_nowhere_says_why(stand: Stand, zones: list[str], needs: str) -> None:
    with pytest.raises(NoZoneError, match="node pool l40s: ") as caught:
        stand.choose(zones, SOLD)

    assert needs in str(caught.value)
    assert f"a network in {', '.join(sorted(set(zones)))};" in str(caught.value)


def test_the_refusal_lists_the_zones_that_would_do() -> None:
    with pytest.raises(NoZoneError, match=r"sold in us-east-1a, us-east-1c: raise cloud\.zones"):
        STAND.choose(["us-east-1b"], SOLD)


def test_offers_are_read_by_machine_type() -> None:
    assert by_type(["a", "b", "a"], ["x", "x", "y"]) == {"a": ["x", "y"], "b": ["x"]}


def _answer(sold: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the recording answer with these offers."""
    pairs = [(name, zone) for name, zones in sold.items() for zone in zones]

    def answer(arguments: Properties, place: Place) -> Properties:
        return arguments | {
            "id": place.region,
            "region": place.region,
            "instanceTypes": [name for name, _zone in pairs],
            "locations": [zone for _name, zone in pairs],
            "locationTypes": ["availability-zone"] * len(pairs),
        }

    token = "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings"
    monkeypatch.setattr(invokes, "ANSWERS", {**invokes.ANSWERS, token: answer})


def test_groups_stand_in_the_subnets_of_those_zones(monkeypatch: pytest.MonkeyPatch) -> None:
    _answer({"g6.2xlarge": ["us-east-1b"], "g6.4xlarge": ["us-east-1a"]}, monkeypatch)
    pool = examples.POOL.model_copy(update={"spot_machine_types": ("g6.2xlarge", "g6.4xlarge")})

    graph = gpu_pool(pool)

    for group in graph.of_type("NodeGroup"):
        assert group.inputs["subnetIds"] == ["subnet-3"]
        assert group.inputs["instanceTypes"] == ["g6.2xlarge"]


def test_system_nodes_need_two_zones(monkeypatch: pytest.MonkeyPatch) -> None:
    _answer({"m7i.large": ["us-east-1b"]}, monkeypatch)

    with pytest.raises(NoZoneError, match=r"node pool system: needs 2 zones that sell m7i\.large"):
        system_pool()
