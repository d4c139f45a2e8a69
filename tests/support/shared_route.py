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


TOKENS_PER_MINUTE = {"alice": 100_000, "bob": 2_000}


def tenants(first: ModelSpec) -> tuple[TenantSpec, ...]:
    """Return one tenant who may use everything and one who may use the first model."""
    return (
        TenantSpec(name="alice", models=None, requests_per_minute=600, namespace=None),
        TenantSpec(name="bob", models=(first.name,), requests_per_minute=60, namespace=None),
    )


def shared_host_objects(
    models: tuple[ModelSpec, ...], gateway: GatewaySpec, namespace: str
) -> Iterator[Properties]:
    """Yield every object of the shared host."""
    known = tenants(models[0])
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
                shared_route_objects.backend_policy(
                    model, gateway, servers, known, TOKENS_PER_MINUTE
                ),
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
