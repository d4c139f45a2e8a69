"""What a gateway with a shared host is told beside all others: whom to ask, and where to count.

Owns the settings of Envoy Gateway for the AI gateway and for its rate-limit service, and what the
filter beside each proxy may take. Does not own either program.
Fields: Envoy Gateway v1.9.1 (api/v1alpha1) and the AI gateway's v1.1.0 (manifests,
`envoy-gateway-values.yaml`; api/v1beta1), read 2026-11-27.
"""

from dataclasses import dataclass

import pulumi

from components.handles import CountsRef
from components.kubernetes import operators, prompts
from components.kubernetes.charts import ChartValue
from components.kubernetes.gateway_names import (
    AI_EXTENSION_PORT,
    AI_NAMESPACE,
    AI_SERVICE,
    COMPONENT,
    RATE_LIMIT,
)
from components.kubernetes.prompts import Prompts
from components.kubernetes.secret_store import SecretStoreRef
from components.serving.route_objects import Object
from infra.catalog import releases
from infra.spec.environment import Environment

PASSWORD_SECRET = "token-counts"  # noqa: S105 - the name of a Secret
PASSWORD_KEY = "password"  # noqa: S105 - the name of a key in it
FILTER = (100, 256)
"""Millicores and MiB of the filter beside each proxy. It holds each request that it reads, and each
answer that is no stream (upstream names no figure)."""
RATE_LIMIT_SERVICE = (50, 64)
"""Millicores and MiB of Envoy's rate-limit service: it keeps nothing itself."""


@dataclass(frozen=True, eq=False)
class SharedHostNeeds:
    """What a shared host stands on, beside the gateway itself."""

    counts: CountsRef
    """Where tokens are counted."""
    store: SecretStoreRef
    """Where the password of that is kept."""
    certificates: pulumi.Resource
    """What signs the certificate of the AI gateway's webhook."""
    prompts: Prompts | None = None
    """Who gets prompts and answers; None: nobody."""


def pods(environment: Environment) -> int:
    """Return the pods that the namespace of the gateway holds more."""
    return operators.replicas(environment)


def gateway_settings(counts: CountsRef, environment: Environment) -> dict[str, ChartValue]:
    """Return the settings of Envoy Gateway, below `config.envoyGateway` of its chart.

    Args:
        counts: where tokens are counted.
        environment: staging and production run two of the rate-limit service.
    """
    replicas = operators.replicas(environment)
    everything: ChartValue = {"includeAll": True}
    return {
        # Whoever may write a Backend may name any address; network policies bound proxies.
        "extensionApis": {"enableBackend": True},
        "extensionManager": {
            # A proxy without the filter would send every request of the shared host to a 404.
            "failOpen": False,
            "hooks": {
                "xdsTranslator": {
                    "translation": dict.fromkeys(
                        ("listener", "route", "cluster", "secret"), everything
                    ),
                    "post": ["Translation", "Cluster", "Route"],
                }
            },
            "service": {
                "fqdn": {
                    "hostname": f"{AI_SERVICE}.{AI_NAMESPACE}.svc.cluster.local",
                    "port": AI_EXTENSION_PORT,
                }
            },
        },
        "rateLimit": {
            "backend": {"type": "Redis", "redis": {"url": counts.address}},
            # Where nobody counts, tenants get more than their limit; models go on.
            "failClosed": False,
        },
        "provider": {
            "type": "Kubernetes",
            "kubernetes": {
                "rateLimitDeployment": _rate_limit_deployment(replicas),
                **({"rateLimitPDB": {"minAvailable": 1}} if replicas > 1 else {}),
            },
        },
    }


def _rate_limit_deployment(replicas: int) -> dict[str, ChartValue]:
    millicores, mib = RATE_LIMIT_SERVICE
    password: ChartValue = {
        "name": "REDIS_AUTH",
        "valueFrom": {"secretKeyRef": {"name": PASSWORD_SECRET, "key": PASSWORD_KEY}},
    }
    return {
        "replicas": replicas,
        "container": {
            "image": releases.image("ratelimit").reference,
            "env": [password],
            "resources": {
                "requests": {"cpu": f"{millicores}m", "memory": f"{mib}Mi"},
                "limits": {"memory": f"{mib}Mi"},
            },
        },
        "pod": {
            "topologySpreadConstraints": [
                {
                    "maxSkew": 1,
                    "topologyKey": "topology.kubernetes.io/zone",
                    "whenUnsatisfiable": "ScheduleAnyway",
                    "labelSelector": {"matchLabels": {COMPONENT: RATE_LIMIT}},
                }
            ]
        },
    }


def filter_config(sent: Prompts | None = None) -> Object:
    """Return the spec of the GatewayConfig: what the filter beside each proxy asks for.

    Without it the filter asks for nothing, and the quota of the namespace refuses every proxy.

    Args:
        sent: who gets prompts and answers; None: nobody.
    """
    millicores, mib = FILTER
    told: Object = {} if sent is None else {"env": prompts.variables(sent)}
    return {
        "extProc": {
            "kubernetes": {
                **told,
                "resources": {
                    "requests": {"cpu": f"{millicores}m", "memory": f"{mib}Mi"},
                    "limits": {"memory": f"{mib}Mi"},
                },
            }
        }
    }
