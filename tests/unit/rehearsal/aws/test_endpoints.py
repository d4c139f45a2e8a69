"""VPC endpoints of the simulated AWS: what they stand in, what they hold, what EC2 refuses."""

from typing import TYPE_CHECKING

import pytest

from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.values import blocks, dig, text
from tests.unit.rehearsal.aws.harness import Simulation
from tests.unit.rehearsal.aws.scene import ENDPOINT, GROUP, SUBNET, TABLE, VPC, Network, Scene
from tests.unit.rehearsal.cloud.wire import Made, RefusedError

if TYPE_CHECKING:
    from infra.wire import Properties, Value

S3 = "com.amazonaws.us-east-1.s3"
EKS = "com.amazonaws.us-east-1.eks"
ECR = "com.amazonaws.us-east-1.ecr.api"


@pytest.fixture
def region(simulation: Simulation) -> Region:
    """The account as somebody else sees it."""
    return simulation.cloud.account.region("us-east-1")


@pytest.fixture
def network(scene: Scene) -> Network:
    """A VPC with DNS, and two subnets in two zones."""
    found = scene.network()
    found.vpc = scene.engine.update(found.vpc, enableDnsHostnames=True)
    return found


def _interface(scene: Scene, network: Network, **inputs: "Value") -> Made:
    group = scene.make(GROUP, vpcId=network.vpc.physical_id)
    defaults: Properties = {
        "vpcId": network.vpc.physical_id,
        "serviceName": EKS,
        "vpcEndpointType": "Interface",
        "subnetIds": network.subnet_ids,
        "securityGroupIds": [group.physical_id],
        "privateDnsEnabled": True,
    }
    return scene.make(ENDPOINT, **defaults | inputs)


def _interfaces(region: Region) -> "list[Properties]":
    return blocks(region.call("ec2", "describe_network_interfaces"), "NetworkInterfaces")


def _routes(region: Region, table: Made) -> "list[Value]":
    ids: list[Value] = [table.physical_id]
    found = region.call("ec2", "describe_route_tables", RouteTableIds=ids)
    return [
        dig(route, "GatewayId")
        for route in blocks(found, "RouteTables.0.Routes")
        if dig(route, "DestinationPrefixListId")
    ]


def test_a_gateway_endpoint_is_a_route_in_each_of_its_tables(
    scene: Scene, network: Network, region: Region
) -> None:
    one, two = (scene.make(TABLE, vpcId=network.vpc.physical_id) for _ in range(2))
    endpoint = scene.make(
        ENDPOINT,
        vpcId=network.vpc.physical_id,
        serviceName=S3,
        vpcEndpointType="Gateway",
        routeTableIds=[one.physical_id],
        tags={"Name": "s3"},
    )
    assert _routes(region, one) == [endpoint.physical_id]
    assert str(endpoint["prefixListId"]).startswith("pl-")
    assert endpoint["tagsAll"] == {"Name": "s3"}
    assert scene.engine.read(endpoint) == endpoint

    moved = scene.engine.update(endpoint, routeTableIds=[two.physical_id])

    assert moved["routeTableIds"] == [two.physical_id]
    assert (_routes(region, one), _routes(region, two)) == ([], [endpoint.physical_id])
    scene.drop(endpoint)
    assert _routes(region, two) == []
    assert scene.engine.read(endpoint) is None


def test_an_interface_endpoint_holds_its_subnets_its_group_and_the_vpc(
    scene: Scene, network: Network, region: Region
) -> None:
    endpoint = _interface(scene, network)
    group = next(made for made in scene.made if f"${GROUP}::" in made.urn)
    assert scene.engine.read(endpoint) == endpoint
    assert {text(item, "SubnetId") for item in _interfaces(region)} == set(network.subnet_ids)
    described = f"VPC Endpoint Interface {endpoint.physical_id}"
    assert {text(item, "Description") for item in _interfaces(region)} == {described}

    for thing, operation in (
        (network.subnets[1], "DeleteSubnet"),
        (group, "DeleteSecurityGroup"),
        (network.vpc, "DeleteVpc"),
    ):
        with pytest.raises(RefusedError, match=rf"^{operation}: DependencyViolation: "):
            scene.engine.delete(thing)

    scene.drop(endpoint)
    assert _interfaces(region) == []


def test_an_interface_endpoint_moves_with_its_subnets_and_groups(
    scene: Scene, network: Network, region: Region
) -> None:
    endpoint = _interface(scene, network, subnetIds=network.subnet_ids[:1])
    other = scene.make(GROUP, vpcId=network.vpc.physical_id)

    changed = scene.engine.update(
        endpoint, subnetIds=network.subnet_ids[1:], securityGroupIds=[other.physical_id]
    )

    (interface,) = _interfaces(region)
    assert changed["subnetIds"] == network.subnet_ids[1:]
    assert changed["networkInterfaceIds"] == [dig(interface, "NetworkInterfaceId")]
    assert dig(interface, "SubnetId") == network.subnet_ids[1]
    assert [text(item, "GroupId") for item in blocks(interface, "Groups")] == [other.physical_id]
    scene.drop(endpoint)


def test_the_services_that_the_platform_calls_have_endpoints(region: Region) -> None:
    short = ("autoscaling", "ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "sts")
    names: list[Value] = [f"com.amazonaws.us-east-1.{name}" for name in short]

    reply = region.call("ec2", "describe_vpc_endpoint_services", ServiceNames=names)

    assert dig(reply, "ServiceNames") == names


@pytest.mark.parametrize(
    ("inputs", "reason"),
    [
        (
            {"serviceName": "com.amazonaws.us-east-1.ekss"},
            r"InvalidServiceName: The Vpc Endpoint Service '[\w.-]+ekss' does not exist",
        ),
        (
            {"vpcEndpointType": "Gateway"},
            r"InvalidParameter: Endpoint type \(Gateway\) does not match .* \(\[Interface\]\)",
        ),
        ({"securityGroupIds": ["sg-0123456789abcdef0"]}, r"InvalidGroup\.NotFound: "),
        ({"subnetIds": ["subnet-0123456789abcdef0"]}, r"InvalidSubnetID\.NotFound: "),
        ({"vpcId": "vpc-0123456789abcdef0", "subnetIds": []}, r"InvalidVpcID\.NotFound: "),
    ],
    ids=["service", "kind", "group", "subnet", "vpc"],
)
def test_an_endpoint_of_what_does_not_exist_is_refused(
    scene: Scene, network: Network, inputs: "Properties", reason: str
) -> None:
    with pytest.raises(RefusedError, match=reason):
        _interface(scene, network, **inputs)


def test_an_endpoint_stands_in_one_subnet_of_a_zone_and_in_its_own_vpc(
    scene: Scene, network: Network
) -> None:
    twin = scene.make(
        SUBNET,
        vpcId=network.vpc.physical_id,
        cidrBlock="10.0.9.0/24",
        availabilityZone="us-east-1a",
    )
    foreign = scene.network("c").subnets[0]
    endpoint = _interface(scene, network)

    code = "DuplicateSubnetsInSameZone"
    subnet_ids = [*network.subnet_ids, twin.physical_id]
    with pytest.raises(RefusedError, match=rf"^CreateVpcEndpoint: {code}: Found another"):
        _interface(scene, network, serviceName=ECR, subnetIds=subnet_ids)
    with pytest.raises(RefusedError, match=rf"^ModifyVpcEndpoint: {code}: "):
        scene.engine.update(endpoint, subnetIds=subnet_ids)
    with pytest.raises(RefusedError, match=r"^CreateVpcEndpoint: InvalidParameter: Subnet"):
        _interface(scene, network, serviceName=ECR, subnetIds=[foreign.physical_id])


def test_a_second_endpoint_of_a_service_is_refused_for_its_names_and_its_route(
    scene: Scene, network: Network
) -> None:
    table = scene.make(TABLE, vpcId=network.vpc.physical_id)
    gateway: Properties = {
        "vpcId": network.vpc.physical_id,
        "serviceName": S3,
        "routeTableIds": [table.physical_id],
    }
    scene.make(ENDPOINT, **gateway)
    _interface(scene, network, serviceName=ECR)

    with pytest.raises(
        RefusedError,
        match=r"^CreateVpcEndpoint: InvalidParameter: private-dns-enabled cannot be set because "
        r"there is already a conflicting DNS domain for api\.ecr\.us-east-1\.amazonaws\.com in",
    ):
        _interface(scene, network, serviceName=ECR)
    with pytest.raises(
        RefusedError, match=r"^CreateVpcEndpoint: RouteAlreadyExists: route table rtb-\w+ already"
    ):
        scene.make(ENDPOINT, **gateway)
    _interface(scene, network, serviceName=ECR, privateDnsEnabled=False)


def test_names_of_an_endpoint_need_dns_in_the_vpc(scene: Scene) -> None:
    network = scene.network()  # as CreateVpc makes it: without DNS hostnames

    with pytest.raises(RefusedError, match="requires both enableDnsSupport and enableDnsHostnames"):
        _interface(scene, network)


def test_a_gateway_endpoint_takes_tables_of_its_own_vpc(scene: Scene, network: Network) -> None:
    other = scene.make(VPC, cidrBlock="10.1.0.0/16")
    table = scene.make(TABLE, vpcId=other.physical_id)

    for tables, code in (
        ([table.physical_id], "InvalidParameter"),
        (["rtb-0123456789abcdef0"], r"InvalidRouteTableI[Dd]\.NotFound"),
    ):
        with pytest.raises(RefusedError, match=rf": {code}: "):
            scene.make(
                ENDPOINT,
                vpcId=network.vpc.physical_id,
                serviceName=S3,
                routeTableIds=[*tables],
            )
