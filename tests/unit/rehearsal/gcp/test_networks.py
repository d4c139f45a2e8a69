"""What Compute Engine refuses of networks, subnetworks, firewall rules, routers and addresses."""

import pytest

from infra.replies import blocks, text
from infra.wire import Properties, Value
from tests.unit.rehearsal.gcp.scene import PROJECT, REGION, scene

NETWORK = f"projects/{PROJECT}/global/networks/n"
SUBNETWORK = f"projects/{PROJECT}/regions/{REGION}/subnetworks/s"
RULE: Properties = {"name": "f", "network": "n", "allowed": [{"IPProtocol": "tcp"}]}


def nat(ranges: str = "ALL_SUBNETWORKS_ALL_IP_RANGES", **more: Value) -> Properties:
    return {
        "name": "nat",
        "natIpAllocateOption": "AUTO_ONLY",
        "sourceSubnetworkIpRangesToNat": ranges,
        **more,
    }


def test_a_name_that_is_taken_is_refused() -> None:
    world = scene()
    world.network()

    assert world.refusal("networks.insert", {"name": "n"}) == (
        f"googleapi: Error 409: The resource '{NETWORK}' already exists, alreadyExists"
    )


def test_a_network_past_the_quota_fails_with_its_operation() -> None:
    world = scene(NETWORKS=1)
    world.network()

    assert world.failure("networks.insert", {"name": "m"}) == (
        "Quota 'NETWORKS' exceeded.  Limit: 1.0 globally."
    )
    assert [text(one, "name") for one in blocks(world.call("networks.list"), "items")] == ["n"]


def test_a_network_in_use_is_not_deleted() -> None:
    world = scene()
    world.network()
    world.call("firewalls.insert", RULE)

    assert world.failure("networks.delete", network="n") == (
        f"The network resource '{NETWORK}' is already being used by "
        f"'projects/{PROJECT}/global/firewalls/f'"
    )

    world.call("firewalls.delete", firewall="f")
    world.call("networks.delete", network="n")
    assert world.refusal("networks.get", network="n") == (
        f"googleapi: Error 404: The resource '{NETWORK}' was not found, notFound"
    )


def test_a_network_knows_its_subnetworks() -> None:
    world = scene()
    world.network()
    subnetwork = world.subnetwork("10.0.0.0/20")

    assert world.call("networks.get", network="n")["subnetworks"] == [subnetwork["selfLink"]]
    assert subnetwork["gatewayAddress"] == "10.0.0.1"


@pytest.mark.parametrize("name", ["t", "s2"])
def test_a_range_that_overlaps_one_of_the_network_is_refused(name: str) -> None:
    world = scene()
    world.network()
    world.subnetwork(
        "10.0.0.0/20", secondaryIpRanges=[{"rangeName": "pods", "ipCidrRange": "100.64.0.0/16"}]
    )
    body: Properties = {"name": name, "network": "n", "ipCidrRange": "100.64.1.0/24"}

    assert world.refusal("subnetworks.insert", body, region=REGION) == (
        "googleapi: Error 400: Invalid value for field 'resource.ipCidrRange': '100.64.1.0/24'. "
        "Invalid IPCidrRange: 100.64.1.0/24 conflicts with existing subnetwork 's' in region "
        f"'{REGION}'., invalid"
    )


def test_ranges_of_one_subnetwork_must_not_overlap_either() -> None:
    world = scene()
    world.network()
    ranges: Value = [{"rangeName": "pods", "ipCidrRange": "10.0.8.0/24"}]
    body: Properties = {"name": "s", "network": "n", "ipCidrRange": "10.0.0.0/20"}

    assert world.refusal(
        "subnetworks.insert", {**body, "secondaryIpRanges": ranges}, region=REGION
    ) == (
        "googleapi: Error 400: Invalid value for field "
        "'resource.secondaryIpRanges[0].ipCidrRange': '10.0.8.0/24'. Invalid "
        "IPCidrRange: 10.0.8.0/24 conflicts with existing subnetwork 's' in region "
        f"'{REGION}'., invalid"
    )


def test_ranges_of_two_networks_may_overlap() -> None:
    world = scene()
    world.network()
    world.network("m")
    world.subnetwork("10.0.0.0/20")

    assert world.subnetwork("10.0.0.0/20", "t", "m")["ipCidrRange"] == "10.0.0.0/20"


@pytest.mark.parametrize("cidr", ["10.0.0.1/24", "10.0.0/24", "somewhere", "10.0.0.0/33"])
def test_what_is_no_range_is_refused(cidr: str) -> None:
    world = scene()
    world.network()
    body: Properties = {"name": "s", "network": "n", "ipCidrRange": cidr}

    assert world.refusal("subnetworks.insert", body, region=REGION) == (
        f"googleapi: Error 400: Invalid value for field 'resource.ipCidrRange': '{cidr}'. "
        "Must be a valid IPV4 CIDR address range., invalid"
    )


def test_a_range_that_is_too_small_is_refused() -> None:
    world = scene()
    world.network()
    body: Properties = {"name": "s", "network": "n", "ipCidrRange": "10.0.0.0/30"}

    assert world.refusal("subnetworks.insert", body, region=REGION).endswith(
        "Invalid IPCidrRange: 10.0.0.0/30 is smaller than /29., invalid"
    )


def test_a_secondary_range_needs_a_name() -> None:
    world = scene()
    world.network()
    body: Properties = {"name": "s", "network": "n", "ipCidrRange": "10.0.0.0/20"}
    ranges: Value = [{"ipCidrRange": "100.64.0.0/16"}]

    assert world.refusal(
        "subnetworks.insert", {**body, "secondaryIpRanges": ranges}, region=REGION
    ) == (
        "googleapi: Error 400: Required field 'resource.secondaryIpRanges[0].rangeName' not "
        "specified, required"
    )


def test_secondary_ranges_are_not_replaced_in_one_request() -> None:
    world = scene()
    world.network()
    held = world.subnetwork(
        "10.0.0.0/20", secondaryIpRanges=[{"rangeName": "p", "ipCidrRange": "192.168.50.0/24"}]
    )
    body: Properties = {
        "fingerprint": held["fingerprint"],
        "secondaryIpRanges": [{"rangeName": "p", "ipCidrRange": "192.168.60.0/24"}],
    }

    assert world.refusal("subnetworks.patch", body, region=REGION, subnetwork="s") == (
        "googleapi: Error 400: Invalid value for field 'resource.secondaryIpRanges': ''. Cannot "
        "add and remove secondary IP ranges in the same request. Added ranges: [192.168.60.0/24]. "
        "Removed ranges: [192.168.50.0/24]., invalid"
    )


def test_a_subnetwork_is_changed_with_its_fingerprint_only() -> None:
    world = scene()
    world.network()
    held = world.subnetwork("10.0.0.0/20")
    change: Properties = {"logConfig": {"enable": True}}
    where = {"region": REGION, "subnetwork": "s"}

    assert world.refusal("subnetworks.patch", change, **where) == (
        "googleapi: Error 400: Required field 'resource.fingerprint' not specified, required"
    )
    world.call("subnetworks.patch", {**change, "fingerprint": held["fingerprint"]}, **where)
    assert (
        world.refusal("subnetworks.patch", {**change, "fingerprint": held["fingerprint"]}, **where)
        == "googleapi: Error 412: Invalid fingerprint., conditionNotMet"
    )


def test_a_subnetwork_in_a_network_that_is_not_there_is_refused() -> None:
    body: Properties = {"name": "s", "network": "n", "ipCidrRange": "10.0.0.0/20"}

    assert scene().refusal("subnetworks.insert", body, region=REGION) == (
        f"googleapi: Error 404: The resource '{NETWORK}' was not found, notFound"
    )


def test_a_subnetwork_in_use_is_not_deleted() -> None:
    world = scene()
    world.network()
    world.subnetwork("10.0.0.0/20")
    listed = nat(
        "LIST_OF_SUBNETWORKS", subnetworks=[{"name": "s", "sourceIpRangesToNat": ["ALL_IP_RANGES"]}]
    )
    world.call("routers.insert", {"name": "r", "network": "n", "nats": [listed]}, region=REGION)

    assert world.refusal("subnetworks.delete", region=REGION, subnetwork="s") == (
        f"googleapi: Error 400: The subnetwork resource '{SUBNETWORK}' is already being used by "
        f"'projects/{PROJECT}/regions/{REGION}/routers/r', resourceInUseByAnotherResource"
    )


def test_a_range_of_a_firewall_rule_must_be_one() -> None:
    world = scene()
    world.network()

    assert world.refusal("firewalls.insert", {**RULE, "sourceRanges": ["10.0.0.0/8", "all"]}) == (
        "googleapi: Error 400: Invalid value for field 'resource.sourceRanges[1]': 'all'. Must be "
        "a valid IPV4 CIDR address range., invalid"
    )


def test_a_second_gateway_for_all_subnetworks_is_refused() -> None:
    world = scene()
    world.network()
    world.call("routers.insert", {"name": "r", "network": "n", "nats": [nat()]}, region=REGION)
    body: Properties = {"name": "q", "network": "n", "nats": [nat()]}

    assert world.refusal("routers.insert", body, region=REGION) == (
        "googleapi: Error 400: Invalid value for field "
        "'resource.nats[0].sourceSubnetworkIpRangesToNat': 'ALL_SUBNETWORKS_ALL_IP_RANGES'. Can "
        "not create new Nats since a Nat with option ALL_SUBNETWORKS_ALL_IP_RANGES exists., invalid"
    )


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("minPortsPerVm", 100, "'100'. Must be a power of two, at least 32."),
        (
            "enableEndpointIndependentMapping",
            True,
            "'true'. It cannot be enabled together with dynamic port allocation.",
        ),
    ],
)
def test_ports_on_demand_have_rules_of_their_own(name: str, value: Value, words: str) -> None:
    world = scene()
    world.network()
    dynamic = {**nat(enableDynamicPortAllocation=True), name: value}
    body: Properties = {"name": "r", "network": "n", "nats": [dynamic]}

    assert world.refusal("routers.insert", body, region=REGION) == (
        f"googleapi: Error 400: Invalid value for field 'resource.nats[0].{name}': {words}, invalid"
    )


def test_a_gateway_is_put_into_a_router_by_a_patch() -> None:
    world = scene()
    world.network()
    world.call("routers.insert", {"name": "r", "network": "n"}, region=REGION)
    world.call("routers.patch", {"nats": [nat()]}, region=REGION, router="r")

    router = world.call("routers.get", region=REGION, router="r")
    assert [text(one, "name") for one in blocks(router, "nats")] == ["nat"]
    assert text(router, "network").endswith(NETWORK)


def test_an_address_of_a_gateway_must_exist_and_is_in_use() -> None:
    world = scene()
    world.network()
    manual = nat(natIpAllocateOption="MANUAL_ONLY", natIps=["a"])
    body: Properties = {"name": "r", "network": "n", "nats": [manual]}
    address = f"projects/{PROJECT}/regions/{REGION}/addresses/a"
    where = {"region": REGION, "address": "a"}

    assert world.refusal("routers.insert", body, region=REGION) == (
        f"googleapi: Error 404: The resource '{address}' was not found, notFound"
    )

    world.call("addresses.insert", {"name": "a"}, region=REGION)
    assert world.call("addresses.get", **where)["status"] == "RESERVED"
    world.call("routers.insert", body, region=REGION)

    assert world.call("addresses.get", **where)["status"] == "IN_USE"
    assert world.refusal("addresses.delete", **where) == (
        f"googleapi: Error 400: The address resource '{address}' is already being used by "
        f"'projects/{PROJECT}/regions/{REGION}/routers/r', resourceInUseByAnotherResource"
    )


def test_an_address_past_the_quota_fails_with_its_operation() -> None:
    world = scene(STATIC_ADDRESSES=2)
    for name in ("a", "c"):
        world.call("addresses.insert", {"name": name}, region=REGION)

    assert world.failure("addresses.insert", {"name": "b"}, region=REGION) == (
        f"Quota 'STATIC_ADDRESSES' exceeded.  Limit: 2.0 in region {REGION}."
    )
    world.call("addresses.insert", {"name": "b"}, region="europe-west4")


def test_a_firewall_rule_past_the_quota_is_refused_at_once() -> None:
    world = scene(FIREWALLS=0)
    world.network()

    assert world.refusal("firewalls.insert", RULE) == (
        "googleapi: Error 403: Quota 'FIREWALLS' exceeded.  Limit: 0.0 globally., quotaExceeded"
    )


def test_labels_change_with_their_fingerprint_only() -> None:
    world = scene()
    world.call("addresses.insert", {"name": "a"}, region=REGION)
    where = {"region": REGION, "resource": "a"}

    assert world.refusal("addresses.setLabels", {"labels": {"a": "b"}}, **where) == (
        "googleapi: Error 412: Labels fingerprint either invalid or resource labels have changed, "
        "conditionNotMet"
    )
