"""The one real API server of a rehearsal, as the simulated cluster service knows it.

Owns: reading the file that describes it, and the few requests that such a service itself makes
inside a cluster: count a group's nodes, take them away, apply, look at and delete system objects.
Does not own: starting it, or what the program puts into it.
"""

import base64
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from infra.rehearsal.kubernetes.client import NOT_FOUND, ApiClient, ApiError
from infra.rehearsal.kubernetes.values import emulated_version
from infra.replies import optional_text, text
from infra.wire import Properties

WORKLOADS = ("DaemonSet", "Deployment")


class ControlPlaneFileError(ValueError):
    """The file that describes the API server cannot be used."""


class KubernetesApi(Protocol):
    """What a cluster service needs of an API server; `ApiClient` has it."""

    def apply(self, body: dict, field_manager: str, *, force: bool = False) -> dict:
        """Apply an object on the server's side."""
        ...

    def delete(
        self, api_version: str, kind: str, name: str, namespace: str = "", *, propagation: str = ""
    ) -> None:
        """Ask for deletion."""
        ...

    def list_objects(
        self, api_version: str, kind: str, namespace: str | None = None, **query: str | int | bool
    ) -> list[dict]:
        """Return all objects of a kind."""
        ...

    def request(self, method: str, path: str) -> dict:
        """Send one request and return the decoded answer."""
        ...


@dataclass(frozen=True)
class ClusterService:
    """What is a cluster service's own inside a cluster."""

    field_manager: str
    """Owner of the fields of system objects."""
    group_label: str
    """Label of a node that names its group."""


@dataclass(frozen=True)
class ControlPlane:
    """Where the API server is, and a client with the administrator's token."""

    endpoint: str
    ca_pem: str
    region: str
    api: KubernetesApi
    service: ClusterService

    @property
    def certificate_authority(self) -> str:
        """The CA as cluster services return it: base64 of the PEM."""
        return base64.b64encode(self.ca_pem.encode()).decode()

    def version(self) -> str:
        """Return the Kubernetes version that it serves, `1.35`.

        Raises:
            ApiError: it cannot be reached.
        """
        return emulated_version(self.api.request("GET", "/version"))

    def nodes(self, group: str) -> tuple[int, int]:
        """Return how many nodes a group has, and how many of them are Ready."""
        found = self._nodes(group)
        return len(found), sum(_ready(node) for node in found)

    def drop_nodes(self, group: str) -> None:
        """Delete a group's nodes; the node controller starts new ones for what is desired."""
        for node in self._nodes(group):
            self._delete("v1", "Node", node["metadata"]["name"], "")

    def apply(self, objects: list[Properties], *, force: bool = True) -> None:
        """Apply system objects in order; by force, what others set is lost.

        Raises:
            ApiError: the API server refuses one; a conflict (409) only without force.
        """
        for item in objects:
            self.api.apply(item, self.service.field_manager, force=force)

    def remove(self, objects: list[Properties]) -> None:
        """Delete system objects, last first; what is gone is fine."""
        for item in reversed(objects):
            self._delete(
                text(item, "apiVersion"),
                text(item, "kind"),
                text(item, "metadata.name"),
                optional_text(item, "metadata.namespace"),
            )

    def workloads(self, objects: list[Properties]) -> list[Properties]:
        """Return those of the objects that run pods, as the API server has them now."""
        return [
            found
            for item in objects
            if item["kind"] in WORKLOADS
            for found in self.api.list_objects(
                text(item, "apiVersion"),
                text(item, "kind"),
                text(item, "metadata.namespace"),
                fieldSelector=f"metadata.name={text(item, 'metadata.name')}",
            )
        ]

    def _nodes(self, group: str) -> list[dict]:
        wanted = f"{self.service.group_label}={group}"
        return self.api.list_objects("v1", "Node", labelSelector=wanted)

    def _delete(self, api_version: str, kind: str, name: str, namespace: str) -> None:
        try:
            self.api.delete(api_version, kind, name, namespace, propagation="Background")
        except ApiError as error:
            if error.status != NOT_FOUND:
                raise


@dataclass(frozen=True)
class ControlPlaneFile:
    """What the file says."""

    endpoint: str
    ca_pem: str
    admin_token: str
    region: str
    project: str
    """Empty on a cloud without projects."""

    def client(self) -> ApiClient:
        """Return a client with the administrator's token."""
        return ApiClient(self.endpoint, self.ca_pem, self.admin_token)

    def plane(self, service: ClusterService) -> ControlPlane:
        """Return the API server as a cluster service uses it."""
        return ControlPlane(self.endpoint, self.ca_pem, self.region, self.client(), service)


def read(path: Path) -> ControlPlaneFile:
    """Read `{"endpoint", "caPem", "adminToken", "region", "project"}`; the last two may lack.

    Raises:
        ControlPlaneFileError: the file is missing, no JSON, or lacks a key.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return ControlPlaneFile(
            endpoint=str(found["endpoint"]),
            ca_pem=str(found["caPem"]),
            admin_token=str(found["adminToken"]),
            region=str(found.get("region", "")),
            project=str(found.get("project", "")),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        message = (
            f"{path}: must be JSON with endpoint, caPem, adminToken and region ({error!r}); "
            "write it, in one step, when the API server answers"
        )
        raise ControlPlaneFileError(message) from error


def _ready(node: dict) -> bool:
    conditions = node.get("status", {}).get("conditions") or []
    return any(item["type"] == "Ready" and item["status"] == "True" for item in conditions)
