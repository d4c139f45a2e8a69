"""Endpoints of AWS services."""

import pulumi

from components.aws.endpoints import INTERFACES, POD_LOGS, Endpoints
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from tests.unit.components import examples


def _endpoints(*, interfaces: bool, more: tuple[str, ...] = ()) -> Graph:
    def program() -> None:
        subnets = [pulumi.Output.from_input(f"subnet-{number}") for number in (1, 2)]
        Endpoints(
            "e",
            vpc_id=pulumi.Output.from_input("vpc-1"),
            cidr=pulumi.Output.from_input("10.0.0.0/16"),
            route_table_ids=[pulumi.Output.from_input("rtb-1"), pulumi.Output.from_input("rtb-2")],
            interface_subnet_ids=subnets if interfaces else [],
            platform=examples.PLATFORM,
            more=more,
            opts=examples.with_aws(),
        )

    return record_program(program, stack="aws-dev")


def test_weights_and_image_layers_never_go_through_a_nat_gateway() -> None:
    gateway = _endpoints(interfaces=False).named("e-s3")

    assert gateway.inputs["serviceName"] == "com.amazonaws.us-east-1.s3"
    assert gateway.inputs["vpcEndpointType"] == "Gateway"
    assert gateway.inputs["routeTableIds"] == ["rtb-1", "rtb-2"]


def test_nothing_that_costs_is_made_unless_it_is_asked_for() -> None:
    graph = _endpoints(interfaces=False)

    assert [item.name for item in graph.of_type("VpcEndpoint")] == ["e-s3"]
    assert not graph.of_type("SecurityGroup")


def test_what_nodes_live_on_is_reached_by_its_public_name_in_every_zone() -> None:
    interfaces = [
        item
        for item in _endpoints(interfaces=True).of_type("VpcEndpoint")
        if item.inputs["vpcEndpointType"] == "Interface"
    ]

    assert {item.inputs["serviceName"] for item in interfaces} == {
        f"com.amazonaws.us-east-1.{service}" for service in INTERFACES
    }
    for item in interfaces:
        assert item.inputs["privateDnsEnabled"] is True
        assert item.inputs["subnetIds"] == ["subnet-1", "subnet-2"]


def test_what_pods_of_one_platform_call_stands_beside_it_and_never_alone() -> None:
    assert _endpoints(interfaces=True, more=(POD_LOGS,)).named("e-logs").inputs["serviceName"] == (
        "com.amazonaws.us-east-1.logs"
    )
    assert len(_endpoints(interfaces=False, more=(POD_LOGS,)).of_type("VpcEndpoint")) == 1


def test_pods_get_credentials_and_images_without_the_internet() -> None:
    assert {"eks-auth", "ecr.api", "ecr.dkr", "ec2"} <= INTERFACES.keys()


def test_endpoints_accept_https_from_the_network_and_nothing_else() -> None:
    graph = _endpoints(interfaces=True)
    (group,) = graph.of_type("SecurityGroup")
    (rule,) = graph.of_type("SecurityGroupIngressRule")

    assert not {"ingress", "egress"} & set(group.inputs)
    assert not graph.of_type("SecurityGroupEgressRule")
    assert rule.property_dependencies["securityGroupId"] == (group.urn,)
    assert {key: rule.inputs[key] for key in ("cidrIpv4", "ipProtocol", "fromPort", "toPort")} == {
        "cidrIpv4": "10.0.0.0/16",
        "ipProtocol": "tcp",
        "fromPort": 443,
        "toPort": 443,
    }
