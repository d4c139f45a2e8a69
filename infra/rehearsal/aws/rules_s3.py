"""What S3 refuses and moto 5.2.5 accepts, with S3's own codes.

Names: S3 user guide, "General purpose bucket naming rules" (2026).
"""

import re

from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.rules_policies import (
    ANYBODY,
    document_of,
    principals,
    statements,
    unknown_principals,
    words,
)
from infra.rehearsal.aws.values import blocks, optional_text, text
from infra.wire import Properties

NAMELESS_REGION = "us-east-1"
NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
ADDRESS = re.compile(r"(\d{1,3}\.){3}\d{1,3}")
RESERVED_BEGINNINGS = ("xn--", "sthree-", "amzn-s3-demo-")
RESERVED_ENDS = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")


def bucket_name(_region: Region, inputs: Properties) -> None:
    """3 to 63 lower-case letters, digits, hyphens and single dots, and nothing that S3 keeps."""
    name = text(inputs, "bucket")
    if (
        not NAME.fullmatch(name)
        or ".." in name
        or ADDRESS.fullmatch(name)
        or name.startswith(RESERVED_BEGINNINGS)
        or name.endswith(RESERVED_ENDS)
    ):
        message = f"The specified bucket is not valid: {name}"
        raise AwsError(message, "CreateBucket", "InvalidBucketName")


def bucket_is_new(region: Region, inputs: Properties) -> None:
    """In us-east-1 S3 takes a second create of one's own bucket; the real provider does not.

    It looks first, and gives up with this code (terraform-provider-aws, internal/service/s3,
    bucket.go, "Special case: us-east-1"). Elsewhere S3 itself says `BucketAlreadyOwnedByYou`.
    """
    name = text(inputs, "bucket")
    if region.name != NAMELESS_REGION:
        return
    if name in [
        text(item, "Name") for item in blocks(region.call("s3", "list_buckets"), "Buckets")
    ]:
        message = "The requested bucket name is not available."
        raise AwsError(message, "CreateBucket", "BucketAlreadyExists")


def bucket_policy(region: Region, inputs: Properties) -> None:
    """A policy is about its own bucket and principals that exist, and not public where barred."""
    bucket = text(inputs, "bucket")
    document = document_of(text(inputs, "policy"))
    arn = f"arn:aws:s3:::{bucket}"
    for statement in statements(document):
        foreign = [
            item
            for item in words(statement, "Resource")
            if item != arn and not item.startswith(f"{arn}/")
        ]
        if foreign or "Principal" not in statement:
            message = (
                "Policy has invalid resource" if foreign else "Missing required field Principal"
            )
            raise AwsError(message, "PutBucketPolicy", "MalformedPolicy")
    if unknown_principals(region, document):
        message = "Invalid principal in policy"
        raise AwsError(message, "PutBucketPolicy", "MalformedPolicy")
    if _is_public(document) and _bars_public_policies(region, bucket):
        message = (
            f"User: {region.account.user_arn} is not authorized to perform: s3:PutBucketPolicy on "
            f'resource: "{arn}" because public policies are blocked by the BlockPublicPolicy block '
            "public access setting."
        )
        raise AwsError(message, "PutBucketPolicy", "AccessDenied")


def lifecycle_rules_have_names_of_their_own(_region: Region, inputs: Properties) -> None:
    """Two rules of one name are refused (S3 API reference, PutBucketLifecycleConfiguration)."""
    names = [optional_text(rule, "id") for rule in blocks(inputs, "rules")]
    if len(names) > len(set(names)):
        message = "Rule ID must be unique. Found same ID for more than one rule"
        raise AwsError(message, "PutBucketLifecycleConfiguration", "InvalidArgument")


def _is_public(document: Properties) -> bool:
    """Whether anybody is allowed something without a condition.

    S3 looks into conditions as well; one that lets everybody in goes unseen here.
    """
    return any(
        statement.get("Effect") == "Allow"
        and not statement.get("Condition")
        and any(name == ANYBODY for _kind, name in principals(statement))
        for statement in statements(document)
    )


def _bars_public_policies(region: Region, bucket: str) -> bool:
    try:
        reply = region.call("s3", "get_public_access_block", Bucket=bucket)
    except AwsError as error:
        if error.code == "NoSuchPublicAccessBlockConfiguration":
            return False
        raise
    found = reply.get("PublicAccessBlockConfiguration")
    return isinstance(found, dict) and found.get("BlockPublicPolicy") is True
