"""Artifact Registry: repositories of images, plain and remote.

No record was found of its words; the statuses are those of its API reference (google.rpc.Code).
"""

import re

from infra.rehearsal.gcp.api.errors import Status
from infra.rehearsal.gcp.api.iam.names import robot
from infra.rehearsal.gcp.api.iam.policies import Policies
from infra.rehearsal.gcp.api.listing import page
from infra.rehearsal.gcp.api.masks import masked
from infra.rehearsal.gcp.api.operations import finished
from infra.rehearsal.gcp.api.project import Project, Request, now
from infra.rehearsal.gcp.api.standard import StandardMethods
from infra.rehearsal.gcp.api.stores.keys import Keys
from infra.replies import optional_text
from infra.wire import Properties

METHODS = "artifactregistry.projects.locations.repositories"
KIND = "google.devtools.artifactregistry.v1.Repository"
NAME = re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?")
ROBOT = "gcp-sa-artifactregistry"


class Repositories(StandardMethods):
    """Artifact Registry of one project."""

    def __init__(self, project: Project, policies: Policies, keys: Keys) -> None:
        """Serve it."""
        super().__init__(project, METHODS)
        self._policies = policies
        self._keys = keys
        policies.serve(METHODS, self._resource)

    def _create(self, request: Request) -> Properties:
        wanted = str(request.parameters.get("repositoryId") or "")
        if not NAME.fullmatch(wanted):
            message = f'invalid repository id "{wanted}"; it must match {NAME.pattern}'
            raise request.refusal(Status.INVALID_ARGUMENT, message)
        name = f"{request['parent']}/repositories/{wanted}"
        if name in self._project.store:
            raise request.refusal(Status.ALREADY_EXISTS, "the repository already exists")
        key = optional_text(request.body, "kmsKeyName")
        reason = self._keys.why_unusable(key, robot(self._project.number, ROBOT)) if key else ""
        if reason:
            raise request.refusal(Status.PERMISSION_DENIED, reason)
        repository: Properties = {
            "mode": "STANDARD_REPOSITORY",
            **request.body,
            "name": name,
            "createTime": now(),
            "updateTime": now(),
            "sizeBytes": "0",
            "registryUri": self._uri(request["parent"], wanted),
        }
        return finished(self._project.store.put(name, repository), KIND)

    def _list(self, request: Request) -> Properties:
        wanted = f"{request['parent']}/repositories/*"
        found = [one for _name, one in self._project.store.named(wanted)]
        return page(request, found, "repositories")

    def _patch(self, request: Request) -> Properties:
        repository = self._found(request, request["name"])
        masked(request, repository, request.body)
        repository["updateTime"] = now()
        return repository

    def _delete(self, request: Request) -> Properties:
        self._found(request, request["name"])
        self._project.store.drop(request["name"])
        self._policies.forget(request["name"])
        return finished({}, "google.protobuf.Empty")

    def _found(self, request: Request, name: str) -> Properties:
        return request.found(name, f'repository "{name}" not found', Status.NOT_FOUND)

    def _uri(self, parent: str, name: str) -> str:
        location = parent.rpartition("/")[2]
        return f"{location}-docker.pkg.dev/{self._project.project}/{name}"
