"""How the contract makes each component of AWS, under any name."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pulumi

from components.aws.addons import ClusterAddons, NodeAddons
from components.aws.budget import Budget
from components.aws.cache import Cache
from components.aws.cache_instance import CacheInstance
from components.aws.cluster import Cluster
from components.aws.dns import DnsZone
from components.aws.encryption import Encryption
from components.aws.endpoints import Endpoints
from components.aws.flow_logs import FlowLogs
from components.aws.identity import Identity, ModelsDeployer
from components.aws.metrics_store import MetricsStore
from components.aws.network import Network
from components.aws.node_pools import GpuNodePool, SystemNodePool
from components.aws.object_store import ObjectStore
from components.aws.pod_logs import PodLogs
from components.aws.registry import Registry
from components.aws.secrets import Secrets
from components.aws.workload_role import Grants, WorkloadRole
from components.handles import Workload
from components.retention import WEIGHTS
from components.secrets import PLATFORM_SECRETS
from tests.unit.components import examples

Make = Callable[[str, pulumi.ResourceOptions], pulumi.ComponentResource]

MAKERS: Mapping[type[pulumi.ComponentResource], Make] = {
    Network: lambda name, opts: Network(
        name, examples.CLOUD, examples.NETWORK, platform=examples.PLATFORM, opts=opts
    ),
    Endpoints: lambda name, opts: Endpoints(
        name,
        vpc_id=examples.network_ref().vpc_id,
        cidr=examples.network_ref().cidr,
        route_table_ids=[pulumi.Output.from_input("rtb-1")],
        interface_subnet_ids=list(examples.network_ref().private_subnet_ids),
        platform=examples.PLATFORM,
        opts=opts,
    ),
    FlowLogs: lambda name, opts: FlowLogs(
        name,
        network=examples.network_ref(),
        retention_days=7,
        platform=replace(examples.PLATFORM, name=name),
        account=examples.account_ref(),
        key_arn=examples.key_arn(),
        opts=opts,
    ),
    MetricsStore: lambda name, opts: MetricsStore(
        name,
        platform=examples.PLATFORM,
        key_arn=examples.key_arn(),
        protected=False,
        opts=opts,
    ),
    PodLogs: lambda name, opts: PodLogs(
        name,
        group=f"/aws/eks/{name}/pods",
        stream=name,
        retention_days=7,
        platform=examples.PLATFORM,
        account=examples.account_ref(),
        key_arn=examples.key_arn(),
        opts=opts,
    ),
    Encryption: lambda name, opts: Encryption(
        name,
        platform=replace(examples.PLATFORM, name=name),
        account=examples.account_ref(),
        protected=False,
        opts=opts,
    ),
    ObjectStore: lambda name, opts: ObjectStore(
        name,
        contents="weights",
        platform=examples.PLATFORM,
        key_arn=examples.key_arn(),
        retention=WEIGHTS,
        protected=False,
        opts=opts,
    ),
    Secrets: lambda name, opts: Secrets(
        name,
        PLATFORM_SECRETS,
        platform=replace(examples.PLATFORM, name=name),
        account=examples.account_ref(),
        key_arn=examples.key_arn(),
        protected=False,
        opts=opts,
    ),
    Registry: lambda name, opts: Registry(
        name, platform=replace(examples.PLATFORM, name=name), protected=False, opts=opts
    ),
    WorkloadRole: lambda name, opts: WorkloadRole(
        name,
        Workload("models", "model-server"),
        Grants(managed=("AmazonEKS_CNI_Policy",)),
        cluster_name=examples.cluster_name(),
        platform=examples.PLATFORM,
        account=examples.account_ref(),
        opts=opts,
    ),
    NodeAddons: lambda name, opts: NodeAddons(
        name,
        cluster_name=examples.cluster_name(),
        platform=examples.PLATFORM,
        account=examples.account_ref(),
        opts=opts,
    ),
    ClusterAddons: lambda name, opts: ClusterAddons(
        name,
        cluster_name=examples.cluster_name(),
        platform=examples.PLATFORM,
        account=examples.account_ref(),
        opts=opts,
    ),
    Identity: lambda name, opts: Identity(
        name, platform=examples.PLATFORM, account=examples.account_ref(), opts=opts
    ),
    ModelsDeployer: lambda name, opts: ModelsDeployer(
        name,
        ["arn:aws:iam::123456789012:role/ci"],
        platform=examples.PLATFORM,
        account=examples.account_ref(),
        opts=opts,
    ),
    Budget: lambda name, opts: Budget(
        name, 600, ("bills@example.com",), platform=examples.PLATFORM, opts=opts
    ),
    Cache: lambda name, opts: Cache(
        name,
        examples.MANAGED_CACHE,
        platform=replace(examples.PLATFORM, name=name),
        network=examples.network_ref(),
        cluster_security_group_id=pulumi.Output.from_input("sg-1"),
        key_arn=examples.key_arn(),
        log_retention_days=7,
        protected=False,
        opts=opts,
    ),
    CacheInstance: lambda name, opts: CacheInstance(
        name,
        "counters",
        examples.MANAGED_CACHE.counters,
        cache=examples.MANAGED_CACHE,
        platform=replace(examples.PLATFORM, name=name),
        home=examples.cache_home(),
        protected=False,
        opts=opts,
    ),
    DnsZone: lambda name, opts: DnsZone(
        name, f"{name}.example.com", platform=examples.PLATFORM, protected=False, opts=opts
    ),
    Cluster: lambda name, opts: Cluster(
        name,
        examples.CLUSTER,
        platform=replace(examples.PLATFORM, name=name),
        network=examples.network_ref(),
        role=examples.role_ref(),
        key_arn=examples.key_arn(),
        opts=opts,
    ),
    SystemNodePool: lambda name, opts: SystemNodePool(
        name,
        examples.CLUSTER.system_nodes,
        at=examples.node_home(),
        platform=examples.PLATFORM,
        opts=opts,
    ),
    GpuNodePool: lambda name, opts: GpuNodePool(
        name, examples.POOL, at=examples.node_home(), platform=examples.PLATFORM, opts=opts
    ),
}
