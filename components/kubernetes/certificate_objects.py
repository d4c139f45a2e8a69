"""What the objects of cert-manager say: who signs, and what is signed. Pure: plain values.

Owns the issuers of a platform, the proof to Let's Encrypt by a record in the platform's zone, and
the gateway's certificate. Does not own cert-manager itself (`cert_manager`).
Fields: cert-manager v1.21.2, whose own types were read (pkg/apis).
Why DNS-01: no port need be open, a wildcard can be had, and it works before there is a load
balancer.
"""

import pulumi

from components.handles import ZoneRef
from infra.spec.cloud import CloudProvider, CloudSpec
from infra.spec.gateway import Issuer

PulumiValue = str | int | bool | pulumi.Output[str] | list["PulumiValue"] | dict[str, "PulumiValue"]
Object = dict[str, PulumiValue]

API_VERSION = "cert-manager.io/v1"
GROUP = "cert-manager.io"
CLUSTER_ISSUER, CERTIFICATE = "ClusterIssuer", "Certificate"
SELF_SIGNER = "self-signer"
"""Signs the authority of a cluster, and nothing else."""
AUTHORITY = "cluster-authority"
"""Name of that authority's certificate, of its Secret, and of the issuer that signs with it."""
AUTHORITY_HOURS = 87600
"""Ten years: whoever trusts it has a copy, and would have to get another one."""
CERTIFICATE_HOURS = 2160
"""90 days, renewed after 60. Let's Encrypt decides that by itself."""
SERVERS = {
    Issuer.LETSENCRYPT_STAGING: "https://acme-staging-v02.api.letsencrypt.org/directory",
    Issuer.LETSENCRYPT: "https://acme-v02.api.letsencrypt.org/directory",
}
"""Directories of Let's Encrypt (letsencrypt.org, "Getting Started", "Staging Environment")."""
_KEY: Object = {"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Always"}


def issuer_name(issuer: Issuer) -> str:
    """Return the name of the ClusterIssuer that a stack file's word stands for."""
    return AUTHORITY if issuer is Issuer.SELF_SIGNED else issuer.value


def self_signer() -> Object:
    """Return the spec of the ClusterIssuer that lets a certificate sign itself."""
    return {"selfSigned": {}}


def authority_certificate() -> Object:
    """Return the spec of the authority's own Certificate, in cert-manager's namespace.

    An authority and not just a certificate that signs itself: clients trust one root, and it stays
    the same when the gateway's certificate is renewed.
    """
    return {
        "isCA": True,
        "commonName": AUTHORITY,
        "duration": f"{AUTHORITY_HOURS}h",
        "secretName": AUTHORITY,
        "privateKey": _KEY,
        "issuerRef": _reference(SELF_SIGNER),
    }


def authority() -> Object:
    """Return the spec of the ClusterIssuer that signs as the authority."""
    return {"ca": {"secretName": AUTHORITY}}


def lets_encrypt(issuer: Issuer, *, email: str | None, zone: ZoneRef, cloud: CloudSpec) -> Object:
    """Return the spec of the ClusterIssuer for Let's Encrypt.

    It names no credentials: the controller's pods have an identity of the cloud. A ClusterIssuer,
    because the identity is for those only; an Issuer of a namespace may not use it.

    Args:
        issuer: staging or production.
        email: where Let's Encrypt may write to; it takes none as well.
        zone: the zone in which it is proved that the domain is ours.
        cloud: the cloud, with its region or project.

    Raises:
        ValueError: the issuer is not Let's Encrypt's.
    """
    if issuer not in SERVERS:
        message = f"issuer: Let's Encrypt has no such one, got {issuer}"
        raise ValueError(message)
    return {
        "acme": {
            "server": SERVERS[issuer],
            **({"email": email} if email else {}),
            "privateKeySecretRef": {"name": f"{issuer.value}-account"},
            "solvers": [
                {"selector": {"dnsZones": [zone.domain]}, "dns01": _solver(zone, cloud)},
            ],
        }
    }


def _solver(zone: ZoneRef, cloud: CloudSpec) -> Object:
    """Return how a record is made. With the zone's id nobody needs to look it up."""
    solvers: dict[CloudProvider, Object] = {
        CloudProvider.AWS: {"route53": {"region": cloud.region, "hostedZoneID": zone.zone}},
        CloudProvider.GCP: {
            "cloudDNS": {"project": cloud.project or "", "hostedZoneName": zone.zone}
        },
    }
    return solvers[cloud.provider]


def certificate(issuer: Issuer, *, domain: str, secret: str) -> Object:
    """Return the spec of the Certificate for every host below a domain.

    Args:
        issuer: who signs it.
        domain: `llm.example.com`: the certificate is for `*.llm.example.com`.
        secret: name of the Secret that gets it: `tls.crt` with the chain and `tls.key`; `ca.crt`
            too, except from Let's Encrypt.
    """
    return {
        "secretName": secret,
        "dnsNames": [f"*.{domain}"],
        "duration": f"{CERTIFICATE_HOURS}h",
        "privateKey": _KEY,
        "usages": ["digital signature", "server auth"],
        "issuerRef": _reference(issuer_name(issuer)),
    }


def _reference(name: str) -> Object:
    return {"group": GROUP, "kind": CLUSTER_ISSUER, "name": name}
