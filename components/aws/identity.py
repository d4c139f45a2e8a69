"""The roles that the control plane and the nodes take on.

Owns two IAM roles and their attachments of AWS-managed policies, the fewest that EKS documents.
Does not own what workloads may do in the cloud: pods get no permission from their node.
Why `PullOnly`: nodes read images; the older `ReadOnly` policy also lists and describes every
repository of the account (EKS user guide, "node IAM role", 2026).
"""

import json
from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from components.aws.tags import tags
from components.handles import PlatformRef, RoleRef
from components.names import IAM_ROLE, fit

MANAGED_POLICY_PREFIX = "arn:aws:iam::aws:policy/"
CONTROL_PLANE_POLICIES = ("AmazonEKSClusterPolicy",)
NODE_POLICIES = (
    "AmazonEKSWorkerNodePolicy",
    "AmazonEKS_CNI_Policy",
    "AmazonEC2ContainerRegistryPullOnly",
)


def trust_policy(service: str) -> str:
    """Return the policy document that lets an AWS service take on a role."""
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": service},
                    "Action": "sts:AssumeRole",
                }
            ],
        }
    )


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
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create both roles."""
        super().__init__("tokenworks:aws:Identity", name, None, opts)
        self._name = name
        self._platform = platform
        self.control_plane = self._create_role(
            "control-plane", "eks.amazonaws.com", CONTROL_PLANE_POLICIES
        )
        self.nodes = self._create_role("nodes", "ec2.amazonaws.com", NODE_POLICIES)
        self.register_outputs(
            {"controlPlaneRoleArn": self.control_plane.arn, "nodeRoleArn": self.nodes.arn}
        )

    def _create_role(self, purpose: str, service: str, policies: Sequence[str]) -> RoleRef:
        name = fit(f"{self._name}-{purpose}", IAM_ROLE)
        opts = pulumi.ResourceOptions(parent=self)
        role = aws.iam.Role(
            name,
            assume_role_policy=trust_policy(service),
            tags=tags(self._platform, name),
            opts=opts,
        )
        attachments = tuple(
            aws.iam.RolePolicyAttachment(
                f"{name}-{policy}",
                role=role.name,
                policy_arn=f"{MANAGED_POLICY_PREFIX}{policy}",
                opts=opts,
            )
            for policy in policies
        )
        return RoleRef(arn=role.arn, permissions=attachments)
