"""Zones of Cloud DNS as the Pulumi package has them, and cert-manager in one."""

from collections.abc import Generator

import pytest

from components.gcp.policies import PROVE_DOMAIN
from infra.rehearsal.controllers.cert_manager.port import Caller, DnsError
from infra.rehearsal.gcp.api.iam.names import workload_pool
from infra.rehearsal.gcp.pod_identity import pods
from infra.replies import block, text
from infra.wire import Properties, Value
from tests.unit.rehearsal.cloud.wire import Made, RefusedError
from tests.unit.rehearsal.gcp.provider_scene import PROJECT, Scene, scene
from tests.unit.rehearsal.gcp.test_service_rows import ROLE, ZONE, ZONE_GRANT, same

CALLER = Caller("cert-manager", "cert-manager")
RECORD = "_acme-challenge.llm.example.com"


@pytest.fixture(scope="module")
def running() -> Generator[Scene]:
    with scene() as started:
        yield started


def _inputs(domain: str = "llm.example.com") -> Properties:
    return {
        "dnsName": f"{domain}.",
        "description": "Gateway",
        "dnssecConfig": {"state": "on"},
        "visibility": "public",
        "forceDestroy": False,
        "labels": {"owner": "ml"},
    }


@pytest.fixture
def zone(running: Scene) -> Generator[Made]:
    made = running.engine.create(ZONE, _inputs(), name="dns-zone")
    yield made
    running.engine.delete(made)
    assert running.engine.read(made) is None


def test_a_zone_is_read_back_as_it_was_asked_for(running: Scene, zone: Made) -> None:
    found = same(running, zone)

    assert found.physical_id == f"projects/{PROJECT}/managedZones/{found['name']}"
    assert block(found.outputs, "dnssecConfig")["state"] == "on"
    assert found["nameServers"]
    assert running.cloud.inventory.things()[-1].kind == "DNS zone"


def test_what_a_zone_says_changes_in_place_and_its_domain_does_not(
    running: Scene, zone: Made
) -> None:
    changed = running.engine.update(
        zone, description="other", dnssecConfig={"state": "off"}, labels={"owner": "x"}
    )

    assert same(running, changed)["labels"] == {"owner": "x"}
    assert (changed["description"], changed.physical_id) == ("other", zone.physical_id)
    assert list(running.engine.diff(changed, dnsName="b.example.com.").replaces) == ["dnsName"]


def test_what_google_fills_in_of_its_signature_is_unknown_before(running: Scene) -> None:
    planned = running.engine.preview(ZONE, {**_inputs(), "name": "dns-zone"})

    assert block(planned, "dnssecConfig")["state"] == "on"
    assert "nonExistence" in block(planned, "dnssecConfig")


def test_a_zone_with_records_of_somebodys_does_not_go(running: Scene, zone: Made) -> None:
    where: Properties = {"project": PROJECT, "managedZone": zone["name"]}
    record: Value = {"name": "a.llm.example.com.", "type": "A", "ttl": 60, "rrdatas": ["192.0.2.1"]}
    running.cloud.project.call("dns.changes.create", {"additions": [record]}, **where)

    with pytest.raises(RefusedError, match="is not empty"):
        running.engine.delete(zone)
    running.cloud.project.call("dns.changes.create", {"deletions": [record]}, **where)


def test_a_zone_that_is_forced_goes_with_what_is_in_it(running: Scene) -> None:
    inputs = {**_inputs("forced.example.com"), "forceDestroy": True}
    forced = running.engine.create(ZONE, inputs, name="forced-zone")
    where: Properties = {"project": PROJECT, "managedZone": forced["name"]}
    record: Value = {
        "name": "a.forced.example.com.",
        "type": "A",
        "ttl": 60,
        "rrdatas": ["1.2.3.4"],
    }
    running.cloud.project.call("dns.changes.create", {"additions": [record]}, **where)

    running.engine.delete(forced)
    assert running.engine.read(forced) is None


def test_cert_manager_writes_a_challenge_in_the_zone_that_it_is_granted_and_in_no_other(
    running: Scene, zone: Made
) -> None:
    other = running.engine.create(ZONE, _inputs("other.example.com"), name="other-zone")
    project = running.cloud.project
    project.register(
        "container.projects.locations.clusters.create",
        lambda _: project.store.put(workload_pool(PROJECT), {"state": "ACTIVE"}),
    )
    project.call(
        "container.projects.locations.clusters.create",
        {},
        parent=f"projects/{PROJECT}/locations/us-central1",
    )
    role = running.engine.create(
        ROLE,
        {"roleId": "prove", "title": "x", "permissions": [*PROVE_DOMAIN.permissions]},
    )
    grant = same(
        running,
        running.engine.create(
            ZONE_GRANT,
            {
                "project": PROJECT,
                "managedZone": zone["name"],
                "role": role.physical_id,
                "member": pods(project, CALLER.namespace, CALLER.account),
            },
        ),
    )
    dns = running.cloud.dns_zones
    settings: Properties = {"project": PROJECT, "hostedZoneName": text(zone.outputs, "name")}
    elsewhere: Properties = {**settings, "hostedZoneName": text(other.outputs, "name")}

    dns.present(CALLER, settings, RECORD, "v")
    assert dns.texts(RECORD) == {"v"}
    dns.clean_up(CALLER, settings, RECORD, "v")
    with pytest.raises(DnsError, match="Forbidden"):
        dns.present(CALLER, elsewhere, "_acme-challenge.other.example.com", "v")
    running.engine.delete(grant)
    with pytest.raises(DnsError, match="Forbidden"):
        dns.present(CALLER, settings, RECORD, "v")
    for made in (role, other):
        running.engine.delete(made)
