"""What issuers and certificates say, and what the played cert-manager makes of them."""

import json

import pytest
from cryptography import x509

from components.kubernetes import certificate_objects, gateway_names
from infra.rehearsal.controllers.cert_manager import pki
from infra.rehearsal.controllers.cert_manager.cluster import data_of
from infra.rehearsal.controllers.cert_manager.controller import CertManager
from infra.rehearsal.kubernetes.values import is_true
from infra.spec.gateway import Issuer
from tests.support.certificate_objects import (
    CLOUDS,
    DOMAIN,
    ZONE,
    MemoryZones,
    deployment,
    platform,
)
from tests.support.memory_api import MemoryApi
from tests.unit.components import examples, examples_gcp

SECRET = gateway_names.CERTIFICATE_SECRET
each_provider = pytest.mark.parametrize("provider", [*CLOUDS])


@each_provider
@pytest.mark.parametrize("issuer", [*Issuer])
def test_every_issuer_brings_the_gateway_a_certificate(issuer: Issuer, provider: str) -> None:
    api = MemoryApi()
    for item in (deployment(), *platform(issuer, provider)):
        api.put(item)
    controller = CertManager(api, MemoryZones(provider))
    for _ in range(20):
        controller.step()
    secret = api.one("Secret", SECRET, gateway_names.NAMESPACE)
    leaf = x509.load_pem_x509_certificate(data_of(secret, "tls.crt"))

    assert is_true(api.one("Certificate", "public", gateway_names.NAMESPACE), "Ready")
    assert pki.names_in(leaf) == [f"*.{DOMAIN}"]
    assert ("ca.crt" in secret["data"]) is not issuer.is_acme


@pytest.mark.parametrize(
    ("provider", "expected"),
    [
        ("route53", {"region": examples.CLOUD.region, "hostedZoneID": "Z1"}),
        ("cloudDNS", {"project": examples_gcp.CLOUD.project, "hostedZoneName": "Z1"}),
    ],
)
def test_a_record_is_proved_in_the_clouds_own_zone_without_keys(
    provider: str, expected: dict[str, str]
) -> None:
    spec = certificate_objects.lets_encrypt(
        Issuer.LETSENCRYPT, email="a@example.org", zone=ZONE, cloud=CLOUDS[provider]
    )
    acme = json.loads(json.dumps(spec))["acme"]

    assert acme["solvers"] == [{"selector": {"dnsZones": [DOMAIN]}, "dns01": {provider: expected}}]


def test_staging_and_production_have_accounts_of_their_own() -> None:
    made = [
        json.loads(
            json.dumps(
                certificate_objects.lets_encrypt(
                    issuer, email="a@example.org", zone=ZONE, cloud=examples.CLOUD
                )
            )
        )["acme"]
        for issuer in (Issuer.LETSENCRYPT_STAGING, Issuer.LETSENCRYPT)
    ]

    assert ["staging" in acme["server"] for acme in made] == [True, False]
    assert len({acme["privateKeySecretRef"]["name"] for acme in made}) == 2


def test_an_issuer_of_the_cluster_is_not_lets_encrypts() -> None:
    with pytest.raises(ValueError, match="got self-signed"):
        certificate_objects.lets_encrypt(
            Issuer.SELF_SIGNED, email="a@example.org", zone=ZONE, cloud=examples.CLOUD
        )


def test_every_renewal_has_a_new_key() -> None:
    for spec in (
        certificate_objects.certificate(Issuer.LETSENCRYPT, domain=DOMAIN, secret=SECRET),
        certificate_objects.authority_certificate(),
    ):
        assert json.loads(json.dumps(spec))["privateKey"]["rotationPolicy"] == "Always"
