"""The package `gcp` as the engine speaks to it: keys, buckets, repositories, and where logs go."""

from collections.abc import Iterator

import pytest

from infra.rehearsal.gcp.api.iam.names import robot
from infra.replies import blocks, dig
from infra.wire import Properties, Value
from tests.unit.rehearsal.cloud.wire import Made, RefusedError
from tests.unit.rehearsal.gcp.provider_scene import PROJECT, REGION, Scene, scene

RING = "gcp:kms/keyRing:KeyRing"
KEY = "gcp:kms/cryptoKey:CryptoKey"
BUCKET = "gcp:storage/bucket:Bucket"
REPOSITORY = "gcp:artifactregistry/repository:Repository"
LOG_BUCKET = "gcp:logging/projectBucketConfig:ProjectBucketConfig"
SINK = "gcp:logging/projectSink:ProjectSink"
EXCLUSION = "gcp:logging/projectExclusion:ProjectExclusion"
WEIGHTS: Properties = {
    "location": REGION.upper(),
    "storageClass": "STANDARD",
    "uniformBucketLevelAccess": True,
    "publicAccessPrevention": "enforced",
    "versioning": {"enabled": True},
    "softDeletePolicy": {"retentionDurationSeconds": 604800},
    "lifecycleRules": [
        {
            "action": {"type": "Delete"},
            "condition": {"daysSinceNoncurrentTime": 30, "withState": "ARCHIVED"},
        }
    ],
}


@pytest.fixture(scope="module")
def running() -> Iterator[Scene]:
    """A simulated Google Cloud."""
    with scene() as made:
        yield made


@pytest.fixture
def ring(running: Scene, request: pytest.FixtureRequest) -> Made:
    """A key ring of its own for each test: nobody can delete one."""
    name = request.node.name.partition("[")[0].replace("_", "-")[-50:]
    return running.engine.create(RING, {"location": REGION, "name": name})


def unchanged(running: Scene, made: Made) -> None:
    """What was made is read back as it was."""
    found = running.engine.read(made)
    assert found is not None
    assert found.inputs == made.inputs
    assert found.outputs == made.outputs


def let_use(running: Scene, key: str, domain: str) -> None:
    """Let a service's agent encrypt with a key."""
    member: Value = f"serviceAccount:{robot(running.cloud.project.number, domain)}"
    role = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
    policy: Properties = {"bindings": [{"role": role, "members": [member]}]}
    method = "cloudkms.projects.locations.keyRings.cryptoKeys.setIamPolicy"
    running.cloud.project.call(method, {"policy": policy}, resource=key)


def test_a_key_is_destroyed_and_its_name_stays(running: Scene, ring: Made) -> None:
    settings: Properties = {
        "keyRing": ring.physical_id,
        "purpose": "ENCRYPT_DECRYPT",
        "rotationPeriod": "7776000s",
        "destroyScheduledDuration": "604800s",
        "labels": {"tier": "one"},
    }
    key = running.engine.create(KEY, settings, name="weights")
    assert key.physical_id == f"{ring.physical_id}/cryptoKeys/{key['name']}"
    assert dig(key.outputs, "primaries.0.state") == "ENABLED"
    assert key["effectiveLabels"] == {"tier": "one", "team": "ml"}
    unchanged(running, key)

    running.engine.delete(key)

    method = "cloudkms.projects.locations.keyRings.cryptoKeys.get"
    left = running.cloud.project.call(method, name=key.physical_id)
    assert dig(left, "primary.state") == "DESTROY_SCHEDULED"
    with pytest.raises(RefusedError, match="already exists"):
        running.engine.create(KEY, {**settings, "name": key["name"]})


def test_a_bucket_whose_key_storage_may_not_use_is_refused(running: Scene, ring: Made) -> None:
    key = running.engine.create(KEY, {"keyRing": ring.physical_id}, name="weights")
    encrypted: Properties = {**WEIGHTS, "encryption": {"defaultKmsKeyName": key.physical_id}}

    with pytest.raises(RefusedError, match="Permission denied on Cloud KMS key"):
        running.engine.create(BUCKET, encrypted, name="acme-sealed")

    let_use(running, key.physical_id, "gs-project-accounts")
    bucket = running.engine.create(BUCKET, encrypted, name="acme-sealed")
    unchanged(running, bucket)
    running.engine.delete(bucket)


def test_a_bucket_has_its_rules_in_the_words_of_storage_and_shows_them_in_the_providers(
    running: Scene,
) -> None:
    rules: list[Value] = [
        {
            "action": {"type": "Delete"},
            "condition": {
                "age": 30,
                "matchesPrefixes": ["logs/"],
                "matchesSuffixes": [".gz"],
                "matchesStorageClasses": ["NEARLINE"],
                "withState": state,
            },
        }
        for state in ("LIVE", "ARCHIVED")
    ]
    inputs: Properties = {**WEIGHTS, "lifecycleRules": rules}

    bucket = running.engine.create(BUCKET, inputs, name="acme-ruled")

    kept = running.cloud.project.call("storage.buckets.get", bucket=bucket.physical_id)
    assert [one["condition"] for one in blocks(kept, "lifecycle.rule")] == [
        {
            "age": 30,
            "matchesPrefix": ["logs/"],
            "matchesSuffix": [".gz"],
            "matchesStorageClass": ["NEARLINE"],
            "isLive": is_live,
        }
        for is_live in (True, False)
    ]
    assert bucket["lifecycleRules"] == rules
    unchanged(running, bucket)
    running.engine.delete(bucket)


def test_a_repository_has_its_policies_in_a_list(running: Scene) -> None:
    wanted: Properties = {
        "repositoryId": "images",
        "format": "DOCKER",
        "dockerConfig": {"immutableTags": True},
        "cleanupPolicies": [
            {
                "id": "untagged",
                "action": "DELETE",
                "condition": {"tagState": "UNTAGGED", "olderThan": "1209600s"},
            }
        ],
        "vulnerabilityScanningConfig": {"enablementConfig": "INHERITED"},
    }
    repository = running.engine.create(REPOSITORY, wanted)

    assert repository.physical_id == f"projects/{PROJECT}/locations/{REGION}/repositories/images"
    assert (repository["name"], repository["repositoryId"]) == ("images", "images")
    unchanged(running, repository)
    running.engine.delete(repository)
    assert running.engine.read(repository) is None


def test_a_cache_of_another_registry_is_a_repository(running: Scene) -> None:
    upstream: Properties = {"customRepository": {"uri": "https://quay.io"}}
    wanted: Properties = {
        "repositoryId": "quay",
        "format": "DOCKER",
        "mode": "REMOTE_REPOSITORY",
        "remoteRepositoryConfig": {"dockerRepository": upstream},
    }
    cache = running.engine.create(REPOSITORY, wanted)

    uri = "remoteRepositoryConfig.dockerRepository.customRepository.uri"
    assert dig(cache.outputs, uri) == "https://quay.io"
    unchanged(running, cache)
    running.engine.delete(cache)


def test_logs_go_to_a_bucket_of_their_own(running: Scene, ring: Made) -> None:
    key = running.engine.create(KEY, {"keyRing": ring.physical_id}, name="logs")
    let_use(running, key.physical_id, "gcp-sa-logging")
    wanted: Properties = {
        "project": PROJECT,
        "location": REGION,
        "bucketId": "platform",
        "retentionDays": 90,
        "cmekSettings": {"kmsKeyName": key.physical_id},
    }
    bucket = running.engine.create(LOG_BUCKET, wanted)
    assert bucket.physical_id == f"projects/{PROJECT}/locations/{REGION}/buckets/platform"
    assert (bucket["name"], bucket["lifecycleState"]) == (bucket.physical_id, "ACTIVE")
    destination = f"logging.googleapis.com/{bucket.physical_id}"
    sink = running.engine.create(
        SINK, {"destination": destination, "filter": "a", "uniqueWriterIdentity": True}
    )
    exclusion = running.engine.create(EXCLUSION, {"filter": "a", "project": PROJECT})
    for made in (bucket, sink, exclusion):
        unchanged(running, made)

    running.engine.delete(bucket)
    with pytest.raises(RefusedError, match="must be in an ACTIVE state"):
        running.engine.create(LOG_BUCKET, wanted)  # its id is taken for seven days


def test_a_log_bucket_that_is_there_is_taken_over(running: Scene) -> None:
    wanted: Properties = {"project": PROJECT, "location": "global", "bucketId": "_Default"}
    bucket = running.engine.create(LOG_BUCKET, {**wanted, "retentionDays": 90})

    assert bucket["retentionDays"] == 90
    with pytest.raises(RefusedError, match="retentionDays"):
        running.engine.create(LOG_BUCKET, {**wanted, "retentionDays": "long"})
