"""The node autoscaler of EKS: pools grow for pods that do not fit, and shrink when GPUs are idle.

Owns one release of the chart `cluster-autoscaler` and what its pods may reach.
Does not own the bounds of a pool (node groups), the tags by which groups are found and by which an
empty one is understood (node groups), nor the role that lets it change a size: the foundation gives
that to this namespace and service account, through Pod Identity.
On GKE nothing is installed: the control plane has the autoscaler, and a node pool its bounds.
Why not Karpenter: managed node groups are what the rest of the platform declares, prices and
rehearses, and each pool has fixed machines.
"""

from collections.abc import Sequence

import pulumi

from components.handles import NamespaceRef, PlatformRef
from components.kubernetes import network_policies, operators
from components.kubernetes.charts import ChartValue, helm_release
from infra.catalog import releases
from infra.spec.cloud import CloudProvider
from infra.spec.environment import Environment
from infra.spec.pools import GpuPoolSpec

CHART = "cluster-autoscaler"
NAMESPACE = "kube-system"
"""Beside the add-ons that a cluster cannot do without. It is the namespace of the Pod Identity
association, and the autoscaler looks for its priorities in its own namespace."""
SERVICE_ACCOUNT = "cluster-autoscaler"
"""Name in the Pod Identity association."""
PROGRAM = "aws-cluster-autoscaler"
"""`app.kubernetes.io/name` of its pods: the chart puts the cloud before its name."""
UNPRIVILEGED_USER = 65534
"""The `nobody` that the upstream example for AWS runs it as (kubernetes/autoscaler 1.35.2,
cloudprovider/aws/examples)."""

RESERVED_FIRST, SPOT_NEXT, THE_REST = "30", "20", "10"
"""Highest first. Keys of a chart value are text; the chart makes numbers of them."""

FLAGS: dict[str, ChartValue] = {
    # Between groups of equal priority, the one that leaves the least room unused.
    "expander": "priority,least-waste",
    # Balancing is for one group per zone. Ours span the zones, and EC2 spreads their machines.
    "balance-similar-node-groups": False,
    # Controllers of kube-system may move: each of several replicas, behind a disruption budget.
    "skip-nodes-with-system-pods": False,
    # Scratch space is no reason to keep a node: it holds copies.
    "skip-nodes-with-local-storage": False,
    # Each GPU node carries the same DaemonSets; they are no use of it.
    "ignore-daemonsets-utilization": True,
    # A GPU node goes once none of its GPUs is used (a share above this keeps it). Moving a server
    # to pack nodes tighter costs a cold start of minutes, and a single server's users an outage.
    "scale-down-gpu-utilization-threshold": 0,
    # Twice what a cold start takes (node, image, weights: about ten minutes): a rollout or a lull
    # shall not send away the node that the next server needs.
    "scale-down-unneeded-time": "20m",
}


def expander_priorities(pools: Sequence[GpuPoolSpec]) -> dict[str, ChartValue]:
    """Return which groups grow first, as patterns of the names of their Auto Scaling groups.

    An EKS node group's Auto Scaling group is `eks-<node group>-<uuid>` (AWS blog, Amazon EKS 1.21,
    2021-07), and a node group here `<pool>-<way of buying>-<seven hex digits>` (`node_pools`).
    """
    reserved = [f"^eks-{pool.name}-on-demand-[0-9a-f]{{7}}-" for pool in pools if pool.reservation]
    return {
        # Paid for already, used or not.
        **({RESERVED_FIRST: reserved} if reserved else {}),
        # Cheaper, and given up when it cannot be had: a group without capacity is left alone for a
        # while, and the next one in line is tried.
        SPOT_NEXT: ["^eks-.+-spot-[0-9a-f]{7}-"],
        # A group that matches nothing would never grow.
        THE_REST: [".*"],
    }


def autoscaler_values(
    platform: PlatformRef, kubernetes_version: str, pools: Sequence[GpuPoolSpec]
) -> dict[str, ChartValue]:
    """Return the values of the chart, where they differ from its own."""
    # The autoscaler copies the scheduler of one Kubernetes minor, and must run that minor.
    image = releases.image(f"{CHART}-{kubernetes_version}")
    return {
        "cloudProvider": "aws",
        "awsRegion": platform.region,
        # EKS tags the Auto Scaling groups of its node groups with the cluster's name.
        "autoDiscovery": {"clusterName": platform.cluster_name},
        "fullnameOverride": CHART,
        # The chart has no value for a digest; it puts `:` and the tag behind the repository.
        "image": {
            "repository": image.repository,
            "tag": image.reference.removeprefix(f"{image.repository}:"),
        },
        "extraArgs": FLAGS,
        "expanderPriorities": expander_priorities(pools),
        "rbac": {"serviceAccount": {"name": SERVICE_ACCOUNT}},
        # One works, the others wait for its lease: production does not wait for a new pod.
        "replicaCount": 2 if platform.environment is Environment.PROD else 1,
        "podDisruptionBudget": {"maxUnavailable": 1},
        "priorityClassName": "system-cluster-critical",
        "topologySpreadConstraints": operators.spread(PROGRAM),
        # Of the upstream example for AWS; memory grows with nodes and pods. No limit of CPU: a
        # throttled autoscaler is late in exactly the busy minute.
        "resources": {
            "requests": {"cpu": "100m", "memory": "600Mi"},
            "limits": {"memory": "600Mi"},
        },
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": UNPRIVILEGED_USER,
            "runAsGroup": UNPRIVILEGED_USER,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containerSecurityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
        },
    }


class Autoscaling(pulumi.ComponentResource):
    """Nodes that come when a pod needs one, and go when nothing does."""

    def __init__(
        self,
        name: str,
        pools: Sequence[GpuPoolSpec],
        *,
        platform: PlatformRef,
        kubernetes_version: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Install the autoscaler of the cluster and its pools. A cluster gets this once."""
        super().__init__("tokenworks:kubernetes:Autoscaling", name, None, opts)
        # Not ours: every cluster has it.
        home = NamespaceRef(label=NAMESPACE, name=pulumi.Output.from_input(NAMESPACE))
        ways_out = network_policies.open_egress(
            f"{name}-ways-out",
            namespace=home,
            label=CHART,
            pods=network_policies.pods_named(PROGRAM),
            # The API server, and the APIs of EC2 and EKS.
            to=[
                network_policies.dns(CloudProvider.AWS),
                network_policies.https(),
                network_policies.credentials(CloudProvider.AWS),
            ],
            opts=pulumi.ResourceOptions(parent=self),
        )
        release = helm_release(
            f"{name}-{CHART}",
            releases.chart(CHART),
            namespace=home,
            values=autoscaler_values(platform, kubernetes_version, pools),
            opts=pulumi.ResourceOptions(
                parent=self, depends_on=[ways_out], delete_before_replace=True
            ),
        )
        self.register_outputs({"release": release.name})
