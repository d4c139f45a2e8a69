"""The platform: the software that every cluster runs.

Owns which of it a stack gets: what a cloud brings by itself is not installed a second time. Does
not own the models.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import pulumi
import pulumi_kubernetes as kubernetes

from components.data import cache, milvus_values
from components.data.milvus import VectorStore
from components.handles import (
    DeployersRef,
    LogsRef,
    MetricsRef,
    NamespaceRef,
    PlatformRef,
    TracesRef,
    VectorsRef,
    ZoneRef,
)
from components.kubernetes import gateway_names, model_namespace
from components.kubernetes.admins import ClusterAdmins
from components.kubernetes.autoscaling import Autoscaling
from components.kubernetes.external_secrets import ExternalSecrets
from components.kubernetes.gpu import GpuSoftware
from components.kubernetes.model_namespace import ModelNamespace
from components.kubernetes.priorities import PriorityClasses
from components.kubernetes.secret_store import SecretStoreRef
from components.kubernetes.storage import BlockStorage
from components.kubernetes.synced_secret import SyncedSecret
from components.kubernetes.tenant_namespace import TenantNamespace
from components.observability import names
from components.observability.cost_values import needs_key
from components.observability.traces import Traces
from components.secrets import API_KEYS, HUB_TOKEN
from components.serving.route_objects import KEYS_SECRET
from components.serving.weights import TOKEN_KEY, TOKEN_SECRET
from infra.layers.observed import build_observability
from infra.layers.way_in import WayIn, build_way_in
from infra.spec.cloud import CloudProvider
from infra.spec.stack import StackSpec

_Made: TypeAlias = "tuple[pulumi.Resource, dict[str, pulumi.Input[str]]]"
"""A component, and the stack outputs with the addresses of what clients use."""


@dataclass(frozen=True, eq=False)
class Platform:
    """What models run on."""

    needed_by_models: tuple[pulumi.Resource, ...]
    """What must be there before, and until after, a model."""
    exports: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Stack outputs: addresses of what clients use."""


def build_platform(  # noqa: PLR0913 - what it stands on; each has a name where it is called
    spec: StackSpec,
    access: kubernetes.Provider,
    platform: PlatformRef,
    *,
    deployers: DeployersRef | None,
    disk_key: pulumi.Output[str] | None,
    vectors: VectorsRef | None,
    traces: TracesRef | None,
    logs: LogsRef | None,
    metrics: MetricsRef | None,
    zone: ZoneRef | None,
) -> Platform:
    """Create the platform of a stack.

    Args:
        spec: the stack.
        access: the way into its cluster.
        platform: whose cluster it is.
        deployers: who ships models, or None.
        disk_key: key of the cloud for volumes, where the platform has one that it must name.
        vectors: bucket of the vector store, where the stack has one.
        traces: bucket of traces, where requests are followed.
        logs: bucket of what pods print, where the cluster keeps it.
        metrics: the cloud's store of samples, where it has one.
        zone: DNS zone of the gateway's domain, where there is one.
    """
    opts = pulumi.ResourceOptions(providers=[access])
    cloud, version = spec.cloud.provider, spec.cluster.kubernetes_version
    storage = BlockStorage("storage", cloud=cloud, key=disk_key, opts=opts)
    priorities = PriorityClasses("priorities", opts)
    needed: list[pulumi.Resource] = [priorities]
    if cloud is CloudProvider.GCP and spec.cluster.admins:  # on AWS the cluster lets them in
        needed.append(ClusterAdmins("admins", spec.cluster.admins, opts))
    if cloud is CloudProvider.AWS:  # GKE's control plane has an autoscaler
        needed.append(
            Autoscaling(
                "autoscaling",
                spec.gpu_pools,
                platform=platform,
                kubernetes_version=version,
                opts=opts,
            )
        )
    secrets = ExternalSecrets(
        "external-secrets",
        cloud=spec.cloud,
        platform=platform,
        clients=_namespaces_with_secrets(spec),
        kubernetes_version=version,
        opts=opts,
    ).store
    kept = _traces(spec, traces, opts)
    # Proxies name who is told of requests: it must be there before them.
    after = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=kept))
    way_in = (
        build_way_in(spec, platform, zone, secrets, after) if spec.gateway.is_built else WayIn()
    )
    models = ModelNamespace(
        "models",
        spec.gpu_pools,
        cloud=cloud,
        deployers=deployers,
        kubernetes_version=version,
        sends_spans=spec.observability.follows_requests,
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[*way_in.names])),
    )
    # Here and not beside the models: whoever ships those may not choose which secrets to read.
    token = SyncedSecret(
        "hub-token",
        label=TOKEN_SECRET,
        namespace=models.ref,
        keys={TOKEN_KEY: HUB_TOKEN},
        store=secrets,
        required=spec.hub.token,
        opts=opts,
    )
    needed += [models, token, *way_in.needed]
    if spec.gpu_pools:
        needed.append(
            GpuSoftware("gpu", spec.gpu_pools, cloud=cloud, kubernetes_version=version, opts=opts)
        )
    if spec.gateway.is_built and spec.gateway.needs_key:
        needed.append(_keys(models.ref, secrets, opts))
    _tenants(spec, opts)
    on_disks = pulumi.ResourceOptions(providers=[access], depends_on=[storage])
    data = [*_cache(spec, secrets, on_disks), *_vector_store(spec, vectors, secrets, on_disks)]
    if spec.observability.enabled:
        kinds = build_observability(
            spec,
            platform,
            secrets=secrets,
            measured=[*needed, *kept, *secrets.needed, *(one for one, _ in data)],
            logs=logs,
            metrics=metrics,
            opts=pulumi.ResourceOptions(providers=[access], depends_on=[storage, priorities]),
        )
        needed.append(kinds)
    exports: dict[str, pulumi.Input[str]] = {}
    for _, said in data:
        exports |= said
    return Platform(needed_by_models=tuple(needed), exports=exports)


def _traces(
    spec: StackSpec, bucket: TracesRef | None, opts: pulumi.ResourceOptions
) -> list[pulumi.Resource]:
    """Create what keeps traces, where requests are followed."""
    if bucket is None:
        return []
    made = Traces(
        "traces",
        spec.observability.traces,
        cloud=spec.cloud.provider,
        bucket=bucket,
        kubernetes_version=spec.cluster.kubernetes_version,
        opts=opts,
    )
    return [made]


def _keys(
    namespace: NamespaceRef, secrets: SecretStoreRef, opts: pulumi.ResourceOptions
) -> pulumi.Resource:
    """Create the keys of clients. Not required: without them the gateway lets nobody in."""
    return SyncedSecret(
        "api-keys",
        label=KEYS_SECRET,
        namespace=namespace,
        keys=API_KEYS,
        store=secrets,
        required=False,
        opts=opts,
    )


def _tenants(spec: StackSpec, opts: pulumi.ResourceOptions) -> None:
    """Create the namespaces of tenants that run something in the cluster themselves."""
    for tenant in spec.tenants:
        if tenant.namespace is not None:
            TenantNamespace(
                f"tenant-{tenant.name}",
                tenant.name,
                tenant.namespace,
                cloud=spec.cloud.provider,
                kubernetes_version=spec.cluster.kubernetes_version,
                opts=opts,
            )


def _namespaces_with_secrets(spec: StackSpec) -> list[str]:
    vectors = [milvus_values.NAMESPACE] if spec.vector_store.is_built else []
    caches = [cache.NAMESPACE] if spec.cache.is_in_cluster else []
    shared = (
        [gateway_names.NAMESPACE, gateway_names.COUNTS_NAMESPACE]
        if spec.gateway.shared_host
        else []
    )
    measuring = [names.NAMESPACE] if spec.observability.enabled else []
    priced = spec.observability.measures_cost and needs_key(spec.cloud.provider)
    pricing = [names.COST_NAMESPACE] if priced else []
    return [model_namespace.NAMESPACE, *vectors, *caches, *shared, *measuring, *pricing]


def _cache(spec: StackSpec, secrets: SecretStoreRef, opts: pulumi.ResourceOptions) -> list[_Made]:
    """Create the cache where it runs in the cluster; return it with its outputs."""
    if not spec.cache.is_in_cluster:
        return []
    created = cache.ClusterCache(
        "cache",
        spec.cache,
        cloud=spec.cloud.provider,
        store=secrets,
        kubernetes_version=spec.cluster.kubernetes_version,
        opts=opts,
    )
    exports: dict[str, pulumi.Input[str]] = {}
    for instance, ref in created.refs.items():
        exports |= ref.exports(instance)
    return [(created, exports)]


def _vector_store(
    spec: StackSpec,
    bucket: VectorsRef | None,
    secrets: SecretStoreRef,
    opts: pulumi.ResourceOptions,
) -> list[_Made]:
    """Create the vector store where the stack has one; return it with its outputs."""
    if bucket is None:
        return []
    store = VectorStore(
        "vectors",
        spec.vector_store,
        cloud=spec.cloud.provider,
        bucket=bucket,
        store=secrets,
        kubernetes_version=spec.cluster.kubernetes_version,
        opts=opts,
    )
    return [(store, store.ref.exports())]
