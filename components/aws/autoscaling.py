"""What the node autoscaler may do in AWS.

Owns its policy document. Does not own the autoscaler: the platform layer installs it.
Source: kubernetes/autoscaler, cluster-autoscaler/cloudprovider/aws/README.md, "IAM Policy" with the
full set of features and the condition on tags.
"""

import pulumi

from components.aws.account import AccountRef
from components.aws.policies import EVERYTHING, Statement, document
from components.handles import PlatformRef, Workload

AUTOSCALER = Workload("kube-system", "cluster-autoscaler")
SEE = (
    "autoscaling:DescribeAutoScalingGroups",
    "autoscaling:DescribeAutoScalingInstances",
    "autoscaling:DescribeLaunchConfigurations",
    "autoscaling:DescribeScalingActivities",
    "ec2:DescribeImages",
    "ec2:DescribeInstanceTypes",
    "ec2:DescribeLaunchTemplateVersions",
    "ec2:GetInstanceTypesFromInstanceRequirements",
)
"""Each of them has its reason in `policies.ANY_RESOURCE`."""


def autoscaler_policy(platform: PlatformRef, account: AccountRef) -> pulumi.Output[str]:
    """Return what it may do: see everything, and resize the groups of its own cluster only."""
    return document(
        Statement(sid="SeeGroupsAndMachines", actions=SEE, resources=(EVERYTHING,)),
        Statement(
            sid="SeeNodeGroups",
            actions=("eks:DescribeNodegroup",),
            resources=(account.node_groups_arn(platform),),
        ),
        Statement(
            sid="ResizeOwnGroups",
            actions=(
                "autoscaling:SetDesiredCapacity",
                "autoscaling:TerminateInstanceInAutoScalingGroup",
            ),
            resources=(account.scaling_groups_arn(),),
            # EKS puts both tags on the groups of a managed node group.
            conditions={
                "StringEquals": {
                    "aws:ResourceTag/k8s.io/cluster-autoscaler/enabled": "true",
                    f"aws:ResourceTag/k8s.io/cluster-autoscaler/{platform.cluster_name}": "owned",
                }
            },
        ),
    )
