"""Secret Manager: secrets and their versions.

Owns: that a secret is there without a value, that a value is a version which never changes, and
that a deleted secret goes at once with all of them. Words: of a name that is taken,
google/exposure-notifications-verification-server#456 (2020-09-02); of a secret without a value, as
remembered; the statuses are those of its API reference.
"""

import re

from infra.rehearsal.gcp.api.errors import Status
from infra.rehearsal.gcp.api.iam.policies import Policies
from infra.rehearsal.gcp.api.listing import page
from infra.rehearsal.gcp.api.masks import masked
from infra.rehearsal.gcp.api.project import Project, Request, now
from infra.rehearsal.gcp.api.standard import StandardMethods
from infra.replies import block, text
from infra.wire import Properties

METHODS = "secretmanager.projects.secrets"
VERSIONS = f"{METHODS}.versions"
NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
ENABLED = "ENABLED"


class Secrets(StandardMethods):
    """Secret Manager of one project."""

    def __init__(self, project: Project, policies: Policies) -> None:
        """Serve it."""
        super().__init__(project, METHODS)
        self._policies = policies
        project.register(f"{METHODS}.addVersion", self._add_version)
        project.register(f"{VERSIONS}.access", self._access)
        project.register(f"{VERSIONS}.list", self._list_versions)
        policies.serve(METHODS, self._resource)

    def _create(self, request: Request) -> Properties:
        wanted = str(request.parameters.get("secretId") or "")
        if not NAME.fullmatch(wanted):
            message = f'invalid secret id "{wanted}"; it must match {NAME.pattern}'
            raise request.refusal(Status.INVALID_ARGUMENT, message)
        if not block(request.body, "replication"):
            message = "a secret must say how it is replicated"
            raise request.refusal(Status.INVALID_ARGUMENT, message)
        name = f"{request['parent']}/secrets/{wanted}"
        if name in self._project.store:
            raise request.refusal(Status.ALREADY_EXISTS, f"Secret [{name}] already exists.")
        secret: Properties = {**request.body, "name": name, "createTime": now(), "etag": "1"}
        return self._project.store.put(name, secret)

    def _list(self, request: Request) -> Properties:
        wanted = f"{request['parent']}/secrets/*"
        found = [one for _name, one in self._project.store.named(wanted)]
        return page(request, found, "secrets")

    def _patch(self, request: Request) -> Properties:
        secret = self._found(request, request["name"])
        masked(request, secret, request.body)
        return secret

    def _delete(self, request: Request) -> Properties:
        name = text(self._found(request, request["name"]), "name")
        for version, _one in list(self._project.store.named(f"{name}/versions/*")):
            self._project.store.drop(version)
        self._project.store.drop(name)
        self._policies.forget(name)
        return {}

    def _add_version(self, request: Request) -> Properties:
        secret = text(self._found(request, request["parent"]), "name")
        number = 1 + len(list(self._project.store.named(f"{secret}/versions/*")))
        name = f"{secret}/versions/{number}"
        version: Properties = {"name": name, "createTime": now(), "state": ENABLED}
        self._project.store.put(name, {**version, "payload": block(request.body, "payload")})
        return version

    def _access(self, request: Request) -> Properties:
        secret, _, number = request["name"].rpartition("/versions/")
        self._found(request, secret)
        versions = dict(self._project.store.named(f"{secret}/versions/*"))
        if number == "latest":
            number = str(len(versions))
        found = versions.get(f"{secret}/versions/{number}")
        if found is None:
            message = f"Secret [{secret}] not found or has no versions."
            raise request.refusal(Status.NOT_FOUND, message)
        return {"name": f"{secret}/versions/{number}", "payload": block(found, "payload")}

    def _list_versions(self, request: Request) -> Properties:
        secret = text(self._found(request, request["parent"]), "name")
        found: list[Properties] = [
            {key: value for key, value in one.items() if key != "payload"}
            for _name, one in self._project.store.named(f"{secret}/versions/*")
        ]
        return page(request, found, "versions")

    def _found(self, request: Request, name: str) -> Properties:
        return request.found(name, f"Secret [{name}] not found.", Status.NOT_FOUND)
