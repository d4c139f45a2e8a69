"""Grants, roles, keys, buckets, repositories and logs as the Pulumi package has them."""

from collections.abc import Generator

import pytest

from infra.replies import block, blocks, text
from infra.wire import Properties, Value
from tests.unit.rehearsal.cloud.wire import Made, RefusedError
from tests.unit.rehearsal.gcp.provider_scene import PROJECT, REGION, Scene, scene

ACCOUNT = "gcp:serviceaccount/account:Account"
PROJECT_GRANT = "gcp:projects/iAMMember:IAMMember"
ROLE = "gcp:projects/iAMCustomRole:IAMCustomRole"
RING = "gcp:kms/keyRing:KeyRing"
KEY = "gcp:kms/cryptoKey:CryptoKey"
KEY_GRANT = "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember"
BUCKET = "gcp:storage/bucket:Bucket"
BUCKET_GRANT = "gcp:storage/bucketIAMMember:BucketIAMMember"
SECRET = "gcp:secretmanager/secret:Secret"
ZONE = "gcp:dns/managedZone:ManagedZone"
ZONE_GRANT = "gcp:dns/dnsManagedZoneIamMember:DnsManagedZoneIamMember"
REPOSITORY = "gcp:artifactregistry/repository:Repository"
REPOSITORY_GRANT = "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember"
LOG_BUCKET = "gcp:logging/projectBucketConfig:ProjectBucketConfig"
SINK = "gcp:logging/projectSink:ProjectSink"
EXCLUSION = "gcp:logging/projectExclusion:ProjectExclusion"
ENCRYPTER = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
YEAR = "31536000s"


@pytest.fixture(scope="module")
def running() -> Generator[Scene]:
    with scene() as started:
        yield started


@pytest.fixture(scope="module")
def account(running: Scene) -> Made:
    inputs: Properties = {"accountId": "nodes-of-ml", "displayName": "Nodes"}
    return running.engine.create(ACCOUNT, inputs)


@pytest.fixture(scope="module")
def key(running: Scene) -> Made:
    ring = running.engine.create(RING, {"location": REGION}, name="ring")
    inputs: Properties = {
        "keyRing": ring.physical_id,
        "purpose": "ENCRYPT_DECRYPT",
        "rotationPeriod": "7776000s",
    }
    return running.engine.create(KEY, inputs, name="weights")


def same(running: Scene, made: Made) -> Made:
    """Read a thing again and require that nothing drifted."""
    found = running.engine.read(made)
    assert found is not None
    assert found.inputs == made.inputs
    return found


def granted(running: Scene, kind: str, **inputs: Value) -> Made:
    return same(running, running.engine.create(kind, inputs))


def test_an_account_has_an_address_and_changes_its_words_in_place(
    running: Scene, account: Made
) -> None:
    email = f"nodes-of-ml@{PROJECT}.iam.gserviceaccount.com"
    assert account.physical_id == f"projects/{PROJECT}/serviceAccounts/{email}"
    assert (account["email"], account["member"]) == (email, f"serviceAccount:{email}")
    assert list(running.engine.diff(account, accountId="other-nodes").replaces) == ["accountId"]
    changed = running.engine.update(account, description="machines of the cluster")
    assert same(running, changed)["description"] == "machines of the cluster"


def test_an_account_id_that_google_would_refuse_is_refused_before_any_call(running: Scene) -> None:
    _inputs, failures = running.engine.check(ACCOUNT, {"accountId": "ml"})
    assert failures == [
        ': "account_id" ("ml") doesn\'t match regexp "^[a-z](?:[-a-z0-9]{4,28}[a-z0-9])$"'
    ]


def test_grants_in_one_policy_do_not_know_of_each_other(running: Scene, account: Made) -> None:
    member = text(account.outputs, "member")
    reader, writer = "roles/logging.viewer", "roles/logging.logWriter"
    first = granted(running, PROJECT_GRANT, project=PROJECT, role=reader, member=member)
    second = granted(running, PROJECT_GRANT, project=PROJECT, role=writer, member=member)
    assert first.physical_id == f"{PROJECT}/{reader}/{member}"
    running.engine.delete(first)
    assert running.engine.read(first) is None
    assert running.engine.read(second) is not None
    assert list(running.engine.diff(second, role=reader).replaces) == ["role"]


def test_a_grant_with_a_condition_is_another_one(running: Scene, account: Made) -> None:
    member = text(account.outputs, "member")
    condition: Properties = {"title": "until", "expression": 'request.time < timestamp("2027-01")'}
    made = granted(
        running,
        PROJECT_GRANT,
        project=PROJECT,
        role="roles/logging.viewer",
        member=member,
        condition=condition,
    )
    assert made.physical_id.endswith(f'/{member}/until//request.time < timestamp("2027-01")')


def test_a_grant_to_nobody_is_refused(running: Scene) -> None:
    nobody = f"serviceAccount:nobody@{PROJECT}.iam.gserviceaccount.com"
    with pytest.raises(RefusedError) as refused:
        granted(running, PROJECT_GRANT, project=PROJECT, role="roles/logging.viewer", member=nobody)
    address = nobody.partition(":")[2]
    assert f"Service account {address} does not exist." in str(refused.value)


def test_a_role_of_a_deleted_id_is_brought_back(running: Scene) -> None:
    inputs: Properties = {
        "roleId": "weightsReader",
        "title": "Reads weights",
        "permissions": ["storage.objects.get"],
    }
    made = same(running, running.engine.create(ROLE, inputs))
    changed = running.engine.update(made, permissions=["storage.objects.list"])
    running.engine.delete(same(running, changed))
    assert running.engine.read(made) is None
    again = same(running, running.engine.create(ROLE, inputs))
    assert again["permissions"] == ["storage.objects.get"]


def test_a_key_is_used_by_whom_it_is_granted_to_and_its_name_stays(
    running: Scene, key: Made
) -> None:
    agent = running.engine.invoke(
        "gcp:storage/getProjectServiceAccount:getProjectServiceAccount", project=PROJECT
    )
    member = f"serviceAccount:{agent['emailAddress']}"
    key_id = key.physical_id
    bucket: Properties = {"location": REGION.upper(), "encryption": {"defaultKmsKeyName": key_id}}
    with pytest.raises(RefusedError, match="Permission denied on Cloud KMS key"):
        running.engine.create(BUCKET, bucket)
    grant = granted(running, KEY_GRANT, cryptoKeyId=key_id, role=ENCRYPTER, member=member)
    made = same(running, running.engine.create(BUCKET, bucket))
    assert made["encryption"] == {"defaultKmsKeyName": key_id}
    assert list(running.engine.diff(key, rotationPeriod=YEAR).replaces) == []
    same(running, running.engine.update(key, rotationPeriod=YEAR))
    for one in (made, grant):
        running.engine.delete(one)


def test_a_deleted_key_has_no_version_in_use(running: Scene) -> None:
    ring = running.engine.create(RING, {"location": REGION}, name="other-ring")
    made = running.engine.create(
        KEY, {"keyRing": ring.physical_id, "rotationPeriod": "7776000s"}, name="short-lived"
    )
    running.engine.delete(made)
    name = "cloudkms.projects.locations.keyRings.cryptoKeys"
    found = running.cloud.project.call(f"{name}.get", name=made.physical_id)
    assert "rotationPeriod" not in found
    versions = running.cloud.project.call(f"{name}.cryptoKeyVersions.list", parent=made.physical_id)
    assert {one["state"] for one in blocks(versions, "cryptoKeyVersions")} == {"DESTROY_SCHEDULED"}


def test_a_bucket_is_read_back_as_it_was_asked_for(running: Scene, account: Made) -> None:
    inputs: Properties = {
        "location": REGION.upper(),
        "uniformBucketLevelAccess": True,
        "publicAccessPrevention": "enforced",
        "versioning": {"enabled": True},
        "lifecycleRules": [
            {
                "action": {"type": "Delete"},
                "condition": {"numNewerVersions": 3, "withState": "ARCHIVED"},
            }
        ],
        "labels": {"owner": "ml"},
    }
    made = same(running, running.engine.create(BUCKET, inputs))
    assert made["url"] == f"gs://{made.physical_id}"
    changed = running.engine.update(made, versioning={"enabled": False}, labels={"owner": "x"})
    assert same(running, changed)["labels"] == {"owner": "x"}
    assert list(running.engine.diff(made, location="europe-west4").replaces) == ["location"]
    member = text(account.outputs, "member")
    grant = granted(
        running,
        BUCKET_GRANT,
        bucket=made.physical_id,
        role="roles/storage.objectViewer",
        member=member,
    )
    role_and_member = f"roles/storage.objectViewer/{member}"
    assert grant.physical_id == f"b/{made.physical_id}/{role_and_member}"


def test_a_bucket_with_something_in_it_goes_only_where_the_program_says_so(running: Scene) -> None:
    made = running.engine.create(BUCKET, {"location": REGION.upper()})
    where: dict[str, Value] = {"bucket": made.physical_id}
    running.cloud.project.call("storage.objects.insert", {"name": "weights"}, **where)
    with pytest.raises(RefusedError, match="without `force_destroy` set to true"):
        running.engine.delete(made)
    running.engine.delete(running.engine.update(made, forceDestroy=True))
    assert running.engine.read(made) is None


def test_a_repository_is_read_back_as_it_was_asked_for(running: Scene, account: Made) -> None:
    inputs: Properties = {
        "location": REGION,
        "repositoryId": "images",
        "format": "DOCKER",
        "cleanupPolicies": [
            {"id": "old", "action": "DELETE", "condition": {"olderThan": "2592000s"}}
        ],
    }
    made = same(running, running.engine.create(REPOSITORY, inputs))
    assert made.physical_id == f"projects/{PROJECT}/locations/{REGION}/repositories/images"
    same(running, running.engine.update(made, description="images of ours", cleanupPolicies=None))
    grant = granted(
        running,
        REPOSITORY_GRANT,
        project=PROJECT,
        location=REGION,
        repository="images",
        role="roles/artifactregistry.reader",
        member=text(account.outputs, "member"),
    )
    assert grant.physical_id.startswith(f"{made.physical_id}/roles/artifactregistry.reader/")


def test_logs_have_a_bucket_a_sink_and_an_exclusion(running: Scene) -> None:
    bucket = same(
        running,
        running.engine.create(
            LOG_BUCKET,
            {"project": PROJECT, "location": REGION, "bucketId": "ml-logs", "retentionDays": 30},
        ),
    )
    same(running, running.engine.update(bucket, retentionDays=90))
    sink = same(
        running,
        running.engine.create(
            SINK,
            {
                "destination": f"logging.googleapis.com/{bucket.physical_id}",
                "filter": 'resource.type="k8s_cluster"',
                "uniqueWriterIdentity": True,
            },
            name="sink",
        ),
    )
    changed = running.engine.update(sink, filter='resource.type="k8s_node"')
    assert same(running, changed)["filter"] == 'resource.type="k8s_node"'
    other = same(running, running.engine.create(EXCLUSION, {"filter": "x"}, name="elsewhere"))
    for made in (other, sink):
        running.engine.delete(made)
        assert running.engine.read(made) is None
    running.engine.delete(bucket)
    left = running.engine.read(bucket)  # for seven days
    assert left is not None
    assert left["lifecycleState"] == "DELETE_REQUESTED"


def test_what_google_fills_in_of_a_key_is_unknown_before(running: Scene) -> None:
    planned = running.engine.preview(
        KEY,
        {
            "keyRing": "projects/p/locations/l/keyRings/r",
            "versionTemplate": {"algorithm": "GOOGLE_SYMMETRIC_ENCRYPTION"},
        },
    )
    assert block(planned, "versionTemplate")["algorithm"] == "GOOGLE_SYMMETRIC_ENCRYPTION"
    assert "protectionLevel" in block(planned, "versionTemplate")
