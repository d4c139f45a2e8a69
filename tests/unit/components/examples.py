"""Small, complete pieces of a spec, for tests of components and layers."""

import json

import pulumi

from components.aws.account import AccountRef
from components.aws.cache_instance import CacheHome
from components.aws.handles import NetworkRef, NodeHome, RoleRef
from components.aws.provider import aws_provider
from components.handles import (
    ClusterRef,
    ModelHome,
    NamespaceRef,
    PlatformRef,
    VectorsRef,
    WeightsRef,
    ZoneRef,
)
from components.kubernetes.access import kubernetes_provider
from components.kubernetes.secret_store import SecretStoreRef
from components.serving.rollout import Nodes, ServerSet
from infra.graph.model import Resource
from infra.spec.budget import BudgetSpec, OnUnknown
from infra.spec.cache import CacheInstanceSpec, CachePlace, CacheSpec
from infra.spec.cloud import CloudProvider, CloudSpec
from infra.spec.cluster import ClusterSpec, SystemNodesSpec
from infra.spec.environment import Environment, Layer
from infra.spec.gateway import Issuer
from infra.spec.hub import HubSpec
from infra.spec.logs import LogsSpec, LogStore
from infra.spec.models import DType, Engine, ModelSpec, ReplicaRange, WeightsSource
from infra.spec.network import NatGateways, NetworkSpec
from infra.spec.observability import MetricsSpec, ObservabilitySpec
from infra.spec.observed_cost import ObservedCostSpec
from infra.spec.pools import GpuPoolSpec, LocalStorage, NodeRange
from infra.spec.preview_stack import PreviewStackSpec
from infra.spec.slo import SloSpec
from infra.spec.stack import StackSpec
from infra.spec.traces import TracesSpec
from infra.spec.vector_store import VectorStoreMode, VectorStoreSpec
from infra.spec.week_day import WeekDay
from infra.spec.working_hours import WorkingHoursSpec
from tests.support import gateway_spec

CLOUD = CloudSpec(
    provider=CloudProvider.AWS,
    project=None,
    region="us-east-1",
    zones=2,
    network_cidr="10.0.0.0/16",
)
CLUSTER = ClusterSpec(
    kubernetes_version="1.35",
    endpoint_access=("203.0.113.0/24",),
    admins=("arn:aws:iam::123456789012:role/Admin",),
    model_deployers=(),
    deletion_protection=False,
    log_retention_days=7,
    system_nodes=SystemNodesSpec(machine_type="m7i.large", min=1, max=3),
)
NETWORK = NetworkSpec(
    nat_gateways=NatGateways.SINGLE,
    interface_endpoints=False,
    flow_logs=False,
    vpc_id=None,
    private_subnet_ids=(),
    public_subnet_ids=(),
    pod_cidr=None,
    service_cidr=None,
    pod_range=None,
    service_range=None,
)
BUDGET = BudgetSpec(
    monthly_usd=None,
    receivers=(),
    hourly_usd=None,
    change_usd=None,
    gpus=None,
    on_unknown=OnUnknown.WARN,
)
SLO = SloSpec(
    ttft_milliseconds=500,
    itl_milliseconds=50,
    latency_percent=95.0,
    probe_milliseconds=2000,
    error_percent=1.0,
    availability_percent=99.9,
)
CACHE = CacheSpec(
    enabled=True,
    place=CachePlace.IN_CLUSTER,
    responses=CacheInstanceSpec(memory_gib=0.5, node_type=None, replicas=0),
    counters=CacheInstanceSpec(memory_gib=0.25, node_type=None, replicas=0),
    backup_days=0,
    maintenance_day=WeekDay.SUNDAY,
    maintenance_hour_utc=3,
)
MANAGED_CACHE = CACHE.model_copy(
    update={
        "place": CachePlace.MANAGED,
        "responses": CacheInstanceSpec(memory_gib=4, node_type="cache.m7g.large", replicas=1),
        "counters": CacheInstanceSpec(memory_gib=1, node_type="cache.t4g.small", replicas=1),
        "backup_days": 7,
    }
)
GATEWAY = gateway_spec.GATEWAY.model_copy(
    update={"issuer": Issuer.SELF_SIGNED, "email": None, "replicas": 1}
)
NO_GATEWAY = GATEWAY.model_copy(update={"domain": None})
OBSERVABILITY = ObservabilitySpec(
    enabled=True,
    metrics=MetricsSpec(
        replicas=1, cpu=0.1, memory_gib=1.0, retention_days=7, storage_gib=20, managed=False
    ),
    traces=TracesSpec(
        enabled=False, sample_percent=10.0, retention_days=7, cpu=0.1, memory_gib=1.0
    ),
    phoenix=None,
    logs=LogsSpec(
        store=LogStore.LOKI,
        hot_days=7,
        keep_days=30,
        replicas=1,
        cpu=0.1,
        memory_gib=1.0,
        elasticsearch=None,
    ),
    cost=ObservedCostSpec(enabled=False),
    remote_write=None,
    slack=None,
    pagerduty=None,
    email=None,
    webhook=None,
    dingtalk=None,
    feishu=None,
    dead_mans_switch=False,
)
HUB = HubSpec(endpoints=("https://huggingface.co",), token=False)
POOL = GpuPoolSpec(
    name="l4",
    gpu="L4",
    gpus_per_node=1,
    machine_type="g6.2xlarge",
    spot_machine_types=("g6.2xlarge",),
    on_demand=NodeRange(min=0, max=1),
    spot=NodeRange(min=0, max=2),
    flex_start=None,
    disk_gib=200,
    local_storage=LocalStorage.NONE,
    node_repair=True,
    placement_group=False,
    efa=False,
    reservation=None,
)
POOLS = {
    CloudProvider.AWS: POOL,
    CloudProvider.GCP: POOL.model_copy(
        update={"machine_type": "g2-standard-8", "spot_machine_types": ("g2-standard-8",)}
    ),
}
MODEL = ModelSpec(
    name="qwen2.5-7b",
    also_serves=(),
    canary=None,
    fallback=None,
    source="Qwen/Qwen2.5-7B-Instruct",
    revision=None,
    weights=WeightsSource.BUCKET,
    weights_gib=14.19,
    engine=Engine.VLLM,
    pool="l4",
    replicas=ReplicaRange(min=1, max=1, on_demand=0),
    context=32768,
    tensor_parallel=1,
    dtype=DType.AUTO,
    gpu_memory_utilization=0.9,
    max_concurrent_requests=64,
    max_queued_requests=100,
    cpu=6,
    memory_gib=24.5,
    shared_memory_gib=8,
    startup_timeout_seconds=1800,
    drain_seconds=90,
)
SERVERS = (ServerSet(Nodes.ANY, replicas=1, prefers=("spot",), surges=True, drain_seconds=90),)
VECTOR_STORES = {
    mode: VectorStoreSpec(mode=mode, query_nodes=nodes, cpu=1.0, memory_gib=4.0, backup_days=days)
    for mode, nodes, days in zip(VectorStoreMode, (1, 1, 2), (0, 0, 14), strict=True)
}
PLATFORM = PlatformRef(name="aws-dev", environment=Environment.DEV, region="us-east-1")


def pool(cloud: CloudProvider) -> GpuPoolSpec:
    """Return a pool of one GPU a node, of that cloud's machines."""
    return POOLS[cloud]


def stack_spec(
    name: str = "aws-dev",
    *,
    extends: str | None = None,
    layers: tuple[Layer, ...] = tuple(Layer),
    pools: tuple[GpuPoolSpec, ...] = (POOL,),
    vectors: VectorStoreMode = VectorStoreMode.NONE,
) -> StackSpec:
    """Return a whole stack."""
    return StackSpec(
        name=name,
        extends=extends,
        environment=Environment.DEV,
        layers=layers,
        cloud=CLOUD,
        network=NETWORK,
        cluster=CLUSTER,
        gpu_pools=pools,
        cache=CACHE,
        vector_store=VECTOR_STORES[vectors],
        gateway=NO_GATEWAY,
        tenants=(),
        observability=OBSERVABILITY,
        hub=HUB,
        models=(MODEL,),
        budget=BUDGET,
        slo=SLO,
        preview=PreviewStackSpec(expires=None),
        working_hours=WorkingHoursSpec(hours=None, days=tuple(WeekDay), time_zone="UTC"),
    )


def account_ref() -> AccountRef:
    """Return the account of AWS's examples."""
    return AccountRef(number=pulumi.Output.from_input("123456789012"), region="us-east-1")


def key_arn() -> pulumi.Output[str]:
    """Return a key that nobody created."""
    return pulumi.Output.from_input("arn:aws:kms:us-east-1:123456789012:key/some")


def cache_home() -> CacheHome:
    """Return what an instance of the cache stands on, which nobody created."""
    return CacheHome(
        subnet_group=pulumi.Output.from_input("private"),
        security_group_id=pulumi.Output.from_input("sg-1"),
        key_arn=key_arn(),
        log_retention_days=7,
    )


def cluster_name() -> pulumi.Output[str]:
    """Return the name of a cluster that nobody created."""
    return pulumi.Output.from_input("tokenworks-aws-dev")


def network_ref() -> NetworkRef:
    """Return a network that nobody created."""
    return NetworkRef(
        vpc_id=pulumi.Output.from_input("vpc-1"),
        public_subnet_ids=(pulumi.Output.from_input("subnet-1"),),
        private_subnet_ids=tuple(map(pulumi.Output.from_input, ("subnet-2", "subnet-3"))),
        private_zones=tuple(map(pulumi.Output.from_input, ("us-east-1a", "us-east-1b"))),
        cidr=pulumi.Output.from_input("10.0.0.0/16"),
        egress=(),
    )


def role_ref() -> RoleRef:
    """Return a role that nobody created."""
    return RoleRef(pulumi.Output.from_input("arn:aws:iam::123456789012:role/some"), permissions=())


def node_home() -> NodeHome:
    """Return a place for nodes that nobody created."""
    return NodeHome(
        cluster_name=pulumi.Output.from_input("tokenworks-aws-dev"),
        kubernetes_version="1.35",
        role=role_ref(),
        network=network_ref(),
        cluster_security_group_id=pulumi.Output.from_input("sg-cluster"),
    )


def cluster_ref() -> ClusterRef:
    """Return a cluster that nobody created."""
    return ClusterRef(
        name="tokenworks-aws-dev",
        region="us-east-1",
        provider=CloudProvider.AWS,
        endpoint=pulumi.Output.from_input("https://203.0.113.1"),
        certificate_authority=pulumi.Output.from_input("Q0E="),
    )


def zone_ref() -> ZoneRef:
    """Return a DNS zone that nobody created."""
    return ZoneRef(domain="llm.example.com", zone=pulumi.Output.from_input("Z0EXAMPLE"))


def namespace_ref() -> NamespaceRef:
    """Return a namespace that nobody created."""
    return NamespaceRef(label="models", name=pulumi.Output.from_input("models"))


def secret_store_ref() -> SecretStoreRef:
    """Return a store that nobody created."""
    return SecretStoreRef(CloudProvider.AWS, PLATFORM.name, "platform", needed=())


def model_home() -> ModelHome:
    """Return a place for models, with a bucket, that nobody created."""
    return ModelHome(
        cloud=CloudProvider.AWS,
        namespace=namespace_ref(),
        service_account="model-server",
        weights=WeightsRef(bucket=pulumi.Output.from_input("weights"), region="us-east-1"),
        hub=HUB,
        traces=None,
    )


def start_program() -> pulumi.Output[str]:
    """Return the name of a start program that nobody created."""
    return pulumi.Output.from_input("start-0a1b2c3d")


def with_aws() -> pulumi.ResourceOptions:
    """Return the options of a component in AWS."""
    return pulumi.ResourceOptions(providers=[aws_provider("the-aws", PLATFORM)])


def with_kubernetes() -> pulumi.ResourceOptions:
    """Return the options of a component in a cluster."""
    return pulumi.ResourceOptions(providers=[kubernetes_provider("the-cluster", cluster_ref())])


def body(resource: Resource, name: str) -> dict:
    """Return a map among the inputs of a resource, for a test to look into."""
    value = json.loads(json.dumps(resource.inputs[name]))
    assert isinstance(value, dict), f"{resource.name}: {name} is no map"
    return value


def vectors_ref(*, backups: bool = True) -> VectorsRef:
    """Return the buckets of a vector store that nobody created."""
    return VectorsRef(
        bucket=pulumi.Output.from_input("vectors-bucket"),
        region="us-east-1",
        backups=pulumi.Output.from_input("backups-bucket") if backups else None,
    )
