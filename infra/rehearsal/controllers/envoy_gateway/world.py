"""What the controller knows of the cluster at one moment, and how it is looked up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from infra.rehearsal.kubernetes.values import mapping, mappings, text
from infra.wire import Properties

GATEWAY_API = "gateway.networking.k8s.io"
GATEWAY_API_VERSION = f"{GATEWAY_API}/v1"
GRANT_API_VERSION = f"{GATEWAY_API}/v1beta1"
ENVOY_API = "gateway.envoyproxy.io"
ENVOY_API_VERSION = f"{ENVOY_API}/v1alpha1"
CORE = ""
KINDS = {
    "GatewayClass": GATEWAY_API_VERSION,
    "Gateway": GATEWAY_API_VERSION,
    "HTTPRoute": GATEWAY_API_VERSION,
    "ReferenceGrant": GRANT_API_VERSION,
    "EnvoyProxy": ENVOY_API_VERSION,
    "ClientTrafficPolicy": ENVOY_API_VERSION,
    "BackendTrafficPolicy": ENVOY_API_VERSION,
    "SecurityPolicy": ENVOY_API_VERSION,
    "Backend": ENVOY_API_VERSION,
    "HTTPRouteFilter": ENVOY_API_VERSION,
    "Namespace": "v1",
    "Service": "v1",
    "Secret": "v1",
    "EndpointSlice": "discovery.k8s.io/v1",
    "Deployment": "apps/v1",
}
"""Everything that is looked at, with its API version."""


@dataclass(frozen=True)
class Settings:
    """What the controller was started with."""

    namespace: str
    """Its own, and that of all proxies."""
    controller: str
    """Classes that name it are its own."""
    shutdown_image: str
    default_proxy: Properties = field(default_factory=dict)
    """Spec of the EnvoyProxy for classes that have none."""
    has_backends: bool = False
    """Whether routes may name a Backend (`extensionApis.enableBackend`)."""
    rate_limit: Properties = field(default_factory=dict)
    """`rateLimit` of the configuration; empty: nothing is counted over all proxies."""
    rate_limit_pods: Properties = field(default_factory=dict)
    """`provider.kubernetes` of the configuration: how the pods of the rate-limit service are."""


@dataclass(frozen=True)
class World:
    """All objects, by kind."""

    settings: Settings
    objects: Mapping[str, tuple[Properties, ...]]

    def all(self, kind: str) -> tuple[Properties, ...]:
        """Return the objects of a kind, oldest first: the oldest wins a conflict."""
        return tuple(sorted(self.objects.get(kind, ()), key=_age))

    def find(self, kind: str, name: str, namespace: str = "") -> Properties | None:
        """Return one object."""
        for body in self.objects.get(kind, ()):
            metadata = mapping(body, "metadata")
            if text(metadata, "name") == name and text(metadata, "namespace") == namespace:
                return body
        return None

    def own_classes(self) -> tuple[Properties, ...]:
        """Return the classes of this controller."""
        wanted = self.settings.controller
        return tuple(
            body
            for body in self.all("GatewayClass")
            if text(body, "spec", "controllerName") == wanted
        )

    def own_gateways(self) -> tuple[Properties, ...]:
        """Return the Gateways of its classes."""
        names = {name_of(body) for body in self.own_classes()}
        return tuple(
            body for body in self.all("Gateway") if text(body, "spec", "gatewayClassName") in names
        )

    def proxy_of(self, gateway_class: Properties) -> Properties | None:
        """Return the EnvoyProxy that a class names; None: there is none of that name."""
        wanted = mapping(gateway_class, "spec", "parametersRef")
        if (text(wanted, "group"), text(wanted, "kind")) != (ENVOY_API, "EnvoyProxy"):
            return None
        return self.find("EnvoyProxy", text(wanted, "name"), text(wanted, "namespace"))

    def permits(self, source: tuple[str, str], target: tuple[str, str, str, str]) -> bool:
        """Say whether a ReferenceGrant lets objects point into another namespace.

        Args:
            source: kind (of the Gateway API) and namespace of what points.
            target: group, kind, namespace and name of what is pointed at.
        """
        kind, namespace = source
        group, target_kind, target_namespace, name = target
        for grant in self.objects.get("ReferenceGrant", ()):
            if text(grant, "metadata", "namespace") != target_namespace:
                continue
            lets = any(
                (text(one, "group"), text(one, "kind"), text(one, "namespace"))
                == (GATEWAY_API, kind, namespace)
                for one in mappings(grant, "spec", "from")
            )
            reaches = any(
                (text(one, "group"), text(one, "kind")) == (group, target_kind)
                and text(one, "name") in ("", name)
                for one in mappings(grant, "spec", "to")
            )
            if lets and reaches:
                return True
        return False

    def has_ready_endpoints(self, namespace: str, service: str) -> bool:
        """Say whether a Service has a pod that answers."""
        for body in self.objects.get("EndpointSlice", ()):
            metadata = mapping(body, "metadata")
            of_it = text(metadata, "labels", "kubernetes.io/service-name") == service
            if not of_it or text(metadata, "namespace") != namespace:
                continue
            # Without a word of it an endpoint counts as ready (Kubernetes API, EndpointConditions).
            if any(
                mapping(one, "conditions").get("ready") is not False
                for one in mappings(body, "endpoints")
            ):
                return True
        return False


def name_of(body: Properties) -> str:
    """Return the name of an object."""
    return text(body, "metadata", "name")


def namespace_of(body: Properties) -> str:
    """Return the namespace of an object."""
    return text(body, "metadata", "namespace")


def by_kind(found: Iterable[Properties]) -> dict[str, tuple[Properties, ...]]:
    """Return objects by their kind."""
    sorted_in: dict[str, tuple[Properties, ...]] = {}
    for body in found:
        kind = text(body, "kind")
        sorted_in[kind] = (*sorted_in.get(kind, ()), body)
    return sorted_in


def _age(body: Properties) -> tuple[str, str, str]:
    metadata = mapping(body, "metadata")
    return text(metadata, "creationTimestamp"), text(metadata, "namespace"), text(metadata, "name")
