"""Names of the platform's log groups.

Owns the names. Does not own the groups: the cluster and the flow logs create their own.
Why here: the policy of the key that encrypts them names them before they exist.
"""

from components.handles import PlatformRef


def cluster_log_group(platform: PlatformRef) -> str:
    """Return the group that EKS writes to. EKS fixes it (user guide, "control plane logs")."""
    return f"/aws/eks/{platform.cluster_name}/cluster"


def flow_log_group(platform: PlatformRef) -> str:
    """Return the group that the network's flow logs go to."""
    return f"/aws/vpc/{platform.cluster_name}/flow-logs"


def cache_log_group(platform: PlatformRef, instance: str, kind: str) -> str:
    """Return the group that an instance of the cache writes to; `*` stands for all of them."""
    return f"/aws/elasticache/{platform.cluster_name}/{instance}/{kind}"
