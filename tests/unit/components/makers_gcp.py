"""How the contract makes each component of Google Cloud, under any name."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pulumi

from components.gcp.budget import Budget
from components.gcp.cache import Cache
from components.gcp.cluster import Cluster
from components.gcp.dns import DnsZone, ZoneRole
from components.gcp.encryption import Encryption
from components.gcp.identity import ClusterAccess, Identity
from components.gcp.logs import Logs
from components.gcp.network import Network
from components.gcp.node_pools import GpuNodePool, SystemNodePool
from components.gcp.object_store import ObjectStore
from components.gcp.pod_logs import PodLogs
from components.gcp.policies import PROVE_DOMAIN, READ_WEIGHTS
from components.gcp.registry import Registry
from components.gcp.secrets import SecretRights, Secrets
from components.gcp.workload_role import WorkloadRole
from components.retention import WEIGHTS
from components.secrets import PLATFORM_SECRETS
from infra.graph.model import Resource
from infra.wire import Value
from tests.unit.components import examples_gcp as examples

Make = Callable[[str, pulumi.ResourceOptions], pulumi.ComponentResource]

MAKERS: Mapping[type[pulumi.ComponentResource], Make] = {
    Network: lambda name, opts: Network(
        name, examples.CLOUD, examples.NETWORK, platform=examples.PLATFORM, opts=opts
    ),
    Encryption: lambda name, opts: Encryption(
        name,
        platform=examples.PLATFORM,
        project=examples.project_ref(),
        protected=False,
        opts=opts,
    ),
    PodLogs: lambda name, opts: PodLogs(
        name,
        examples.CERT_MANAGER,
        log=f"{name}-pods",
        retention_days=7,
        platform=replace(examples.PLATFORM, name=name),
        project=examples.project_ref(),
        keys=examples.keys_ref(),
        opts=opts,
    ),
    Budget: lambda name, opts: Budget(
        name,
        600,
        ("bills@example.com",),
        project=examples.project_ref(),
        platform=examples.PLATFORM,
        opts=opts,
    ),
    Cache: lambda name, opts: Cache(
        name,
        examples.MANAGED_CACHE,
        platform=replace(examples.PLATFORM, name=name),
        project=examples.project_ref(),
        network=examples.network_ref(),
        connects=True,
        key=examples.key_ref("cache"),
        protected=False,
        opts=opts,
    ),
    DnsZone: lambda name, opts: DnsZone(
        name, f"{name}.example.com", platform=examples.PLATFORM, protected=False, opts=opts
    ),
    ZoneRole: lambda name, opts: ZoneRole(
        name,
        examples.CERT_MANAGER,
        PROVE_DOMAIN,
        zone=examples.zone_ref(),
        project=examples.project_ref(),
        drawn=examples.keys_ref().drawn,
        opts=opts,
    ),
    Logs: lambda name, opts: Logs(
        name,
        retention_days=7,
        subnetwork=examples.network_ref().subnetwork,
        platform=replace(examples.PLATFORM, name=name),
        project=examples.project_ref(),
        keys=examples.keys_ref(),
        opts=opts,
    ),
    Identity: lambda name, opts: Identity(
        name,
        platform=replace(examples.PLATFORM, name=name),
        project=examples.project_ref(),
        opts=opts,
    ),
    ClusterAccess: lambda name, opts: ClusterAccess(
        name,
        admins=("user:admin@example.com",),
        deployers=("group:models@example.com",),
        platform=replace(examples.PLATFORM, name=name),
        project=examples.project_ref(),
        drawn=examples.keys_ref().drawn,
        opts=opts,
    ),
    Registry: lambda name, opts: Registry(
        name,
        platform=replace(examples.PLATFORM, name=name),
        project=examples.project_ref(),
        nodes=examples.account_ref(),
        protected=False,
        opts=opts,
    ),
    Cluster: lambda name, opts: Cluster(
        name,
        examples.CLUSTER,
        zones=("us-central1-a", "us-central1-b"),
        platform=replace(examples.PLATFORM, name=name),
        project=examples.project_ref(),
        network=examples.network_ref(),
        nodes=examples.account_ref(),
        keys=examples.keys_ref(),
        opts=opts,
    ),
    SystemNodePool: lambda name, opts: SystemNodePool(
        name,
        examples.CLUSTER.system_nodes,
        examples.CLOUD,
        at=examples.node_home(),
        platform=examples.PLATFORM,
        opts=opts,
    ),
    GpuNodePool: lambda name, opts: GpuNodePool(
        name, examples.POOL, at=examples.node_home(), platform=examples.PLATFORM, opts=opts
    ),
    ObjectStore: lambda name, opts: ObjectStore(
        name,
        contents="weights",
        platform=examples.PLATFORM,
        key=examples.key_ref("weights"),
        retention=WEIGHTS,
        protected=False,
        opts=opts,
    ),
    Secrets: lambda name, opts: Secrets(
        name,
        PLATFORM_SECRETS,
        platform=replace(examples.PLATFORM, name=name),
        protected=False,
        opts=opts,
    ),
    SecretRights: lambda name, opts: SecretRights(
        name,
        examples.MODEL_SERVER,
        PLATFORM_SECRETS,
        names={"hub-token": pulumi.Output.from_input("hub-token")},
        project=examples.project_ref(),
        drawn=examples.keys_ref().drawn,
        opts=opts,
    ),
    WorkloadRole: lambda name, opts: WorkloadRole(
        name,
        examples.MODEL_SERVER,
        READ_WEIGHTS,
        bucket=examples.weights_ref(),
        project=examples.project_ref(),
        drawn=examples.keys_ref().drawn,
        opts=opts,
    ),
}
WITHOUT_LABELS = {
    "Account",
    "BucketIAMMember",
    "Budget",
    "CryptoKeyIAMMember",
    "DnsManagedZoneIamMember",
    "Firewall",
    "IAMCustomRole",
    "IAMMember",
    "KeyRing",
    "Network",
    "ProjectBucketConfig",
    "ProjectExclusion",
    "ProjectSink",
    "RepositoryIamMember",
    "Router",
    "RouterNat",
    "SecretIamMember",
    "Subnetwork",
}
"""Types of Google Cloud that take no labels. What is not here must carry them."""


def labels_of(item: Resource) -> Value:
    """Return the labels of a resource, under whichever of their names it has them."""
    inputs = item.inputs["nodeConfig"] if item.short_type == "NodePool" else item.inputs
    if not isinstance(inputs, dict):
        return None
    return next(
        (inputs[name] for name in ("resourceLabels", "userLabels", "labels") if name in inputs),
        None,
    )
