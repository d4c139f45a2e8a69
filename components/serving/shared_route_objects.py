"""What the shared host says: one address for all models, each found by the name in the request.

Pure: plain values from the spec. Owns which tenants may use a model and how many tokens of it each
gets, and which other model answers in its place; times, retries, keys and request limits are those
of the model's own host (`route_objects`).
Which paths there are is the AI gateway's: the OpenAI API's own, and 404 for all others.
Why this AI gateway: docs/decisions/0020.
Fields: Envoy AI Gateway v1.1.0 (api/v1beta1) and Envoy Gateway v1.9.1 (api/v1alpha1), whose own
types were read.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from components.kubernetes.gateway_names import GATEWAY, HTTPS_LISTENER, NAMESPACE
from components.names import DNS_LABEL, fit
from components.serving import route_objects, vllm
from components.serving.route_objects import Object
from infra.spec.gateway import SHARED, GatewaySpec
from infra.spec.models import PODS_SUFFIX, SHARED_HOST_SUFFIX, ModelSpec, object_name
from infra.spec.tenants import TenantSpec

if TYPE_CHECKING:
    from components.serving.route_objects import Json

MODEL_HEADER = "x-ai-eg-model"
"""The AI gateway writes the model of the body into it, over whatever a client wrote there."""
METADATA = "io.envoy.ai_gateway"
"""Where the AI gateway leaves what a request cost, fixed in its source."""
TOKENS = "tokens"
DNS_SECONDS = 5
SECOND_CHOICE = 1
"""Priority of a fallback: Envoy asks it while nobody of priority 0 can be reached, or says 503."""


def shared_host(gateway: GatewaySpec) -> str:
    """Return the shared host, or raise `ValueError` where there is no gateway."""
    return gateway.host(SHARED)


def route_name(name: str) -> str:
    """Return the name of a model's objects here, from the model's own name.

    The AI gateway makes an HTTPRoute of the same name. No model's own can be called so: stack files
    with such a name are refused.
    """
    return f"{object_name(name)}{SHARED_HOST_SUFFIX}"


def pods_name(model: ModelSpec) -> str:
    """Return the name of the Service that stands for a model's servers one by one.

    The AI gateway cannot take a Service (v1.1.0, AIServiceBackend.backendRef), only a name. Behind
    the model's own one there is one address, and Envoy would choose no server by its load.
    """
    return fit(f"{model.object_name}{PODS_SUFFIX}", DNS_LABEL)


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
            "name": route_name(model.name),
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
        "rules": [*_rules(model, gateway)],
        "llmRequestCosts": [{"metadataKey": TOKENS, "type": "TotalToken"}],
    }


def _rules(model: ModelSpec, gateway: GatewaySpec) -> list[Object]:
    """Return the rules of a model: as at its own host, a canary gets its share and its header."""
    own = _server(model.name, gateway)
    if model.canary is None:
        second = [_second_choice(model.fallback, gateway)] if model.fallback else []
        return [_rule("model", model, gateway, [own, *second])]
    percent, canary = model.canary.percent, _server(model.canary.model, gateway)
    shares = [{**own, "weight": 100 - percent}, {**canary, "weight": percent}]
    header: Object = {"type": "Exact", "name": route_objects.CANARY_HEADER, "value": "true"}
    return [
        _rule("model", model, gateway, shares),
        _rule("canary", model, gateway, [canary], [header]),
    ]


def _rule(
    name: str,
    model: ModelSpec,
    gateway: GatewaySpec,
    servers: Sequence[Object],
    also: Sequence[Object] = (),
) -> Object:
    asked: Object = {"type": "Exact", "name": MODEL_HEADER, "value": model.name}
    return {
        "name": name,
        "matches": [{"headers": [asked, *also]}],
        "backendRefs": [*servers],
        "timeouts": {"request": f"{gateway.request_timeout_seconds}s"},
        "modelsOwnedBy": "tokenworks",
    }


def _server(name: str, gateway: GatewaySpec) -> Object:
    """Name the servers of a model; a token is kept from them, and a key is taken off before."""
    sealed: Object = (
        {}
        if gateway.jwt is None
        else {"headerMutation": {"remove": [route_objects.TOKEN_HEADER.lower()]}}
    )
    return {"name": route_name(name), **sealed}


def _second_choice(name: str, gateway: GatewaySpec) -> Object:
    """Name the servers of a fallback, and the model by which those know themselves."""
    server = _server(name, gateway)
    return {**server, "priority": SECOND_CHOICE, "modelNameOverride": name}


def backend_policy(
    model: ModelSpec, gateway: GatewaySpec, servers: int, tenants: Sequence[TenantSpec]
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
    """
    policy = route_objects.backend_policy(model, gateway, servers)
    limits: Object = {"local": {"rules": route_objects.request_limits(model, gateway, tenants)}}
    if allowed := route_objects.allowed(model, tenants):
        limits["global"] = {"rules": [_token_limit(tenant) for tenant in allowed]}
    return {
        **policy,
        "targetRefs": [_target(model)],
        # A server that has gone is out of the name at once; its records are good for 30 s.
        "dns": {"dnsRefreshRate": f"{DNS_SECONDS}s", "respectDnsTtl": False},
        "rateLimit": limits,
        **({"retry": _onwards(policy["retry"])} if model.fallback else {}),
    }


def _onwards(retry: "Json") -> Object:
    """Send what the model's own servers turned away to the fallback at once."""
    own = retry if isinstance(retry, dict) else {}
    return {**own, "numAttemptsPerPriority": 1}


def _token_limit(tenant: TenantSpec) -> Object:
    """Limit the tokens of one tenant; what an answer cost is known, and counted, at its end."""
    return {
        "clientSelectors": [{"headers": [route_objects.keys_of(tenant)]}],
        "limit": {"requests": tenant.tokens_per_minute, "unit": "Minute"},
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
        ValueError: when the gateway knows nobody: tokens are counted by tenant.
    """
    said = route_objects.security_policy(model, gateway, tenants)
    if said is None or not gateway.knows_clients:
        message = (
            "shared host: tenants are known by their keys or tokens, got gateway.authentication "
            f"{gateway.authentication.value}; use api-keys or jwt"
        )
        raise ValueError(message)
    # No tenant: nobody may use it, where a model's own host would let everybody in.
    rights = route_objects.authorization(model, gateway, tenants) if tenants else _NOBODY
    return {**said, "targetRefs": [_target(model)], "authorization": rights}


_NOBODY: Object = {"defaultAction": "Deny", "rules": []}


def _target(model: ModelSpec) -> Object:
    """Point at the HTTPRoute that the AI gateway makes."""
    return {
        "group": "gateway.networking.k8s.io",
        "kind": "HTTPRoute",
        "name": route_name(model.name),
    }
