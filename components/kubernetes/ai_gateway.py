"""The AI gateway: what lets one host find a model by the name in a request, and counts tokens.

Owns the releases of its kinds and of its controller in a namespace of their own, and what its pods
may reach and be reached by. Does not own what a model says to it (`shared_route_objects`), nor the
filter beside each proxy, which the controller puts there: what that asks for is in
`gateway_objects`.

Envoy Gateway asks it about every configuration before a proxy gets it: it must be there before the
first proxy, and until after the last. Objects of its kinds have a finalizer, which only a running
controller takes off.
Source: envoyproxy/ai-gateway@c217da8 (v1.1.0, 2026-08-21), manifests/charts and
internal/controller, read 2026-11-27.
"""

from collections.abc import Sequence

import pulumi

from components.handles import NamespaceRef
from components.kubernetes import network_policies, operators
from components.kubernetes.charts import ChartValue, helm_release
from components.kubernetes.gateway_names import (
    AI_EXTENSION_PORT,
    AI_NAMESPACE,
    AI_SERVICE,
    COMPONENT,
    PROXY,
    RATE_LIMIT,
)
from components.kubernetes.gateway_names import NAMESPACE as GATEWAY_NAMESPACE
from components.kubernetes.namespaces import Namespace, PodSecurity
from components.serving.route_objects import CLIENT_HEADER
from infra.catalog import releases
from infra.spec.cloud import CloudProvider
from infra.spec.environment import Environment

CHART = "ai-gateway-helm"
KINDS_CHART = "ai-gateway-crds-helm"
MEMORY_MIB = 256
"""It holds the routes of a cluster and its Secrets (upstream names no figure)."""
METRICS_PORT = 8080
CLIENT_ATTRIBUTE = "client"
"""Label of its metrics with the name of a tenant: `gen_ai_client_token_usage` by client is what
each one spends (docs/traffic.md)."""


def quota(environment: Environment) -> dict[str, str]:
    """Return what the namespace may hold."""
    return operators.quota(environment, programs=1, memory_mib=MEMORY_MIB)


def controller_values(environment: Environment) -> dict[str, ChartValue]:
    """Return the values of the chart, where they differ from its own."""
    several = operators.replicas(environment) > 1
    return {
        "envoyGateway": {"namespace": GATEWAY_NAMESPACE},
        "extProc": {
            "image": operators.image("ai-gateway-extproc"),
            "logFormat": "json",
            # An endpoint for developers, which nobody needs in production.
            "extraEnvVars": [{"name": "DISABLE_PPROF", "value": "true"}],
        },
        "controller": {
            "fullnameOverride": AI_SERVICE,
            "image": operators.image("ai-gateway-controller"),
            "logFormat": "json",
            "replicaCount": operators.replicas(environment),
            # Without a second pod a budget would hold up every drain of a node.
            "podDisruptionBudget": {"enabled": several},
            "resources": operators.resources(MEMORY_MIB),
            "topologySpreadConstraints": operators.spread(CHART),
            "metricsRequestHeaderAttributes": f"{CLIENT_HEADER}:{CLIENT_ATTRIBUTE}",
            "extraEnvVars": [{"name": "DISABLE_PPROF", "value": "true"}],
            # Not the port of the chart: GKE's control plane does not reach that one.
            "service": {"ports": _ports()},
            "mutatingWebhook": {
                "port": operators.WEBHOOK_PORT,
                # The chart's own certificate is for a year and is never renewed.
                "certManager": {"enable": True},
                # Nobody else's pods wait for it, however they are labelled.
                "namespaceSelector": {
                    "matchLabels": {"kubernetes.io/metadata.name": GATEWAY_NAMESPACE}
                },
            },
        },
    }


def _ports() -> list[ChartValue]:
    ports = (
        ("mutating-webhook", operators.WEBHOOK_PORT, "http"),
        ("grpc", AI_EXTENSION_PORT, "grpc"),
        ("http-metrics", METRICS_PORT, "http"),
    )
    return [
        {
            "name": name,
            "protocol": "TCP",
            "port": port,
            "appProtocol": protocol,
            "targetPort": port,
        }
        for name, port, protocol in ports
    ]


class AiGateway(pulumi.ComponentResource):
    """The controller of the shared host."""

    release: pulumi.Resource
    """What it is asked by, and what it makes routes of, needs it, coming and going."""

    def __init__(  # noqa: PLR0913 - what it stands on; each has a name where it is called
        self,
        name: str,
        *,
        cloud: CloudProvider,
        environment: Environment,
        kubernetes_version: str,
        after: Sequence[pulumi.Resource],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Install it. A cluster gets this once: namespace and kinds have fixed names.

        Args:
            name: name of the component.
            cloud: the cloud.
            environment: staging and production run two of it.
            kubernetes_version: minor version whose Pod Security rules it is held to.
            after: the kinds of the gateway, which it watches, and cert-manager.
            opts: options of the component.
        """
        super().__init__("tokenworks:kubernetes:AiGateway", name, None, opts)
        self._name = name
        child = pulumi.ResourceOptions(parent=self)
        home = Namespace(
            f"{name}-home",
            label=AI_NAMESPACE,
            pod_security=PodSecurity.RESTRICTED,
            kubernetes_version=kubernetes_version,
            quota=quota(environment),
            opts=child,
        )
        kinds = self._install(KINDS_CHART, home.ref, {}, [home, *after])
        ways = self._open_ways(home.ref, cloud, child)
        values = controller_values(environment)
        self.release = self._install(CHART, home.ref, values, [kinds, *ways])
        self.register_outputs({"namespace": home.ref.name})

    def _install(
        self,
        chart: str,
        namespace: NamespaceRef,
        values: dict[str, ChartValue],
        after: Sequence[pulumi.Resource],
    ) -> pulumi.Resource:
        return helm_release(
            f"{self._name}-{chart}",
            releases.chart(chart),
            namespace=namespace,
            values=values,
            opts=pulumi.ResourceOptions(
                parent=self, depends_on=list(after), delete_before_replace=True
            ),
        )

    def _open_ways(
        self, namespace: NamespaceRef, cloud: CloudProvider, opts: pulumi.ResourceOptions
    ) -> tuple[pulumi.Resource, ...]:
        """Let in Envoy Gateway and the API server, and out to the API server alone."""
        policies = network_policies
        pods = policies.pods_named(CHART)
        return (
            policies.open_egress(
                f"{self._name}-api-server",
                namespace=namespace,
                label="api-server",
                pods=policies.every_pod(),
                to=[policies.dns(cloud), policies.kubernetes_api()],
                opts=opts,
            ),
            policies.open_to_namespaces(
                f"{self._name}-envoy-gateway",
                namespace=namespace,
                label="envoy-gateway",
                pods=pods,
                clients={"kubernetes.io/metadata.name": GATEWAY_NAMESPACE},
                # Whoever comes from the internet is in the same namespace.
                of_them=policies.pods_without(COMPONENT, PROXY, RATE_LIMIT),
                port=AI_EXTENSION_PORT,
                opts=opts,
            ),
            policies.open_to_control_plane(
                f"{self._name}-webhook",
                namespace=namespace,
                label="webhook",
                pods=pods,
                cloud=cloud,
                port=operators.WEBHOOK_PORT,
                opts=opts,
            ),
        )
