"""Keys, requests and certificates, in PEM. Pure but for chance."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from infra.rehearsal.kubernetes.values import at, number, text
from infra.wire import Properties

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
CURVES = {256: ec.SECP256R1, 384: ec.SECP384R1, 521: ec.SECP521R1}
RSA_BITS = 2048
DEFAULT_USAGES = ("digital signature", "key encipherment")
EXTENDED = {
    "server auth": ExtendedKeyUsageOID.SERVER_AUTH,
    "client auth": ExtendedKeyUsageOID.CLIENT_AUTH,
}


@dataclass(frozen=True)
class Authority:
    """Who signs: a certificate and its key."""

    chain: bytes
    """PEM, its own certificate first."""
    key: PrivateKey

    @property
    def certificate(self) -> x509.Certificate:
        """Its own certificate."""
        return x509.load_pem_x509_certificate(self.chain)


@dataclass(frozen=True)
class Terms:
    """What a certificate is to be good for."""

    start: dt.datetime
    lifetime: dt.timedelta
    is_ca: bool = False
    usages: Sequence[str] = DEFAULT_USAGES


def new_key(wanted: Properties) -> PrivateKey:
    """Return a key as `spec.privateKey` wants it: RSA with 2048 bits unless it says otherwise."""
    if text(wanted, "algorithm") == "ECDSA":
        return ec.generate_private_key(CURVES[number(wanted, "size", default=256)]())
    size = number(wanted, "size", default=RSA_BITS)
    return rsa.generate_private_key(public_exponent=65537, key_size=size)


def key_fits(key: PrivateKey, wanted: Properties) -> bool:
    """Say whether a key is of the algorithm and size that `spec.privateKey` wants."""
    if text(wanted, "algorithm") == "ECDSA":
        size = number(wanted, "size", default=256)
        return isinstance(key, ec.EllipticCurvePrivateKey) and key.key_size == size
    size = number(wanted, "size", default=RSA_BITS)
    return isinstance(key, rsa.RSAPrivateKey) and key.key_size == size


def key_pem(key: PrivateKey, encoding: str = "") -> bytes:
    """Return a key in PEM, `PKCS8` or the older form of its algorithm."""
    old = serialization.PrivateFormat.TraditionalOpenSSL
    form = serialization.PrivateFormat.PKCS8 if encoding == "PKCS8" else old
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


@lru_cache(maxsize=64)
def read_key(pem: bytes) -> PrivateKey | None:
    """Return the key of a PEM text; None: there is none that cert-manager would take.

    Kept: reading one checks its primes, which at every look was half of what the simulated cloud of
    a rehearsal at rest computed (2026-11-27).
    """
    try:
        found = serialization.load_pem_private_key(pem, None)
    except ValueError:
        return None
    return found if isinstance(found, (rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey)) else None


def read_certificate(pem: bytes) -> x509.Certificate | None:
    """Return the first certificate of a PEM text; None: there is none."""
    try:
        return x509.load_pem_x509_certificate(pem)
    except ValueError:
        return None


def is_key_of(key: PrivateKey, certificate: x509.Certificate) -> bool:
    """Say whether a certificate was made for a key."""
    return _public(key.public_key()) == _public(certificate.public_key())


def _public(key: object) -> bytes:
    assert isinstance(key, (rsa.RSAPublicKey, ec.EllipticCurvePublicKey))  # noqa: S101 - no others are made
    return key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def request(key: PrivateKey, spec: Properties) -> bytes:
    """Return a signing request for what the spec of a Certificate says, in PEM."""
    common_name = text(spec, "commonName")
    organizations = _texts(spec, "subject", "organizations")
    attributes = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, item) for item in organizations]
    if common_name:
        attributes.append(x509.NameAttribute(NameOID.COMMON_NAME, common_name))
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(attributes))
    names = _texts(spec, "dnsNames")
    if names:
        builder = builder.add_extension(
            x509.SubjectAlternativeName([x509.DNSName(name) for name in names]),
            critical=not attributes,
        )
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def sign(wanted: bytes, terms: Terms, by: Authority | PrivateKey) -> bytes:
    """Return the certificate for a request in PEM, by an authority or by its own key."""
    asked = x509.load_pem_x509_csr(wanted)
    own = not isinstance(by, Authority)
    key = by.key if isinstance(by, Authority) else by
    issuer = by.certificate.subject if isinstance(by, Authority) else asked.subject
    start = terms.start.astimezone(dt.UTC).replace(microsecond=0, tzinfo=None)
    builder = (
        x509.CertificateBuilder()
        .subject_name(asked.subject)
        .issuer_name(issuer)
        .public_key(asked.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + terms.lifetime)
        .add_extension(x509.BasicConstraints(terms.is_ca, path_length=None), critical=True)
        .add_extension(_key_usage(terms), critical=True)
    )
    extended = [EXTENDED[name] for name in terms.usages if name in EXTENDED]
    if extended:
        builder = builder.add_extension(x509.ExtendedKeyUsage(extended), critical=False)
    for extension in asked.extensions:
        builder = builder.add_extension(extension.value, critical=extension.critical)
    made = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    return made if own or not isinstance(by, Authority) else made + _without_root(by.chain)


def _without_root(chain: bytes) -> bytes:
    """Return a chain without a certificate that is its own issuer: who trusts it has it."""
    kept = [item for item in x509.load_pem_x509_certificates(chain) if item.subject != item.issuer]
    return b"".join(item.public_bytes(serialization.Encoding.PEM) for item in kept)


def names_of(wanted: bytes) -> list[str]:
    """Return the host names that a request asks for."""
    asked = x509.load_pem_x509_csr(wanted)
    return _alternative_names(asked.extensions)


def names_in(certificate: x509.Certificate) -> list[str]:
    """Return the host names that a certificate is for."""
    return _alternative_names(certificate.extensions)


def _alternative_names(extensions: x509.Extensions) -> list[str]:
    try:
        found = extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return []
    return found.value.get_values_for_type(x509.DNSName)


def common_name_in(certificate: x509.Certificate) -> str:
    """Return the common name of a certificate; empty: it has none."""
    found = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else ""


def is_authority(certificate: x509.Certificate) -> bool:
    """Say whether a certificate may sign others."""
    try:
        found = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    except x509.ExtensionNotFound:
        return False
    return found.value.ca


def _key_usage(terms: Terms) -> x509.KeyUsage:
    usages = set(terms.usages)
    return x509.KeyUsage(
        digital_signature="digital signature" in usages,
        content_commitment=False,
        key_encipherment="key encipherment" in usages,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=terms.is_ca or "cert sign" in usages,
        crl_sign="crl sign" in usages,
        encipher_only=False,
        decipher_only=False,
    )


def _texts(spec: Properties, *keys: str) -> list[str]:
    found = at(spec, *keys)
    return [item for item in found if isinstance(item, str)] if isinstance(found, list) else []
