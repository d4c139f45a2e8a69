"""What is in use stays: AWS's own code for each, and what the user reads.

What controllers of the cluster made is in use too: `test_side_effects.py`.
"""

import json

from infra.wire import Properties
from tests.unit.rehearsal.aws.scene import (
    ADDRESS,
    ATTACHMENT,
    GATEWAY,
    GROUP,
    INGRESS,
    INLINE,
    NAT,
    NODES,
    POLICY,
    PROFILE,
    TABLE,
    VPC,
    Network,
    Scene,
    kept,
    refused,
)

IN_A_PROFILE = "Cannot delete entity, must remove roles from instance profile first."
STATEMENT = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
ALLOW = json.dumps({"Version": "2012-10-17", "Statement": [STATEMENT]})


def test_a_vpc_a_subnet_and_a_group_with_something_in_them(scene: Scene, network: Network) -> None:
    vpc, subnet = network.vpc, network.subnets[0]
    group, other = (scene.make(GROUP, vpcId=vpc.physical_id) for _ in range(2))
    peer: Properties = {"ipProtocol": "-1", "referencedSecurityGroupId": group.physical_id}
    scene.make(INGRESS, securityGroupId=other.physical_id, **peer)
    scene.make(GATEWAY, vpcId=vpc.physical_id)
    address = scene.make(ADDRESS, domain="vpc")
    scene.make(NAT, subnetId=subnet.physical_id, allocationId=address.physical_id)

    assert kept(scene, vpc) == (
        f"DeleteVpc: DependencyViolation: The vpc '{vpc.physical_id}' has dependencies and cannot "
        "be deleted."
    )
    assert kept(scene, subnet) == (
        f"DeleteSubnet: DependencyViolation: The subnet '{subnet.physical_id}' has dependencies "
        "and cannot be deleted."
    )
    assert kept(scene, group) == (
        f"DeleteSecurityGroup: DependencyViolation: resource {group.physical_id} has a dependent "
        "object"
    )


def test_an_address_that_a_nat_gateway_has(scene: Scene, network: Network) -> None:
    here, there = network.subnets
    scene.make(GATEWAY, vpcId=network.vpc.physical_id)
    address = scene.make(ADDRESS, domain="vpc").physical_id
    scene.make(NAT, subnetId=here.physical_id, allocationId=address)

    assert refused(scene, NAT, subnetId=there.physical_id, allocationId=address) == (
        f"CreateNatGateway: Resource.AlreadyAssociated: Elastic IP address {address} is already "
        "associated"
    )
    scene.drop(there)  # the refused gateway left nothing in it


def test_a_vpc_with_a_route_table_of_its_own(scene: Scene) -> None:
    vpc = scene.make(VPC, cidrBlock="10.0.0.0/16")
    scene.make(TABLE, vpcId=vpc.physical_id)

    assert kept(scene, vpc).startswith("DeleteVpc: DependencyViolation: The vpc ")


def test_a_role_with_a_policy_attached_or_inline_or_in_an_instance_profile(scene: Scene) -> None:
    attached, inline, profiled = (scene.role() for _ in range(3))
    scene.make(
        ATTACHMENT,
        role=attached.physical_id,
        policyArn="arn:aws:iam::aws:policy/AmazonEKSClusterPolicy",
    )
    scene.make(INLINE, role=inline.physical_id, policy=ALLOW)
    scene.make(PROFILE, role=profiled.physical_id)

    assert [kept(scene, role) for role in (attached, inline, profiled)] == [
        "DeleteRole: DeleteConflict: Cannot delete entity, must detach all policies first.",
        "DeleteRole: DeleteConflict: Cannot delete entity, must delete policies first.",
        f"DeleteRole: DeleteConflict: {IN_A_PROFILE}",
    ]


def test_the_role_of_a_node_group_stays_while_the_group_has_its_instance_profile(
    scene: Scene, group: Properties
) -> None:
    nodes = scene.make(NODES, **group)
    arn = str(group["nodeRoleArn"])
    role = next(thing for thing in scene.made if thing.outputs.get("arn") == arn)

    assert kept(scene, role) == f"DeleteRole: DeleteConflict: {IN_A_PROFILE}"
    scene.drop(nodes)
    assert "instance profile" not in kept(scene, role)  # now its policies are in the way


def test_a_policy_that_a_role_has(scene: Scene) -> None:
    policy = scene.make(POLICY, policy=ALLOW)
    scene.make(ATTACHMENT, role=scene.role().physical_id, policyArn=policy.physical_id)

    assert kept(scene, policy) == (
        "DeletePolicy: DeleteConflict: Cannot delete a policy attached to entities."
    )
