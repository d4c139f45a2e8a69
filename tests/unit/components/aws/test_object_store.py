"""The bucket of weights: what a security reviewer asks."""

import json

import pulumi
import pytest

from components.aws.object_store import ObjectStore
from components.aws.policies import document
from components.retention import WEIGHTS, Retention, backups
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.iam.documents import DocumentKind, read
from infra.iam.evaluate import Decision, Request, evaluate
from tests.unit.components import examples

BUCKET = "arn:aws:s3:::${o-weights}"
ROLE = "arn:aws:iam::123456789012:role/model-server"


def _store(*, protected: bool = False, retention: Retention = WEIGHTS) -> Graph:
    def program() -> None:
        store = ObjectStore(
            "o",
            contents="weights",
            platform=examples.PLATFORM,
            key_arn=examples.key_arn(),
            retention=retention,
            protected=protected,
            opts=examples.with_aws(),
        )
        pulumi.export("reader", document(*store.rights.reading("Weights")))
        pulumi.export("filler", document(*store.rights.filling("Weights")))
        pulumi.export("keeper", document(*store.rights.keeping("Weights")))
        pulumi.export("bucket", store.ref.bucket)

    return record_program(program, stack="aws-dev")


@pytest.mark.parametrize(
    ("transport", "decision"), [("false", Decision.DENIED), ("true", Decision.NOT_ALLOWED)]
)
def test_the_bucket_refuses_plain_http(transport: str, decision: Decision) -> None:
    text = str(_store().named("o-policy").inputs["policy"])
    policy = read(text, name="bucket", kind=DocumentKind.RESOURCE)

    for resource in (BUCKET, f"{BUCKET}/Qwen/model"):
        request = Request(
            principal=ROLE,
            action="s3:GetObject",
            resource=resource,
            context={"aws:SecureTransport": transport},
        )
        assert evaluate([policy], request).decision is decision


def test_the_public_is_shut_out_in_all_four_ways() -> None:
    block = _store().named("o-public-access")

    assert {key: block.inputs[key] for key in block.inputs if key != "bucket"} == {
        "blockPublicAcls": True,
        "blockPublicPolicy": True,
        "ignorePublicAcls": True,
        "restrictPublicBuckets": True,
    }


def test_objects_are_encrypted_with_the_platforms_key() -> None:
    rules = _store().named("o-encryption").inputs["rules"]

    assert rules == [
        {
            "applyServerSideEncryptionByDefault": {
                "sseAlgorithm": "aws:kms",
                "kmsMasterKeyId": "arn:aws:kms:us-east-1:123456789012:key/some",
            },
            "bucketKeyEnabled": True,
        }
    ]


def test_what_is_overwritten_can_be_brought_back_and_does_not_stay_for_ever() -> None:
    graph = _store()
    lifecycle = graph.named("o-lifecycle")

    assert graph.named("o-versions").inputs["versioningConfiguration"] == {"status": "Enabled"}
    assert graph.named("o-versions").urn in lifecycle.dependencies
    assert "'noncurrentDays': 30" in str(lifecycle.inputs["rules"])
    assert "'daysAfterInitiation': 7" in str(lifecycle.inputs["rules"])


def _expirations(retention: Retention) -> dict[str, object]:
    rules = json.loads(json.dumps(_store(retention=retention).named("o-lifecycle").inputs["rules"]))
    assert {rule["status"] for rule in rules} == {"Enabled"}
    return {rule["id"]: rule["expiration"] for rule in rules if "expiration" in rule}


def test_marks_of_deletes_go_and_objects_stay() -> None:
    assert _expirations(WEIGHTS) == {"delete-markers": {"expiredObjectDeleteMarker": True}}


def test_backups_go_after_their_days() -> None:
    assert _expirations(backups(14))["objects"] == {"days": 14}


def test_a_reader_reads_and_does_nothing_else() -> None:
    reader = read(str(_store().outputs["reader"]), name="reader", kind=DocumentKind.IDENTITY)

    def may(action: str, resource: str, **context: str) -> bool:
        keys = {key.replace("__", ":"): value for key, value in context.items()}
        request = Request(principal=ROLE, action=action, resource=resource, context={**keys})
        return evaluate([reader], request).is_allowed

    key = "arn:aws:kms:us-east-1:123456789012:key/some"
    assert may("s3:ListBucket", BUCKET)
    assert may("s3:GetObject", f"{BUCKET}/Qwen/model")
    assert may("kms:Decrypt", key, kms__ViaService="s3.us-east-1.amazonaws.com")
    assert not may("kms:Decrypt", key)
    assert not may("s3:PutObject", f"{BUCKET}/Qwen/model")
    assert not may("s3:DeleteObject", f"{BUCKET}/Qwen/model")
    assert not may("s3:GetObject", "arn:aws:s3:::someone-elses/model")


@pytest.mark.parametrize("protected", [True, False])
def test_protected_weights_refuse_destroy_and_others_go_with_it(*, protected: bool) -> None:
    bucket = _store(protected=protected).named("o-weights")

    assert bool(bucket.protect) is protected
    assert bucket.inputs["forceDestroy"] is not protected


def test_access_is_changed_one_step_after_the_other() -> None:
    graph = _store()

    assert graph.named("o-public-access").urn in graph.named("o-ownership").dependencies
    assert graph.named("o-ownership").urn in graph.named("o-policy").dependencies


def test_a_keeper_writes_and_deletes_objects_and_never_an_old_version_or_the_bucket() -> None:
    keeper = read(str(_store().outputs["keeper"]), name="keeper", kind=DocumentKind.IDENTITY)

    def may(action: str, resource: str) -> bool:
        request = Request(principal=ROLE, action=action, resource=resource, context={})
        return evaluate([keeper], request).is_allowed

    for action in ("s3:GetObject", "s3:PutObject", "s3:DeleteObject"):
        assert may(action, f"{BUCKET}/files/a")
        assert not may(action, "arn:aws:s3:::someone-elses/files/a")
    assert not may("s3:DeleteObjectVersion", f"{BUCKET}/files/a")
    assert not may("s3:DeleteBucket", BUCKET)
    assert not may("s3:PutBucketPolicy", BUCKET)


def test_whoever_fills_it_adds_objects_and_deletes_none() -> None:
    filler = read(str(_store().outputs["filler"]), name="filler", kind=DocumentKind.IDENTITY)

    def may(action: str) -> bool:
        request = Request(principal=ROLE, action=action, resource=f"{BUCKET}/a/b", context={})
        return evaluate([filler], request).is_allowed

    assert may("s3:GetObject")
    assert may("s3:PutObject")
    assert not may("s3:DeleteObject")
    assert not may("s3:DeleteObjectVersion")
