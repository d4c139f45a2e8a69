"""The network and the hub: what belongs together, and what is nobody's to change."""

import pytest

from infra.spec.network import NatGateways
from tests.unit.spec.stacks import Config, a_stack, loaded, mistakes, only

VPC = "vpc-0123456789abcdef0"
SUBNETS = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]


def foreign(**settings: object) -> Config:
    """Return a stack in a network that exists."""
    return a_stack(network={"vpcId": VPC, "privateSubnetIds": SUBNETS, **settings})


def prod(**sections: object) -> Config:
    """Return a stack with the defaults of production."""
    return a_stack(environment="prod", **sections)


def test_production_has_a_way_out_in_each_zone_and_dev_shares_one() -> None:
    assert loaded(prod()).network.nat_gateways is NatGateways.PER_ZONE
    assert loaded(a_stack()).network.nat_gateways is NatGateways.SINGLE


def test_production_is_protected_and_dev_is_cheap_to_drop() -> None:
    assert loaded(prod()).cluster.deletion_protection
    assert not loaded(a_stack()).cluster.deletion_protection


def test_nothing_is_made_in_a_network_that_exists_even_in_production() -> None:
    network = loaded(prod(network={"vpcId": VPC, "privateSubnetIds": SUBNETS})).network

    assert network.is_foreign
    assert (network.nat_gateways, network.interface_endpoints, network.flow_logs) == (
        NatGateways.SINGLE,
        False,
        False,
    )


@pytest.mark.parametrize(
    ("setting", "value"),
    [("natGateways", "per-zone"), ("interfaceEndpoints", True), ("flowLogs", True)],
)
def test_a_setting_that_would_change_somebody_elses_network_is_refused(
    setting: str, value: object
) -> None:
    mistake = only(foreign(**{setting: value}))

    assert mistake.setting == f"network.{setting}"
    assert "somebody else's" in mistake.problem


def test_a_foreign_network_needs_subnets_in_two_zones() -> None:
    mistake = only(foreign(privateSubnetIds=SUBNETS[:1]))

    assert (mistake.setting, mistake.got) == ("network.privateSubnetIds", "1")


def test_subnets_belong_to_a_network() -> None:
    mistake = only(a_stack(network={"privateSubnetIds": SUBNETS}))

    assert mistake.problem == "are subnets of no network"


@pytest.mark.parametrize(
    ("network", "setting"),
    [
        ({"vpcId": "vpc-1", "privateSubnetIds": SUBNETS}, "network.vpcId"),
        ({"vpcId": VPC, "privateSubnetIds": [*SUBNETS, "net-1"]}, "network.privateSubnetIds[2]"),
        ({"vpcId": VPC, "privateSubnetIds": SUBNETS * 2}, "network.privateSubnetIds[2]"),
        (
            {"vpcId": VPC, "privateSubnetIds": SUBNETS, "publicSubnetIds": SUBNETS[:1]},
            "network.publicSubnetIds",
        ),
    ],
)
def test_ids_are_checked_one_by_one(network: dict[str, object], setting: str) -> None:
    assert setting in [mistake.setting for mistake in mistakes(a_stack(network=network))]


@pytest.mark.parametrize("value", ["yes", 1, "true"])
def test_a_switch_is_true_or_false_and_nothing_else(value: object) -> None:
    mistake = only(a_stack(network={"flowLogs": value}))

    assert (mistake.problem, mistake.next_step) == ("is not true or false", "write true or false")


def test_mirrors_are_tried_in_their_order() -> None:
    mirrors = ["https://mirror.example.com/hf", "https://huggingface.co"]

    assert list(loaded(a_stack(hub={"endpoints": mirrors})).hub.endpoints) == mirrors


@pytest.mark.parametrize("endpoint", ["http://huggingface.co", "huggingface.co", "https://x.org/"])
def test_an_address_that_a_server_could_not_use_is_refused(endpoint: str) -> None:
    assert only(a_stack(hub={"endpoints": [endpoint]})).setting == "hub.endpoints[0]"


def test_a_hub_without_an_address_is_refused() -> None:
    assert only(a_stack(hub={"endpoints": []})).setting == "hub.endpoints"


def test_a_hub_may_ask_for_a_token_which_is_no_setting() -> None:
    assert loaded(a_stack(hub={"token": True})).hub.token


def test_a_secret_token_is_refused_with_the_way_to_the_secret_manager() -> None:
    mistake = only(a_stack(hubToken={"secure": "v1:abc"}))

    assert (mistake.setting, mistake.got) == ("hubToken", "[secret]")
    assert "pulumi config rm tokenworks:hubToken" in mistake.next_step
    assert "docs/data.md" in mistake.next_step
    assert "revoke" not in mistake.next_step


def test_a_plain_token_is_refused_never_shown_and_to_be_revoked() -> None:
    found = mistakes(a_stack(hub={"token": True}, hubToken="hf_not-to-be-seen"))

    assert [mistake.setting for mistake in found] == ["hubToken"]
    assert "revoke" in found[0].next_step
    assert "hf_not-to-be-seen" not in str(found)


def test_an_unknown_checkpoint_must_say_how_large_it_is() -> None:
    model = {"name": "m", "source": "o/unknown", "pool": "l4", "context": 4096}

    assert only(a_stack(models=[model])).setting == "models[m].weightsGib"


def test_a_floor_is_the_default_where_a_pool_buys_both_ways() -> None:
    pool = {"name": "l4", "gpu": "L4", "onDemand": {"min": 1, "max": 2}, "spot": {"max": 4}}

    (model,) = loaded(prod(gpuPools=[pool])).models
    assert (model.replicas.min, model.replicas.on_demand) == (2, 1)
    (model,) = loaded(prod()).models  # spot only
    assert model.replicas.on_demand == 0
