"""What the account holds for the machines of a node group, besides the machines.

Owns the instance profile that EKS makes for a group's role, and a network interface for each node:
both keep other things from being deleted (role, subnet, security group), and both are gone with
their group. Does not own the nodes; `infra/rehearsal/controllers` tells which there are.

Sources: EKS user guide, "Amazon EKS node IAM role" and "View Amazon EKS security group requirements
for clusters" (the cluster security group is on every managed node); aws/aws-k8s-tester,
eks/mng/role.go (the role stays while the group's instance profile has it).
"""

import hashlib

from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.values import blocks, dig, optional_text, tag_map, text, texts
from infra.wire import Properties, Value

GROUP_TAG = "eks:nodegroup-name"
NODE_TAG = "node.k8s.amazonaws.com/name"


def add_profile(region: Region, cluster: str, name: str, role_arn: str) -> str:
    """Make the instance profile of a group's machines and return its name."""
    digest = hashlib.sha256(f"{region.name}/{cluster}/{name}".encode()).hexdigest()
    profile = f"eks-{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:32]}"
    region.call("iam", "create_instance_profile", InstanceProfileName=profile)
    region.call(
        "iam",
        "add_role_to_instance_profile",
        InstanceProfileName=profile,
        RoleName=role_arn.rsplit("/", 1)[-1],
    )
    return profile


def take_away(region: Region, name: str, overlay: Properties) -> None:
    """Remove what was there for a group's machines; the last of them is gone."""
    profile = optional_text(overlay, "instanceProfile")
    if profile:
        found = region.call("iam", "get_instance_profile", InstanceProfileName=profile)
        for role in blocks(found, "InstanceProfile.Roles"):
            region.call(
                "iam",
                "remove_role_from_instance_profile",
                InstanceProfileName=profile,
                RoleName=text(role, "RoleName"),
            )
        region.call("iam", "delete_instance_profile", InstanceProfileName=profile)
    for interface in _interfaces(region, name).values():
        drop_interface(region, interface)


def node_interfaces(region: Region) -> dict[str, str]:
    """Return node names and the network interface of each."""
    return _interfaces(region, "*")


def add_interface(region: Region, cluster: Properties, group: Properties, node: str) -> None:
    """Give a new node its network interface, in the group's subnet of the node's zone.

    Args:
        region: where the group is.
        cluster: EKS's description of the cluster.
        group: EKS's description of the group, and the node's `zone`.
        node: name of the node.
    """
    ids: list[Value] = [*texts(group, "subnets")]
    subnets = blocks(region.call("ec2", "describe_subnets", SubnetIds=ids), "Subnets")
    zone = dig(group, "zone")
    subnet = next((item for item in subnets if dig(item, "AvailabilityZone") == zone), subnets[0])
    tags: list[Value] = [
        {"Key": GROUP_TAG, "Value": text(group, "nodegroupName")},
        {"Key": NODE_TAG, "Value": node},
    ]
    region.call(
        "ec2",
        "create_network_interface",
        SubnetId=text(subnet, "SubnetId"),
        Groups=[text(cluster, "resourcesVpcConfig.clusterSecurityGroupId")],
        Description=f"network interface of node {node}",
        TagSpecifications=[{"ResourceType": "network-interface", "Tags": tags}],
    )


def drop_interface(region: Region, interface: str) -> None:
    """Remove a network interface; one that is gone is fine."""
    try:
        region.call("ec2", "delete_network_interface", NetworkInterfaceId=interface)
    except AwsError as error:
        if not error.not_found:
            raise


def _interfaces(region: Region, group: str) -> dict[str, str]:
    wanted: list[Value] = [{"Name": f"tag:{GROUP_TAG}", "Values": [group]}]
    reply = region.call("ec2", "describe_network_interfaces", Filters=wanted)
    found: dict[str, str] = {}
    for item in blocks(reply, "NetworkInterfaces"):
        found[tag_map(item.get("TagSet"))[NODE_TAG]] = text(item, "NetworkInterfaceId")
    return found
