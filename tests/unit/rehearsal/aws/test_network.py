"""Networks of the simulated AWS: what stands, what depends on what, what EC2 refuses."""

from typing import TYPE_CHECKING

import pytest

from tests.unit.rehearsal.aws.scene import (
    ADDRESS,
    ASSOCIATION,
    GATEWAY,
    GROUP,
    NAT,
    ROUTE,
    SUBNET,
    TABLE,
    VPC,
    Network,
    Scene,
)
from tests.unit.rehearsal.cloud.wire import Made, PartlyError, RefusedError

if TYPE_CHECKING:
    from infra.wire import Properties


def _nat(scene: Scene, network: Network) -> tuple[Made, Made, Made]:
    gateway = scene.make(GATEWAY, vpcId=network.vpc.physical_id)
    address = scene.make(ADDRESS, domain="vpc")
    nat = scene.make(NAT, subnetId=network.subnets[0].physical_id, allocationId=address.physical_id)
    return gateway, address, nat


def test_a_vpc_has_the_parts_that_every_vpc_has(scene: Scene) -> None:
    vpc = scene.make(VPC, cidrBlock="10.0.0.0/16", enableDnsHostnames=True)

    assert vpc["arn"] == f"arn:aws:ec2:us-east-1:123456789012:vpc/{vpc.physical_id}"
    assert vpc["ownerId"] == "123456789012"
    assert str(vpc["mainRouteTableId"]).startswith("rtb-")
    assert str(vpc["defaultSecurityGroupId"]).startswith("sg-")
    assert str(vpc["defaultNetworkAclId"]).startswith("acl-")
    assert (vpc["enableDnsHostnames"], vpc["enableDnsSupport"]) == (True, True)


def test_dns_hostnames_change_in_place(scene: Scene) -> None:
    vpc = scene.make(VPC, cidrBlock="10.0.0.0/16", enableDnsHostnames=False)

    changed = scene.engine.update(vpc, enableDnsHostnames=True)

    assert changed["enableDnsHostnames"] is True
    assert scene.engine.read(changed) == changed


@pytest.mark.parametrize("cidr", ["10.0.0.1/16", "ten", "10.0.0.0/40"])
def test_a_range_that_is_none_is_refused_in_preview_already(scene: Scene, cidr: str) -> None:
    _inputs, failures = scene.engine.check(VPC, {"cidrBlock": cidr})

    assert any("is not a valid CIDR block" in failure for failure in failures)


def test_a_vpc_larger_than_16_is_refused_with_awss_code(scene: Scene) -> None:
    with pytest.raises(RefusedError, match=r"^CreateVpc: InvalidVpc\.Range: "):
        scene.make(VPC, cidrBlock="10.0.0.0/8")


@pytest.mark.parametrize(
    ("cidr", "zone", "code"),
    [
        ("10.0.0.0/25", "us-east-1a", "InvalidSubnet.Conflict"),
        ("10.9.0.0/24", "us-east-1a", "InvalidSubnet.Range"),
        ("10.0.9.0/29", "us-east-1a", "InvalidSubnet.Range"),
        ("10.0.9.0/24", "us-east-1z", "InvalidParameterValue"),
    ],
    ids=["overlap", "outside", "too small", "unknown zone"],
)
def test_a_subnet_that_does_not_fit_is_refused(
    scene: Scene, network: Network, cidr: str, zone: str, code: str
) -> None:
    with pytest.raises(RefusedError, match=rf"^CreateSubnet: {code}: "):
        scene.make(SUBNET, vpcId=network.vpc.physical_id, cidrBlock=cidr, availabilityZone=zone)


def test_a_vpc_stays_while_it_holds_a_gateway_a_group_or_a_subnet(scene: Scene) -> None:
    vpc = scene.make(VPC, cidrBlock="10.0.0.0/16")
    inside: list[tuple[str, Properties]] = [
        (GATEWAY, {}),
        (GROUP, {}),
        (SUBNET, {"cidrBlock": "10.0.0.0/24"}),
    ]
    for kind, inputs in inside:
        thing = scene.make(kind, vpcId=vpc.physical_id, **inputs)
        with pytest.raises(RefusedError, match=r"^DeleteVpc: DependencyViolation: "):
            scene.engine.delete(vpc)
        scene.drop(thing)

    scene.drop(vpc)
    assert scene.engine.read(vpc) is None


def test_a_second_gateway_is_made_but_cannot_be_attached(scene: Scene, network: Network) -> None:
    scene.make(GATEWAY, vpcId=network.vpc.physical_id)

    with pytest.raises(PartlyError, match="AttachInternetGateway: InvalidParameterValue") as error:
        scene.make(GATEWAY, vpcId=network.vpc.physical_id)

    left = Made("", error.value.physical_id, {}, {})
    left.urn = f"urn:pulumi:dev::tokenworks::{GATEWAY}::left"
    found = scene.engine.read(left)
    assert found is not None
    assert "vpcId" not in found.outputs
    scene.engine.delete(left)


def test_a_nat_gateway_holds_its_subnet_its_address_and_the_internet_gateway(
    scene: Scene, network: Network
) -> None:
    gateway, address, nat = _nat(scene, network)

    assert nat["publicIp"] == address["publicIp"]
    for thing, code in (
        (network.subnets[0], "DeleteSubnet: DependencyViolation"),
        (address, r"ReleaseAddress: InvalidIPAddress\.InUse"),
        (gateway, "DetachInternetGateway: DependencyViolation"),
    ):
        with pytest.raises(RefusedError, match=rf"^{code}: "):
            scene.engine.delete(thing)


def test_a_public_nat_gateway_needs_an_address_and_a_way_out(
    scene: Scene, network: Network
) -> None:
    subnet_id = network.subnets[0].physical_id
    with pytest.raises(RefusedError, match=r"^CreateNatGateway: MissingParameter: "):
        scene.make(NAT, subnetId=subnet_id)

    address = scene.make(ADDRESS, domain="vpc")
    with pytest.raises(RefusedError, match=r"^CreateNatGateway: Gateway\.NotAttached: "):
        scene.make(NAT, subnetId=subnet_id, allocationId=address.physical_id)


def test_a_route_has_exactly_one_target_that_exists_in_its_network(
    scene: Scene, network: Network
) -> None:
    table = scene.make(TABLE, vpcId=network.vpc.physical_id)
    where: Properties = {
        "routeTableId": table.physical_id,
        "destinationCidrBlock": "0.0.0.0/0",
    }
    foreign = scene.make(GATEWAY)

    _inputs, failures = scene.engine.check(ROUTE, where)
    assert any("must be given" in failure for failure in failures)
    with pytest.raises(RefusedError, match=r"^CreateRoute: InvalidNatGatewayID\.NotFound: "):
        scene.make(ROUTE, **where, natGatewayId="nat-0123456789abcdef0")
    with pytest.raises(RefusedError, match=r"^CreateRoute: InvalidParameterValue: "):
        scene.make(ROUTE, **where, gatewayId=foreign.physical_id)


def test_a_route_is_moved_to_another_target_and_deleted(scene: Scene, network: Network) -> None:
    gateway, _address, nat = _nat(scene, network)
    table = scene.make(TABLE, vpcId=network.vpc.physical_id)
    route = scene.make(
        ROUTE,
        routeTableId=table.physical_id,
        destinationCidrBlock="0.0.0.0/0",
        natGatewayId=nat.physical_id,
    )
    assert (route["state"], route["origin"]) == ("active", "CreateRoute")

    moved = scene.engine.update(route, natGatewayId=None, gatewayId=gateway.physical_id)

    assert moved["gatewayId"] == gateway.physical_id
    assert "natGatewayId" not in moved.outputs
    scene.drop(route)
    assert scene.engine.read(moved) is None


def test_a_subnet_is_on_one_route_table(scene: Scene, network: Network) -> None:
    tables = [scene.make(TABLE, vpcId=network.vpc.physical_id) for _ in range(2)]
    subnet_id = network.subnets[0].physical_id
    scene.make(ASSOCIATION, routeTableId=tables[0].physical_id, subnetId=subnet_id)

    with pytest.raises(RefusedError, match=r"Resource\.AlreadyAssociated"):
        scene.make(ASSOCIATION, routeTableId=tables[1].physical_id, subnetId=subnet_id)
    with pytest.raises(RefusedError, match=r"^DeleteRouteTable: DependencyViolation: "):
        scene.engine.delete(tables[0])
