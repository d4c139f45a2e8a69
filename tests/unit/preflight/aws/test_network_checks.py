"""A network that exists: what makes it unfit, and what only costs money."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.preflight.aws.network import Network, Subnet, WayOut
from infra.preflight.aws.network_checks import (
    CONTROL_PLANE_ADDRESSES,
    PRIVATE_ROLE_TAG,
    PUBLIC_ROLE_TAG,
    addresses_needed,
    check_network,
)
from infra.preflight.findings import Finding
from infra.preflight.report import network_report
from infra.spec.pools import NodeRange
from infra.spec.stack import StackSpec
from tests.unit.components import examples

VPC = "vpc-0123456789abcdef0"
PRIVATE = ("subnet-0123456789abcdef0", "subnet-0123456789abcdef1")
PUBLIC = ("subnet-0123456789abcdef2",)
NAT = WayOut("nat-1", works=True)
GATEWAY = WayOut("igw-1", works=True)

SPEC = examples.stack_spec().model_copy(
    update={
        "network": examples.NETWORK.model_copy(
            update={"vpc_id": VPC, "private_subnet_ids": PRIVATE, "public_subnet_ids": PUBLIC}
        )
    }
)


def subnet(zone: str, way_out: WayOut | None = NAT, **tags: str) -> Subnet:
    """Return a subnet of the network, roomy and with a gateway endpoint for S3."""
    return Subnet(
        vpc_id=VPC,
        zone=f"us-east-1{zone}",
        zone_id=f"use1-az{ord(zone)}",
        free_addresses=4000,
        tags={PRIVATE_ROLE_TAG: "1", **tags},
        way_out=way_out,
        reaches_s3_by_gateway=True,
    )


FIT = Network(
    exists=True,
    dns_support=True,
    dns_hostnames=True,
    subnets={
        PRIVATE[0]: subnet("a"),
        PRIVATE[1]: subnet("b"),
        PUBLIC[0]: replace(subnet("a", GATEWAY), tags={PUBLIC_ROLE_TAG: "1"}),
    },
)


def changed(name: str, **settings: object) -> Network:
    """Return the fit network with one subnet changed."""
    return replace(FIT, subnets={**FIT.subnets, name: replace(FIT.subnets[name], **settings)})


def problems(network: Network, spec: StackSpec = SPEC) -> list[str]:
    return [finding.mistake.problem for finding in check_network(network, spec)]


def only(network: Network) -> Finding:
    """Return the one finding; a second one would be a false alarm."""
    (finding,) = check_network(network, SPEC)
    return finding


def test_a_fit_network_has_no_finding() -> None:
    assert check_network(FIT, SPEC) == []
    assert network_report([], SPEC) == f"network {VPC}: fit"


def test_a_network_that_is_not_there_is_the_only_finding() -> None:
    finding = only(replace(FIT, exists=False, subnets={}))

    assert finding.blocks
    assert finding.mistake.setting == "network.vpcId"


@pytest.mark.parametrize("attribute", ["dns_support", "dns_hostnames"])
def test_names_must_work(attribute: str) -> None:
    finding = only(replace(FIT, **{attribute: False}))

    assert finding.blocks
    assert "modify-vpc-attribute" in finding.mistake.next_step


@pytest.mark.parametrize(
    ("way_out", "words"),
    [
        (None, "has no way out"),
        (WayOut("nat-1", works=False), "nat-1, which is gone"),
        (GATEWAY, "is public"),
    ],
)
def test_a_private_subnet_needs_a_private_way_out(way_out: WayOut | None, words: str) -> None:
    finding = only(changed(PRIVATE[1], way_out=way_out))

    assert finding.blocks
    assert finding.mistake.got == PRIVATE[1]
    assert words in finding.mistake.problem


def test_a_transit_gateway_is_a_way_out_too() -> None:
    assert problems(changed(PRIVATE[0], way_out=WayOut("tgw-1", works=True))) == []


def test_a_public_subnet_without_an_internet_gateway_is_none() -> None:
    assert only(changed(PUBLIC[0], way_out=NAT)).mistake.setting == "network.publicSubnetIds"


def test_a_subnet_of_another_network_is_refused() -> None:
    finding = only(changed(PUBLIC[0], vpc_id="vpc-other"))

    assert (finding.mistake.problem, finding.mistake.got) == ("is in vpc-other", PUBLIC[0])


def test_a_subnet_that_does_not_exist_is_refused() -> None:
    without = {name: one for name, one in FIT.subnets.items() if name != PUBLIC[0]}

    assert only(replace(FIT, subnets=without)).mistake.got == PUBLIC[0]


def test_private_subnets_in_one_zone_are_refused() -> None:
    assert "are all in one zone" in only(changed(PRIVATE[1], zone="us-east-1a")).mistake.problem


def test_a_zone_without_a_control_plane_is_refused() -> None:
    assert only(changed(PRIVATE[1], zone_id="use1-az3")).blocks


def test_too_few_addresses_for_the_control_plane_are_refused() -> None:
    network = changed(PRIVATE[1], free_addresses=CONTROL_PLANE_ADDRESSES - 1)

    assert only(network).mistake.got == f"{PRIVATE[1]} with {CONTROL_PLANE_ADDRESSES - 1}"


def test_too_few_addresses_for_all_nodes_are_refused() -> None:
    half = (addresses_needed(SPEC) + 2 * CONTROL_PLANE_ADDRESSES) // 2
    network = replace(
        FIT,
        subnets={
            name: replace(one, free_addresses=half if name == PRIVATE[0] else half - 1)
            for name, one in FIT.subnets.items()
        },
    )

    assert "at the pools' maximum" in only(network).mistake.problem


@given(st.integers(0, 50), st.integers(1, 10))
def test_every_node_more_needs_more_addresses(nodes: int, more: int) -> None:
    def needed(count: int) -> int:
        pool = examples.POOL.model_copy(update={"spot": NodeRange(min=0, max=count)})
        return addresses_needed(SPEC.model_copy(update={"gpu_pools": (pool,)}))

    step = needed(nodes + 1) - needed(nodes)
    assert step > 0
    assert needed(nodes + more) - needed(nodes) == step * more


def test_a_missing_tag_is_advice_with_the_command_that_sets_it() -> None:
    finding = only(changed(PRIVATE[0], tags={}))

    assert not finding.blocks
    assert f"Key={PRIVATE_ROLE_TAG},Value=1" in finding.mistake.next_step


def test_weights_through_a_nat_gateway_are_advised_against() -> None:
    finding = only(changed(PRIVATE[0], reaches_s3_by_gateway=False))

    assert not finding.blocks
    assert "com.amazonaws.us-east-1.s3" in finding.mistake.allowed


def test_the_report_has_all_findings_and_those_that_block_first() -> None:
    network = changed(PRIVATE[0], way_out=None, reaches_s3_by_gateway=False, tags={})

    title, first, *rest = network_report(check_network(network, SPEC), SPEC).split("\n\n")

    assert title == f"network {VPC}: 1 to mend, 2 advised"
    assert "has no way out" in first
    assert all(text.startswith("advised: ") for text in rest)
    for text in (first, *rest):
        assert all(part in text for part in ("got:", "allowed:", "next:")), text
