"""Who administers a cluster besides its creator, where the cloud leaves that to RBAC.

Owns the bindings to Kubernetes' own role of an administrator. Does not own the way to the cluster:
IAM of Google Cloud gives the same members that, and nothing else. On AWS access entries do both.
Why not IAM's `roles/container.admin`: it administers every cluster of the project, and deletes
them.
"""

from collections.abc import Sequence

import pulumi
import pulumi_kubernetes as kubernetes

from components.names import digest

meta = kubernetes.meta.v1
rbac = kubernetes.rbac.v1

ROLE = "cluster-admin"
_API = "rbac.authorization.k8s.io"
_KINDS = {"group": "Group", "user": "User", "serviceAccount": "User"}
"""Kind of an IAM member to how GKE's API server knows it, by its e-mail (GKE documentation, "Role-
based access control" and "Configure Google Groups for RBAC", 2026)."""


class UnknownMemberError(ValueError):
    """A member that no API server knows."""


class ClusterAdmins(pulumi.ComponentResource):
    """Members of IAM who may do everything inside one cluster."""

    def __init__(
        self, name: str, members: Sequence[str], opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Create a binding for each member: to remove one leaves the others alone."""
        super().__init__("tokenworks:kubernetes:ClusterAdmins", name, None, opts)
        for member in members:
            label = digest(member)
            rbac.ClusterRoleBinding(
                f"{name}-{label}",
                metadata=meta.ObjectMetaArgs(
                    name=f"tokenworks-admin-{label}",
                    labels={"app.kubernetes.io/part-of": "tokenworks"},
                ),
                role_ref=rbac.RoleRefArgs(api_group=_API, kind="ClusterRole", name=ROLE),
                subjects=[_subject(member)],
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs({"members": list(members)})


def _subject(member: str) -> rbac.SubjectArgs:
    prefix, _, email = member.partition(":")
    if prefix not in _KINDS:
        message = f"cluster.admins: not {' or '.join(_KINDS)} with its e-mail, got {member!r}"
        raise UnknownMemberError(message)
    return rbac.SubjectArgs(api_group=_API, kind=_KINDS[prefix], name=email)
