"""The foundation: key, network, identities, control plane, add-ons, nodes, weights and images.

Owns which of the cloud's components are made, and in which order they go away again.
Does not own anything inside the cluster.
"""

from dataclasses import dataclass

import pulumi

from components.aws.account import AccountRef, account
from components.aws.addons import ClusterAddons, NodeAddons
from components.aws.autoscaling import AUTOSCALER, autoscaler_policy
from components.aws.cluster import Cluster, GroupMember
from components.aws.encryption import Encryption
from components.aws.flow_logs import FlowLogs
from components.aws.foreign_network import foreign_network
from components.aws.identity import Identity, ModelsDeployer
from components.aws.network import Network
from components.aws.node_pools import GpuNodePool, SystemNodePool
from components.aws.object_store import ObjectStore
from components.aws.provider import aws_provider
from components.aws.registry import Registry
from components.aws.workload_role import Grants, Workload, WorkloadRole
from components.handles import ClusterRef, NetworkRef, NodeHome, PlatformRef, RoleRef, WeightsRef
from components.kubernetes import deployers, model_namespace
from infra.spec.stack import StackSpec

MODEL_SERVER = Workload(model_namespace.NAMESPACE, model_namespace.SERVICE_ACCOUNT)
"""One account for the servers of all models: then the stack of models needs no rights in AWS."""
EXPORT_DEPLOYER = "modelsDeployerRole"
EXPORT_REPOSITORIES = "imageRepositories"


@dataclass(frozen=True, eq=False)
class Foundation:
    """What the platform stands on."""

    cluster: ClusterRef
    """How to reach the cluster."""
    weights: WeightsRef
    """Where weights lie."""
    needed_inside: tuple[pulumi.Resource, ...]
    """What must be there before, and until after, anything inside the cluster: access, nodes, DNS,
    storage, and the cloud identities of pods."""


def build_foundation(spec: StackSpec, platform: PlatformRef) -> Foundation:
    """Create the foundation of a stack."""
    return _Builder(spec, platform).build()


class _Builder:
    """Creates the components one after the other; each gets the handles of those before it."""

    def __init__(self, spec: StackSpec, platform: PlatformRef) -> None:
        self._spec = spec
        self._platform = platform
        self._name = platform.name
        self._provider = aws_provider(f"{platform.name}-aws", platform)
        self._opts = pulumi.ResourceOptions(providers=[self._provider])
        self._account: AccountRef = account(self._provider, platform)
        self._protected = spec.cluster.deletion_protection

    def build(self) -> Foundation:
        key_arn = self._key()
        network = self._network(key_arn)
        identity = Identity(
            f"{self._name}-identity",
            platform=self._platform,
            account=self._account,
            opts=self._opts,
        )
        cluster = self._cluster(network, identity.control_plane, key_arn)
        nodes = self._nodes(cluster, network, identity.nodes)
        store = ObjectStore(
            f"{self._name}-store",
            platform=self._platform,
            key_arn=key_arn,
            protected=self._protected,
            opts=self._opts,
        )
        self._registry()
        roles = self._workload_roles(cluster, store)
        return Foundation(
            cluster=cluster.ref, weights=store.weights, needed_inside=(cluster, *nodes, *roles)
        )

    def _key(self) -> pulumi.Output[str]:
        return Encryption(
            f"{self._name}-encryption",
            platform=self._platform,
            account=self._account,
            protected=self._protected,
            opts=self._opts,
        ).key_arn

    def _network(self, key_arn: pulumi.Output[str]) -> NetworkRef:
        """Create a network with its flow logs, or take the one that the stack names as it is."""
        spec = self._spec.network
        if spec.is_foreign:
            return foreign_network(spec, self._provider)
        network = Network(
            f"{self._name}-network",
            self._spec.cloud,
            spec,
            platform=self._platform,
            opts=self._opts,
        ).ref
        if spec.flow_logs:
            FlowLogs(
                f"{self._name}-flow-logs",
                network=network,
                retention_days=self._spec.cluster.log_retention_days,
                platform=self._platform,
                account=self._account,
                key_arn=key_arn,
                opts=self._opts,
            )
        return network

    def _cluster(self, network: NetworkRef, role: RoleRef, key_arn: pulumi.Output[str]) -> Cluster:
        return Cluster(
            f"{self._name}-cluster",
            self._spec.cluster,
            platform=self._platform,
            network=network,
            role=role,
            key_arn=key_arn,
            models_deployer=self._deployer(),
            opts=self._opts,
        )

    def _deployer(self) -> GroupMember | None:
        if not self._spec.cluster.model_deployers:
            return None
        deployer = ModelsDeployer(
            f"{self._name}-models-deployer",
            self._spec.cluster.model_deployers,
            platform=self._platform,
            account=self._account,
            opts=self._opts,
        ).ref
        pulumi.export(EXPORT_DEPLOYER, deployer.arn)
        return GroupMember(deployer, deployers.GROUP)

    def _nodes(
        self, cluster: Cluster, network: NetworkRef, role: RoleRef
    ) -> tuple[pulumi.Resource, ...]:
        """Create add-ons and pools.

        Pools go without the platform's name: node groups are named within their cluster, and both
        names together are longer than EKS allows.
        """
        node_addons = NodeAddons(
            f"{self._name}-node-addons",
            cluster_name=cluster.created_name,
            platform=self._platform,
            account=self._account,
            opts=self._opts,
        )
        home = NodeHome(
            cluster_name=cluster.created_name,
            kubernetes_version=self._spec.cluster.kubernetes_version,
            role=role,
            network=network,
            cluster_security_group_id=cluster.security_group_id,
            needed=(node_addons,),
        )
        system = SystemNodePool(
            "system",
            self._spec.cluster.system_nodes,
            at=home,
            platform=self._platform,
            opts=self._opts,
        )
        cluster_addons = ClusterAddons(
            f"{self._name}-addons",
            cluster_name=cluster.created_name,
            platform=self._platform,
            account=self._account,
            opts=pulumi.ResourceOptions(providers=[self._provider], depends_on=[system]),
        )
        pools = [
            GpuNodePool(pool.name, pool, at=home, platform=self._platform, opts=self._opts)
            for pool in self._spec.gpu_pools
        ]
        return (system, cluster_addons, *pools)

    def _registry(self) -> None:
        registry = Registry(
            f"{self._name}-registry",
            platform=self._platform,
            protected=self._protected,
            opts=self._opts,
        )
        pulumi.export(EXPORT_REPOSITORIES, registry.repository_urls)

    def _workload_roles(self, cluster: Cluster, store: ObjectStore) -> tuple[pulumi.Resource, ...]:
        documents = {
            MODEL_SERVER: store.reader,
            AUTOSCALER: autoscaler_policy(self._platform, self._account),
        }
        return tuple(
            WorkloadRole(
                f"{self._name}-{workload.service_account}",
                workload,
                Grants(document=document),
                cluster_name=cluster.created_name,
                platform=self._platform,
                account=self._account,
                opts=self._opts,
            )
            for workload, document in documents.items()
        )
