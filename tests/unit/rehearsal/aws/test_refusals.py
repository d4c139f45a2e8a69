"""The list of what the simulated AWS refuses to make, with AWS's own code and what the user reads.

One test for each, through the provider protocol. What it refuses to delete, names that are taken,
and wrong inputs are in `test_refusals_in_use.py` and `test_refusals_of_inputs.py`; finer rules of a
service are tested beside it.
"""

import pytest

from infra.catalog.machines import machine
from infra.preflight.aws import catalogue
from infra.rehearsal.aws.values import texts
from infra.wire import Properties, Value
from tests.unit.rehearsal.aws.harness import TRUST_EC2
from tests.unit.rehearsal.aws.scene import (
    ADDRESS,
    GATEWAY,
    NAT,
    NODES,
    SUBNET,
    TEMPLATE,
    VPC,
    AccountFacts,
    Network,
    Scene,
    refused,
)
from tests.unit.rehearsal.cloud.wire import Made, PartlyError, RefusedError


def failed(scene: Scene, group: Properties, count: int, **changes: Value) -> str:
    """Return what a person reads when a group exists and its machines come to nothing."""
    sizes: Properties = {"minSize": 0, "desiredSize": count, "maxSize": max(count, 2)}
    wanted: Properties = {**group, "scalingConfig": sizes, "nodeGroupName": "doomed", **changes}
    with pytest.raises(PartlyError) as error:
        scene.make(NODES, **wanted)
    left = Made(f"urn:pulumi:dev::tokenworks::{NODES}::doomed", error.value.physical_id, wanted, {})
    scene.made.append(left)
    assert error.value.outputs["status"] == "CREATE_FAILED"
    return str(error.value)


# Networks


def test_a_subnet_that_overlaps_another(scene: Scene, network: Network) -> None:
    said = refused(scene, SUBNET, vpcId=network.vpc.physical_id, cidrBlock="10.0.0.128/25")

    assert said == (
        "CreateSubnet: InvalidSubnet.Conflict: "
        "The CIDR '10.0.0.128/25' conflicts with another subnet"
    )


def test_a_subnet_outside_its_vpc(scene: Scene, network: Network) -> None:
    said = refused(scene, SUBNET, vpcId=network.vpc.physical_id, cidrBlock="10.9.0.0/24")

    assert said == "CreateSubnet: InvalidSubnet.Range: The CIDR '10.9.0.0/24' is invalid."


def test_one_vpc_more_than_the_quota(scene: Scene, facts: AccountFacts) -> None:
    facts.have(catalogue.VPCS, 1)  # the default VPC takes it

    assert refused(scene, VPC, cidrBlock="10.0.0.0/16") == (
        "CreateVpc: VpcLimitExceeded: The maximum number of VPCs has been reached."
    )


def test_one_address_more_than_the_quota(scene: Scene, facts: AccountFacts) -> None:
    facts.have(catalogue.ELASTIC_IPS, 1)
    scene.make(ADDRESS, domain="vpc")

    assert refused(scene, ADDRESS, domain="vpc") == (
        "AllocateAddress: AddressLimitExceeded: The maximum number of addresses has been reached."
    )


def test_one_nat_gateway_more_than_the_quota_of_its_zone(
    scene: Scene, network: Network, facts: AccountFacts
) -> None:
    facts.have(catalogue.NAT_GATEWAYS, 1)
    scene.make(GATEWAY, vpcId=network.vpc.physical_id)
    here, there = (subnet.physical_id for subnet in network.subnets)
    addresses = [scene.make(ADDRESS, domain="vpc").physical_id for _ in range(3)]
    scene.make(NAT, subnetId=here, allocationId=addresses[0])
    scene.make(NAT, subnetId=there, allocationId=addresses[1])

    assert refused(scene, NAT, subnetId=here, allocationId=addresses[2]) == (
        "CreateNatGateway: NatGatewayLimitExceeded: "
        "Performing this operation would exceed the limit of 1 NAT gateways"
    )


# Machines


def test_an_unknown_machine_type_of_a_node_group(scene: Scene, group: Properties) -> None:
    wanted: Properties = {**group, "instanceTypes": ["g6.gigantic"]}

    assert refused(scene, NODES, **wanted) == (
        "CreateNodegroup: InvalidParameterException: "
        "The following supplied instance types do not exist: [g6.gigantic]"
    )


def test_an_unknown_machine_type_of_a_launch_template(scene: Scene) -> None:
    assert refused(scene, TEMPLATE, instanceType="g6.gigantic") == (
        ": InvalidParameterValue: Invalid value 'g6.gigantic' for InstanceType."
    )


def test_a_machine_type_that_one_of_the_groups_zones_does_not_sell(
    scene: Scene, group: Properties, facts: AccountFacts
) -> None:
    facts.sold("p5.48xlarge", "us-east-1b")
    wanted: Properties = {**group, "instanceTypes": ["p5.48xlarge"]}

    assert refused(scene, NODES, **wanted) == (
        "CreateNodegroup: InvalidRequestException: Your requested instance type (p5.48xlarge) is "
        "not supported in your requested Availability Zone (us-east-1a). Please retry your request "
        "by not specifying an Availability Zone or choosing us-east-1b."
    )
    wanted["subnetIds"] = [texts(group, "subnetIds")[1]]
    scene.make(NODES, **wanted)


@pytest.mark.parametrize(
    ("kind", "family"),
    [
        ("g6.xlarge", catalogue.ON_DEMAND_G),
        ("p5.48xlarge", catalogue.ON_DEMAND_P),
        ("m7i.large", catalogue.ON_DEMAND_STANDARD),
    ],
    ids=["G", "P", "standard"],
)
def test_more_machines_than_the_on_demand_quota_of_their_family(
    scene: Scene, group: Properties, facts: AccountFacts, kind: str, family: catalogue.Quota
) -> None:
    limit = 2 * machine("aws", kind).vcpus - 1
    facts.have(family, limit)

    said = failed(scene, group, 2, instanceTypes=[kind], amiType="AL2023_x86_64_STANDARD")

    assert said.startswith(
        "waiting for EKS Node Group (tokenworks-dev:doomed) create: unexpected state "
        "'CREATE_FAILED', wanted target 'ACTIVE'. last error: eks-"
    )
    assert said.endswith(
        ": AsgInstanceLaunchFailures: Could not launch On-Demand Instances. VcpuLimitExceeded - "
        f"You have requested more vCPU capacity than your current vCPU limit of {limit} allows for "
        "the instance bucket that the specified instance type belongs to. Please visit "
        "http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit. "
        "Launching EC2 instance failed."
    )


@pytest.mark.parametrize(
    ("kind", "family"),
    [
        ("g6.xlarge", catalogue.SPOT_G),
        ("p4d.24xlarge", catalogue.SPOT_P4),
        ("p5.48xlarge", catalogue.SPOT_P5),
    ],
    ids=["G", "P4", "P5"],
)
def test_more_machines_than_the_spot_quota_of_their_family(
    scene: Scene, group: Properties, facts: AccountFacts, kind: str, family: catalogue.Quota
) -> None:
    facts.have(family, 3)
    facts.sold(kind, "us-east-1a", "us-east-1b")

    said = failed(scene, group, 1, instanceTypes=[kind], capacityType="SPOT")

    assert said.endswith(
        "AsgInstanceLaunchFailures: Could not launch Spot Instances. MaxSpotInstanceCountExceeded "
        "- Max spot instance count exceeded. Launching EC2 instance failed."
    )


def test_families_and_ways_of_buying_have_quotas_apart(
    scene: Scene, group: Properties, facts: AccountFacts
) -> None:
    for nothing in (catalogue.ON_DEMAND_P, catalogue.SPOT_G, catalogue.SPOT_P5):
        facts.have(nothing, 0)
    facts.have(catalogue.ON_DEMAND_G, 8)
    sizes: Properties = {"minSize": 2, "desiredSize": 2, "maxSize": 2}
    scene.api.ready["fits"] = 2

    made = scene.make(NODES, **group | {"scalingConfig": sizes, "nodeGroupName": "fits"})

    assert made["status"] == "ACTIVE"


def test_machines_of_all_groups_count_together(
    scene: Scene, group: Properties, facts: AccountFacts
) -> None:
    facts.have(catalogue.ON_DEMAND_G, 11)
    sizes: Properties = {"minSize": 2, "desiredSize": 2, "maxSize": 2}
    scene.api.ready["first"] = 2
    scene.make(NODES, **group | {"scalingConfig": sizes, "nodeGroupName": "first"})

    assert "VcpuLimitExceeded" in failed(scene, group, 1)


# Clusters and their roles


def test_an_unknown_kubernetes_version(scene: Scene, network: Network) -> None:
    with pytest.raises(RefusedError) as error:
        scene.cluster(network, version="1.99")

    assert str(error.value) == (
        "CreateCluster: InvalidParameterException: unsupported Kubernetes version 1.99"
    )


def test_a_node_group_whose_role_lets_no_node_join(scene: Scene, group: Properties) -> None:
    role = scene.role_with(TRUST_EC2)

    said = failed(scene, group, 1, nodeRoleArn=role["arn"])

    assert said.endswith("NodeCreationFailure: Instances failed to join the kubernetes cluster")


@pytest.mark.parametrize(
    "policies",
    [
        ("AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy"),
        ("AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly"),
    ],
    ids=["no images", "no addresses"],
)
def test_a_node_group_whose_nodes_join_and_never_become_healthy(
    scene: Scene, group: Properties, policies: tuple[str, ...]
) -> None:
    role = scene.role_with(TRUST_EC2, *policies)

    said = failed(scene, group, 1, nodeRoleArn=role["arn"])

    assert said.endswith("NodeCreationFailure: Unhealthy nodes in the kubernetes cluster")


def test_a_node_group_whose_role_ec2_may_not_take_on(scene: Scene, group: Properties) -> None:
    role = scene.cluster_role()

    assert refused(scene, NODES, **group | {"nodeRoleArn": role["arn"]}) == (
        "CreateNodegroup: InvalidParameterException: Following required service principals "
        "[ec2.amazonaws.com] were not found in the trust relationships of nodeRole "
        f"{role['arn']}"
    )


def test_a_cluster_whose_role_eks_may_not_take_on(scene: Scene, network: Network) -> None:
    role = scene.node_role()

    with pytest.raises(RefusedError) as error:
        scene.cluster(network, roleArn=role["arn"])

    assert str(error.value) == (
        "CreateCluster: InvalidParameterException: Following required service principals "
        "[eks.amazonaws.com] were not found in the trust relationships of clusterRole "
        f"{role['arn']}"
    )


def test_a_cluster_whose_role_may_do_nothing(scene: Scene, network: Network) -> None:
    with pytest.raises(RefusedError) as error:
        scene.cluster(network, roleArn=scene.role()["arn"])

    assert str(error.value) == (
        "CreateCluster: InvalidParameterException: The provided role doesn't have the Amazon EKS "
        "Managed Policies associated with it. Please ensure the following policies "
        "[arn:aws:iam::aws:policy/AmazonEKSClusterPolicy] are attached"
    )
