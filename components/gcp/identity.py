"""Who the nodes and the deployers of models are in Google Cloud, and who may reach the cluster.

Owns the service account of nodes with the two roles that GKE asks for, the service account that
ships models, and the way to the cluster for both kinds of people: administrators and deployers.
Does not own what anybody may do inside the cluster: that is RBAC's, as it is for AWS's access
entries. Does not own what workloads may do in the cloud: see `workload_role`. The control plane has
no identity of ours: it is Google's own service agent.
Why a service account of nodes: the default one of the project is an editor of all of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from components.gcp.account import ProjectRef
from components.gcp.handles import AccountRef
from components.gcp.policies import (
    NODES,
    REACH_CLUSTER,
    STREAM_IMAGES,
    TAKE_ON,
    CustomRole,
    account_member,
    checked_member,
    checked_role,
    only_cluster,
)
from components.handles import PlatformRef
from components.names import CUSTOM_ROLE, digest, fit, service_account_id

NODES_PURPOSE = "nodes"
MODELS_PURPOSE = "models"
"""Parts of the ids of the platform's service accounts."""


def member_label(member: str) -> str:
    """Return a stable label of a member: adding or removing another one renames nothing."""
    return f"{member.partition(':')[2].partition('@')[0]}-{digest(member)}"


class Identity(pulumi.ComponentResource):
    """Who the nodes are in Google Cloud."""

    nodes: AccountRef
    """Account of every node."""

    def __init__(
        self,
        name: str,
        *,
        platform: PlatformRef,
        project: ProjectRef,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create the account of nodes."""
        super().__init__("tokenworks:gcp:Identity", name, None, opts)
        account = create_account(f"{name}-nodes", NODES_PURPOSE, platform, self)
        grants = tuple(
            gcp.projects.IAMMember(
                f"{name}-nodes-{suffix}",
                project=project.id,
                role=checked_role(role),
                member=account_member(account.email),
                opts=pulumi.ResourceOptions(parent=self),
            )
            for suffix, role in (("role", NODES), ("streaming", STREAM_IMAGES))
        )
        self.nodes = AccountRef(email=account.email, permissions=grants)
        self.register_outputs({"nodeAccount": account.email})


def create_account(
    name: str, purpose: str, platform: PlatformRef, parent: pulumi.Resource
) -> gcp.serviceaccount.Account:
    """Create a service account under `parent`."""
    return gcp.serviceaccount.Account(
        name,
        account_id=service_account_id(purpose, platform.name),
        display_name=f"{purpose} of {platform.cluster_name}",
        opts=pulumi.ResourceOptions(parent=parent),
    )


@dataclass(frozen=True, eq=False)
class RoleMaker:
    """Creates custom roles under one component."""

    parent: pulumi.Resource
    name: str
    project: ProjectRef
    drawn: pulumi.Output[str]
    """See `KeysRef.drawn`: a deleted role blocks its id for up to 37 days (pulumi-gcp, description
    of IAMCustomRole), and a fixed one would keep a platform from coming up again."""

    def create(self, role: CustomRole) -> pulumi.Output[str]:
        """Create a role; return the name by which it is granted."""
        prefix = fit(f"tokenworks_{role.purpose}_xxxxxxx", CUSTOM_ROLE).removesuffix("xxxxxxx")
        created = gcp.projects.IAMCustomRole(
            f"{self.name}-{role.purpose.replace('_', '-')}",
            project=self.project.id,
            role_id=pulumi.Output.concat(prefix, self.drawn),
            title=role.title,
            permissions=list(role.permissions),
            stage="GA",
            opts=pulumi.ResourceOptions(parent=self.parent),
        )
        return self.project.custom_role(created.role_id)


class ClusterAccess(pulumi.ComponentResource):
    """The way to one cluster for people who did not create it, and to nothing else."""

    deployer: AccountRef | None
    """The account that ships models, or None where nobody may."""

    def __init__(  # noqa: PLR0913  the handles it stands on are named one by one
        self,
        name: str,
        *,
        admins: Sequence[str],
        deployers: Sequence[str],
        platform: PlatformRef,
        project: ProjectRef,
        drawn: pulumi.Output[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Let the listed members reach the cluster, deployers through an account of their own."""
        super().__init__("tokenworks:gcp:ClusterAccess", name, None, opts)
        self._name, self._platform, self._project = name, platform, project
        self._roles = RoleMaker(self, name, project, drawn)
        self._reach = self._roles.create(REACH_CLUSTER)
        for member in admins:
            self._let_in(f"{name}-admin-{member_label(member)}", pulumi.Output.from_input(member))
        self.deployer = self._create_deployer(deployers) if deployers else None
        self.register_outputs({"role": self._reach})

    def _create_deployer(self, members: Sequence[str]) -> AccountRef:
        name = f"{self._name}-deployer"
        account = create_account(name, MODELS_PURPOSE, self._platform, self)
        take_on = self._roles.create(TAKE_ON)
        for member in members:
            gcp.serviceaccount.IAMMember(
                f"{name}-{member_label(member)}",
                service_account_id=account.name,
                role=take_on,
                member=checked_member(member),
                opts=pulumi.ResourceOptions(parent=self),
            )
        grant = self._let_in(f"{name}-reach", account_member(account.email))
        return AccountRef(email=account.email, permissions=(grant,))

    def _let_in(self, name: str, member: pulumi.Output[str]) -> gcp.projects.IAMMember:
        """Grant the way to this cluster: GKE has no policy of its own on a cluster."""
        condition = only_cluster(self._project.cluster_path(self._platform))
        return gcp.projects.IAMMember(
            name,
            project=self._project.id,
            role=self._reach,
            member=member.apply(checked_member),
            condition=gcp.projects.IAMMemberConditionArgs(
                title=condition["title"], expression=condition["expression"]
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
