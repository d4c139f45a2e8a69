"""Certificates: whether the Secret is as it should be, and making it so.

Owns the conditions Ready and Issuing, the key of the next issuance, its CertificateRequest, and the
Secret that comes of it. Does not own signing (`requests`).
"""

import datetime as dt
from collections.abc import Iterator

from cryptography import x509

from infra.rehearsal.controllers.cert_manager import pki
from infra.rehearsal.controllers.cert_manager.cluster import (
    API_VERSION,
    FIELD_MANAGER,
    GROUP,
    Cluster,
    conditions,
    data_of,
    encoded,
    is_going,
    name_of,
    namespace_of,
    owner,
    said,
    timestamp,
    without_condition,
)
from infra.rehearsal.controllers.cert_manager.durations import duration
from infra.rehearsal.controllers.cert_manager.requests import FAILED, PRIVATE_KEY
from infra.rehearsal.kubernetes.values import annotation, condition, is_true, mapping, number, text
from infra.wire import Properties, Value

NAME = "cert-manager.io/certificate-name"
REVISION = "cert-manager.io/certificate-revision"
NEXT_KEY = "cert-manager.io/next-private-key"
MANAGED = "controller.cert-manager.io/fao"
READY = "Certificate is up to date and has not expired"
NOT_A_PAIR = (
    "Issuing certificate as Secret contains a private key that does not match the certificate"
)
CONFLICT = (
    "If this message is not transient, you might have two conflicting Certificates pointing to the "
    "same secret."
)
LEAST_BACKOFF, MOST_BACKOFF = dt.timedelta(hours=1), dt.timedelta(hours=32)
DEFAULT_HISTORY = 1
_Violation = tuple[str, str]


def reconcile(cluster: Cluster, body: Properties) -> None:
    """Take one Certificate a step further."""
    if is_going(body):
        return
    _tell_readiness(cluster, body)
    if is_true(body, "Issuing"):
        _issue(cluster, body)
        return
    violation = next(_violations(cluster, body, renewing=True), None)
    if violation and not _backs_off(cluster, body):
        reason, message = violation
        _set(cluster, body, said("Issuing", "True", reason, message))
        cluster.event(body, "Normal", "Issuing", message)


def renewal_of(body: Properties, found: x509.Certificate) -> dt.datetime:
    """Return when a certificate is renewed: `renewBefore` its end, else at 2/3 of its life."""
    start, end = found.not_valid_before_utc, found.not_valid_after_utc
    said = text(body, "spec", "renewBefore")
    before = duration(said) if said else dt.timedelta()
    usual = (end - start) / 3
    left = before if dt.timedelta() < before < end - start else usual
    return (end - left).replace(microsecond=0)


def _tell_readiness(cluster: Cluster, body: Properties) -> None:
    violation = next(_violations(cluster, body, renewing=False), None)
    reason, message = violation or ("Ready", READY)
    secret = cluster.find("Secret", text(body, "spec", "secretName"), namespace_of(body))
    found = pki.read_certificate(data_of(secret, "tls.crt"))
    times: dict[str, Value] = dict.fromkeys(("notBefore", "notAfter", "renewalTime"))
    if found is not None:
        times = {
            "notBefore": timestamp(found.not_valid_before_utc),
            "notAfter": timestamp(found.not_valid_after_utc),
            "renewalTime": timestamp(renewal_of(body, found)),
        }
    cluster.status(body, **times)
    _set(cluster, body, said("Ready", "False" if violation else "True", reason, message))


def _violations(cluster: Cluster, body: Properties, *, renewing: bool) -> Iterator[_Violation]:
    """Yield what is wrong with the Secret, in the order in which it is looked at."""
    secret = cluster.find("Secret", text(body, "spec", "secretName"), namespace_of(body))
    if secret is None:
        yield "DoesNotExist", "Issuing certificate as Secret does not exist"
        return
    key_text, chain = data_of(secret, "tls.key"), data_of(secret, "tls.crt")
    for value, what in ((key_text, "private key"), (chain, "certificate")):
        if not value:
            yield "MissingData", f"Issuing certificate as Secret does not contain a {what}"
            return
    key, found = pki.read_key(key_text), pki.read_certificate(chain)
    if key is None:
        yield "InvalidKeyPair", "Issuing certificate as Secret contains invalid private key data"
        return
    if found is None:
        yield "InvalidCertificate", "Issuing certificate as Secret contains an invalid certificate"
        return
    if not pki.is_key_of(key, found):
        yield "InvalidKeyPair", NOT_A_PAIR
    yield from _differences(body, secret, key, found)
    if renewing and cluster.now >= renewal_of(body, found):
        planned = renewal_of(body, found).strftime("%Y-%m-%d %H:%M:%S +0000 UTC")
        yield "Renewing", f"Renewing certificate as renewal was scheduled at {planned}"
    if not renewing and cluster.now > found.not_valid_after_utc:
        ended = found.not_valid_after_utc.strftime("%a, %d %b %Y %H:%M:%S UTC")
        yield "Expired", f"Certificate expired on {ended}"


def _differences(
    body: Properties, secret: Properties, key: pki.PrivateKey, found: x509.Certificate
) -> Iterator[_Violation]:
    """Yield where the Secret is another than the spec wants."""
    spec = mapping(body, "spec")
    wanted = _issuer_marks(spec)
    if {name: annotation(secret, name) for name in wanted} != wanted:
        kind, name, group = (annotation(secret, key) for key in wanted)
        by = f"{kind or 'Issuer'}.{group or GROUP}/{name}"
        yield "IncorrectIssuer", f'Issuing certificate as Secret was previously issued by "{by}"'
    if annotation(secret, NAME) not in ("", name_of(body)):
        other = f'Secret was issued for "{annotation(secret, NAME)}". {CONFLICT}'
        yield "IncorrectCertificate", other
    if not pki.key_fits(key, mapping(spec, "privateKey")):
        yield (
            "SecretMismatch",
            "Existing private key is not up to date for spec: [spec.privateKey]",
        )
    names = spec.get("dnsNames")
    asked = {name for name in names if isinstance(name, str)} if isinstance(names, list) else set()
    changed = [
        field
        for field, same in (
            ("spec.commonName", pki.common_name_in(found) == text(spec, "commonName")),
            ("spec.dnsNames", {*pki.names_in(found)} == asked),
        )
        if not same
    ]
    if changed:
        yield (
            "RequestChanged",
            f"Fields on existing CertificateRequest resource not up to date: [{' '.join(changed)}]",
        )


def _backs_off(cluster: Cluster, body: Properties) -> bool:
    """After a failure it waits an hour, then two, then four, unless the spec has changed."""
    failed = text(body, "status", "lastFailureTime")
    if not failed:
        return False
    observed = condition(body, "Issuing").get("observedGeneration")
    if observed != mapping(body, "metadata").get("generation"):
        return False
    attempts = number(body, "status", "failedIssuanceAttempts", default=1)
    delay = min(LEAST_BACKOFF * 2 ** (max(attempts, 1) - 1), MOST_BACKOFF)
    return cluster.now < dt.datetime.fromisoformat(failed) + delay


def _issue(cluster: Cluster, body: Properties) -> None:
    key_secret = _next_key(cluster, body)
    if key_secret is None:
        return
    revision = number(body, "status", "revision") + 1
    found = [
        one
        for one in cluster.owned("CertificateRequest", body)
        if annotation(one, REVISION) == str(revision)
    ]
    key = pki.read_key(data_of(key_secret, "tls.key"))
    if key is None:
        cluster.delete(key_secret)
        return
    if not found:
        cluster.create(_request(body, revision, name_of(key_secret), key))
        return
    (request,) = found[:1]
    ready = condition(request, "Ready")
    since = text(condition(body, "Issuing"), "lastTransitionTime")
    if text(ready, "reason") == FAILED:
        if text(request, "status", "failureTime") < since:  # of an earlier try
            cluster.delete(request)
            return
        _fail(cluster, body, FAILED, text(ready, "message"))
    elif text(ready, "reason") == "Issued":
        _write_secret(cluster, body, request, key_secret)
        cluster.delete(key_secret)
        _finish(cluster, body, revision)


def _next_key(cluster: Cluster, body: Properties) -> Properties | None:
    """Return the Secret with the key of the next issuance; None: it was made just now."""
    name = text(body, "status", "nextPrivateKeySecretName")
    found = cluster.find("Secret", name, namespace_of(body)) if name else None
    if found is not None:
        return found
    wanted = mapping(body, "spec", "privateKey")
    key = _kept_key(cluster, body, wanted) or pki.new_key(wanted)
    made = cluster.create(
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "type": "Opaque",
            "metadata": {
                "generateName": f"{name_of(body)}-",
                "namespace": namespace_of(body),
                "labels": {NEXT_KEY: "true", MANAGED: "true"},
                "ownerReferences": [owner(body)],
            },
            "data": {"tls.key": encoded(pki.key_pem(key, text(wanted, "encoding")))},
        }
    )
    if made is not None:
        cluster.status(body, nextPrivateKeySecretName=text(made, "metadata", "name"))
    return None


def _kept_key(cluster: Cluster, body: Properties, wanted: Properties) -> pki.PrivateKey | None:
    """Return the present key where the spec wants it kept; a new one each time is the default."""
    if text(wanted, "rotationPolicy") != "Never":
        return None
    secret = cluster.find("Secret", text(body, "spec", "secretName"), namespace_of(body))
    return pki.read_key(data_of(secret, "tls.key"))


def _request(body: Properties, revision: int, key_secret: str, key: pki.PrivateKey) -> Properties:
    spec = mapping(body, "spec")
    said = {name: spec[name] for name in ("duration", "isCA", "usages") if name in spec}
    return {
        "apiVersion": API_VERSION,
        "kind": "CertificateRequest",
        "metadata": {
            "name": f"{name_of(body)}-{revision}",
            "namespace": namespace_of(body),
            "annotations": {
                REVISION: str(revision),
                PRIVATE_KEY: key_secret,
                NAME: name_of(body),
            },
            "labels": mapping(body, "metadata", "labels"),
            "ownerReferences": [owner(body)],
        },
        "spec": {
            **said,
            "issuerRef": mapping(spec, "issuerRef"),
            "request": encoded(pki.request(key, spec)),
        },
    }


def _fail(cluster: Cluster, body: Properties, reason: str, why: str) -> None:
    message = f"The certificate request has failed to complete and will be retried: {why}"
    attempts = number(body, "status", "failedIssuanceAttempts") + 1
    cluster.status(body, lastFailureTime=timestamp(cluster.now), failedIssuanceAttempts=attempts)
    _set(cluster, body, said("Issuing", "False", reason, message))
    cluster.event(body, "Warning", reason, message)


def _write_secret(
    cluster: Cluster, body: Properties, request: Properties, key_secret: Properties
) -> None:
    spec, template = mapping(body, "spec"), mapping(body, "spec", "secretTemplate")
    name, status = text(spec, "secretName"), mapping(request, "status")
    before = cluster.find("Secret", name, namespace_of(body))
    chain = data_of({"data": status}, "certificate")
    found = x509.load_pem_x509_certificate(chain)
    metadata: Properties = {
        "name": name,
        "namespace": namespace_of(body),
        "labels": {**mapping(template, "labels"), MANAGED: "true"},
        "annotations": {
            **mapping(template, "annotations"),
            "cert-manager.io/alt-names": ",".join(pki.names_in(found)),
            "cert-manager.io/common-name": pki.common_name_in(found),
            "cert-manager.io/ip-sans": "",
            "cert-manager.io/uri-sans": "",
            NAME: name_of(body),
            **_issuer_marks(spec),
        },
    }
    if cluster.seat.owns_secrets:
        metadata["ownerReferences"] = [owner(body)]
    data = {"tls.crt": status.get("certificate"), "tls.key": text(key_secret, "data", "tls.key")}
    if status.get("ca"):
        data["ca.crt"] = status["ca"]
    cluster.api.apply(
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "type": text(before, "type") or "kubernetes.io/tls",
            "metadata": metadata,
            "data": data,
        },
        FIELD_MANAGER,
        force=True,
    )


def _issuer_marks(spec: Properties) -> dict[str, str]:
    reference = mapping(spec, "issuerRef")
    return {
        f"{GROUP}/issuer-kind": text(reference, "kind"),
        f"{GROUP}/issuer-name": text(reference, "name"),
        f"{GROUP}/issuer-group": text(reference, "group"),
    }


def _finish(cluster: Cluster, body: Properties, revision: int) -> None:
    cluster.status(
        body,
        revision=revision,
        nextPrivateKeySecretName=None,
        lastFailureTime=None,
        failedIssuanceAttempts=None,
        conditions=without_condition(body, "Issuing"),
    )
    cluster.event(body, "Normal", "Issuing", "The certificate has been successfully issued")
    kept = number(body, "spec", "revisionHistoryLimit", default=DEFAULT_HISTORY)
    for request in cluster.owned("CertificateRequest", body):
        if int(annotation(request, REVISION) or "0") <= revision - kept:
            cluster.delete(request)


def _set(cluster: Cluster, body: Properties, wanted: Properties) -> None:
    cluster.status(body, conditions=conditions(body, cluster.now, wanted, counted=True))
