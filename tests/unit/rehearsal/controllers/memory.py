"""An API server and an account in memory, for controllers that make things in the account."""

import copy
from collections.abc import Collection

from infra.rehearsal.controllers.account import Balancer, ControllerError, Disk, Machine
from infra.rehearsal.controllers.dialect import AWS, Dialect
from infra.rehearsal.kubernetes.client import ApiClient, ApiError

Address = tuple[str, str, str]


class MemoryApi(ApiClient):
    """Keeps objects as a real API server does: what has a finalizer stays until it has none."""

    def __init__(self, *objects: dict) -> None:
        super().__init__("https://nowhere", "")
        self.objects: dict[Address, dict] = {}
        for item in objects:
            self.create(item)

    def create(self, body: dict, query: object = None) -> dict:
        del query
        if _address(body) in self.objects:
            raise ApiError(409, "already exists")
        self.objects[_address(body)] = copy.deepcopy(body)
        return body

    def list_objects(
        self, api_version: str, kind: str, namespace: str | None = None, **query: str | int | bool
    ) -> list[dict]:
        del api_version, namespace, query
        return [copy.deepcopy(item) for key, item in self.objects.items() if key[0] == kind]

    def object_path(self, api_version: str, kind: str, name: str, namespace: str = "") -> str:
        del api_version
        return f"/{kind}/{namespace}/{name}"

    def request(self, method: str, path: str, body: object = None, **options: object) -> dict:
        del options
        _root, kind, namespace, name, *part = path.split("/")
        held = self.objects.get((kind, namespace, name))
        if held is None:
            raise ApiError(404, "not found")
        if method == "GET":
            return copy.deepcopy(held)
        assert method == "PATCH"
        assert isinstance(body, dict)
        # As the API server: `/status` takes the status alone, the object itself all but that.
        allowed = {"status"} if part == ["status"] else {"metadata", "spec"}
        assert body.keys() <= allowed
        for section, changed in body.items():
            merged = {**held.get(section, {}), **changed}
            held[section] = {key: item for key, item in merged.items() if item is not None}
        self._let_go(held)
        return held

    def delete(  # noqa: PLR0913 - the protocol's signature
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
        held = self.objects[kind, namespace, name]
        held["metadata"]["deletionTimestamp"] = "2026-11-01T00:00:00Z"
        self._let_go(held)

    def _let_go(self, held: dict) -> None:
        metadata = held["metadata"]
        if "deletionTimestamp" in metadata and not metadata.get("finalizers"):
            del self.objects[_address(held)]


class MemoryAccount:
    """What controllers made, and whether they may."""

    def __init__(self, dialect: Dialect = AWS) -> None:
        self.dialect = dialect
        self.cluster = True
        self.driver = True
        self.refusal = ""
        self.machines: frozenset[Machine] = frozenset()
        self.balancers: dict[str, Balancer] = {}
        self.disks: dict[str, Disk] = {}

    def has_cluster(self) -> bool:
        return self.cluster

    def has_disk_driver(self) -> bool:
        return self.driver

    def keep_interfaces(self, machines: Collection[Machine]) -> None:
        self.machines = frozenset(machines)

    def balancer(self, wanted: Balancer) -> str:
        if self.refusal:
            raise ControllerError(self.refusal)
        self.balancers[wanted.uid] = wanted
        return f"{wanted.uid}.elb.amazonaws.com"

    def drop_balancer(self, uid: str) -> None:
        self.balancers.pop(uid, None)

    def disk(self, wanted: Disk) -> str:
        if self.refusal:
            raise ControllerError(self.refusal)
        self.disks[f"vol-{wanted.uid}"] = wanted
        return f"vol-{wanted.uid}"

    def drop_disk(self, volume: str) -> None:
        self.disks.pop(volume, None)


def _address(body: dict) -> Address:
    metadata = body["metadata"]
    return body["kind"], metadata.get("namespace", ""), metadata["name"]
