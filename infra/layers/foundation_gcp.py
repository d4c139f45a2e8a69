"""The foundation on Google Cloud: which of its components each part is made of.

Owns what only Google Cloud has between them: a log bucket beside the network, and who may reach the
cluster as a part of its own. Does not own the order: see `foundation`.
"""

from collections.abc import Mapping, Sequence

import pulumi

from components.gcp.account import ProjectRef, account
from components.gcp.budget import Budget
from components.gcp.cache import Cache
from components.gcp.cluster import Cluster
from components.gcp.dns import DnsZone, ZoneRole
from components.gcp.encryption import Encryption
from components.gcp.foreign_network import foreign_network
from components.gcp.handles import KeysRef, NetworkRef, NodeHome
from components.gcp.identity import ClusterAccess, Identity
from components.gcp.logs import Logs
from components.gcp.network import Network
from components.gcp.node_pools import GpuNodePool, SystemNodePool
from components.gcp.node_pools_zones import system_zones
from components.gcp.object_store import ObjectStore
from components.gcp.pod_logs import PodLogs
from components.gcp.policies import (
    ADD_BACKUPS,
    FIND_ZONES,
    KEEP_LOGS,
    KEEP_TRACES,
    KEEP_VECTORS,
    LOAD_WEIGHTS,
    POINT_HOSTS,
    PROVE_DOMAIN,
    READ_BACKUPS,
    READ_VECTORS,
    READ_WEIGHTS,
    CustomRole,
)
from components.gcp.provider import gcp_provider
from components.gcp.registry import Registry
from components.gcp.secrets import SecretRights, Secrets
from components.gcp.workload_role import WorkloadRole
from components.handles import CacheRef, DeployersRef, PlatformRef, Workload, ZoneRef
from components.kubernetes import deployers
from components.retention import Retention
from infra.layers.foundation import EXPORT_DEPLOYER, FoundationBuilder
from infra.layers.platform_secrets import secrets_of
from infra.layers.workloads import (
    CERT_MANAGER,
    EXTERNAL_DNS,
    LOG_STORE,
    LOG_WRITER,
    MODEL_SERVER,
    SECRETS_OPERATOR,
    TRACES,
    VECTOR_BACKUP,
    VECTOR_STORE,
    WEIGHTS_LOADER,
)
from infra.spec.stack import StackSpec

_KEEPS = {TRACES: KEEP_TRACES, LOG_STORE: KEEP_LOGS}
"""Role of each in its bucket."""


class GcpFoundation(FoundationBuilder[KeysRef, NetworkRef, Identity, Cluster, ObjectStore]):
    """Creates the foundation of a stack on Google Cloud."""

    def __init__(self, spec: StackSpec, platform: PlatformRef) -> None:
        """Take the stack, and make the provider of everything in it."""
        self._provider = gcp_provider(f"{platform.name}-gcp", platform, spec.cloud.project)
        super().__init__(spec, platform, self._provider)
        self._project: ProjectRef = account(self._provider, platform, spec.cloud.project)
        self._readable: tuple[pulumi.Resource, ...] = ()
        self._deployer: DeployersRef | None = None

    def _keys(self) -> KeysRef:
        return Encryption(
            f"{self._name}-encryption",
            project=self._project,
            protected=self._protected,
            **self._common,
        ).keys

    def _foreign_network(self) -> NetworkRef:
        return foreign_network(self._spec.network, self._provider, self._platform)

    def _own_network(self) -> NetworkRef:
        return Network(
            f"{self._name}-network", self._spec.cloud, self._spec.network, **self._common
        ).ref

    def _logs(self, network: NetworkRef, keys: KeysRef) -> None:
        """Create a log bucket: it keeps what the cluster says, besides flow logs."""
        store = self._cloud_store
        Logs(
            f"{self._name}-logs",
            retention_days=self._spec.cluster.log_retention_days,
            # Flow logs of a network that is somebody else's are theirs.
            subnetwork=None if self._spec.network.is_foreign else network.subnetwork,
            project=self._project,
            keys=keys,
            pod_log=None if store is None else store.name,
            **self._common,
        )

    def _identity(self) -> Identity:
        return Identity(f"{self._name}-identity", project=self._project, **self._common)

    def _images(self, identity: Identity) -> dict[str, pulumi.Output[str]]:
        registry = Registry(
            f"{self._name}-registry",
            project=self._project,
            nodes=identity.nodes,
            protected=self._protected,
            **self._common,
        )
        self._readable = registry.readable
        return registry.repository_urls

    def _cluster(self, network: NetworkRef, identity: Identity, keys: KeysRef) -> Cluster:
        spec = self._spec.cluster
        cluster = Cluster(
            f"{self._name}-cluster",
            spec,
            zones=system_zones(self._spec.cloud, spec.system_nodes.machine_type),
            project=self._project,
            network=network,
            nodes=identity.nodes,
            keys=keys,
            **self._common,
        )
        self._let_people_in(keys)
        return cluster

    def _let_people_in(self, keys: KeysRef) -> None:
        """Let administrators and deployers reach the cluster, where the stack names any."""
        spec = self._spec.cluster
        if not spec.admins and not spec.model_deployers:
            return
        access = ClusterAccess(
            f"{self._name}-access",
            admins=spec.admins,
            deployers=spec.model_deployers,
            project=self._project,
            drawn=keys.drawn,
            **self._common,
        )
        if access.deployer is not None:
            pulumi.export(EXPORT_DEPLOYER, access.deployer.email)
            self._deployer = deployers.on_gke(access.deployer.email)

    def _nodes(
        self, cluster: Cluster, network: NetworkRef, identity: Identity, keys: KeysRef
    ) -> tuple[pulumi.Resource, ...]:
        """Create the pools.

        They go without the platform's name: node pools are named within their cluster, and both
        names together are longer than GKE allows.
        """
        opts = pulumi.ResourceOptions(providers=[self._provider], depends_on=list(self._readable))
        home = NodeHome(
            cluster_name=cluster.created_name,
            account=identity.nodes,
            network=network,
            disk_key=keys.disks,
        )
        system = SystemNodePool(
            "system",
            self._spec.cluster.system_nodes,
            self._spec.cloud,
            at=home,
            platform=self._platform,
            opts=opts,
        )
        pools = [
            GpuNodePool(pool.name, pool, at=home, platform=self._platform, opts=opts)
            for pool in self._spec.gpu_pools
        ]
        return (cluster, system, *pools)

    def _store(self, label: str, contents: str, keys: KeysRef, retention: Retention) -> ObjectStore:
        """Create a bucket: Cloud Storage's agent has one key for all of them."""
        return ObjectStore(
            f"{self._name}-{label}",
            contents=contents,
            key=keys.weights,
            retention=retention,
            protected=self._protected,
            **self._common,
        )

    def _secrets(self, keys: KeysRef) -> dict[str, pulumi.Output[str]]:
        del keys  # Google's own: see `secrets`
        self._secret_names = Secrets(
            f"{self._name}-secrets",
            secrets_of(self._spec),
            protected=self._protected,
            **self._common,
        ).names
        return self._secret_names

    def _rights_of_pods(
        self, cluster: Cluster, store: ObjectStore, keys: KeysRef
    ) -> tuple[pulumi.Resource, ...]:
        """Let servers read the weights, the loader write them, and the operator carry secrets.

        The pool of pods' identities comes with a cluster.
        """
        grants = ((MODEL_SERVER, READ_WEIGHTS), (WEIGHTS_LOADER, LOAD_WEIGHTS))
        secrets = SecretRights(
            f"{self._name}-{SECRETS_OPERATOR.service_account}",
            SECRETS_OPERATOR,
            secrets_of(self._spec),
            names=self._secret_names,
            project=self._project,
            drawn=keys.drawn,
            opts=pulumi.ResourceOptions(providers=[self._provider], depends_on=[cluster]),
        )
        roles = (self._role(workload, role, cluster, store, keys) for workload, role in grants)
        return (*roles, secrets)

    def _rights_of_vector_store(
        self,
        cluster: Cluster,
        vectors: ObjectStore,
        backups: ObjectStore | None,
        keys: KeysRef,
    ) -> tuple[pulumi.Resource, ...]:
        own = self._role(VECTOR_STORE, KEEP_VECTORS, cluster, vectors, keys)
        if backups is None:
            return (own,)
        return (
            own,
            self._role(VECTOR_STORE, READ_BACKUPS, cluster, backups, keys, "-backups"),
            self._role(VECTOR_BACKUP, READ_VECTORS, cluster, vectors, keys, "-source"),
            self._role(VECTOR_BACKUP, ADD_BACKUPS, cluster, backups, keys),
        )

    def _right_to_keep(
        self, keeper: Workload, cluster: Cluster, store: ObjectStore, keys: KeysRef
    ) -> pulumi.Resource:
        return self._role(keeper, _KEEPS[keeper], cluster, store, keys)

    def _pod_logs(self, cluster: Cluster, keys: KeysRef) -> tuple[pulumi.Resource, ...]:
        store = self._cloud_store
        if store is None:
            return ()
        made = PodLogs(
            f"{self._name}-pod-logs",
            LOG_WRITER,
            log=store.name,
            retention_days=self._spec.observability.logs.keep_days,
            platform=self._platform,
            project=self._project,
            keys=keys,
            # The pool of pods' identities comes with a cluster.
            opts=pulumi.ResourceOptions(providers=[self._provider], depends_on=[cluster]),
        )
        return (made,)

    def _role(  # noqa: PLR0913, PLR0917 - who, what, where; a name's end tells two of one account
        self,
        workload: Workload,
        role: CustomRole,
        cluster: Cluster,
        store: ObjectStore,
        keys: KeysRef,
        ending: str = "",
    ) -> WorkloadRole:
        return WorkloadRole(
            f"{self._name}-{workload.service_account}{ending}",
            workload,
            role,
            bucket=store.ref,
            project=self._project,
            drawn=keys.drawn,
            opts=pulumi.ResourceOptions(providers=[self._provider], depends_on=[cluster]),
        )

    def _caches(
        self, cluster: Cluster, network: NetworkRef, keys: KeysRef
    ) -> Mapping[str, CacheRef]:
        del cluster
        return Cache(
            f"{self._name}-cache",
            self._spec.cache,
            project=self._project,
            network=network,
            # In somebody else's network nothing is created: its owner has such a policy.
            connects=not self._spec.network.is_foreign,
            key=keys.cache,
            protected=self._protected,
            **self._common,
        ).refs

    def _zone(
        self, domain: str, cluster: Cluster, keys: KeysRef
    ) -> tuple[ZoneRef, pulumi.Output[Sequence[str]], tuple[pulumi.Resource, ...]]:
        made = DnsZone(f"{self._name}-dns", domain, protected=self._protected, **self._common)
        rights = (
            self._zone_role(CERT_MANAGER, PROVE_DOMAIN, made.ref, cluster, keys),
            self._zone_role(EXTERNAL_DNS, POINT_HOSTS, made.ref, cluster, keys, FIND_ZONES),
        )
        return made.ref, made.name_servers, rights

    def _zone_role(  # noqa: PLR0913, PLR0917 - what it is made of
        self,
        workload: Workload,
        role: CustomRole,
        zone: ZoneRef,
        cluster: Cluster,
        keys: KeysRef,
        finds: CustomRole | None = None,
    ) -> ZoneRole:
        return ZoneRole(
            f"{self._name}-{workload.service_account}",
            workload,
            role,
            zone=zone,
            project=self._project,
            drawn=keys.drawn,
            finds=finds,
            # The pool of pods' identities comes with a cluster.
            opts=pulumi.ResourceOptions(providers=[self._provider], depends_on=[cluster]),
        )

    def _budget(self, monthly_usd: float) -> None:
        Budget(
            f"{self._name}-budget",
            monthly_usd,
            self._spec.budget.receivers,
            project=self._project,
            **self._common,
        )

    def _deployers(self, cluster: Cluster) -> DeployersRef | None:
        """Return the account that ships models, as the API server knows it."""
        del cluster
        return self._deployer

    def _disk_key(self, keys: KeysRef) -> pulumi.Output[str]:
        return keys.disks.id
