"""The shared host of an environment: its tenants, and its objects as an API server gets them."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from components.serving import shared_route_objects
from infra.spec.gateway import GatewaySpec
from infra.spec.models import ModelSpec
from infra.spec.tenants import TenantSpec
from infra.wire import Properties

if TYPE_CHECKING:
    from components.serving.route_objects import Object

AI = "aigateway.envoyproxy.io/v1beta1"
EG = "gateway.envoyproxy.io/v1alpha1"


def tenant(name: str, *models: str, requests: int = 600, tokens: int = 100_000) -> TenantSpec:
    """Return a tenant who may use some models, or all where none is named."""
    return TenantSpec(
        name=name,
        models=models or None,
        requests_per_minute=requests,
        tokens_per_minute=tokens,
        namespace=None,
    )


def tenants(first: ModelSpec) -> tuple[TenantSpec, ...]:
    """Return one tenant who may use everything and one who may use the first model."""
    return tenant("alice"), tenant("bob", first.name, requests=60, tokens=2_000)


def shared_host_objects(
    models: tuple[ModelSpec, ...], gateway: GatewaySpec, namespace: str
) -> Iterator[Properties]:
    """Yield every object of the shared host but the Service of the servers."""
    known = tenants(models[0])
    for model in models:
        name = shared_route_objects.route_name(model.name)
        servers = model.replicas.max
        specs: list[tuple[str, str, Object]] = [
            (EG, "Backend", shared_route_objects.backend(model, namespace)),
            (AI, "AIServiceBackend", shared_route_objects.service_backend(model)),
            (AI, "AIGatewayRoute", shared_route_objects.ai_route(model, gateway)),
            (
                EG,
                "BackendTrafficPolicy",
                shared_route_objects.backend_policy(model, gateway, servers, known),
            ),
            (EG, "SecurityPolicy", shared_route_objects.security_policy(model, gateway, known)),
        ]
        for version, kind, spec in specs:
            body = {
                "apiVersion": version,
                "kind": kind,
                "metadata": {"name": name, "namespace": namespace},
                "spec": spec,
            }
            yield json.loads(json.dumps(body))
