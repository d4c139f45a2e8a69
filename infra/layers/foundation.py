"""The foundation: key, network, identities, control plane, nodes, weights, images and cache.

Owns which parts every cloud's foundation has, in which order they are made, and what of them is
exported; in the other order they go away again. Does not own how a cloud makes them: the module of
that cloud does, and it is imported only for a stack of that cloud. Does not own anything inside the
cluster.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypedDict, TypeVar

import pulumi

from components import retention
from components.handles import (
    BucketRef,
    CacheRef,
    ClusterRef,
    DeployersRef,
    LogsRef,
    MetricsRef,
    PlatformRef,
    TracesRef,
    VectorsRef,
    WeightsRef,
    Workload,
    ZoneRef,
)
from components.observability import logs_loki
from components.observability.logs_cloud import cloud_store
from components.retention import Retention
from infra.layers.workloads import LOG_STORE, TRACES
from infra.spec.cloud import CloudProvider
from infra.spec.stack import StackSpec

EXPORT_DEPLOYER = "modelsDeployerRole"
EXPORT_DISK_KEY = "diskEncryptionKey"
EXPORT_NAME_SERVERS = "dnsNameServers"
EXPORT_REPOSITORIES = "imageRepositories"
EXPORT_SECRETS = "secretNames"


@dataclass(frozen=True, eq=False)
class Foundation:
    """What the platform stands on."""

    cluster: ClusterRef
    """How to reach the cluster."""
    weights: WeightsRef
    """Where weights lie."""
    vectors: VectorsRef | None
    """Where the vector store keeps what it holds; None where the stack has none."""
    traces: TracesRef | None
    """Where traces lie; None where no request is followed."""
    logs: LogsRef | None
    """Where what pods print is kept; None where nothing in the cluster keeps it."""
    metrics: MetricsRef | None
    """Where the cloud keeps samples; None where it keeps none."""
    zone: ZoneRef | None
    """DNS zone of the gateway's domain; None where no certificate authority asks for one."""
    images: dict[str, pulumi.Output[str]]
    """Image of ours to the address of its repository."""
    caches: Mapping[str, CacheRef]
    """Instances of the managed cache by name; none where it runs inside the cluster."""
    deployers: DeployersRef | None
    """Who ships models, as the API server knows them; None: nobody but administrators."""
    disk_key: pulumi.Output[str] | None
    """Key that whoever makes a disk must name; None: the cloud encrypts without being asked."""
    needed_inside: tuple[pulumi.Resource, ...]
    """What must be there before, and until after, anything inside the cluster: access, nodes, DNS,
    storage, and the cloud identities of pods."""


class ReachableCluster(Protocol):
    """What every cloud's cluster has."""

    ref: ClusterRef


class Store(Protocol):
    """What every cloud's object store has."""

    ref: BucketRef


class Common(TypedDict):
    """What every part of a foundation is made with."""

    platform: PlatformRef
    """Whose it is."""
    opts: pulumi.ResourceOptions
    """The provider of its cloud."""


KeysT = TypeVar("KeysT")
NetworkT = TypeVar("NetworkT")
IdentityT = TypeVar("IdentityT")
ClusterT = TypeVar("ClusterT", bound=ReachableCluster)
StoreT = TypeVar("StoreT", bound=Store)


class FoundationBuilder(ABC, Generic[KeysT, NetworkT, IdentityT, ClusterT, StoreT]):
    """Creates the parts one after the other; each gets the handles of those before it."""

    def __init__(
        self, spec: StackSpec, platform: PlatformRef, provider: pulumi.ProviderResource
    ) -> None:
        """Take the stack, and the provider of everything in its cloud."""
        self._spec = spec
        self._platform = platform
        self._name = platform.name
        self._cloud_store = cloud_store(spec)
        self._protected = spec.cluster.deletion_protection
        self._common = Common(platform=platform, opts=pulumi.ResourceOptions(providers=[provider]))

    def build(self) -> Foundation:
        """Create the foundation."""
        keys = self._keys()
        network = self._network(keys)
        identity = self._identity()
        images = self._images(identity)
        pulumi.export(EXPORT_REPOSITORIES, images)
        cluster = self._cluster(network, identity, keys)
        nodes = self._nodes(cluster, network, identity, keys)
        store = self._store("store", "weights", keys, retention.WEIGHTS)
        pulumi.export(EXPORT_SECRETS, self._secrets(keys))
        rights = self._rights_of_pods(cluster, store, keys)
        vectors, rights_of_vectors = self._vectors(cluster, keys)
        traces, rights_of_traces = self._traces(cluster, keys)
        logs, rights_of_logs = self._log_store(cluster, keys)
        rights_of_lines = self._pod_logs(cluster, keys)
        metrics, rights_of_metrics = self._metrics_store(cluster, keys)
        zone, rights_to_zone = self._domain(cluster, keys)
        managed = self._spec.cache.is_managed
        caches = self._caches(cluster, network, keys) if managed else {}
        if self._spec.budget.monthly_usd is not None:
            self._budget(self._spec.budget.monthly_usd)
        return Foundation(
            cluster=cluster.ref,
            weights=WeightsRef(store.ref.bucket, store.ref.region),
            vectors=vectors,
            traces=traces,
            logs=logs,
            metrics=metrics,
            zone=zone,
            images=images,
            caches=caches,
            deployers=self._deployers(cluster),
            disk_key=self._disk_key(keys),
            needed_inside=(
                *(*nodes, *rights, *rights_of_vectors, *rights_of_traces),
                *(*rights_of_logs, *rights_of_lines, *rights_of_metrics, *rights_to_zone),
            ),
        )

    def _vectors(
        self, cluster: ClusterT, keys: KeysT
    ) -> tuple[VectorsRef | None, tuple[pulumi.Resource, ...]]:
        """Create what the vector store needs below the cluster: buckets and rights to them."""
        spec = self._spec.vector_store
        if not spec.is_built:
            return None, ()
        vectors = self._store("vector-store", "vectors", keys, retention.VECTORS)
        backups = None
        if spec.has_backups:
            kept = retention.backups(spec.backup_days)
            backups = self._store("vector-backup", "copies", keys, kept)
        rights = self._rights_of_vector_store(cluster, vectors, backups, keys)
        copies = None if backups is None else backups.ref.bucket
        return VectorsRef(vectors.ref.bucket, vectors.ref.region, copies), rights

    def _traces(
        self, cluster: ClusterT, keys: KeysT
    ) -> tuple[TracesRef | None, tuple[pulumi.Resource, ...]]:
        """Create what Tempo needs below the cluster: a bucket and the rights to it."""
        spec = self._spec.observability
        if not spec.follows_requests:
            return None, ()
        kept = retention.traces(spec.traces.retention_days)
        store = self._store("traces", "traces", keys, kept)
        right = self._right_to_keep(TRACES, cluster, store, keys)
        return TracesRef(store.ref.bucket, store.ref.region), (right,)

    def _log_store(
        self, cluster: ClusterT, keys: KeysT
    ) -> tuple[LogsRef | None, tuple[pulumi.Resource, ...]]:
        """Create the bucket of logs, and Loki's right to it."""
        spec = self._spec.observability
        if not spec.has_loki:
            return None, ()
        kept = retention.logs(spec.logs, logs_loki.CHUNKS_PREFIX)
        store = self._store("log-store", "logs", keys, kept)
        right = self._right_to_keep(LOG_STORE, cluster, store, keys)
        return LogsRef(store.ref.bucket, store.ref.region), (right,)

    def _domain(
        self, cluster: ClusterT, keys: KeysT
    ) -> tuple[ZoneRef | None, tuple[pulumi.Resource, ...]]:
        """Create the zone of the gateway's domain, and the rights to write in it."""
        domain = self._spec.gateway.zone
        if domain is None:
            return None, ()
        zone, name_servers, rights = self._zone(domain, cluster, keys)
        # A person writes them into the zone above: see docs/traffic.md.
        pulumi.export(EXPORT_NAME_SERVERS, name_servers)
        return zone, rights

    @abstractmethod
    def _keys(self) -> KeysT:
        """Create the keys that everything else is encrypted with."""

    def _network(self, keys: KeysT) -> NetworkT:
        """Create a network, or take the one that the stack names as it is; and the logs of it."""
        foreign = self._spec.network.is_foreign
        network = self._foreign_network() if foreign else self._own_network()
        self._logs(network, keys)
        return network

    @abstractmethod
    def _foreign_network(self) -> NetworkT:
        """Return the network that the stack names."""

    @abstractmethod
    def _own_network(self) -> NetworkT:
        """Create a network."""

    @abstractmethod
    def _logs(self, network: NetworkT, keys: KeysT) -> None:
        """Create what keeps the logs of a network: somebody else's keeps its own."""

    @abstractmethod
    def _identity(self) -> IdentityT:
        """Create the identities of the control plane and of nodes."""

    @abstractmethod
    def _images(self, identity: IdentityT) -> dict[str, pulumi.Output[str]]:
        """Create the registry; return the address of each image's repository."""

    @abstractmethod
    def _cluster(self, network: NetworkT, identity: IdentityT, keys: KeysT) -> ClusterT:
        """Create the control plane, and who may ship models to it."""

    @abstractmethod
    def _nodes(
        self, cluster: ClusterT, network: NetworkT, identity: IdentityT, keys: KeysT
    ) -> tuple[pulumi.Resource, ...]:
        """Create the node pools; return them, the cluster, and what else pods there need."""

    @abstractmethod
    def _store(self, label: str, contents: str, keys: KeysT, retention: Retention) -> StoreT:
        """Create a bucket for something that the platform keeps."""

    @abstractmethod
    def _secrets(self, keys: KeysT) -> dict[str, pulumi.Output[str]]:
        """Create the secrets, without values; return their names by purpose."""

    @abstractmethod
    def _rights_of_pods(
        self, cluster: ClusterT, store: StoreT, keys: KeysT
    ) -> tuple[pulumi.Resource, ...]:
        """Let pods do in the cloud what their work needs."""

    @abstractmethod
    def _caches(self, cluster: ClusterT, network: NetworkT, keys: KeysT) -> Mapping[str, CacheRef]:
        """Create the managed cache."""

    @abstractmethod
    def _rights_of_vector_store(
        self, cluster: ClusterT, vectors: StoreT, backups: StoreT | None, keys: KeysT
    ) -> tuple[pulumi.Resource, ...]:
        """Let the vector store keep its bucket and read its backups, which another account adds."""

    @abstractmethod
    def _right_to_keep(
        self, keeper: Workload, cluster: ClusterT, store: StoreT, keys: KeysT
    ) -> pulumi.Resource:
        """Let Tempo or Loki keep its bucket."""

    @abstractmethod
    def _pod_logs(self, cluster: ClusterT, keys: KeysT) -> tuple[pulumi.Resource, ...]:
        """Create what the cloud keeps lines in, if it is to; return the right to write there."""

    def _metrics_store(
        self, cluster: ClusterT, keys: KeysT
    ) -> tuple[MetricsRef | None, tuple[pulumi.Resource, ...]]:
        """Create the cloud's store of samples, if there is to be one, and the right to write."""
        del cluster, keys
        return None, ()

    @abstractmethod
    def _zone(
        self, domain: str, cluster: ClusterT, keys: KeysT
    ) -> tuple[ZoneRef, pulumi.Output[Sequence[str]], tuple[pulumi.Resource, ...]]:
        """Create a zone; return it, its name servers, and the rights of who writes in it."""

    @abstractmethod
    def _budget(self, monthly_usd: float) -> None:
        """Create what the cloud watches of the bill."""

    @abstractmethod
    def _deployers(self, cluster: ClusterT) -> DeployersRef | None:
        """Return who ships models, as the API server knows them."""

    @abstractmethod
    def _disk_key(self, keys: KeysT) -> pulumi.Output[str] | None:
        """Return the key that whoever makes a disk must name."""


def build_foundation(spec: StackSpec, platform: PlatformRef) -> Foundation:
    """Create the foundation of a stack."""
    return _BUILDERS[spec.cloud.provider](spec, platform)


def _aws(spec: StackSpec, platform: PlatformRef) -> Foundation:
    from infra.layers.foundation_aws import AwsFoundation  # noqa: PLC0415  AWS's SDK, for AWS only

    return AwsFoundation(spec, platform).build()


def _gcp(spec: StackSpec, platform: PlatformRef) -> Foundation:
    from infra.layers.foundation_gcp import GcpFoundation  # noqa: PLC0415  Google's SDK, likewise

    return GcpFoundation(spec, platform).build()


_BUILDERS: dict[CloudProvider, Callable[[StackSpec, PlatformRef], Foundation]] = {
    CloudProvider.AWS: _aws,
    CloudProvider.GCP: _gcp,
}
