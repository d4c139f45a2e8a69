"""An API server in memory, as far as a played controller asks one: no schema, no admission."""

import copy
import itertools
from collections.abc import Mapping

from infra.rehearsal.kubernetes.client import NOT_FOUND, ApiClient, ApiError, Query
from infra.wire import Properties, Value

_CONFLICT = 409
_Key = tuple[str, str, str]


class MemoryApi(ApiClient):
    """Objects by kind, namespace and name."""

    def __init__(self) -> None:
        self.objects: dict[_Key, dict] = {}
        self._numbers = itertools.count(1)

    def put(self, body: Properties) -> dict:
        """Keep an object as somebody else would."""
        return self.apply(dict(body), "test", force=True)

    def one(self, kind: str, name: str, namespace: str = "") -> dict:
        """Return an object that is there."""
        return self.objects[kind, namespace, name]

    def of(self, kind: str) -> list[dict]:
        """Return the objects of a kind."""
        return [body for (held, _, _), body in self.objects.items() if held == kind]

    def events(self) -> list[str]:
        """Return what was said, with its reason."""
        return [f"{body['reason']}: {body['message']}" for body in self.of("Event")]

    def list_objects(
        self, api_version: str, kind: str, namespace: str | None = None, **query: Query
    ) -> list[dict]:
        del api_version
        selector = str(query.get("labelSelector") or "")
        wanted = dict(part.split("=") for part in selector.split(",") if part)
        return [
            copy.deepcopy(body)
            for body in self.of(kind)
            if namespace in (None, body["metadata"].get("namespace"))
            and wanted.items() <= body["metadata"].get("labels", {}).items()
        ]

    def create(self, body: dict, query: Mapping[str, Query] | None = None) -> dict:
        del query
        made = copy.deepcopy(body)
        metadata = made["metadata"]
        number = next(self._numbers)
        metadata.setdefault("name", f"{metadata.get('generateName', '')}{number:05}")
        metadata |= {"uid": f"uid-{number}", "generation": 1}
        key = _key(made)
        if key in self.objects:
            raise ApiError(_CONFLICT, "already exists")
        self.objects[key] = made
        return copy.deepcopy(made)

    def apply(
        self, body: dict, field_manager: str, *, force: bool = False, dry_run: bool = False
    ) -> dict:
        del field_manager, force, dry_run
        held = self.objects.get(_key(body))
        if held is None:
            return self.create(body)
        changed = held.get("spec") != body.get("spec")
        metadata = held["metadata"]
        metadata["generation"] += int(changed)
        metadata |= {key: body["metadata"][key] for key in body["metadata"]}
        held |= copy.deepcopy({key: body[key] for key in body if key != "metadata"})
        return copy.deepcopy(held)

    def delete(  # noqa: PLR0913 - as the real one
        self,
        api_version: str,
        kind: str,
        name: str,
        namespace: str = "",
        *,
        uid: str = "",
        propagation: str = "",
    ) -> None:
        del api_version, uid, propagation
        held = self.objects.get((kind, namespace, name))
        if held is None:
            raise ApiError(NOT_FOUND, "not found")
        if held["metadata"].get("finalizers"):
            held["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
        else:
            self._forget(held)

    def object_path(self, api_version: str, kind: str, name: str, namespace: str = "") -> str:
        del api_version
        return f"{kind}|{namespace}|{name}"

    def request(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        content_type: str = "",
        **query: Query,
    ) -> dict:
        del content_type, query
        assert method == "PATCH"
        assert isinstance(body, dict)
        kind, namespace, name = path.removesuffix("/status").split("|")
        held = self.objects.get((kind, namespace, name))
        if held is None:
            raise ApiError(NOT_FOUND, "not found")
        _merge(held, body)
        metadata = held["metadata"]
        if "deletionTimestamp" in metadata and not metadata.get("finalizers"):
            self._forget(held)
        return held

    def forget_discovery(self, api_version: str) -> None:
        del api_version

    def _forget(self, body: dict) -> None:
        """Drop an object, and what it owns: a cluster's garbage collector does."""
        self.objects.pop(_key(body), None)
        uid = body["metadata"]["uid"]
        for other in list(self.objects.values()):
            owners = other["metadata"].get("ownerReferences", [])
            if any(one["uid"] == uid for one in owners) and _key(other) in self.objects:
                metadata = other["metadata"]
                self.delete("", other["kind"], metadata["name"], metadata.get("namespace", ""))


def _key(body: dict) -> _Key:
    metadata = body["metadata"]
    return str(body["kind"]), metadata.get("namespace", ""), metadata["name"]


def _merge(held: dict, change: Mapping[str, Value]) -> None:
    for key, value in change.items():
        if value is None:
            held.pop(key, None)
        elif isinstance(value, dict):
            _merge(held.setdefault(key, {}), value)
        else:
            held[key] = copy.deepcopy(value)
