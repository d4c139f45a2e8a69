"""Who reaches what: network policies judged as a cluster's network judges them.

Owns the judgement of a connection between two places. A pod's address counts as one of the ranges
that a policy names: the VPC CNI of EKS sees it so, Dataplane V2 of GKE does not, so an answer here
is never narrower than a cluster's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network

from infra.rehearsal.charts.objects import part
from infra.wire import Properties
from tests.support.manifests import Manifest, maps, texts


@dataclass(frozen=True)
class Place:
    """A pod, or an address outside of the cluster, which has no namespace."""

    address: str
    namespace: str = ""
    namespace_labels: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    ports: Mapping[str, int] = field(default_factory=dict)
    """Name of a port of its containers to the number."""


def reaches(policies: Sequence[Manifest], source: Place, target: Place, port: int) -> bool:
    """Say whether a TCP connection is let out where it begins and in where it ends."""
    out = _lets(policies, source, "egress", target, port, named=target.ports)
    return out and _lets(policies, target, "ingress", source, port, named=target.ports)


def _lets(  # noqa: PLR0913 - the two ends of a connection, and the way in between
    policies: Sequence[Manifest],
    here: Place,
    way: str,
    there: Place,
    port: int,
    *,
    named: Mapping[str, int],
) -> bool:
    if not here.namespace:
        return True
    specs = [
        part(policy.body, "spec")
        for policy in policies
        if policy.namespace == here.namespace
        and _selects(part(policy.body, "spec", "podSelector"), here.labels)
        and way.capitalize() in texts(part(policy.body, "spec").get("policyTypes"))
    ]
    if not specs:
        return True
    peers = "to" if way == "egress" else "from"
    return any(
        _has_port(rule, port, named) and _has_peer(rule, peers, there, here.namespace)
        for spec in specs
        for rule in maps(spec.get(way))
    )


def _has_port(rule: Properties, port: int, named: Mapping[str, int]) -> bool:
    if "ports" not in rule:
        return True
    for one in maps(rule["ports"]):
        if one.get("protocol", "TCP") != "TCP":
            continue
        said = one.get("port")
        first = named.get(said) if isinstance(said, str) else said
        last = one.get("endPort", first)
        if said is None or (first is not None and int(str(first)) <= port <= int(str(last))):
            return True
    return False


def _has_peer(rule: Properties, key: str, there: Place, home: str) -> bool:
    return key not in rule or any(_is_peer(peer, there, home) for peer in maps(rule[key]))


def _is_peer(peer: Properties, there: Place, home: str) -> bool:
    if "ipBlock" in peer:
        block = part(peer, "ipBlock")
        address = ip_address(there.address)
        inside = address in ip_network(str(block["cidr"]))
        return inside and not any(address in ip_network(one) for one in texts(block.get("except")))
    if not there.namespace:
        return False
    if "namespaceSelector" in peer:
        if not _selects(part(peer, "namespaceSelector"), there.namespace_labels):
            return False
    elif there.namespace != home:
        return False
    return _selects(part(peer, "podSelector"), there.labels)


def _selects(selector: Properties, labels: Mapping[str, str]) -> bool:
    wanted = part(selector, "matchLabels")
    return all(labels.get(key) == value for key, value in wanted.items()) and all(
        _fits(one, labels) for one in maps(selector.get("matchExpressions"))
    )


def _fits(expression: Properties, labels: Mapping[str, str]) -> bool:
    key, values = str(expression["key"]), texts(expression.get("values"))
    fits = {
        "In": labels.get(key) in values,
        "NotIn": labels.get(key) not in values,
        "Exists": key in labels,
        "DoesNotExist": key not in labels,
    }
    return fits[str(expression["operator"])]
