"""Route 53 as cert-manager asks it, from pods with an identity.

Owns which calls a record needs and what cert-manager says. Source: cert-manager v1.21.2,
pkg/issuer/acme/dns/route53, read 2026-11-27; what it says of a refusal was taken from a real one.
"""

import re

from infra.rehearsal.aws.account import Account, Region
from infra.rehearsal.aws.dns_rights import (
    NO_ROLE,
    SERVICE,
    Keys,
    home,
    keys_of,
    refusal,
    role_in_cluster,
    words,
)
from infra.rehearsal.aws.eks_state import EksState
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.pod_identity import PodRole
from infra.rehearsal.aws.values import block, blocks, optional_text, text
from infra.rehearsal.cloud.errors import NotSimulatedError
from infra.rehearsal.controllers.cert_manager.port import Caller, DnsError
from infra.wire import Properties

TTL_SECONDS = 10
REDACTED = "<redacted AWS SDK error: http.ResponseError: see events and logs for details>"
_CHANGE = "failed to change Route 53 record set"
_QUERY = "failed to query Route 53 change status"
_FIND = "failed to determine Route 53 hosted zone ID"


class Route53:
    """Zones of the account, as pods of its one cluster see them."""

    provider = "route53"

    def __init__(self, account: Account, state: EksState) -> None:
        """Work on the account of that state."""
        self._account = account
        self._state = state

    def present(self, caller: Caller, settings: Properties, record: str, value: str) -> None:
        """Put a value into a TXT record."""
        self._change(caller, settings, record, value, "UPSERT")

    def clean_up(self, caller: Caller, settings: Properties, record: str, value: str) -> None:
        """Take the value out again."""
        self._change(caller, settings, record, value, "DELETE")

    def texts(self, record: str) -> frozenset[str]:
        """Return what anybody in the world sees in a TXT record."""
        with self._account.lock:
            region = self._region("")
            zone = _best_zone(region, record)
            if zone is None:
                return frozenset()
            reply = region.call(SERVICE, "list_resource_record_sets", HostedZoneId=zone)
            return frozenset(
                text(item, "Value").strip('"')
                for found in blocks(reply, "ResourceRecordSets")
                if (text(found, "Name"), text(found, "Type")) == (f"{record}.", "TXT")
                for item in blocks(found, "ResourceRecords")
            )

    def _change(
        self, caller: Caller, settings: Properties, record: str, value: str, action: str
    ) -> None:
        with self._account.lock:
            region = self._region(optional_text(settings, "region"))
            asking = _Asking(region, self._role(caller))
            zone = optional_text(settings, "hostedZoneID") or self._found(asking, record)
            arn = f"arn:aws:route53:::hostedzone/{zone}"
            asking.require(_CHANGE, "ChangeResourceRecordSets", arn, _context(record, action))
            try:
                self._call(region, zone, record, value, action)
            except AwsError as error:
                if action == "DELETE" and error.code == "InvalidChangeBatch":
                    return
                raise _refused(_CHANGE, "ChangeResourceRecordSets", 400, error) from error
            asking.require(_QUERY, "GetChange", "arn:aws:route53:::change/C1")

    def _call(self, region: Region, zone: str, record: str, value: str, action: str) -> None:
        quoted = f'"{value}"'
        wanted: Properties = {
            "Name": f"{record}.",
            "Type": "TXT",
            "TTL": TTL_SECONDS,
            "MultiValueAnswer": True,
            "SetIdentifier": quoted,
            "ResourceRecords": [{"Value": quoted}],
        }
        region.call(
            SERVICE,
            "change_resource_record_sets",
            HostedZoneId=zone,
            ChangeBatch={
                "Comment": "Managed by cert-manager",
                "Changes": [{"Action": action, "ResourceRecordSet": wanted}],
            },
        )

    def _region(self, name: str) -> Region:
        """Route 53 is the same everywhere; without a region cert-manager takes the cluster's."""
        return self._account.region(name or home(self._state))

    def _role(self, caller: Caller) -> PodRole:
        role = role_in_cluster(self._account, self._state, caller)
        if role is None:
            message = f"{_CHANGE}: operation error Route 53: ChangeResourceRecordSets, {NO_ROLE}"
            raise DnsError(message)
        return role

    def _found(self, asking: "_Asking", record: str) -> str:
        asking.require(_FIND, "ListHostedZonesByName", "*")
        zone = _best_zone(asking.region, record)
        if zone is None:
            message = f"{_FIND}: zone  not found in Route 53 for domain {record}."
            raise DnsError(message)
        return zone


class _Asking:
    """Requests of one role."""

    def __init__(self, region: Region, role: PodRole) -> None:
        self.region = region
        self._role = role

    def require(
        self, doing: str, operation: str, resource: str, context: Keys | None = None
    ) -> None:
        """Refuse what the role's documents do not allow."""
        try:
            refused = refusal(self.region, self._role, operation, resource, context or {})
        except NotSimulatedError as error:
            raise DnsError(str(error)) from error
        if refused is not None:
            raise _refused(doing, operation, 403, refused)


def _refused(doing: str, operation: str, status: int, error: AwsError) -> DnsError:
    start = f"{doing}: "
    redacted = f"{start}operation error Route 53: {operation}, {REDACTED}"
    return DnsError(f"{start}{words(operation, status, error)}", redacted)


def _context(record: str, action: str) -> Keys:
    return keys_of([(record, "TXT", action)])


def _best_zone(region: Region, record: str) -> str | None:
    """Return the id of the public zone with the longest name that a record is in."""
    found = [
        (text(zone, "Name"), text(zone, "Id").removeprefix("/hostedzone/"))
        for zone in blocks(region.call(SERVICE, "list_hosted_zones"), "HostedZones")
        if block(zone, "Config").get("PrivateZone") is not True
    ]
    fitting = [
        (name, zone)
        for name, zone in found
        if re.search(rf"(^|\.){re.escape(name)}$", f"{record}.")
    ]
    return max(fitting, key=lambda item: len(item[0]))[1] if fitting else None
