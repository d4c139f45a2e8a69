"""What whoever ships models may do, and where.

Owns the role and its binding. Does not own who that is: the foundation says it (`DeployersRef`).
Why no rule for namespaces, quotas, roles or service accounts: those are the bounds themselves.
"""

import pulumi
import pulumi_kubernetes as kubernetes

from components.handles import DeployersRef, NamespaceRef

meta = kubernetes.meta.v1
rbac = kubernetes.rbac.v1

GROUP = "tokenworks:model-deployers"
"""Kubernetes group of the cloud's access entry. Without the prefix `system:`, which EKS refuses."""
ON_EKS = DeployersRef(kind="Group", name=GROUP)
ROLE = "model-deployer"
WRITE = ("get", "list", "watch", "create", "update", "patch", "delete")
READ = ("get", "list", "watch")

WRITES = {
    "": ("services", "configmaps", "secrets"),
    "apps": ("deployments",),
    "batch": ("jobs",),
    "policy": ("poddisruptionbudgets",),
    "networking.k8s.io": ("networkpolicies",),
    "gateway.networking.k8s.io": ("httproutes",),
    # A Backend names any address; proxies reach servers of models and nothing else inside.
    "gateway.envoyproxy.io": ("backendtrafficpolicies", "securitypolicies", "backends"),
    "aigateway.envoyproxy.io": ("aigatewayroutes", "aiservicebackends"),
    # Which models there should be: an alert misses those that are not.
    "monitoring.coreos.com": ("prometheusrules",),
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


def on_gke(email: pulumi.Input[str]) -> DeployersRef:
    """Return a service account of Google Cloud: the API server knows it by its e-mail."""
    return DeployersRef(kind="User", name=email)


def create_role(
    name: str, who: DeployersRef | None, *, namespace: NamespaceRef, opts: pulumi.ResourceOptions
) -> None:
    """Let `who` ship models into a namespace, and do nothing anywhere else.

    Without anybody there is the role, which whoever administers the cluster may bind.
    """
    metadata = meta.ObjectMetaArgs(
        name=ROLE,
        namespace=namespace.name,
        labels={"app.kubernetes.io/part-of": "tokenworks"},
    )
    rbac.Role(name, metadata=metadata, rules=_rules(), opts=opts)
    if who is None:
        return
    rbac.RoleBinding(
        f"{name}-binding",
        metadata=metadata,
        role_ref=rbac.RoleRefArgs(api_group="rbac.authorization.k8s.io", kind="Role", name=ROLE),
        subjects=[
            rbac.SubjectArgs(api_group="rbac.authorization.k8s.io", kind=who.kind, name=who.name)
        ],
        opts=opts,
    )


def _rules() -> list[rbac.PolicyRuleArgs]:
    return [
        rbac.PolicyRuleArgs(api_groups=[group], resources=list(kinds), verbs=list(verbs))
        for table, verbs in ((WRITES, WRITE), (READS, READ))
        for group, kinds in table.items()
    ]
