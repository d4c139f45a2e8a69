"""Layers: the one place where components meet.

Owns the order of the layers and what passes between them: the cluster's handle, and what must exist
before the next layer starts. Does not own resources: components create them.
A stack builds the layers that it names. Without the foundation it finds the cluster in the outputs
of the stack that it extends.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.handles import (
    ClusterRef,
    DeployersRef,
    LogsRef,
    MetricsRef,
    PlatformRef,
    TracesRef,
    VectorsRef,
    WeightsRef,
    ZoneRef,
)
from components.kubernetes import deployers
from components.kubernetes.access import kubernetes_provider
from components.references import exported_entry, exported_text, stack_reference
from components.serving import weights_job
from infra.layers.foundation import (
    EXPORT_DEPLOYER,
    EXPORT_DISK_KEY,
    EXPORT_REPOSITORIES,
    build_foundation,
)
from infra.layers.models import build_models
from infra.layers.platform import build_platform
from infra.spec.cloud import CloudProvider
from infra.spec.environment import Layer
from infra.spec.stack import StackSpec

EXPORT_EXPIRES = "expires"
EXPORT_MODEL_URLS = "modelUrls"
EXPORT_PUBLIC_URLS = "publicModelUrls"
EXPORT_SHARED_URL = "sharedModelUrl"

__all__ = ["LayerError", "build"]


class LayerError(ValueError):
    """A set of layers that nothing can stand on."""


@dataclass(frozen=True, eq=False)
class _Ground:
    """What platform and models stand on, made here or by the stack that this one extends."""

    cluster: ClusterRef
    weights: WeightsRef
    vectors: VectorsRef | None
    traces: TracesRef | None
    logs: LogsRef | None
    metrics: MetricsRef | None
    zone: ZoneRef | None
    loader_repository: pulumi.Output[str]
    deployers: DeployersRef | None
    disk_key: pulumi.Output[str] | None
    needed_inside: Sequence[pulumi.Resource]
    """What of this stack must exist before something is put into the cluster."""


def build(spec: StackSpec) -> None:
    """Create everything that a stack names, and export what others may use."""
    platform = PlatformRef(
        name=spec.platform_name,
        environment=spec.environment,
        region=spec.cloud.region,
        expires=spec.preview.expires,
    )
    if spec.preview.expires is not None:
        pulumi.export(EXPORT_EXPIRES, spec.preview.expires)
    ground = _ground(spec, platform)
    access = kubernetes_provider(
        f"{platform.name}-kubernetes",
        ground.cluster,
        pulumi.ResourceOptions(depends_on=list(ground.needed_inside)),
    )
    needed_by_models: Sequence[pulumi.Resource] = ()
    if Layer.PLATFORM in spec.layers:
        built = build_platform(
            spec,
            access,
            platform,
            deployers=ground.deployers,
            disk_key=ground.disk_key,
            vectors=ground.vectors,
            traces=ground.traces,
            logs=ground.logs,
            metrics=ground.metrics,
            zone=ground.zone,
        )
        needed_by_models = built.needed_by_models
        for name, value in built.exports.items():
            pulumi.export(name, value)
    if Layer.MODELS in spec.layers:
        models = build_models(
            spec,
            access,
            weights=ground.weights,
            loader_repository=ground.loader_repository,
            after=needed_by_models,
        )
        pulumi.export(EXPORT_MODEL_URLS, models.urls)
        if models.public_urls:
            pulumi.export(EXPORT_PUBLIC_URLS, models.public_urls)
        if models.shared_url:
            pulumi.export(EXPORT_SHARED_URL, models.shared_url)


def _ground(spec: StackSpec, platform: PlatformRef) -> _Ground:
    if Layer.FOUNDATION in spec.layers:
        foundation = build_foundation(spec, platform)
        exports = foundation.cluster.exports() | foundation.weights.exports()
        for instance, cache in foundation.caches.items():
            exports |= cache.exports(instance)
        parts = (foundation.vectors, foundation.traces, foundation.logs, foundation.metrics)
        for part in (*parts, foundation.zone):
            if part is not None:
                exports |= part.exports()
        if foundation.disk_key is not None and Layer.PLATFORM not in spec.layers:
            # For the stack that builds the platform; nobody else makes disks.
            exports[EXPORT_DISK_KEY] = foundation.disk_key
        for name, value in exports.items():
            pulumi.export(name, value)
        return _Ground(
            foundation.cluster,
            foundation.weights,
            foundation.vectors,
            foundation.traces,
            foundation.logs,
            foundation.metrics,
            foundation.zone,
            foundation.images[weights_job.IMAGE],
            foundation.deployers,
            foundation.disk_key,
            foundation.needed_inside,
        )
    if spec.extends is None:
        message = (
            f"layers: no cluster to stand on, got {', '.join(spec.layers)} without `extends`; "
            "add the layer `foundation`, or name the stack that has it under `extends`"
        )
        raise LayerError(message)
    reference = stack_reference(spec.extends)
    return _Ground(
        ClusterRef.from_stack_reference(reference, platform, spec.cloud.provider),
        WeightsRef.from_stack_reference(reference, platform),
        _vectors_of(reference, spec, platform),
        _traces_of(reference, spec, platform),
        _logs_of(reference, spec, platform),
        _metrics_of(reference, spec, platform),
        _zone_of(reference, spec),
        exported_entry(reference, EXPORT_REPOSITORIES, weights_job.IMAGE),
        deployers=_deployers_of(reference, spec),
        disk_key=_disk_key_of(reference, spec),
        needed_inside=(),
    )


def _deployers_of(reference: pulumi.StackReference, spec: StackSpec) -> DeployersRef | None:
    """Return who ships models to the cluster of another stack."""
    if spec.cloud.provider is CloudProvider.AWS:
        return deployers.ON_EKS
    if not spec.cluster.model_deployers or Layer.PLATFORM not in spec.layers:
        return None
    return deployers.on_gke(exported_text(reference, EXPORT_DEPLOYER))


def _vectors_of(
    reference: pulumi.StackReference, spec: StackSpec, platform: PlatformRef
) -> VectorsRef | None:
    """Return the buckets of the vector store of another stack, for the stack that builds it."""
    store = spec.vector_store
    if Layer.PLATFORM not in spec.layers or not store.is_built:
        return None
    return VectorsRef.from_stack_reference(reference, platform, backups=store.has_backups)


def _traces_of(
    reference: pulumi.StackReference, spec: StackSpec, platform: PlatformRef
) -> TracesRef | None:
    """Return the bucket of traces of another stack, for the stack that builds Tempo."""
    if Layer.PLATFORM not in spec.layers or not spec.observability.follows_requests:
        return None
    return TracesRef.from_stack_reference(reference, platform)


def _logs_of(
    reference: pulumi.StackReference, spec: StackSpec, platform: PlatformRef
) -> LogsRef | None:
    """Return the bucket of logs of another stack, for the stack that builds Loki."""
    if Layer.PLATFORM not in spec.layers or not spec.observability.has_loki:
        return None
    return LogsRef.from_stack_reference(reference, platform)


def _metrics_of(
    reference: pulumi.StackReference, spec: StackSpec, platform: PlatformRef
) -> MetricsRef | None:
    """Return the cloud's store of samples of another stack, for the stack of Prometheus."""
    if Layer.PLATFORM not in spec.layers or not spec.observability.keeps_managed_metrics:
        return None
    return MetricsRef.from_stack_reference(reference, platform)


def _zone_of(reference: pulumi.StackReference, spec: StackSpec) -> ZoneRef | None:
    """Return the DNS zone of another stack, for the stack that builds the gateway."""
    domain = spec.gateway.zone
    if Layer.PLATFORM not in spec.layers or domain is None:
        return None
    return ZoneRef.from_stack_reference(reference, domain)


def _disk_key_of(reference: pulumi.StackReference, spec: StackSpec) -> pulumi.Output[str] | None:
    """Return the key for volumes of the cluster of another stack."""
    if spec.cloud.provider is CloudProvider.AWS or Layer.PLATFORM not in spec.layers:
        return None
    return exported_text(reference, EXPORT_DISK_KEY)
