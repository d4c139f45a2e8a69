"""The network as it is declared."""

from components.gcp.network import PORTS_LEAST, PORTS_MOST, Network
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.spec.network import NetworkSpec
from tests.unit.components import examples_gcp as examples


def _network(spec: NetworkSpec = examples.NETWORK) -> Graph:
    return record_program(
        lambda: Network(
            "n", examples.CLOUD, spec, platform=examples.PLATFORM, opts=examples.with_gcp()
        ),
        stack="gcp-dev",
    )


def test_google_makes_no_subnetwork_of_its_own_choice() -> None:
    assert _network().named("n-vpc").inputs["autoCreateSubnetworks"] is False


def test_nodes_pods_and_services_have_a_range_each() -> None:
    subnetwork = _network().named("n-nodes")

    assert subnetwork.inputs["ipCidrRange"] == "10.0.0.0/16"
    assert subnetwork.inputs["secondaryIpRanges"] == [
        {"rangeName": "pods", "ipCidrRange": "100.64.0.0/16"},
        {"rangeName": "services", "ipCidrRange": "100.65.0.0/20"},
    ]


def test_googles_services_are_reached_without_a_public_address() -> None:
    assert _network().named("n-nodes").inputs["privateIpGoogleAccess"] is True


def test_flow_logs_are_there_where_the_stack_asks_for_them() -> None:
    asked = _network(examples.NETWORK.model_copy(update={"flow_logs": True}))

    assert asked.named("n-nodes").inputs["logConfig"] == {
        "aggregationInterval": "INTERVAL_5_MIN",
        "flowSampling": 0.5,
        "metadata": "INCLUDE_ALL_METADATA",
    }
    assert "logConfig" not in _network().named("n-nodes").inputs


def test_what_no_rule_lets_in_is_refused_and_logged_after_every_other_rule() -> None:
    (rule,) = _network().of_type("Firewall")

    assert rule.inputs["direction"] == "INGRESS"
    assert rule.inputs["denies"] == [{"protocol": "all"}]
    assert rule.inputs["sourceRanges"] == ["0.0.0.0/0"]
    assert rule.inputs["priority"] == 65534
    assert "logConfig" in rule.inputs


def test_no_rule_of_ours_lets_anything_in() -> None:
    assert not any("allows" in rule.inputs for rule in _network().of_type("Firewall"))


def test_nodes_and_pods_leave_by_cloud_nat_with_ports_as_they_need_them() -> None:
    nat = _network().named("n-nat")

    assert nat.inputs["subnetworks"] == [
        {"name": "${n-nodes.id}", "sourceIpRangesToNats": ["ALL_IP_RANGES"]}
    ]
    assert nat.inputs["enableDynamicPortAllocation"] is True
    assert nat.inputs["enableEndpointIndependentMapping"] is False
    assert nat.inputs["logConfig"] == {"enable": True, "filter": "ERRORS_ONLY"}
    for ports in (PORTS_LEAST, PORTS_MOST):
        assert ports >= 32
        assert ports & (ports - 1) == 0, "Cloud NAT takes powers of two"
