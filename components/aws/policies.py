"""Policy documents of IAM, KMS and S3: the one place where they are built.

Owns statements, the documents made of them, and what they may not say: no wildcard in an action
that is allowed, and `*` as a resource only where the table below says why.
Does not own who gets which document: the component that creates the role, key or bucket does.
Why a builder: a policy that is typed out in JSON is checked by nobody; here a careless one cannot
be written down, and a reviewer reads the exceptions in one table.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

import pulumi

Texts: TypeAlias = Sequence[pulumi.Input[str]]
Conditions: TypeAlias = Mapping[str, Mapping[str, pulumi.Input[str] | Texts]]
"""Operator to condition key to value or values: `{"StringEquals": {"aws:SourceAccount": "…"}}`."""

EVERYTHING = "*"
MANAGED_POLICY_PREFIX = "arn:aws:iam::aws:policy/"
_NO_RESOURCE = "the call describes a list and has no resource to limit it to"
ANY_RESOURCE: Mapping[str, str] = {
    "autoscaling:DescribeAutoScalingGroups": _NO_RESOURCE,
    "autoscaling:DescribeAutoScalingInstances": _NO_RESOURCE,
    "autoscaling:DescribeLaunchConfigurations": _NO_RESOURCE,
    "autoscaling:DescribeScalingActivities": _NO_RESOURCE,
    "ec2:DescribeAvailabilityZones": _NO_RESOURCE,
    "ec2:DescribeImages": _NO_RESOURCE,
    "ec2:DescribeInstanceTypes": _NO_RESOURCE,
    "ec2:DescribeInstances": _NO_RESOURCE,
    "ec2:DescribeLaunchTemplateVersions": _NO_RESOURCE,
    "ec2:DescribeNetworkInterfaces": _NO_RESOURCE,
    "ec2:DescribeRouteTables": _NO_RESOURCE,
    "ec2:DescribeSecurityGroups": _NO_RESOURCE,
    "ec2:DescribeSubnets": _NO_RESOURCE,
    "ec2:DescribeVpcs": _NO_RESOURCE,
    "ec2:GetInstanceTypesFromInstanceRequirements": _NO_RESOURCE,
    "elasticloadbalancing:DescribeListenerAttributes": _NO_RESOURCE,
    "elasticloadbalancing:DescribeListeners": _NO_RESOURCE,
    "elasticloadbalancing:DescribeLoadBalancerAttributes": _NO_RESOURCE,
    "elasticloadbalancing:DescribeLoadBalancers": _NO_RESOURCE,
    "elasticloadbalancing:DescribeRules": _NO_RESOURCE,
    "elasticloadbalancing:DescribeTags": _NO_RESOURCE,
    "elasticloadbalancing:DescribeTargetGroupAttributes": _NO_RESOURCE,
    "elasticloadbalancing:DescribeTargetGroups": _NO_RESOURCE,
    "elasticloadbalancing:DescribeTargetHealth": _NO_RESOURCE,
    "route53:ListHostedZones": _NO_RESOURCE,
}
"""Actions that may be allowed on `*`, and why (AWS service authorization reference, 2026: the
actions below have no resource type)."""
KEY_ITSELF_REASON = "in the policy of a key, `*` is that key (KMS developer guide, key policies)"


class PolicyError(ValueError):
    """A policy document that says more than it may."""


class Effect(StrEnum):
    """What a statement does."""

    ALLOW = "Allow"
    DENY = "Deny"


@dataclass(frozen=True)
class Principals:
    """Whom a statement of a trust, key or bucket policy is about."""

    services: tuple[str, ...] = ()
    """AWS services, `eks.amazonaws.com`."""
    arns: Texts = ()
    """Accounts (as their root), roles or users."""
    everyone: bool = False
    """All there are. For denials."""

    def element(self) -> str | dict[str, list[pulumi.Input[str]]]:
        """Return the value of `Principal`."""
        if self.everyone:
            return EVERYTHING
        kinds: dict[str, list[pulumi.Input[str]]] = {
            "Service": [*self.services],
            "AWS": [*self.arns],
        }
        return {kind: members for kind, members in kinds.items() if members}


@dataclass(frozen=True)
class Statement:
    """One statement, checked when it is made."""

    sid: str
    """What it is for, in CamelCase: it shows in the console and in access denials."""
    actions: tuple[str, ...]
    """Actions by their full names."""
    resources: Texts = ()
    """ARNs. Empty in trust policies, which are about the role that they hang on."""
    principals: Principals | None = None
    """Whom it is about, where the policy hangs on a resource."""
    conditions: Conditions = field(default_factory=dict)
    """When it holds."""
    effect: Effect = Effect.ALLOW
    """Whether it allows or denies."""

    def __post_init__(self) -> None:
        """Refuse what says more than it may."""
        if self.effect is Effect.DENY:
            return  # a denial with a hole in it would be the weaker one
        wild = [action for action in self.actions if EVERYTHING in action]
        if wild:
            message = f"policy {self.sid}: wildcard in actions, got {', '.join(wild)}; name each"
            raise PolicyError(message)
        if self.principals is not None and self.principals.everyone:
            message = f"policy {self.sid}: allows everyone; name accounts, roles or services"
            raise PolicyError(message)
        if EVERYTHING in [item for item in self.resources if isinstance(item, str)]:
            self._check_any_resource()

    def _check_any_resource(self) -> None:
        unexplained = [action for action in self.actions if action not in ANY_RESOURCE]
        if unexplained:
            message = (
                f"policy {self.sid}: every resource, got {', '.join(unexplained)} on `*`; "
                "name the resources, or write the reason into policies.ANY_RESOURCE"
            )
            raise PolicyError(message)

    def element(self) -> dict[str, object]:
        """Return the statement as IAM reads it."""
        said: dict[str, object] = {
            "Sid": self.sid,
            "Effect": self.effect.value,
            "Principal": self.principals.element() if self.principals else None,
            "Action": list(self.actions),
            "Resource": list(self.resources),
            "Condition": {operator: dict(keys) for operator, keys in self.conditions.items()},
        }
        return {key: value for key, value in said.items() if value}


def document(*statements: Statement) -> pulumi.Output[str]:
    """Return a policy document as JSON."""
    return _encoded([statement.element() for statement in statements])


def key_document(*statements: Statement) -> pulumi.Output[str]:
    """Return the policy of a key. Its statements name no resource: see `KEY_ITSELF_REASON`."""
    return _encoded([statement.element() | {"Resource": EVERYTHING} for statement in statements])


def service_trust(service: str, conditions: Conditions | None = None) -> pulumi.Output[str]:
    """Return the trust policy of a role that one AWS service takes on."""
    return document(
        Statement(
            sid="AssumedByService",
            actions=("sts:AssumeRole",),
            principals=Principals(services=(service,)),
            conditions=conditions or {},
        )
    )


def people_trust(arns: Texts) -> pulumi.Output[str]:
    """Return the trust policy of a role that the listed roles and users take on."""
    return document(
        Statement(
            sid="AssumedByListed",
            actions=("sts:AssumeRole",),
            principals=Principals(arns=arns),
        )
    )


def pod_trust(
    namespace: str, service_account: str, cluster_arn: pulumi.Input[str]
) -> pulumi.Output[str]:
    """Return the trust policy of a role for the pods of one service account of one cluster.

    The conditions are on the tags that Pod Identity puts on each session. They are what keeps an
    association in another cluster of the account, or for another service account, from taking the
    role on (EKS user guide, "Create IAM role with trust policy required by EKS Pod Identity" and
    "Grant Pods access to AWS resources based on tags", 2026).
    """
    return document(
        Statement(
            sid="AssumedByPods",
            actions=("sts:AssumeRole", "sts:TagSession"),
            principals=Principals(services=("pods.eks.amazonaws.com",)),
            conditions={
                "StringEquals": {
                    "aws:RequestTag/eks-cluster-arn": cluster_arn,
                    "aws:RequestTag/kubernetes-namespace": namespace,
                    "aws:RequestTag/kubernetes-service-account": service_account,
                }
            },
        )
    )


def _encoded(statements: list[dict[str, object]]) -> pulumi.Output[str]:
    return pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": statements})
