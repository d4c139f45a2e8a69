"""The objects that a Gateway has made: Deployment, Service, budget and more. Pure.

Named, labelled and owned as envoyproxy/gateway v1.9.1 does
(internal/infrastructure/kubernetes/proxy, read 2026-11-27) and as a real one made them.

Not played: a DaemonSet, a HorizontalPodAutoscaler, patches, merged Gateways, HTTP/3, and proxies in
the Gateway's own namespace.
"""

import hashlib

from infra.rehearsal.controllers.envoy_gateway.proxy_pods import pod_template
from infra.rehearsal.controllers.envoy_gateway.world import (
    GATEWAY_API_VERSION,
    World,
    name_of,
    namespace_of,
)
from infra.rehearsal.kubernetes.values import mapping, mappings, number, text
from infra.wire import Properties, Value

APP_LABELS = {
    "app.kubernetes.io/name": "envoy",
    "app.kubernetes.io/component": "proxy",
    "app.kubernetes.io/managed-by": "envoy-gateway",
}
OWNER_NAME = "gateway.envoyproxy.io/owning-gateway-name"
OWNER_NAMESPACE = "gateway.envoyproxy.io/owning-gateway-namespace"
MADE = {
    "ServiceAccount": "v1",
    "ConfigMap": "v1",
    "Deployment": "apps/v1",
    "Service": "v1",
    "PodDisruptionBudget": "policy/v1",
}
"""Kinds of these objects, in the order in which they are made, with their API versions."""
_NAME_LENGTH = 48
_PRIVILEGED_PORTS = 1024
_OF_BALANCERS = ("loadBalancerClass", "allocateLoadBalancerNodePorts")
_PORT_SHIFT = 10000
"""Envoy runs without rights, so that ports below 1024 are moved up inside of its pod."""


def proxy_name(gateway: Properties) -> str:
    """Return the name of everything that a Gateway has made."""
    full = f"{namespace_of(gateway)}/{name_of(gateway)}"
    digest = hashlib.sha256(full.encode()).hexdigest()[:8]
    plain = full.replace("/", "-")
    short = plain[:_NAME_LENGTH].removesuffix("-") if len(plain) > _NAME_LENGTH else plain
    return f"envoy-{short}-{digest}"


def proxy_objects(world: World, gateway: Properties) -> list[Properties]:
    """Return the objects of a Gateway of this controller."""
    gateway_class = world.find("GatewayClass", text(gateway, "spec", "gatewayClassName")) or {}
    found = world.proxy_of(gateway_class)
    spec = world.settings.default_proxy if found is None else mapping(found, "spec")
    parts = mapping(spec, "provider", "kubernetes")
    labels: Properties = {
        **APP_LABELS,
        OWNER_NAME: name_of(gateway),
        OWNER_NAMESPACE: namespace_of(gateway),
    }
    maker = _Maker(world, gateway, gateway_class, labels)
    deployment = mapping(parts, "envoyDeployment")
    made = [
        maker.body("ServiceAccount", {"automountServiceAccountToken": False}),
        maker.body("ConfigMap", {"data": _SETTINGS}),
        maker.body("Deployment", {"spec": maker.deployment(spec, deployment)}),
        maker.service(mapping(parts, "envoyService")),
    ]
    budget = mapping(parts, "envoyPDB")
    if budget:
        kept = {key: budget[key] for key in ("minAvailable", "maxUnavailable") if key in budget}
        body: Properties = {**kept, "selector": {"matchLabels": labels}}
        made.append(maker.body("PodDisruptionBudget", {"spec": body}))
    return made


_SETTINGS: Properties = {
    "xds-certificate.json": "where Envoy's certificate lies; the rehearsal has none\n",
    "xds-trusted-ca.json": "where the controller's authority lies; the rehearsal has none\n",
}


class _Maker:
    """Makes the objects of one Gateway."""

    def __init__(
        self, world: World, gateway: Properties, gateway_class: Properties, labels: Properties
    ) -> None:
        self._settings = world.settings
        self._gateway = gateway
        self._labels = labels
        self._owner: Properties = {
            "apiVersion": GATEWAY_API_VERSION,
            "kind": "GatewayClass",
            "name": name_of(gateway_class),
            "uid": text(gateway_class, "metadata", "uid"),
        }

    def body(self, kind: str, content: Properties) -> Properties:
        """Return an object with the common name, labels and owner."""
        return {
            "apiVersion": MADE[kind],
            "kind": kind,
            "metadata": {
                "name": proxy_name(self._gateway),
                "namespace": self._settings.namespace,
                "labels": dict(self._labels),
                "ownerReferences": [self._owner],
            },
            **content,
        }

    def deployment(self, spec: Properties, wanted: Properties) -> Properties:
        """Return the spec of the Deployment."""
        template = pod_template(
            spec=spec,
            wanted=wanted,
            name=proxy_name(self._gateway),
            cluster=f"{namespace_of(self._gateway)}/{name_of(self._gateway)}",
            labels=self._labels,
            shutdown_image=self._settings.shutdown_image,
        )
        return {
            # As upstream: left out, the API server's default of one replica stands.
            **({"replicas": wanted["replicas"]} if "replicas" in wanted else {}),
            "strategy": wanted.get("strategy") or {"type": "RollingUpdate"},
            "selector": {"matchLabels": dict(self._labels)},
            "template": template,
            "revisionHistoryLimit": 10,
            "progressDeadlineSeconds": 600,
        }

    def service(self, wanted: Properties) -> Properties:
        """Return the Service, with a port for each of the listeners'."""
        kind = text(wanted, "type") or "LoadBalancer"
        spec: Properties = {
            "type": kind,
            "sessionAffinity": "None",
            "selector": dict(self._labels),
            "ports": _ports(self._gateway),
        }
        if kind != "ClusterIP":
            spec["externalTrafficPolicy"] = text(wanted, "externalTrafficPolicy") or "Local"
        if kind == "LoadBalancer":
            spec |= {key: wanted[key] for key in _OF_BALANCERS if key in wanted}
        made = self.body("Service", {"spec": spec})
        metadata = mapping(made, "metadata")
        labels = {**self._labels, **mapping(wanted, "labels")}
        more: Properties = {"labels": labels}
        if mapping(wanted, "annotations"):
            more["annotations"] = mapping(wanted, "annotations")
        return {**made, "metadata": {**metadata, **more}}


def _ports(gateway: Properties) -> list[Value]:
    """Return a port for each number: listeners that share one share it here, too."""
    found: dict[int, Properties] = {}
    for listener in mappings(gateway, "spec", "listeners"):
        port = number(listener, "port")
        inside = port + _PORT_SHIFT if port < _PRIVILEGED_PORTS else port
        found.setdefault(
            port,
            {
                "name": f"{text(listener, 'protocol').lower()}-{port}",
                "port": port,
                "protocol": "TCP",
                "targetPort": inside,
            },
        )
    return [*found.values()]
