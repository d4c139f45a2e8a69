"""Functions of the AWS package that look at a network which exists already."""

import pytest
from pulumi_aws.ec2 import AwaitableGetSubnetResult, AwaitableGetVpcResult

from infra.graph.invoked import Place
from infra.graph.invokes import ANSWERS
from infra.wire import Properties
from tests.unit.rehearsal.aws.harness import Engine
from tests.unit.rehearsal.aws.scene import Network
from tests.unit.rehearsal.cloud.wire import RefusedError

GET_VPC = "aws:ec2/getVpc:getVpc"
GET_SUBNET = "aws:ec2/getSubnet:getSubnet"


def test_a_vpc_is_found_with_its_range_and_dns(engine: Engine, network: Network) -> None:
    found = engine.invoke(GET_VPC, id=network.vpc.physical_id)

    assert found["cidrBlock"] == network.vpc["cidrBlock"]
    assert found["mainRouteTableId"] == network.vpc["mainRouteTableId"]
    assert (found["enableDnsSupport"], found["enableDnsHostnames"]) == (True, False)
    assert found["tags"] == {}


def test_a_subnet_is_found_with_its_zone_and_network(engine: Engine, network: Network) -> None:
    found = engine.invoke(GET_SUBNET, id=network.subnets[1].physical_id)

    assert found["availabilityZone"] == "us-east-1b"
    assert found["vpcId"] == network.vpc.physical_id
    assert found["cidrBlock"] == "10.0.1.0/24"
    assert found["availableIpAddressCount"] == 251


@pytest.mark.parametrize("token", [GET_VPC, GET_SUBNET])
def test_mocks_and_simulation_answer_in_one_shape_which_is_the_sdks(
    engine: Engine, network: Network, token: str
) -> None:
    result, physical_id = {
        GET_VPC: (AwaitableGetVpcResult, network.vpc.physical_id),
        GET_SUBNET: (AwaitableGetSubnetResult, network.subnets[0].physical_id),
    }[token]
    arguments: Properties = {"id": physical_id}
    simulated = engine.invoke(token, **arguments)
    mocked = ANSWERS[token](arguments, Place("us-east-1", project=""))

    def kinds(found: Properties) -> dict[str, type]:
        return {name: type(item) for name, item in found.items()}

    assert {name: kind for name, kind in kinds(simulated).items() if kind is not float} == {
        name: kind for name, kind in kinds(mocked).items() if kind is not float
    }
    assert simulated.keys() == _wire_names(result)


def _wire_names(result: type) -> set[str]:
    words = (
        name.split("_")
        for name, item in vars(result.__mro__[1]).items()
        if isinstance(item, property)
    )
    return {first + "".join(word.capitalize() for word in rest) for first, *rest in words} - {
        "filters",
        "timeouts",
    }


@pytest.mark.parametrize(
    ("token", "physical_id", "code"),
    [
        (GET_VPC, "vpc-0123456789abcdef0", r"InvalidVpcID\.NotFound"),
        (GET_SUBNET, "subnet-0123456789abcdef0", r"InvalidSubnetID\.NotFound"),
    ],
)
def test_what_does_not_exist_is_not_found(
    engine: Engine, token: str, physical_id: str, code: str
) -> None:
    with pytest.raises(RefusedError, match=code):
        engine.invoke(token, id=physical_id)
