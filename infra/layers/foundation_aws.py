"""The foundation on AWS: which of its components each part is made of.

Owns what only AWS has between them: add-ons before and after nodes, flow logs as a part of their
own, the autoscaler's rights. Does not own the order: see `foundation`.
"""

from collections.abc import Mapping, Sequence

import pulumi

from components.aws.account import AccountRef, account
from components.aws.addons import ClusterAddons, NodeAddons
from components.aws.autoscaling import AUTOSCALER, autoscaler_policy
from components.aws.budget import Budget
from components.aws.cache import Cache
from components.aws.cluster import Cluster, GroupMember
from components.aws.dns import DnsZone
from components.aws.encryption import Encryption
from components.aws.endpoints import METRICS, POD_LOGS
from components.aws.flow_logs import FlowLogs
from components.aws.foreign_network import foreign_network
from components.aws.handles import NetworkRef, NodeHome
from components.aws.identity import Identity, ModelsDeployer
from components.aws.load_balancers import load_balancers_policy
from components.aws.metrics_store import MetricsStore
from components.aws.network import Network
from components.aws.node_pools import GpuNodePool, SystemNodePool
from components.aws.object_store import ObjectStore
from components.aws.pod_logs import PodLogs
from components.aws.policies import document
from components.aws.provider import aws_provider
from components.aws.registry import Registry
from components.aws.secrets import Secrets
from components.aws.workload_role import Grants, WorkloadRole
from components.handles import (
    CacheRef,
    DeployersRef,
    MetricsRef,
    PlatformRef,
    Workload,
    ZoneRef,
)
from components.kubernetes import deployers, load_balancers
from components.retention import Retention
from infra.layers.foundation import EXPORT_DEPLOYER, FoundationBuilder
from infra.layers.platform_secrets import secrets_of
from infra.layers.workloads import (
    CERT_MANAGER,
    EXTERNAL_DNS,
    LOG_STORE,
    LOG_WRITER,
    METRICS_WRITER,
    MODEL_SERVER,
    SECRETS_OPERATOR,
    TRACES,
    VECTOR_BACKUP,
    VECTOR_STORE,
    WEIGHTS_LOADER,
)
from infra.spec.stack import StackSpec

_KEPT = {TRACES: "Traces", LOG_STORE: "Logs"}
"""What is in the bucket of each, for the names of its rights."""


class AwsFoundation(
    FoundationBuilder[pulumi.Output[str], NetworkRef, Identity, Cluster, ObjectStore]
):
    """Creates the foundation of a stack on AWS; its one key travels as its ARN."""

    def __init__(self, spec: StackSpec, platform: PlatformRef) -> None:
        """Take the stack, and make the provider of everything in it."""
        self._provider = aws_provider(f"{platform.name}-aws", platform)
        super().__init__(spec, platform, self._provider)
        self._account: AccountRef = account(self._provider, platform)

    def _keys(self) -> pulumi.Output[str]:
        store = self._cloud_store
        return Encryption(
            f"{self._name}-encryption",
            account=self._account,
            protected=self._protected,
            more_logs=() if store is None else (store.name,),
            metrics=self._spec.observability.keeps_managed_metrics,
            **self._common,
        ).key_arn

    def _foreign_network(self) -> NetworkRef:
        return foreign_network(self._spec.network, self._provider)

    def _own_network(self) -> NetworkRef:
        watched = self._spec.observability
        called = {POD_LOGS: watched.logs_in_cloud, METRICS: watched.keeps_managed_metrics}
        return Network(
            f"{self._name}-network",
            self._spec.cloud,
            self._spec.network,
            called=[service for service, is_called in called.items() if is_called],
            **self._common,
        ).ref

    def _logs(self, network: NetworkRef, keys: pulumi.Output[str]) -> None:
        """Create flow logs where a stack has them; the control plane's logs are the cluster's."""
        if self._spec.network.is_foreign or not self._spec.network.flow_logs:
            return
        FlowLogs(
            f"{self._name}-flow-logs",
            network=network,
            retention_days=self._spec.cluster.log_retention_days,
            account=self._account,
            key_arn=keys,
            **self._common,
        )

    def _identity(self) -> Identity:
        return Identity(f"{self._name}-identity", account=self._account, **self._common)

    def _images(self, identity: Identity) -> dict[str, pulumi.Output[str]]:
        """Create the registry; that nodes may read it is said by a policy of AWS on their role."""
        del identity
        return Registry(
            f"{self._name}-registry", protected=self._protected, **self._common
        ).repository_urls

    def _cluster(
        self, network: NetworkRef, identity: Identity, keys: pulumi.Output[str]
    ) -> Cluster:
        return Cluster(
            f"{self._name}-cluster",
            self._spec.cluster,
            network=network,
            role=identity.control_plane,
            key_arn=keys,
            models_deployer=self._deployer(),
            **self._common,
        )

    def _deployer(self) -> GroupMember | None:
        if not self._spec.cluster.model_deployers:
            return None
        deployer = ModelsDeployer(
            f"{self._name}-models-deployer",
            self._spec.cluster.model_deployers,
            account=self._account,
            **self._common,
        ).ref
        pulumi.export(EXPORT_DEPLOYER, deployer.arn)
        return GroupMember(deployer, deployers.GROUP)

    def _nodes(
        self,
        cluster: Cluster,
        network: NetworkRef,
        identity: Identity,
        keys: pulumi.Output[str],
    ) -> tuple[pulumi.Resource, ...]:
        """Create add-ons and pools.

        Pools go without the platform's name: node groups are named within their cluster, and both
        names together are longer than EKS allows. Disks have the account's own key.
        """
        del keys
        node_addons = NodeAddons(
            f"{self._name}-node-addons",
            cluster_name=cluster.created_name,
            account=self._account,
            **self._common,
        )
        home = NodeHome(
            cluster_name=cluster.created_name,
            kubernetes_version=self._spec.cluster.kubernetes_version,
            role=identity.nodes,
            network=network,
            cluster_security_group_id=cluster.security_group_id,
            needed=(node_addons,),
        )
        system = SystemNodePool("system", self._spec.cluster.system_nodes, at=home, **self._common)
        cluster_addons = ClusterAddons(
            f"{self._name}-addons",
            cluster_name=cluster.created_name,
            platform=self._platform,
            account=self._account,
            opts=pulumi.ResourceOptions(providers=[self._provider], depends_on=[system]),
        )
        pools = [
            GpuNodePool(pool.name, pool, at=home, **self._common) for pool in self._spec.gpu_pools
        ]
        return (cluster, system, cluster_addons, *pools)

    def _store(
        self, label: str, contents: str, keys: pulumi.Output[str], retention: Retention
    ) -> ObjectStore:
        return ObjectStore(
            f"{self._name}-{label}",
            contents=contents,
            key_arn=keys,
            retention=retention,
            protected=self._protected,
            **self._common,
        )

    def _secrets(self, keys: pulumi.Output[str]) -> dict[str, pulumi.Output[str]]:
        secrets = Secrets(
            f"{self._name}-secrets",
            secrets_of(self._spec),
            account=self._account,
            key_arn=keys,
            protected=self._protected,
            **self._common,
        )
        self._carries_secrets = secrets.carrier
        return secrets.names

    def _rights_of_pods(
        self, cluster: Cluster, store: ObjectStore, keys: pulumi.Output[str]
    ) -> tuple[pulumi.Resource, ...]:
        del keys  # the documents of the store name the key
        documents = {
            MODEL_SERVER: document(*store.rights.reading("Weights")),
            WEIGHTS_LOADER: document(*store.rights.filling("Weights")),
            AUTOSCALER: autoscaler_policy(self._platform, self._account),
            SECRETS_OPERATOR: self._carries_secrets,
        }
        if self._spec.gateway.is_built:
            balancing = load_balancers_policy(self._platform, self._account)
            documents[load_balancers.CONTROLLER] = balancing
        return tuple(
            self._role(workload, rights, cluster) for workload, rights in documents.items()
        )

    def _rights_of_vector_store(
        self,
        cluster: Cluster,
        vectors: ObjectStore,
        backups: ObjectStore | None,
        keys: pulumi.Output[str],
    ) -> tuple[pulumi.Resource, ...]:
        del keys  # as above
        own = vectors.rights.keeping("Vectors")
        if backups is None:
            return (self._role(VECTOR_STORE, document(*own), cluster),)
        copies, copying = backups.rights.reading("Backups"), backups.rights.filling("Backups")
        source = vectors.rights.reading("Vectors")
        return (
            self._role(VECTOR_STORE, document(*own, *copies), cluster),
            self._role(VECTOR_BACKUP, document(*source, *copying), cluster),
        )

    def _right_to_keep(
        self, keeper: Workload, cluster: Cluster, store: ObjectStore, keys: pulumi.Output[str]
    ) -> pulumi.Resource:
        del keys  # as above
        return self._role(keeper, document(*store.rights.keeping(_KEPT[keeper])), cluster)

    def _pod_logs(self, cluster: Cluster, keys: pulumi.Output[str]) -> tuple[pulumi.Resource, ...]:
        store = self._cloud_store
        if store is None:
            return ()
        made = PodLogs(
            f"{self._name}-pod-logs",
            group=store.name,
            stream=store.cluster,
            retention_days=self._spec.observability.logs.keep_days,
            account=self._account,
            key_arn=keys,
            **self._common,
        )
        return (self._role(LOG_WRITER, made.writer, cluster),)

    def _metrics_store(
        self, cluster: Cluster, keys: pulumi.Output[str]
    ) -> tuple[MetricsRef | None, tuple[pulumi.Resource, ...]]:
        if not self._spec.observability.keeps_managed_metrics:
            return None, ()
        made = MetricsStore(
            f"{self._name}-metrics", key_arn=keys, protected=self._protected, **self._common
        )
        # Its account's name is the chart's, and too long beside a long name of a platform.
        return made.ref, (self._role(METRICS_WRITER, made.writer, cluster, "prometheus"),)

    def _role(
        self,
        workload: Workload,
        rights: pulumi.Output[str],
        cluster: Cluster,
        called: str | None = None,
    ) -> WorkloadRole:
        return WorkloadRole(
            f"{self._name}-{called or workload.service_account}",
            workload,
            Grants(document=rights),
            cluster_name=cluster.created_name,
            account=self._account,
            **self._common,
        )

    def _caches(
        self, cluster: Cluster, network: NetworkRef, keys: pulumi.Output[str]
    ) -> Mapping[str, CacheRef]:
        return Cache(
            f"{self._name}-cache",
            self._spec.cache,
            network=network,
            cluster_security_group_id=cluster.security_group_id,
            key_arn=keys,
            log_retention_days=self._spec.cluster.log_retention_days,
            protected=self._protected,
            **self._common,
        ).refs

    def _zone(
        self, domain: str, cluster: Cluster, keys: pulumi.Output[str]
    ) -> tuple[ZoneRef, pulumi.Output[Sequence[str]], tuple[pulumi.Resource, ...]]:
        del keys  # what is in a zone is public
        made = DnsZone(f"{self._name}-dns", domain, protected=self._protected, **self._common)
        rights = (
            self._role(CERT_MANAGER, made.prover, cluster),
            self._role(EXTERNAL_DNS, made.pointer, cluster),
        )
        return made.ref, made.name_servers, rights

    def _budget(self, monthly_usd: float) -> None:
        receivers = self._spec.budget.receivers
        Budget(f"{self._name}-budget", monthly_usd, receivers, **self._common)

    def _deployers(self, cluster: Cluster) -> DeployersRef:
        """Return the group, whether or not an access entry puts anybody into it."""
        del cluster
        return deployers.ON_EKS

    def _disk_key(self, keys: pulumi.Output[str]) -> None:
        """Disks are encrypted because the class says so, with the account's own key."""
        del keys
