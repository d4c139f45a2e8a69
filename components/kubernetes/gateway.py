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
    gateway_ways,
    load_balancers,
    operators,
    prompts,
    shared_host,
)
from components.kubernetes.ai_gateway import AiGateway
from components.kubernetes.charts import ChartValue, helm_release
from components.kubernetes.gateway_names import (
    AI_API,
    ENVOY_API,
    GATEWAY,
    GATEWAY_API,
    GATEWAY_CLASS,
    GATEWAY_CONFIG,
    NAMESPACE,
    REDIRECT,
)
from components.kubernetes.gateway_ways import PROXY_PORTS
from components.kubernetes.namespaces import Namespace, PodSecurity
from components.kubernetes.shared_host import SharedHostNeeds
from components.kubernetes.synced_secret import SyncedSecret
from components.secrets import PHOENIX_KEY, TOKEN_COUNTS
from components.serving.route_objects import Object
from infra.catalog import releases
from infra.spec.cloud import CloudProvider
from infra.spec.environment import Environment
from infra.spec.gateway import GatewaySpec
from infra.spec.traces import TracesSpec

CONTROLLER_CHART = "gateway-helm"
KINDS_CHART = "gateway-crds-helm"
IMAGE = "envoy-gateway"
CERTIFICATE_JOBS = 1
_API_OF = {
    "EnvoyProxy": ENVOY_API,
    "ClientTrafficPolicy": ENVOY_API,
    "GatewayConfig": AI_API,
}
CONTROLLER = ("100m", 512)
"""CPU and memory in MiB: a few hundred routes need well under it (the chart asks for 256 MiB)."""
SHUTDOWN_MANAGER = (10, 32)
"""Millicores and MiB that Envoy Gateway gives the program beside each proxy (v1.9.1)."""


def quota(spec: GatewaySpec, cloud: CloudProvider, environment: Environment) -> dict[str, str]:
    """Return what the namespace may hold: one load balancer of two ports.

    On AWS it sends to pods, and no node opens a port.

    Limits are not counted: Envoy Gateway gives the program beside each proxy none.
    """
    programs = spec.replicas + operators.replicas(environment)
    proxy_cpu = gateway_objects.PROXY_MILLICORES + SHUTDOWN_MANAGER[0]
    proxy_memory = gateway_objects.PROXY_MIB + SHUTDOWN_MANAGER[1]
    if spec.shared_host:
        programs += shared_host.pods(environment)
        proxy_cpu += shared_host.FILTER[0]
        proxy_memory += shared_host.FILTER[1]
    pods = operators.HEADROOM * programs + CERTIFICATE_JOBS
    return {
        "pods": str(pods),
        "requests.cpu": f"{pods * proxy_cpu}m",
        "requests.memory": f"{pods * max(proxy_memory, CONTROLLER[1])}Mi",
        "services.loadbalancers": "1",
        "services.nodeports": "0" if cloud is CloudProvider.AWS else str(len(PROXY_PORTS)),
        "persistentvolumeclaims": "0",
    }


def controller_values(
    environment: Environment, shared: SharedHostNeeds | None = None
) -> dict[str, ChartValue]:
    """Return the values of the chart, where they differ from its own.

    Args:
        environment: staging and production run two of the controller.
        shared: what a shared host stands on; None where there is none.
    """
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
        **(
            {"config": {"envoyGateway": shared_host.gateway_settings(shared.counts, environment)}}
            if shared
            else {}
        ),
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
        shared: SharedHostNeeds | None = None,
        traces: TracesSpec | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create it. A cluster gets this once: namespace, class and Gateway have fixed names.

        Args:
            name: name of the component.
            spec: how clients come in.
            cloud: the cloud, whose load balancer stands before it.
            environment: production spreads proxies over zones or does not start them.
            kubernetes_version: minor version whose Pod Security rules it is held to.
            shared: what a shared host stands on; None where there is none.
            traces: which requests are followed; None: none is. Earlier than Tempo, spans are lost.
            opts: options of the component.
        """
        super().__init__("tokenworks:kubernetes:PublicGateway", name, None, opts)
        self._name, self._shared = name, shared
        self._cloud, self._environment = cloud, environment
        self._kubernetes_version = kubernetes_version
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
        ways = gateway_ways.open_ways(
            name,
            self._home,
            cloud,
            spec,
            self._child,
            sends_spans=traces is not None,
            phoenix=shared.prompts.phoenix if shared and shared.prompts else None,
        )
        self.controller = self._install([home, *ways])
        proxy = gateway_objects.proxy(
            spec,
            cloud=cloud,
            environment=environment,
            image=releases.image("envoy").reference,
            traces=traces,
        )
        self.needed = self._create_objects(spec, proxy, self.controller)
        self.register_outputs({"namespace": self._home.name})

    def _install(self, after: Sequence[pulumi.Resource]) -> pulumi.Resource:
        """Install the kinds, then whom the controller asks, then the controller."""
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
            values=controller_values(self._environment, self._shared),
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=[kinds, *self._prepare_shared_host(kinds)],
                delete_before_replace=True,
            ),
        )

    def _prepare_shared_host(self, kinds: pulumi.Resource) -> list[pulumi.Resource]:
        """Create what the controller asks and counts with."""
        if self._shared is None:
            return []
        counts = self._shared.counts.needed
        password = SyncedSecret(
            f"{self._name}-{shared_host.PASSWORD_SECRET}",
            label=shared_host.PASSWORD_SECRET,
            namespace=self._home,
            keys={shared_host.PASSWORD_KEY: TOKEN_COUNTS},
            store=self._shared.store,
            # It is drawn in the cluster: whoever waits for a person would wait for nobody.
            required=False,
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(counts)),
        )
        asked = AiGateway(
            f"{self._name}-ai",
            cloud=self._cloud,
            environment=self._environment,
            kubernetes_version=self._kubernetes_version,
            after=[kinds, self._shared.certificates],
            opts=self._child,
        )
        return [asked.release, password, *self._prepare_prompts(), *counts]

    def _prepare_prompts(self) -> list[pulumi.Resource]:
        """Bring the key of whoever gets prompts, and say that they leave."""
        if self._shared is None or self._shared.prompts is None:
            return []
        prompts.warn(self._shared.prompts.phoenix, self)
        return [
            SyncedSecret(
                f"{self._name}-{prompts.SECRET}",
                label=prompts.SECRET,
                namespace=self._home,
                keys={prompts.SECRET_KEY: PHOENIX_KEY},
                store=self._shared.store,
                required=True,
                opts=self._child,
            )
        ]

    def _create_objects(
        self, spec: GatewaySpec, proxy: Object, controller: pulumi.Resource
    ) -> tuple[pulumi.Resource, ...]:
        """Create them in an order whose reverse takes a running gateway down in peace."""
        proxies = self._create("EnvoyProxy", gateway_objects.PROXY, proxy, [controller])
        class_spec = gateway_objects.gateway_class()
        of_class = self._create("GatewayClass", GATEWAY_CLASS, class_spec, [proxies])
        config, annotations = self._filter_config(controller)
        gateway = self._create(
            "Gateway", GATEWAY, gateway_objects.gateway(spec), [of_class, *config], annotations
        )
        policy_spec = gateway_objects.client_policy(spec)
        policy = self._create("ClientTrafficPolicy", GATEWAY, policy_spec, [gateway])
        redirect = self._create("HTTPRoute", REDIRECT, gateway_objects.redirect(), [gateway])
        return controller, gateway, policy, redirect

    def _filter_config(
        self, controller: pulumi.Resource
    ) -> tuple[list[pulumi.Resource], dict[str, str]]:
        """Create what bounds the filter beside each proxy; return it, and how it is found."""
        if self._shared is None:
            return [], {}
        config = shared_host.filter_config(self._shared.prompts)
        created = self._create("GatewayConfig", GATEWAY, config, [controller])
        return [created], {GATEWAY_CONFIG: GATEWAY}

    def _create(
        self,
        kind: str,
        label: str,
        spec: Object,
        after: Sequence[pulumi.Resource],
        annotations: dict[str, str] | None = None,
    ) -> pulumi.Resource:
        return custom_objects.create(
            f"{self._name}-{kind.lower()}",
            (_API_OF.get(kind, GATEWAY_API), kind),
            label=label,
            spec=spec,
            namespace=None if kind == "GatewayClass" else self._home,
            annotations=annotations,
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(after)),
        )
