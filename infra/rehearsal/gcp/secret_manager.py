"""Secret Manager as External Secrets Operator asks it, from pods with an identity.

Owns which calls a read and a push are, as which principal, and the words of a refusal. Source:
external-secrets/external-secrets@cc5bfbc (2026-08-08), providers/v1/gcp/secretmanager; Google's own
words of a permission that is missing as remembered.
"""

import base64

from infra.rehearsal.cloud.errors import NotSimulatedError
from infra.rehearsal.controllers.external_secrets.port import (
    Caller,
    NoSecretError,
    Push,
    SecretManagerError,
)
from infra.rehearsal.gcp.api.errors import GoogleError
from infra.rehearsal.gcp.api.iam.names import workload_pool
from infra.rehearsal.gcp.api.iam.policies import Policies
from infra.rehearsal.gcp.api.project import Project
from infra.rehearsal.gcp.pod_identity import may_use_secret, pods
from infra.replies import block, optional_text, text
from infra.wire import Properties, Value

METHODS = "secretmanager.projects.secrets"
MANAGED_BY, OURS = "managed-by", "external-secrets"
MERGE, REPLACE = "Merge", "Replace"
PUSH_SETTINGS = frozenset({"annotations", "labels", "mergePolicy", "replicationLocations"})
"""Of a PushSecret's metadata that are played."""
LATEST = "latest"
VALUE_LIMIT = 65536
"""Bytes (Secret Manager API reference, SecretPayload, 2026)."""


class SecretManager:
    """Secret Manager of the project, as pods of its one cluster see it."""

    provider = "gcpsm"

    def __init__(self, project: Project, policies: Policies) -> None:
        """Work on a project and the policies in it."""
        self._project = project
        self._policies = policies

    def require_credentials(self, caller: Caller, settings: Properties) -> None:
        """See to it that pods get a token: what it is good for is IAM's to say."""
        del caller
        with self._project.lock:
            self._own_project(settings)
            if workload_pool(self._project.project) not in self._project.store:
                message = (
                    "unable to get credentials: google: could not find default credentials: the "
                    "cluster has no workload pool"
                )
                raise SecretManagerError(message)

    def read(self, caller: Caller, settings: Properties, key: str, version: str = "") -> bytes:
        """Return the value of the latest version, or of one by its number."""
        with self._project.lock:
            self._own_project(settings)
            try:
                return self._access(caller, key, version or LATEST)
            except NoSecretError as error:
                message = f"unable to access Secret from SecretManager Client: {error}"
                raise NoSecretError(message) from error
            except SecretManagerError as error:
                message = f"unable to access Secret from SecretManager Client: {error}"
                raise SecretManagerError(message) from error

    def has_value(self, caller: Caller, settings: Properties, key: str) -> bool:
        """Say whether there is a version: the operator lists them, and reads one."""
        with self._project.lock:
            self._own_project(settings)
            self._require(caller, "versions.list", key)
            if self._secret(key) is None:
                return False
            try:
                self._access(caller, key, LATEST)
            except NoSecretError:
                return False
            return True

    def push(self, caller: Caller, settings: Properties, wanted: Push) -> None:
        """Add a version to a secret of the operator's, or make one."""
        with self._project.lock:
            self._own_project(settings)
            _refuse_settings(wanted)
            self._require(caller, "secrets.get", wanted.key)
            secret = self._secret(wanted.key) or self._create(caller, wanted)
            self._relabel(caller, secret, wanted)
            try:
                if self._access(caller, wanted.key, LATEST) == wanted.value:
                    return
            except NoSecretError:
                pass
            self._require(caller, "versions.add", wanted.key)
            payload: Properties = {"data": _encoded(wanted)}
            self._call("addVersion", {"payload": payload}, parent=self._name(wanted.key))

    def delete(self, caller: Caller, settings: Properties, key: str) -> None:
        """Delete a secret of the operator's."""
        with self._project.lock:
            self._own_project(settings)
            self._require(caller, "secrets.get", key)
            secret = self._secret(key)
            if secret is None or block(secret, "labels").get(MANAGED_BY) != OURS:
                return
            self._require(caller, "secrets.delete", key)
            self._call("delete", name=self._name(key))

    def _own_project(self, settings: Properties) -> None:
        asked = optional_text(settings, "projectID")
        if asked not in ("", self._project.project):
            message = f"not simulated: Secret Manager of another project, {asked}"
            raise SecretManagerError(message)

    def _name(self, key: str) -> str:
        return self._project.path("secrets", key)

    def _secret(self, key: str) -> Properties | None:
        return self._project.store.get(self._name(key))

    def _require(self, caller: Caller, what: str, key: str, version: str = "") -> None:
        who = pods(self._project, caller.namespace, caller.account)
        permission = f"secretmanager.{what}"
        try:
            allowed = may_use_secret(self._project, self._policies, who, permission, key)
        except NotSimulatedError as error:
            raise SecretManagerError(str(error)) from error
        if not allowed:
            resource = f"{self._name(key)}{f'/versions/{version}' if version else ''}"
            message = (
                f"rpc error: code = PermissionDenied desc = Permission '{permission}' denied for "
                f"resource '{resource}' (or it may not exist)."
            )
            raise SecretManagerError(message)

    def _access(self, caller: Caller, key: str, version: str) -> bytes:
        self._require(caller, "versions.access", key, version)
        try:
            found = self._project.call(
                f"{METHODS}.versions.access", name=f"{self._name(key)}/versions/{version}"
            )
        except GoogleError as error:
            if error.not_found:
                raise NoSecretError from error
            raise _refusal(error) from error
        return base64.b64decode(optional_text(found, "payload.data"))

    def _create(self, caller: Caller, wanted: Push) -> Properties:
        self._require(caller, "secrets.create", wanted.key)
        places = wanted.metadata.get("replicationLocations")
        replicas: list[Value] = [
            {"location": place} for place in (places if isinstance(places, list) else [])
        ]
        managed: Properties = {"userManaged": {"replicas": replicas}}
        automatic: Properties = {"automatic": {}}
        secret: Properties = {
            "labels": {MANAGED_BY: OURS},
            "replication": managed if replicas else automatic,
        }
        parent = self._project.path()
        self._call("create", secret, parent=parent, secretId=wanted.key)
        return self._secret(wanted.key) or {}

    def _relabel(self, caller: Caller, secret: Properties, wanted: Push) -> None:
        """Without `mergePolicy: Merge` all labels but the PushSecret's go (push_secret.go)."""
        labels = block(secret, "labels")
        if labels.get(MANAGED_BY) != OURS:
            message = f"secret {wanted.key} is not managed by external secrets"
            raise SecretManagerError(message)
        spec = wanted.metadata
        kept = labels if optional_text(spec, "mergePolicy") == MERGE else {}
        marks: Properties = {
            "labels": {**block(spec, "labels"), **kept, MANAGED_BY: OURS},
            "annotations": block(spec, "annotations"),
        }
        if marks == {"labels": labels, "annotations": block(secret, "annotations")}:
            return
        self._require(caller, "secrets.update", wanted.key)
        self._call("patch", marks, name=text(secret, "name"), updateMask="labels,annotations")

    def _call(self, operation: str, body: Properties | None = None, **parameters: Value) -> None:
        try:
            self._project.call(f"{METHODS}.{operation}", body, **parameters)
        except GoogleError as error:
            raise _refusal(error) from None  # its message may hold what was sent


def _refuse_settings(wanted: Push) -> None:
    unknown = sorted(wanted.metadata.keys() - PUSH_SETTINGS)
    if unknown:
        message = f"not simulated: metadata of a PushSecret: {', '.join(unknown)}"
        raise SecretManagerError(message)
    policy = optional_text(wanted.metadata, "mergePolicy")
    if policy not in ("", MERGE, REPLACE):
        message = f"not simulated: mergePolicy {policy} of a PushSecret"
        raise SecretManagerError(message)


def _encoded(wanted: Push) -> str:
    if not 0 < len(wanted.value) <= VALUE_LIMIT:
        message = f"InvalidArgument: {wanted.key}: a value has 1 to {VALUE_LIMIT} bytes"
        raise SecretManagerError(message)
    return base64.b64encode(wanted.value).decode()


def _refusal(error: GoogleError) -> SecretManagerError:
    return SecretManagerError(f"rpc error: {error.operation}: code = {error.code}")
