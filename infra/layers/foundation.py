"""The foundation: network, identities, control plane and nodes.

Owns which of the cloud's components are made, and in which order they go away again.
Does not own anything inside the cluster.
"""

from dataclasses import dataclass

import pulumi

from components.aws.cluster import Cluster
from components.aws.identity import Identity
from components.aws.network import Network
from components.aws.node_pools import GpuNodePool, SystemNodePool
from components.aws.provider import aws_provider
from components.handles import ClusterRef, NodeHome, PlatformRef
from infra.spec.stack import StackSpec


@dataclass(frozen=True, eq=False)
class Foundation:
    """What the platform stands on."""

    cluster: ClusterRef
    """How to reach the cluster."""
    needed_inside: tuple[pulumi.Resource, ...]
    """What must be there before, and until after, anything inside the cluster: access and nodes."""


def build_foundation(spec: StackSpec, platform: PlatformRef) -> Foundation:
    """Create the foundation of a stack.

    Pools go without the platform's name: node groups are named within their cluster, and both names
    together are longer than EKS allows.
    """
    aws = pulumi.ResourceOptions(providers=[aws_provider(f"{platform.name}-aws", platform)])
    network = Network(f"{platform.name}-network", spec.cloud, platform=platform, opts=aws)
    identity = Identity(f"{platform.name}-identity", platform=platform, opts=aws)
    cluster = Cluster(
        f"{platform.name}-cluster",
        spec.cluster,
        platform=platform,
        network=network.ref,
        role=identity.control_plane,
        opts=aws,
    )
    home = NodeHome(
        cluster_name=cluster.created_name,
        kubernetes_version=spec.cluster.kubernetes_version,
        role=identity.nodes,
        network=network.ref,
        cluster_security_group_id=cluster.security_group_id,
    )
    system = SystemNodePool(
        "system",
        spec.cluster.system_nodes,
        at=home,
        platform=platform,
        opts=aws,
    )
    pools = [
        GpuNodePool(pool.name, pool, at=home, platform=platform, opts=aws)
        for pool in spec.gpu_pools
    ]
    return Foundation(cluster=cluster.ref, needed_inside=(cluster, system, *pools))
