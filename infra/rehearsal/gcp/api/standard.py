"""The methods that most collections of Google's APIs have: create, get, list, patch, delete.

Owns: that they are served together, and how a thing is looked up. Does not own: what a collection
asks of a thing and says of it. Compute Engine's collections are made otherwise (`compute/`).
"""

from abc import ABC, abstractmethod

from infra.rehearsal.gcp.api.project import Project, Request
from infra.wire import Properties


class StandardMethods(ABC):
    """One collection of a project, by the names of things (google.aip.dev/131 to 135)."""

    def __init__(self, project: Project, methods: str) -> None:
        """Serve it: `iam.projects.roles`."""
        self._project = project
        served = {
            "create": self._create,
            "get": self._get,
            "list": self._list,
            "patch": self._patch,
            "delete": self._delete,
        }
        project.serve(methods, served)

    @abstractmethod
    def _create(self, request: Request) -> Properties: ...

    @abstractmethod
    def _list(self, request: Request) -> Properties: ...

    @abstractmethod
    def _patch(self, request: Request) -> Properties: ...

    @abstractmethod
    def _delete(self, request: Request) -> Properties: ...

    @abstractmethod
    def _found(self, request: Request, name: str) -> Properties:
        """Return the thing that is meant by a name, or refuse."""

    def _get(self, request: Request) -> Properties:
        return self._found(request, request["name"])

    def _resource(self, request: Request) -> str:
        """Return the full name of the thing of which a policy is asked."""
        return str(self._found(request, request["resource"])["name"])
