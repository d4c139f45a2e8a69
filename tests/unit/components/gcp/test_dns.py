"""The zone of the gateway's domain on Google Cloud, and who may write records in it."""

import pytest

from components.gcp.dns import DnsZone, ZoneRole
from components.gcp.policies import FIND_ZONES, POINT_HOSTS, PROVE_DOMAIN
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.iam.gcp.evaluate import Request, Target, evaluate
from tests.support.gcp_grants import grants_in, roles_in
from tests.unit.components import examples_gcp as examples

DOMAIN = "llm.example.com"
ZONES = f"projects/{examples.PROJECT}/managedZones"


def _zone(*, protected: bool = False) -> Graph:
    return record_program(
        lambda: DnsZone(
            "dns", DOMAIN, platform=examples.PLATFORM, protected=protected, opts=examples.with_gcp()
        ),
        stack="gcp-dev",
    )


def _role() -> Graph:
    return record_program(
        lambda: ZoneRole(
            "w",
            examples.CERT_MANAGER,
            PROVE_DOMAIN,
            zone=examples.zone_ref(),
            project=examples.project_ref(),
            drawn=examples.keys_ref().drawn,
            opts=examples.with_gcp(),
        ),
        stack="gcp-dev",
    )


def _pointer() -> Graph:
    return record_program(
        lambda: ZoneRole(
            "p",
            examples.EXTERNAL_DNS,
            POINT_HOSTS,
            zone=examples.zone_ref(),
            project=examples.project_ref(),
            drawn=examples.keys_ref().drawn,
            finds=FIND_ZONES,
            opts=examples.with_gcp(),
        ),
        stack="gcp-dev",
    )


@pytest.mark.parametrize("protected", [True, False])
def test_the_zone_is_public_signed_and_takes_records_along_unless_it_is_protected(
    *, protected: bool
) -> None:
    zone = _zone(protected=protected).named("dns-zone")

    assert zone.inputs["dnsName"] == f"{DOMAIN}."
    assert zone.inputs["visibility"] == "public"
    assert zone.inputs["dnssecConfig"] == {"state": "on"}
    assert zone.inputs["forceDestroy"] is not protected
    assert zone.protect is protected


@pytest.mark.parametrize(
    ("permission", "zone", "allowed"),
    [
        ("dns.changes.create", "llm-1a2b3c4", True),
        ("dns.changes.get", "llm-1a2b3c4", True),
        ("dns.resourceRecordSets.create", "llm-1a2b3c4", True),
        ("dns.resourceRecordSets.delete", "llm-1a2b3c4", True),
        ("dns.resourceRecordSets.list", "llm-1a2b3c4", True),
        ("dns.changes.create", "somebody-elses", False),
        ("dns.managedZones.delete", "llm-1a2b3c4", False),
        ("dns.managedZones.update", "llm-1a2b3c4", False),
        ("dns.managedZones.setIamPolicy", "llm-1a2b3c4", False),
    ],
)
def test_pods_change_the_records_of_one_zone_and_nothing_else(
    permission: str, zone: str, *, allowed: bool
) -> None:
    graph = _role()
    (grant,) = grants_in(graph)
    target = Target(path=f"{ZONES}/{zone}", project=examples.PROJECT, service="dns.googleapis.com")
    asked = Request(principals=frozenset({grant.member}), permission=permission, target=target)

    assert grant.member.endswith("/subject/ns/cert-manager/sa/cert-manager")
    assert evaluate([grant], roles_in(graph), asked).is_allowed is allowed


@pytest.mark.parametrize(
    ("permission", "zone", "allowed"),
    [
        ("dns.managedZones.list", "", True),
        ("dns.changes.create", "llm-1a2b3c4", True),
        ("dns.resourceRecordSets.create", "llm-1a2b3c4", True),
        ("dns.resourceRecordSets.delete", "llm-1a2b3c4", True),
        ("dns.resourceRecordSets.list", "llm-1a2b3c4", True),
        ("dns.resourceRecordSets.list", "somebody-elses", False),
        ("dns.changes.create", "somebody-elses", False),
        ("dns.managedZones.create", "", False),
        ("dns.managedZones.delete", "llm-1a2b3c4", False),
        ("dns.managedZones.get", "somebody-elses", False),
        ("dns.managedZones.setIamPolicy", "llm-1a2b3c4", False),
    ],
)
def test_pods_find_the_zone_among_others_and_change_the_records_of_that_one(
    permission: str, zone: str, *, allowed: bool
) -> None:
    graph = _pointer()
    grants = list(grants_in(graph))
    path = f"{ZONES}/{zone}" if zone else f"projects/{examples.PROJECT}"
    target = Target(path=path, project=examples.PROJECT, service="dns.googleapis.com")
    (member,) = {grant.member for grant in grants}
    asked = Request(principals=frozenset({member}), permission=permission, target=target)

    assert member.endswith("/subject/ns/external-dns/sa/external-dns")
    assert evaluate(grants, roles_in(graph), asked).is_allowed is allowed
