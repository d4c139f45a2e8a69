"""Zones of Route 53 as the Pulumi package has them, and cert-manager in one."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pulumi
import pytest

from components.aws.dns import DnsZone
from infra.graph.recorder import record_program
from infra.rehearsal.controllers.cert_manager.port import Caller, DnsError
from tests.unit.components import examples
from tests.unit.rehearsal.aws.harness import Simulation
from tests.unit.rehearsal.aws.scene import IDENTITY, INLINE, ZONE, Network, Scene
from tests.unit.rehearsal.cloud.wire import Made, RefusedError

if TYPE_CHECKING:
    from infra.wire import Properties

DOMAIN = "llm.example.com"
RECORD = f"_acme-challenge.{DOMAIN}"
CALLER = Caller("cert-manager", "cert-manager")


@pytest.fixture
def zone(scene: Scene) -> Iterator[Made]:
    yield scene.make(ZONE, name=DOMAIN, comment="Gateway", tags={"Name": "dns-zone"})
    scene.clear()


def test_a_zone_comes_back_as_it_was_declared(scene: Scene, zone: Made) -> None:
    servers = zone["nameServers"]

    assert scene.engine.read(zone) == zone
    assert zone["arn"] == f"arn:aws:route53:::hostedzone/{zone.physical_id}"
    assert (zone["name"], zone["comment"], zone["zoneId"]) == (DOMAIN, "Gateway", zone.physical_id)
    assert zone["tagsAll"] == {"Name": "dns-zone"}
    assert isinstance(servers, list)
    assert servers == sorted(map(str, servers))
    assert zone["primaryNameServer"] in servers


def test_comment_and_tags_change_in_place_and_a_name_does_not(scene: Scene, zone: Made) -> None:
    changed = scene.engine.update(zone, comment="another", tags={"Owner": "ml"})

    assert (changed["comment"], changed["tagsAll"]) == ("another", {"Owner": "ml"})
    assert changed.physical_id == zone.physical_id
    assert list(scene.engine.diff(changed, name="other.example.com").replaces) == ["name"]


def _change(simulation: Simulation, zone: Made, action: str) -> None:
    record: Properties = {
        "Name": f"a.{DOMAIN}.",
        "Type": "A",
        "TTL": 60,
        "ResourceRecords": [{"Value": "192.0.2.1"}],
    }
    simulation.cloud.account.region("us-east-1").call(
        "route53",
        "change_resource_record_sets",
        HostedZoneId=zone.physical_id,
        ChangeBatch={"Changes": [{"Action": action, "ResourceRecordSet": record}]},
    )


def test_a_zone_with_records_of_somebodys_does_not_go(
    scene: Scene, zone: Made, simulation: Simulation
) -> None:
    _change(simulation, zone, "CREATE")
    with pytest.raises(RefusedError, match="HostedZoneNotEmpty"):
        scene.drop(zone)
    _change(simulation, zone, "DELETE")


def test_a_zone_that_is_forced_goes_with_what_is_in_it(
    scene: Scene, simulation: Simulation
) -> None:
    forced = scene.make(ZONE, name="forced.example.com", forceDestroy=True)
    region = simulation.cloud.account.region("us-east-1")
    record: Properties = {"Name": "a.forced.example.com.", "Type": "TXT", "TTL": 60}
    record["ResourceRecords"] = [{"Value": '"x"'}]
    changes: Properties = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
    region.call(
        "route53",
        "change_resource_record_sets",
        HostedZoneId=forced.physical_id,
        ChangeBatch=changes,
    )

    scene.drop(forced)
    assert scene.engine.read(forced) is None


def test_cert_manager_writes_challenges_and_no_other_record_with_the_document_of_the_component(
    scene: Scene, zone: Made, simulation: Simulation, network: Network
) -> None:
    role = scene.pod_role()
    scene.make(INLINE, role=role.physical_id, policy=_document(zone))
    scene.make(
        IDENTITY,
        clusterName=scene.cluster(network)["name"],
        namespace=CALLER.namespace,
        serviceAccount=CALLER.account,
        roleArn=role["arn"],
    )
    dns = simulation.cloud.dns_zones
    settings: Properties = {"hostedZoneID": zone.physical_id}

    dns.present(CALLER, settings, RECORD, "v")
    assert dns.texts(RECORD) == {"v"}
    dns.clean_up(CALLER, settings, RECORD, "v")
    assert dns.texts(RECORD) == set()
    with pytest.raises(DnsError, match="AccessDenied"):
        dns.present(CALLER, settings, f"www.{DOMAIN}", "v")


def _document(zone: Made) -> str:
    """Return what the component allows, for the zone that is there."""

    def program() -> None:
        made = DnsZone(
            "dns", DOMAIN, platform=examples.PLATFORM, protected=False, opts=examples.with_aws()
        )
        pulumi.export("prover", made.prover)

    graph = record_program(program, stack="aws-dev")
    recorded = str(graph.named("dns-zone").outputs["arn"])
    return str(graph.outputs["prover"]).replace(recorded, str(zone["arn"]))
