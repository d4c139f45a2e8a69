"""What one component of AWS hands to the next; `components.handles` has what any cloud hands on.

Owns records that only AWS's components read: networks by their subnets, roles by their ARNs.
"""

from dataclasses import dataclass

import pulumi


@dataclass(frozen=True, eq=False)
class NetworkRef:
    """A network with room for nodes."""

    vpc_id: pulumi.Output[str]
    """Identifier of the network."""
    public_subnet_ids: tuple[pulumi.Output[str], ...]
    """One subnet per zone with a route from the internet, for load balancers."""
    private_subnet_ids: tuple[pulumi.Output[str], ...]
    """One subnet per zone without one, for nodes and pods."""
    private_zones: tuple[pulumi.Output[str], ...]
    """Zone name of each private subnet, in their order."""
    cidr: pulumi.Output[str]
    """IPv4 range of the network."""
    egress: tuple[pulumi.Resource, ...]
    """What must exist before a node can pull an image, and outlive the last node."""


@dataclass(frozen=True, eq=False)
class RoleRef:
    """A cloud identity that a service or a machine takes on."""

    arn: pulumi.Output[str]
    """Identifier of the role."""
    permissions: tuple[pulumi.Resource, ...]
    """Grants that must exist before the role is used, and outlive its last use."""


@dataclass(frozen=True, eq=False)
class NodeHome:
    """Everything a group of nodes needs to join a cluster."""

    cluster_name: pulumi.Output[str]
    """Name as the created cluster reports it: nodes wait for the cluster."""
    kubernetes_version: str
    """Minor version of the control plane; nodes run the same."""
    role: RoleRef
    """What a node may do in the cloud."""
    network: NetworkRef
    """Where nodes stand."""
    cluster_security_group_id: pulumi.Output[str]
    """The group that EKS made for the cluster; whoever names a node's groups must name it too."""
    disk_key_arn: pulumi.Output[str] | None = None
    """KMS key of root disks; the account's own key for EBS when absent."""
    needed: tuple[pulumi.Resource, ...] = ()
    """What must run before the first node and outlive the last one, such as pod networking."""
