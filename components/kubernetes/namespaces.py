"""A namespace that starts closed.

Owns the namespace, its Pod Security level and the policy that lets nothing in.
Does not own what opens it again: each workload brings the policy for its own port.
Network policies hold where something enforces them: on EKS the VPC CNI add-on does, once its
`enableNetworkPolicy` is set, which nothing here sets yet.
"""

from enum import StrEnum

import pulumi
import pulumi_kubernetes as kubernetes

from components.handles import NamespaceRef
from components.names import DNS_LABEL, fit


class PodSecurity(StrEnum):
    """Pod Security levels that the API server enforces."""

    RESTRICTED = "restricted"
    BASELINE = "baseline"
    PRIVILEGED = "privileged"


class Namespace(pulumi.ComponentResource):
    """A namespace with a Pod Security level and no way in."""

    ref: NamespaceRef
    """What goes into it needs this."""

    def __init__(
        self,
        name: str,
        *,
        label: str,
        pod_security: PodSecurity,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create the namespace under the fixed name `label`: addresses and people use it."""
        super().__init__("tokenworks:kubernetes:Namespace", name, None, opts)
        self._name = name
        namespace = self._create_namespace(fit(label, DNS_LABEL), pod_security)
        self.ref = NamespaceRef(label=label, name=namespace.metadata.name)
        self._create_default_deny()
        self.register_outputs({"name": self.ref.name})

    def _create_namespace(
        self, label: str, pod_security: PodSecurity
    ) -> kubernetes.core.v1.Namespace:
        return kubernetes.core.v1.Namespace(
            f"{self._name}-namespace",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(
                name=label,
                labels={
                    "app.kubernetes.io/part-of": "tokenworks",
                    "pod-security.kubernetes.io/enforce": pod_security.value,
                    # What the strictest level would refuse is in the audit log.
                    "pod-security.kubernetes.io/audit": PodSecurity.RESTRICTED.value,
                },
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _create_default_deny(self) -> None:
        kubernetes.networking.v1.NetworkPolicy(
            f"{self._name}-default-deny",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(
                name="default-deny", namespace=self.ref.name
            ),
            spec=kubernetes.networking.v1.NetworkPolicySpecArgs(
                pod_selector=kubernetes.meta.v1.LabelSelectorArgs(),
                policy_types=["Ingress"],
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
