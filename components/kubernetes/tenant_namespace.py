"""The namespace of a tenant: its own pods beside the models, bounded, on the gateway's side.

Owns the namespace, its quota, what a container gets that asks for nothing, its ways out and its
service account. Does not own who may deploy there: whoever administers the cluster binds them.
Why no way to the models themselves: keys, limits and the log are the gateway's, and a pod beside
the models has no right to go around them.
"""

import pulumi
import pulumi_kubernetes as kubernetes

from components import labels
from components.handles import NamespaceRef
from components.kubernetes import gateway_names, network_policies
from components.kubernetes.gateway_ways import PROXY_PORTS
from components.kubernetes.namespaces import (
    SYSTEM_PRIORITIES,
    Namespace,
    PodSecurity,
    quota_of_priorities,
)
from components.kubernetes.priorities import MODEL_FLOOR, MODEL_SERVER
from infra.spec.cloud import CloudProvider
from infra.spec.tenants import TenantNamespaceSpec

core = kubernetes.core.v1
meta = kubernetes.meta.v1

PREFIX = "tenant-"
"""Before the tenant's name, so that it may be called like a namespace of the platform."""
SERVICE_ACCOUNT = "workload"
DEFAULT_CPU, DEFAULT_MEMORY = "100m", "256Mi"
"""Of a container that asks for nothing: with a quota the API server would refuse it, and charts of
others have such ones."""
MIB_PER_GIB = 1024


def quota(spec: TenantNamespaceSpec) -> dict[str, str]:
    """Return what the namespace may hold: no GPU, no disk, no load balancer."""
    memory = f"{round(spec.memory_gib * MIB_PER_GIB)}Mi"
    return {
        "requests.cpu": f"{round(spec.cpu * 1000)}m",
        "requests.memory": memory,
        "limits.memory": memory,
        "pods": str(spec.pods),
        f"requests.{labels.GPU}": "0",
        "persistentvolumeclaims": "0",
    }


class TenantNamespace(pulumi.ComponentResource):
    """A restricted namespace for what a tenant runs itself."""

    ref: NamespaceRef
    """The namespace."""

    def __init__(  # noqa: PLR0913 - what it stands on; each has a name where it is called
        self,
        name: str,
        tenant: str,
        spec: TenantNamespaceSpec,
        *,
        cloud: CloudProvider,
        kubernetes_version: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create it.

        Args:
            name: name of the component.
            tenant: whose it is.
            spec: what its pods get.
            cloud: the cloud.
            kubernetes_version: minor version whose Pod Security rules it is held to.
            opts: options of the component.
        """
        super().__init__("tokenworks:kubernetes:TenantNamespace", name, None, opts)
        self._name = name
        self._child = pulumi.ResourceOptions(parent=self)
        self.ref = Namespace(
            f"{name}-home",
            label=f"{PREFIX}{tenant}",
            pod_security=PodSecurity.RESTRICTED,
            kubernetes_version=kubernetes_version,
            quota=quota(spec),
            opts=self._child,
        ).ref
        quota_of_priorities(
            f"{name}-no-priority",
            namespace=self.ref,
            label="no-priority",
            classes=(*SYSTEM_PRIORITIES, MODEL_FLOOR.name, MODEL_SERVER.name),
            pods=0,
            opts=self._child,
        )
        self._create_defaults()
        self._open_ways(cloud)
        self._create_service_account()
        self.register_outputs({"namespace": self.ref.name})

    def _create_defaults(self) -> None:
        core.LimitRange(
            f"{self._name}-defaults",
            metadata=self._metadata("defaults"),
            spec=core.LimitRangeSpecArgs(
                limits=[
                    core.LimitRangeItemArgs(
                        type="Container",
                        default_request={"cpu": DEFAULT_CPU, "memory": DEFAULT_MEMORY},
                        default={"memory": DEFAULT_MEMORY},
                    )
                ]
            ),
            opts=self._child,
        )

    def _open_ways(self, cloud: CloudProvider) -> None:
        """Let its pods reach each other, the gateway inside the cluster, and HTTPS anywhere."""
        network_policies.open_within(
            f"{self._name}-within",
            namespace=self.ref,
            label="within",
            to=[
                network_policies.dns(cloud),
                # Nodes send what is meant for the load balancer straight to a proxy.
                network_policies.to_namespace(gateway_names.NAMESPACE, PROXY_PORTS[1]),
                network_policies.https(),
            ],
            opts=self._child,
        )

    def _create_service_account(self) -> None:
        core.ServiceAccount(
            f"{self._name}-account",
            metadata=self._metadata(SERVICE_ACCOUNT),
            automount_service_account_token=False,
            opts=self._child,
        )

    def _metadata(self, name: str) -> meta.ObjectMetaArgs:
        return meta.ObjectMetaArgs(
            name=name,
            namespace=self.ref.name,
            labels={"app.kubernetes.io/part-of": "tokenworks"},
        )
