"""Rows of what hangs on an S3 bucket: each is one `Put…` call, and again the same call to change.

A setting has no identity but its bucket: two resources for one setting would overwrite each other,
here as in S3.
"""

from collections.abc import Callable

from infra.rehearsal.aws import rules_s3 as rules
from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.parameters import parameters_of
from infra.rehearsal.aws.rules_iam import is_json
from infra.rehearsal.aws.table import ResourceType, deleted
from infra.rehearsal.aws.values import block, dig, text
from infra.rehearsal.cloud.table import Change, updating
from infra.wire import Properties, Value

Arrange = Callable[[Properties], Properties]
Read = Callable[[Region, str], Properties]
Delete = Callable[[Region, str, Properties], None]


def _setting(  # noqa: PLR0913 - what one setting differs in from the next, by keyword
    pulumi_type: str,
    *,
    put: str,
    inputs: tuple[str, ...],
    arrange: Arrange,
    read: Read,
    delete: Delete,
    checks: tuple[Callable[[Properties], list[str]], ...] = (),
    refusals: tuple[Callable[[Region, Properties], None], ...] = (),
) -> ResourceType:
    def put_again(region: Region, change: Change) -> None:
        for refusal in refusals:
            refusal(region, change.new)
        parameters, _left = parameters_of(region, row, change.new, {})
        region.call("s3", put, **parameters)

    row = ResourceType(
        pulumi_type=pulumi_type,
        service="s3",
        create=put,
        identity=lambda _reply, given: text(given, "bucket"),
        read=read,
        delete=delete,
        arrange=arrange,
        checks=checks,
        rules=refusals,
        updates=(updating(*inputs, source=put, apply=put_again),),
    )
    return row


def _under(member: str, *names: str) -> Arrange:
    """Put some inputs into one member of the call."""

    def arrange(inputs: Properties) -> Properties:
        rest = {key: item for key, item in inputs.items() if key not in names}
        return {**rest, member: {name: inputs[name] for name in names if name in inputs}}

    return arrange


def _got(operation: str, at: str = "") -> Read:
    """Read by a call that names the bucket; `at` is where the answer is in the reply."""

    def read(region: Region, physical_id: str) -> Properties:
        reply = region.call("s3", operation, Bucket=physical_id)
        return {"Bucket": physical_id, **(block(reply, at) if at else reply)}

    return read


def _read_versioning(region: Region, physical_id: str) -> Properties:
    reply = region.call("s3", "get_bucket_versioning", Bucket=physical_id)
    if not dig(reply, "Status"):
        message = f"versioning of {physical_id} was never set"
        raise AwsError(message, "GetBucketVersioning", "NoSuchVersioningConfiguration")
    return {"Bucket": physical_id, "VersioningConfiguration": reply}


def _suspend_versioning(region: Region, physical_id: str, _outputs: Properties) -> None:
    """Versioning cannot be taken off again, only suspended (S3 API, PutBucketVersioning)."""
    suspended: Properties = {"Status": "Suspended"}
    region.call(
        "s3", "put_bucket_versioning", Bucket=physical_id, VersioningConfiguration=suspended
    )


def _ownership_rule(inputs: Properties) -> Properties:
    rest = {key: item for key, item in inputs.items() if key != "rule"}
    only: list[Value] = [inputs["rule"]] if "rule" in inputs else []
    return {**rest, "ownershipControls": {"rules": only}}


def _read_ownership(region: Region, physical_id: str) -> Properties:
    reply = region.call("s3", "get_bucket_ownership_controls", Bucket=physical_id)
    return {"Bucket": physical_id, "Rule": dig(reply, "OwnershipControls.Rules.0")}


PUBLIC_ACCESS = (
    *("blockPublicAcls", "blockPublicPolicy"),
    *("ignorePublicAcls", "restrictPublicBuckets"),
)

ROWS = (
    _setting(
        "aws:s3/bucketVersioning:BucketVersioning",
        put="put_bucket_versioning",
        inputs=("versioningConfiguration",),
        arrange=lambda inputs: inputs,
        read=_read_versioning,
        delete=_suspend_versioning,
    ),
    _setting(
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        put="put_bucket_encryption",
        inputs=("rules",),
        arrange=_under("serverSideEncryptionConfiguration", "rules"),
        read=_got("get_bucket_encryption", "ServerSideEncryptionConfiguration"),
        delete=deleted("s3", "delete_bucket_encryption", "Bucket"),
    ),
    _setting(
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        put="put_public_access_block",
        inputs=PUBLIC_ACCESS,
        arrange=_under("publicAccessBlockConfiguration", *PUBLIC_ACCESS),
        read=_got("get_public_access_block", "PublicAccessBlockConfiguration"),
        delete=deleted("s3", "delete_public_access_block", "Bucket"),
    ),
    _setting(
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        put="put_bucket_ownership_controls",
        inputs=("rule",),
        arrange=_ownership_rule,
        read=_read_ownership,
        delete=deleted("s3", "delete_bucket_ownership_controls", "Bucket"),
    ),
    _setting(
        "aws:s3/bucketPolicy:BucketPolicy",
        put="put_bucket_policy",
        inputs=("policy",),
        arrange=lambda inputs: inputs,
        read=_got("get_bucket_policy"),
        delete=deleted("s3", "delete_bucket_policy", "Bucket"),
        checks=(is_json("policy"),),
        refusals=(rules.bucket_policy,),
    ),
    _setting(
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        put="put_bucket_lifecycle_configuration",
        inputs=("rules",),
        arrange=_under("lifecycleConfiguration", "rules"),
        read=_got("get_bucket_lifecycle_configuration"),
        delete=deleted("s3", "delete_bucket_lifecycle", "Bucket"),
        refusals=(rules.lifecycle_rules_have_names_of_their_own,),
    ),
)
