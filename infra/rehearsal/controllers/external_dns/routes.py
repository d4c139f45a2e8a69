"""Which hosts routes ask for, and where they should point. Pure.

Not played: listeners of another protocol, a port of a parent, ListenerSets, templates, annotations
of routes and gateways (none of ours has one).
"""

import ipaddress
from collections.abc import Iterator, Sequence

from infra.rehearsal.controllers.external_dns.flags import Flags
from infra.rehearsal.controllers.external_dns.port import CNAME, A, Record
from infra.rehearsal.controllers.listeners import lets_in, meeting
from infra.rehearsal.kubernetes.values import condition, mapping, mappings, text
from infra.wire import Properties

GROUP = "gateway.networking.k8s.io"
RESOURCE = "resource"
"""Label of a record: the route that it is for."""


def hosts(
    flags: Flags,
    routes: Sequence[Properties],
    gateways: Sequence[Properties],
    namespaces: Sequence[Properties],
) -> list[Record]:
    """Return a record for each host of a route that a gateway has accepted, by their names."""
    found: dict[str, Record] = {}
    for route in sorted(routes, key=_key):
        if flags.namespace not in ("", _namespace(route)):
            continue
        resource = f"httproute/{_namespace(route)}/{_name(route)}"
        for host, targets in _pointed(flags, route, gateways, namespaces):
            # One of several routes has the host; a route that has it already keeps it.
            found.setdefault(host, _record(host, targets, resource))
    return [found[host] for host in sorted(found)]


def _record(host: str, targets: tuple[str, ...], resource: str) -> Record:
    return Record(
        host, A if _is_address(targets[0]) else CNAME, targets, labels={RESOURCE: resource}
    )


def _pointed(
    flags: Flags,
    route: Properties,
    gateways: Sequence[Properties],
    namespaces: Sequence[Properties],
) -> Iterator[tuple[str, tuple[str, ...]]]:
    names = mapping(route, "spec").get("hostnames")
    home = next((one for one in namespaces if _name(one) == _namespace(route)), None)
    asked = [str(item) for item in names] if isinstance(names, list) and names else [""]
    for parent in mappings(route, "status", "parents"):
        gateway = _gateway(flags, route, mapping(parent, "parentRef"), gateways)
        if gateway is None or condition(parent_status(parent), "Accepted").get("status") != "True":
            continue
        targets = tuple(text(one, "value") for one in mappings(gateway, "status", "addresses"))
        section = text(parent, "parentRef", "sectionName")
        for listener in mappings(gateway, "spec", "listeners"):
            if section not in ("", text(listener, "name")):
                continue
            if targets and lets_in(listener, gateway, route, home):
                for host in asked:
                    met = meeting(text(listener, "hostname"), host)
                    if met:
                        yield met, targets


def parent_status(parent: Properties) -> Properties:
    """Return what a controller says of a route as the status of an object."""
    return {"status": {"conditions": parent.get("conditions")}}


def _gateway(
    flags: Flags, route: Properties, reference: Properties, gateways: Sequence[Properties]
) -> Properties | None:
    kind = (text(reference, "group") or GROUP, text(reference, "kind") or "Gateway")
    wanted = (text(reference, "namespace") or _namespace(route), text(reference, "name"))
    for gateway in gateways:
        if (
            kind == (GROUP, "Gateway")
            and _key(gateway) == wanted
            and flags.gateway_namespace in ("", _namespace(gateway))
            and flags.gateway in ("", _name(gateway))
        ):
            return gateway
    return None


def _is_address(target: str) -> bool:
    try:
        return ipaddress.ip_address(target).version == 4  # noqa: PLR2004 - of the protocol
    except ValueError:
        return False


def _name(body: Properties) -> str:
    return text(body, "metadata", "name")


def _namespace(body: Properties) -> str:
    return text(body, "metadata", "namespace")


def _key(body: Properties) -> tuple[str, str]:
    return _namespace(body), _name(body)
