"""The shared host of an environment: its tenants, and its objects as an API server gets them."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from components.serving import shared_route_objects
from components.serving.shared_route_objects import Tenant
from infra.spec.gateway import GatewaySpec
from infra.spec.models import ModelSpec
from infra.wire import Properties

if TYPE_CHECKING:
    from components.serving.route_objects import Object

AI = "aigateway.envoyproxy.io/v1beta1"
EG = "gateway.envoyproxy.io/v1alpha1"


def tenants(first: ModelSpec, *others: ModelSpec) -> tuple[Tenant, ...]:
    """Return one tenant who may use everything and one who may use the first model."""
    everything = (first.name, *(model.name for model in others))
    return (Tenant("alice", everything, 100_000), Tenant("bob", (first.name,), 2_000))


def shared_host_objects(
    models: tuple[ModelSpec, ...], gateway: GatewaySpec, namespace: str
) -> Iterator[Properties]:
    """Yield every object of the shared host."""
    known = tenants(*models)
    for model in models:
        name = shared_route_objects.route_name(model)
        servers = model.replicas.max
        specs: list[tuple[str, str, str, Object]] = [
            (
                "v1",
                "Service",
                shared_route_objects.pods_name(model),
                shared_route_objects.pods_service(model),
            ),
            (EG, "Backend", name, shared_route_objects.backend(model, namespace)),
            (AI, "AIServiceBackend", name, shared_route_objects.service_backend(model)),
            (AI, "AIGatewayRoute", name, shared_route_objects.ai_route(model, gateway)),
            (
                EG,
                "BackendTrafficPolicy",
                name,
                shared_route_objects.backend_policy(model, gateway, servers, known),
            ),
            (
                EG,
                "SecurityPolicy",
                name,
                shared_route_objects.security_policy(model, gateway, known),
            ),
        ]
        for version, kind, called, spec in specs:
            body = {
                "apiVersion": version,
                "kind": kind,
                "metadata": {"name": called, "namespace": namespace},
                "spec": spec,
            }
            yield json.loads(json.dumps(body))
