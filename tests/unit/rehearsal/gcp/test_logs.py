"""Log buckets, sinks and exclusions of the simulated project."""

from infra.rehearsal.gcp.api.iam.names import robot
from infra.replies import blocks, text
from infra.wire import Properties, Value
from tests.unit.rehearsal.gcp.services_scene import PROJECT, REGION, Scene, scene

BUCKETS = "logging.projects.locations.buckets"
PARENT = f"projects/{PROJECT}/locations/{REGION}"
BUCKET = f"{PARENT}/buckets/platform"
SINK: Properties = {
    "name": "platform",
    "destination": f"logging.googleapis.com/{BUCKET}",
    "filter": "severity>=ERROR",
}


def bucket(world: Scene, **settings: Value) -> Properties:
    body: Properties = {"retentionDays": 90, **settings}
    return world.call(f"{BUCKETS}.create", body, parent=PARENT, bucketId="platform")


def test_a_log_bucket_keeps_its_id_when_it_is_deleted() -> None:
    world = scene()
    bucket(world)
    world.call(f"{BUCKETS}.delete", name=BUCKET)

    assert world.call(f"{BUCKETS}.get", name=BUCKET)["lifecycleState"] == "DELETE_REQUESTED"
    assert world.refusal(f"{BUCKETS}.create", {}, parent=PARENT, bucketId="platform") == (
        "googleapi: Error 409: Bucket platform already exists, alreadyExists"
    )
    assert world.refusal(f"{BUCKETS}.patch", {}, name=BUCKET, updateMask="description") == (
        "googleapi: Error 400: Buckets must be in an ACTIVE state to be modified, "
        "failedPrecondition"
    )


def test_a_log_bucket_that_is_not_there_is_refused_in_googles_words() -> None:
    assert scene().refusal(f"{BUCKETS}.get", name=BUCKET) == (
        "googleapi: Error 404: Bucket platform does not exist, notFound"
    )


def test_logging_must_be_let_use_the_key_of_a_bucket() -> None:
    world = scene()
    key = world.key()
    settings: Properties = {"kmsKeyName": key}

    refusal = world.refusal(
        f"{BUCKETS}.create", {"cmekSettings": settings}, parent=PARENT, bucketId="platform"
    )
    assert "Permission 'cloudkms.cryptoKeyVersions.useToEncrypt' denied on resource" in refusal

    account = text(
        world.call("logging.projects.getCmekSettings", name=f"projects/{PROJECT}"),
        "serviceAccountId",
    )
    assert account == robot(world.project.number, "gcp-sa-logging")
    world.let_use(key, account)
    assert bucket(world, cmekSettings=settings)["retentionDays"] == 90


def test_a_bucket_of_no_region_has_no_key() -> None:
    world = scene()
    settings: Properties = {"cmekSettings": {"kmsKeyName": world.key()}}
    parent = f"projects/{PROJECT}/locations/global"

    assert world.refusal(f"{BUCKETS}.create", settings, parent=parent, bucketId="platform") == (
        "googleapi: Error 400: You can't configure CMEK for log buckets created in the global "
        "region., badRequest"
    )


def test_every_project_has_two_log_buckets_that_stay() -> None:
    world = scene()
    everywhere = world.call(f"{BUCKETS}.list", parent=f"projects/{PROJECT}/locations/-")

    names = [text(one, "name") for one in blocks(everywhere, "buckets")]
    assert [name.rpartition("/")[2] for name in names] == ["_Default", "_Required"]
    assert world.refusal(f"{BUCKETS}.delete", name=names[0]).startswith("googleapi: Error 400")


def test_a_name_of_a_sink_that_is_taken_is_refused_in_googles_words() -> None:
    world = scene()
    sinks = "logging.projects.sinks"
    made = world.call(f"{sinks}.create", SINK, parent=f"projects/{PROJECT}")

    assert made["writerIdentity"] == (
        f"serviceAccount:{robot(world.project.number, 'gcp-sa-logging')}"
    )
    assert world.refusal(f"{sinks}.create", SINK, parent=f"projects/{PROJECT}") == (
        "googleapi: Error 409: Sink platform already exists, alreadyExists"
    )


def test_an_exclusion_is_changed_and_deleted() -> None:
    world = scene()
    methods, parent = "logging.projects.exclusions", f"projects/{PROJECT}"
    name = f"{parent}/exclusions/elsewhere"
    body: Properties = {"name": "elsewhere", "filter": "a"}
    world.call(f"{methods}.create", body, parent=parent)

    world.call(f"{methods}.patch", {"filter": "b"}, name=name, updateMask="filter")

    assert [
        text(one, "filter")
        for one in blocks(world.call(f"{methods}.list", parent=parent), "exclusions")
    ] == ["b"]
    world.call(f"{methods}.delete", name=name)
    assert world.refusal(f"{methods}.get", name=name) == (
        "googleapi: Error 404: Exclusion elsewhere does not exist, notFound"
    )
