"""A model's way in from outside: its route, and the policies that the route is held to.

Owns the three objects beside a model's Service. Does not own what they say (`route_objects`), the
gateway that they hang on, nor the keys that clients show.
"""

from collections.abc import Sequence

import pulumi

from components.handles import NamespaceRef
from components.kubernetes import custom_objects
from components.kubernetes.gateway_names import ENVOY_API, GATEWAY_API
from components.names import DNS_LABEL, fit
from components.serving import route_objects
from components.serving.route_objects import Object
from infra.spec.gateway import GatewaySpec
from infra.spec.models import ModelSpec
from infra.spec.tenants import TenantSpec

ROUTE = (GATEWAY_API, "HTTPRoute")
TRAFFIC = (ENVOY_API, "BackendTrafficPolicy")
SECURITY = (ENVOY_API, "SecurityPolicy")


class ModelRoute(pulumi.ComponentResource):
    """The host of one model at the gateway."""

    url: str
    """Base URL for clients of OpenAI's API."""

    def __init__(  # noqa: PLR0913 - what it stands on; each has a name where it is called
        self,
        name: str,
        model: ModelSpec,
        gateway: GatewaySpec,
        *,
        servers: int,
        namespace: NamespaceRef,
        tenants: Sequence[TenantSpec] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create it.

        Args:
            name: name of the component.
            model: the model.
            gateway: how clients come in.
            servers: how many servers of the model there may be.
            namespace: where its Service is.
            tenants: every tenant of the platform; without any, every key opens every model.
            opts: options of the component.
        """
        super().__init__("tokenworks:serving:ModelRoute", name, None, opts)
        self._name = name
        self._label = fit(model.object_name, DNS_LABEL)
        self._namespace = namespace
        self.url = f"https://{gateway.host(model.object_name)}/v1"
        after: list[pulumi.Resource] = []
        security = route_objects.security_policy(model, gateway, tenants)
        if security is not None:
            # First: a route is not open for the moment before it asks for keys.
            after.append(self._create(SECURITY, security, []))
        traffic = route_objects.backend_policy(model, gateway, servers, tenants)
        after.append(self._create(TRAFFIC, traffic, []))
        self._create(ROUTE, route_objects.http_route(model, gateway), after)
        self.register_outputs({"url": self.url})

    def _create(
        self, what: tuple[str, str], spec: Object, after: list[pulumi.Resource]
    ) -> pulumi.Resource:
        return custom_objects.create(
            f"{self._name}-{what[1].lower()}",
            what,
            label=self._label,
            spec=spec,
            namespace=self._namespace,
            opts=pulumi.ResourceOptions(parent=self, depends_on=after),
        )
