"""Statuses of classes, their EnvoyProxy, Gateways and listeners. Pure.

Not played: EnvoyProxy of a single Gateway (`infrastructure.parametersRef`), addresses that a
Gateway asks for, ListenerSets, two listeners in conflict, whether a certificate is any good.
"""

from collections.abc import Iterator

from infra.rehearsal.controllers.envoy_gateway.attachment import attached_routes
from infra.rehearsal.controllers.envoy_gateway.conditions import condition, failed
from infra.rehearsal.controllers.envoy_gateway.proxies import proxy_name
from infra.rehearsal.controllers.envoy_gateway.world import (
    CORE,
    GATEWAY_API,
    World,
    name_of,
    namespace_of,
)
from infra.rehearsal.kubernetes.values import mapping, mappings, number, text
from infra.wire import Properties, Value

TLS = "kubernetes.io/tls"


def class_status(world: World, body: Properties) -> Properties:
    """Return the status of a class: whether the EnvoyProxy that it names is there."""
    wanted = mapping(body, "spec", "parametersRef")
    if not wanted or world.proxy_of(body) is not None:
        return {"conditions": [condition(body, "Accepted", "Valid GatewayClass")]}
    where = f"{text(wanted, 'namespace')}/{text(wanted, 'name')}"
    message = (
        f"Invalid parametersRef: failed to find envoyproxy {where} for GatewayClass "
        f'{name_of(body)}: EnvoyProxy.gateway.envoyproxy.io "{text(wanted, "name")}" not found'
    )
    return {"conditions": [failed(body, "Accepted", "InvalidParameters", message)]}


def proxy_status(world: World, body: Properties) -> Properties | None:
    """Return the status of an EnvoyProxy; None where no class of this controller names it."""
    ancestors: list[Value] = [
        {
            "ancestorRef": {"group": GATEWAY_API, "kind": "GatewayClass", "name": name_of(one)},
            "conditions": [condition(body, "Accepted", "EnvoyProxy has been accepted.")],
        }
        for one in world.own_classes()
        if world.proxy_of(one) is body
    ]
    return {"ancestors": ancestors} if ancestors else None


def gateway_status(world: World, body: Properties) -> Properties:
    """Return the status of a Gateway: its address, whether proxies run, and its listeners."""
    addresses = _addresses(world, body)
    accepted = condition(body, "Accepted", "The Gateway has been scheduled by Envoy Gateway")
    return {
        "addresses": addresses,
        "conditions": [accepted, _programmed(world, body, addresses)],
        "listeners": [
            _listener_status(world, body, one) for one in mappings(body, "spec", "listeners")
        ],
    }


def _addresses(world: World, body: Properties) -> list[Value]:
    service = world.find("Service", proxy_name(body), world.settings.namespace) or {}
    if text(service, "spec", "type") == "ClusterIP":
        return [{"type": "IPAddress", "value": text(service, "spec", "clusterIP")}]
    ingress = list(mappings(service, "status", "loadBalancer", "ingress"))
    found: list[Value] = [
        {"type": "IPAddress", "value": one["ip"]} for one in ingress if one.get("ip")
    ]
    found += [
        {"type": "Hostname", "value": one["hostname"]} for one in ingress if one.get("hostname")
    ]
    return found


def _programmed(world: World, body: Properties, addresses: list[Value]) -> Properties:
    if not addresses:
        message = "No addresses have been assigned to the Gateway"
        return failed(body, "Programmed", "AddressNotAssigned", message)
    proxies = world.find("Deployment", proxy_name(body), world.settings.namespace) or {}
    available = number(proxies, "status", "availableReplicas")
    if not available:
        return failed(body, "Programmed", "NoResources", "Envoy replicas unavailable")
    message = (
        f"Address assigned to the Gateway, {available}/{number(proxies, 'status', 'replicas')} "
        "envoy replicas available"
    )
    return condition(body, "Programmed", message)


def _listener_status(world: World, gateway: Properties, listener: Properties) -> Properties:
    troubles = list(_certificate_troubles(world, gateway, listener))
    accepted = condition(gateway, "Accepted", "Listener has been successfully translated")
    if troubles:
        # The first one's reason, and the words of all.
        reason = troubles[0][0]
        words = "; ".join(message for _reason, message in troubles)
        conditions = [
            failed(gateway, "ResolvedRefs", reason, f"No valid secrets exist: {words}"),
            accepted,
            failed(
                gateway,
                "Programmed",
                "Invalid",
                "Listener is invalid, see other Conditions for details.",
            ),
        ]
    else:
        sending = "Sending translated listener configuration to the data plane"
        conditions = [
            condition(gateway, "Programmed", sending),
            accepted,
            condition(gateway, "ResolvedRefs", "Listener references have been resolved"),
        ]
    return {
        "name": text(listener, "name"),
        "attachedRoutes": attached_routes(world, gateway, text(listener, "name")),
        "supportedKinds": [
            {"group": GATEWAY_API, "kind": kind} for kind in ("HTTPRoute", "GRPCRoute")
        ],
        "conditions": [*conditions],
    }


def _certificate_troubles(
    world: World, gateway: Properties, listener: Properties
) -> Iterator[tuple[str, str]]:
    """Yield reason and words for each certificate that cannot be used; none if one can."""
    references = list(mappings(listener, "tls", "certificateRefs"))
    troubles = [
        (index, trouble)
        for index, one in enumerate(references)
        if (trouble := _certificate_trouble(world, gateway, one)) is not None
    ]
    if len(troubles) < len(references):
        return
    for index, (reason, words) in troubles:
        yield reason, f"certificate refs {index}: {words}"


def _certificate_trouble(
    world: World, gateway: Properties, reference: Properties
) -> tuple[str, str] | None:
    name, home = text(reference, "name"), namespace_of(gateway)
    namespace = text(reference, "namespace") or home
    target = (CORE, "Secret", namespace, name)
    if namespace != home and not world.permits(("Gateway", home), target):
        return "RefNotPermitted", (
            f"Certificate ref to secret {namespace}/{name} not permitted by any ReferenceGrant."
        )
    secret = world.find("Secret", name, namespace)
    if secret is None:
        return "InvalidCertificateRef", f"Secret {namespace}/{name} does not exist."
    if text(secret, "type") != TLS:
        return "InvalidCertificateRef", f"Secret {namespace}/{name} must be of type {TLS}."
    return None
