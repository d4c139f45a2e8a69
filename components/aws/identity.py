"""Who the control plane, the nodes and the deployers of models are in AWS.

Owns their IAM roles, with the fewest AWS-managed policies that EKS documents.
Does not own what workloads may do in the cloud: see `workload_role`. Pods get no permission from
their node, so the VPC CNI's policy is on the add-on's own role and not here.
Why `PullOnly`: nodes read images; the older `ReadOnly` policy also lists and describes every
repository of the account (EKS user guide, "node IAM role", 2026).
"""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from components.aws.account import AccountRef
from components.aws.handles import RoleRef
from components.aws.policies import (
    MANAGED_POLICY_PREFIX,
    Statement,
    document,
    people_trust,
    service_trust,
)
from components.aws.registry import cache_root
from components.aws.tags import tags
from components.handles import PlatformRef
from components.names import IAM_ROLE, IAM_ROLE_POLICY, fit

CONTROL_PLANE_POLICIES = ("AmazonEKSClusterPolicy",)
NODE_POLICIES = ("AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly")


class Identity(pulumi.ComponentResource):
    """Who the control plane and the nodes are in AWS."""

    control_plane: RoleRef
    """Role of the EKS service."""
    nodes: RoleRef
    """Role of every node."""

    def __init__(
        self,
        name: str,
        *,
        platform: PlatformRef,
        account: AccountRef,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create both roles."""
        super().__init__("tokenworks:aws:Identity", name, None, opts)
        self._name = name
        self._platform = platform
        self.control_plane = self._create_role(
            "control-plane", "eks.amazonaws.com", CONTROL_PLANE_POLICIES
        )
        self.nodes = self._create_role(
            "nodes", "ec2.amazonaws.com", NODE_POLICIES, _fill_caches(platform, account)
        )
        self.register_outputs(
            {"controlPlaneRoleArn": self.control_plane.arn, "nodeRoleArn": self.nodes.arn}
        )

    def _create_role(
        self,
        purpose: str,
        service: str,
        policies: Sequence[str],
        grants: pulumi.Output[str] | None = None,
    ) -> RoleRef:
        name = fit(f"{self._name}-{purpose}", IAM_ROLE)
        opts = pulumi.ResourceOptions(parent=self)
        role = aws.iam.Role(
            name,
            assume_role_policy=service_trust(service),
            tags=tags(self._platform, name),
            opts=opts,
        )
        permissions: list[pulumi.Resource] = [
            aws.iam.RolePolicyAttachment(
                f"{name}-{policy}",
                role=role.name,
                policy_arn=f"{MANAGED_POLICY_PREFIX}{policy}",
                opts=opts,
            )
            for policy in policies
        ]
        if grants is not None:
            grants_name = fit(f"{name}-grants", IAM_ROLE_POLICY)
            permissions.append(
                aws.iam.RolePolicy(grants_name, role=role.name, policy=grants, opts=opts)
            )
        return RoleRef(arn=role.arn, permissions=tuple(permissions))


def _fill_caches(platform: PlatformRef, account: AccountRef) -> pulumi.Output[str]:
    """Return what the first pull of a cached image needs beyond `PullOnly`.

    ECR makes the repository in the name of whoever pulls (ECR user guide, "IAM permissions required
    to sync an upstream registry", 2026). Only below this platform's own prefix.
    """
    return document(
        Statement(
            sid="FillTheCaches",
            actions=("ecr:CreateRepository",),
            resources=(account.repositories_arn(cache_root(platform)),),
        )
    )


class ModelsDeployer(pulumi.ComponentResource):
    """The role that ships models: it finds the cluster, and may touch nothing else in AWS.

    What it may do inside the cluster is up to the group of its access entry.
    """

    ref: RoleRef
    """The role."""

    def __init__(
        self,
        name: str,
        deployers: Sequence[str],
        *,
        platform: PlatformRef,
        account: AccountRef,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create the role for the listed principals."""
        super().__init__("tokenworks:aws:ModelsDeployer", name, None, opts)
        role_name = fit(f"{name}-role", IAM_ROLE)
        role = aws.iam.Role(
            role_name,
            assume_role_policy=people_trust(deployers),
            tags=tags(platform, role_name),
            opts=pulumi.ResourceOptions(parent=self),
        )
        grants = aws.iam.RolePolicy(
            fit(f"{name}-grants", IAM_ROLE_POLICY),
            role=role.name,
            policy=document(
                Statement(
                    sid="FindTheCluster",
                    actions=("eks:DescribeCluster",),
                    resources=(account.cluster_arn(platform),),
                )
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.ref = RoleRef(arn=role.arn, permissions=(grants,))
        self.register_outputs({"roleArn": role.arn})
