"""Managed zones as whoever owns them has them: settings that change, DNSSEC, and a policy each.

Owns what the provider asks of a zone beside its records, which are `zones`'. What Google fills into
the settings of DNSSEC: as remembered.
"""

from infra.rehearsal.gcp.api.iam.policies import Policies
from infra.rehearsal.gcp.api.project import Project, Request
from infra.rehearsal.gcp.api.stores.zones import Zones
from infra.replies import block, text
from infra.wire import Properties

METHODS = "dns.managedZones"
SIGNED: Properties = {"kind": "dns#managedZoneDnsSecConfig", "nonExistence": "nsec3"}
CHANGEABLE = ("description", "labels")


class ManagedZones(Zones):
    """Cloud DNS of one project, with the policies of its zones."""

    def __init__(self, project: Project, policies: Policies) -> None:
        """Serve it."""
        super().__init__(project)
        self._policies = policies
        project.register(f"{METHODS}.patch", self._patch)
        policies.serve(METHODS, self._resource)

    def _create(self, request: Request) -> Properties:
        zone = super()._create(request)
        signing = block(zone, "dnssecConfig")
        if signing.get("state") == "on":
            zone["dnssecConfig"] = {**SIGNED, **signing}
        return zone

    def _patch(self, request: Request) -> Properties:
        zone = self._zone(request)
        for name in CHANGEABLE:
            if name in request.body:
                zone[name] = request.body[name]
        if "dnssecConfig" in request.body:
            zone["dnssecConfig"] = {**SIGNED, **block(request.body, "dnssecConfig")}
        return {"status": "done", "id": self._project.new_id(), "type": "update"}

    def _delete(self, request: Request) -> Properties:
        name = self._name(text(self._zone(request), "name"))
        reply = super()._delete(request)
        self._policies.forget(name)
        return reply

    def _resource(self, request: Request) -> str:
        name = request["resource"]
        said = name.rpartition("/")[2]
        message = f"The 'parameters.managedZone' resource named '{said}' does not exist."
        request.found(name, message)
        return name
