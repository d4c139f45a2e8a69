"""Cloud DNS: managed zones and the records in them.

Owns: that a change takes records away only as they are, adds none that is there, and happens as a
whole; that a zone with records of somebody's does not go. Words: Google's of a zone that is missing
and of records that are there or not, as remembered.
"""

from collections.abc import Iterable

from infra.rehearsal.gcp.api.errors import GoogleError
from infra.rehearsal.gcp.api.project import Project, Request, now
from infra.replies import blocks, optional_text, text
from infra.wire import Properties, Value

SERVICE = "dns"
TAKEN, FULL, MISSING, CONFLICT = "alreadyExists", "containerNotEmpty", "notFound", "conflict"
_OWN = ("NS", "SOA")
"""Types of the records that a zone has by itself."""


class Zones:
    """Cloud DNS of one project."""

    def __init__(self, project: Project) -> None:
        """Serve it."""
        self._project = project
        project.register("dns.managedZones.create", self._create)
        project.register("dns.managedZones.get", self._get)
        project.register("dns.managedZones.list", self._list)
        project.register("dns.managedZones.delete", self._delete)
        project.register("dns.resourceRecordSets.list", self._records)
        project.register("dns.changes.create", self._change)

    def _create(self, request: Request) -> Properties:
        name = self._name(text(request.body, "name"))
        if name in self._project.store:
            said = text(request.body, "name")
            message = f"The resource 'entity.managedZone' named '{said}' already exists"
            raise request.refusal(TAKEN, message, 409)
        zone: Properties = {
            "visibility": "public",
            **request.body,
            "id": self._project.new_id(),
            "creationTime": now(),
            "nameServers": [f"ns-cloud-a{number}.googledomains.com." for number in range(1, 5)],
        }
        return self._project.store.put(name, zone)

    def _get(self, request: Request) -> Properties:
        return self._zone(request)

    def _list(self, request: Request) -> Properties:
        wanted = request.parameters.get("dnsName")
        found: list[Value] = [
            zone
            for _name, zone in self._project.store.named(self._name("*"))
            if wanted in (None, zone["dnsName"])
        ]
        return {"managedZones": found}

    def _delete(self, request: Request) -> Properties:
        zone = self._zone(request)
        if any(optional_text(one, "type") not in _OWN for one in self._in(request)):
            said = text(zone, "name")
            message = f"The resource named '{said}' cannot be deleted because it is not empty"
            raise request.refusal(FULL, message, 400)
        self._project.store.drop(self._name(text(zone, "name")))
        return {}

    def _records(self, request: Request) -> Properties:
        self._zone(request)
        name, kind = request.parameters.get("name"), request.parameters.get("type")
        found: list[Value] = [
            one
            for one in self._in(request)
            if name in (None, one["name"]) and kind in (None, one["type"])
        ]
        return {"rrsets": found}

    def _change(self, request: Request) -> Properties:
        self._zone(request)
        gone = self._keys(request, blocks(request.body, "deletions"))
        new = self._keys(request, blocks(request.body, "additions"))
        for key, record in gone.items():
            if self._project.store.get(key) != record:
                raise _refused(request, "deletions", record, MISSING)
        for key, record in new.items():
            if key in self._project.store and key not in gone:
                raise _refused(request, "additions", record, CONFLICT)
        for key in gone:
            self._project.store.drop(key)
        for key, record in new.items():
            self._project.store.put(key, record)
        return {**request.body, "id": self._project.new_id(), "status": "done", "startTime": now()}

    def _keys(self, request: Request, records: Iterable[Properties]) -> dict[str, Properties]:
        zone = self._name(request["managedZone"])
        return {f"{zone}/rrsets/{one['name']}{one['type']}": dict(one) for one in records}

    def _in(self, request: Request) -> list[Properties]:
        zone = self._name(request["managedZone"])
        return [one for _name, one in self._project.store.named(f"{zone}/rrsets/*")]

    def _zone(self, request: Request) -> Properties:
        said = request["managedZone"]
        message = f"The 'parameters.managedZone' resource named '{said}' does not exist."
        return request.found(self._name(said), message, MISSING)

    def _name(self, zone: str) -> str:
        return self._project.path("managedZones", zone)


def _refused(request: Request, where: str, record: Properties, code: str) -> GoogleError:
    named = f"{record['name']} ({record['type']})"
    what, status = ("does not exist", 404) if code == MISSING else ("already exists", 409)
    message = f"The resource 'entity.change.{where}[0]' named '{named}' {what}"
    return request.refusal(code, message, status)
