"""Ways into and out of the gateway's namespace.

Owns which of its pods reach what, and who reaches them: proxies, which the internet talks to, the
controller, and the rate-limit service of a shared host.
"""

import pulumi
import pulumi_kubernetes as kubernetes

from components.cache_rules import PORT as COUNTS_PORT
from components.handles import NamespaceRef
from components.kubernetes import model_namespace, prompts
from components.kubernetes import network_policies as policies
from components.kubernetes.gateway_names import (
    AI_EXTENSION_PORT,
    AI_NAMESPACE,
    COMPONENT,
    COUNTS_NAMESPACE,
    PROXY,
    RATE_LIMIT,
)
from components.observability import names
from components.serving import vllm
from infra.spec.cloud import CloudProvider
from infra.spec.gateway import GatewaySpec
from infra.spec.phoenix import PhoenixSpec

PROXY_PORTS = (10080, 10443)
"""Where proxies listen for 80 and 443: Envoy Gateway adds 10,000 to ports that need privileges."""
Way = kubernetes.networking.v1.NetworkPolicy


def open_ways(  # noqa: PLR0913 - what they follow from; each has a name where it is called
    name: str,
    home: NamespaceRef,
    cloud: CloudProvider,
    spec: GatewaySpec,
    opts: pulumi.ResourceOptions,
    *,
    sends_spans: bool,
    phoenix: PhoenixSpec | None = None,
) -> tuple[Way, ...]:
    """Keep proxies, which the internet talks to, from the API server.

    Args:
        name: beginning of the names of the resources.
        home: namespace of the gateway.
        cloud: the cloud, whose DNS is asked.
        spec: how clients come in.
        opts: options of each.
        sends_spans: whether proxies tell Tempo of requests.
        phoenix: who gets prompts and answers from the filter beside each proxy; None: nobody.
    """
    proxies = policies.pods_with({COMPONENT: PROXY})
    models = policies.to_namespace(model_namespace.NAMESPACE, vllm.PORT)
    spans = policies.to_namespace(names.TRACES_NAMESPACE, names.OTLP_PORT)
    return (
        policies.open_within(
            f"{name}-within", namespace=home, label="within", to=[policies.dns(cloud)], opts=opts
        ),
        policies.open_egress(
            f"{name}-api-server",
            namespace=home,
            label="api-server",
            pods=policies.pods_without(COMPONENT, PROXY, RATE_LIMIT),
            to=[policies.kubernetes_api()],
            opts=opts,
        ),
        policies.open_egress(
            f"{name}-models",
            namespace=home,
            label="models",
            pods=proxies,
            # The keys of a provider of tokens are where no range can name.
            to=[
                models,
                *([spans] if sends_spans else []),
                *([policies.https()] if spec.jwt is not None else []),
            ],
            opts=opts,
        ),
        policies.open_to_everybody(
            f"{name}-clients",
            namespace=home,
            label="clients",
            pods=proxies,
            ports=PROXY_PORTS,
            opts=opts,
        ),
        *(_of_shared_host(name, home, opts) if spec.shared_host else ()),
        *(
            (
                policies.open_egress(
                    f"{name}-phoenix",
                    namespace=home,
                    label="phoenix",
                    pods=proxies,
                    to=[prompts.way(phoenix)],
                    opts=opts,
                ),
            )
            if phoenix is not None
            else ()
        ),
    )


def _of_shared_host(name: str, home: NamespaceRef, opts: pulumi.ResourceOptions) -> tuple[Way, ...]:
    """Let the controller ask the AI gateway, and the rate-limit service count."""
    return (
        policies.open_egress(
            f"{name}-{AI_NAMESPACE}",
            namespace=home,
            label=AI_NAMESPACE,
            pods=policies.pods_without(COMPONENT, PROXY, RATE_LIMIT),
            to=[policies.to_namespace(AI_NAMESPACE, AI_EXTENSION_PORT)],
            opts=opts,
        ),
        policies.open_egress(
            f"{name}-{COUNTS_NAMESPACE}",
            namespace=home,
            label=COUNTS_NAMESPACE,
            pods=policies.pods_with({COMPONENT: RATE_LIMIT}),
            to=[policies.to_namespace(COUNTS_NAMESPACE, COUNTS_PORT)],
            opts=opts,
        ),
    )
