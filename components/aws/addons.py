"""The software that AWS keeps for every cluster: EKS add-ons.

Owns which add-ons a cluster has, their settings, their roles, and which come before nodes.
Does not own their versions (`infra.catalog.releases`), nor the storage class (the platform layer).
Why add-ons and not what EKS installs by itself: docs/decisions/0005.
Why in two parts: without pod networking, kube-proxy and the Pod Identity agent no node is of use;
DNS, storage and metrics need a node to run on, and EKS waits until they do.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import pulumi
import pulumi_aws as aws

from components import labels
from components.aws.account import AccountRef
from components.aws.tags import tags
from components.aws.workload_role import Grants, pod_role
from components.handles import PlatformRef, Workload
from components.nodes import SYSTEM_POOL
from infra.catalog import releases

NAMESPACE = "kube-system"
Settings: TypeAlias = Mapping[str, object]

_ON_SYSTEM_NODES = {labels.POOL: SYSTEM_POOL}
_TOLERATES_GPU_NODES = [{"key": labels.GPU, "operator": "Exists", "effect": "NoSchedule"}]


@dataclass(frozen=True)
class AddonPlan:
    """One add-on as this platform runs it."""

    name: str
    """Its name in EKS."""
    settings: Settings | None = None
    """Values of its own schema (`aws eks describe-addon-configuration`); None: EKS's defaults."""
    service_account: str | None = None
    """The account that needs rights in AWS, or None where none does."""
    policy: str | None = None
    """The AWS-managed policy with these rights."""


def _requests(cpu: str, memory: str, memory_limit: str | None = None) -> dict[str, object]:
    """Return what a container reserves. No CPU limit: it would throttle a node's own agents."""
    limits = {"limits": {"memory": memory_limit}} if memory_limit else {}
    return {"requests": {"cpu": cpu, "memory": memory}, **limits}


BEFORE_NODES = (
    AddonPlan(
        "vpc-cni",
        # The string, not a boolean (EKS user guide, "Restrict Pod network traffic"). `resources` is
        # in the schema that the guide prints for v1.12; 25m is EKS's own request, memory is ours.
        {"enableNetworkPolicy": "true", "resources": _requests("25m", "64Mi")},
        service_account="aws-node",
        policy="AmazonEKS_CNI_Policy",
    ),
    # 100m is EKS's own request, memory is ours (AWS blog "EKS add-ons: Advanced configuration").
    AddonPlan("kube-proxy", {"resources": _requests("100m", "64Mi")}),
    # No schema was found in public, so no values: a key that it does not know fails the add-on.
    AddonPlan("eks-pod-identity-agent"),
)
AFTER_SYSTEM_NODES = (
    AddonPlan(
        "coredns",
        {
            "replicaCount": 2,
            # GPU nodes come and go; names must not go with them.
            "nodeSelector": _ON_SYSTEM_NODES,
            # Preferred, not required: a stack with one system node must start too.
            "topologySpreadConstraints": [
                {
                    "maxSkew": 1,
                    "topologyKey": "topology.kubernetes.io/zone",
                    "whenUnsatisfiable": "ScheduleAnyway",
                    "labelSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
                }
            ],
            # EKS's own figures (eksctl-io/eksctl, pkg/addons/default, coredns-1.35.json).
            "resources": _requests("100m", "70Mi", "170Mi"),
        },
    ),
    AddonPlan(
        "aws-ebs-csi-driver",
        # The chart's own figures (kubernetes-sigs/aws-ebs-csi-driver, values.yaml).
        {
            "controller": {
                "nodeSelector": _ON_SYSTEM_NODES,
                "resources": _requests("10m", "40Mi", "256Mi"),
            },
            "node": {"resources": _requests("10m", "40Mi", "256Mi")},
        },
        service_account="ebs-csi-controller-sa",
        # V2 is limited to volumes and snapshots that the driver tagged itself, which the older
        # policy is not (AWS managed policy reference, 2026-04-16).
        policy="AmazonEBSCSIDriverPolicyV2",
    ),
    # As for the Pod Identity agent. EKS's defaults: two replicas, requests of the chart.
    AddonPlan("metrics-server"),
    AddonPlan(
        "eks-node-monitoring-agent",
        # aws/eks-node-monitoring-agent, configuration.schema.json and values.yaml (2026-08-18). Its
        # own DCGM has no toleration by default: tainted GPU nodes would go unwatched, and node
        # repair would never hear of a broken GPU. No requests either; these are ours.
        {
            "nodeAgent": {"resources": _requests("10m", "30Mi", "200Mi")},
            "dcgmAgent": {
                "tolerations": _TOLERATES_GPU_NODES,
                "resources": _requests("50m", "256Mi", "1Gi"),
            },
        },
    ),
)


class NodeAddons(pulumi.ComponentResource):
    """What every node runs. Comes before the first node, and outlives the last."""

    def __init__(
        self,
        name: str,
        *,
        cluster_name: pulumi.Output[str],
        platform: PlatformRef,
        account: AccountRef,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create the add-ons as DaemonSets that wait for nodes."""
        super().__init__("tokenworks:aws:NodeAddons", name, None, opts)
        addons = _Addons(self, name, cluster_name, platform, account)
        created = [addons.create(plan) for plan in BEFORE_NODES]
        self.register_outputs({"addonNames": [addon.addon_name for addon in created]})


class ClusterAddons(pulumi.ComponentResource):
    """DNS, storage, metrics and node health. Needs system nodes to run on."""

    def __init__(
        self,
        name: str,
        *,
        cluster_name: pulumi.Output[str],
        platform: PlatformRef,
        account: AccountRef,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create the add-ons; `opts` must make them depend on the system nodes."""
        super().__init__("tokenworks:aws:ClusterAddons", name, None, opts)
        addons = _Addons(self, name, cluster_name, platform, account)
        created = [addons.create(plan) for plan in AFTER_SYSTEM_NODES]
        self.register_outputs({"addonNames": [addon.addon_name for addon in created]})


@dataclass(frozen=True, eq=False)
class _Addons:
    """Creates the children of either component."""

    parent: pulumi.ComponentResource
    name: str
    cluster_name: pulumi.Output[str]
    platform: PlatformRef
    account: AccountRef

    def create(self, plan: AddonPlan) -> aws.eks.Addon:
        """Create an add-on, with its role where it needs one."""
        name = f"{self.name}-{plan.name}"
        associations, needed = self._identity(plan)
        return aws.eks.Addon(
            name,
            cluster_name=self.cluster_name,
            addon_name=plan.name,
            addon_version=releases.addon(plan.name).version,
            configuration_values=json.dumps(plan.settings, sort_keys=True)
            if plan.settings
            else None,
            pod_identity_associations=associations,
            # Nothing of ours is there before the add-on. What can be there are the remains of a
            # create that failed halfway; NONE would stop at them for ever.
            resolve_conflicts_on_create="OVERWRITE",
            # A setting that an operator changed by hand in an emergency survives an upgrade.
            resolve_conflicts_on_update="PRESERVE",
            tags=tags(self.platform, name),
            opts=pulumi.ResourceOptions(parent=self.parent, depends_on=needed),
        )

    def _identity(
        self, plan: AddonPlan
    ) -> tuple[list[aws.eks.AddonPodIdentityAssociationArgs] | None, list[pulumi.Resource]]:
        """Return the add-on's associations, and what must be there before they are used."""
        if plan.service_account is None or plan.policy is None:
            return None, []
        role = pod_role(
            f"{self.name}-{plan.name}",
            Workload(NAMESPACE, plan.service_account),
            Grants(managed=(plan.policy,)),
            platform=self.platform,
            account=self.account,
            parent=self.parent,
        )
        association = aws.eks.AddonPodIdentityAssociationArgs(
            role_arn=role.arn, service_account=plan.service_account
        )
        return [association], list(role.permissions)
