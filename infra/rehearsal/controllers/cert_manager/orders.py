"""ACME's Orders and Challenges: records in the cloud's zones, and what comes of them.

Owns the states of both, the finalizer of a Challenge, and trying again. The ACME server looks at
the same record as anybody (`DnsZones.texts`), and signs with an authority of this process.
"""

import datetime as dt
import hashlib
import zlib
from dataclasses import dataclass, field

from infra.rehearsal.controllers.cert_manager import issuers, pki
from infra.rehearsal.controllers.cert_manager.cluster import (
    ACME_VERSION,
    Cluster,
    encoded,
    held_finalizers,
    is_going,
    name_of,
    namespace_of,
    owner,
    timestamp,
)
from infra.rehearsal.controllers.cert_manager.port import DnsError, DnsZones
from infra.rehearsal.controllers.cert_manager.requests import request_of
from infra.rehearsal.kubernetes.values import mapping, mappings, text
from infra.wire import Properties

FINALIZER = "acme.cert-manager.io/finalizer"
LEAST_WAIT, MOST_WAIT = dt.timedelta(seconds=5), dt.timedelta(minutes=30)
"""Between two tries (pkg/controller/util.go, DefaultACMERateLimiter)."""
WILDCARD = "*."
_LABELS = {
    "route53": ("route53", "route53"),
    "cloudDNS": ("google clouddns", "clouddns"),
}
"""What cert-manager calls a provider when its solver cannot be made."""


@dataclass
class Tries:
    """How often each Challenge was refused, and when it is tried again; forgotten at a restart."""

    due: dict[str, tuple[int, dt.datetime]] = field(default_factory=dict)

    def is_due(self, body: Properties, now: dt.datetime) -> bool:
        """Say whether it is time for the next try."""
        found = self.due.get(text(body, "metadata", "uid"))
        return found is None or now >= found[1]

    def refused(self, body: Properties, now: dt.datetime) -> None:
        """Wait twice as long as the last time."""
        uid = text(body, "metadata", "uid")
        count = self.due.get(uid, (0, now))[0]
        self.due[uid] = (count + 1, now + min(LEAST_WAIT * 2**count, MOST_WAIT))

    def served(self, body: Properties) -> None:
        """Begin anew."""
        self.due.pop(text(body, "metadata", "uid"), None)


def reconcile_order(cluster: Cluster, body: Properties) -> None:
    """Take one Order a step further."""
    state = text(body, "status", "state")
    _, issuer = cluster.issuer_of(mapping(body, "spec"), namespace_of(body))
    if issuer is None or state in ("errored", "invalid", "expired"):
        return
    if not state:
        number = zlib.crc32(text(body, "metadata", "uid").encode())
        at = text(issuer, "spec", "acme", "server").rpartition("/")[0]
        url = f"{at}/acme/order/{number}"
        cluster.status(body, state="pending", url=url, finalizeURL=f"{at}/acme/finalize/{number}")
        return
    challenges = cluster.owned("Challenge", body)
    if state == "valid":
        for challenge in challenges:
            if not is_going(challenge):
                cluster.delete(challenge)
        return
    wanted = _challenges(body, issuer)
    if wanted is None:
        why = "no configured challenge solvers can be used for this challenge"
        message = "Failed to determine a valid solver configuration for the set of domains on "
        cluster.event(body, "Warning", "Solver", f"{message}the Order: {why}")
        return
    held = {name_of(one): text(one, "status", "state") for one in challenges}
    for challenge in wanted:
        if name_of(challenge) not in held and cluster.create(challenge) is not None:
            host = text(challenge, "spec", "dnsName")
            message = f'Created Challenge resource "{name_of(challenge)}" for domain "{host}"'
            cluster.event(body, "Normal", "Created", message)
    if all(held.get(name_of(one)) == "valid" for one in wanted):
        _complete(cluster, body, text(issuer, "spec", "acme", "server"))


def _complete(cluster: Cluster, body: Properties, server: str) -> None:
    terms = pki.Terms(
        start=cluster.now,
        lifetime=issuers.ACME_LIFETIME,
        usages=(*pki.DEFAULT_USAGES, "server auth"),
    )
    chain = pki.sign(request_of(body), terms, issuers.lets_encrypt(server))
    cluster.status(body, state="valid", certificate=encoded(chain))
    cluster.event(body, "Normal", "Complete", "Order completed successfully")


def _challenges(body: Properties, issuer: Properties) -> list[Properties] | None:
    """Return a Challenge for each host of an Order; None: no solver is for one of them."""
    made: list[Properties] = []
    names = mapping(body, "spec").get("dnsNames")
    for name in sorted({str(item) for item in names} if isinstance(names, list) else ()):
        host = name.removeprefix(WILDCARD)
        solver = solver_for(host, issuer)
        if solver is None:
            return None
        made.append(_challenge(body, host, solver, is_wildcard=host != name))
    return made


def solver_for(host: str, issuer: Properties) -> Properties | None:
    """Return the solver whose zone is the longest that a host is in; one without zones is last."""
    best: tuple[int, Properties] | None = None
    for solver in mappings(issuer, "spec", "acme", "solvers"):
        zones = mapping(solver, "selector").get("dnsZones")
        lengths = [
            len(zone)
            for zone in (zones if isinstance(zones, list) else [""])
            if isinstance(zone, str) and (not zone or f".{host}".endswith(f".{zone}"))
        ]
        if lengths and (best is None or max(lengths) > best[0]):
            best = (max(lengths), solver)
    return best[1] if best else None


def _challenge(body: Properties, host: str, solver: Properties, *, is_wildcard: bool) -> Properties:
    said = f"{text(body, 'metadata', 'uid')} {host} {is_wildcard}"
    digest, token = zlib.crc32(said.encode()), hashlib.sha256(said.encode()).hexdigest()
    url = f"{text(body, 'status', 'url')}/{digest}"
    others: Properties = {"wildcard": True} if is_wildcard else {}
    return {
        "apiVersion": ACME_VERSION,
        "kind": "Challenge",
        "metadata": {
            "name": f"{name_of(body)}-{digest}",
            "namespace": namespace_of(body),
            "ownerReferences": [owner(body)],
            "finalizers": [FINALIZER],
        },
        "spec": {
            "authorizationURL": url,
            "dnsName": host,
            "issuerRef": mapping(body, "spec", "issuerRef"),
            "key": hashlib.sha256(token.encode()).hexdigest(),
            "solver": solver,
            "token": token,
            "type": "DNS-01",
            "url": url,
            **others,
        },
    }


def reconcile_challenge(cluster: Cluster, body: Properties, zones: DnsZones, tries: Tries) -> None:
    """Take one Challenge a step further."""
    state = text(body, "status", "state")
    if not tries.is_due(body, cluster.now):
        return
    if is_going(body) or state == "valid":
        if FINALIZER in held_finalizers(body):
            _clean_up(cluster, body, zones, tries)
        return
    if not state:
        cluster.status(body, state="pending", processing=True)
        cluster.event(body, "Normal", "Started", "Challenge scheduled for processing")
        return
    if not mapping(body, "status").get("presented"):
        _present(cluster, body, zones, tries)
        return
    host, key = text(body, "spec", "dnsName"), text(body, "spec", "key")
    if key not in zones.texts(_record(host)):
        why = f'DNS record for "{host}" not yet propagated'
        cluster.status(body, reason=f"Waiting for DNS-01 challenge propagation: {why}")
        return
    cluster.status(body, state="valid", reason="Successfully authorized domain")
    message = f'Domain "{host}" verified with "DNS-01" validation'
    cluster.event(body, "Normal", "DomainVerified", message)


def _present(cluster: Cluster, body: Properties, zones: DnsZones, tries: Tries) -> None:
    try:
        settings = _settings(cluster, body, zones)
        host, key = text(body, "spec", "dnsName"), text(body, "spec", "key")
        zones.present(cluster.seat.caller, settings, _record(host), key)
    except DnsError as error:
        cluster.event(body, "Warning", "PresentError", f"Error presenting challenge: {error}")
        cluster.status(body, reason=error.stable)
        tries.refused(body, cluster.now)
        return
    tries.served(body)
    cluster.status(body, presented=True, presentedAt=timestamp(cluster.now))
    message = "Presented challenge using DNS-01 challenge mechanism"
    cluster.event(body, "Normal", "Presented", message)


def _clean_up(cluster: Cluster, body: Properties, zones: DnsZones, tries: Tries) -> None:
    """A Challenge is not gone before its record is, whoever deletes it."""
    try:
        if mapping(body, "status").get("presented"):
            settings = _settings(cluster, body, zones)
            host, key = text(body, "spec", "dnsName"), text(body, "spec", "key")
            zones.clean_up(cluster.seat.caller, settings, _record(host), key)
    except DnsError as error:
        message = "Error cleaning up challenge: "
        cluster.event(body, "Warning", "CleanUpError", f"{message}{error}")
        cluster.status(body, reason=f"{message}{error.stable}")
        tries.refused(body, cluster.now)
        return
    tries.served(body)
    kept = [item for item in held_finalizers(body) if item != FINALIZER]
    cluster.finalizers(body, kept)


def _settings(cluster: Cluster, body: Properties, zones: DnsZones) -> Properties:
    """Return the solver's settings for this cloud; only ClusterIssuers use the pods' identity."""
    dns = mapping(body, "spec", "solver", "dns01")
    if zones.provider not in dns:
        message = f"not simulated: DNS of another cloud, {', '.join(sorted(dns))}"
        raise DnsError(message)
    kind, _ = cluster.issuer_of(mapping(body, "spec"), namespace_of(body))
    if kind != "ClusterIssuer":
        title, name = _LABELS[zones.provider]
        message = (
            f"error instantiating {title} challenge solver: unable to construct {name} provider: "
            "empty credentials; perhaps you meant to enable ambient credentials?"
        )
        raise DnsError(message)
    return mapping(dns, zones.provider)


def _record(host: str) -> str:
    return f"_acme-challenge.{host}"
