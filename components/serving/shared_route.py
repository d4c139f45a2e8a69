"""A model at the shared host: its route there, and the policies that the route is held to.

Owns the objects beside the model's own host. Does not own what they say (`shared_route_objects`),
nor the HTTPRoute, which the AI gateway makes of them.
"""

from collections.abc import Sequence

import pulumi
import pulumi_kubernetes as kubernetes

from components.handles import NamespaceRef
from components.kubernetes import custom_objects
from components.kubernetes.gateway_names import AI_API, ENVOY_API
from components.serving import shared_route_objects, vllm
from components.serving.model_route import SECURITY, TRAFFIC
from components.serving.model_server import SKIP_AWAIT
from components.serving.placement import model_labels
from components.serving.pods import PORT_NAME
from components.serving.route_objects import Object
from infra.spec.gateway import GatewaySpec
from infra.spec.models import ModelSpec
from infra.spec.tenants import TenantSpec

core = kubernetes.core.v1
BACKEND = (ENVOY_API, "Backend")
SERVICE_BACKEND = (AI_API, "AIServiceBackend")
ROUTE = (AI_API, "AIGatewayRoute")


class SharedBackend(pulumi.ComponentResource):
    """What the shared host knows of a model's servers; routes of other models may name it, too."""

    needed: tuple[pulumi.Resource, ...]
    """What must be there before, and until after, a route that names it."""

    def __init__(
        self,
        name: str,
        model: ModelSpec,
        *,
        namespace: NamespaceRef,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create it.

        Args:
            name: name of the component.
            model: the model.
            namespace: where its servers are.
            opts: options of the component.
        """
        super().__init__("tokenworks:serving:SharedBackend", name, None, opts)
        service = core.Service(
            f"{name}-pods",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(
                name=shared_route_objects.pods_name(model),
                namespace=namespace.name,
                labels={"app.kubernetes.io/part-of": "tokenworks", **model_labels(model)},
                # Servers are waited for where they are made.
                annotations={SKIP_AWAIT: "true"},
            ),
            # Without an address of its own: its name means every server that is ready.
            spec=core.ServiceSpecArgs(
                cluster_ip="None",
                selector=model_labels(model),
                ports=[core.ServicePortArgs(name=PORT_NAME, port=vllm.PORT, target_port=PORT_NAME)],
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
        label = shared_route_objects.route_name(model.name)
        backend = custom_objects.create(
            f"{name}-backend",
            BACKEND,
            label=label,
            spec=shared_route_objects.backend(model, namespace.label),
            namespace=namespace,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[service]),
        )
        served = custom_objects.create(
            f"{name}-aiservicebackend",
            SERVICE_BACKEND,
            label=label,
            spec=shared_route_objects.service_backend(model),
            namespace=namespace,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[backend]),
        )
        self.needed = (backend, served)
        self.register_outputs({"backend": label})


class SharedRoute(pulumi.ComponentResource):
    """One model name at the shared host."""

    def __init__(  # noqa: PLR0913 - what it stands on; each has a name where it is called
        self,
        name: str,
        model: ModelSpec,
        gateway: GatewaySpec,
        *,
        servers: int,
        namespace: NamespaceRef,
        tenants: Sequence[TenantSpec],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create it.

        Args:
            name: name of the component.
            model: the model.
            gateway: how clients come in.
            servers: how many servers of the model there may be.
            namespace: where its servers are.
            tenants: every tenant of the platform.
            opts: options of the component; it comes after the backends that it names.
        """
        super().__init__("tokenworks:serving:SharedRoute", name, None, opts)
        self._name, self._model, self._namespace = name, model, namespace
        security = shared_route_objects.security_policy(model, gateway, tenants)
        traffic = shared_route_objects.backend_policy(model, gateway, servers, tenants)
        # First: a route is not open for the moment before it asks for keys.
        policies = [self._create(SECURITY, security), self._create(TRAFFIC, traffic)]
        self._create(ROUTE, shared_route_objects.ai_route(model, gateway), policies)
        self.register_outputs({"route": shared_route_objects.route_name(model.name)})

    def _create(
        self, what: tuple[str, str], spec: Object, after: Sequence[pulumi.Resource] = ()
    ) -> pulumi.Resource:
        return custom_objects.create(
            f"{self._name}-{what[1].lower()}",
            what,
            label=shared_route_objects.route_name(self._model.name),
            spec=spec,
            namespace=self._namespace,
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(after)),
        )
