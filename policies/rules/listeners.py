"""Listeners and rules of the gateway: certificates that fit the host, and requests that end.

Owns the words of Gateway API and cert-manager that decide so. Whether a route asks who comes is in
`routes`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from policies.judge import items, said
from policies.rule import (
    Family,
    Finding,
    Level,
    ResourceRule,
    StackRule,
    Subject,
    Unjudged,
    Violation,
)
from policies.rules.routes import AI_ROUTE, GATEWAY, ROUTE
from policies.scene import Scene
from policies.values import MISSING, UNKNOWN, Plain, at

CERTIFICATE = "kubernetes:cert-manager.io/v1:Certificate"
_GATEWAYS = re.compile(r"kubernetes:gateway\.networking\.k8s\.io/\w+:Gateway")
_CERTIFICATES = re.compile(r"kubernetes:cert-manager\.io/\w+:Certificate")
_WITH_TLS = ("HTTPS", "TLS")
_NO_TIME = re.compile(r"0+(h|m|s|ms)?")
"""Durations of Gateway API that mean no end (GEP-1742)."""


@dataclass(frozen=True)
class _Secret:
    """Where a certificate is, for who uses it and for who makes it."""

    namespace: Plain
    name: Plain

    def is_unknown(self) -> bool:
        return UNKNOWN in (self.namespace, self.name)


def _ends(subject: Subject, _: Scene) -> Iterator[Finding]:
    for index, rule in enumerate(items(dict(subject.properties), "spec.rules")):
        where = f"spec.rules[{index}].timeouts.request"
        value = at(rule, "timeouts.request")
        if value is UNKNOWN:
            yield Unjudged(where)
        elif not isinstance(value, str) or _NO_TIME.fullmatch(value):
            yield Violation(
                f"`{where}` is {said(value)}: without it Envoy cuts a stream after 15 seconds, and "
                "at 0 a stream that nobody reads holds a server's place for ever. Write the "
                "longest answer that you allow, `900s`."
            )


def _covered(subjects: Sequence[Subject], _: Scene) -> Iterator[Finding]:
    certificates = [one for one in subjects if _CERTIFICATES.fullmatch(one.type)]
    for gateway in subjects:
        if not _GATEWAYS.fullmatch(gateway.type):
            continue
        for index, listener in enumerate(items(dict(gateway.properties), "spec.listeners")):
            if listener is UNKNOWN or at(listener, "protocol") in _WITH_TLS:
                where = f"spec.listeners[{index}]"
                yield from _listener(where, listener, gateway, certificates)


def _listener(
    where: str, listener: Plain, gateway: Subject, certificates: Sequence[Subject]
) -> Iterator[Finding]:
    host = at(listener, "hostname")
    used = [_used(one, gateway) for one in items(listener, "tls.certificateRefs")]
    if host is UNKNOWN or any(one.is_unknown() for one in used):
        yield Unjudged(f"{where}.hostname or its certificate", gateway.urn)
        return
    names: list[Plain] = []
    for secret in used:
        made = [one for one in certificates if _fits(secret, one)]
        if not made:
            yield Unjudged(f"{where}: the certificate {said(secret.name)}", gateway.urn)
            return
        names += [name for one in made for name in items(dict(one.properties), "spec.dnsNames")]
    if any(_covers(name, host) for name in names):
        return
    if UNKNOWN in names:
        yield Unjudged(f"the dnsNames of the certificate of {where}", gateway.urn)
        return
    listed = ", ".join(str(name) for name in names) or "no name"
    yield Violation(
        f"`{where}.hostname` is {said(host)}, and its certificates are for {listed}: every client "
        "would refuse the connection. Add the host to `dnsNames` of the Certificate.",
        gateway.urn,
    )


def _used(reference: Plain, gateway: Subject) -> _Secret:
    namespace = at(reference, "namespace")
    home = gateway.at("metadata.namespace")
    return _Secret(home if namespace is MISSING else namespace, at(reference, "name"))


def _fits(secret: _Secret, certificate: Subject) -> bool:
    made = _Secret(certificate.at("metadata.namespace"), certificate.at("spec.secretName"))
    return made == secret


def _covers(name: Plain, host: Plain) -> bool:
    """Say whether a name of a certificate is good for a host; `*` stands for one label."""
    if not isinstance(name, str) or not isinstance(host, str):
        return False
    return name == host or (name.startswith("*.") and host.partition(".")[2] == name[2:])


RULES = (
    ResourceRule(
        name="routes-end-their-requests",
        family=Family.RELIABILITY,
        level=Level.MANDATORY,
        why="Envoy's default is 15 seconds for a whole answer, which cuts every long stream; "
        "without an end, one that nobody reads holds a place of a server (Envoy documentation, "
        "`RouteAction.timeout`, 2026).",
        types=(ROUTE, AI_ROUTE),
        check=_ends,
    ),
    StackRule(
        name="certificates-cover-their-hosts",
        family=Family.SECURITY,
        level=Level.MANDATORY,
        why="Clients refuse a certificate for another name, and people then switch the check off "
        "(RFC 9525). A certificate that no Certificate of the stack makes cannot be judged.",
        types=(GATEWAY, CERTIFICATE),
        check=_covered,
    ),
)
