"""Volumes for claims: the provisioner of the cloud's CSI driver.

Owns PersistentVolumes for claims that the scheduler gave a zone, and what happens to them when the
claim goes. Does not own the binding (the real controller manager does that) nor attaching.

Sources: kubernetes-csi/external-provisioner (annotations, finalizer, name of a volume), Kubernetes
documentation "Persistent Volumes" (reclaiming). The clouds' own words are in `dialect`.
"""

import math
from collections.abc import Callable

from infra.catalog.machines import gcp_machine
from infra.catalog.units import BYTES_PER_GIB
from infra.rehearsal.controllers.account import CloudAccount, ControllerError, Disk
from infra.rehearsal.controllers.dialect import Dialect
from infra.rehearsal.kubernetes.client import MERGE_PATCH, NOT_FOUND, ApiClient, ApiError
from infra.rehearsal.nodes.factory import ZONE_LABEL
from infra.rehearsal.nodes.quantity import quantity

FINALIZER = "external-provisioner.volume.kubernetes.io/finalizer"
_PROVISIONER = "volume.kubernetes.io/storage-provisioner"
_NODE = "volume.kubernetes.io/selected-node"
_STORAGE = "storage.k8s.io/v1"
_MACHINE = "node.kubernetes.io/instance-type"
DYNAMIC = "dynamic"
"""Type of a StorageClass whose disks follow the node."""
_CONFLICT = 409
Report = Callable[[str], None]


class Disks:
    """Keeps the volumes of all claims."""

    def __init__(self, api: ApiClient, account: CloudAccount, report: Report) -> None:
        """Prepare; nothing is sent yet."""
        self._api = api
        self._account = account
        self._report = report

    def step(self) -> None:
        """Make a volume for each claim that waits for one, and remove those that are given back.

        Raises:
            ApiError: The API server cannot be reached or refuses.
        """
        claims = self._api.list_objects("v1", "PersistentVolumeClaim")
        volumes = self._api.list_objects("v1", "PersistentVolume")
        driver = self._account.dialect.disk_driver
        waiting = [claim for claim in claims if _waits(claim, driver)]
        given_back = [volume for volume in volumes if _given_back(volume, driver)]
        if not (waiting or given_back) or not self._account.has_disk_driver():
            return
        for claim in waiting:
            self._make(claim)
        for volume in given_back:
            self._account.drop_disk(volume["spec"]["csi"]["volumeHandle"])
            self._forget(volume)

    def _make(self, claim: dict) -> None:
        metadata = claim["metadata"]
        try:
            storage_class = self._api.get(
                _STORAGE, "StorageClass", claim["spec"]["storageClassName"]
            )
            node = self._api.get("v1", "Node", metadata["annotations"][_NODE])
            dialect = self._account.dialect
            wanted = _disk(claim, storage_class, node, dialect)
            made = self._account.disk(wanted)
            volume = _volume(claim, storage_class, wanted, made, dialect)
        except (ApiError, ControllerError) as error:
            self._report(f"claim {metadata['namespace']}/{metadata['name']}: {error}")
            return
        try:
            self._api.create(volume)
        except ApiError as error:
            if error.status != _CONFLICT:  # it is there, and about to be bound
                raise

    def _forget(self, volume: dict) -> None:
        name = volume["metadata"]["name"]
        kept = [item for item in volume["metadata"].get("finalizers", []) if item != FINALIZER]
        path = self._api.object_path("v1", "PersistentVolume", name)
        try:
            self._api.delete("v1", "PersistentVolume", name)
            body = {"metadata": {"finalizers": kept}}
            self._api.request("PATCH", path, body, content_type=MERGE_PATCH)
        except ApiError as error:
            if error.status != NOT_FOUND:
                raise


def _waits(claim: dict, driver: str) -> bool:
    annotations = claim["metadata"].get("annotations", {})
    return (
        annotations.get(_PROVISIONER) == driver
        and _NODE in annotations
        and not claim["spec"].get("volumeName")
        and "deletionTimestamp" not in claim["metadata"]
    )


def _given_back(volume: dict, driver: str) -> bool:
    spec = volume["spec"]
    return (
        spec.get("csi", {}).get("driver") == driver
        and spec.get("persistentVolumeReclaimPolicy") == "Delete"
        and volume.get("status", {}).get("phase") == "Released"
    )


def _disk(claim: dict, storage_class: dict, node: dict, dialect: Dialect) -> Disk:
    metadata = claim["metadata"]
    parameters = storage_class.get("parameters") or {}
    asked = quantity(claim["spec"]["resources"]["requests"]["storage"])
    return Disk(
        uid=metadata["uid"],
        claim=f"{metadata['namespace']}/{metadata['name']}",
        gib=math.ceil(asked / BYTES_PER_GIB),
        zone=node["metadata"]["labels"][ZONE_LABEL],
        kind=_kind(parameters, node, dialect),
        encrypted=parameters.get("encrypted") == "true",
        key=parameters.get(dialect.disk_key, ""),
    )


def _kind(parameters: dict, node: dict, dialect: Dialect) -> str:
    """Return the type of disk; `dynamic` is the Persistent Disk where the node can have one.

    GKE, "Automated disk type selection" of the Persistent Disk driver, 2026.
    """
    kind = parameters.get("type", dialect.default_disk)
    if kind != DYNAMIC:
        return kind
    persistent = parameters.get("pd-type", dialect.default_disk)
    takes = gcp_machine(node["metadata"]["labels"][_MACHINE]).boot_disks
    return persistent if persistent in takes else parameters.get("hyperdisk-type", persistent)


def _volume(claim: dict, storage_class: dict, disk: Disk, volume_id: str, dialect: Dialect) -> dict:
    metadata = claim["metadata"]
    zone = {"key": dialect.zone_key, "operator": "In", "values": [disk.zone]}
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {
            "name": f"pvc-{disk.uid}",
            "annotations": {"pv.kubernetes.io/provisioned-by": dialect.disk_driver},
            "finalizers": [FINALIZER],
        },
        "spec": {
            "capacity": {"storage": f"{disk.gib}Gi"},
            "accessModes": claim["spec"]["accessModes"],
            "storageClassName": storage_class["metadata"]["name"],
            "persistentVolumeReclaimPolicy": storage_class.get("reclaimPolicy", "Delete"),
            "volumeMode": claim["spec"].get("volumeMode", "Filesystem"),
            "csi": {"driver": dialect.disk_driver, "volumeHandle": volume_id},
            "claimRef": {
                "apiVersion": "v1",
                "kind": "PersistentVolumeClaim",
                "namespace": metadata["namespace"],
                "name": metadata["name"],
                "uid": disk.uid,
            },
            "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [zone]}]}},
        },
    }
