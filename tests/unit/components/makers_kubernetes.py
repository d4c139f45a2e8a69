"""How the contract makes each component that any cluster gets, under any name."""

from collections.abc import Callable, Mapping

import pulumi

from components.data.cache import ClusterCache
from components.data.milvus import VectorStore
from components.data.milvus_backup import Copies, VectorBackup
from components.data.milvus_values import Surroundings
from components.data.token_counts import TokenCounts
from components.handles import NamespaceRef
from components.kubernetes import deployers
from components.kubernetes.admins import ClusterAdmins
from components.kubernetes.ai_gateway import AiGateway
from components.kubernetes.autoscaling import Autoscaling
from components.kubernetes.cert_manager import CertManager
from components.kubernetes.external_dns import ExternalDns
from components.kubernetes.external_secrets import ExternalSecrets
from components.kubernetes.gateway import PublicGateway
from components.kubernetes.gateway_certificate import GatewayCertificate
from components.kubernetes.generated_secret import GeneratedSecret
from components.kubernetes.gpu import GpuSoftware
from components.kubernetes.load_balancers import LoadBalancerController
from components.kubernetes.model_namespace import ModelNamespace
from components.kubernetes.namespaces import Namespace, PodSecurity
from components.kubernetes.priorities import PriorityClasses
from components.kubernetes.storage import BlockStorage
from components.kubernetes.synced_secret import SyncedSecret
from components.kubernetes.tenant_namespace import TenantNamespace
from components.secrets import HUB_TOKEN, MILVUS_ROOT
from infra.spec.tenants import TenantNamespaceSpec
from infra.spec.vector_store import VectorStoreMode
from tests.unit.components import examples

Make = Callable[[str, pulumi.ResourceOptions], pulumi.ComponentResource]

MAKERS: Mapping[type[pulumi.ComponentResource], Make] = {
    Namespace: lambda name, opts: Namespace(
        name,
        label=name,
        pod_security=PodSecurity.RESTRICTED,
        kubernetes_version="1.35",
        quota={"pods": "1"},
        opts=opts,
    ),
    GpuSoftware: lambda name, opts: GpuSoftware(
        name, [examples.POOL], cloud=examples.CLOUD.provider, kubernetes_version="1.35", opts=opts
    ),
    ModelNamespace: lambda name, opts: ModelNamespace(
        name,
        [examples.POOL],
        cloud=examples.CLOUD.provider,
        deployers=deployers.ON_EKS,
        kubernetes_version="1.35",
        opts=opts,
    ),
    TenantNamespace: lambda name, opts: TenantNamespace(
        name,
        name,
        TenantNamespaceSpec(cpu=2.0, memory_gib=4.0, pods=20),
        cloud=examples.CLOUD.provider,
        kubernetes_version="1.35",
        opts=opts,
    ),
    GatewayCertificate: lambda name, opts: GatewayCertificate(
        name,
        examples.GATEWAY,
        cloud=examples.CLOUD,
        zone=None,
        namespace=NamespaceRef("gateway", pulumi.Output.from_input("gateway")),
        opts=opts,
    ),
    PublicGateway: lambda name, opts: PublicGateway(
        name,
        examples.GATEWAY,
        cloud=examples.CLOUD.provider,
        environment=examples.PLATFORM.environment,
        kubernetes_version="1.35",
        opts=opts,
    ),
    AiGateway: lambda name, opts: AiGateway(
        name,
        cloud=examples.CLOUD.provider,
        environment=examples.PLATFORM.environment,
        kubernetes_version="1.35",
        after=(),
        opts=opts,
    ),
    TokenCounts: lambda name, opts: TokenCounts(
        name, store=examples.secret_store_ref(), kubernetes_version="1.35", opts=opts
    ),
    PriorityClasses: PriorityClasses,
    GeneratedSecret: lambda name, opts: GeneratedSecret(
        name,
        label=name,
        namespace=NamespaceRef("n", pulumi.Output.from_input("n")),
        keys=("password",),
        source=MILVUS_ROOT,
        store=examples.secret_store_ref(),
        opts=opts,
    ),
    SyncedSecret: lambda name, opts: SyncedSecret(
        name,
        label=name,
        namespace=NamespaceRef("n", pulumi.Output.from_input("n")),
        keys={"token": HUB_TOKEN},
        store=examples.secret_store_ref(),
        required=True,
        opts=opts,
    ),
    ExternalSecrets: lambda name, opts: ExternalSecrets(
        name,
        cloud=examples.CLOUD,
        platform=examples.PLATFORM,
        clients=["models"],
        kubernetes_version="1.35",
        opts=opts,
    ),
    CertManager: lambda name, opts: CertManager(
        name,
        cloud=examples.CLOUD.provider,
        environment=examples.PLATFORM.environment,
        kubernetes_version="1.35",
        opts=opts,
    ),
    ExternalDns: lambda name, opts: ExternalDns(
        name,
        cloud=examples.CLOUD,
        platform=examples.PLATFORM,
        zone=examples.zone_ref(),
        kubernetes_version="1.35",
        opts=opts,
    ),
    LoadBalancerController: lambda name, opts: LoadBalancerController(
        name,
        platform=examples.PLATFORM,
        network_id=None,
        tags={},
        kubernetes_version="1.35",
        opts=opts,
    ),
    ClusterCache: lambda name, opts: ClusterCache(
        name,
        examples.CACHE,
        cloud=examples.CLOUD.provider,
        store=examples.secret_store_ref(),
        kubernetes_version="1.35",
        opts=opts,
    ),
    VectorStore: lambda name, opts: VectorStore(
        name,
        examples.VECTOR_STORES[VectorStoreMode.CLUSTER],
        cloud=examples.CLOUD.provider,
        bucket=examples.vectors_ref(),
        store=examples.secret_store_ref(),
        kubernetes_version="1.35",
        opts=opts,
    ),
    VectorBackup: lambda name, opts: VectorBackup(
        name,
        Surroundings(
            cloud=examples.CLOUD.provider,
            region="us-east-1",
            bucket="vectors",
            storage_class="block",
            password_secret="milvus-root",
        ),
        Copies(pulumi.Output.from_input("copies"), "milvus.example"),
        namespace=NamespaceRef("vector-store", pulumi.Output.from_input("vector-store")),
        opts=opts,
    ),
    ClusterAdmins: lambda name, opts: ClusterAdmins(name, ["user:admin@example.com"], opts),
    BlockStorage: lambda name, opts: BlockStorage(name, cloud=examples.CLOUD.provider, opts=opts),
    Autoscaling: lambda name, opts: Autoscaling(
        name,
        (examples.POOL,),
        platform=examples.PLATFORM,
        kubernetes_version="1.35",
        opts=opts,
    ),
}
