"""ExternalSecrets: from the secret manager into Secrets of the cluster.

Owns when one is synced, the Secret that comes of it, and the condition Ready. Does not own where
values come from (`sources`).
"""

import base64
from collections.abc import Mapping

from infra.rehearsal.controllers.external_secrets.marks import (
    Marks,
    digest,
    is_going,
    synced_version,
    timestamp,
    uid,
)
from infra.rehearsal.controllers.external_secrets.port import Caller, SecretManagerError
from infra.rehearsal.controllers.external_secrets.refreshing import is_stale, seconds_left
from infra.rehearsal.controllers.external_secrets.sources import Sources
from infra.rehearsal.controllers.external_secrets.stores import API_VERSION
from infra.rehearsal.controllers.external_secrets.templates import rendered
from infra.rehearsal.kubernetes.client import ApiClient
from infra.rehearsal.kubernetes.values import mapping, mappings, text
from infra.wire import Properties

KIND = "ExternalSecret"
FINALIZER = "externalsecrets.external-secrets.io/externalsecret-cleanup"
MANAGED = "reconcile.external-secrets.io/managed"
CREATED_BY = "reconcile.external-secrets.io/created-by"
DATA_HASH = "reconcile.external-secrets.io/data-hash"
FAILED, SYNCED, DELETED = "SecretSyncedError", "SecretSynced", "SecretDeleted"
NOT_READ = "could not get secret data from provider"
NOT_WRITTEN = "could not update secret"
OWNED = "target is owned by another ExternalSecret"
MANAGER_LIMIT = 63


class ExternalSecrets:
    """The ExternalSecrets of one cluster."""

    def __init__(self, api: ApiClient, sources: Sources) -> None:
        """Read from these sources."""
        self._api = api
        self._marks = Marks(api)
        self._sources = sources

    def reconcile(self, body: Properties, caller: Caller, now: float) -> float | None:
        """Sync one; return after how many seconds to look again, None: when something changes.

        Raises:
            SecretManagerError: it could not be synced; the object says so, too.
            ApiError: the API server cannot be reached or refuses.
        """
        if is_going(body):
            self._take_down(body)
            return None
        self._marks.finalizer(body, FINALIZER, wanted=True)
        target = self.target(body)
        if not is_stale(body, now) and _is_valid(target, body):
            return seconds_left(body, now)
        data = self._read(body, caller, now)
        if not data and text(body, "spec", "target", "deletionPolicy") == "Delete":
            if target is not None:
                self._delete(target)
            words = "secret deleted due to DeletionPolicy=Delete"
            return self._done(body, now, DELETED, words)
        self._write(body, target, data, now)
        return self._done(body, now, SYNCED, "secret synced")

    def target(self, body: Properties) -> Properties | None:
        """Return the Secret as it is now."""
        return self._api.find("v1", "Secret", target_name(body), _namespace(body))

    def target_version(self, body: Properties) -> str:
        """Return what differs when the Secret did; empty: there is none."""
        return text(self.target(body) or {}, "metadata", "resourceVersion")

    def _read(self, body: Properties, caller: Caller, now: float) -> dict[str, bytes]:
        try:
            return self._sources.data_of(body, caller)
        except SecretManagerError as error:
            self._fail(body, now, NOT_READ, str(error))
            raise

    def _write(
        self, body: Properties, target: Properties | None, data: Mapping[str, bytes], now: float
    ) -> None:
        owner = _other_owner(target, body)
        if owner:
            self._fail(body, now, OWNED, f"secret is owned by another ExternalSecret: {owner}")
            raise SecretManagerError(OWNED)
        try:
            wanted = _secret(body, target, data)
        except SecretManagerError as error:
            self._fail(body, now, NOT_WRITTEN, str(error))
            raise
        manager = f"externalsecrets.external-secrets.io/{text(body, 'metadata', 'name')}"
        if len(manager) > MANAGER_LIMIT:
            name = digest({"name": text(body, "metadata", "name")})[:24]
            manager = f"externalsecrets.external-secrets.io/sha3/{name}"
        if target is None:
            self._api.create({**wanted}, {"fieldManager": manager})
            return
        path = self._api.object_path("v1", "Secret", target_name(body), _namespace(body))
        self._api.request("PUT", path, wanted, fieldManager=manager)

    def _done(self, body: Properties, now: float, reason: str, words: str) -> float | None:
        self._marks.status(
            body,
            now,
            {"status": "True", "reason": reason, "message": words},
            refreshTime=timestamp(now),
            syncedResourceVersion=synced_version(body),
            binding={"name": target_name(body)},
        )
        return seconds_left({**body, "status": {}}, now)

    def _fail(self, body: Properties, now: float, words: str, why: str) -> None:
        self._marks.status(body, now, {"status": "False", "reason": FAILED, "message": words})
        self._marks.event(body, now, "UpdateFailed", why)

    def _take_down(self, body: Properties) -> None:
        target = self.target(body)
        deletes = text(body, "spec", "target", "deletionPolicy") == "Delete"
        if deletes and target is not None and _controller(target).get("uid") == uid(body):
            self._delete(target)
        self._marks.finalizer(body, FINALIZER, wanted=False)

    def _delete(self, target: Properties) -> None:
        metadata = mapping(target, "metadata")
        self._api.delete("v1", "Secret", text(metadata, "name"), text(metadata, "namespace"))


def target_name(body: Properties) -> str:
    """Return the name of the Secret."""
    return text(body, "spec", "target", "name") or text(body, "metadata", "name")


def _namespace(body: Properties) -> str:
    return text(body, "metadata", "namespace")


def _is_valid(target: Properties | None, body: Properties) -> bool:
    """Say whether the Secret is as it was written: nobody deleted or changed it."""
    if text(body, "spec", "target", "creationPolicy") == "Orphan":
        return True
    if target is None:
        return False
    metadata = mapping(target, "metadata")
    is_managed = text(metadata, "labels", MANAGED) == "true"
    written = mapping(metadata, "annotations").get(DATA_HASH)
    return is_managed and written == digest(mapping(target, "data"))


def _controller(target: Properties) -> Properties:
    owners = mappings(target, "metadata", "ownerReferences")
    return next((item for item in owners if item.get("controller") is True), {})


def _other_owner(target: Properties | None, body: Properties) -> str:
    owner = _controller(target) if target else {}
    name = text(owner, "name")
    others = text(owner, "kind") == KIND and name != text(body, "metadata", "name")
    return name if others else ""


def _secret(body: Properties, target: Properties | None, data: Mapping[str, bytes]) -> Properties:
    template = mapping(body, "spec", "target", "template")
    made = rendered(template, data)
    encoded: Properties = {key: base64.b64encode(value).decode() for key, value in made.items()}
    marks = mapping(template, "metadata") if template else mapping(body, "metadata")
    before = mapping(target, "metadata") if target else {}
    labels = {**mapping(before, "labels"), **mapping(marks, "labels"), MANAGED: "true"}
    metadata: Properties = {
        "name": target_name(body),
        "namespace": _namespace(body),
        "labels": labels,
        "annotations": {
            **mapping(before, "annotations"),
            **mapping(marks, "annotations"),
            DATA_HASH: digest(encoded),
        },
    }
    if target is not None:
        metadata["resourceVersion"] = text(before, "resourceVersion")
    if text(body, "spec", "target", "creationPolicy") == "Owner":
        labels[CREATED_BY] = digest({"of": f"{_namespace(body)}/{text(body, 'metadata', 'name')}"})
        metadata["ownerReferences"] = [_owner(body)]
    kept = text(target or {}, "type")
    kind = text(template, "type") or kept or "Opaque"
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": metadata,
        "type": kind,
        "data": encoded,
    }


def _owner(body: Properties) -> Properties:
    return {
        "apiVersion": API_VERSION,
        "kind": KIND,
        "name": text(body, "metadata", "name"),
        "uid": uid(body),
        "controller": True,
        "blockOwnerDeletion": True,
    }
