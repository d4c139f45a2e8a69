"""The namespace where models are served: its bounds, its identity, and who may ship there.

Owns the namespace, its quota, the ways out of it, the service accounts of servers and loaders, and
the role that whoever ships models has. Does not own any model.
Why it belongs to the platform: a team that ships models has rights inside it alone, so it cannot
lift the quota or the Pod Security level that bound it.
"""

from collections.abc import Sequence

import pulumi
import pulumi_kubernetes as kubernetes

from components import labels
from components.handles import DeployersRef, NamespaceRef
from components.kubernetes import network_policies
from components.kubernetes.deployers import create_role
from components.kubernetes.namespaces import Namespace, PodSecurity, quota_of_priorities
from components.observability import names
from components.serving import vllm
from infra.catalog.machines import machine
from infra.spec.cloud import CloudProvider
from infra.spec.pools import GpuPoolSpec

core = kubernetes.core.v1
meta = kubernetes.meta.v1

NAMESPACE = "models"
"""Fixed: a stack of models alone finds the namespace by it."""
SERVICE_ACCOUNT = "model-server"
"""One for all servers: the role that reads the weights belongs to this name."""
LOADER_ACCOUNT = "weights-loader"
"""Of the Jobs that fill the bucket: the role that writes weights belongs to this name."""
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

    def __init__(  # noqa: PLR0913 - what it stands on; each has a name where it is called
        self,
        name: str,
        pools: Sequence[GpuPoolSpec],
        *,
        cloud: CloudProvider,
        deployers: DeployersRef | None,
        kubernetes_version: str,
        sends_spans: bool = False,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create the namespace for models on `pools`. A cluster gets this once.

        Args:
            name: name of the component.
            pools: what its quota follows from.
            cloud: the cloud.
            deployers: who ships models, or None.
            kubernetes_version: minor version whose Pod Security rules it is held to.
            sends_spans: whether servers tell Tempo of requests.
            opts: options of the component.
        """
        super().__init__("tokenworks:kubernetes:ModelNamespace", name, None, opts)
        self._name = name
        self._cloud = cloud
        home = Namespace(
            f"{name}-home",
            label=NAMESPACE,
            pod_security=PodSecurity.RESTRICTED,
            kubernetes_version=kubernetes_version,
            quota=model_quota(pools, cloud),
            # Whoever ships a model ships its route.
            labels={labels.GATEWAY_ROUTES: "true"},
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.ref = home.ref
        self._refuse_system_priorities()
        self._open_ways_out()
        if sends_spans:
            self._open_way_of_spans()
        for account, suffix in ((SERVICE_ACCOUNT, "server"), (LOADER_ACCOUNT, "loader")):
            self._create_service_account(account, suffix)
        create_role(
            f"{name}-deployer",
            deployers,
            namespace=self.ref,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({"namespace": self.ref.name})

    def _refuse_system_priorities(self) -> None:
        """Keep models from pushing out what the cluster itself runs on."""
        quota_of_priorities(
            f"{self._name}-no-system-priority",
            namespace=self.ref,
            label="no-system-priority",
            pods=0,
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
                network_policies.dns(self._cloud),
                network_policies.https(),
                network_policies.credentials(self._cloud),
            ],
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _open_way_of_spans(self) -> None:
        network_policies.open_egress(
            f"{self._name}-spans",
            namespace=self.ref,
            label="spans",
            pods=network_policies.pods_with(vllm.PODS),
            to=[network_policies.to_namespace(names.TRACES_NAMESPACE, names.OTLP_PORT)],
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _create_service_account(self, account: str, suffix: str) -> None:
        core.ServiceAccount(
            f"{self._name}-{suffix}",
            metadata=self._metadata(account),
            # The cloud's credentials come another way: on EKS the agent's webhook mounts a token of
            # its own, on GKE the metadata server asks for one in the pod's name.
            automount_service_account_token=False,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _metadata(self, name: str) -> meta.ObjectMetaArgs:
        return meta.ObjectMetaArgs(
            name=name,
            namespace=self.ref.name,
            labels={"app.kubernetes.io/part-of": "tokenworks"},
        )
