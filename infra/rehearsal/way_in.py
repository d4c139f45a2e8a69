"""The gateway of a cluster as its controller describes it: where it is, and what it refuses.

Owns reading the conditions of gateways, routes and policies. Does not own what is done about it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from components.kubernetes.gateway_names import (
    AI_API,
    COMPONENT,
    ENVOY_API,
    GATEWAY_API,
    NAMESPACE,
    PROXY,
)
from components.serving.shared_route_objects import MODEL_HEADER
from infra.rehearsal.kubernetes.client import ApiClient

KINDS = {
    "GatewayClass": GATEWAY_API,
    "Gateway": GATEWAY_API,
    "HTTPRoute": GATEWAY_API,
    "ClientTrafficPolicy": ENVOY_API,
    "BackendTrafficPolicy": ENVOY_API,
    "SecurityPolicy": ENVOY_API,
    "Backend": ENVOY_API,
    "AIServiceBackend": AI_API,
    "AIGatewayRoute": AI_API,
}
PLACES = ("listeners", "parents", "ancestors")
"""Where an object's status has conditions besides its own."""


FILTER = "ai-gateway-extproc"
"""Container beside each proxy, without which nobody reads a request to the shared host."""
_PROXIES = f"{COMPONENT}={PROXY}"


@dataclass(frozen=True)
class SharedHost:
    """A host that finds a model by its name."""

    host: str
    models: tuple[str, ...]
    """Names that it finds."""
    proxies: int
    """Those of the gateway."""
    with_filter: int
    """Those that read a request's model and count its tokens."""

    @property
    def text(self) -> str:
        """Return it in a line."""
        return (
            f"https://{self.host} finds {', '.join(self.models)}; "
            f"{self.with_filter} of {self.proxies} proxies have the filter"
        )


@dataclass(frozen=True)
class WayIn:
    """A gateway that is there."""

    address: str | None
    """Of its load balancer; None before it has one."""
    hosts: tuple[str, ...]
    """Under which models answer."""
    refused: tuple[str, ...]
    """What the controller does not take, in its words; empty when all is well."""
    shared: SharedHost | None = None
    """The host that is the same for all models; None where there is none."""

    @property
    def text(self) -> str:
        """Return it in a line."""
        first = f"https://{self.hosts[0]}" if self.hosts else "no host yet"
        more = f" and {len(self.hosts) - 1} more" if len(self.hosts) > 1 else ""
        return f"{first}{more} at {self.address or 'no address'}"


def way_in(api: ApiClient) -> WayIn | None:
    """Return the gateway, or None where a cluster has none.

    Raises:
        ApiError: The API server cannot be reached or refuses.
    """
    gateways = api.list_served(KINDS["Gateway"], "Gateway")
    if not gateways:
        return None
    found = {
        kind: gateways if kind == "Gateway" else api.list_served(version, kind)
        for kind, version in KINDS.items()
    }
    addresses = [
        str(one["value"]) for gateway in gateways for one in _status(gateway).get("addresses") or []
    ]
    hosts = {host for route in found["HTTPRoute"] for host in route["spec"].get("hostnames") or []}
    refused = [text for kind, items in found.items() for one in items for text in _says(kind, one)]
    refused += [] if addresses else _why_no_address(api)
    shared = _shared_host(api, found["AIGatewayRoute"]) if found["AIGatewayRoute"] else None
    if shared and shared.with_filter < shared.proxies:
        refused.append(f"shared host: {shared.text}")
    address = addresses[0] if addresses else None
    return WayIn(address, tuple(sorted(hosts)), tuple(refused), shared)


def _shared_host(api: ApiClient, routes: Sequence[Mapping]) -> SharedHost:
    specs = [route["spec"] for route in routes]
    names = {
        header["value"]
        for spec in specs
        for rule in spec["rules"]
        for match in rule["matches"]
        for header in match["headers"]
        if header["name"] == MODEL_HEADER
    }
    pods = api.list_objects("v1", "Pod", NAMESPACE, labelSelector=_PROXIES)
    beside = [one["spec"].get("initContainers") or [] for one in pods]
    return SharedHost(
        host=str(specs[0]["hostnames"][0]),
        models=tuple(sorted(names)),
        proxies=len(pods),
        with_filter=sum(any(one["name"] == FILTER for one in inits) for inits in beside),
    )


def _why_no_address(api: ApiClient) -> list[str]:
    """Return what controllers said against Services: a load balancer may have been refused."""
    about = "type=Warning,involvedObject.kind=Service"
    said = api.list_served("v1", "Event", fieldSelector=about)
    lines = (f"Service {one['involvedObject']['name']}: {one['message']}" for one in said)
    return [*dict.fromkeys(lines)]


def _status(body: Mapping) -> Mapping:
    return body.get("status") or {}


def _says(kind: str, body: Mapping) -> Iterator[str]:
    status = _status(body)
    holders = [status, *(one for place in PLACES for one in status.get(place) or [])]
    conditions = [one for holder in holders for one in holder.get("conditions") or []]
    name = f"{kind} {body['metadata']['name']}"
    if not conditions:
        yield f"{name}: its controller said nothing of it"
    for one in conditions:
        if one["status"] != "True":
            yield f"{name}: {one['type']} {one['status']}, {one['reason']}: {one['message']}"
