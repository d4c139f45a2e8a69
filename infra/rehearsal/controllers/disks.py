"""Volumes for claims: the provisioner of the EBS CSI driver.

Owns PersistentVolumes for claims that the scheduler gave a zone, and what happens to them when the
claim goes. Does not own the binding (the real controller manager does that) nor attaching.

Sources: kubernetes-csi/external-provisioner (annotations, finalizer, name of a volume), Kubernetes
documentation "Persistent Volumes" (reclaiming), kubernetes-sigs/aws-ebs-csi-driver, parameters.
"""

import math
from collections.abc import Callable

from infra.rehearsal.controllers.account import CloudAccount, ControllerError, Disk
from infra.rehearsal.kubernetes.client import MERGE_PATCH, NOT_FOUND, ApiClient, ApiError
from infra.rehearsal.nodes.factory import ZONE_LABEL
from infra.rehearsal.nodes.quantity import quantity

DRIVER = "ebs.csi.aws.com"
FINALIZER = "external-provisioner.volume.kubernetes.io/finalizer"
_PROVISIONER = "volume.kubernetes.io/storage-provisioner"
_NODE = "volume.kubernetes.io/selected-node"
_STORAGE = "storage.k8s.io/v1"
_CONFLICT = 409
_BYTES_PER_GIB = 1024**3
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
        waiting = [claim for claim in claims if _waits(claim)]
        given_back = [volume for volume in volumes if _given_back(volume)]
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
            wanted = _disk(claim, storage_class, node)
            volume = _volume(claim, storage_class, wanted, self._account.disk(wanted))
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


def _waits(claim: dict) -> bool:
    annotations = claim["metadata"].get("annotations", {})
    return (
        annotations.get(_PROVISIONER) == DRIVER
        and _NODE in annotations
        and not claim["spec"].get("volumeName")
        and "deletionTimestamp" not in claim["metadata"]
    )


def _given_back(volume: dict) -> bool:
    spec = volume["spec"]
    return (
        spec.get("csi", {}).get("driver") == DRIVER
        and spec.get("persistentVolumeReclaimPolicy") == "Delete"
        and volume.get("status", {}).get("phase") == "Released"
    )


def _disk(claim: dict, storage_class: dict, node: dict) -> Disk:
    metadata = claim["metadata"]
    parameters = storage_class.get("parameters") or {}
    asked = quantity(claim["spec"]["resources"]["requests"]["storage"])
    return Disk(
        uid=metadata["uid"],
        claim=f"{metadata['namespace']}/{metadata['name']}",
        gib=math.ceil(asked / _BYTES_PER_GIB),
        zone=node["metadata"]["labels"][ZONE_LABEL],
        kind=parameters.get("type", "gp3"),  # the driver's default
        encrypted=parameters.get("encrypted") == "true",
    )


def _volume(claim: dict, storage_class: dict, disk: Disk, volume_id: str) -> dict:
    metadata = claim["metadata"]
    zone = {"key": ZONE_LABEL, "operator": "In", "values": [disk.zone]}
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {
            "name": f"pvc-{disk.uid}",
            "annotations": {"pv.kubernetes.io/provisioned-by": DRIVER},
            "finalizers": [FINALIZER],
        },
        "spec": {
            "capacity": {"storage": f"{disk.gib}Gi"},
            "accessModes": claim["spec"]["accessModes"],
            "storageClassName": storage_class["metadata"]["name"],
            "persistentVolumeReclaimPolicy": storage_class.get("reclaimPolicy", "Delete"),
            "volumeMode": claim["spec"].get("volumeMode", "Filesystem"),
            "csi": {"driver": DRIVER, "volumeHandle": volume_id},
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
