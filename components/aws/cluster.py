"""The Kubernetes control plane: one EKS cluster and who may administer it.

Owns the cluster, its endpoint's reach, its access entries and its log group.
Does not own nodes (`node_pools`), roles (`identity`), the key (`encryption`), add-ons (`addons`) or
anything inside the cluster.
Why plain `aws.eks` and not the `pulumi-eks` package: under recording mocks a remote component is
one opaque resource, so tests, policies and prices could not see what it creates.
"""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.aws.handles import NetworkRef, RoleRef
from components.aws.logs import cluster_log_group
from components.aws.tags import tags
from components.handles import ClusterRef, PlatformRef
from components.names import EKS_CLUSTER, digest, fit
from infra.spec.cloud import CloudProvider
from infra.spec.cluster import ClusterSpec

ADMIN_POLICY = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
CONTROL_PLANE_LOGS = ("api", "audit", "authenticator", "controllerManager", "scheduler")
STANDARD_SUPPORT = "STANDARD"
"""The other value, EXTENDED, is AWS's default and bills six times as much once a version is old."""


def admin_label(principal_arn: str) -> str:
    """Return a stable label of a principal: adding or removing another one renames nothing."""
    return f"{principal_arn.rsplit('/', 1)[-1]}-{digest(principal_arn)}"


@dataclass(frozen=True, eq=False)
class GroupMember:
    """A role of the cloud as a member of a group inside the cluster."""

    role: RoleRef
    """Who."""
    group: str
    """Kubernetes group."""


class Cluster(pulumi.ComponentResource):
    """An EKS cluster whose administrators are access entries."""

    ref: ClusterRef
    """How to reach it."""
    created_name: pulumi.Output[str]
    """Its name as AWS reports it: what uses this waits until the cluster is active."""
    security_group_id: pulumi.Output[str]
    """The security group that EKS made for it, in which all nodes are."""

    def __init__(  # noqa: PLR0913  the handles it stands on are named one by one
        self,
        name: str,
        spec: ClusterSpec,
        *,
        platform: PlatformRef,
        network: NetworkRef,
        role: RoleRef,
        key_arn: pulumi.Output[str],
        models_deployer: GroupMember | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create the cluster in the network's private subnets.

        Args:
            name: logical name.
            spec: what the stack file says.
            platform: whose cluster it is.
            network: where it stands.
            role: what the control plane may do.
            key_arn: key that encrypts secrets and logs.
            models_deployer: who ships models, or None where nobody may.
            opts: options of the component.
        """
        super().__init__("tokenworks:aws:Cluster", name, None, opts)
        self._name = name
        self._platform = platform
        self._key_arn = key_arn
        logs = self._create_log_group(spec.log_retention_days)
        cluster = self._create_cluster(spec, network, role, logs)
        self.created_name = cluster.name
        self.security_group_id = cluster.vpc_config.cluster_security_group_id.apply(
            lambda group: _present(group, "security group")
        )
        for principal_arn in spec.admins:
            self._create_admin(principal_arn)
        if models_deployer is not None:
            self._create_deployer(models_deployer)
        self.ref = ClusterRef(
            name=platform.cluster_name,
            region=platform.region,
            provider=CloudProvider.AWS,
            endpoint=cluster.endpoint,
            certificate_authority=cluster.certificate_authority.data.apply(
                lambda data: _present(data, "certificate authority")
            ),
        )
        self.register_outputs({"name": cluster.name, "endpoint": cluster.endpoint})

    def _create_log_group(self, retention_days: int) -> aws.cloudwatch.LogGroup:
        """Create the group that EKS writes to, before EKS makes one that never expires.

        It may outlive the stack: EKS delivers its last logs after a destroy and makes the group
        again, without retention and without our key (terraform-aws-eks#2486). Whoever destroys
        deletes that by hand.
        """
        name = f"{self._name}-logs"
        return aws.cloudwatch.LogGroup(
            name,
            name=cluster_log_group(self._platform),
            # Without an end they are kept, and billed, for ever.
            retention_in_days=retention_days,
            kms_key_id=self._key_arn,
            tags=tags(self._platform, name),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _create_cluster(
        self,
        spec: ClusterSpec,
        network: NetworkRef,
        role: RoleRef,
        logs: aws.cloudwatch.LogGroup,
    ) -> aws.eks.Cluster:
        return aws.eks.Cluster(
            f"{self._name}-control-plane",
            # Fixed: the name is in kubeconfigs and in the extending stacks before it exists.
            name=fit(self._platform.cluster_name, EKS_CLUSTER),
            version=spec.kubernetes_version,
            role_arn=role.arn,
            # The add-ons of `addons` instead (docs/decisions/0005). A change replaces the cluster.
            bootstrap_self_managed_addons=False,
            # Secrets only, as EKS offers it. Cannot be taken off again, nor the key exchanged.
            encryption_config=aws.eks.ClusterEncryptionConfigArgs(
                provider=aws.eks.ClusterEncryptionConfigProviderArgs(key_arn=self._key_arn),
                resources=["secrets"],
            ),
            vpc_config=aws.eks.ClusterVpcConfigArgs(
                subnet_ids=list(network.private_subnet_ids),
                endpoint_private_access=True,
                endpoint_public_access=bool(spec.endpoint_access),
                # Ranges mean something on the public endpoint only.
                public_access_cidrs=list(spec.endpoint_access) or None,
            ),
            access_config=aws.eks.ClusterAccessConfigArgs(
                authentication_mode="API",  # no aws-auth ConfigMap: access lives in AWS alone
                # The identity that runs `up` must reach the new cluster in the same run.
                bootstrap_cluster_creator_admin_permissions=True,
            ),
            upgrade_policy=aws.eks.ClusterUpgradePolicyArgs(support_type=STANDARD_SUPPORT),
            enabled_cluster_log_types=list(CONTROL_PLANE_LOGS),
            deletion_protection=spec.deletion_protection,
            tags=tags(self._platform, self._platform.cluster_name),
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=[*role.permissions, logs],
                # The cloud refuses a delete; `protect` refuses a replacement too, at preview.
                protect=spec.deletion_protection,
            ),
        )

    def _create_admin(self, principal_arn: str) -> None:
        name = f"{self._name}-admin-{admin_label(principal_arn)}"
        opts = pulumi.ResourceOptions(parent=self)
        entry = aws.eks.AccessEntry(
            name,
            cluster_name=self.created_name,
            principal_arn=principal_arn,
            tags=tags(self._platform, name),
            opts=opts,
        )
        aws.eks.AccessPolicyAssociation(
            f"{name}-policy",
            cluster_name=self.created_name,
            principal_arn=entry.principal_arn,
            policy_arn=ADMIN_POLICY,
            access_scope=aws.eks.AccessPolicyAssociationAccessScopeArgs(type="cluster"),
            opts=opts,
        )

    def _create_deployer(self, member: GroupMember) -> None:
        """Let in whoever ships models, without an EKS policy: what they may do, RBAC says."""
        name = f"{self._name}-models-deployer"
        aws.eks.AccessEntry(
            name,
            cluster_name=self.created_name,
            principal_arn=member.role.arn,
            kubernetes_groups=[member.group],
            tags=tags(self._platform, name),
            opts=pulumi.ResourceOptions(parent=self),
        )


def _present(value: str | None, what: str) -> str:
    """Return what every active cluster has."""
    if value is None:
        message = f"EKS cluster: no {what}, got None; is the cluster active?"
        raise ValueError(message)
    return value
