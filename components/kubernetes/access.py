"""The Kubernetes provider that every object of a cluster is created with.

Owns how the engine reaches the cluster. Does not own the right to: that is in the cloud's access
entries, and the token is drawn by `tokenworks kube-token` at each use.
Why explicit and strict: without a kubeconfig of its own the provider takes whatever the terminal's
current context is.
"""

import pulumi
import pulumi_kubernetes as kubernetes

from components.handles import ClusterRef


def kubernetes_provider(
    name: str, cluster: ClusterRef, opts: pulumi.ResourceOptions | None = None
) -> kubernetes.Provider:
    """Return the provider for a cluster."""
    return kubernetes.Provider(
        name,
        kubeconfig=cluster.kubeconfig,
        context=cluster.name,
        # A kubeconfig that only an update knows would replace the provider, and with it everything
        # in the cluster, unless the cluster's identity is known and unchanged (pulumi-kubernetes
        # 4.34, `DiffConfig`). With the region: two clusters may have one name, and what was created
        # in the one would pass for created in the other.
        cluster_identifier=f"{cluster.region}/{cluster.name}",
        opts=opts,
    )
