"""What a Service asks of the AWS Load Balancer Controller. Pure.

Owns reading the Service's annotations and its pods' addresses. An annotation of the controller's
that is not played is refused: the real one drops a misspelt one without a word.
Source: kubernetes-sigs/aws-load-balancer-controller, tag v3.5.0, pkg/service and
docs/guide/service/annotations.md, read 2026-11-27: names and defaults are those.
"""

from collections.abc import Iterable, Mapping

from infra.rehearsal.controllers.load_balancers.port import BalancerError, Listener, Wanted
from infra.rehearsal.kubernetes.values import at, mapping, mappings, number, text
from infra.wire import Properties

PREFIX = "service.beta.kubernetes.io/aws-load-balancer-"
PLAYED = frozenset(
    {
        *("scheme", "nlb-target-type", "attributes", "target-group-attributes"),
        *("healthcheck-healthy-threshold", "healthcheck-unhealthy-threshold"),
    }
)
LISTENER = "listener-attributes.TCP-"
SCHEMES = ("internal", "internet-facing")
CHECKS = "3"
"""In a row, unless the Service says otherwise."""


def wanted(service: Properties, slices: Iterable[Properties]) -> Wanted:
    """Return what a Service asks for.

    Args:
        service: the Service.
        slices: its EndpointSlices.

    Raises:
        BalancerError: it asks for something that is not played, or for nothing that exists.
    """
    said = _annotations(service)
    ports = list(mappings(service, "spec", "ports"))
    listeners = tuple(_listener(port, said) for port in ports)
    return Wanted(
        uid=text(service, "metadata", "uid"),
        namespace=text(service, "metadata", "namespace"),
        name=text(service, "metadata", "name"),
        internal=said.get("scheme", SCHEMES[0]) == SCHEMES[0],
        listeners=listeners,
        targets=frozenset(_addresses(slices)),
        attributes=pairs(said.get("attributes", "")),
        target_attributes=pairs(said.get("target-group-attributes", "")),
        healthy_checks=int(said.get("healthcheck-healthy-threshold", CHECKS)),
        unhealthy_checks=int(said.get("healthcheck-unhealthy-threshold", CHECKS)),
    )


def pairs(words: str) -> dict[str, str]:
    """Return `a=b,c=d` as a map."""
    parted = (word.strip().partition("=") for word in words.split(",") if word.strip())
    return {key: value for key, _equals, value in parted}


def _annotations(service: Properties) -> Mapping[str, str]:
    found = {
        key.removeprefix(PREFIX): str(value)
        for key, value in mapping(service, "metadata", "annotations").items()
        if key.startswith(PREFIX)
    }
    listeners = {f"{LISTENER}{number(port, 'port')}" for port in mappings(service, "spec", "ports")}
    unknown = sorted(found.keys() - PLAYED - listeners)
    if unknown:
        message = f"not simulated: annotation {PREFIX}{unknown[0]}"
        raise BalancerError(message)
    if found.get("nlb-target-type") != "ip":
        message = f"not simulated: {PREFIX}nlb-target-type: {found.get('nlb-target-type')}"
        raise BalancerError(message)
    if found.get("scheme", SCHEMES[0]) not in SCHEMES:
        message = f"unknown scheme: {found['scheme']}"
        raise BalancerError(message)
    return found


def _listener(port: Properties, said: Mapping[str, str]) -> Listener:
    target = at(port, "targetPort")
    if text(port, "protocol") not in ("", "TCP") or not isinstance(target, int):
        message = f"not simulated: port {number(port, 'port')}: TCP to a numbered port is"
        raise BalancerError(message)
    listens = number(port, "port")
    return Listener(listens, target, pairs(said.get(f"{LISTENER}{listens}", "")))


def _addresses(slices: Iterable[Properties]) -> Iterable[str]:
    for one in slices:
        for endpoint in mappings(one, "endpoints"):
            if at(endpoint, "conditions", "ready") is not False:
                found = at(endpoint, "addresses")
                yield from map(str, found if isinstance(found, list) else [])
