"""The gateway: the one way in from outside, with TLS, for every model of a cluster.

Owns the release of Envoy Gateway and of its kinds in a namespace of their own, what its pods may
reach and be reached by, and the Gateway with its proxies. Does not own what these say
(`gateway_objects`), nor any model's route: that is the model's.
Why not the cloud's own gateway: streams of minutes, keys and limits would be said another way on
each cloud, and none of it could be tried before it is paid for.
"""

from collections.abc import Sequence

import pulumi

from components import labels
from components.handles import NamespaceRef
from components.kubernetes import (
    custom_objects,
    gateway_objects,
    load_balancers,
    model_namespace,
    network_policies,
    operators,
)
from components.kubernetes.charts import ChartValue, helm_release
from components.kubernetes.gateway_names import (
    ENVOY_API,
    GATEWAY,
    GATEWAY_API,
    GATEWAY_CLASS,
    NAMESPACE,
    REDIRECT,
)
from components.kubernetes.namespaces import Namespace, PodSecurity
from components.serving import vllm
from components.serving.route_objects import Object
from infra.catalog import releases
from infra.spec.cloud import CloudProvider
from infra.spec.environment import Environment
from infra.spec.gateway import GatewaySpec

CONTROLLER_CHART = "gateway-helm"
KINDS_CHART = "gateway-crds-helm"
IMAGE = "envoy-gateway"
COMPONENT = "app.kubernetes.io/component"
PROXY = "proxy"
"""Label and value that Envoy Gateway gives the pods of proxies (v1.9.1, `EnvoyAppLabel`)."""
PROXY_PORTS = (10080, 10443)
"""Where proxies listen for 80 and 443: Envoy Gateway adds 10,000 to ports that need privileges."""
CERTIFICATE_JOBS = 1
CONTROLLER = ("100m", 512)
"""CPU and memory in MiB: a few hundred routes need well under it (the chart asks for 256 MiB)."""
SHUTDOWN_MANAGER = (10, 32)
"""Millicores and MiB that Envoy Gateway gives the program beside each proxy (v1.9.1)."""


def quota(spec: GatewaySpec, cloud: CloudProvider, environment: Environment) -> dict[str, str]:
    """Return what the namespace may hold: one load balancer of two ports.

    On AWS it sends to pods, and no node opens a port.

    Limits are not counted: Envoy Gateway gives the program beside each proxy none.
    """
    pods = operators.HEADROOM * (spec.replicas + operators.replicas(environment)) + CERTIFICATE_JOBS
    proxy_cpu = gateway_objects.PROXY_MILLICORES + SHUTDOWN_MANAGER[0]
    proxy_memory = gateway_objects.PROXY_MIB + SHUTDOWN_MANAGER[1]
    return {
        "pods": str(pods),
        "requests.cpu": f"{pods * proxy_cpu}m",
        "requests.memory": f"{pods * max(proxy_memory, CONTROLLER[1])}Mi",
        "services.loadbalancers": "1",
        "services.nodeports": "0" if cloud is CloudProvider.AWS else str(len(PROXY_PORTS)),
        "persistentvolumeclaims": "0",
    }


def controller_values(environment: Environment) -> dict[str, ChartValue]:
    """Return the values of the chart, where they differ from its own."""
    replicas = operators.replicas(environment)
    resources: dict[str, ChartValue] = {
        "requests": {"cpu": CONTROLLER[0], "memory": f"{CONTROLLER[1]}Mi"},
        "limits": {"memory": f"{CONTROLLER[1]}Mi"},
    }
    return {
        # They are a release of their own, which outlives this one.
        "crds": {"enabled": False},
        # The program that ends a proxy in peace is in the same image.
        "global": {"images": {"envoyGateway": {"image": releases.image(IMAGE).reference}}},
        "deployment": {"replicas": replicas, "envoyGateway": {"resources": resources}},
        # Without a second pod a budget would hold up every drain of a node.
        **({"podDisruptionBudget": {"minAvailable": 1}} if replicas > 1 else {}),
        "certgen": {
            "job": {
                "resources": {
                    "requests": {"cpu": "50m", "memory": "128Mi"},
                    "limits": {"memory": "128Mi"},
                }
            }
        },
        # Its webhook would stand between the API server and every pod of a proxy.
        "topologyInjector": {"enabled": False},
    }


def _readiness(cloud: CloudProvider) -> dict[str, str]:
    """On AWS a roll-out waits until the load balancer finds a new proxy healthy."""
    return load_balancers.readiness_labels() if cloud is CloudProvider.AWS else {}


class PublicGateway(pulumi.ComponentResource):
    """The gateway of a cluster."""

    namespace: NamespaceRef
    """Where its certificate is to be."""
    controller: pulumi.Resource
    """Whoever reads routes and gateways comes after it: the kinds are there then."""
    needed: tuple[pulumi.Resource, ...]
    """What must be there before, and until after, a route: only the controller ends one."""

    def __init__(  # noqa: PLR0913 - what it stands on; each has a name where it is called
        self,
        name: str,
        spec: GatewaySpec,
        *,
        cloud: CloudProvider,
        environment: Environment,
        kubernetes_version: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create it. A cluster gets this once: namespace, class and Gateway have fixed names.

        Args:
            name: name of the component.
            spec: how clients come in.
            cloud: the cloud, whose load balancer stands before it.
            environment: production spreads proxies over zones or does not start them.
            kubernetes_version: minor version whose Pod Security rules it is held to.
            opts: options of the component.
        """
        super().__init__("tokenworks:kubernetes:PublicGateway", name, None, opts)
        self._name = name
        self._child = pulumi.ResourceOptions(parent=self)
        home = Namespace(
            f"{name}-home",
            label=NAMESPACE,
            pod_security=PodSecurity.RESTRICTED,
            kubernetes_version=kubernetes_version,
            quota=quota(spec, cloud, environment),
            labels={labels.MODEL_CLIENTS: "true", **_readiness(cloud)},
            opts=self._child,
        )
        self._home = self.namespace = home.ref
        self.controller = self._install(environment, [home, *self._open_ways(cloud, spec)])
        proxy = gateway_objects.proxy(
            spec,
            cloud=cloud,
            environment=environment,
            image=releases.image("envoy").reference,
        )
        self.needed = self._create_objects(spec, proxy, self.controller)
        self.register_outputs({"namespace": self._home.name})

    def _install(
        self, environment: Environment, after: Sequence[pulumi.Resource]
    ) -> pulumi.Resource:
        """Install the kinds, then the controller."""
        kinds = helm_release(
            f"{self._name}-{KINDS_CHART}",
            releases.chart(KINDS_CHART),
            namespace=self._home,
            values={
                "crds": {
                    # `experimental` has what no route here asks for.
                    "gatewayAPI": {"enabled": True, "channel": "standard"},
                    "envoyGateway": {"enabled": True},
                }
            },
            opts=pulumi.ResourceOptions(
                parent=self, depends_on=list(after), delete_before_replace=True
            ),
        )
        return helm_release(
            f"{self._name}-{CONTROLLER_CHART}",
            releases.chart(CONTROLLER_CHART),
            namespace=self._home,
            values=controller_values(environment),
            opts=pulumi.ResourceOptions(
                parent=self, depends_on=[kinds], delete_before_replace=True
            ),
        )

    def _create_objects(
        self, spec: GatewaySpec, proxy: Object, controller: pulumi.Resource
    ) -> tuple[pulumi.Resource, ...]:
        """Create them in an order whose reverse takes a running gateway down in peace."""
        proxies = self._create("EnvoyProxy", gateway_objects.PROXY, proxy, [controller])
        class_spec = gateway_objects.gateway_class()
        of_class = self._create("GatewayClass", GATEWAY_CLASS, class_spec, [proxies])
        gateway = self._create("Gateway", GATEWAY, gateway_objects.gateway(spec), [of_class])
        policy_spec = gateway_objects.client_policy(spec)
        policy = self._create("ClientTrafficPolicy", GATEWAY, policy_spec, [gateway])
        redirect = self._create("HTTPRoute", REDIRECT, gateway_objects.redirect(), [gateway])
        return controller, gateway, policy, redirect

    def _create(
        self, kind: str, label: str, spec: Object, after: Sequence[pulumi.Resource]
    ) -> pulumi.Resource:
        of_envoy = kind in {"EnvoyProxy", "ClientTrafficPolicy"}
        return custom_objects.create(
            f"{self._name}-{kind.lower()}",
            (ENVOY_API if of_envoy else GATEWAY_API, kind),
            label=label,
            spec=spec,
            namespace=None if kind == "GatewayClass" else self._home,
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(after)),
        )

    def _open_ways(self, cloud: CloudProvider, spec: GatewaySpec) -> tuple[pulumi.Resource, ...]:
        """Keep proxies, which the internet talks to, from the API server."""
        policies = network_policies
        proxies = policies.pods_with({COMPONENT: PROXY})
        models = policies.to_namespace(model_namespace.NAMESPACE, vllm.PORT)
        return (
            policies.open_within(
                f"{self._name}-within",
                namespace=self._home,
                label="within",
                to=[policies.dns(cloud)],
                opts=self._child,
            ),
            policies.open_egress(
                f"{self._name}-api-server",
                namespace=self._home,
                label="api-server",
                pods=policies.pods_without(COMPONENT, PROXY),
                to=[policies.kubernetes_api()],
                opts=self._child,
            ),
            policies.open_egress(
                f"{self._name}-models",
                namespace=self._home,
                label="models",
                pods=proxies,
                # The keys of a provider of tokens are where no range can name.
                to=[models, *([policies.https()] if spec.jwt is not None else [])],
                opts=self._child,
            ),
            policies.open_to_everybody(
                f"{self._name}-clients",
                namespace=self._home,
                label="clients",
                pods=proxies,
                ports=PROXY_PORTS,
                opts=self._child,
            ),
        )
