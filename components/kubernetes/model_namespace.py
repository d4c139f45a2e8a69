"""The namespace where models are served: its bounds, its identity, and who may ship there.

Owns the namespace, its quota, the ways out of it, the service account of the servers, and the role
that whoever ships models has. Does not own any model.
Why it belongs to the platform: a team that ships models has rights inside it alone, so it cannot
lift the quota or the Pod Security level that bound it.
"""

from collections.abc import Sequence

import pulumi
import pulumi_kubernetes as kubernetes

from components import labels
from components.handles import NamespaceRef
from components.kubernetes import deployers, network_policies
from components.kubernetes.namespaces import Namespace, PodSecurity
from infra.catalog.machines import machine
from infra.spec.cloud import CloudProvider
from infra.spec.pools import GpuPoolSpec

core = kubernetes.core.v1
meta = kubernetes.meta.v1

NAMESPACE = "models"
"""Fixed: a stack of models alone finds the namespace by it."""
SERVICE_ACCOUNT = "model-server"
"""One for all servers: the role that reads the weights belongs to this name."""
SYSTEM_PRIORITIES = ("system-cluster-critical", "system-node-critical")
HEADROOM = 2
"""Of what the pools hold at most. While a server drains, its successor waits, and a pod counts
until its grace period is over (Kubernetes, quota evaluator of pods). Nodes bound the money."""
PODS_WITHOUT_GPU = 10
"""Jobs that load or check something."""


def model_quota(pools: Sequence[GpuPoolSpec], cloud: CloudProvider) -> dict[str, str]:
    """Return what the namespace may hold, from what the pools can be at most.

    CPU and memory are in it so that the API server refuses a container that asks for none.
    """
    gpus = vcpus = 0
    memory_gib = 0.0
    for pool in pools:
        size = machine(cloud.value, pool.machine_type)
        gpus += pool.most_nodes * pool.gpus_per_node
        vcpus += pool.most_nodes * size.vcpus
        memory_gib += pool.most_nodes * size.memory_gib
    memory = f"{int(HEADROOM * memory_gib)}Gi"
    return {
        f"requests.{labels.GPU}": str(HEADROOM * gpus),
        "requests.cpu": str(HEADROOM * vcpus),
        "requests.memory": memory,
        "limits.memory": memory,
        "pods": str(HEADROOM * gpus + PODS_WITHOUT_GPU),
        # Servers keep nothing: a disk would tie a server to one zone.
        "persistentvolumeclaims": "0",
    }


class ModelNamespace(pulumi.ComponentResource):
    """A restricted namespace for model servers, ready for whoever ships them."""

    ref: NamespaceRef
    """The namespace."""

    def __init__(
        self,
        name: str,
        pools: Sequence[GpuPoolSpec],
        *,
        cloud: CloudProvider,
        kubernetes_version: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create the namespace for models on `pools`. A cluster gets this once."""
        super().__init__("tokenworks:kubernetes:ModelNamespace", name, None, opts)
        self._name = name
        home = Namespace(
            f"{name}-home",
            label=NAMESPACE,
            pod_security=PodSecurity.RESTRICTED,
            kubernetes_version=kubernetes_version,
            quota=model_quota(pools, cloud),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.ref = home.ref
        self._refuse_system_priorities()
        self._open_ways_out()
        self._create_service_account()
        deployers.create_role(f"{name}-deployer", self.ref, pulumi.ResourceOptions(parent=self))
        self.register_outputs({"namespace": self.ref.name})

    def _refuse_system_priorities(self) -> None:
        """Keep models from pushing out what the cluster itself runs on."""
        core.ResourceQuota(
            f"{self._name}-no-system-priority",
            metadata=self._metadata("no-system-priority"),
            spec=core.ResourceQuotaSpecArgs(
                hard={"pods": "0"},
                scope_selector=core.ScopeSelectorArgs(
                    match_expressions=[
                        core.ScopedResourceSelectorRequirementArgs(
                            scope_name="PriorityClass",
                            operator="In",
                            values=list(SYSTEM_PRIORITIES),
                        )
                    ]
                ),
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _open_ways_out(self) -> None:
        """Every pod here reads weights: from the bucket with its role, or from a hub."""
        network_policies.open_egress(
            f"{self._name}-weights",
            namespace=self.ref,
            label="weights",
            pods=network_policies.every_pod(),
            to=[
                network_policies.dns(),
                network_policies.https(),
                network_policies.pod_identity(),
            ],
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _create_service_account(self) -> None:
        core.ServiceAccount(
            f"{self._name}-server",
            metadata=self._metadata(SERVICE_ACCOUNT),
            # The token of Pod Identity is another one, and the agent's webhook mounts it.
            automount_service_account_token=False,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _metadata(self, name: str) -> meta.ObjectMetaArgs:
        return meta.ObjectMetaArgs(
            name=name,
            namespace=self.ref.name,
            labels={"app.kubernetes.io/part-of": "tokenworks"},
        )
