"""Rows of Cloud DNS: public zones, and grants on one.

What changes in place, and the forms of ids: hashicorp/terraform-provider-google@07a2c0b660ec,
google/services/dns/resource_dns_managed_zone.go and iam_dns_managed_zone.go, read 2026-11-27. The
provider sends a changed zone whole, by PUT; here what changed is sent, which comes to the same.
"""

from collections.abc import Mapping

from infra.rehearsal.cloud.table import Change, updating
from infra.rehearsal.gcp.forms import Form
from infra.rehearsal.gcp.members import Resource, member_row
from infra.rehearsal.gcp.place import Place
from infra.rehearsal.gcp.table import STEERING, ResourceType, got
from infra.replies import blocks, text
from infra.wire import Properties, Value

ZONES = "dns.managedZones"
ZONE = Form("projects/{project}/managedZones/{name}")
PATCH, DELETE = f"{ZONES}.patch", f"{ZONES}.delete"
OWN = ("NS", "SOA")
"""Types of the records that a zone has by itself."""
CHANGEABLE = {"description": "description", "dnssecConfig": "dnssecConfig"}


def _patch(place: Place, change: Change) -> None:
    """Done when it answers: a zone's settings wait for nothing."""
    body: Properties = {
        member: change.new[name] for name, member in CHANGEABLE.items() if name in change.new
    }
    place.call(PATCH, body, **ZONE.addressed(PATCH, change.physical_id))


def _relabel(place: Place, change: Change, labels: Mapping[str, str]) -> None:
    body: Properties = {"labels": {**labels}}
    place.call(PATCH, body, **ZONE.addressed(PATCH, change.physical_id))


def _delete(place: Place, physical_id: str, outputs: Properties) -> None:
    """Delete the zone, and the records of others in it only where the program said so."""
    address = ZONE.addressed(DELETE, physical_id)
    if outputs.get("forceDestroy"):
        found = place.call("dns.resourceRecordSets.list", **address)
        records: list[Value] = [
            record for record in blocks(found, "rrsets") if text(record, "type") not in OWN
        ]
        if records:
            place.call("dns.changes.create", {"deletions": records}, **address)
    place.call(DELETE, **address)


def _outputs(_place: Place, _physical_id: str, api: Properties) -> Properties:
    return {"managedZoneId": text(api, "id")}


ROWS = (
    ResourceType(
        pulumi_type="gcp:dns/managedZone:ManagedZone",
        form=ZONE,
        create=f"{ZONES}.create",
        read=got(f"{ZONES}.get", ZONE),
        delete=_delete,
        labels="labels",
        relabel=_relabel,
        settings=STEERING | {"forceDestroy"},
        updates=(updating(*CHANGEABLE, source="dns.managedZones.update", apply=_patch),),
        outputs=_outputs,
        computed_blocks=frozenset({"dnssecConfig"}),
    ),
    member_row(
        "gcp:dns/dnsManagedZoneIamMember:DnsManagedZoneIamMember",
        Resource(
            ZONES,
            id_of=lambda place, inputs: (
                f"projects/{place.field(inputs, 'project')}/managedZones/"
                f"{text(inputs, 'managedZone').rpartition('/')[2]}"
            ),
            shown=lambda resource: {
                "project": resource.split("/")[1],
                "managedZone": resource,
            },
        ),
    ),
)
