"""Issuers: whether one can be used, and who signs for it.

Owns the condition Ready of Issuer and ClusterIssuer, and ACME's account key. Let's Encrypt itself
is played by an authority of this process. Not played: what the real one refuses (a contact or a
host under `example.com`), its limits, other ACME servers.
"""

import datetime as dt
import hashlib
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from infra.rehearsal.controllers.cert_manager import pki
from infra.rehearsal.controllers.cert_manager.cluster import (
    Cluster,
    conditions,
    data_of,
    encoded,
)
from infra.rehearsal.kubernetes.values import is_true, mapping, text
from infra.wire import Properties

SERVERS = {
    "https://acme-v02.api.letsencrypt.org/directory": "(PLAYED) Let's Encrypt",
    "https://acme-staging-v02.api.letsencrypt.org/directory": "(PLAYED, STAGING) Let's Encrypt",
}
"""Directories of Let's Encrypt (letsencrypt.org, "Getting Started" and "Staging Environment")."""
ACME_LIFETIME = dt.timedelta(days=90)
"""Of Let's Encrypt's certificates (as remembered; shorter ones are announced for 2027)."""
_REGISTERED = "The ACME account was registered with the ACME server"
_NOT_REGISTERED = "Failed to register ACME account: "
_NO_PAIR = "Error getting keypair for CA issuer: "
_YEARS = dt.timedelta(days=3650)


def reconcile(cluster: Cluster, issuer: Properties) -> None:
    """Set the condition Ready of one issuer."""
    spec = mapping(issuer, "spec")
    if "ca" in spec:
        reason, message, is_pair = _of_authority(cluster, issuer)
        _set(cluster, issuer, reason, message, is_ready=is_pair)
    elif "acme" in spec:
        _set_account(cluster, issuer)
    else:
        _set(cluster, issuer, "IsReady", "", is_ready=True)


def is_ready(issuer: Properties) -> bool:
    """Say whether an issuer can be used."""
    return is_true(issuer, "Ready")


def authority_of(cluster: Cluster, issuer: Properties) -> pki.Authority | None:
    """Return who signs for an issuer of type `ca`; None: its Secret is missing or no pair."""
    secret = cluster.find(
        "Secret", text(issuer, "spec", "ca", "secretName"), cluster.home_of(issuer)
    )
    chain, key = data_of(secret, "tls.crt"), pki.read_key(data_of(secret, "tls.key"))
    if pki.read_certificate(chain) is None or key is None:
        return None
    return pki.Authority(chain, key)


def _of_authority(cluster: Cluster, issuer: Properties) -> tuple[str, str, bool]:
    name = text(issuer, "spec", "ca", "secretName")
    if cluster.find("Secret", name, cluster.home_of(issuer)) is None:
        return "ErrGetKeyPair", f'{_NO_PAIR}secrets "{name}" not found', False
    found = authority_of(cluster, issuer)
    if found is None:
        return "ErrGetKeyPair", f"{_NO_PAIR}error decoding certificate PEM block", False
    if not pki.is_authority(found.certificate):
        return "ErrInvalidKeyPair", f"{_NO_PAIR}certificate is not a CA", False
    return "KeyPairVerified", "Signing CA verified", True


def _set_account(cluster: Cluster, issuer: Properties) -> None:
    acme = mapping(issuer, "spec", "acme")
    server, name = text(acme, "server"), text(acme, "privateKeySecretRef", "name")
    if server not in SERVERS:
        message = f"{_NOT_REGISTERED}not simulated: an ACME server but Let's Encrypt's, {server}"
        _set(cluster, issuer, "ErrRegisterACMEAccount", message, is_ready=False)
        return
    secret = cluster.find("Secret", name, cluster.home_of(issuer))
    key = data_of(secret, "tls.key")
    if secret is None:
        key = pki.key_pem(pki.new_key({}))
        cluster.create(
            {
                "apiVersion": "v1",
                "kind": "Secret",
                "type": "Opaque",
                "metadata": {
                    "name": name,
                    "namespace": cluster.home_of(issuer),
                    "labels": {"app.kubernetes.io/managed-by": "cert-manager"},
                },
                "data": {"tls.key": encoded(key)},
            }
        )
    digest = hashlib.sha256(key).hexdigest()
    account: Properties = {
        "uri": f"{server.rpartition('/')[0]}/acme/acct/{int(digest[:8], 16)}",
        "lastRegisteredEmail": text(acme, "email"),
        "lastPrivateKeyHash": digest,
    }
    if mapping(issuer, "status", "acme") != account:
        cluster.status(issuer, acme=account)
    _set(cluster, issuer, "ACMEAccountRegistered", _REGISTERED, is_ready=True)


def _set(
    cluster: Cluster, issuer: Properties, reason: str, message: str, *, is_ready: bool
) -> None:
    wanted: Properties = {
        "type": "Ready",
        "status": "True" if is_ready else "False",
        "reason": reason,
        **({"message": message} if message else {}),
    }
    cluster.status(issuer, conditions=conditions(issuer, cluster.now, wanted, counted=True))


@cache
def lets_encrypt(server: str) -> pki.Authority:
    """Return who signs for an ACME server: an intermediate and its key, of this process."""
    who = SERVERS[server]
    start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC).replace(tzinfo=None)
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{who} Root")])
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{who} E1")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(root)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + _YEARS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    return pki.Authority(made.public_bytes(serialization.Encoding.PEM), key)
