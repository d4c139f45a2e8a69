"""Rows of what keeps things: keys, buckets, repositories, secrets.

What changes in place is what the provider's own description of a type gives an update call
(GoogleCloudPlatform/magic-modules@d577844, 2026-08-21, mmv1/products/kms and artifactregistry, and
services/storage/resource_storage_bucket.go.tmpl).
"""

from infra.rehearsal.cloud.errors import ProviderError
from infra.rehearsal.cloud.table import Pending
from infra.rehearsal.gcp.bucket_shapes import bucket_inputs, bucket_outputs
from infra.rehearsal.gcp.forms import Form
from infra.rehearsal.gcp.place import Place
from infra.rehearsal.gcp.table import (
    STEERING,
    ResourceType,
    got,
    labels_patched,
    patched,
    served,
)
from infra.replies import block, blocks, text
from infra.wire import Properties, Value

RINGS = "cloudkms.projects.locations.keyRings"
KEYS = f"{RINGS}.cryptoKeys"
BUCKETS = "storage.buckets"
REPOSITORIES = "artifactregistry.projects.locations.repositories"
RING = Form("projects/{project}/locations/{location}/keyRings/{name}")
KEY = Form("{keyRing*}/cryptoKeys/{name}")
BUCKET = Form("{name}")
SECRETS = "secretmanager.projects.secrets"
SECRET = Form("projects/{project}/secrets/{secretId}", name="secretId")
REPOSITORY = Form(
    "projects/{project}/locations/{location}/repositories/{repositoryId}", name="repositoryId"
)
CHANGEABLE_OF_A_BUCKET = (
    *("versioning", "lifecycleRules", "softDeletePolicy", "encryption", "storageClass"),
    *("uniformBucketLevelAccess", "publicAccessPrevention", "retentionPolicy", "cors", "logging"),
)


def _leave_ring(_place: Place, _physical_id: str, _outputs: Properties) -> Pending | None:
    """The provider cannot delete a ring: it forgets it (kms/key_ring.py of the SDK)."""
    return None


def _delete_key(place: Place, physical_id: str, _outputs: Properties) -> Pending | None:
    """Destroy all versions and stop the rotation, as the provider does; the key's name stays."""
    found = place.call(f"{KEYS}.cryptoKeyVersions.list", parent=physical_id)
    for version in blocks(found, "cryptoKeyVersions"):
        if version.get("state") == "ENABLED":
            name = text(version, "name")
            place.call(f"{KEYS}.cryptoKeyVersions.destroy", {}, name=name)
    if place.call(f"{KEYS}.get", name=physical_id).get("rotationPeriod"):
        mask = "rotationPeriod,nextRotationTime"
        place.call(f"{KEYS}.patch", {}, name=physical_id, updateMask=mask)
    return None


def _key_outputs(_place: Place, physical_id: str, api: Properties) -> Properties:
    primary = block(api, "primary")
    shown: list[Value] = [
        {"name": primary["name"], "state": primary["state"]} for _once in (1,) if primary
    ]
    return {"keyRing": physical_id.partition("/cryptoKeys/")[0], "primaries": shown}


def _delete_bucket(place: Place, physical_id: str, outputs: Properties) -> Pending | None:
    """Look for objects first, as the provider does (resource_storage_bucket.go)."""
    things = blocks(place.call("storage.objects.list", bucket=physical_id), "items")
    if things and not outputs.get("forceDestroy"):
        message = f"Error trying to delete bucket {physical_id} containing objects "
        message += "without `force_destroy` set to true"
        raise ProviderError(message)
    for thing in things:
        name = text(thing, "name")
        place.call("storage.objects.delete", bucket=physical_id, object=name)
    place.call(f"{BUCKETS}.delete", bucket=physical_id)
    return None


def _repository_inputs(inputs: Properties) -> Properties:
    """The API has clean-up policies by id."""
    policies = blocks(inputs, "cleanupPolicies")
    if not policies:
        return inputs
    return {**inputs, "cleanupPolicies": {text(one, "id"): one for one in policies}}


def _repository_outputs(_place: Place, physical_id: str, api: Properties) -> Properties:
    found = block(api, "cleanupPolicies")
    policies: list[Value] = [found[name] for name in sorted(found)]
    shown: Properties = {"cleanupPolicies": policies} if policies else {}
    return {**shown, "name": physical_id.rpartition("/")[2]}


def _secret_outputs(_place: Place, physical_id: str, _api: Properties) -> Properties:
    return {"name": physical_id, "secretId": physical_id.rpartition("/")[2]}


ROWS = (
    ResourceType(
        pulumi_type="gcp:kms/keyRing:KeyRing",
        form=RING,
        create=f"{RINGS}.create",
        name_parameter="keyRingId",
        read=got(f"{RINGS}.get", RING),
        delete=_leave_ring,
    ),
    ResourceType(
        pulumi_type="gcp:kms/cryptoKey:CryptoKey",
        form=KEY,
        create=f"{KEYS}.create",
        name_parameter="cryptoKeyId",
        read=got(f"{KEYS}.get", KEY),
        delete=_delete_key,
        labels="labels",
        relabel=labels_patched(f"{KEYS}.patch", KEY),
        settings=STEERING | {"skipInitialVersionCreation"},
        updates=(patched("rotationPeriod", "versionTemplate", by=f"{KEYS}.patch", form=KEY),),
        outputs=_key_outputs,
        computed_blocks=frozenset({"versionTemplate"}),
    ),
    ResourceType(
        pulumi_type="gcp:storage/bucket:Bucket",
        form=BUCKET,
        create=f"{BUCKETS}.insert",
        asked=lambda place, inputs: {"project": place.field(inputs, "project")},
        read=got(f"{BUCKETS}.get", BUCKET),
        delete=_delete_bucket,
        arrange=bucket_inputs,
        labels="labels",
        relabel=labels_patched(f"{BUCKETS}.patch", BUCKET),
        settings=STEERING | {"forceDestroy", "project"},
        updates=(
            patched(
                *CHANGEABLE_OF_A_BUCKET,
                by=f"{BUCKETS}.patch",
                form=BUCKET,
                arrange=bucket_inputs,
            ),
        ),
        outputs=bucket_outputs,
        computed_blocks=frozenset({"softDeletePolicy"}),
        volatile=frozenset({"updated"}),
    ),
    ResourceType(
        pulumi_type="gcp:artifactregistry/repository:Repository",
        **served(REPOSITORIES, REPOSITORY),
        name_parameter="repositoryId",
        arrange=_repository_inputs,
        labels="labels",
        relabel=labels_patched(f"{REPOSITORIES}.patch", REPOSITORY),
        updates=(
            patched(
                *("description", "cleanupPolicies", "dockerConfig", "vulnerabilityScanningConfig"),
                by=f"{REPOSITORIES}.patch",
                form=REPOSITORY,
                arrange=_repository_inputs,
            ),
        ),
        outputs=_repository_outputs,
        autoname=None,
        computed_blocks=frozenset({"vulnerabilityScanningConfig"}),
        volatile=frozenset({"updateTime"}),
    ),
    ResourceType(
        pulumi_type="gcp:secretmanager/secret:Secret",
        **served(SECRETS, SECRET),
        name_parameter="secretId",
        labels="labels",
        relabel=labels_patched(f"{SECRETS}.patch", SECRET),
        settings=STEERING | {"deletionProtection"},
        outputs=_secret_outputs,
        autoname=None,
    ),
)
