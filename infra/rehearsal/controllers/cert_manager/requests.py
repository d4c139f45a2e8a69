"""CertificateRequests: approved, then signed by an issuer in the cluster or ordered from ACME."""

import zlib

from infra.rehearsal.controllers.cert_manager import issuers, pki
from infra.rehearsal.controllers.cert_manager.cluster import (
    ACME_VERSION,
    Cluster,
    conditions,
    data_of,
    encoded,
    name_of,
    namespace_of,
    owner,
    said,
    timestamp,
)
from infra.rehearsal.controllers.cert_manager.durations import duration
from infra.rehearsal.kubernetes.values import annotation, at, condition, is_true, mapping, text
from infra.wire import Properties

PRIVATE_KEY = "cert-manager.io/private-key-secret-name"
APPROVED = "Certificate request has been approved by cert-manager.io"
ISSUED = "Certificate fetched from issuer successfully"
PENDING, FAILED = "Pending", "Failed"


def reconcile(cluster: Cluster, body: Properties) -> None:
    """Take one request a step further."""
    if not is_true(body, "Approved"):
        _set(cluster, body, said("Approved", "True", "cert-manager.io", APPROVED))
        cluster.event(body, "Normal", "cert-manager.io", APPROVED)
        return
    if text(condition(body, "Ready"), "reason") in ("Issued", FAILED):
        return
    spec = mapping(body, "spec")
    kind, issuer = cluster.issuer_of(spec, namespace_of(body))
    if issuer is None:
        missing = f'{kind.lower()}.cert-manager.io "{text(spec, "issuerRef", "name")}" not found'
        _pend(cluster, body, "IssuerNotFound", f'Referenced "{kind}" not found: {missing}')
    elif not issuers.is_ready(issuer):
        message = "Referenced issuer does not have a Ready status condition"
        _pend(cluster, body, "IssuerNotReady", message)
    elif "acme" in mapping(issuer, "spec"):
        _order(cluster, body)
    else:
        _sign(cluster, body, issuer)


def _sign(cluster: Cluster, body: Properties, issuer: Properties) -> None:
    wanted = request_of(body)
    if "ca" in mapping(issuer, "spec"):
        found = issuers.authority_of(cluster, issuer)
        if found is None:
            name = f"{cluster.home_of(issuer)}/{text(issuer, 'spec', 'ca', 'secretName')}"
            _pend(cluster, body, "SecretMissing", f"Referenced secret {name} not found")
            return
        roots = pki.sign(wanted, _terms(cluster, body), found), found.chain
        _issue(cluster, body, *roots)
        return
    name = annotation(body, PRIVATE_KEY)
    secret = cluster.find("Secret", name, namespace_of(body))
    key = pki.read_key(data_of(secret, "tls.key"))
    if key is None:
        message = f"Referenced secret {namespace_of(body)}/{name} not found"
        _pend(cluster, body, "MissingSecret", message)
        return
    made = pki.sign(wanted, _terms(cluster, body), key)
    _issue(cluster, body, made, made)


def request_of(body: Properties) -> bytes:
    """Return the signing request that a CertificateRequest or an Order carries, in PEM."""
    return data_of({"data": {"request": text(body, "spec", "request")}}, "request")


def _terms(cluster: Cluster, body: Properties) -> pki.Terms:
    spec = mapping(body, "spec")
    usages = at(spec, "usages")
    said = [item for item in usages if isinstance(item, str)] if isinstance(usages, list) else []
    return pki.Terms(
        start=cluster.now,
        lifetime=duration(text(spec, "duration")),
        is_ca=spec.get("isCA") is True,
        usages=said or pki.DEFAULT_USAGES,
    )


def _order(cluster: Cluster, body: Properties) -> None:
    wanted = order_of(body)
    name = f"{namespace_of(body)}/{name_of(wanted)}"
    order = cluster.find("Order", name_of(wanted), namespace_of(body))
    if order is None:
        if cluster.create(wanted) is not None:
            _pend(cluster, body, "OrderCreated", f"Created Order resource {name}")
        return
    state = text(order, "status", "state")
    if state in ("errored", "invalid", "expired"):
        why = f'order is in "{state}" state: {text(order, "status", "reason")}'
        message = f'Failed to wait for order resource "{name_of(order)}" to become ready: {why}'
        _set(cluster, body, said("Ready", "False", FAILED, message))
        cluster.status(body, failureTime=timestamp(cluster.now))
        cluster.event(body, "Warning", "OrderFailed", message)
        return
    chain = data_of({"data": mapping(order, "status")}, "certificate")
    if state != "valid" or not chain:
        message = f'Waiting on certificate issuance from order {name}: "{state}"'
        _pend(cluster, body, "OrderPending", message)
        return
    _issue(cluster, body, chain, b"")


def order_of(body: Properties) -> Properties:
    """Return the Order for a request: one name for one set of hosts."""
    names = pki.names_of(request_of(body))
    digest = zlib.crc32(repr((sorted(names), mapping(body, "spec", "issuerRef"))).encode())
    return {
        "apiVersion": ACME_VERSION,
        "kind": "Order",
        "metadata": {
            "name": f"{name_of(body)}-{digest}",
            "namespace": namespace_of(body),
            "annotations": mapping(body, "metadata", "annotations"),
            "ownerReferences": [owner(body)],
        },
        "spec": {
            "request": text(body, "spec", "request"),
            "issuerRef": mapping(body, "spec", "issuerRef"),
            "dnsNames": [*names],
        },
    }


def _issue(cluster: Cluster, body: Properties, chain: bytes, roots: bytes) -> None:
    """ACME tells nobody its root, so that a Secret of it has no `ca.crt`."""
    cluster.status(body, certificate=encoded(chain), **({"ca": encoded(roots)} if roots else {}))
    _set(cluster, body, said("Ready", "True", "Issued", ISSUED))
    cluster.event(body, "Normal", "CertificateIssued", ISSUED)


def _pend(cluster: Cluster, body: Properties, reason: str, message: str) -> None:
    """Only the first is an event: they would be many."""
    if text(condition(body, "Ready"), "reason") != PENDING:
        cluster.event(body, "Normal", reason, message)
    _set(cluster, body, said("Ready", "False", PENDING, message))


def _set(cluster: Cluster, body: Properties, wanted: Properties) -> None:
    cluster.status(body, conditions=conditions(body, cluster.now, wanted, counted=False))
