"""Service connection policies: which service of Google's may take addresses of a network.

One for a network, a region and a class of services (Network Connectivity API, discovery document of
google-api-python-client 2.202.0). No record was found of its words.
"""

from infra.rehearsal.gcp.api.errors import Status
from infra.rehearsal.gcp.api.listing import page
from infra.rehearsal.gcp.api.masks import masked
from infra.rehearsal.gcp.api.operations import finished
from infra.rehearsal.gcp.api.project import Project, Request, now
from infra.rehearsal.gcp.api.standard import StandardMethods
from infra.replies import blocks, text, texts
from infra.wire import Properties

METHODS = "networkconnectivity.projects.locations.serviceConnectionPolicies"
KIND = "google.cloud.networkconnectivity.v1.ServiceConnectionPolicy"


class ConnectionPolicies(StandardMethods):
    """The policies of one project."""

    def __init__(self, project: Project) -> None:
        """Serve them."""
        super().__init__(project, METHODS)

    def _create(self, request: Request) -> Properties:
        wanted = str(request.parameters.get("serviceConnectionPolicyId") or "")
        name = f"{request['parent']}/serviceConnectionPolicies/{wanted}"
        if name in self._project.store:
            raise request.refusal(Status.ALREADY_EXISTS, f"Resource '{name}' already exists")
        for subnetwork in texts(request.body, "pscConfig.subnetworks"):
            if subnetwork not in self._project.store:
                message = f"The subnetwork {subnetwork} was not found"
                raise request.refusal(Status.INVALID_ARGUMENT, message)
        same = (text(request.body, "network"), text(request.body, "serviceClass"))
        for _name, one in self._project.store.named(
            f"{request['parent']}/serviceConnectionPolicies/*"
        ):
            if (one["network"], one["serviceClass"]) == same:
                message = f"network {same[0]} has a policy for {same[1]} in this region already"
                raise request.refusal(Status.FAILED_PRECONDITION, message)
        policy: Properties = {
            **request.body,
            "name": name,
            "infrastructure": "PSC",
            "createTime": now(),
            "updateTime": now(),
        }
        return finished(self._project.store.put(name, policy), KIND)

    def _list(self, request: Request) -> Properties:
        found = [
            one
            for _name, one in self._project.store.named(
                f"{request['parent']}/serviceConnectionPolicies/*"
            )
        ]
        return page(request, found, "serviceConnectionPolicies")

    def _patch(self, request: Request) -> Properties:
        policy = self._found(request, request["name"])
        masked(request, policy, request.body)
        policy["updateTime"] = now()
        return finished(policy, KIND)

    def _delete(self, request: Request) -> Properties:
        policy = self._found(request, request["name"])
        location = request["name"].split("/")[3]
        for _name, one in self._project.store.named(
            f"projects/{self._project.project}/locations/{location}/instances/*"
        ):
            if any(
                c.get("network") == policy["network"] for c in blocks(one, "pscAutoConnections")
            ):
                message = f"{request['name']} is used by {one['name']}"
                raise request.refusal(Status.FAILED_PRECONDITION, message)
        self._project.store.drop(request["name"])
        return finished({}, "google.protobuf.Empty")

    def _found(self, request: Request, name: str) -> Properties:
        return request.found(name, f"Resource '{name}' was not found", Status.NOT_FOUND)
