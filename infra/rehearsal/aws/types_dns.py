"""The row of Route 53: public zones.

What the provider shows, that tags come after the zone, and that one that is to be forced is emptied
first: hashicorp/terraform-provider-aws
@036631a1dee5, internal/service/route53/zone.go, read 2026-11-27. Not played: private zones.
"""

from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.chance import chance
from infra.rehearsal.aws.parameters import TAGGED_AFTERWARDS
from infra.rehearsal.aws.table import ResourceType
from infra.rehearsal.aws.values import block, blocks, dig, optional_text, tag_list, text, texts
from infra.rehearsal.cloud.table import Change, updating
from infra.wire import Properties, Value

SERVICE = "route53"
KIND: Properties = {"ResourceType": "hostedzone"}
OWN = ("NS", "SOA")
"""Types of the records that a zone has by itself, under its own name."""
_PREFIX = "/hostedzone/"


def _read(region: Region, physical_id: str) -> Properties:
    found = region.call(SERVICE, "get_hosted_zone", Id=physical_id)
    tags = region.call(SERVICE, "list_tags_for_resource", **KIND, ResourceId=physical_id)
    return {
        **block(found, "HostedZone"),
        "DelegationSet": block(found, "DelegationSet"),
        "Tags": dig(tags, "ResourceTagSet.Tags"),
    }


def _arranged(inputs: Properties) -> Properties:
    sent = dict(inputs)
    comment = sent.pop("comment", "")
    return {**sent, "hostedZoneConfig": {"comment": comment}}


def _retag(region: Region, physical_id: str, changed: dict[str, str], gone: list[str]) -> None:
    sent: Properties = {}
    if changed:
        sent["AddTags"] = tag_list(changed)
    if gone:
        sent["RemoveTagKeys"] = [*gone]
    if sent:
        region.call(SERVICE, "change_tags_for_resource", **KIND, ResourceId=physical_id, **sent)


def _comment(region: Region, change: Change) -> None:
    said = change.new.get("comment", "")
    region.call(SERVICE, "update_hosted_zone_comment", Id=change.physical_id, Comment=said)


def _delete(region: Region, physical_id: str, outputs: Properties) -> None:
    """Delete the zone, and the records of others in it only where the program said so."""
    if outputs.get("forceDestroy"):
        _empty(region, physical_id, text(outputs, "name"))
    region.call(SERVICE, "delete_hosted_zone", Id=physical_id)


def _empty(region: Region, physical_id: str, domain: str) -> None:
    """Take out every record but those that the zone has by itself."""
    found = region.call(SERVICE, "list_resource_record_sets", HostedZoneId=physical_id)
    changes: list[Value] = [
        {"Action": "DELETE", "ResourceRecordSet": record}
        for record in blocks(found, "ResourceRecordSets")
        if (text(record, "Name"), text(record, "Type"))
        not in ((f"{domain}.", kind) for kind in OWN)
    ]
    if changes:
        region.call(
            SERVICE,
            "change_resource_record_sets",
            HostedZoneId=physical_id,
            ChangeBatch={"Changes": changes},
        )


def _outputs(_region: Region, physical_id: str, api: Properties) -> Properties:
    servers = texts(api, "DelegationSet.NameServers")
    shown: list[Value] = [*sorted(servers)]
    return {
        "arn": f"arn:aws:route53:::hostedzone/{physical_id}",
        "comment": optional_text(api, "Config.Comment"),
        "name": text(api, "Name").removesuffix("."),
        "nameServers": shown,
        "primaryNameServer": servers[0],
        "zoneId": physical_id,
    }


ROWS = (
    ResourceType(
        pulumi_type="aws:route53/zone:Zone",
        service=SERVICE,
        create="create_hosted_zone",
        identity=lambda reply, _inputs: text(reply, "HostedZone.Id").removeprefix(_PREFIX),
        # A word of the caller's, so that a call that is made twice makes one zone.
        placed=lambda _region: {"CallerReference": chance.new_uuid()},
        arrange=_arranged,
        read=_read,
        delete=_delete,
        settings=frozenset({"forceDestroy"}),
        tags=TAGGED_AFTERWARDS,
        retag=_retag,
        updates=(updating("comment", source="UpdateHostedZoneComment", apply=_comment),),
        outputs=_outputs,
    ),
)
