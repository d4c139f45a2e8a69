"""The models: one server component for each, one loader for each checkpoint, in one namespace.

Owns which models a stack serves, and what their servers share. Does not own how they are served:
that is the component's. Does not own the namespace either, nor the account that servers run as: the
platform makes them, and this stack may not be the one that builds the platform.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.handles import ModelHome, NamespaceRef, WeightsRef
from components.kubernetes.model_namespace import NAMESPACE, SERVICE_ACCOUNT
from components.serving import weights_job
from components.serving.model_route import ModelRoute
from components.serving.model_server import ModelServer
from components.serving.rollout import ServerSet, server_sets
from components.serving.shared_route import SharedBackend, SharedRoute
from components.serving.start_script import StartScript
from components.serving.working_hours import WorkingHours
from infra.catalog import releases
from infra.layers.observed import build_rules_of_models
from infra.spec.gateway import SHARED
from infra.spec.models import ModelSpec
from infra.spec.stack import StackSpec


@dataclass(frozen=True)
class Models:
    """What clients need to know."""

    urls: dict[str, str]
    """Model name to its address inside the cluster."""
    public_urls: dict[str, str]
    """Model name to its address outside of it; empty without a gateway."""
    shared_url: str | None
    """Address outside of it that is the same for all; None without a shared host."""


def build_models(
    spec: StackSpec,
    access: kubernetes.Provider,
    *,
    weights: WeightsRef,
    loader_repository: pulumi.Output[str],
    after: Sequence[pulumi.Resource],
) -> Models:
    """Create the models of a stack; their servers once everything in `after` is there.

    Args:
        spec: the stack.
        access: the way into its cluster.
        weights: bucket of the platform.
        loader_repository: address of the image that fills the bucket, without a tag.
        after: what must be there before.
    """
    opts = pulumi.ResourceOptions(providers=[access], depends_on=list(after))
    namespace = NamespaceRef(label=NAMESPACE, name=pulumi.Output.from_input(NAMESPACE))
    home = ModelHome(
        cloud=spec.cloud.provider,
        namespace=namespace,
        service_account=SERVICE_ACCOUNT,
        weights=weights,
        hub=spec.hub,
        traces=spec.observability.traces if spec.observability.follows_requests else None,
    )
    image = loader_repository.apply(releases.own_image(weights_job.IMAGE).reference)
    loader = weights_job.Loader(image)
    for model in weights_job.checkpoints(spec.models):
        weights_job.WeightsJob(f"{model.object_name}-weights", model, loader, home=home, opts=opts)
    start = StartScript(f"{spec.name}-start", namespace=home.namespace, opts=opts)

    urls: dict[str, str] = {}
    public_urls: dict[str, str] = {}
    servers: dict[str, ModelServer] = {}
    for model in spec.models:
        sets = _server_sets(spec, model)
        server = ModelServer(
            model.object_name,
            model,
            servers=sets,
            pool=spec.pool(model.pool),
            home=home,
            config_map=start.config_map,
            keeps_hours=spec.working_hours.are_kept,
            opts=opts,
        )
        urls[model.name] = server.url
        servers[model.name] = server
        if spec.gateway.is_built:
            public_urls[model.name] = ModelRoute(
                f"{model.object_name}-way-in",
                model,
                spec.gateway,
                servers=sum(one.replicas for one in sets),
                namespace=namespace,
                tenants=spec.tenants,
                # A host that answers 503 until its first server is up helps nobody.
                opts=pulumi.ResourceOptions(providers=[access], depends_on=[server, *after]),
            ).url
    if spec.working_hours.are_kept and servers:
        WorkingHours(
            "working-hours",
            spec.working_hours,
            {name: count for one in servers.values() for name, count in one.deployments.items()},
            namespace=namespace,
            opts=pulumi.ResourceOptions(providers=[access], depends_on=[*servers.values(), *after]),
        )
    if spec.observability.enabled and any(model.replicas.min for model in spec.models):
        build_rules_of_models(spec, namespace, opts)
    shared_url = None
    if spec.gateway.shared_host and spec.models:
        _share(spec, access, namespace, servers, after)
        shared_url = f"https://{spec.gateway.host(SHARED)}/v1"
    return Models(urls, public_urls, shared_url)


def _share(
    spec: StackSpec,
    access: kubernetes.Provider,
    namespace: NamespaceRef,
    servers: Mapping[str, ModelServer],
    after: Sequence[pulumi.Resource],
) -> None:
    """Create what the shared host knows of each model, and then the routes, which name several."""
    backends = {
        model.name: SharedBackend(
            f"{model.object_name}-shared-backend",
            model,
            namespace=namespace,
            opts=pulumi.ResourceOptions(providers=[access], depends_on=list(after)),
        )
        for model in spec.models
    }
    for model in spec.models:
        named = [model.name, model.fallback, model.canary.model if model.canary else None]
        needed = [one for name in named if name for one in backends[name].needed]
        SharedRoute(
            f"{model.object_name}-shared",
            model,
            spec.gateway,
            servers=sum(one.replicas for one in _server_sets(spec, model)),
            namespace=namespace,
            tenants=spec.tenants,
            opts=pulumi.ResourceOptions(
                providers=[access], depends_on=[servers[model.name], *needed, *after]
            ),
        )


def _server_sets(spec: StackSpec, model: ModelSpec) -> tuple[ServerSet, ...]:
    on_pool = [other for other in spec.models if other.pool == model.pool]
    return server_sets(model, spec.pool(model.pool), on_pool, spec.cloud.provider)
