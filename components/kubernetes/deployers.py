"""What whoever ships models may do, and where.

Owns the role and its binding. Does not own who that is: the cloud's access entries put an identity
into the group.
Why no rule for namespaces, quotas, roles or service accounts: those are the bounds themselves.
"""

import pulumi
import pulumi_kubernetes as kubernetes

from components.handles import NamespaceRef

meta = kubernetes.meta.v1
rbac = kubernetes.rbac.v1

GROUP = "tokenworks:model-deployers"
"""Kubernetes group of the cloud's access entry. Without the prefix `system:`, which EKS refuses."""
ROLE = "model-deployer"
WRITE = ("get", "list", "watch", "create", "update", "patch", "delete")
READ = ("get", "list", "watch")

WRITES = {
    "": ("services", "configmaps", "secrets"),
    "apps": ("deployments",),
    "policy": ("poddisruptionbudgets",),
    "networking.k8s.io": ("networkpolicies",),
}
"""API group to the kinds that a model is made of."""
READS = {
    # Pods and their events tell why a server does not come up. The Pulumi provider looks at claims
    # of a Deployment, and at the endpoints of a Service (pulumi-kubernetes 4.34, `await`).
    "": ("pods", "pods/log", "events", "endpoints", "persistentvolumeclaims", "resourcequotas"),
    "apps": ("replicasets",),
    "discovery.k8s.io": ("endpointslices",),
    "events.k8s.io": ("events",),
}
"""API group to the kinds that show how it goes."""


def create_role(name: str, namespace: NamespaceRef, opts: pulumi.ResourceOptions) -> None:
    """Let the group ship models into a namespace, and do nothing anywhere else."""
    metadata = meta.ObjectMetaArgs(
        name=ROLE,
        namespace=namespace.name,
        labels={"app.kubernetes.io/part-of": "tokenworks"},
    )
    rbac.Role(name, metadata=metadata, rules=_rules(), opts=opts)
    rbac.RoleBinding(
        f"{name}-binding",
        metadata=metadata,
        role_ref=rbac.RoleRefArgs(api_group="rbac.authorization.k8s.io", kind="Role", name=ROLE),
        subjects=[
            rbac.SubjectArgs(api_group="rbac.authorization.k8s.io", kind="Group", name=GROUP)
        ],
        opts=opts,
    )


def _rules() -> list[rbac.PolicyRuleArgs]:
    return [
        rbac.PolicyRuleArgs(api_groups=[group], resources=list(kinds), verbs=list(verbs))
        for table, verbs in ((WRITES, WRITE), (READS, READ))
        for group, kinds in table.items()
    ]
