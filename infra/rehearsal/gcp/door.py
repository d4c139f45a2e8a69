"""Calls of Google's API from outside of the provider: `{method, parameters, body}`.

Owns: what stands in a call; methods have Google's own ids. Does not own: the door itself
(`cloud/door.py`) or what a call does (`api/`).
"""

from infra.rehearsal.cloud.door import ApiDoor, MalformedCallError
from infra.rehearsal.gcp.api.project import Project
from infra.rehearsal.gcp.credentials import Owner
from infra.wire import Properties


def open_door(project: Project, owner: Owner) -> ApiDoor:
    """Return the door of a project, for whoever has its owner's token."""

    def call(request: Properties) -> Properties:
        method, parameters = request.get("method"), request.get("parameters")
        body = request.get("body")
        if (
            not isinstance(method, str)
            or not isinstance(parameters, dict)
            or not (body is None or isinstance(body, dict))
        ):
            message = "the body must be JSON with method, parameters and, where there is one, body"
            raise MalformedCallError(message)
        return project.call(method, body, **parameters)

    return ApiDoor(owner.token, "authError", call)
