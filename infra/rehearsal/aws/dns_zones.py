"""Route 53 as cert-manager asks it, from pods with an identity.

Owns which calls a record needs, as which role, and the words of a refusal. Source: cert-manager
v1.21.2, pkg/issuer/acme/dns/route53, read 2026-11-27; what it says of a refusal was taken from a
real one. That pods get no other role and AWS's words for it: as remembered.
"""

import re

from infra.rehearsal.aws.account import Account, Region
from infra.rehearsal.aws.eks_state import EksState
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.pod_identity import PodRole, is_allowed, role_of
from infra.rehearsal.aws.values import block, blocks, optional_text, text
from infra.rehearsal.cloud.errors import NotSimulatedError
from infra.rehearsal.controllers.cert_manager.port import Caller, DnsError
from infra.wire import Properties

SERVICE = "route53"
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
        places = [place for place, _cluster in self._state.records]
        return self._account.region(name or (places[0] if places else "us-east-1"))

    def _role(self, caller: Caller) -> PodRole:
        for place, _cluster in self._state.records:
            found = role_of(
                self._state, self._account.region(place), caller.namespace, caller.account
            )
            if found is not None:
                return found
        # Pods do not reach their node's role: its metadata service answers one hop only.
        message = (
            f"{_CHANGE}: operation error Route 53: ChangeResourceRecordSets, get identity: get "
            "credentials: failed to refresh cached credentials, no EC2 IMDS role found, operation "
            "error ec2imds: GetMetadata, request canceled, context deadline exceeded"
        )
        raise DnsError(message)

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
        self, doing: str, operation: str, resource: str, context: dict[str, str] | None = None
    ) -> None:
        """Refuse what the role's documents do not allow."""
        action = f"{SERVICE}:{operation}"
        try:
            allowed = is_allowed(self.region, self._role, action, resource, context or {})
        except NotSimulatedError as error:
            raise DnsError(str(error)) from error
        if not allowed:
            why = (
                f"User: {self._role.session} is not authorized to perform: {action} on resource: "
                f"{resource} because no identity-based policy allows the {action} action"
            )
            raise _refused(doing, operation, 403, AwsError(why, operation, "AccessDenied"))


def _refused(doing: str, operation: str, status: int, error: AwsError) -> DnsError:
    start = f"{doing}: operation error Route 53: {operation}, "
    said = f"https response error StatusCode: {status}, api error {error.code}: {error.reason}"
    return DnsError(f"{start}{said}", f"{start}{REDACTED}")


def _context(record: str, action: str) -> dict[str, str]:
    """Return the condition keys of a change (Route 53 developer guide, "Using conditions")."""
    return {
        f"{SERVICE}:ChangeResourceRecordSetsNormalizedRecordNames": record.lower(),
        f"{SERVICE}:ChangeResourceRecordSetsRecordTypes": "TXT",
        f"{SERVICE}:ChangeResourceRecordSetsActions": action,
    }


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
