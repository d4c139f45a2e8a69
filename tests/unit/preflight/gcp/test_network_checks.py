"""A network of Google Cloud that exists: what makes it unfit, and what only costs or is unknown."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.preflight.findings import Finding
from infra.preflight.gcp.network import (
    PRIMARY,
    AddressRange,
    EgressRule,
    Network,
    Subnetwork,
    WayOut,
)
from infra.preflight.gcp.network_checks import (
    ADDRESSES_OF_A_NODE,
    CONTROL_PLANE_ADDRESSES,
    check_network,
    nodes_at_most,
)
from infra.preflight.report import network_report
from infra.spec.stack import StackSpec
from tests.unit.spec.stacks import a_gcp_stack, loaded

VPC, NODES = "shared-net", "gpu-nodes"
FOREIGN: dict[str, object] = {
    "vpcId": VPC,
    "privateSubnetIds": [NODES],
    "podRange": "pods",
    "serviceRange": "services",
}


def stack(**sections: object) -> StackSpec:
    """Return a stack in the network."""
    return loaded(a_gcp_stack(network=FOREIGN, models=None, **sections), "gcp-dev")


SPEC = stack()
FIT = Network(
    exists=True,
    subnetwork=Subnetwork(
        network=VPC,
        purpose="PRIVATE",
        google_access=True,
        ranges={
            PRIMARY: AddressRange("10.0.0.0/20", 4000),
            "pods": AddressRange("100.64.0.0/16", 65536),
            "services": AddressRange("100.65.0.0/20", 4096),
        },
        translated=frozenset({PRIMARY, "pods"}),
    ),
    way_out=WayOut("default-internet-gateway", works=True),
    egress=(),
)
DENIES = EgressRule("no-egress", 1000, denies=True, destinations=("0.0.0.0/0",))
TO_GOOGLE = EgressRule("google", 900, denies=False, destinations=("199.36.153.8/30",))
TO_ANYWHERE = EgressRule("out", 900, denies=False, destinations=("0.0.0.0/0",))


def changed(**settings: object) -> Network:
    """Return the fit network with its subnetwork changed."""
    assert FIT.subnetwork is not None
    return replace(FIT, subnetwork=replace(FIT.subnetwork, **settings))


def ranged(name: str, cidr: str, free: int | None) -> Network:
    """Return the fit network with another range under a name."""
    assert FIT.subnetwork is not None
    return changed(ranges={**FIT.subnetwork.ranges, name: AddressRange(cidr, free)})


def only(network: Network, spec: StackSpec = SPEC) -> Finding:
    """Return the one finding; a second one would be a false alarm."""
    (finding,) = check_network(network, spec)
    return finding


def test_a_fit_network_has_no_finding() -> None:
    assert check_network(FIT, SPEC) == []
    assert network_report([], SPEC) == f"network {VPC}: fit"


def test_a_network_that_is_not_there_is_the_only_finding() -> None:
    finding = only(replace(FIT, exists=False, subnetwork=None, way_out=None))

    assert finding.blocks
    assert finding.mistake.setting == "network.vpcId"
    assert finding.mistake.problem == "example-llm-dev has no such network"


def test_a_network_of_a_host_project_is_said_to_be_one() -> None:
    missing = replace(FIT, exists=False, subnetwork=None, way_out=None, host_project="net-host")

    finding = only(missing)

    assert "Shared VPC of net-host" in finding.mistake.problem
    assert "not built" in finding.mistake.problem


def test_a_subnetwork_that_the_region_does_not_have_is_refused() -> None:
    finding = only(replace(FIT, subnetwork=None))

    assert finding.blocks
    assert finding.mistake.got == NODES
    assert "--regions us-central1" in finding.mistake.next_step


def test_a_subnetwork_of_another_network_is_refused() -> None:
    assert only(changed(network="other-net")).mistake.problem == "is in other-net"


def test_a_subnetwork_that_no_machine_can_stand_in_is_refused() -> None:
    assert (
        "REGIONAL_MANAGED_PROXY" in only(changed(purpose="REGIONAL_MANAGED_PROXY")).mistake.problem
    )


def test_without_private_google_access_nothing_goes() -> None:
    finding = only(changed(google_access=False))

    assert finding.blocks
    assert f"update {NODES} --region us-central1 --enable-private" in finding.mistake.next_step


@pytest.mark.parametrize(
    ("network", "words"),
    [
        (replace(FIT, way_out=None), "has no default route"),
        (
            replace(FIT, way_out=WayOut("fw-vm", works=False)),
            "default route to fw-vm, which is gone",
        ),
        (changed(translated=frozenset()), "has no Cloud NAT for the subnetwork"),
        (changed(translated=frozenset({"pods"})), "has no Cloud NAT for the subnetwork"),
    ],
)
def test_nodes_need_a_way_out(network: Network, words: str) -> None:
    finding = only(network)

    assert finding.blocks
    assert words in finding.mistake.problem


def test_a_machine_or_a_tunnel_is_a_way_out_without_cloud_nat() -> None:
    network = changed(translated=frozenset())

    assert check_network(replace(network, way_out=WayOut("fw-vm", works=True)), SPEC) == []


def test_a_cloud_nat_without_the_range_of_pods_is_advised_against() -> None:
    finding = only(changed(translated=frozenset({PRIMARY})))

    assert (finding.blocks, finding.mistake.setting) == (False, "network.podRange")


def test_a_rule_that_denies_all_egress_stops_the_platform() -> None:
    finding = only(replace(FIT, egress=(DENIES,)))

    assert finding.blocks
    assert finding.mistake.problem == "has the firewall rule no-egress, which denies all egress"


@pytest.mark.parametrize(
    ("before", "priority", "found"),
    [
        (TO_ANYWHERE, 900, []),
        (TO_ANYWHERE, 1000, [True]),  # of two that are equal the one that denies wins
        (TO_GOOGLE, 900, [False]),
        (TO_GOOGLE, 1100, [True]),
    ],
)
def test_what_is_let_through_before_it_counts(
    before: EgressRule, priority: int, found: list[bool]
) -> None:
    network = replace(FIT, egress=(DENIES, replace(before, priority=priority)))

    assert [one.blocks for one in check_network(network, SPEC)] == found


def test_what_gets_through_is_named() -> None:
    problem = only(replace(FIT, egress=(DENIES, TO_GOOGLE))).mistake.problem

    assert problem.endswith("denies all egress but to 199.36.153.8/30")


def test_a_rule_about_some_destinations_is_not_about_all() -> None:
    some = replace(DENIES, destinations=("198.51.100.0/24",))

    assert check_network(replace(FIT, egress=(some,)), SPEC) == []


def test_there_must_be_an_address_for_each_node_and_the_control_plane() -> None:
    needed = nodes_at_most(SPEC) + CONTROL_PLANE_ADDRESSES

    assert check_network(ranged(PRIMARY, "10.0.0.0/20", needed), SPEC) == []
    finding = only(ranged(PRIMARY, "10.0.0.0/20", needed - 1))
    assert finding.blocks
    assert f"at least {needed}" in finding.mistake.allowed


def test_room_that_google_does_not_tell_is_neither_none_nor_enough() -> None:
    finding = only(ranged(PRIMARY, "10.0.0.0/20", None))

    assert not finding.blocks
    assert "does not tell" in finding.mistake.problem


@pytest.mark.parametrize("setting", ["podRange", "serviceRange"])
def test_a_secondary_range_must_be_there_under_its_name(setting: str) -> None:
    assert FIT.subnetwork is not None
    name = str(FOREIGN[setting])
    rest = {key: one for key, one in FIT.subnetwork.ranges.items() if key != name}

    finding = only(changed(ranges=rest))

    assert (finding.mistake.setting, finding.mistake.got) == (f"network.{setting}", name)
    assert finding.mistake.allowed in ("pods", "services")


@given(st.integers(0, 40))
def test_each_node_takes_its_part_of_the_range_of_pods(nodes: int) -> None:
    spec = stack(gpuPools=[{"name": "l4", "gpu": "L4", "spot": {"max": nodes}}]) if nodes else SPEC
    needed = nodes_at_most(spec) * ADDRESSES_OF_A_NODE

    assert check_network(ranged("pods", "100.64.0.0/16", needed), spec) == []
    finding = only(ranged("pods", "100.64.0.0/16", needed - 1), spec)
    assert finding.mistake.setting == "network.podRange"


def test_without_a_count_the_whole_range_of_pods_is_the_room() -> None:
    assert check_network(ranged("pods", "100.64.0.0/16", None), SPEC) == []
    assert (
        "room for the pods of 1 nodes"
        in only(ranged("pods", "100.64.0.0/24", None)).mistake.problem
    )


@pytest.mark.parametrize(
    ("cidr", "problem"),
    [
        ("100.65.0.0/28", "is too small for Services"),
        ("100.80.0.0/15", "is too large for Services"),
    ],
)
def test_a_range_for_services_that_gke_refuses_is_refused_before(cidr: str, problem: str) -> None:
    mistake = only(ranged("services", cidr, None)).mistake

    assert (mistake.setting, mistake.problem) == ("network.serviceRange", problem)


def test_ranges_that_overlap_are_refused() -> None:
    problem = only(ranged("services", "100.64.16.0/20", 4096)).mistake.problem

    assert problem == "overlaps pods"


def test_the_report_has_all_findings_and_those_that_block_first() -> None:
    network = replace(
        changed(google_access=False, translated=frozenset({PRIMARY})), egress=(DENIES,)
    )

    title, *rest = network_report(check_network(network, SPEC), SPEC).split("\n\n")

    assert title == f"network {VPC}: 2 to mend, 1 advised"
    assert [text.startswith("advised: ") for text in rest] == [False, False, True]
    for text in rest:
        assert all(part in text for part in ("got:", "allowed:", "next:")), text
