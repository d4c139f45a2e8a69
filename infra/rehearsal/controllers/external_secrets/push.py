"""PushSecrets: from the cluster, or from a generator, into the secret manager.

Owns when one is pushed, and the condition Ready. Whether a secret may be overwritten at all is the
secret manager's side of it (`port`).
"""

import base64
import json
from collections.abc import Mapping

from infra.rehearsal.controllers.external_secrets.marks import (
    Marks,
    is_going,
    synced_version,
    timestamp,
)
from infra.rehearsal.controllers.external_secrets.port import Caller, Push, SecretManagerError
from infra.rehearsal.controllers.external_secrets.refreshing import is_stale, seconds_left
from infra.rehearsal.controllers.external_secrets.sources import Sources
from infra.rehearsal.controllers.external_secrets.stores import STORE, Place, Stores
from infra.rehearsal.kubernetes.client import ApiClient
from infra.rehearsal.kubernetes.values import mapping, mappings, text
from infra.wire import Properties, Value

API_VERSION = "external-secrets.io/v1alpha1"
KIND = "PushSecret"
FINALIZER = "pushsecret.externalsecrets.io/finalizer"
METADATA = ("kubernetes.external-secrets.io/v1alpha1", "PushSecretMetadata")
GRACE_SECONDS = 5.0
"""Added to the time until the next refresh (pushsecret_controller.go, Reconcile)."""


class PushSecrets:
    """The PushSecrets of one cluster."""

    def __init__(self, api: ApiClient, stores: Stores, sources: Sources) -> None:
        """Push into these stores."""
        self._api = api
        self._marks = Marks(api)
        self._stores = stores
        self._sources = sources

    def reconcile(self, body: Properties, caller: Caller, now: float) -> float | None:
        """Push one; return after how many seconds to look again, None: when it changes.

        Raises:
            SecretManagerError: it could not be pushed; the object says so, too.
            ApiError: the API server cannot be reached or refuses.
        """
        deletes = deletes_at_the_end(body)
        if is_going(body):
            if deletes:
                self._delete(body, caller, now, keep=frozenset())
            self._marks.finalizer(body, FINALIZER, wanted=False)
            return None
        self._marks.finalizer(body, FINALIZER, wanted=deletes)
        is_same = text(body, "status", "syncedResourceVersion") == synced_version(body)
        if is_same and not is_stale(body, now):
            left = seconds_left(body, now)
            return None if left is None else left + GRACE_SECONDS
        data = self._source(body, now)
        pushed = self._push_all(body, data, caller, now)
        if deletes:
            self._delete(body, caller, now, keep=frozenset(pushed))
        words = "PushSecret synced successfully"
        if _keeps_existing(body):
            words += ". Existing secrets in providers unchanged."
        self._marks.status(
            body,
            now,
            {"status": "True", "reason": "Synced", "message": words},
            refreshTime=timestamp(now),
            syncedResourceVersion=synced_version(body),
            syncedPushSecrets=_by_store(pushed),
        )
        return seconds_left({**body, "status": {}}, now)

    def _source(self, body: Properties, now: float) -> dict[str, bytes]:
        selector, namespace = mapping(body, "spec", "selector"), _namespace(body)
        try:
            if "generatorRef" in selector:
                return self._sources.generated(mapping(selector, "generatorRef"), namespace)
            return self._secret(text(selector, "secret", "name"), namespace)
        except SecretManagerError as error:
            raise self._failed(body, now, "could not get source secret", error) from error

    def _secret(self, name: str, namespace: str) -> dict[str, bytes]:
        found = self._api.find("v1", "Secret", name, namespace)
        if found is None:
            message = f'secrets "{name}" not found'
            raise SecretManagerError(message)
        return {key: base64.b64decode(str(item)) for key, item in mapping(found, "data").items()}

    def _push_all(
        self, body: Properties, data: Mapping[str, bytes], caller: Caller, now: float
    ) -> dict[tuple[str, str], Properties]:
        pushed: dict[tuple[str, str], Properties] = {}
        for reference in mappings(body, "spec", "secretStoreRefs"):
            try:
                place = self._stores.find(reference, _namespace(body), caller, ready=False)
            except SecretManagerError as error:
                raise self._failed(body, now, str(error), error) from error
            for entry in mappings(body, "spec", "data"):
                try:
                    self._push(body, place, reference, entry, data)
                except SecretManagerError as error:
                    words = f"set secret failed: {error}"
                    raise self._failed(body, now, words, error) from error
                pushed[_store_key(reference), _remote_key(entry)] = entry
        return pushed

    def _push(
        self,
        body: Properties,
        place: Place,
        reference: Properties,
        entry: Properties,
        data: Mapping[str, bytes],
    ) -> None:
        key, remote = text(entry, "match", "secretKey"), _remote_key(entry)
        if key and key not in data:
            message = f"secret key {key} does not exist"
            raise SecretManagerError(message)
        if _keeps_existing(body):
            try:
                if place.manager.has_value(place.caller, place.settings, remote):
                    return
            except SecretManagerError as error:
                message = f"could not verify if secret exists in store: {error}"
                raise SecretManagerError(message) from error
        value = data[key] if key else _together(data)
        try:
            wanted = Push(remote, value, _metadata(entry))
            place.manager.push(place.caller, place.settings, wanted)
        except SecretManagerError as error:
            store = text(reference, "name")
            message = f"could not write remote ref {key} to target secretstore {store}: {error}"
            raise SecretManagerError(message) from error

    def _delete(
        self, body: Properties, caller: Caller, now: float, *, keep: frozenset[tuple[str, str]]
    ) -> None:
        for store, entries in mapping(body, "status", "syncedPushSecrets").items():
            kind, _slash, name = store.partition("/")
            for remote in mapping(entries):
                if (store, remote) in keep:
                    continue
                try:
                    reference: Properties = {"kind": kind, "name": name}
                    place = self._stores.find(reference, _namespace(body), caller, ready=False)
                    place.manager.delete(place.caller, place.settings, remote)
                except SecretManagerError as error:
                    words = f"Failed to Delete Secrets from Provider: {error}"
                    raise self._failed(body, now, words, error) from error

    def _failed(
        self, body: Properties, now: float, words: str, error: SecretManagerError
    ) -> SecretManagerError:
        self._marks.status(body, now, {"status": "False", "reason": "Errored", "message": words})
        self._marks.event(body, now, "Errored", words)
        return SecretManagerError(str(error))


def deletes_at_the_end(body: Properties) -> bool:
    """Say whether what was pushed is deleted with the PushSecret."""
    return text(body, "spec", "deletionPolicy") == "Delete"


def names_store(body: Properties, store: Properties) -> bool:
    """Say whether a PushSecret names a store."""
    kind, metadata = text(store, "kind"), mapping(store, "metadata")
    if kind == STORE and text(metadata, "namespace") != _namespace(body):
        return False
    key = f"{kind}/{text(metadata, 'name')}"
    return any(_store_key(one) == key for one in mappings(body, "spec", "secretStoreRefs"))


def _namespace(body: Properties) -> str:
    return text(body, "metadata", "namespace")


def _keeps_existing(body: Properties) -> bool:
    return text(body, "spec", "updatePolicy") == "IfNotExists"


def _store_key(reference: Properties) -> str:
    return f"{text(reference, 'kind') or STORE}/{text(reference, 'name')}"


def _remote_key(entry: Properties) -> str:
    return text(entry, "match", "remoteRef", "remoteKey")


def _together(data: Mapping[str, bytes]) -> bytes:
    """Without a key the whole Secret is pushed, as a JSON object."""
    return json.dumps({key: value.decode(errors="replace") for key, value in data.items()}).encode()


def _metadata(entry: Properties) -> Properties:
    found = mapping(entry, "metadata")
    if not found:
        return {}
    for name, wanted in zip(("apiVersion", "kind"), METADATA, strict=True):
        if found.get(name) != wanted:
            message = f'unexpected {name} "{found.get(name)}", expected "{wanted}"'
            raise SecretManagerError(message)
    return mapping(found, "spec")


def _by_store(pushed: Mapping[tuple[str, str], Properties]) -> Properties:
    stores: dict[str, Value] = {}
    for (store, remote), entry in pushed.items():
        stores[store] = {**mapping(stores, store), remote: entry}
    return stores
