"""Memorystore for Valkey: instances, and the addresses that they take in a network.

No record was found of its words; the statuses are those of its API reference (google.rpc.Code). In
reality an instance takes some ten minutes.
"""

import re

from infra.rehearsal.gcp.api.errors import Status
from infra.rehearsal.gcp.api.iam.names import robot
from infra.rehearsal.gcp.api.listing import page
from infra.rehearsal.gcp.api.masks import masked
from infra.rehearsal.gcp.api.operations import finished
from infra.rehearsal.gcp.api.project import Project, Request, now
from infra.rehearsal.gcp.api.standard import StandardMethods
from infra.rehearsal.gcp.api.stores.keys import Keys
from infra.replies import blocks, optional_text, text
from infra.wire import Properties, Value

METHODS = "memorystore.projects.locations.instances"
KIND = "google.cloud.memorystore.v1.Instance"
SERVICE_CLASS = "gcp-memorystore"
ROBOT = "gcp-sa-memorystore"
NAME = re.compile(r"[a-z0-9][a-z0-9-]{2,61}[a-z0-9]")
VERSIONS = ("VALKEY_7_2", "VALKEY_8_0", "VALKEY_9_0")
PORT = 6379


class Caches(StandardMethods):
    """Memorystore for Valkey of one project."""

    def __init__(self, project: Project, keys: Keys) -> None:
        """Serve it."""
        super().__init__(project, METHODS)
        self._keys = keys

    def _create(self, request: Request) -> Properties:
        wanted = str(request.parameters.get("instanceId") or "")
        if not NAME.fullmatch(wanted):
            raise request.refusal(Status.INVALID_ARGUMENT, f"invalid instance id {wanted!r}")
        name = f"{request['parent']}/instances/{wanted}"
        if name in self._project.store:
            raise request.refusal(Status.ALREADY_EXISTS, f"Resource '{name}' already exists")
        self._check(request)
        connections = [
            self._connect(request, wanted, text(asked, "network"), kind)
            for asked in blocks(request.body, "pscAutoConnections")
            for kind in ("CONNECTION_TYPE_PRIMARY", "CONNECTION_TYPE_READER")
        ]
        endpoints: list[Value] = [{"connections": [{"pscAutoConnection": c} for c in connections]}]
        auto: list[Value] = [*connections]
        instance: Properties = {
            "mode": "CLUSTER_DISABLED",
            "deletionProtectionEnabled": False,
            "replicaCount": 0,
            **request.body,
            "name": name,
            "uid": self._project.new_id(),
            "state": "ACTIVE",
            "pscAutoConnections": auto,
            "endpoints": endpoints,
            "createTime": now(),
            "updateTime": now(),
        }
        return finished(self._project.store.put(name, instance), KIND)

    def _check(self, request: Request) -> None:
        version = optional_text(request.body, "engineVersion")
        if version and version not in VERSIONS:
            message = f"engine_version {version} is not supported; use one of {VERSIONS}"
            raise request.refusal(Status.INVALID_ARGUMENT, message)
        if optional_text(request.body, "mode") == "CLUSTER_DISABLED" and (
            request.body.get("shardCount") != 1
        ):
            message = "shard_count must be 1 where cluster mode is disabled"
            raise request.refusal(Status.INVALID_ARGUMENT, message)
        key = optional_text(request.body, "kmsKey")
        reason = self._keys.why_unusable(key, robot(self._project.number, ROBOT)) if key else ""
        if reason:
            raise request.refusal(Status.PERMISSION_DENIED, reason)

    def _connect(self, request: Request, instance: str, network: str, kind: str) -> Properties:
        """Take an address of a network that lets Memorystore do so."""
        policies = self._project.store.named(f"{request['parent']}/serviceConnectionPolicies/*")
        if not any(
            one["network"] == network and one["serviceClass"] == SERVICE_CLASS
            for _name, one in policies
        ):
            message = (
                f"network {network} has no service connection policy for {SERVICE_CLASS} in "
                f"{request['parent'].rpartition('/')[2]}"
            )
            raise request.refusal(Status.FAILED_PRECONDITION, message)
        last = 2 + len(list(self._project.store.named(f"{request['parent']}/instances/*"))) * 2
        reader = kind.endswith("READER")
        return {
            "connectionType": kind,
            "ipAddress": f"10.0.15.{last + reader}",
            "network": network,
            "projectId": self._project.project,
            "port": PORT,
            "pscConnectionId": self._project.new_id(),
            "pscConnectionStatus": "ACTIVE",
            "forwardingRule": f"sca-auto-fr-{instance}-{'reader' if reader else 'primary'}",
        }

    def _list(self, request: Request) -> Properties:
        found = [
            one for _name, one in self._project.store.named(f"{request['parent']}/instances/*")
        ]
        return page(request, found, "instances")

    def _patch(self, request: Request) -> Properties:
        instance = self._found(request, request["name"])
        masked(request, instance, request.body)
        instance["updateTime"] = now()
        return finished(instance, KIND)

    def _delete(self, request: Request) -> Properties:
        instance = self._found(request, request["name"])
        if instance.get("deletionProtectionEnabled"):
            message = f"Instance {request['name']} has deletion protection enabled"
            raise request.refusal(Status.FAILED_PRECONDITION, message)
        self._project.store.drop(request["name"])
        return finished({}, "google.protobuf.Empty")

    def _found(self, request: Request, name: str) -> Properties:
        return request.found(name, f"Resource '{name}' was not found", Status.NOT_FOUND)
