"""Long-running operations, as each of Google's APIs has them.

Owns: the operations of Compute Engine and of GKE, and how they are asked about. What an operation
of Compute Engine does is done when it is made: its first reply says RUNNING, and whoever asks later
hears DONE. An operation of GKE runs until the code that made it says otherwise.
Does not own: what an operation does.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from infra.rehearsal.gcp.api.errors import Reason
from infra.rehearsal.gcp.api.listing import page
from infra.rehearsal.gcp.api.names import COMPUTE, CONTAINER, last
from infra.rehearsal.gcp.api.project import Project, Request, now
from infra.replies import optional_text, text
from infra.wire import Properties, Value

DONE = "DONE"
RUNNING = "RUNNING"
SCOPES: Mapping[str, str] = {
    "globalOperations": "global",
    "regionOperations": "regions/{region}",
    "zoneOperations": "zones/{zone}",
}
"""Where the operations of Compute Engine are, by the collection that has them."""
GKE_OPERATIONS = "container.projects.locations.operations"


@dataclass(frozen=True)
class Refusal:
    """Why the work of an operation fails after it was taken."""

    code: str
    """`QUOTA_EXCEEDED`: not the reason that a refused call has."""
    message: str
    details: Properties = field(default_factory=dict)
    """What Google adds for clients to print."""

    def shown(self) -> Properties:
        """Return it as operations have it."""
        more: Properties = {"errorDetails": [self.details]} if self.details else {}
        return {"code": self.code, "message": self.message, **more}


Look = Callable[[Project, Properties], None]
"""Sees a running operation that is asked about, and may end it with `finish`."""


class Operations:
    """Makes operations, and answers questions about them."""

    def __init__(self, project: Project) -> None:
        """Serve the operations of a project."""
        self._project = project
        self.looks: dict[str, Look] = {}
        """By `operationType` of GKE. A look that changes something notes it with the recorder."""
        for collection in SCOPES:
            project.register(f"compute.{collection}.get", self._get_compute)
            project.register(f"compute.{collection}.wait", self._get_compute)
            project.register(f"compute.{collection}.list", self._list_compute)
        project.register(f"{GKE_OPERATIONS}.get", self._get_container)
        project.register(f"{GKE_OPERATIONS}.list", self._list_container)

    def compute(self, kind: str, target: str, *, refused: Refusal | None = None) -> Properties:
        """Make an operation of Compute Engine on a resource, and return the reply.

        Args:
            kind: `insert`, `delete`, `patch`, ...
            target: full name of the resource.
            refused: why it fails, if it does.
        """
        chance, started = self._project.chance, now()
        name = f"operation-{chance.new_number(13)}-{chance.new_hex(13)}-{chance.new_hex(8)}"
        place = target.split("/")[2:-2]  # projects/P/regions/R/addresses/A
        full = self._project.path(*place, "operations", name)
        operation: Properties = {
            "kind": "compute#operation",
            "id": self._project.new_id(),
            "name": name,
            "operationType": kind,
            "targetLink": COMPUTE + target,
            "status": DONE,
            "progress": 100,
            "insertTime": started,
            "startTime": started,
            "endTime": started,
            "selfLink": COMPUTE + full,
        }
        if len(place) > 1:
            operation[place[0].removesuffix("s")] = COMPUTE + self._project.path(*place)
        if refused is not None:
            operation["error"] = {"errors": [refused.shown()]}
        self._project.store.put(full, operation)
        hidden = ("endTime", "error")  # not there yet
        shown = {key: value for key, value in operation.items() if key not in hidden}
        return {**shown, "status": RUNNING, "progress": 0}

    def container(self, kind: str, target: str, location: str) -> Properties:
        """Make a running operation of GKE, and return the reply.

        Args:
            kind: `CREATE_CLUSTER`, ...
            target: full name of the cluster or node pool.
            location: region or zone.
        """
        chance = self._project.chance
        name = f"operation-{chance.new_number(13)}-{chance.new_uuid()}"
        full = self._project.path("locations", location, "operations", name)
        return self._project.store.put(
            full,
            {
                "name": name,
                "operationType": kind,
                "status": RUNNING,
                "zone": location,
                "startTime": now(),
                "selfLink": CONTAINER + full,
                "targetLink": CONTAINER + target,
            },
        )

    def finish(self, operation: Properties, error: str = "", code: int = 13) -> None:
        """End an operation of GKE; with an error it failed.

        Args:
            operation: as it is in the store.
            error: what went wrong, in GKE's words.
            code: number of google.rpc.Code; 13 is INTERNAL.
        """
        operation |= {"status": DONE, "endTime": now()}
        if error:
            operation["statusMessage"] = error
            operation["error"] = {"code": code, "message": error}

    def _get_compute(self, request: Request) -> Properties:
        place = SCOPES[request.method.id.split(".")[1]].format_map(request.parameters)
        name = request.project.path(place, "operations", request["operation"])
        found = request.project.store.get(name)
        if found is None:
            raise request.not_found(name)
        return found

    def _list_compute(self, request: Request) -> Properties:
        place = SCOPES[request.method.id.split(".")[1]].format_map(request.parameters)
        named = request.project.store.named(request.project.path(place, "operations", "*"))
        return page(request, [operation for _name, operation in named])

    def _get_container(self, request: Request) -> Properties:
        name = request["name"]
        found = request.project.store.get(name)
        if found is None:
            raise request.refusal(Reason.NOT_FOUND, f"Not found: {name}.")
        self._look(found)
        return found

    def _list_container(self, request: Request) -> Properties:
        parent = request["parent"].replace("/locations/-", "/locations/*")
        found: list[Value] = []
        for _name, operation in list(request.project.store.named(f"{parent}/operations/*")):
            self._look(operation)
            found.append(operation)
        return {"operations": found}

    def _look(self, operation: Properties) -> None:
        look = self.looks.get(optional_text(operation, "operationType"))
        if look is not None and operation["status"] != DONE:
            look(self._project, operation)


def finished(response: Properties, kind: str) -> Properties:
    """Return an operation of google.longrunning that is done, as newer APIs answer.

    Args:
        response: the resource that came of it.
        kind: its protobuf type, `google.devtools.artifactregistry.v1.Repository`.
    """
    answer: Properties = {"@type": f"type.googleapis.com/{kind}", **response}
    return {"name": "operations/done", "done": True, "response": answer}


def target_of(operation: Properties) -> str:
    """Return the full name of what an operation works on."""
    link = text(operation, "targetLink")
    return link.removeprefix(COMPUTE).removeprefix(CONTAINER)


def operation_name(operation: Properties) -> str:
    """Return the full name of an operation."""
    link = text(operation, "selfLink")
    return link.removeprefix(COMPUTE).removeprefix(CONTAINER)


def short_name(operation: Properties) -> str:
    """Return the name that `*Operations.get` takes."""
    return last(text(operation, "selfLink"))
