"""Hosts of routes, and the records that the played external-dns makes of them."""

import pytest

from infra.rehearsal.controllers.external_dns.port import Record
from infra.rehearsal.controllers.own_pods import Caller
from infra.wire import Properties
from tests.support.host_scene import (
    ADDRESS,
    ARGUMENTS,
    DOMAIN,
    HOST,
    OWNER,
    Scene,
    deployment,
    gateway,
    namespace,
    route,
)

SAID = (
    '"heritage=external-dns,external-dns/owner=aws-staging,'
    'external-dns/resource=httproute/models/qwen"'
)


def test_a_host_points_at_the_gateway_and_beside_it_stands_whose_it_is() -> None:
    dns = Scene(route()).run()

    assert {key: one.targets for key, one in dns.held.items()} == {
        (HOST, "A"): (ADDRESS,),
        (OWNER, "TXT"): (SAID,),
    }
    assert dns.asked == {Caller("external-dns", "external-dns")}
    (scope,) = dns.scopes
    assert (scope.domains, scope.zones) == ((DOMAIN,), ("Z1",))


def test_what_is_as_it_should_be_is_not_written_again() -> None:
    scene = Scene(route())
    for _ in range(3):
        scene.run()

    assert scene.dns.changes == 1


def test_a_name_of_a_load_balancer_is_a_cname() -> None:
    dns = Scene(route()).run(gateway("lb.example.net"))

    assert {key for key, _ in dns.held.items()} == {
        (HOST, "CNAME"),
        (f"_cname-owner.{HOST}", "TXT"),
    }


def test_hosts_follow_the_gateway_to_another_address() -> None:
    scene = Scene(route())
    scene.run()
    dns = scene.run(gateway("203.0.113.9"))

    assert dns.of(HOST) == ("203.0.113.9",)
    assert dns.of(OWNER) == (SAID,)


def test_a_record_goes_with_its_route_and_so_does_its_owners() -> None:
    scene = Scene(route(), route(f"other.{DOMAIN}", name="other"))
    scene.run()
    scene.api.delete("v1", "HTTPRoute", "qwen", "models")
    dns = scene.run()

    assert {name for name, _ in dns.held} == {f"other.{DOMAIN}", f"_a-owner.other.{DOMAIN}"}


def test_with_the_gateway_gone_no_host_points_at_it() -> None:
    scene = Scene(route())
    scene.run()
    scene.api.delete("v1", "Gateway", "public", "gateway")

    assert not scene.run().held


@pytest.mark.parametrize(
    "body",
    [
        route(accepted=False),
        route(home="elsewhere"),
        route(parent="another"),
        route(section="http"),
        route("", home="gateway", section="http", name="redirect"),
        route("qwen.example.com"),
        route("qwen.other.example.com"),
    ],
    ids=["refused", "elsewhere", "gateway", "listener", "redirect", "above", "other domain"],
)
def test_a_route_that_is_not_a_models_on_this_gateway_gets_no_record(body: Properties) -> None:
    assert not Scene(namespace("elsewhere")).run(body, gateway("192.0.2.1", name="another")).held


def test_without_the_flag_that_redirect_would_be_a_wildcard() -> None:
    """Why the namespace is a flag of ours."""
    every = [item for item in ARGUMENTS if not item.startswith("--namespace=")]
    dns = Scene(route("", home="gateway", section="http", name="redirect")).run(deployment(*every))

    assert dns.of(f"*.{DOMAIN}") == (ADDRESS,)


def test_a_gateway_without_an_address_points_nobody_anywhere() -> None:
    assert not Scene(route()).run(gateway()).held


def test_a_record_of_somebodys_stays_as_it_is_and_its_host_too() -> None:
    scene = Scene(route())
    scene.dns.put(Record(HOST, "A", ("192.0.2.1",)), Record(f"www.{DOMAIN}", "A", ("192.0.2.2",)))
    dns = scene.run()

    assert dns.of(HOST) == ("192.0.2.1",)
    assert dns.of(f"www.{DOMAIN}") == ("192.0.2.2",)
    assert dns.changes == 0


def test_a_record_of_another_platform_stays_too() -> None:
    scene = Scene()
    theirs = SAID.replace("aws-staging", "aws-prod")
    scene.dns.put(Record(HOST, "A", ("192.0.2.1",)), Record(OWNER, "TXT", (theirs,)))

    assert scene.run().of(HOST) == ("192.0.2.1",)


def test_a_challenge_is_nobodys_business() -> None:
    scene = Scene(route())
    scene.run()
    scene.dns.put(Record(f"_acme-challenge.{DOMAIN}", "TXT", ('"x"',)))
    scene.api.delete("v1", "HTTPRoute", "qwen", "models")

    assert scene.run().of(f"_acme-challenge.{DOMAIN}") == ('"x"',)


@pytest.mark.parametrize(("policy", "stays"), [("upsert-only", True), ("sync", False)])
def test_only_sync_takes_records_out(policy: str, *, stays: bool) -> None:
    scene = Scene(route())
    scene.run(deployment(*(item.replace("=sync", f"={policy}") for item in ARGUMENTS)))
    scene.api.delete("v1", "HTTPRoute", "qwen", "models")

    assert bool(scene.run().held) is stays


def test_without_a_ready_pod_nothing_happens() -> None:
    scene = Scene(route())

    assert not scene.run(deployment(ready=0)).held


def test_what_the_cloud_refuses_is_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    scene = Scene(route())
    scene.dns.refused = "AccessDenied"
    scene.run()
    assert "Failed to do run once: AccessDenied" in caplog.text
    scene.dns.refused = ""

    assert scene.run().of(HOST) == (ADDRESS,)


def test_of_two_routes_for_a_host_one_has_it() -> None:
    dns = Scene(route(), route(name="second")).run()

    assert dns.of(OWNER) == (SAID,)


def test_an_owner_is_known_without_a_type_in_the_prefix_too() -> None:
    prefix = "--txt-prefix=_%{record_type}-owner."
    scene = Scene(route())
    scene.put(deployment(*(item.replace(prefix, "--txt-prefix=own-") for item in ARGUMENTS)))
    dns = scene.run()
    assert dns.of(f"own-a-{HOST}") == (SAID,)
    scene.api.delete("v1", "HTTPRoute", "qwen", "models")

    assert not scene.run().held
