"""The bucket of weights."""

import pytest

from components.gcp.object_store import ObjectStore
from components.retention import WEIGHTS, Retention, backups
from infra.graph.model import Resource
from infra.graph.recorder import record_program
from tests.unit.components import examples_gcp as examples


def _bucket(*, protected: bool = False, retention: Retention = WEIGHTS) -> Resource:
    graph = record_program(
        lambda: ObjectStore(
            "s",
            contents="weights",
            platform=examples.PLATFORM,
            key=examples.key_ref("weights"),
            retention=retention,
            protected=protected,
            opts=examples.with_gcp(),
        ),
        stack="gcp-dev",
    )
    return graph.named("s-weights")


def test_the_public_is_shut_out_and_only_iam_says_who_reads() -> None:
    bucket = _bucket().inputs

    assert bucket["publicAccessPrevention"] == "enforced"
    assert bucket["uniformBucketLevelAccess"] is True


def test_weights_are_encrypted_with_the_platforms_key() -> None:
    encryption = _bucket().inputs["encryption"]

    assert isinstance(encryption, dict)
    assert str(encryption["defaultKmsKeyName"]).endswith("/cryptoKeys/weights")


def test_what_was_overwritten_can_be_brought_back_for_30_days() -> None:
    bucket = _bucket().inputs
    rules = bucket["lifecycleRules"]

    assert bucket["versioning"] == {"enabled": True}
    assert rules == [
        {"action": {"type": "AbortIncompleteMultipartUpload"}, "condition": {"age": 7}},
        {
            "action": {"type": "Delete"},
            "condition": {"daysSinceNoncurrentTime": 30, "withState": "ARCHIVED"},
        },
    ]


def test_backups_go_after_their_days_and_their_old_versions_a_week_later() -> None:
    rules = _bucket(retention=backups(14)).inputs["lifecycleRules"]

    assert isinstance(rules, list)
    assert rules[1:] == [
        {
            "action": {"type": "Delete"},
            "condition": {"daysSinceNoncurrentTime": 7, "withState": "ARCHIVED"},
        },
        {"action": {"type": "Delete"}, "condition": {"age": 14, "withState": "LIVE"}},
    ]


@pytest.mark.parametrize("protected", [True, False])
def test_a_protected_bucket_stays_and_any_other_goes_whole(*, protected: bool) -> None:
    bucket = _bucket(protected=protected)

    assert bool(bucket.protect) is protected
    assert bucket.inputs["forceDestroy"] is not protected
    assert bucket.inputs["softDeletePolicy"] == {
        "retentionDurationSeconds": 604800 if protected else 0
    }


def test_it_is_in_the_region_of_the_cluster() -> None:
    assert _bucket().inputs["location"] == "US-CENTRAL1"
