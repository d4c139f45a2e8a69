"""Cloud DNS, and how cert-manager's pods use it: what they must be allowed, what is said if not."""

import pytest

from infra.rehearsal.controllers.cert_manager.port import Caller, DnsError
from infra.rehearsal.gcp.api.stores.zones import Zones
from infra.rehearsal.gcp.dns_zones import CloudDns
from infra.rehearsal.gcp.pod_identity import pods
from infra.wire import Properties, Value
from tests.unit.rehearsal.gcp.services_scene import PROJECT, Scene, open_pool, scene

CALLER = Caller("cert-manager", "cert-manager")
RECORD = "_acme-challenge.llm.example.com"
ROLE = f"projects/{PROJECT}/roles/certificates"
ENOUGH = (
    "dns.changes.create",
    *(f"dns.resourceRecordSets.{what}" for what in ("create", "delete", "list")),
)


class Pods:
    """A project with a zone and a cluster's pool, and pods that hold what a test gives them."""

    def __init__(self) -> None:
        self.scene: Scene = scene()
        self.project = self.scene.project
        Zones(self.project)
        self.dns = CloudDns(self.project, self.scene.policies)
        self.scene.call(
            "dns.managedZones.create",
            {"name": "llm", "dnsName": "llm.example.com.", "description": "x"},
            project=PROJECT,
        )

    def allow(self, *permissions: str) -> None:
        self.scene.call(
            "iam.projects.roles.create",
            {"roleId": "certificates", "role": {"includedPermissions": [*permissions]}},
            parent=f"projects/{PROJECT}",
        )
        member = pods(self.project, CALLER.namespace, CALLER.account)
        bound: Properties = {"role": ROLE, "members": [member]}
        asked: Properties = {"policy": {"bindings": [bound, _owners()]}}
        self.scene.call("cloudresourcemanager.projects.setIamPolicy", asked, resource=PROJECT)

    def present(self, value: str = "v", **settings: Value) -> str:
        """Put a value into the record; return what the cloud says against it."""
        wanted: Properties = settings or {"project": PROJECT, "hostedZoneName": "llm"}
        try:
            self.dns.present(CALLER, wanted, RECORD, value)
        except DnsError as error:
            return str(error)
        return ""


def _owners() -> Properties:
    return {"role": "roles/owner", "members": ["user:ada@example.com"]}


@pytest.fixture
def zone() -> Pods:
    made = Pods()
    open_pool(made.scene)
    return made


def test_rights_to_change_records_are_enough_for_a_zone_that_is_named(zone: Pods) -> None:
    zone.allow(*ENOUGH)
    settings: Properties = {"project": PROJECT, "hostedZoneName": "llm"}

    assert zone.present("a") == ""
    assert zone.present("b") == ""
    assert zone.present("b") == "", "it is there"
    assert zone.dns.texts(RECORD) == {"a", "b"}
    zone.dns.clean_up(CALLER, settings, RECORD, "a")
    assert zone.dns.texts(RECORD) == {"b"}
    for _ in range(2):  # what is gone is fine
        zone.dns.clean_up(CALLER, settings, RECORD, "b")
    assert zone.dns.texts(RECORD) == set()


@pytest.mark.parametrize("missing", [name for name in ENOUGH if "delete" not in name])
def test_without_one_of_them_no_record_is_made(zone: Pods, missing: str) -> None:
    zone.allow(*(name for name in ENOUGH if name != missing))

    assert zone.present() == "googleapi: Error 403: Forbidden, forbidden"
    assert zone.dns.texts(RECORD) == set()


def test_without_its_name_the_zone_is_looked_up_which_is_another_right(zone: Pods) -> None:
    zone.allow(*ENOUGH)

    assert zone.present(project=PROJECT) == (
        "GoogleCloud API call failed: googleapi: Error 403: Forbidden, forbidden"
    )


def test_a_zone_that_does_not_exist_is_named(zone: Pods) -> None:
    zone.allow(*ENOUGH, "dns.managedZones.list")

    assert zone.present(project=PROJECT, hostedZoneName="nope") == (
        "googleapi: Error 404: The 'parameters.managedZone' resource named 'nope' does not exist., "
        "notFound"
    )
    zone.scene.call("dns.managedZones.delete", project=PROJECT, managedZone="llm")
    assert "No matching GoogleCloud domain found" in zone.present(project=PROJECT)


def test_without_a_pool_there_are_no_credentials() -> None:
    assert "could not find default credentials" in Pods().present()


def test_another_project_is_not_simulated(zone: Pods) -> None:
    assert "not simulated" in zone.present(project="other")


def test_a_zone_with_records_does_not_go(zone: Pods) -> None:
    zone.allow(*ENOUGH)
    zone.present()

    assert "is not empty" in zone.scene.refusal(
        "dns.managedZones.delete", project=PROJECT, managedZone="llm"
    )


def test_a_change_happens_as_a_whole(zone: Pods) -> None:
    record: Properties = {"name": "a.llm.example.com.", "type": "A", "ttl": 60, "rrdatas": ["x"]}
    other = {**record, "name": "b.llm.example.com."}
    where: Properties = {"project": PROJECT, "managedZone": "llm"}
    refusal = zone.scene.refusal(
        "dns.changes.create", {"additions": [record], "deletions": [other]}, **where
    )

    assert "named 'b.llm.example.com. (A)' does not exist" in refusal
    assert zone.scene.call("dns.resourceRecordSets.list", **where) == {"rrsets": []}
    zone.scene.call("dns.changes.create", {"additions": [record]}, **where)
    again = zone.scene.refusal("dns.changes.create", {"additions": [record]}, **where)
    assert "named 'a.llm.example.com. (A)' already exists" in again
