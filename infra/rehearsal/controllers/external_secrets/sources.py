"""Where values come from: a secret of a store, whole or one of its properties, or a generator.

Owns what is made of a value that is read. Does not own reading it (`port`).
"""

import json
from collections.abc import Iterator

from infra.rehearsal.controllers.external_secrets.passwords import generate
from infra.rehearsal.controllers.external_secrets.port import (
    Caller,
    NoSecretError,
    SecretManagerError,
)
from infra.rehearsal.controllers.external_secrets.stores import Place, Stores
from infra.rehearsal.kubernetes.client import ApiClient
from infra.rehearsal.kubernetes.values import at, mapping, mappings, text
from infra.wire import Properties

GENERATORS = "generators.external-secrets.io/v1alpha1"


class Sources:
    """The sources of one cluster."""

    def __init__(self, api: ApiClient, stores: Stores) -> None:
        """Read stores through these."""
        self._api = api
        self._stores = stores

    def data_of(self, secret: Properties, caller: Caller) -> dict[str, bytes]:
        """Return what an ExternalSecret asks for.

        Raises:
            SecretManagerError: something of it is not to be had. With `deletionPolicy: Delete` a
                secret that does not exist is left out instead.
        """
        keeps = text(secret, "spec", "target", "deletionPolicy") == "Retain"
        data: dict[str, bytes] = {}
        for where, part in self._parts(secret, caller):
            try:
                data |= part()
            except NoSecretError as error:
                if keeps:
                    message = f"error processing {where}, err: {error}"
                    raise NoSecretError(message) from error
            except SecretManagerError as error:
                message = f"error processing {where}, err: {error}"
                raise SecretManagerError(message) from error
        return data

    def generated(self, reference: Properties, namespace: str) -> dict[str, bytes]:
        """Return what a generator draws, anew each time.

        Raises:
            SecretManagerError: there is no such generator, or it cannot draw.
        """
        kind, name = text(reference, "kind"), text(reference, "name")
        found = self._api.find(GENERATORS, kind, name, namespace)
        if found is None:
            resource = f"{kind.lower()}s.generators.external-secrets.io"
            message = f'unable to get generator: {resource} "{name}" not found'
            raise SecretManagerError(message)
        try:
            return generate(mapping(found, "spec"))
        except SecretManagerError as error:
            message = f"error using generator: {error}"
            raise SecretManagerError(message) from error

    def _parts(self, secret: Properties, caller: Caller) -> Iterator[tuple[str, "_Part"]]:
        for index, item in enumerate(mappings(secret, "spec", "dataFrom")):
            how = "extract" if "extract" in item else "sourceRef.generatorRef"
            yield f"spec.dataFrom[{index}].{how}", _Part(self, secret, item, caller)
        for index, item in enumerate(mappings(secret, "spec", "data")):
            key = text(item, "remoteRef", "key")
            yield f"spec.data[{index}] (key: {key})", _Part(self, secret, item, caller)

    def place(self, secret: Properties, caller: Caller) -> Place:
        """Return the store of an ExternalSecret."""
        reference = mapping(secret, "spec", "secretStoreRef")
        namespace = text(secret, "metadata", "namespace")
        return self._stores.find(reference, namespace, caller, ready=True)


class _Part:
    """One item of `data` or `dataFrom`, read when it is called."""

    def __init__(
        self, sources: Sources, secret: Properties, item: Properties, caller: Caller
    ) -> None:
        self._sources = sources
        self._secret = secret
        self._item = item
        self._caller = caller

    def __call__(self) -> dict[str, bytes]:
        item = self._item
        if "remoteRef" in item:
            return {text(item, "secretKey"): self._one(mapping(item, "remoteRef"))}
        if "extract" in item:
            return _all(self._one(mapping(item, "extract")), text(item, "extract", "key"))
        reference = mapping(item, "sourceRef", "generatorRef")
        return self._sources.generated(reference, text(self._secret, "metadata", "namespace"))

    def _one(self, reference: Properties) -> bytes:
        place = self._sources.place(self._secret, self._caller)
        key, wanted = text(reference, "key"), text(reference, "property")
        value = place.manager.read(
            place.caller, place.settings, key, version=text(reference, "version")
        )
        return _property(value, wanted, key) if wanted else value


def _all(value: bytes, key: str) -> dict[str, bytes]:
    found = _decoded(value)
    if found is None:
        message = f"unable to unmarshal secret {key}: it is no JSON object"
        raise SecretManagerError(message)
    return {name: _as_bytes(item) for name, item in found.items()}


def _property(value: bytes, wanted: str, key: str) -> bytes:
    """Return a member of a JSON object, or one of a member where the name has dots."""
    found = _decoded(value) or {}
    item = found[wanted] if wanted in found else at(found, *wanted.split("."))
    if item is None:
        message = f"key {wanted} does not exist in secret {key}"
        raise SecretManagerError(message)
    return _as_bytes(item)


def _decoded(value: bytes) -> Properties | None:
    try:
        found = json.loads(value)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _as_bytes(item: object) -> bytes:
    return (item if isinstance(item, str) else json.dumps(item)).encode()
