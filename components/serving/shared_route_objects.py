"""What the shared host says: one address for all models, each found by the name in the request.

Pure: plain values from the spec. Owns which tenants may use a model and how many tokens of it each
gets; times, retries, keys and request limits are those of the model's own host (`route_objects`).
Which paths there are is the AI gateway's: the OpenAI API's own, and 404 for all others.
No stack has them yet. Why this AI gateway: docs/decisions/0020.
Fields: Envoy AI Gateway v1.1.0 (api/v1beta1) and Envoy Gateway v1.9.1 (api/v1alpha1), whose own
types were read.
"""

from collections.abc import Mapping, Sequence

from components.kubernetes.gateway_names import GATEWAY, HTTPS_LISTENER, NAMESPACE
from components.names import DNS_LABEL, fit
from components.serving import route_objects, vllm
from components.serving.placement import model_labels
from components.serving.pods import PORT_NAME
from components.serving.route_objects import Object
from infra.spec.gateway import GatewaySpec
from infra.spec.models import ModelSpec
from infra.spec.tenants import TenantSpec

SHARED = "api"
"""Label of the shared host below the domain; no model may be called so."""
MODEL_HEADER = "x-ai-eg-model"
"""The AI gateway writes the model of the body into it, over whatever a client wrote there."""
METADATA = "io.envoy.ai_gateway"
"""Where the AI gateway leaves what a request cost, fixed in its source."""
TOKENS = "tokens"
DNS_SECONDS = 5


def shared_host(gateway: GatewaySpec) -> str:
    """Return the shared host, or raise `ValueError` where there is no gateway."""
    return gateway.host(SHARED)


def route_name(model: ModelSpec) -> str:
    """Return the name of a model's objects here.

    The AI gateway makes an HTTPRoute of the same name. No other model's own can be called so: names
    of models lose their dots.
    """
    return f"{model.object_name}.{SHARED}"


def pods_name(model: ModelSpec) -> str:
    """Return the name of the Service that stands for a model's servers one by one."""
    return fit(f"{model.object_name}-pods", DNS_LABEL)


def pods_service(model: ModelSpec) -> Object:
    """Return the spec of a Service without an address: its name means every ready server.

    The AI gateway cannot take a Service (v1.1.0, AIServiceBackend.backendRef), only a name. Behind
    the model's own one there is one address, and Envoy would choose no server by its load.
    """
    return {
        "clusterIP": "None",
        "selector": model_labels(model),
        "ports": [{"name": PORT_NAME, "port": vllm.PORT, "targetPort": PORT_NAME}],
    }


def backend(model: ModelSpec, namespace: str) -> Object:
    """Return the spec of Envoy Gateway's Backend of a model.

    Args:
        model: the model.
        namespace: where its servers run.
    """
    hostname = f"{pods_name(model)}.{namespace}.svc.cluster.local"
    return {"endpoints": [{"fqdn": {"hostname": hostname, "port": vllm.PORT}}]}


def service_backend(model: ModelSpec) -> Object:
    """Return the spec of the AIServiceBackend of a model: what its servers understand."""
    return {
        "schema": {"name": "OpenAI"},
        "backendRef": {
            "group": "gateway.envoyproxy.io",
            "kind": "Backend",
            "name": route_name(model),
        },
    }


def ai_route(model: ModelSpec, gateway: GatewaySpec) -> Object:
    """Return the spec of the AIGatewayRoute of a model name.

    One for each model, so that each has limits of its own; one alone takes 15 rules at most.
    """
    return {
        "parentRefs": [
            {
                "group": "gateway.networking.k8s.io",
                "kind": "Gateway",
                "name": GATEWAY,
                "namespace": NAMESPACE,
                "sectionName": HTTPS_LISTENER,
            }
        ],
        "hostnames": [shared_host(gateway)],
        "rules": [
            {
                "name": "model",
                "matches": [
                    {"headers": [{"type": "Exact", "name": MODEL_HEADER, "value": model.name}]}
                ],
                "backendRefs": [{"name": route_name(model)}],
                "timeouts": {"request": f"{gateway.request_timeout_seconds}s"},
                "modelsOwnedBy": "tokenworks",
            }
        ],
        "llmRequestCosts": [{"metadataKey": TOKENS, "type": "TotalToken"}],
    }


def backend_policy(
    model: ModelSpec,
    gateway: GatewaySpec,
    servers: int,
    tenants: Sequence[TenantSpec],
    tokens_per_minute: Mapping[str, int],
) -> Object:
    """Return the spec of the BackendTrafficPolicy of a model on the shared host.

    It keeps `requestBuffer`: the AI gateway puts its filter behind the buffer's, and without one,
    because of `responseOverride`, before the one that asks for a key (v1.1.0,
    insertAIGatewayExtProcFilter, with the order of Envoy Gateway v1.9.1).

    Args:
        model: the model.
        gateway: the gateway.
        servers: how many servers there may be, for how many requests may be on their way at once.
        tenants: every tenant; those who may use the model get their limit of tokens.
        tokens_per_minute: name of each tenant to its tokens of prompts and answers together, of
            each model, over all proxies. No stack file says them yet.
    """
    limits: Object = {"local": {"rules": route_objects.request_limits(model, gateway, tenants)}}
    if allowed := route_objects.allowed(model, tenants):
        limits["global"] = {
            "rules": [_token_limit(tenant, tokens_per_minute[tenant.name]) for tenant in allowed]
        }
    return {
        **route_objects.backend_policy(model, gateway, servers),
        "targetRefs": [_target(model)],
        # A server that has gone is out of the name at once; its records are good for 30 s.
        "dns": {"dnsRefreshRate": f"{DNS_SECONDS}s", "respectDnsTtl": False},
        "rateLimit": limits,
    }


def _token_limit(tenant: TenantSpec, tokens_per_minute: int) -> Object:
    """Limit the tokens of one tenant; what an answer cost is known, and counted, at its end."""
    return {
        "clientSelectors": [{"headers": [route_objects.keys_of(tenant)]}],
        "limit": {"requests": tokens_per_minute, "unit": "Minute"},
        "cost": {
            "request": {"from": "Number", "number": 0},
            "response": {"from": "Metadata", "metadata": {"namespace": METADATA, "key": TOKENS}},
        },
    }


def security_policy(
    model: ModelSpec, gateway: GatewaySpec, tenants: Sequence[TenantSpec]
) -> Object:
    """Return the spec of the SecurityPolicy of a model: its tenants, from where they may come.

    Raises:
        ValueError: when the gateway asks for no key: a tenant is known by nothing else.
    """
    if not gateway.needs_key:
        message = (
            "shared host: tenants are known by their keys, got gateway.authentication "
            f"{gateway.authentication.value}; use api-keys"
        )
        raise ValueError(message)
    return {
        "targetRefs": [_target(model)],
        "apiKeyAuth": route_objects.api_key_auth(),
        "authorization": route_objects.authorization(model, gateway, tenants),
    }


def _target(model: ModelSpec) -> Object:
    """Point at the HTTPRoute that the AI gateway makes."""
    return {
        "group": "gateway.networking.k8s.io",
        "kind": "HTTPRoute",
        "name": route_name(model),
    }
