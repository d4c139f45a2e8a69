"""How the played cert-manager proves to Let's Encrypt whose a host is, in memory."""

import itertools
import json
from datetime import timedelta

import pytest
from cryptography import x509

from infra.rehearsal.kubernetes.values import condition
from tests.support import certificate_objects as objects
from tests.support.certificate_objects import CONTROLLER
from tests.support.certificate_scene import Scene, with_acme

RECORD = "_acme-challenge.llm.example.com"


def test_an_acme_certificate_is_proved_by_a_record_that_is_gone_afterwards() -> None:
    scene = with_acme()
    scene.run()
    secret = scene.secret()
    chain = x509.load_pem_x509_certificates(secret["tls.crt"])

    assert scene.ready() == ("True", "Ready")
    chain[0].verify_directly_issued_by(chain[1])
    assert "ca.crt" not in secret
    assert scene.zones.calls == [
        ("present", CONTROLLER, RECORD),
        ("clean up", CONTROLLER, RECORD),
    ]
    assert scene.zones.records == {RECORD: set()}
    assert scene.api.of("Challenge") == []
    (order,) = scene.api.of("Order")
    assert order["status"]["state"] == "valid"


def test_a_cloud_that_refuses_leaves_the_certificate_waiting_with_its_words() -> None:
    scene = with_acme()
    scene.zones.refusal = "AccessDenied"
    scene.run()
    (challenge,) = scene.api.of("Challenge")

    assert scene.ready() == ("False", "DoesNotExist")
    assert challenge["status"]["reason"] == "AccessDenied"
    assert "PresentError: Error presenting challenge: AccessDenied (request 1)" in (
        scene.api.events()
    )
    name = f"gateway/{scene.api.of('Order')[0]['metadata']['name']}"
    assert condition(scene.request(), "Ready")["message"] == (
        f'Waiting on certificate issuance from order {name}: "pending"'
    )


def test_a_right_that_comes_late_brings_the_certificate_late() -> None:
    scene = with_acme()
    scene.zones.refusal = "AccessDenied"
    scene.run()
    scene.zones.refusal = ""
    scene.run()
    assert scene.ready() == ("False", "DoesNotExist"), "it does not try again at once"
    scene.later(seconds=6)

    assert scene.ready() == ("True", "Ready")


def test_it_tries_again_ever_more_seldom() -> None:
    scene = with_acme()
    scene.zones.refusal = "AccessDenied"
    tries = []
    for _ in range(120):
        scene.now += timedelta(seconds=1)
        before = len(scene.zones.calls)
        scene.run(1)
        if len(scene.zones.calls) > before:
            tries.append(scene.now)
    waits = [(b - a).total_seconds() for a, b in itertools.pairwise(tries)]

    assert waits == [5, 10, 20, 40]


def test_a_record_that_nobody_sees_yet_is_waited_for() -> None:
    scene = with_acme()
    scene.zones.is_slow = True
    scene.run()
    (challenge,) = scene.api.of("Challenge")
    assert challenge["status"]["reason"] == (
        "Waiting for DNS-01 challenge propagation: DNS record for "
        '"llm.example.com" not yet propagated'
    )
    scene.zones.is_slow = False
    scene.run()

    assert scene.ready() == ("True", "Ready")


def test_an_issuer_of_a_namespace_does_not_use_the_pods_own_identity() -> None:
    scene = Scene(
        objects.lets_encrypt("Issuer"), objects.certificate("letsencrypt", issuer_kind="Issuer")
    )
    scene.run()
    (challenge,) = scene.api.of("Challenge")

    assert challenge["status"]["reason"].endswith(
        "empty credentials; perhaps you meant to enable ambient credentials?"
    )
    assert scene.zones.calls == []


def test_a_challenge_stays_until_its_record_is_gone() -> None:
    scene = with_acme()
    scene.zones.is_slow = True
    scene.run()
    scene.zones.refusal = "AccessDenied"
    scene.api.delete("", "Certificate", "public-tls", "gateway")
    scene.run()

    assert [one["status"]["reason"] for one in scene.api.of("Challenge")] == [
        "Error cleaning up challenge: AccessDenied"
    ]
    scene.zones.refusal = ""
    scene.later(seconds=6)
    assert scene.api.of("Challenge") == []
    assert scene.zones.records == {RECORD: set()}


def test_without_a_solver_for_the_host_an_order_says_so() -> None:
    elsewhere = {"dnsZones": ["other.org"]}
    solver = {"selector": elsewhere, "dns01": {"route53": {"hostedZoneID": "Z1"}}}
    issuer = json.loads(json.dumps(objects.lets_encrypt()))
    issuer["spec"]["acme"]["solvers"] = [solver]
    scene = Scene(issuer, objects.certificate("letsencrypt"))
    scene.run()

    assert any("no configured challenge solvers" in one for one in scene.api.events())
    assert scene.api.of("Challenge") == []


def test_another_acme_server_is_not_simulated() -> None:
    scene = Scene(objects.lets_encrypt(server="https://ca.example.org/dir"))
    scene.run()
    issuer = condition(scene.api.one("ClusterIssuer", "letsencrypt"), "Ready")

    assert issuer["reason"] == "ErrRegisterACMEAccount"
    assert "not simulated" in str(issuer["message"])


@pytest.mark.parametrize(
    ("hosts", "expected"),
    [(["a.example.com"], "a.example.com"), (["*.a.example.com"], "a.example.com")],
)
def test_a_record_is_below_the_host_itself(hosts: list[str], expected: str) -> None:
    scene = Scene(objects.lets_encrypt(), objects.certificate("letsencrypt", *hosts))
    scene.run()

    assert {record for _, _, record in scene.zones.calls} == {f"_acme-challenge.{expected}"}
