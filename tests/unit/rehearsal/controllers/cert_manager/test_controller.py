"""What the played cert-manager makes of issuers and certificates, in memory."""

from datetime import timedelta

from cryptography import x509

from infra.rehearsal.controllers.cert_manager import pki
from infra.rehearsal.kubernetes.values import condition
from infra.wire import Properties
from tests.support import certificate_objects as objects
from tests.support.certificate_scene import Scene, with_authority


def test_a_certificate_of_an_authority_in_the_cluster_can_be_verified() -> None:
    scene = with_authority()
    scene.run()
    secret = scene.secret()
    leaf = x509.load_pem_x509_certificate(secret["tls.crt"])
    root = x509.load_pem_x509_certificate(secret["ca.crt"])
    key = pki.read_key(secret["tls.key"])

    assert scene.ready() == ("True", "Ready")
    leaf.verify_directly_issued_by(root)
    assert key is not None
    assert pki.is_key_of(key, leaf)
    assert pki.names_in(leaf) == ["*.llm.example.com"]
    assert leaf.not_valid_after_utc - leaf.not_valid_before_utc == timedelta(hours=2160)


def test_the_secret_says_whose_it_is_as_the_real_one_does() -> None:
    scene = with_authority(secretTemplate={"labels": {"tier": "edge"}})
    scene.run()
    secret = scene.api.one("Secret", "public-tls", "gateway")

    assert secret["type"] == "kubernetes.io/tls"
    assert secret["metadata"]["labels"] == {
        "tier": "edge",
        "controller.cert-manager.io/fao": "true",
    }
    assert secret["metadata"]["annotations"] == {
        "cert-manager.io/alt-names": "*.llm.example.com",
        "cert-manager.io/certificate-name": "public-tls",
        "cert-manager.io/common-name": "",
        "cert-manager.io/ip-sans": "",
        "cert-manager.io/issuer-group": "cert-manager.io",
        "cert-manager.io/issuer-kind": "ClusterIssuer",
        "cert-manager.io/issuer-name": "local-authority",
        "cert-manager.io/uri-sans": "",
    }
    assert "ownerReferences" not in secret["metadata"]


def test_without_a_ready_pod_nothing_happens() -> None:
    scene = with_authority()
    scene.api.put(objects.deployment(ready=0))
    scene.run()

    assert scene.api.of("Secret") == []
    assert "status" not in scene.certificate()


def test_an_issuer_without_its_secret_says_so_and_is_ready_once_it_is_there() -> None:
    scene = Scene(objects.local_authority(), objects.certificate("local-authority"))
    scene.run()
    issuer = condition(scene.api.one("ClusterIssuer", "local-authority"), "Ready")

    assert issuer["reason"] == "ErrGetKeyPair"
    assert issuer["message"] == (
        'Error getting keypair for CA issuer: secrets "local-authority" not found'
    )
    assert condition(scene.request(), "Ready")["message"] == (
        "Referenced issuer does not have a Ready status condition"
    )
    assert scene.ready() == ("False", "DoesNotExist")
    for body in (objects.self_signed(), objects.authority()):
        scene.api.put(body)
    scene.run()
    assert scene.ready() == ("True", "Ready")


def test_a_certificate_that_is_no_authority_signs_nothing() -> None:
    scene = with_authority()
    body = objects.authority()
    scene.api.put({**body, "spec": {**_spec(body), "isCA": False}})
    scene.run()
    issuer = condition(scene.api.one("ClusterIssuer", "local-authority"), "Ready")

    assert (issuer["status"], issuer["reason"]) == ("False", "ErrInvalidKeyPair")


def test_an_issuer_that_does_not_exist_is_named() -> None:
    scene = Scene(objects.certificate("nobody"))
    scene.run()

    assert condition(scene.request(), "Ready")["message"] == (
        'Referenced "ClusterIssuer" not found: clusterissuer.cert-manager.io "nobody" not found'
    )


def test_a_certificate_is_renewed_after_two_thirds_of_its_life_with_another_key() -> None:
    scene = with_authority()
    scene.run()
    first = scene.secret()
    scene.later(days=59.9)
    assert scene.secret() == first
    scene.later(days=0.2)

    assert scene.secret()["tls.key"] != first["tls.key"]
    assert scene.ready() == ("True", "Ready")
    assert scene.certificate()["status"]["revision"] == 2
    assert scene.request()["metadata"]["name"] == "public-tls-2"
    assert any("Renewing certificate as renewal was scheduled" in one for one in scene.api.events())


def test_renew_before_counts_from_the_end() -> None:
    scene = with_authority(
        duration="240h", renewBefore="24h", privateKey={"rotationPolicy": "Never"}
    )
    scene.run()
    first = scene.secret()

    assert scene.certificate()["status"]["renewalTime"] == "2026-12-06T00:00:00Z"
    scene.later(days=9, minutes=1)
    assert scene.secret()["tls.crt"] != first["tls.crt"]
    assert scene.secret()["tls.key"] == first["tls.key"]


def test_a_secret_that_is_deleted_comes_again() -> None:
    scene = with_authority()
    scene.run()
    scene.api.delete("v1", "Secret", "public-tls", "gateway")
    scene.run()

    assert scene.ready() == ("True", "Ready")
    assert scene.certificate()["status"]["revision"] == 2


def test_another_host_is_another_certificate() -> None:
    scene = with_authority()
    scene.run()
    scene.api.put(objects.certificate("local-authority", "llm.example.com"))
    scene.run()
    leaf = x509.load_pem_x509_certificate(scene.secret()["tls.crt"])

    assert pki.names_in(leaf) == ["llm.example.com"]
    assert any("spec.dnsNames" in one for one in scene.api.events())


def _spec(body: Properties) -> Properties:
    found = body["spec"]
    assert isinstance(found, dict)
    return found
