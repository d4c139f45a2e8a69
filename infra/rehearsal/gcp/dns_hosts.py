"""Cloud DNS as external-dns asks it, from a pod with an identity.

Owns which calls a look and a change need, as which principal, and what is said of a refusal.
Source: kubernetes-sigs/external-dns v0.21.0, provider/google/google.go, read 2026-11-27; Google's
own words of a permission that is missing as remembered. Not played: batches of more than a thousand
changes.
"""

from collections.abc import Iterable, Mapping, Sequence

from infra.rehearsal.cloud.errors import NotSimulatedError
from infra.rehearsal.controllers.external_dns.port import (
    CNAME,
    TTL_SECONDS,
    Changes,
    HostsError,
    Record,
    Scope,
)
from infra.rehearsal.controllers.own_pods import Caller
from infra.rehearsal.gcp.api.errors import GoogleError
from infra.rehearsal.gcp.api.iam.names import workload_pool
from infra.rehearsal.gcp.api.iam.policies import Policies
from infra.rehearsal.gcp.api.project import Project
from infra.rehearsal.gcp.pod_identity import may_use_zone, pods
from infra.replies import blocks, optional_text, text, texts
from infra.wire import Properties, Value

_FORBIDDEN = "googleapi: Error 403: Forbidden, forbidden"
_ZONES, _LIST, _CHANGE = "managedZones.list", "resourceRecordSets.list", "changes.create"


class CloudDnsHosts:
    """Zones of the project, as the pod of its one cluster sees them."""

    provider = "google"

    def __init__(self, project: Project, policies: Policies) -> None:
        """Work on a project and the policies in it."""
        self._project = project
        self._policies = policies

    def adjusted(self, wanted: Iterable[Record]) -> list[Record]:
        """Return records as Cloud DNS keeps them: as they are."""
        return [*wanted]

    def records(self, caller: Caller, scope: Scope) -> list[Record]:
        """Return every record of the zones."""
        with self._project.lock:
            return [
                Record(
                    text(found, "name").removesuffix("."),
                    text(found, "type"),
                    tuple(_bare(found, item) for item in texts(found, "rrdatas")),
                )
                for zone in self._zones(caller, scope)
                for found in blocks(self._call(caller, _LIST, zone), "rrsets")
            ]

    def apply(self, caller: Caller, scope: Scope, changes: Changes) -> None:
        """Make changes: each zone's as a whole."""
        gone = [*changes.delete, *(one.old for one in changes.update)]
        new = [*changes.create, *(one.new for one in changes.update)]
        with self._project.lock:
            for zone, domain in self._zones(caller, scope).items():
                body: Properties = {}
                for name, permission, records in (
                    ("deletions", "delete", gone),
                    ("additions", "create", new),
                ):
                    written = _written(records, domain)
                    if written:
                        self._require(caller, f"resourceRecordSets.{permission}", zone, _CHANGE)
                        body[name] = written
                if body:
                    self._call(caller, _CHANGE, zone, body)

    def _zones(self, caller: Caller, scope: Scope) -> Mapping[str, str]:
        """Return the name of each public zone that is meant, with its domain."""
        if scope.project not in ("", self._project.project):
            message = f"not simulated: Cloud DNS of another project, {scope.project}"
            raise HostsError(message)
        if workload_pool(self._project.project) not in self._project.store:
            message = "google: could not find default credentials"
            raise HostsError(message)
        found = blocks(self._call(caller, _ZONES, ""), "managedZones")
        return {
            text(zone, "name"): text(zone, "dnsName").removesuffix(".")
            for zone in found
            if optional_text(zone, "visibility") != "private"
            and scope.covers(text(zone, "dnsName").removesuffix("."))
            and scope.has_zone(text(zone, "id"), text(zone, "name"))
        }

    def _call(
        self, caller: Caller, method: str, zone: str, body: Properties | None = None
    ) -> Properties:
        self._require(caller, method, zone, method)
        where: Properties = {"managedZone": zone} if zone else {}
        project = self._project.project
        try:
            return self._project.call(f"dns.{method}", body, project=project, **where)
        except GoogleError as error:
            message = f"{_doing(method, zone)}{error}"
            raise HostsError(message) from error

    def _require(self, caller: Caller, permission: str, zone: str, method: str) -> None:
        who = pods(self._project, caller.namespace, caller.account)
        try:
            allowed = may_use_zone(self._project, self._policies, who, f"dns.{permission}", zone)
        except NotSimulatedError as error:
            raise HostsError(str(error)) from error
        if not allowed:
            message = f"{_doing(method, zone)}{_FORBIDDEN}"
            raise HostsError(message)


def _doing(method: str, zone: str) -> str:
    return {
        _ZONES: "failed to list zones: ",
        _LIST: f"failed to list records in zone {zone}: ",
    }.get(method, "failed to create changes: ")


def _bare(found: Properties, item: str) -> str:
    return item.removesuffix(".") if text(found, "type") == CNAME else item


def _written(records: Sequence[Record], domain: str) -> list[Value]:
    return [
        {
            "name": f"{record.name}.",
            "type": record.kind,
            "ttl": TTL_SECONDS,
            "rrdatas": [
                f"{target}." if record.kind == CNAME else target for target in record.targets
            ],
        }
        for record in records
        if record.name.endswith(domain)
    ]
