"""Objects of cert-manager in the forms of our stacks, and DNS zones in memory."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from components.kubernetes import certificate_objects as built
from components.kubernetes import gateway_names
from components.kubernetes.certificate_objects import ZoneRef
from infra.rehearsal.controllers.cert_manager.port import Caller, DnsError
from infra.spec.gateway import Issuer
from infra.wire import Properties, Value
from tests.unit.components import examples, examples_gcp

DOMAIN = "llm.example.com"
ZONE = ZoneRef(DOMAIN, "Z1")
CLOUDS = {"route53": examples.CLOUD, "cloudDNS": examples_gcp.CLOUD}
"""Key of a solver's settings to the cloud that they are for."""
V1 = "cert-manager.io/v1"
STAGING = "https://acme-staging-v02.api.letsencrypt.org/directory"
CONTROLLER = Caller("cert-manager", "cert-manager")


@dataclass
class MemoryZones:
    """TXT records that anybody may change, until told otherwise."""

    provider: str = "route53"
    refusal: str = ""
    """What it says to every request; empty: it serves."""
    is_slow: bool = False
    """Whether the world does not see a record yet."""
    records: dict[str, set[str]] = field(default_factory=dict)
    calls: list[tuple[str, Caller, str]] = field(default_factory=list)

    def present(self, caller: Caller, settings: Properties, record: str, value: str) -> None:
        del settings
        self.calls.append(("present", caller, record))
        self._refuse()
        self.records.setdefault(record, set()).add(value)

    def clean_up(self, caller: Caller, settings: Properties, record: str, value: str) -> None:
        del settings
        self.calls.append(("clean up", caller, record))
        self._refuse()
        self.records.get(record, set()).discard(value)

    def texts(self, record: str) -> frozenset[str]:
        return frozenset() if self.is_slow else frozenset(self.records.get(record, set()))

    def _refuse(self) -> None:
        if self.refusal:
            message = f"{self.refusal} (request 1)"
            raise DnsError(message, self.refusal)


def deployment(ready: int = 1) -> Properties:
    """The controller's Deployment, as the chart names it."""
    labels: Value = {
        "app.kubernetes.io/name": "cert-manager",
        "app.kubernetes.io/component": "controller",
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "cert-manager", "namespace": "cert-manager", "labels": labels},
        "spec": {"template": {"spec": {"serviceAccountName": "cert-manager", "containers": []}}},
        "status": {"readyReplicas": ready},
    }


def self_signed() -> Properties:
    """The issuer of what signs itself."""
    return _body("ClusterIssuer", "self-signed", "", {"selfSigned": {}})


def local_authority() -> Properties:
    """The issuer of an authority in the cluster."""
    return _body("ClusterIssuer", "local-authority", "", {"ca": {"secretName": "local-authority"}})


def lets_encrypt(kind: str = "ClusterIssuer", **acme: Value) -> Properties:
    """An ACME issuer with one solver by Route 53."""
    solver: Value = {"dns01": {"route53": {"hostedZoneID": "Z1"}}}
    said: Properties = {
        "server": STAGING,
        "email": "platform@example.org",
        "privateKeySecretRef": {"name": "letsencrypt-account"},
        "solvers": [solver],
        **acme,
    }
    namespace = "" if kind == "ClusterIssuer" else "gateway"
    return _body(kind, "letsencrypt", namespace, {"acme": said})


def authority() -> Properties:
    """The certificate of the authority in the cluster, which signs itself."""
    spec: Properties = {
        "isCA": True,
        "commonName": "local-authority",
        "duration": "87600h",
        "secretName": "local-authority",
        "privateKey": {"algorithm": "ECDSA", "size": 256},
        "issuerRef": _issuer("self-signed"),
    }
    return _body("Certificate", "local-authority", "cert-manager", spec)


def certificate(
    issuer: str,
    *hosts: str,
    issuer_kind: str = "ClusterIssuer",
    spec: Mapping[str, Value] | None = None,
) -> Properties:
    """The certificate of a gateway."""
    said: Properties = {
        "dnsNames": [*hosts] or ["*.llm.example.com"],
        "secretName": "public-tls",
        "privateKey": {"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Always"},
        "usages": ["digital signature", "server auth"],
        "issuerRef": _issuer(issuer, issuer_kind),
        **(spec or {}),
    }
    return _body("Certificate", "public-tls", "gateway", said)


def _issuer(name: str, kind: str = "ClusterIssuer") -> Properties:
    return {"group": "cert-manager.io", "kind": kind, "name": name}


def _body(kind: str, name: str, namespace: str, spec: Properties) -> Properties:
    metadata: Properties = {"name": name, **({"namespace": namespace} if namespace else {})}
    return {"apiVersion": V1, "kind": kind, "metadata": metadata, "spec": spec}


def platform(issuer: Issuer, provider: str) -> list[Properties]:
    """What a platform of ours with that issuer has: our own builders' words."""
    wanted = built.certificate(issuer, domain=DOMAIN, secret=gateway_names.CERTIFICATE_SECRET)
    leaf = _plain("Certificate", "public", gateway_names.NAMESPACE, wanted)
    name = built.issuer_name(issuer)
    if issuer.is_acme:
        spec = built.lets_encrypt(
            issuer, email="platform@example.org", zone=ZONE, cloud=CLOUDS[provider]
        )
        return [_plain("ClusterIssuer", name, "", spec), leaf]
    authority = built.authority_certificate()
    return [
        _plain("ClusterIssuer", built.SELF_SIGNER, "", built.self_signer()),
        _plain("Certificate", built.AUTHORITY, CONTROLLER.namespace, authority),
        _plain("ClusterIssuer", name, "", built.authority()),
        leaf,
    ]


def _plain(kind: str, name: str, namespace: str, spec: built.Object) -> Properties:
    return _body(kind, name, namespace, json.loads(json.dumps(spec)))
