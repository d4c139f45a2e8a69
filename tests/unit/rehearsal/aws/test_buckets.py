"""S3 buckets of the simulated AWS, and what hangs on them."""

import json

import pytest

from infra.rehearsal.aws.account import Region
from infra.wire import Properties, Value
from tests.unit.rehearsal.aws.harness import Engine, Simulation
from tests.unit.rehearsal.aws.scene import (
    BUCKET,
    BUCKET_LIFECYCLE,
    BUCKET_POLICY,
    ENCRYPTION,
    OWNERSHIP,
    PUBLIC_ACCESS,
    VERSIONING,
    Scene,
)
from tests.unit.rehearsal.cloud.wire import Made, RefusedError

SETTINGS: dict[str, Properties] = {
    VERSIONING: {"versioningConfiguration": {"status": "Enabled"}},
    ENCRYPTION: {
        "rules": [
            {
                "applyServerSideEncryptionByDefault": {
                    "sseAlgorithm": "aws:kms",
                    "kmsMasterKeyId": "arn:aws:kms:us-east-1:123456789012:key/0123",
                },
                "bucketKeyEnabled": True,
            }
        ]
    },
    PUBLIC_ACCESS: {
        "blockPublicAcls": True,
        "blockPublicPolicy": True,
        "ignorePublicAcls": True,
        "restrictPublicBuckets": True,
    },
    OWNERSHIP: {"rule": {"objectOwnership": "BucketOwnerEnforced"}},
    BUCKET_LIFECYCLE: {
        "rules": [
            {
                "id": "unfinished-uploads",
                "status": "Enabled",
                "filter": {"prefix": ""},
                "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7},
            },
            {
                "id": "old-versions",
                "status": "Enabled",
                "filter": {"prefix": ""},
                "noncurrentVersionExpiration": {"noncurrentDays": 30},
            },
        ]
    },
}
CHANGED: dict[str, Properties] = {
    VERSIONING: {"versioningConfiguration": {"status": "Suspended"}},
    ENCRYPTION: {"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]},
    PUBLIC_ACCESS: {"blockPublicPolicy": False},
    OWNERSHIP: {"rule": {"objectOwnership": "BucketOwnerPreferred"}},
    BUCKET_LIFECYCLE: {"rules": [{"id": "all", "status": "Disabled", "filter": {"prefix": "a/"}}]},
}


@pytest.fixture
def bucket(scene: Scene) -> Made:
    """A bucket without anything on it."""
    return scene.make(BUCKET, bucket="tokenworks-dev-weights")


@pytest.fixture
def s3(simulation: Simulation) -> Region:
    """The account as somebody else sees it."""
    return simulation.cloud.account.region("us-east-1")


def test_a_bucket_has_the_name_and_the_tags_that_it_was_given(scene: Scene) -> None:
    made = scene.make(BUCKET, tags={"Name": "weights"})

    assert made.physical_id == made["bucket"] == made.inputs["bucket"]
    assert made["arn"] == f"arn:aws:s3:::{made.physical_id}"
    assert made["bucketRegionalDomainName"] == f"{made.physical_id}.s3.us-east-1.amazonaws.com"
    assert made["tagsAll"] == {"Name": "weights"}
    assert scene.engine.read(made) == made
    changed = scene.engine.update(made, tags={"owner": "models"})
    assert changed["tagsAll"] == {"owner": "models"}


def test_a_bucket_of_another_region_is_made_there(simulation: Simulation) -> None:
    elsewhere = Engine(simulation.cloud.ports.provider, region="eu-west-1")

    made = elsewhere.create(BUCKET, {})

    assert made["bucketRegion"] == "eu-west-1"
    with pytest.raises(RefusedError, match=r"^CreateBucket: BucketAlreadyOwnedByYou: "):
        elsewhere.create(BUCKET, {"bucket": made["bucket"]})
    elsewhere.delete(made)
    elsewhere.close()


@pytest.mark.parametrize(
    "name", ["Weights", "we", "a..b", "192.168.5.4", "-weights", "weights-s3alias", "xn--weights"]
)
def test_a_name_that_no_bucket_may_have_is_refused(scene: Scene, name: str) -> None:
    with pytest.raises(RefusedError, match=r"^CreateBucket: InvalidBucketName: "):
        scene.make(BUCKET, bucket=name)


def test_a_second_bucket_of_a_name_exists_already_although_s3_would_take_it(
    scene: Scene, bucket: Made
) -> None:
    with pytest.raises(RefusedError, match=r"^CreateBucket: BucketAlreadyExists: "):
        scene.make(BUCKET, bucket=bucket["bucket"])


def test_a_bucket_with_objects_stays_unless_the_program_gave_them_up(
    scene: Scene, bucket: Made, s3: Region
) -> None:
    name = bucket.physical_id
    scene.make(VERSIONING, bucket=name, **SETTINGS[VERSIONING])
    for version in "ab":
        s3.call("s3", "put_object", Bucket=name, Key="model.safetensors", Body=version)
    s3.call("s3", "delete_object", Bucket=name, Key="model.safetensors")

    with pytest.raises(RefusedError, match=r"^DeleteBucket: BucketNotEmpty: "):
        scene.engine.delete(bucket)

    given_up = scene.engine.update(bucket, forceDestroy=True)
    scene.engine.delete(given_up)
    assert scene.engine.read(bucket) is None


@pytest.mark.parametrize("kind", SETTINGS)
def test_a_setting_comes_back_as_it_was_declared_and_changes_in_place(
    scene: Scene, bucket: Made, kind: str
) -> None:
    made = scene.make(kind, bucket=bucket.physical_id, **SETTINGS[kind])
    assert {name: made[name] for name in SETTINGS[kind]} == SETTINGS[kind]
    assert scene.engine.read(made) == made

    assert list(scene.engine.diff(made, **CHANGED[kind]).replaces) == []
    changed = scene.engine.update(made, preview=False, **CHANGED[kind])

    assert {name: changed[name] for name in CHANGED[kind]} == CHANGED[kind]
    assert list(scene.engine.diff(made, bucket="other").replaces) == ["bucket"]


@pytest.mark.parametrize("kind", SETTINGS)
def test_a_setting_of_a_bucket_that_is_not_there_is_refused(scene: Scene, kind: str) -> None:
    with pytest.raises(RefusedError, match=r"NoSuchBucket: "):
        scene.make(kind, bucket="tokenworks-nowhere", **SETTINGS[kind])


def test_a_setting_that_was_deleted_is_gone(scene: Scene, bucket: Made) -> None:
    made = [scene.make(kind, bucket=bucket.physical_id, **SETTINGS[kind]) for kind in SETTINGS]

    for setting in made:
        scene.drop(setting)

    left = {item.urn for item in made if scene.engine.read(item) is not None}
    assert {urn.split("::")[2].partition("$")[2] for urn in left} == {VERSIONING}
    suspended = scene.engine.read(made[0])
    assert suspended is not None
    assert suspended["versioningConfiguration"] == {"status": "Suspended"}


def test_rules_of_one_name_and_states_that_s3_does_not_know_are_refused(
    scene: Scene, bucket: Made
) -> None:
    rule: Properties = {"id": "same", "status": "Enabled", "filter": {"prefix": ""}}
    rule["noncurrentVersionExpiration"] = {"noncurrentDays": 30}
    twice: list[Value] = [rule, rule]

    with pytest.raises(RefusedError, match="InvalidArgument: Rule ID must be unique"):
        scene.make(BUCKET_LIFECYCLE, bucket=bucket.physical_id, rules=twice)
    with pytest.raises(RefusedError, match="'On' is not one of Enabled, Suspended"):
        scene.make(VERSIONING, bucket=bucket.physical_id, versioningConfiguration={"status": "On"})


def _policy(bucket: str, effect: str = "Deny", principal: str = "*") -> str:
    statement = {
        "Sid": "TlsOnly",
        "Effect": effect,
        "Principal": {"AWS": principal} if principal != "*" else principal,
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_a_policy_of_a_bucket_changes_in_place(scene: Scene, bucket: Made) -> None:
    name = bucket.physical_id
    made = scene.make(BUCKET_POLICY, bucket=name, policy=_policy(name))
    assert scene.engine.read(made) == made

    root = _policy(name, "Allow", "arn:aws:iam::123456789012:root")

    assert scene.engine.update(made, policy=root)["policy"] == root


@pytest.mark.parametrize(
    ("policy", "reason"),
    [
        (_policy("somebody-elses"), "MalformedPolicy: Policy has invalid resource"),
        (
            _policy("tokenworks-dev-weights", "Allow", "arn:aws:iam::123456789012:role/nobody"),
            "MalformedPolicy: Invalid principal in policy",
        ),
        (
            _policy("tokenworks-dev-weights", "Allow"),
            "AccessDenied: .*public policies are blocked by the BlockPublicPolicy",
        ),
    ],
    ids=["resource", "principal", "public"],
)
def test_a_policy_that_s3_would_not_take_is_refused(
    scene: Scene, bucket: Made, policy: str, reason: str
) -> None:
    name = bucket.physical_id
    scene.make(PUBLIC_ACCESS, bucket=name, **SETTINGS[PUBLIC_ACCESS])
    with pytest.raises(RefusedError, match=rf"^PutBucketPolicy: {reason}"):
        scene.make(BUCKET_POLICY, bucket=name, policy=policy)

    made = scene.make(BUCKET_POLICY, bucket=name, policy=_policy(name))
    with pytest.raises(RefusedError, match=reason):
        scene.engine.update(made, policy=policy)


def test_a_public_policy_is_taken_where_nothing_bars_it(scene: Scene, bucket: Made) -> None:
    name = bucket.physical_id

    made = scene.make(BUCKET_POLICY, bucket=name, policy=_policy(name, "Allow"))

    assert made["policy"] == _policy(name, "Allow")
