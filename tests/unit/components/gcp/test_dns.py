"""The zone of the gateway's domain on Google Cloud, and who may write records in it."""

import pytest

from components.gcp.dns import DnsZone, ZoneRole
from components.gcp.policies import PROVE_DOMAIN
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


@pytest.mark.parametrize("protected", [True, False])
def test_the_zone_is_public_signed_and_never_takes_records_along(*, protected: bool) -> None:
    zone = _zone(protected=protected).named("dns-zone")

    assert zone.inputs["dnsName"] == f"{DOMAIN}."
    assert zone.inputs["visibility"] == "public"
    assert zone.inputs["dnssecConfig"] == {"state": "on"}
    assert zone.inputs["forceDestroy"] is False
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
