"""Cloud DNS as cert-manager asks it, from pods with an identity.

Owns which calls a record needs, as which principal, and the words of a refusal. Source:
cert-manager v1.21.2, pkg/issuer/acme/dns/clouddns, read 2026-11-27; Google's own words of a
permission that is missing as remembered.
"""

from infra.rehearsal.cloud.errors import NotSimulatedError
from infra.rehearsal.controllers.cert_manager.port import Caller, DnsError
from infra.rehearsal.gcp.api.errors import GoogleError
from infra.rehearsal.gcp.api.iam.names import workload_pool
from infra.rehearsal.gcp.api.iam.policies import Policies
from infra.rehearsal.gcp.api.project import Project
from infra.rehearsal.gcp.pod_identity import may_use_zone, pods
from infra.replies import blocks, optional_text, text, texts
from infra.wire import Properties, Value

TTL_SECONDS = 60
_FORBIDDEN = "googleapi: Error 403: Forbidden, forbidden"


class CloudDns:
    """Zones of the project, as pods of its one cluster see them."""

    provider = "cloudDNS"

    def __init__(self, project: Project, policies: Policies) -> None:
        """Work on a project and the policies in it."""
        self._project = project
        self._policies = policies

    def present(self, caller: Caller, settings: Properties, record: str, value: str) -> None:
        """Put a value into a TXT record, beside those that are there."""
        with self._project.lock:
            zone = self._zone(caller, settings, record)
            held = self._held(caller, zone, record)
            values = [item for one in held for item in texts(one, "rrdatas")]
            if value not in (item.strip('"') for item in values):
                self._change(caller, zone, held, [_record(record, [value, *values])])

    def clean_up(self, caller: Caller, settings: Properties, record: str, value: str) -> None:
        """Take the value out again."""
        with self._project.lock:
            zone = self._zone(caller, settings, record)
            for one in self._held(caller, zone, record):
                left = [item for item in texts(one, "rrdatas") if item.strip('"') != value]
                if len(left) < len(texts(one, "rrdatas")):
                    self._change(caller, zone, [one], [_record(record, left)] if left else [])

    def texts(self, record: str) -> frozenset[str]:
        """Return what anybody in the world sees in a TXT record."""
        with self._project.lock:
            zone = self._best_zone(record)
            if not zone:
                return frozenset()
            found = self._call("resourceRecordSets.list", managedZone=zone, name=f"{record}.")
            return frozenset(
                item.strip('"') for one in blocks(found, "rrsets") for item in texts(one, "rrdatas")
            )

    def _zone(self, caller: Caller, settings: Properties, record: str) -> str:
        asked = optional_text(settings, "project")
        if asked != self._project.project:
            message = f"not simulated: Cloud DNS of another project, {asked}"
            raise DnsError(message)
        if workload_pool(self._project.project) not in self._project.store:
            message = (
                "error instantiating google clouddns challenge solver: Unable to get Google Cloud "
                "client: google: could not find default credentials"
            )
            raise DnsError(message)
        if optional_text(settings, "hostedZoneName"):
            return text(settings, "hostedZoneName")
        self._require(caller, "managedZones.list", "", "GoogleCloud API call failed: ")
        zone = self._best_zone(record)
        if not zone:
            message = f"No matching GoogleCloud domain found for domain {record}."
            raise DnsError(message)
        return zone

    def _best_zone(self, record: str) -> str:
        """Return the public zone with the longest name that a record is in."""
        found = self._call("managedZones.list")
        fitting = [
            (len(text(zone, "dnsName")), text(zone, "name"))
            for zone in blocks(found, "managedZones")
            if f".{record}.".endswith(f".{text(zone, 'dnsName')}")
            and optional_text(zone, "visibility") != "private"
        ]
        return max(fitting)[1] if fitting else ""

    def _held(self, caller: Caller, zone: str, record: str) -> list[Properties]:
        self._require(caller, "resourceRecordSets.list", zone)
        found = self._call(
            "resourceRecordSets.list", managedZone=zone, name=f"{record}.", type="TXT"
        )
        return blocks(found, "rrsets")

    def _change(
        self, caller: Caller, zone: str, gone: list[Properties], new: list[Properties]
    ) -> None:
        self._require(caller, "changes.create", zone)
        for permission, records in (("delete", gone), ("create", new)):
            if records:
                self._require(caller, f"resourceRecordSets.{permission}", zone)
        body: Properties = {"deletions": [*gone], "additions": [*new]}
        self._call("changes.create", body, managedZone=zone)

    def _require(self, caller: Caller, what: str, zone: str, before: str = "") -> None:
        who = pods(self._project, caller.namespace, caller.account)
        try:
            allowed = may_use_zone(self._project, self._policies, who, f"dns.{what}", zone)
        except NotSimulatedError as error:
            raise DnsError(str(error)) from error
        if not allowed:
            message = f"{before}{_FORBIDDEN}"
            raise DnsError(message)

    def _call(
        self, operation: str, body: Properties | None = None, **parameters: Value
    ) -> Properties:
        try:
            return self._project.call(
                f"dns.{operation}", body, project=self._project.project, **parameters
            )
        except GoogleError as error:
            raise DnsError(str(error)) from error


def _record(name: str, values: list[str]) -> Properties:
    return {"name": f"{name}.", "type": "TXT", "ttl": TTL_SECONDS, "rrdatas": [*values]}
