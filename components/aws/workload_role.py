"""What the pods of one service account may do in the cloud.

Owns a role, its grants, and its association with the service account through EKS Pod Identity.
Does not own the service account, nor the agent that hands out credentials (an add-on).
Why one role for each workload: pods get nothing from their node, and what one workload needs is
never what another may do.
"""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.aws.account import AccountRef
from components.aws.handles import RoleRef
from components.aws.policies import MANAGED_POLICY_PREFIX, pod_trust
from components.aws.tags import tags
from components.handles import PlatformRef, Workload
from components.names import IAM_ROLE, IAM_ROLE_POLICY, fit


@dataclass(frozen=True, eq=False)
class Grants:
    """What a role may do: our own document, policies that AWS keeps, or both."""

    document: pulumi.Output[str] | None = None
    """A policy document of `policies.document`."""
    managed: tuple[str, ...] = ()
    """Names of AWS-managed policies, for what AWS changes with its own software."""


class WorkloadRole(pulumi.ComponentResource):
    """A role that the pods of one service account take on."""

    ref: RoleRef
    """The role, and what must exist before a pod uses it."""

    def __init__(  # noqa: PLR0913  the handles it stands on are named one by one
        self,
        name: str,
        workload: Workload,
        grants: Grants,
        *,
        cluster_name: pulumi.Output[str],
        platform: PlatformRef,
        account: AccountRef,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create the role and associate it with the service account."""
        super().__init__("tokenworks:aws:WorkloadRole", name, None, opts)
        role = pod_role(
            f"{name}-role", workload, grants, platform=platform, account=account, parent=self
        )
        association = aws.eks.PodIdentityAssociation(
            f"{name}-association",
            cluster_name=cluster_name,
            namespace=workload.namespace,
            service_account=workload.service_account,
            role_arn=role.arn,
            tags=tags(platform, f"{name}-association"),
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(role.permissions)),
        )
        self.ref = RoleRef(arn=role.arn, permissions=(*role.permissions, association))
        self.register_outputs({"roleArn": role.arn})


def pod_role(  # noqa: PLR0913  by keyword, all but what the role is for
    name: str,
    workload: Workload,
    grants: Grants,
    *,
    platform: PlatformRef,
    account: AccountRef,
    parent: pulumi.Resource,
) -> RoleRef:
    """Create a role for pods under `parent`, without its association: add-ons bring their own."""
    name = fit(name, IAM_ROLE)
    opts = pulumi.ResourceOptions(parent=parent)
    role = aws.iam.Role(
        name,
        assume_role_policy=pod_trust(
            workload.namespace, workload.service_account, account.cluster_arn(platform)
        ),
        tags=tags(platform, name),
        opts=opts,
    )
    permissions: list[pulumi.Resource] = [
        aws.iam.RolePolicyAttachment(
            f"{name}-{policy}",
            role=role.name,
            policy_arn=f"{MANAGED_POLICY_PREFIX}{policy}",
            opts=opts,
        )
        for policy in grants.managed
    ]
    if grants.document is not None:
        policy_name = fit(f"{name}-grants", IAM_ROLE_POLICY)
        permissions.append(
            aws.iam.RolePolicy(policy_name, role=role.name, policy=grants.document, opts=opts)
        )
    return RoleRef(arn=role.arn, permissions=tuple(permissions))
