"""What the roles of a cluster and of its nodes must allow, and what EKS says when they do not.

Owns the question whether a role allows an action, as far as EKS's own roles need it: names of
actions in allowing statements. Resources and conditions are not weighed; our own evaluator of
policies does that in the tests. Does not own when the questions are asked.

Sources: EKS user guide, "Amazon EKS cluster IAM role" (the smallest policy), "Amazon EKS node IAM
role", "Configure Amazon VPC CNI plugin to use IRSA" (rights of the network plugin, which a role of
its own may have), all 2026. The words of the refusals: aws/containers-roadmap#1610,
aws-ia/eksctl issue #3290, aws-samples/karpenter-blueprints#20.
"""

import fnmatch
from collections.abc import Iterable, Iterator

from infra.rehearsal.aws.account import PARTITION, Region
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.values import block, blocks, dig, optional_text, text, texts
from infra.rehearsal.cloud.errors import NotSimulatedError
from infra.wire import Properties, Value

CONTROL_PLANE = (
    *("ec2:DescribeInstances", "ec2:DescribeNetworkInterfaces", "ec2:DescribeVpcs"),
    *("ec2:DescribeAvailabilityZones", "ec2:DescribeInstanceTopology", "ec2:CreateTags"),
)
JOIN = ("ec2:DescribeInstances",)
"""A node asks EC2 who it is before it joins (awslabs/amazon-eks-ami, nodeadm)."""
PULL = ("ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
ADDRESSES = ("ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface")
NETWORK_PLUGIN = ("kube-system", "aws-node")
"""Namespace and service account of the VPC CNI plugin."""
NEVER_JOINED = "Instances failed to join the kubernetes cluster"
UNHEALTHY = "Unhealthy nodes in the kubernetes cluster"


def control_plane_role(region: Region, arn: str) -> None:
    """EKS takes on the role, and may look around and tag."""
    operation = "CreateCluster"
    _trusted(region, operation, arn, "eks.amazonaws.com", "clusterRole")
    if missing(region, arn, CONTROL_PLANE):
        message = (
            "The provided role doesn't have the Amazon EKS Managed Policies associated with it. "
            "Please ensure the following policies "
            f"[arn:{PARTITION}:iam::aws:policy/AmazonEKSClusterPolicy] are attached"
        )
        raise AwsError(message, operation, "InvalidParameterException")


def node_role(region: Region, arn: str) -> None:
    """EC2 takes on the role. Its rights come to light later, when nodes do not join."""
    _trusted(region, "CreateNodegroup", arn, "ec2.amazonaws.com", "nodeRole")


def why_nodes_fail(region: Region, cluster: str, arn: str) -> str:
    """Return EKS's words for nodes of this role that do not work out; empty when they do."""
    if missing(region, arn, JOIN):
        return NEVER_JOINED
    if missing(region, arn, PULL):
        return UNHEALTHY
    plugins = [arn, *_plugin_roles(region, cluster)]
    if all(missing(region, role, ADDRESSES) for role in plugins):
        return UNHEALTHY
    return ""


def missing(region: Region, arn: str, actions: Iterable[str]) -> list[str]:
    """Return which of the actions a role's policies do not allow; all of them without the role."""
    try:
        allowed, denied = _patterns(region, arn.rsplit("/", 1)[-1])
    except AwsError as error:
        if not error.not_found:
            raise
        allowed, denied = [], []
    return [
        action for action in actions if not _matches(action, allowed) or _matches(action, denied)
    ]


def _trusted(region: Region, operation: str, arn: str, service: str, what: str) -> None:
    reply = region.call("iam", "get_role", RoleName=arn.rsplit("/", 1)[-1])
    document = block(reply, "Role.AssumeRolePolicyDocument")
    services = [
        name
        for statement in _statements(document)
        if statement.get("Effect") == "Allow"
        for name in _listed(dig(statement, "Principal.Service"))
    ]
    if service not in services:
        message = (
            f"Following required service principals [{service}] were not found in the trust "
            f"relationships of {what} {arn}"
        )
        raise AwsError(message, operation, "InvalidParameterException")


def _patterns(region: Region, role: str) -> tuple[list[str], list[str]]:
    allowed: list[str] = []
    denied: list[str] = []
    for document in _documents(region, role):
        for statement in _statements(document):
            everywhere = "*" in _listed(statement.get("Resource"))
            if statement.get("Effect") == "Allow":
                allowed += _listed(statement.get("Action"))
            elif everywhere and "Condition" not in statement:
                denied += _listed(statement.get("Action"))
    return allowed, denied


def _documents(region: Region, role: str) -> Iterator[Properties]:
    attached = region.call("iam", "list_attached_role_policies", RoleName=role)
    for policy in blocks(attached, "AttachedPolicies"):
        arn = text(policy, "PolicyArn")
        version = text(region.call("iam", "get_policy", PolicyArn=arn), "Policy.DefaultVersionId")
        reply = region.call("iam", "get_policy_version", PolicyArn=arn, VersionId=version)
        yield block(reply, "PolicyVersion.Document")
    for name in texts(region.call("iam", "list_role_policies", RoleName=role), "PolicyNames"):
        reply = region.call("iam", "get_role_policy", RoleName=role, PolicyName=name)
        yield block(reply, "PolicyDocument")


def _plugin_roles(region: Region, cluster: str) -> Iterator[str]:
    """Roles that the network plugin has of its own: by Pod Identity, or by its add-on."""
    namespace, account = NETWORK_PLUGIN
    try:
        found = region.call(
            "eks",
            "list_pod_identity_associations",
            clusterName=cluster,
            namespace=namespace,
            serviceAccount=account,
        )
        for item in blocks(found, "associations"):
            described = region.call(
                "eks",
                "describe_pod_identity_association",
                clusterName=cluster,
                associationId=text(item, "associationId"),
            )
            yield text(described, "association.roleArn")
        addon = region.call("eks", "describe_addon", clusterName=cluster, addonName="vpc-cni")
        yield from filter(None, [optional_text(addon, "addon.serviceAccountRoleArn")])
    except AwsError as error:
        if not error.not_found:
            raise
    except NotSimulatedError:  # no stand-in for these calls: then nothing can have such a role
        return


def _matches(action: str, patterns: Iterable[str]) -> bool:
    return any(fnmatch.fnmatchcase(action.lower(), pattern.lower()) for pattern in patterns)


def _statements(document: Properties) -> list[Properties]:
    found = document.get("Statement")
    items = found if isinstance(found, list) else [found]
    return [item for item in items if isinstance(item, dict)]


def _listed(value: Value) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, str)]
