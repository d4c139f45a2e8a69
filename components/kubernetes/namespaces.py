"""A namespace that starts closed and bounded.

Owns the namespace, its Pod Security levels, the policy that lets nothing through, and its quota.
Does not own what opens it again: each workload brings the policy for its own port and its own ways
out (`network_policies`).
Why a quota and no LimitRange: where a quota counts CPU and memory, the API server refuses a
container that does not say how much it wants. A LimitRange would fill the gap with a guess, which
is right for tenants alone, whose pods are not ours (`tenant_namespace`).
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum

import pulumi
import pulumi_kubernetes as kubernetes

from components.handles import NamespaceRef
from components.kubernetes.network_policies import close
from components.names import DNS_LABEL, fit

SYSTEM_PRIORITIES = ("system-cluster-critical", "system-node-critical")
"""Classes of Kubernetes for what a cluster itself runs on."""
NO_WAY_IN_FROM_OUTSIDE = {"services.loadbalancers": "0", "services.nodeports": "0"}
"""A Service of type LoadBalancer puts a port on the internet, past every gateway."""


class PodSecurity(StrEnum):
    """Pod Security levels that the API server enforces."""

    RESTRICTED = "restricted"
    BASELINE = "baseline"
    PRIVILEGED = "privileged"


def pod_security_labels(level: PodSecurity, kubernetes_version: str) -> dict[str, str]:
    """Return the labels that make the API server hold a namespace to a level.

    Pinned to the cluster's minor version: `latest` would hold running workloads to rules that a
    newer control plane brings along, on the day of its upgrade.
    """
    levels = {
        "enforce": level,
        # Enforcement looks at pods alone; this tells whoever applies a Deployment that its pods
        # will be refused.
        "warn": level,
        # What the strictest level would refuse is in the audit log.
        "audit": PodSecurity.RESTRICTED,
    }
    labels: dict[str, str] = {}
    for mode, value in levels.items():
        labels[f"pod-security.kubernetes.io/{mode}"] = value.value
        labels[f"pod-security.kubernetes.io/{mode}-version"] = f"v{kubernetes_version}"
    return labels


class Namespace(pulumi.ComponentResource):
    """A namespace with a Pod Security level, no way in, no way out, and a quota."""

    ref: NamespaceRef
    """What goes into it needs this."""

    def __init__(  # noqa: PLR0913 - what a namespace is; each has a name where it is called
        self,
        name: str,
        *,
        label: str,
        pod_security: PodSecurity,
        kubernetes_version: str,
        quota: Mapping[str, str],
        labels: Mapping[str, str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create the namespace under the fixed name `label`: addresses and people use it.

        Args:
            name: name of the component.
            label: name of the namespace.
            pod_security: level that its pods are held to.
            kubernetes_version: minor version whose rules that level means.
            quota: what it may hold at most, besides no load balancer and no node port.
            labels: by which others find it, beside those of Pod Security.
            opts: options of the component.
        """
        super().__init__("tokenworks:kubernetes:Namespace", name, None, opts)
        self._name = name
        rules = pod_security_labels(pod_security, kubernetes_version)
        namespace = self._create_namespace(fit(label, DNS_LABEL), {**(labels or {}), **rules})
        self.ref = NamespaceRef(label=label, name=namespace.metadata.name)
        close(f"{name}-default-deny", self.ref, pulumi.ResourceOptions(parent=self))
        self._create_quota({**NO_WAY_IN_FROM_OUTSIDE, **quota})
        self.register_outputs({"name": self.ref.name})

    def _create_namespace(self, label: str, labels: dict[str, str]) -> kubernetes.core.v1.Namespace:
        return kubernetes.core.v1.Namespace(
            f"{self._name}-namespace",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(
                name=label, labels={"app.kubernetes.io/part-of": "tokenworks", **labels}
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _create_quota(self, hard: dict[str, str]) -> None:
        kubernetes.core.v1.ResourceQuota(
            f"{self._name}-quota",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(name="quota", namespace=self.ref.name),
            spec=kubernetes.core.v1.ResourceQuotaSpecArgs(hard=hard),
            opts=pulumi.ResourceOptions(parent=self),
        )


def quota_of_priorities(  # noqa: PLR0913 - what a quota is; each has a name where it is called
    name: str,
    *,
    namespace: NamespaceRef,
    label: str,
    pods: int,
    opts: pulumi.ResourceOptions,
    classes: Sequence[str] = SYSTEM_PRIORITIES,
) -> kubernetes.core.v1.ResourceQuota:
    """Return a quota of the pods that may have some priorities, by default Kubernetes' own."""
    core = kubernetes.core.v1
    scope = core.ScopedResourceSelectorRequirementArgs(
        scope_name="PriorityClass", operator="In", values=list(classes)
    )
    return core.ResourceQuota(
        name,
        metadata=kubernetes.meta.v1.ObjectMetaArgs(
            name=label,
            namespace=namespace.name,
            labels={"app.kubernetes.io/part-of": "tokenworks"},
        ),
        spec=core.ResourceQuotaSpecArgs(
            hard={"pods": str(pods)},
            scope_selector=core.ScopeSelectorArgs(match_expressions=[scope]),
        ),
        opts=opts,
    )
