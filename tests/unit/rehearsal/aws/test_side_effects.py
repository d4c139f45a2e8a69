"""What controllers of the cluster make in the account keeps subnets, groups and the VPC."""

from dataclasses import replace

import pytest

from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.rules_ec2 import group_is_unused
from infra.rehearsal.aws.side_effects import SideEffects
from infra.rehearsal.aws.values import blocks, text
from infra.rehearsal.controllers.account import Balancer, ControllerError, Disk, Machine
from infra.wire import Properties, Value
from tests.unit.rehearsal.aws.harness import REGION, Simulation
from tests.unit.rehearsal.aws.scene import GATEWAY, NODES, SUBNET, VPC, Network, Scene, kept
from tests.unit.rehearsal.cloud.wire import Made

SHOP = Balancer(
    uid="11111111-2222-3333-4444-555555555555",
    service="foreign/shop",
    internal=False,
    ports=((80, 30080),),
)
NAME = "a1111111122223333444455555555555"
DATA = Disk("66666666", "monitoring/data", 10, "us-east-1a", "gp3", encrypted=True)
PUBLIC: Properties = {"kubernetes.io/role/elb": "1"}


@pytest.fixture
def network(scene: Scene) -> Network:
    """A VPC with a public subnet in each of two zones, and a private one."""
    vpc = scene.make(VPC, cidrBlock="10.0.0.0/16")
    subnets = [
        scene.make(
            SUBNET,
            vpcId=vpc.physical_id,
            cidrBlock=f"10.0.{number}.0/24",
            availabilityZone=zone,
            tags=tags,
        )
        for number, (zone, tags) in enumerate(
            [("us-east-1a", PUBLIC), ("us-east-1b", PUBLIC), ("us-east-1a", {})]
        )
    ]
    return Network(vpc, subnets)


@pytest.fixture
def controllers(simulation: Simulation, cluster: Made) -> SideEffects:
    """The account as the controllers of the cluster have it."""
    assert cluster
    return simulation.cloud.side_effects


def listed(simulation: Simulation, kind: str) -> list[str]:
    return [item["name"] for item in simulation.report("/inventory") if item["kind"] == kind]


def by_hand(region: Region, balancer: str) -> None:
    """Remove a forgotten load balancer as its owner has to, when no controller is left."""
    region.call("elb", "delete_load_balancer", LoadBalancerName=balancer)
    for item in blocks(region.call("ec2", "describe_network_interfaces"), "NetworkInterfaces"):
        interface = text(item, "NetworkInterfaceId")
        region.call("ec2", "delete_network_interface", NetworkInterfaceId=interface)
    named: list[Value] = [{"Name": "group-name", "Values": [f"k8s-elb-{balancer}"]}]
    groups = region.call("ec2", "describe_security_groups", Filters=named)
    region.call("ec2", "delete_security_group", GroupId=text(groups, "SecurityGroups.0.GroupId"))


def test_a_load_balancer_has_an_interface_in_each_public_subnet_and_a_group_of_its_own(
    simulation: Simulation, controllers: SideEffects
) -> None:
    host = controllers.balancer(SHOP)

    assert host.endswith(".us-east-1.elb.amazonaws.com")
    assert controllers.balancer(SHOP) == host  # a controller asks again and again
    assert listed(simulation, "load balancer") == [NAME]
    assert listed(simulation, "network interface") == [f"ELB {NAME}"] * 2
    assert f"k8s-elb-{NAME}" in listed(simulation, "security group")

    controllers.drop_balancer(SHOP.uid)
    controllers.drop_balancer(SHOP.uid)

    for kind in ("load balancer", "network interface"):
        assert listed(simulation, kind) == []


def test_a_load_balancer_without_a_subnet_for_it_is_refused_in_the_controllers_words(
    controllers: SideEffects,
) -> None:
    with pytest.raises(ControllerError) as error:
        controllers.balancer(replace(SHOP, internal=True))

    assert str(error.value) == (
        "failed to ensure load balancer: could not find any suitable subnets for creating the ELB"
    )


def test_a_forgotten_load_balancer_keeps_its_subnets_the_gateway_and_the_vpc(
    scene: Scene, simulation: Simulation, network: Network, controllers: SideEffects, cluster: Made
) -> None:
    gateway = scene.make(GATEWAY, vpcId=network.vpc.physical_id)
    controllers.balancer(SHOP)
    scene.drop(cluster)
    assert not controllers.has_cluster()

    subnet, private = network.subnets[0], network.subnets[2]
    assert kept(scene, subnet) == (
        f"DeleteSubnet: DependencyViolation: The subnet '{subnet.physical_id}' has dependencies "
        "and cannot be deleted."
    )
    vpc = network.vpc.physical_id
    assert kept(scene, gateway) == (
        f"DetachInternetGateway: DependencyViolation: Network {vpc} has some mapped public "
        "address(es). Please unmap those public address(es) before detaching the gateway."
    )
    scene.drop(private)
    by_hand(simulation.cloud.account.region(REGION), NAME)
    scene.drop(gateway)
    scene.drop(subnet)


def test_a_group_of_a_load_balancer_alone_keeps_the_vpc(
    scene: Scene, simulation: Simulation, network: Network, controllers: SideEffects, cluster: Made
) -> None:
    controllers.balancer(SHOP)
    scene.drop(cluster)
    region = simulation.cloud.account.region(REGION)
    group = region.call(
        "ec2",
        "describe_security_groups",
        Filters=[{"Name": "group-name", "Values": [f"k8s-elb-{NAME}"]}],
    )
    theirs = Made("", text(group, "SecurityGroups.0.GroupId"), {}, {})

    with pytest.raises(AwsError) as error:
        group_is_unused(region, theirs.physical_id)
    assert str(error.value) == (
        f"DeleteSecurityGroup: DependencyViolation: resource {theirs.physical_id} has a dependent "
        "object"
    )
    assert kept(scene, network.vpc) == (
        f"DeleteVpc: DependencyViolation: The vpc '{network.vpc.physical_id}' has dependencies and "
        "cannot be deleted."
    )
    by_hand(region, NAME)


def test_each_node_has_an_interface_in_the_subnet_of_its_zone_until_it_is_gone(
    scene: Scene, simulation: Simulation, controllers: SideEffects, group: Properties
) -> None:
    scene.make(NODES, **group, nodeGroupName="gpu")
    here, there = Machine("one", "gpu", "us-east-1a"), Machine("two", "gpu", "us-east-1b")
    controllers.keep_interfaces({here, there})
    region = simulation.cloud.account.region(REGION)

    found = blocks(region.call("ec2", "describe_network_interfaces"), "NetworkInterfaces")
    described = region.call("eks", "describe_cluster", name="tokenworks-dev")
    own = text(described, "cluster.resourcesVpcConfig.clusterSecurityGroupId")
    assert {text(item, "Description"): text(item, "AvailabilityZone") for item in found} == {
        "network interface of node one": "us-east-1a",
        "network interface of node two": "us-east-1b",
    }
    assert [text(item, "Groups.0.GroupId") for item in found] == [own, own]

    controllers.keep_interfaces({there})
    assert listed(simulation, "network interface") == ["network interface of node two"]


def test_interfaces_go_with_their_node_group_and_a_late_look_makes_none(
    scene: Scene, simulation: Simulation, controllers: SideEffects, group: Properties
) -> None:
    machine = Machine("one", "gpu", "us-east-1a")
    made = scene.make(NODES, **group, nodeGroupName="gpu")
    controllers.keep_interfaces({machine})
    scene.drop(made)

    controllers.keep_interfaces({machine})

    assert listed(simulation, "network interface") == []


def test_a_node_keeps_its_subnet_and_the_groups_it_is_in(
    scene: Scene, network: Network, controllers: SideEffects, group: Properties
) -> None:
    scene.make(NODES, **group, nodeGroupName="gpu")
    controllers.keep_interfaces({Machine("one", "gpu", "us-east-1b")})

    assert "DependencyViolation" in kept(scene, network.subnets[1])


def test_a_volume_is_made_once_for_a_claim_and_stays_when_the_cluster_goes(
    scene: Scene, simulation: Simulation, controllers: SideEffects, cluster: Made
) -> None:
    volume = controllers.disk(DATA)
    assert controllers.disk(DATA) == volume
    assert listed(simulation, "volume") == ["tokenworks-dev-dynamic-pvc-66666666"]
    scene.drop(cluster)
    assert listed(simulation, "volume") == ["tokenworks-dev-dynamic-pvc-66666666"]

    region = simulation.cloud.account.region(REGION)
    region.call("ec2", "delete_volume", VolumeId=volume)


def test_a_volume_goes_with_its_claim(simulation: Simulation, controllers: SideEffects) -> None:
    volume = controllers.disk(DATA)
    controllers.drop_disk(volume)
    controllers.drop_disk(volume)

    assert listed(simulation, "volume") == []


def test_volumes_need_the_drivers_add_on(
    simulation: Simulation, controllers: SideEffects, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not controllers.has_disk_driver()

    def describe(_region: Region, parameters: Properties) -> Properties:
        assert parameters == {"clusterName": "tokenworks-dev", "addonName": "aws-ebs-csi-driver"}
        return {"addon": {}}

    monkeypatch.setitem(simulation.cloud.account.gaps, ("eks", "describe_addon"), describe)
    assert controllers.has_disk_driver()
