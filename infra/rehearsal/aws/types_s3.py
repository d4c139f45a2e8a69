"""The row of S3 buckets. What hangs on a bucket is in `types_s3_settings.py`."""

from infra.rehearsal.aws import rules_s3 as rules
from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.table import ResourceType
from infra.rehearsal.aws.values import blocks, dig, tag_list, tag_map, text
from infra.wire import Properties, Value


def _location(region: Region) -> Properties:
    """Return where a bucket is made: us-east-1 is the one place that must not be named."""
    if region.name == rules.NAMELESS_REGION:
        return {}
    return {"CreateBucketConfiguration": {"LocationConstraint": region.name}}


def _read(region: Region, physical_id: str) -> Properties:
    region.call("s3", "get_bucket_location", Bucket=physical_id)
    return {"Bucket": physical_id, "TagSet": tag_list(_tags(region, physical_id))}


def _tags(region: Region, physical_id: str) -> dict[str, str]:
    try:
        reply = region.call("s3", "get_bucket_tagging", Bucket=physical_id)
    except AwsError as error:
        if error.code == "NoSuchTagSet":
            return {}
        raise
    return tag_map(dig(reply, "TagSet"))


def _retag(region: Region, physical_id: str, changed: dict[str, str], gone: list[str]) -> None:
    """Put the whole set: S3 has no way to change one tag of a bucket."""
    kept = {key: item for key, item in _tags(region, physical_id).items() if key not in gone}
    tags = tag_list({**kept, **changed})
    region.call("s3", "put_bucket_tagging", Bucket=physical_id, Tagging={"TagSet": tags})


def _delete(region: Region, physical_id: str, outputs: Properties) -> None:
    """Delete the bucket, and what is in it only where the program said so."""
    if outputs.get("forceDestroy"):
        _empty(region, physical_id)
    region.call("s3", "delete_bucket", Bucket=physical_id)


def _empty(region: Region, bucket: str) -> None:
    """Delete every version of every object, and the marks of those deleted before."""
    while True:
        page = region.call("s3", "list_object_versions", Bucket=bucket)
        found = [*blocks(page, "Versions"), *blocks(page, "DeleteMarkers")]
        if not found:
            return
        objects: list[Value] = [
            {"Key": text(item, "Key"), "VersionId": text(item, "VersionId")} for item in found
        ]
        region.call("s3", "delete_objects", Bucket=bucket, Delete={"Objects": objects})


def _outputs(region: Region, physical_id: str, _api: Properties) -> Properties:
    return {
        "arn": f"arn:aws:s3:::{physical_id}",
        "bucketDomainName": f"{physical_id}.s3.amazonaws.com",
        "bucketRegion": region.name,
        "bucketRegionalDomainName": f"{physical_id}.s3.{region.name}.amazonaws.com",
    }


ROWS = (
    ResourceType(
        pulumi_type="aws:s3/bucket:Bucket",
        service="s3",
        create="create_bucket",
        identity=lambda _reply, inputs: text(inputs, "bucket"),
        read=_read,
        delete=_delete,
        placed=_location,
        settings=frozenset({"forceDestroy"}),
        autoname="bucket",
        name_limit=63,  # S3 user guide, "General purpose bucket naming rules"
        tags="afterwards",
        retag=_retag,
        rules=(rules.bucket_name, rules.bucket_is_new),
        outputs=_outputs,
    ),
)
