"""What a model's way in from outside says. Pure: plain values from the spec.

Owns which paths are let through, for how long a request may run, when one is tried again, when a
server is left out, how many a client may send, and who may come in.
Does not own the listener (`components.kubernetes.gateway_objects`).
Fields: Gateway API v1.6.1 and Envoy Gateway v1.9.1, whose own types were read (api/v1alpha1).
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

from components.kubernetes.gateway_names import GATEWAY, HTTPS_LISTENER, NAMESPACE
from components.serving import vllm
from infra.spec.gateway import GatewaySpec, JwtSpec
from infra.spec.models import ModelSpec, object_name
from infra.spec.tenants import NEXT_KEY, TenantSpec

if TYPE_CHECKING:
    from collections.abc import Mapping

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
Object: TypeAlias = dict[str, "Json"]

CLIENT_HEADER = "x-tokenworks-client"
"""Carries the name that belongs to a key; whatever a client writes there itself is replaced."""
TOKEN_HEADER = "Authorization"  # noqa: S105 - the name of a header
KEYS_SECRET = "api-keys"  # noqa: S105 - the name of a Secret
"""Name of a client to its key, bare: a value that begins with `Bearer ` never matches (Envoy
Gateway documentation, "API Key Authentication", v1.9)."""
POST_PATHS = (
    "/v1/chat/completions",
    "/v1/completions",
    "/v1/responses",
    "/v1/messages",
    "/v1/embeddings",
    "/v1/rerank",
    "/v1/score",
    "/v1/audio/transcriptions",
    "/v1/audio/translations",
)
"""What a client asks of a model. Exact, so that what vLLM serves beside it is reached by nobody:
`/metrics`, `/sleep`, `/v1/load_lora_adapter` (vLLM 0.32, `vllm serve`)."""
GET_PATHS = ("/v1/models",)
CANARY_HEADER = "x-tokenworks-canary"
"""At `true`: the request goes to the canary."""
KEYS_SECONDS = 300
"""How long a provider's keys are kept: after it a key that the provider dropped opens nothing."""
CONNECT_SECONDS = 5
RETRIES = 2
EJECTION_SECONDS = 30
MOST_EJECTED_PERCENT = 50
RETRY_AFTER_SECONDS = 5


def http_route(model: ModelSpec, gateway: GatewaySpec) -> Object:
    """Return the spec of the HTTPRoute of a model.

    A canary is among the servers at every share, 0 included: a step changes one number. Whoever
    sends the header gets it whatever its share.
    """
    return {
        "parentRefs": [{"name": GATEWAY, "namespace": NAMESPACE, "sectionName": HTTPS_LISTENER}],
        "hostnames": [gateway.host(model.object_name)],
        "rules": [_sealed(rule, gateway) for rule in _rules(model, gateway)],
    }


def _rules(model: ModelSpec, gateway: GatewaySpec) -> list[Object]:
    timeout = f"{gateway.request_timeout_seconds}s"
    if model.canary is None:
        return [_rule("openai", timeout, [_backend(model.object_name)])]
    canary, percent = object_name(model.canary.model), model.canary.percent
    shares = [
        {**_backend(model.object_name), "weight": 100 - percent},
        {**_backend(canary), "weight": percent},
    ]
    header: Json = [{"type": "Exact", "name": CANARY_HEADER, "value": "true"}]
    return [
        _rule("openai", timeout, shares),
        _rule("canary", timeout, [_backend(canary)], {"headers": header}),
    ]


def _sealed(rule: Object, gateway: GatewaySpec) -> Object:
    """Keep a token from the server and its log; a key is taken off by who reads it."""
    if gateway.jwt is None:
        return rule
    removed = {"type": "RequestHeaderModifier", "requestHeaderModifier": {"remove": [TOKEN_HEADER]}}
    return {**rule, "filters": [removed]}


def _rule(name: str, timeout: str, backends: list[Object], also: Object | None = None) -> Object:
    paths = [(path, "POST") for path in POST_PATHS] + [(path, "GET") for path in GET_PATHS]
    return {
        "name": name,
        "matches": [
            {"path": {"type": "Exact", "value": path}, "method": method, **(also or {})}
            for path, method in paths
        ],
        # Envoy ends a request after 15 s where a route says nothing.
        "timeouts": {"request": timeout},
        "backendRefs": backends,
    }


def _backend(name: str) -> Object:
    return {"name": name, "port": vllm.PORT}


def backend_policy(
    model: ModelSpec, gateway: GatewaySpec, servers: int, tenants: Sequence[TenantSpec] = ()
) -> Object:
    """Return the spec of the BackendTrafficPolicy of a model.

    Args:
        model: the model.
        gateway: the gateway.
        servers: how many servers there may be, for how many requests may be on their way at once.
        tenants: every tenant of the platform; without any, each client has the gateway's limit.
    """
    room = servers * (model.max_concurrent_requests + model.max_queued_requests)
    request = f"{gateway.request_timeout_seconds}s"
    return {
        "targetRefs": [_target(model)],
        "loadBalancer": {"type": "LeastRequest"},
        "timeout": {
            "tcp": {"connectTimeout": f"{CONNECT_SECONDS}s"},
            "http": {
                "requestTimeout": request,
                "maxStreamDuration": request,
                "streamIdleTimeout": f"{gateway.idle_timeout_seconds}s",
                "connectionIdleTimeout": f"{gateway.idle_timeout_seconds}s",
            },
        },
        # Only what no server has begun: none was reached, or one said that its queue is full.
        "retry": {
            "numRetries": RETRIES,
            "retryOn": {
                "triggers": ["connect-failure", "refused-stream", "retriable-status-codes"],
                "httpStatusCodes": [503],
            },
            "perRetry": {"backOff": {"baseInterval": "100ms", "maxInterval": "2s"}},
        },
        # Envoy's own 1024 would turn requests away that the servers have room for.
        "circuitBreaker": {
            "maxConnections": room,
            "maxPendingRequests": room,
            "maxParallelRequests": room,
            "maxParallelRetries": max(1, room // 10),
        },
        # 503 of a full queue is an answer, not a failure: only a server that cannot be reached,
        # or breaks off, is left out for a while.
        "healthCheck": {
            # Else Envoy asks servers that load or drain when there is no other, and those abort
            # what is new (vllm#34730).
            "panicThreshold": 0,
            "passive": {
                "splitExternalLocalOriginErrors": True,
                "consecutiveLocalOriginFailures": 3,
                "consecutiveGatewayErrors": 0,
                "consecutive5XxErrors": 0,
                "interval": "5s",
                "baseEjectionTime": f"{EJECTION_SECONDS}s",
                "maxEjectionPercent": MOST_EJECTED_PERCENT,
            },
        },
        "requestBuffer": {"limit": f"{gateway.max_request_mib}Mi"},
        "responseOverride": [
            {
                "match": {"statusCodes": [{"type": "Value", "value": 503}]},
                "response": {
                    "header": {"set": [{"name": "retry-after", "value": f"{RETRY_AFTER_SECONDS}"}]}
                },
            }
        ],
        "rateLimit": {"type": "Local", "local": {"rules": request_limits(model, gateway, tenants)}},
    }


def request_limits(
    model: ModelSpec, gateway: GatewaySpec, tenants: Sequence[TenantSpec]
) -> list[Json]:
    """Return the rules that limit requests: one for each tenant, or one for each client."""
    of_tenants: list[Json] = [
        {
            "clientSelectors": [{"headers": [keys_of(tenant)]}],
            "limit": {"requests": tenant.requests_per_minute, "unit": "Minute"},
        }
        for tenant in allowed(model, tenants)
    ]
    return of_tenants or [_limit_of_each(gateway)]


def keys_of(tenant: TenantSpec) -> Object:
    """Return what selects the requests of a tenant, with either of its keys, as one client."""
    value = f"^{tenant.name}({re.escape(NEXT_KEY)})?$"
    return {"name": CLIENT_HEADER, "type": "RegularExpression", "value": value}


def allowed(model: ModelSpec, tenants: Sequence[TenantSpec]) -> list[TenantSpec]:
    """Return the tenants that may use a model."""
    return [tenant for tenant in tenants if tenant.may_use(model.name)]


def _limit_of_each(gateway: GatewaySpec) -> Object:
    """Return the rule that limits each client; without keys, each address."""
    selector: Object = (
        {"headers": [{"name": CLIENT_HEADER, "type": "Distinct"}]}
        if gateway.knows_clients
        else {"sourceCIDR": {"value": "0.0.0.0/0", "type": "Distinct"}}
    )
    return {
        "clientSelectors": [selector],
        "limit": {"requests": gateway.requests_per_minute, "unit": "Minute"},
    }


def security_policy(
    model: ModelSpec, gateway: GatewaySpec, tenants: Sequence[TenantSpec] = ()
) -> Object | None:
    """Return the spec of the SecurityPolicy of a model; None where everybody may come in.

    Args:
        model: the model.
        gateway: the gateway.
        tenants: every tenant of the platform; without any, every key opens every model.
    """
    policy: Object = {}
    if gateway.needs_key:
        policy["apiKeyAuth"] = api_key_auth()
    if gateway.jwt is not None:
        policy["jwt"] = jwt(gateway.jwt)
    if gateway.allow_from or tenants:
        policy["authorization"] = authorization(model, gateway, tenants)
    return {"targetRefs": [_target(model)], **policy} if policy else None


def authorization(model: ModelSpec, gateway: GatewaySpec, tenants: Sequence[TenantSpec]) -> Object:
    """Return who is let in, and from where: both in one rule, since one of two would be enough."""
    names = [name for tenant in allowed(model, tenants) for name in tenant.key_names]
    principal: Object = {}
    if tenants:
        principal["headers"] = [{"name": CLIENT_HEADER, "values": names}]
    if gateway.allow_from:
        principal["clientCIDRs"] = list(gateway.allow_from)
    name = "tenants" if tenants else "allow-from"
    rule: Object = {"name": name, "action": "Allow", "principal": principal}
    return {"defaultAction": "Deny", "rules": [rule] if names or not tenants else []}


def api_key_auth() -> Object:
    """Return how a key is read, and what is told of whose it is."""
    return {
        "credentialRefs": [{"name": KEYS_SECRET}],
        # Clients of OpenAI send `Authorization: Bearer KEY`.
        "extractFrom": [{"headers": ["Authorization"]}, {"headers": ["x-api-key"]}],
        "forwardClientIDHeader": CLIENT_HEADER,
        # A server, and its log, never see a key.
        "sanitize": True,
    }


def jwt(spec: JwtSpec) -> Object:
    """Return whose tokens are believed, and what is told of whose one is.

    Envoy takes the header off whatever a client wrote there before it looks at a token, also where
    the token has no such claim (tests/real/gateway/test_jwt.py).
    """
    return {
        "providers": [
            {
                "name": "provider",
                "issuer": spec.issuer,
                "audiences": [spec.audience],
                "remoteJWKS": {"uri": spec.jwks_uri, "cacheDuration": f"{KEYS_SECONDS}s"},
                "claimToHeaders": [{"header": CLIENT_HEADER, "claim": spec.client_claim}],
            }
        ]
    }


def _target(model: ModelSpec) -> Object:
    return {
        "group": "gateway.networking.k8s.io",
        "kind": "HTTPRoute",
        "name": model.object_name,
    }
