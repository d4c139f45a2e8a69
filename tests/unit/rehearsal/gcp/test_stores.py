"""Keys, buckets and repositories of the simulated project."""

import pytest

from infra.rehearsal.gcp.api.iam.names import robot
from infra.replies import block, text
from infra.wire import Properties
from tests.unit.rehearsal.gcp.services_scene import KEY, PROJECT, REGION, RING, scene

RINGS = "cloudkms.projects.locations.keyRings"
KEYS = f"{RINGS}.cryptoKeys"
BUCKETS = "storage.buckets"
REPOSITORIES = "artifactregistry.projects.locations.repositories"
PARENT = f"projects/{PROJECT}/locations/{REGION}"


def bucket(key: str = "") -> Properties:
    body: Properties = {"name": "acme-llm-weights", "location": "us-central1"}
    if key:
        body["encryption"] = {"defaultKmsKeyName": key}
    return body


def test_a_key_has_a_first_version_and_names_it_as_primary() -> None:
    made = scene()
    made.key()

    found = made.call(f"{KEYS}.get", name=KEY)

    assert text(found, "primary.state") == "ENABLED"
    assert text(found, "versionTemplate.algorithm") == "GOOGLE_SYMMETRIC_ENCRYPTION"


def test_names_of_rings_and_keys_are_taken_once() -> None:
    made = scene()
    made.key()

    assert made.refusal(f"{RINGS}.create", {}, parent=PARENT, keyRingId="tokenworks") == (
        f"googleapi: Error 409: KeyRing {RING} already exists., alreadyExists"
    )
    assert made.refusal(f"{KEYS}.create", {}, parent=RING, cryptoKeyId="secrets") == (
        f"googleapi: Error 409: CryptoKey {KEY} already exists., alreadyExists"
    )


def test_a_destroyed_version_leaves_in_30_days_and_keeps_key_and_ring_till_then() -> None:
    made = scene()
    made.key()
    version = f"{KEY}/cryptoKeyVersions/1"

    destroyed = made.call(f"{KEYS}.cryptoKeyVersions.destroy", {}, name=version)

    assert destroyed["state"] == "DESTROY_SCHEDULED"
    assert made.refusal(f"{KEYS}.delete", name=KEY) == (
        f"googleapi: Error 400: {KEY} cannot be deleted while {version} exists."
    )
    assert made.refusal(f"{RINGS}.delete", name=RING) == (
        f"googleapi: Error 400: {RING} cannot be deleted while {KEY} exists."
    )
    assert made.refusal(f"{KEYS}.cryptoKeyVersions.delete", name=version) == (
        f"googleapi: Error 400: {version} must be DESTROYED, current state is: DESTROY_SCHEDULED."
    )


def test_a_key_is_of_use_to_whoever_may_encrypt_with_it_on_key_ring_or_project() -> None:
    made = scene()
    agent = robot(made.project.number, "container-engine-robot")

    assert made.keys.why_unusable(KEY, agent) == f"CryptoKey {KEY} not found."
    made.key()
    assert made.keys.why_unusable(KEY, agent) == (
        f"Permission 'cloudkms.cryptoKeyVersions.useToEncrypt' denied on resource '{KEY}' (or it "
        "may not exist)."
    )
    made.let_use(KEY, agent)
    assert made.keys.why_unusable(KEY, agent) == ""

    version = f"{KEY}/cryptoKeyVersions/1"
    made.call(f"{KEYS}.cryptoKeyVersions.destroy", {}, name=version)
    assert made.keys.why_unusable(KEY, agent) == (
        f"{version} is not enabled, current state is: DESTROY_SCHEDULED."
    )


def test_a_bucket_is_shown_with_what_google_fills_in() -> None:
    made = scene()

    found = made.call(f"{BUCKETS}.insert", bucket(), project=PROJECT)

    assert (found["location"], found["locationType"]) == ("US-CENTRAL1", "region")
    assert text(found, "softDeletePolicy.retentionDurationSeconds") == "604800"
    assert text(found, "iamConfiguration.publicAccessPrevention") == "inherited"


def test_a_bucket_of_ones_own_and_one_of_somebody_else_are_refused() -> None:
    made = scene()
    made.call(f"{BUCKETS}.insert", bucket(), project=PROJECT)

    assert made.refusal(f"{BUCKETS}.insert", bucket(), project=PROJECT) == (
        "googleapi: Error 409: Your previous request to create the named bucket succeeded and you "
        "already own it., conflict"
    )
    assert made.refusal(f"{BUCKETS}.insert", {"name": "models"}, project=PROJECT) == (
        "googleapi: Error 409: The requested bucket name is not available. The bucket namespace is "
        "shared by all users of the system. Please select a different name and try again., conflict"
    )


def test_a_bucket_with_something_in_it_stays() -> None:
    made = scene()
    made.call(f"{BUCKETS}.insert", bucket(), project=PROJECT)
    thing: Properties = {"name": "qwen/model.safetensors"}
    made.call("storage.objects.insert", thing, bucket="acme-llm-weights")

    assert made.refusal(f"{BUCKETS}.delete", bucket="acme-llm-weights") == (
        "googleapi: Error 409: The bucket you tried to delete is not empty., conflict"
    )

    made.call("storage.objects.delete", bucket="acme-llm-weights", object="qwen/model.safetensors")
    made.call(f"{BUCKETS}.delete", bucket="acme-llm-weights")
    assert made.refusal(f"{BUCKETS}.get", bucket="acme-llm-weights") == (
        "googleapi: Error 404: The specified bucket does not exist., notFound"
    )


def test_a_bucket_is_encrypted_only_with_a_key_that_cloud_storage_may_use() -> None:
    made = scene()
    made.key()
    agent = made.call("storage.projects.serviceAccount.get", projectId=PROJECT)["email_address"]
    body = bucket(KEY)

    assert made.refusal(f"{BUCKETS}.insert", body, project=PROJECT) == (
        "googleapi: Error 403: Permission denied on Cloud KMS key. Please ensure that your Cloud "
        "Storage service account has been authorized to use this key., forbidden"
    )
    made.let_use(KEY, str(agent))
    found = made.call(f"{BUCKETS}.insert", body, project=PROJECT)
    assert text(found, "encryption.defaultKmsKeyName") == KEY


def test_a_patch_of_labels_keeps_what_it_does_not_name() -> None:
    made = scene()
    body: Properties = {**bucket(), "labels": {"team": "ml", "old": "1"}}
    made.call(f"{BUCKETS}.insert", body, project=PROJECT)

    patch: Properties = {"labels": {"old": None, "new": "2"}}
    found = made.call(f"{BUCKETS}.patch", patch, bucket="acme-llm-weights")

    assert block(found, "labels") == {"team": "ml", "new": "2"}
    assert found["metageneration"] == "2"


def test_buckets_have_policies_of_their_own() -> None:
    made = scene()
    made.call(f"{BUCKETS}.insert", bucket(), project=PROJECT)
    member = f"serviceAccount:{made.account('gke-nodes')}"
    policy: Properties = {"bindings": [{"role": "roles/storage.objectViewer", "members": [member]}]}

    made.call(f"{BUCKETS}.setIamPolicy", policy, bucket="acme-llm-weights")

    assert made.policies.roles_of(member, "b/acme-llm-weights") == {"roles/storage.objectViewer"}


def test_a_repositorys_id_is_taken_once() -> None:
    made = scene()
    body: Properties = {"format": "DOCKER"}
    operation = made.call(f"{REPOSITORIES}.create", body, parent=PARENT, repositoryId="images")
    assert text(operation, "response.registryUri") == f"{REGION}-docker.pkg.dev/{PROJECT}/images"

    assert made.refusal(f"{REPOSITORIES}.create", body, parent=PARENT, repositoryId="images") == (
        "googleapi: Error 409: the repository already exists"
    )


@pytest.mark.parametrize("name", ["Images", "images-", ""])
def test_a_repository_has_a_name_that_fits(name: str) -> None:
    refusal = scene().refusal(
        f"{REPOSITORIES}.create", {"format": "DOCKER"}, parent=PARENT, repositoryId=name
    )

    assert refusal == (
        f'googleapi: Error 400: invalid repository id "{name}"; it must match '
        "[a-z]([-a-z0-9]{0,61}[a-z0-9])?"
    )
